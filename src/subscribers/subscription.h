/*
 * Joining and leaving: double opt-in, preferences, leaving and coming back, by the person's own
 * hand. Each function is one transaction; what it finds is an answer, not an error.
 *
 * Nobody learns who is subscribed: for every address the same statements run, and what differs is
 * the mail that waits in `outgoing`: confirm, already, or none (whom an operator has suppressed,
 * and who was written to often enough). Mails are written here and sent by the mailer process. No
 * text that the asker typed stands in any of them.
 *
 * The links of an issue travel with every copy that a reader forwards. They leave, choose topics
 * and pause, which the reader can undo; what cannot be undone, or shows what is kept, takes a link
 * that was mailed to the address a moment ago (an OWN token).
 */
#ifndef SUBSCRIBERS_SUBSCRIPTION_H
#define SUBSCRIBERS_SUBSCRIPTION_H

#include "base/token.h"
#include "base/value.h"
#include "mail/address.h"
#include "settings/settings.h"
#include "store/subscriber.h"

enum {
    SUBSCRIPTION_CONFIRM_HOURS = 72, /* a confirmation link works so long */
    SUBSCRIPTION_INVITE_HOURS = 336, /* that of an invitation */
    SUBSCRIPTION_DAY = 86400,
    SUBSCRIPTION_WINDOW =
        30 * SUBSCRIPTION_DAY,    /* so many mails are written to one address in it, and no more: */
    SUBSCRIPTION_CONFIRMS = 3,    /* that ask to confirm, whatever the person's status */
    SUBSCRIPTION_ALREADYS = 1,    /* that say that the address is on the list */
    SUBSCRIPTION_QUIET = 15 * 60, /* between two that ask to confirm */
    SUBSCRIPTION_MOVES = 3,       /* wishes for another address in a day */
    SUBSCRIPTION_OWN_SECONDS = 3600,    /* a link to one's own record works so long */
    SUBSCRIPTION_OWN_A_DAY = 6,         /* so many of them are sent, one in SUBSCRIPTION_QUIET */
    SUBSCRIPTION_RETURN_SECONDS = 3600, /* leaving can be taken back so long */
    SUBSCRIPTION_RETURNS_A_DAY = 3,
    SUBSCRIPTION_PURGE_DAYS = 30,
};

/* Buckets of this name count in SUBSCRIPTION_WINDOW what withdrawn requests have cost in mails. */
#define SUBSCRIPTION_WITHDRAWN "signup:withdrawn:"

struct subscription_request {
    struct address address;
    const char *name;    /* "" if none */
    const char *topics;  /* stored form, "" all */
    const char *wording; /* the consent text that was shown */
    const char *form;    /* "signup", "embed", "json" */
    const char *origin;  /* the asker's network, truncated */
};

/* What both need: the store and the keys. */
struct subscription {
    struct store *store;
    const struct settings *settings;
    const struct token_keys *keys;
};

/* Asks to join. The person answers a mail or nothing happens. There is deliberately no outcome. Who
 * complained or has erased the record is asked like anybody: what keeps such addresses from being
 * imported or added is no reason to keep their owners out. */
bool subscription_ask(const struct subscription *subscription, struct arena *arena,
                      const struct subscription_request *request, int64_t now,
                      struct failure *why) MUST_CHECK;

enum subscription_answer {
    SUBSCRIPTION_DONE,    /* it happened now */
    SUBSCRIPTION_ALREADY, /* it had happened before: a second click */
    SUBSCRIPTION_EXPIRED, /* the token is ours but too old, or older than the person's leaving;
                           * `*subscriber` is filled */
    SUBSCRIPTION_UNKNOWN, /* no token of ours for this purpose, or the person is gone */
    SUBSCRIPTION_TAKEN,   /* a new address that is somebody else's by now */
};

/* Looks at a token without changing anything: what a page that is opened by GET may do. */
bool subscription_look(const struct subscription *subscription, struct arena *arena,
                       enum token_purpose purpose, const char *token, int64_t now,
                       enum subscription_answer *answer, struct subscriber **subscriber,
                       struct failure *why) MUST_CHECK;

/* Confirms by the link's token, and lifts what a complaint or the person's own erasure has put in
 * the way. Writes the welcome mail where the settings want one. */
bool subscription_confirm(const struct subscription *subscription, struct arena *arena,
                          const char *token, const char *form, const char *origin, int64_t now,
                          enum subscription_answer *answer, struct subscriber **subscriber,
                          struct failure *why) MUST_CHECK;
/* A fresh confirmation mail for an expired token, within the same limits. */
bool subscription_ask_again(const struct subscription *subscription, struct arena *arena,
                            const char *token, const char *origin, int64_t now,
                            enum subscription_answer *answer, struct failure *why) MUST_CHECK;

/* Leaves by a LEAVE token, at once. A request that was never confirmed is removed. Whoever was on
 * the list is told by mail, once a day, where subscribe.leave_notice is on; not whoever complained
 * (the form is SUBSCRIBER_LEFT_COMPLAINT). */
bool subscription_leave(const struct subscription *subscription, struct arena *arena,
                        const char *token, const char *form, const char *origin, int64_t now,
                        enum subscription_answer *answer, struct failure *why) MUST_CHECK;
/* Where the database cannot be written to: keeps the wish on the disk for its next writer
 * (store/leave_spool). DONE or UNKNOWN, by the token alone. */
bool subscription_keep_leave(const struct subscription *subscription, const char *token,
                             const char *form, const char *origin, int64_t now,
                             enum subscription_answer *answer, struct failure *why) MUST_CHECK;
/* Whether leaving can be taken back by the link that it was done with: for an hour. */
bool subscription_may_return(const struct subscriber *person, int64_t now);
/* Takes leaving back: who left by that link and was confirmed before is confirmed again, and is
 * told by mail. */
bool subscription_return(const struct subscription *subscription, struct arena *arena,
                         const char *token, const char *origin, int64_t now,
                         enum subscription_answer *answer, struct failure *why) MUST_CHECK;

struct subscription_preferences {
    const char *topics;   /* stored form */
    int64_t paused_until; /* 0: not paused */
};
bool subscription_prefer(const struct subscription *subscription, struct arena *arena,
                         const char *token, const struct subscription_preferences *preferences,
                         const char *origin, int64_t now, enum subscription_answer *answer,
                         struct failure *why) MUST_CHECK;

/* Writes the mail with a fresh OWN token to the person of a PREFERENCES token. SUBSCRIPTION_ALREADY
 * where one was written a moment ago, or several today; SUBSCRIPTION_UNKNOWN to who complained,
 * too. */
bool subscription_ask_own(const struct subscription *subscription, struct arena *arena,
                          const char *token, int64_t now, enum subscription_answer *answer,
                          struct failure *why) MUST_CHECK;
/* Whose record an OWN token opens, without changing anything: SUBSCRIPTION_DONE,
 * SUBSCRIPTION_ALREADY where it is used up, SUBSCRIPTION_EXPIRED or SUBSCRIPTION_UNKNOWN. `*person`
 * is NULL in all but the first. What follows below by such a token answers the same, and uses it up
 * where it changes something. */
bool subscription_look_own(const struct subscription *subscription, struct arena *arena,
                           const char *token, int64_t now, enum subscription_answer *answer,
                           struct subscriber **person, struct failure *why) MUST_CHECK;

/* Another name, by an OWN token. */
bool subscription_rename(const struct subscription *subscription, struct arena *arena,
                         const char *token, const char *name, const char *origin, int64_t now,
                         enum subscription_answer *answer, struct failure *why) MUST_CHECK;

/* Asks for another address by an OWN token: a mail goes there. The same answer whether the
 * address is free or not. */
bool subscription_move(const struct subscription *subscription, struct arena *arena,
                       const char *token, const struct address *address, const char *origin,
                       int64_t now, enum subscription_answer *answer,
                       struct failure *why) MUST_CHECK;
/* What confirming by a CHANGE token would answer, without changing anything. */
bool subscription_look_moved(const struct subscription *subscription, struct arena *arena,
                             const char *token, int64_t now, enum subscription_answer *answer,
                             struct failure *why) MUST_CHECK;
/* Confirms it by the CHANGE token, which is good for the address that it was mailed to. The old
 * address gets a notice. */
bool subscription_moved(const struct subscription *subscription, struct arena *arena,
                        const char *token, const char *origin, int64_t now,
                        enum subscription_answer *answer, struct failure *why) MUST_CHECK;

/* The notice to the old address can take the change back for SUBSCRIPTION_CONFIRM_HOURS, by its own
 * CHANGE token: whoever asked for the new address may have been a stranger with a forwarded link.
 * Once taken back, no notice of before counts any more, or the stranger's could undo that. ALREADY:
 * there is nothing (any more) to take back; TAKEN: the old address is somebody else's by now, or
 * suppressed; UNKNOWN: the token is no notice's. `look` changes nothing. */
bool subscription_look_back(const struct subscription *subscription, struct arena *arena,
                            const char *token, int64_t now, enum subscription_answer *answer,
                            struct failure *why) MUST_CHECK;
bool subscription_back(const struct subscription *subscription, struct arena *arena,
                       const char *token, const char *origin, int64_t now,
                       enum subscription_answer *answer, struct failure *why) MUST_CHECK;

/* Erases the person, by an OWN token; the keyed hash stays, and until it is sent a mail that tells
 * the address so. */
bool subscription_erase(const struct subscription *subscription, struct arena *arena,
                        const char *token, int64_t now, enum subscription_answer *answer,
                        struct failure *why) MUST_CHECK;

/* Everything kept about the person of an OWN token, as a value tree to be downloaded. */
bool subscription_data(const struct subscription *subscription, struct arena *arena,
                       const char *token, int64_t now, enum subscription_answer *answer,
                       struct value **data, struct failure *why) MUST_CHECK;

#endif
