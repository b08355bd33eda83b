/*
 * What becomes of a report: who it is about, whether it counts, and who leaves the list.
 *
 * A report is recorded in one transaction under the hash of its message: read twice, it counts
 * once. Bounces are counted afterwards, group by group (domain and code), so that a provider's bad
 * day is recognised before it takes anybody off the list. Complaints (judge_complaint.h) and
 * requests to leave act at once; nothing that comes by mail confirms anything. Only a token of ours
 * in the message gives it weight: anybody can write a report, so one without a token is recorded
 * and shown, and counts for nothing.
 */
#ifndef BOUNCE_JUDGE_H
#define BOUNCE_JUDGE_H

#include "base/hash.h"
#include "base/token.h"
#include "bounce/report.h"
#include "settings/settings.h"
#include "store/store.h"

/* Takes the person of a LEAVE token off the list, which only subscribers/ can do. `form` is what
 * the ledger of consent shows. */
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

/* Where a message goes when it has been recorded. */
enum disposition {
    DISPOSITION_PROCESSED,
    DISPOSITION_QUARANTINE,
    DISPOSITION_PEOPLE,
    DISPOSITION_REPORTS
};

/* It follows from the class. A request to leave without a token of ours is left to people: the
 * program cannot tell whose it is. */
enum disposition judge_disposition(const struct judge *judge, const struct bounce_report *report);

/* A storm: a domain whose bounces are held back. */
struct judge_storm {
    const char *domain, *code;
    int64_t people, readers;
};
struct judge_result {
    int64_t counted;            /* bounces that went into a score, complaints and requests to leave
                                 * that were followed */
    int64_t gone;               /* people who are off the list now */
    struct judge_storm *storms; /* in the arena */
    size_t storm_count;
};

/* Records the report and acts on it, in one transaction. `*fresh` false: this message had been
 * recorded before, and nothing was done. A complaint or a request to leave that was followed is
 * added to what `*acted` has counted. */
bool judge_record(const struct judge *judge, const char message_hash[HASH_HEX],
                  const struct bounce_report *report, bool *fresh, struct judge_result *acted,
                  struct failure *why) MUST_CHECK;

/* Counts all recorded bounces that nobody has judged yet. */
bool judge_pending(const struct judge *judge, struct arena *arena, struct judge_result *result,
                   struct failure *why) MUST_CHECK;

/* Counts a domain's bounces that a storm held back; result->counted 0: there were none. */
bool judge_release(const struct judge *judge, struct arena *arena, const char *domain,
                   struct judge_result *result, struct failure *why) MUST_CHECK;

/* Records what servers refused, or let us give up, while an issue was sent, as bounces; call
 * judge_pending() afterwards. Only what the ledger holds for the recipient's or the mailbox's fault
 * will count. May be called again for the same issue. `*count` gets the new ones. */
bool judge_refusals(const struct judge *judge, int64_t issue_id, int64_t *count,
                    struct failure *why) MUST_CHECK;

/* Takes back what an older program counted against readers for refusals that were not theirs; who
 * was taken off the list for nothing else is on it again. judge_pending() begins with it. */
bool judge_review(const struct judge *judge, struct failure *why) MUST_CHECK;

#endif
