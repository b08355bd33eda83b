/*
 * Restricts a process, for good, before it reads bytes from strangers.
 *
 * Three things are taken from it, because none covers the others. System calls: a seccomp list
 * says which ones it may make; every other one fails with EPERM, so that a later version of a
 * library does not crash the service, and an attacker who takes over the process gets an error.
 * Files: a seccomp filter cannot distinguish paths, so Landlock limits the files. And what it
 * inherited: descriptors and environment of whoever started the program, and root's privileges.
 *
 * Call in this order: descriptors and environment first, then open what is needed, then
 * confine_files(), then confine_calls(). All of it applies to the calling thread and what it
 * starts, so a process that is to be confined has a single thread.
 *
 * A kernel without system call filters cannot confine a process, and that is a failure. One
 * without Landlock (before 5.13, or turned off) still refuses connections, other programs and
 * other processes' memory; but every file of the user is accessible then, and the caller reports
 * that.
 */
#ifndef BASE_CONFINE_H
#define BASE_CONFINE_H

#include <stddef.h>

#include "base/failure.h"

/* For every process of the program, before it reads any input: no other process of its user can
 * read its memory or descriptors (ptrace(2), "access mode checking"), and it leaves no core file.
 * Those who may trace any process, such as root, still can. */
void confine_hide(void);

/* Closes every descriptor from 3 on but the `count` that are `kept`. */
void confine_descriptors(const int *kept, size_t count);

/* Overwrites the environment, which may hold secrets of whoever started the program, except the
 * variables that name folders of ours (VERDICTS_SHARE_DIR, TZDIR). */
void confine_environment(void);

enum confine_access {
    CONFINE_READ,   /* a file, or all that is below a folder */
    CONFINE_CHANGE, /* the same, and writing to existing files: none is created or removed */
};

struct confine_place {
    const char *path; /* NULL and paths that do not exist are skipped */
    enum confine_access access;
};

/* From here on only these places can be opened; descriptors that are open stay usable. The rule
 * holds for the file or folder itself: another one that takes its name later cannot be opened.
 * `*held` is false, and nothing has changed, if this kernel has no Landlock. */
bool confine_files(const struct confine_place *places, size_t count, bool *held,
                   struct failure *why) MUST_CHECK;

enum confine_work {
    CONFINE_READER, /* reads from and writes to its descriptors, and allocates memory */
    CONFINE_SERVER, /* the same, and files, clocks and the connections that it accepts */
};

/* Installs the list of system calls, and drops root's capabilities except the one to open another
 * user's files. Neither kind of work can create or connect a socket, start a process or a program,
 * execute memory that it wrote, or reach another process. FAILURE_SYSTEM where this system refuses
 * filters. */
bool confine_calls(enum confine_work work, struct failure *why) MUST_CHECK;

#define CONFINE_NO_FILTERS                                                                         \
    "this system refuses filters of system calls (seccomp), without which no process of ours "     \
    "talks to strangers; allow them: containers do unless they are told not to"
#define CONFINE_NO_LANDLOCK                                                                        \
    "this kernel has no Landlock: a stranger who took over a process that talks to strangers "     \
    "could open every file of its user, the relay's password among them; Linux 5.13 and later "    \
    "have it"

/* The version of Landlock in this kernel; 0: none. */
int confine_landlock_version(void);
/* Whether this system accepts filters of system calls. */
bool confine_has_filters(void);

#endif
