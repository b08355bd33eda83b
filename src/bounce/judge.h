/*
 * Decides what happens after a report: who it is about, whether it counts, and who leaves the list.
 *
 * A report is recorded in one transaction under the hash of its message, so that reading it twice
 * counts once. Bounces are counted afterwards, group by group (domain and code), so that a
 * provider's bad day is recognised before it takes anybody off the list. Complaints
 * (judge_complaint.h) and requests to leave take effect at once; nothing that arrives by mail
 * confirms a subscription. Only a token of ours in the message gives it weight: anybody can write a
 * report, so one without a token is recorded and shown, and counts for nothing.
 */
#ifndef BOUNCE_JUDGE_H
#define BOUNCE_JUDGE_H

#include "base/hash.h"
#include "base/token.h"
#include "bounce/mailbox.h"
#include "bounce/report.h"
#include "settings/settings.h"
#include "store/store.h"

/* Takes the person of a LEAVE token off the list, which only subscribers/ can do. `form` is what
 * the record of consent shows. */
typedef bool (*judge_leave)(void *context, const char *token, const char *form,
                            struct failure *why);

struct judge {
    struct store *store;
    const struct token_keys *keys;
    const struct settings *settings; /* bounce.*_limit, storm_*, authserv_id, feedback_from … */
    judge_leave leave;
    void *context;
    int64_t now;
};

/* Where a message is moved when it has been recorded: decided by the class. A request to leave
 * without a token of ours is left to people: the program cannot tell whose it is. */
enum mailbox_target judge_target(const struct judge *judge, const struct bounce_report *report);

/* A storm: a domain whose bounces are held back. */
struct judge_storm {
    const char *domain, *code;
    int64_t people, readers;
};
struct judge_result {
    int64_t counted;            /* bounces that were added to a score, and complaints and
                                   requests to leave that were followed */
    int64_t gone;               /* people who were taken off the list */
    struct judge_storm *storms; /* in the arena */
    size_t storm_count;
};

/* Records the report and acts on it, in one transaction. `*fresh` is false if this message had been
 * recorded before; nothing was done then. A complaint or a request to leave that was followed is
 * added to `*acted`. */
bool judge_record(const struct judge *judge, const char message_hash[HASH_HEX],
                  const struct bounce_report *report, bool *fresh, struct judge_result *acted,
                  struct failure *why) MUST_CHECK;

/* Counts all recorded bounces that are still pending. */
bool judge_pending(const struct judge *judge, struct arena *arena, struct judge_result *result,
                   struct failure *why) MUST_CHECK;

/* Counts a domain's bounces that a storm held back; if there are none, result->counted is 0. */
bool judge_release(const struct judge *judge, struct arena *arena, const char *domain,
                   struct judge_result *result, struct failure *why) MUST_CHECK;

/* Records as bounces what servers refused, or what was given up, while an issue was sent; call
 * judge_pending() afterwards. Only what the ledger attributes to the recipient or the mailbox will
 * count. May be called again for the same issue. `*count` is the number of new ones. */
bool judge_refusals(const struct judge *judge, int64_t issue_id, int64_t *count,
                    struct failure *why) MUST_CHECK;

/* Undoes what an older program counted against readers for refusals that were not their fault;
 * readers who were taken off the list for nothing else are put back on it. judge_pending() begins
 * with it. */
bool judge_review(const struct judge *judge, struct failure *why) MUST_CHECK;

#endif
