/* Listening sockets: "127.0.0.1:8080", "[::1]:0", "localhost:8080", "unix:/run/verdicts.sock". */
#ifndef HTTP_LISTEN_H
#define HTTP_LISTEN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

#include "base/failure.h"

enum { LISTEN_TEXT = 160 };

/* The file that a unix socket was given, by which it is told from another one of its name; an
 * inode's number is soon given anew. Zeros: we made none. */
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

/* Opens the socket. A unix socket that nobody answers any more is replaced; its mode is 0660.
 * FAILURE_CONFIG for a text that is no address, FAILURE_CANNOT_CREATE where it cannot be had. */
bool listen_open(const char *text, struct listening *listening, struct failure *why) MUST_CHECK;
/* The socket that a service manager has opened for us (sd_listen_fds(3)): `*taken` where there is
 * one, and then its file is the manager's. FAILURE_CONFIG where there are several, or where it is
 * no socket that listens. */
bool listen_take(struct listening *listening, bool *taken, struct failure *why) MUST_CHECK;
/* Closes it and removes its file; accepts one that is not open. */
void listen_close(const char *text, struct listening *listening);

/* Whether the text has the form of such a place; FAILURE_CONFIG with what to write instead. */
bool listen_check(const char *text, struct failure *why) MUST_CHECK;

/* Whether only this machine can reach it: a loopback address or a unix socket. */
bool listen_is_local(const char *text);

/* Removes the file that listen_open() made, if it still stands there; nothing else of that name. */
void listen_forget(const char *text, const struct listen_file *file);

#endif
