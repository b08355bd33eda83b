/* The whole way of the bounces of one run: mailbox, sandbox, judge, and where each message goes. */
#ifndef BOUNCE_RUN_H
#define BOUNCE_RUN_H

#include "bounce/judge.h"
#include "bounce/mailbox.h"
#include "bounce/sandbox.h"

struct bounce_run {
    const struct judge *judge;
    struct sandbox *sandbox;
    struct mailbox *mailbox;
    volatile const int *stop; /* set by a signal: finish the message in hand and return */
    /* Called after each message; NULL: nobody watches. */
    void (*progress)(void *context, int64_t done, int64_t waiting);
    void *context;
};

struct bounce_run_result {
    int64_t read;                    /* messages taken from the mailbox */
    int64_t repeated;                /* of them: recorded by an earlier run */
    int64_t dead;                    /* of them: killed their reader */
    int64_t lying;                   /* in a Maildir's cur, recorded, left for people */
    int64_t unread;                  /* others that could not be read, and stay */
    const char *unread_why;          /* what is wrong with one of them; in bounce_run's arena */
    int64_t classes[BOUNCE_CLASSES]; /* new ones by class */
    struct judge_result judged;
    bool stopped;
};

/* Each message is recorded before it is moved, and counted after all have been read. */
bool bounce_run(const struct bounce_run *run, struct arena *arena, struct bounce_run_result *result,
                struct failure *why) MUST_CHECK;

#endif
