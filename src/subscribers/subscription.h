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
    JOIN_CONFIRM_HOURS = 72, /* a confirmation link works so long */
    JOIN_INVITE_HOURS = 336, /* that of an invitation */
    JOIN_DAY = 86400,
    JOIN_WINDOW = 30 * JOIN_DAY, /* so many mails are written to one address in it, and no more: */
    JOIN_CONFIRMS = 3,           /* that ask to confirm, whatever the person's status */
    JOIN_ALREADYS = 1,           /* that say that the address is on the list */
    JOIN_QUIET = 15 * 60,        /* between two that ask to confirm */
    JOIN_MOVES = 3,              /* wishes for another address in a day */
    JOIN_OWN_SECONDS = 3600,     /* a link to one's own record works so long */
    JOIN_OWN_A_DAY = 6,          /* so many of them are sent, one in JOIN_QUIET */
    JOIN_RETURN_SECONDS = 3600,  /* leaving can be taken back so long */
    JOIN_RETURNS_A_DAY = 3,
    JOIN_PURGE_DAYS = 30,
};

/* Buckets of this name count in JOIN_WINDOW what withdrawn requests have cost in mails. */
#define JOIN_WITHDRAWN "signup:withdrawn:"

struct join_request {
    struct address address;
    const char *name;    /* "" if none */
    const char *topics;  /* stored form, "" all */
    const char *wording; /* the consent text that was shown */
    const char *form;    /* "signup", "embed", "json" */
    const char *origin;  /* the asker's network, truncated */
};

/* What both need: the store and the keys. */
struct join {
    struct store *store;
    const struct settings *settings;
    const struct token_keys *keys;
};

/* Asks to join. The person answers a mail or nothing happens. There is deliberately no outcome. Who
 * complained or has erased the record is asked like anybody: what keeps such addresses from being
 * imported or added is no reason to keep their owners out. */
bool join_ask(const struct join *join, struct arena *arena, const struct join_request *request,
              int64_t now, struct failure *why) MUST_CHECK;

enum join_answer {
    JOIN_DONE,    /* it happened now */
    JOIN_ALREADY, /* it had happened before: a second click */
    JOIN_EXPIRED, /* the token is ours but too old, or older than the person's leaving;
                   * `*subscriber` is filled */
    JOIN_UNKNOWN, /* no token of ours for this purpose, or the person is gone */
    JOIN_TAKEN,   /* a new address that is somebody else's by now */
};

/* Looks at a token without changing anything: what a page that is opened by GET may do. */
bool join_look(const struct join *join, struct arena *arena, enum token_purpose purpose,
               const char *token, int64_t now, enum join_answer *answer,
               struct subscriber **subscriber, struct failure *why) MUST_CHECK;

/* Confirms by the link's token, and lifts what a complaint or the person's own erasure has put in
 * the way. Writes the welcome mail where the settings want one. */
bool join_confirm(const struct join *join, struct arena *arena, const char *token, const char *form,
                  const char *origin, int64_t now, enum join_answer *answer,
                  struct subscriber **subscriber, struct failure *why) MUST_CHECK;
/* A fresh confirmation mail for an expired token, within the same limits. */
bool join_ask_again(const struct join *join, struct arena *arena, const char *token,
                    const char *origin, int64_t now, enum join_answer *answer,
                    struct failure *why) MUST_CHECK;

/* Leaves by a LEAVE token, at once. A request that was never confirmed is removed. Whoever was on
 * the list is told by mail, once a day, where subscribe.leave_notice is on; not whoever complained
 * (the form is SUBSCRIBER_LEFT_COMPLAINT). */
bool join_leave(const struct join *join, struct arena *arena, const char *token, const char *form,
                const char *origin, int64_t now, enum join_answer *answer,
                struct failure *why) MUST_CHECK;
/* Where the database cannot be written to: keeps the wish on the disk for its next writer
 * (store/leave_spool). DONE or UNKNOWN, by the token alone. */
bool join_keep_leave(const struct join *join, const char *token, const char *form,
                     const char *origin, int64_t now, enum join_answer *answer,
                     struct failure *why) MUST_CHECK;
/* Whether leaving can be taken back by the link that it was done with: for an hour. */
bool join_may_return(const struct subscriber *person, int64_t now);
/* Takes leaving back: who left by that link and was confirmed before is confirmed again, and is
 * told by mail. */
bool join_return(const struct join *join, struct arena *arena, const char *token,
                 const char *origin, int64_t now, enum join_answer *answer,
                 struct failure *why) MUST_CHECK;

struct join_preferences {
    const char *topics;   /* stored form */
    int64_t paused_until; /* 0: not paused */
};
bool join_prefer(const struct join *join, struct arena *arena, const char *token,
                 const struct join_preferences *preferences, const char *origin, int64_t now,
                 enum join_answer *answer, struct failure *why) MUST_CHECK;

/* Writes the mail with a fresh OWN token to the person of a PREFERENCES token. JOIN_ALREADY where
 * one was written a moment ago, or several today; JOIN_UNKNOWN to who complained, too. */
bool join_ask_own(const struct join *join, struct arena *arena, const char *token, int64_t now,
                  enum join_answer *answer, struct failure *why) MUST_CHECK;
/* Whose record an OWN token opens, without changing anything: JOIN_DONE, JOIN_ALREADY where it is
 * used up, JOIN_EXPIRED or JOIN_UNKNOWN. `*person` is NULL in all but the first. What follows below
 * by such a token answers the same, and uses it up where it changes something. */
bool join_look_own(const struct join *join, struct arena *arena, const char *token, int64_t now,
                   enum join_answer *answer, struct subscriber **person,
                   struct failure *why) MUST_CHECK;

/* Another name, by an OWN token. */
bool join_rename(const struct join *join, struct arena *arena, const char *token, const char *name,
                 const char *origin, int64_t now, enum join_answer *answer,
                 struct failure *why) MUST_CHECK;

/* Asks for another address by an OWN token: a mail goes there. The same answer whether the
 * address is free or not. */
bool join_move(const struct join *join, struct arena *arena, const char *token,
               const struct address *address, const char *origin, int64_t now,
               enum join_answer *answer, struct failure *why) MUST_CHECK;
/* What confirming by a CHANGE token would answer, without changing anything. */
bool join_look_moved(const struct join *join, struct arena *arena, const char *token, int64_t now,
                     enum join_answer *answer, struct failure *why) MUST_CHECK;
/* Confirms it by the CHANGE token, which is good for the address that it was mailed to. The old
 * address gets a notice. */
bool join_moved(const struct join *join, struct arena *arena, const char *token, const char *origin,
                int64_t now, enum join_answer *answer, struct failure *why) MUST_CHECK;

/* The notice to the old address can take the change back for JOIN_CONFIRM_HOURS, by its own CHANGE
 * token: whoever asked for the new address may have been a stranger with a forwarded link. Once
 * taken back, no notice of before counts any more, or the stranger's could undo that. ALREADY:
 * there is nothing (any more) to take back; TAKEN: the old address is somebody else's by now, or
 * suppressed; UNKNOWN: the token is no notice's. `look` changes nothing. */
bool join_look_back(const struct join *join, struct arena *arena, const char *token, int64_t now,
                    enum join_answer *answer, struct failure *why) MUST_CHECK;
bool join_back(const struct join *join, struct arena *arena, const char *token, const char *origin,
               int64_t now, enum join_answer *answer, struct failure *why) MUST_CHECK;

/* Erases the person, by an OWN token; the keyed hash stays, and until it is sent a mail that tells
 * the address so. */
bool join_erase(const struct join *join, struct arena *arena, const char *token, int64_t now,
                enum join_answer *answer, struct failure *why) MUST_CHECK;

/* Everything kept about the person of an OWN token, as a value tree to be downloaded. */
bool join_data(const struct join *join, struct arena *arena, const char *token, int64_t now,
               enum join_answer *answer, struct value **data, struct failure *why) MUST_CHECK;

#endif
