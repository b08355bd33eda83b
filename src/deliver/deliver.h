/*
 * Sending what is due of one queue (an issue, or the single mails) over N lanes.
 *
 * deliver knows rows, replies and connections. What a message says it asks of its caller, by a
 * callback that writes the finished message of a row: deliver never sees a template.
 */
#ifndef DELIVER_DELIVER_H
#define DELIVER_DELIVER_H

#include "deliver/guard.h"
#include "settings/settings.h"
#include "smtp/message.h"
#include "store/delivery.h"

/* Writes the row's message (pure CRLF, ends in CRLF) and its envelope sender. Called right before
 * the message leaves, for the same row always with the same result. May be called from another
 * thread than the one that called deliver_run(), never from two at once. */
typedef bool (*deliver_compose)(void *context, const struct delivery *row,
                                struct smtp_message *message, struct failure *why);

/* Signs a composed message. Called from several threads at once, once
 * a message; the same message always gives the same result. */
typedef bool (*deliver_finish)(const void *context, struct smtp_message *message,
                               struct failure *why);

/* How far a run is. */
struct deliver_progress {
    int64_t total;                   /* rows of the queue */
    int64_t counts[DELIVERY_STATES]; /* as this run knows them; `sending` counts as queued */
    int64_t done;                    /* rows that need nothing more */
    double rate;                     /* messages a second, of the last seconds */
    int64_t eta;                     /* seconds until all that is due is done; -1: not known */
    size_t lanes, open, busy;        /* connections: allowed, open, with a message in hand */
};
typedef void (*deliver_watch)(void *context, const struct deliver_progress *progress);

struct answers_book; /* deliver/answers.h */
struct dialer;

struct deliver_job {
    const char *database; /* opened by deliver on its own connections */
    const struct settings *settings;
    struct delivery_queue queue;
    deliver_compose compose;
    void *context;
    deliver_finish finish; /* may be NULL */
    const void *finish_context;
    struct guard *guard;          /* follows each claim; NULL: none is kept */
    int64_t limit;                /* at most so many messages leave; 0: all */
    struct answers_book *answers; /* what the relays answered in earlier runs of the caller, which
                                     makes many of one message each; NULL: each run begins anew */
    struct dialer *dialer;        /* the same of what is known of addresses and logins */
    bool linger;                  /* stay while rows come due within deliver.linger */
    bool progress;                /* call `watch` a few times a second */
    deliver_watch watch;          /* may be NULL */
    void *watch_context;
    volatile const int *stop; /* set by a signal: finish the message in hand and return */
};

struct deliver_result {
    int64_t counts[DELIVERY_STATES]; /* of the whole queue, at the end */
    int64_t attempted;               /* messages of this run that reached a server */
    bool stopped;                    /* by *stop or by limit */
    bool halted;                     /* by a hold, or a pause of the issue (store/hold.h) */
    bool relay_away;                 /* no relay could be used (any more): all due rows deferred */
    enum failure_kind unread; /* of one of several relays the password could not be read, for this
                                 reason; NONE: all could */
    bool rests;               /* a relay is at rest (resting.h): nothing more was begun by it */
    bool asked;               /* … and this run has heard why */
    int64_t sent;             /* messages of this run that were taken */
    char topic[200];          /* what relay_why is about, the same for as long as that is:
                                 numbers and times left out; "" where it is empty */
    struct failure relay_why; /* the line for the operator where a relay is away or at rest,
                                 or where it refuses us rather than a reader; else kind
                                 NONE */
};

/* Sends until nothing is due (or will be within linger). False only for
 * faults of ours or of the database; a relay that is away is a result. */
bool deliver_run(const struct deliver_job *job, struct deliver_result *result,
                 struct failure *why) MUST_CHECK;

#endif
