/*
 * One run over the bounce mailbox: each message is parsed in the sandbox, recorded, and moved to
 * where it belongs; what was recorded is counted when all have been read. Knows nothing of
 * subscribers: leaving is the judge's callback.
 *
 * Each message that is moved is a line at debug, behind the commit that recorded it:
 * `message enters message=HASH from=mailbox to=Processed cause="hard, user unknown"`. The table of
 * targets is in judge.c; that of readers' scores and states in judge_reader.h.
 */
#ifndef BOUNCE_RUN_H
#define BOUNCE_RUN_H

#include "bounce/judge.h"
#include "bounce/mailbox.h"
#include "bounce/sandbox.h"

struct bounce_run {
    const struct judge *judge;
    struct sandbox *sandbox; /* both of bounce_run(); bounce_run_locked() opens its own */
    struct mailbox *mailbox;
    volatile const int *stop; /* set by a signal handler: finish the current message and return */
    /* Called after each message; may be NULL. */
    void (*progress)(void *context, int64_t done, int64_t waiting);
    void *context;
};

struct bounce_run_result {
    int64_t read;                    /* messages taken from the mailbox */
    int64_t repeated;                /* of them: recorded by an earlier run */
    int64_t dead;                    /* of them: the process that parsed them died */
    int64_t in_cur;                  /* in a Maildir's cur, recorded, left for people */
    int64_t unread;                  /* could not be read and stay in the mailbox */
    const char *unread_why;          /* what is wrong with one of them; in bounce_run's arena */
    int64_t classes[BOUNCE_CLASSES]; /* messages recorded by this run, by class */
    struct judge_result judged;
    bool stopped;
};

/* Each message is recorded before it is moved, and counted after all have been read. */
bool bounce_run(const struct bounce_run *run, struct arena *arena, struct bounce_run_result *result,
                struct failure *why) MUST_CHECK;

/* The same for the mailbox in the settings: holds the lock "DATABASE.bounces", opens mailbox and
 * sandbox, and closes both. FAILURE_TRY_AGAIN if another run holds the lock, FAILURE_UNAVAILABLE if
 * a message could not be read. `result` is valid even if this fails: what was read has been
 * recorded and moved. */
bool bounce_run_locked(const struct bounce_run *run, struct arena *arena,
                       struct bounce_run_result *result, struct failure *why) MUST_CHECK;

/* "120 messages, 100 hard, 20 soft; 3 off the list" on one line. */
void bounce_run_summary(const struct bounce_run_result *result, char *line, size_t size);

/* The line that reports a storm to the operator, once: its bounces are held back from then on and
 * `status` shows them. */
const char *bounce_run_storm_line(struct arena *arena, const struct judge_storm *storm);

#endif
