/* clang-format off */
/*
 * A person's own subscription: joining by double opt-in, preferences, leaving, coming back, another
 * address, erasing. Each function is one transaction; what it finds is an answer, not an error. The
 * operator's commands are in list.h.
 *
 *   from                  to            by                                    setting or limit
 *   --------------------  ------------  ------------------------------------  ----------------
 *   (nobody)              pending       subscription_ask()                    limits.h
 *   pending               confirmed     the link of the confirmation mail     CONFIRM_HOURS
 *   pending               (nobody)      leaving: nothing of the person is
 *                                         kept, only the number of mails
 *                                         under a keyed hash (WITHDRAWN);
 *                                         or not confirmed for so long        PURGE_DAYS
 *   pending whose ledger  left          leaving
 *     has more than asking
 *   confirmed, bounced    left          a link to leave, one-click, a mail
 *                                         to unsubscribe@, a complaint
 *   any but erased        complained    a complaint by a proven feedback
 *                                         loop (bounce/judge_reader.h)
 *   left                  confirmed     the link it was left by               RETURN_SECONDS
 *   left, complained,     confirmed     asking again, and the link of that    CONFIRM_HOURS
 *     bounced                             confirmation mail
 *   confirmed             confirmed,    the link of the mail to the new       CONFIRM_HOURS
 *                         new address     address; undone by the old one's
 *   any                   erased        an OWN link                           OWN_SECONDS
 *
 * Nobody can find out who is subscribed: the same statements run for every address, and the only
 * difference is the mail that is queued in `outgoing`: confirm, already, or none (for an address
 * that an operator has suppressed, or that was written to often enough). Mails are queued here and
 * sent by the mailer process. No text that the asker typed appears in any of them.
 *
 * Each change of status here is a line at debug, written when it is decided and before the commit:
 * `subscriber enters subscriber=ID from=confirmed to=left cause=one-click`; "none" is nobody.
 *
 * The links of an issue travel with every copy that a reader forwards. They can leave, choose
 * topics and pause, all of which the reader can undo; what cannot be undone, or shows what is
 * stored, requires a link that was mailed to the address just before (an OWN token).
 */
/* clang-format on */
#ifndef SUBSCRIBERS_SUBSCRIPTION_H
#define SUBSCRIBERS_SUBSCRIPTION_H

#include "base/token.h"
#include "base/value.h"
#include "mail/address.h"
#include "settings/settings.h"
#include "store/subscriber.h"

enum {
    SUBSCRIPTION_CONFIRM_HOURS = 72, /* how long a confirmation link is valid */
    SUBSCRIPTION_INVITE_HOURS = 336, /* how long the link of an invitation is valid */
    SUBSCRIPTION_DAY = 86400,
    SUBSCRIPTION_WINDOW =
        30 * SUBSCRIPTION_DAY,       /* the time over which mails to one address are limited: */
    SUBSCRIPTION_CONFIRMS = 3,       /* the most that ask to confirm, whatever the person's
                                        status */
    SUBSCRIPTION_ALREADYS = 1,       /* the most that say that the address is on the list already */
    SUBSCRIPTION_QUIET = 15 * 60,    /* the least time between two that ask to confirm */
    SUBSCRIPTION_MOVES = 3,          /* requests for another address in a day */
    SUBSCRIPTION_OWN_SECONDS = 3600, /* how long a link to one's own record is valid */
    SUBSCRIPTION_OWN_A_DAY = 6,      /* the most of them in a day, and one in SUBSCRIPTION_QUIET */
    SUBSCRIPTION_RETURN_SECONDS = 3600, /* how long leaving can be taken back */
    SUBSCRIPTION_RETURNS_A_DAY = 3,
    SUBSCRIPTION_PURGE_DAYS = 30,
};

/* Buckets with this prefix count the mails of withdrawn requests within SUBSCRIPTION_WINDOW. */
#define SUBSCRIPTION_WITHDRAWN "signup:withdrawn:"

struct subscription_request {
    struct address address;
    const char *name;    /* "" if none */
    const char *topics;  /* stored form, "" all */
    const char *wording; /* the consent text that was shown */
    const char *form;    /* "signup", "embed", "json" */
    const char *origin;  /* the asker's network, truncated */
};

/* What every function needs. */
struct subscription {
    struct store *store;
    const struct settings *settings;
    const struct token_keys *keys;
};

/* Asks to join. Nothing happens unless the person confirms by the mail. There is deliberately no
 * result. Somebody who complained or erased their record may ask like anybody else: such addresses
 * cannot be imported or added, but their owners can join. */
bool subscription_ask(const struct subscription *subscription, struct arena *arena,
                      const struct subscription_request *request, int64_t now,
                      struct failure *why) MUST_CHECK;

enum subscription_answer {
    SUBSCRIPTION_DONE,    /* done now */
    SUBSCRIPTION_ALREADY, /* was done before: a second click */
    SUBSCRIPTION_EXPIRED, /* the token is ours but too old, or older than the person's leaving;
                           * `*subscriber` is filled */
    SUBSCRIPTION_UNKNOWN, /* not a token of ours for this purpose, or the person is gone */
    SUBSCRIPTION_TAKEN,   /* the new address belongs to somebody else by now */
};

/* Checks a token without changing anything, which is all that a GET request may do. */
bool subscription_verify(const struct subscription *subscription, struct arena *arena,
                         enum token_purpose purpose, const char *token, int64_t now,
                         enum subscription_answer *answer, struct subscriber **subscriber,
                         struct failure *why) MUST_CHECK;

/* Confirms by the link's token, and lifts the suppression that a complaint or the person's own
 * erasure has left. Writes the welcome mail if the settings want one. */
bool subscription_confirm(const struct subscription *subscription, struct arena *arena,
                          const char *token, const char *form, const char *origin, int64_t now,
                          enum subscription_answer *answer, struct subscriber **subscriber,
                          struct failure *why) MUST_CHECK;
/* Writes a fresh confirmation mail for an expired token, within the same limits. */
bool subscription_ask_again(const struct subscription *subscription, struct arena *arena,
                            const char *token, const char *origin, int64_t now,
                            enum subscription_answer *answer, struct failure *why) MUST_CHECK;

/* Leaves by a LEAVE token, at once. A request that was never confirmed is removed. With
 * subscribe.leave_notice, somebody who was on the list gets a mail about it, at most one a day,
 * unless they complained (the form is SUBSCRIBER_LEFT_COMPLAINT). */
bool subscription_leave(const struct subscription *subscription, struct arena *arena,
                        const char *token, const char *form, const char *origin, int64_t now,
                        enum subscription_answer *answer, struct failure *why) MUST_CHECK;
/* For when the database cannot be written to: saves the request on disk for the next writer
 * (store/leave_spool). DONE or UNKNOWN, by the token alone. */
bool subscription_keep_leave(const struct subscription *subscription, const char *token,
                             const char *form, const char *origin, int64_t now,
                             enum subscription_answer *answer, struct failure *why) MUST_CHECK;
/* Whether leaving can still be undone by the link that it was done with: for an hour. */
bool subscription_may_return(const struct subscriber *person, int64_t now);
/* Undoes leaving: somebody who left by that link and was confirmed before is confirmed again, and
 * gets a mail about it. */
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

/* Queues a mail with a fresh OWN token to the person of a PREFERENCES token. ALREADY if one was
 * queued a moment ago, or several today; UNKNOWN also for somebody who complained. */
bool subscription_ask_own(const struct subscription *subscription, struct arena *arena,
                          const char *token, int64_t now, enum subscription_answer *answer,
                          struct failure *why) MUST_CHECK;
/* Whose record an OWN token opens, without changing anything: DONE, ALREADY if it is used up,
 * EXPIRED or UNKNOWN. `*person` is NULL unless DONE. The functions below that take such a token
 * answer the same, and use it up if they change something. */
bool subscription_verify_own(const struct subscription *subscription, struct arena *arena,
                             const char *token, int64_t now, enum subscription_answer *answer,
                             struct subscriber **person, struct failure *why) MUST_CHECK;

/* Changes the name, by an OWN token. */
bool subscription_rename(const struct subscription *subscription, struct arena *arena,
                         const char *token, const char *name, const char *origin, int64_t now,
                         enum subscription_answer *answer, struct failure *why) MUST_CHECK;

/* Asks for another address, by an OWN token: a mail goes there. The answer is the same whether the
 * address is free or not. */
bool subscription_move(const struct subscription *subscription, struct arena *arena,
                       const char *token, const struct address *address, const char *origin,
                       int64_t now, enum subscription_answer *answer,
                       struct failure *why) MUST_CHECK;
/* What confirming by a CHANGE token would answer, without changing anything. */
bool subscription_verify_moved(const struct subscription *subscription, struct arena *arena,
                               const char *token, int64_t now, enum subscription_answer *answer,
                               struct failure *why) MUST_CHECK;
/* Confirms it by the CHANGE token, which is valid only for the address that it was mailed to. The
 * old address gets a notice. */
bool subscription_moved(const struct subscription *subscription, struct arena *arena,
                        const char *token, const char *origin, int64_t now,
                        enum subscription_answer *answer, struct failure *why) MUST_CHECK;

/* The notice to the old address can undo the change for SUBSCRIPTION_CONFIRM_HOURS, by its own
 * CHANGE token: a stranger with a forwarded link may have asked for the new address. Once a change
 * is undone, older notices are void, or the stranger's could reverse that. ALREADY: there is
 * nothing to undo, or not any more; TAKEN: the old address belongs to somebody else by now, or is
 * suppressed; UNKNOWN: the token is not that of a notice. `verify` changes nothing. */
bool subscription_verify_back(const struct subscription *subscription, struct arena *arena,
                              const char *token, int64_t now, enum subscription_answer *answer,
                              struct failure *why) MUST_CHECK;
bool subscription_back(const struct subscription *subscription, struct arena *arena,
                       const char *token, const char *origin, int64_t now,
                       enum subscription_answer *answer, struct failure *why) MUST_CHECK;

/* Erases the person, by an OWN token. What stays is the keyed hash and, until it is sent, a mail to
 * the address that says so. */
bool subscription_erase(const struct subscription *subscription, struct arena *arena,
                        const char *token, int64_t now, enum subscription_answer *answer,
                        struct failure *why) MUST_CHECK;

/* Everything that is stored about the person of an OWN token, as a value tree for download. */
bool subscription_data(const struct subscription *subscription, struct arena *arena,
                       const char *token, int64_t now, enum subscription_answer *answer,
                       struct value **data, struct failure *why) MUST_CHECK;

#endif
