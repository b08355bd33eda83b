/* Listening sockets: "127.0.0.1:8080", "[::1]:0", "localhost:8080", "unix:/run/verdicts.sock". */
#ifndef HTTP_LISTEN_H
#define HTTP_LISTEN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

#include "base/failure.h"

enum { LISTEN_TEXT = 160 };

/* Identifies the file of a unix socket, so that it can be told from a later one of the same name;
 * an inode number alone may soon be reused. All zero: we created none. */
struct listen_file {
    dev_t device;
    ino_t inode;
    struct timespec made;
};

struct listening {
    int fd;                    /* -1: none */
    char address[LISTEN_TEXT]; /* with the port that the system chose */
    struct listen_file file;   /* of a unix socket */
};

/* Opens the socket. A unix socket that nobody listens on any more is replaced; its mode is 0660.
 * FAILURE_CONFIG if the text is not an address, FAILURE_CANNOT_CREATE if it cannot be opened. */
bool listen_open(const char *text, struct listening *listening, struct failure *why) MUST_CHECK;
/* Takes the socket that a service manager has opened for us (sd_listen_fds(3)); `*taken` is whether
 * there is one, and then its file is the manager's. FAILURE_CONFIG if there are several, or it is
 * not a listening socket. */
bool listen_take(struct listening *listening, bool *taken, struct failure *why) MUST_CHECK;
/* Closes it and removes its file; accepts one that is not open. */
void listen_close(const char *text, struct listening *listening);

/* Checks the form of such an address; FAILURE_CONFIG says what to write instead. */
bool listen_check(const char *text, struct failure *why) MUST_CHECK;

/* Whether only this machine can reach it: a loopback address or a unix socket. */
bool listen_is_local(const char *text);

/* Removes the file that listen_open() created, if it is still there; never another file of that
 * name. */
void listen_forget(const char *text, const struct listen_file *file);

#endif
