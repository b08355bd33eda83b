/*
 * Sends everything that is due in one queue (an issue, or the single mails) over several
 * connections.
 *
 * deliver knows rows, replies and connections. The content of a message comes from the caller, by a
 * callback that writes the finished message of a row: deliver never sees a template.
 */
#ifndef DELIVER_DELIVER_H
#define DELIVER_DELIVER_H

#include "deliver/guard.h"
#include "settings/settings.h"
#include "smtp/message.h"
#include "store/delivery.h"

/* Writes the row's message (all lines end in CRLF, the last one too) and its envelope sender.
 * Called right before the message is sent; must give the same result for the same row each time.
 * May be called from another thread than the one that called deliver_run(), but never from two at
 * once. */
typedef bool (*deliver_compose)(void *context, const struct delivery *row,
                                struct smtp_message *message, struct failure *why);

/* Signs a composed message. Called from several threads at once, once per message; must give the
 * same result for the same message. */
typedef bool (*deliver_finish)(const void *context, struct smtp_message *message,
                               struct failure *why);

/* The progress of a run. */
struct deliver_progress {
    int64_t total;                   /* rows of the queue */
    int64_t counts[DELIVERY_STATES]; /* as far as this run knows; `sending` counts as queued */
    int64_t done;                    /* rows that need no further work */
    double rate;                     /* messages a second, over the last seconds */
    int64_t eta;                     /* seconds until everything due is done; -1: unknown */
    size_t lanes, open, busy;        /* connections: allowed, open, with a message in hand */
};
typedef void (*deliver_watch)(void *context, const struct deliver_progress *progress);

struct answers_book; /* deliver/answers.h */
struct dialer;

struct deliver_job {
    const char *database; /* opened by deliver on connections of its own */
    const struct settings *settings;
    struct delivery_queue queue;
    deliver_compose compose;
    void *context;
    deliver_finish finish; /* may be NULL */
    const void *finish_context;
    struct guard *guard;          /* updated with each claim; NULL: no guard */
    int64_t limit;                /* the most messages to send; 0: no limit */
    struct answers_book *answers; /* what the relays answered in earlier runs, for a caller with
                                     many runs of one message each; NULL: each run starts without
                                     history */
    struct dialer *dialer;        /* the same for what is known about addresses and logins */
    bool linger;                  /* wait for rows that become due within deliver.linger */
    bool progress;                /* call `watch` a few times a second */
    deliver_watch watch;          /* may be NULL */
    void *watch_context;
    volatile const int *stop; /* set by a signal handler: finish the current messages and return */
};

struct deliver_result {
    int64_t counts[DELIVERY_STATES]; /* of the whole queue, at the end */
    int64_t attempted;               /* messages of this run that reached a server */
    bool stopped;                    /* by *stop or by limit */
    bool halted;                     /* by a hold, or a pause of the issue (store/hold.h) */
    bool relay_away;                 /* no relay could be used, or none any more: all due rows
                                        are deferred */
    enum failure_kind unread;        /* why the password of one of several relays could not be read;
                                        NONE: all were read */
    bool rests;               /* a relay is at rest (resting.h): no further message was started
                                 on it */
    bool asked;               /* … and this run got the answer that says why */
    int64_t sent;             /* messages of this run that were accepted */
    char topic[200];          /* the subject of relay_why, the same for as long as that is:
                                 without numbers and times; "" if there is none */
    struct failure relay_why; /* the line for the operator if a relay is away or at rest, or
                                 refuses us rather than a reader; otherwise its kind is NONE */
};

/* Sends until nothing is due (or will be within the linger time). False only for our own bugs and
 * failures of the database; a relay that is away is a result. */
bool deliver_run(const struct deliver_job *job, struct deliver_result *result,
                 struct failure *why) MUST_CHECK;

#endif
