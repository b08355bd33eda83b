/*
 * A process of ours under one that only watches it: the HTTP process and the mailer of `serve`, the
 * page of `preview`.
 *
 * It is forked, so it has what its parent has read before (settings, keys, pages) and opens none of
 * it; of descriptors it has those that it is given, and no environment. It ends with its parent.
 */
#ifndef CMD_WORKER_H
#define CMD_WORKER_H

#include <stdint.h>
#include <sys/types.h>

#include "cmd/program.h"

enum { WORKER_KEPT = 3 };

struct worker;
/* Runs in the process, to its end. Calls worker_tell_ready() once. */
typedef bool (*worker_job)(struct worker *self, struct failure *why);

struct worker {
    const char *name;
    worker_job job;
    void *context;         /* the job's */
    int kept[WORKER_KEPT]; /* descriptors that it needs; from the first 0 on none */
    pid_t pid;             /* 0: not running */
    int64_t started_at;    /* ms */
    int ready_fd;          /* in the process */
};

/* Starts it and waits until it is ready. `*ready` false: it has ended before, and said why itself,
 * or the program is to stop; worker_reap() or worker_end() tells its exit code. */
bool worker_start(struct program *program, struct worker *worker, bool *ready,
                  struct failure *why) MUST_CHECK;
/* In the process: from now on it does its work. */
void worker_tell_ready(struct worker *self);

void worker_signal(const struct worker *worker, int signal_number);
/* Takes note of one that has ended: true, with its exit code, where it has. */
bool worker_reap(struct worker *worker, int *code);
/* Has it end what it does, and waits. A code that is set already stays. */
void worker_end(struct worker *worker, int *code);

#endif
