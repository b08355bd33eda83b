/*
 * Warm-up: receivers trust little mail at first from a relay, or a sending address, that they have
 * not seen before. So such a relay may send few messages of issues on its first sending day and
 * more on each further one, until it may send at its full rate.
 *
 *   state   when                                         it may send today
 *   ------  -------------------------------------------  --------------------------------------
 *   day 1   it has accepted no message of an issue yet   warmup.start
 *   day N   it did so on N - 1 days before today         start * factor^(N-1), at most `until`
 *   spent   today's allowance has been sent              no more messages of issues before midnight
 *   over    a day that allowed `until` has passed        as much as its rate allows
 *
 * A sending day is a day (UTC) on which the relay accepted a message of an issue: a weekly issue
 * that goes out on one day makes one a week. After the warm-up nothing is counted. Single mails are
 * neither counted nor held back: they are few, and somebody is waiting for each of them.
 *
 * A relay that is spent waits (deliver/route.h): others take what they may of its mail, the rest
 * stays queued for the next day. The readers who joined last are sent to first (outbox_warm.c):
 * they expect the mail and open it, which is what a new relay's reputation is built on.
 */
#ifndef DELIVER_WARMING_H
#define DELIVER_WARMING_H

#include "settings/settings.h"
#include "store/store.h"

/* Whether the settings ask for a warm-up; a rehearsal has none. */
bool warming_asked(const struct settings_relay *relay);

/* How many sending days it takes. */
int64_t warming_days(const struct settings_warmup *warmup);
/* The allowance of the sending day of that number (from 1); INT64_MAX: the warm-up is over. */
int64_t warming_allowance(const struct settings_warmup *warmup, int64_t number);

/* The progress of a relay's warm-up. */
struct warming {
    int64_t day;       /* today: days since 1970 in UTC */
    int64_t number;    /* the number of the sending day that today is, or would be, */
    int64_t days;      /* out of this many */
    int64_t allowance; /* for today; INT64_MAX: the warm-up is over */
    int64_t sent;      /* today */
};
int64_t warming_day(int64_t now);
int64_t warming_day_end(int64_t now);
/* `name`: the relay's in the ledger. */
bool warming_find(struct store *store, const struct settings_relay *relay, const char *name,
                  int64_t now, struct warming *warming, struct failure *why) MUST_CHECK;

#endif
