/*
 * A child process that its parent only supervises: the HTTP process and the mailer of `serve`, the
 * page of `preview`.
 *
 * It is forked, so it has what its parent has read before (settings, keys, pages) and opens none of
 * it; it has only the descriptors that it is given, and no environment. It ends with its parent.
 */
#ifndef CMD_WORKER_H
#define CMD_WORKER_H

#include <stdint.h>
#include <sys/types.h>

#include "cmd/program.h"

enum { WORKER_KEPT = 3 };

struct worker;
/* Runs in the process, until it ends. Calls worker_tell_ready() once. */
typedef bool (*worker_job)(struct worker *self, struct failure *why);

struct worker {
    const char *name;
    worker_job job;
    void *context;         /* for the job */
    int kept[WORKER_KEPT]; /* descriptors to keep open; ends at the first 0 */
    pid_t pid;             /* 0: not running */
    int64_t started_at;    /* ms */
    int ready_fd;          /* used in the process */
};

/* Starts it and waits until it is ready. `*ready` is false if it ended before that, and reported
 * why itself, or the program has to stop; worker_reap() or worker_end() returns its exit code. */
bool worker_start(struct program *program, struct worker *worker, bool *ready,
                  struct failure *why) MUST_CHECK;
/* In the process: it is initialised and begins its work. */
void worker_tell_ready(struct worker *self);

void worker_signal(const struct worker *worker, int signal_number);
/* Checks whether it has ended: true, with its exit code, if so. */
bool worker_reap(struct worker *worker, int *code);
/* Makes it finish its work and waits. An exit code that is set already is kept. */
void worker_end(struct worker *worker, int *code);

#endif
