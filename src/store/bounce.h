/*
 * Recorded bounces: events, the groups of events by which a storm is recognized, and people's
 * scores. bounce/judge decides what to do with them.
 */
#ifndef STORE_BOUNCE_H
#define STORE_BOUNCE_H

#include "store/store.h"

enum bounce_mark {
    BOUNCE_PENDING, /* recorded, not judged yet */
    BOUNCE_COUNTED, /* counted in the person's score */
    BOUNCE_SETTLED, /* judged, and not counted */
    BOUNCE_REVIEW,  /* counted, and to be judged anew: by an older program, or sent since */
};

struct bounce_event {
    int64_t id;
    const char *message_hash; /* SHA-256 in hex of what came */
    int64_t subscriber_id;    /* 0: nobody of ours */
    int64_t issue_id;         /* 0: none */
    const char *class;        /* "hard" … */
    const char *domain;       /* the person's; "" without one */
    int64_t code;             /* SMTP reply code; 0: none */
    const char *enhanced;     /* "5.1.1"; NULL: none */
    const char *reason;       /* "user unknown" */
    int64_t at;
    enum bounce_mark mark;
};

/* Records what came; an issue that does not exist is left out. `*added` false: it was recorded
 * before, and nothing was done now. */
bool bounce_add(struct store *store, const struct bounce_event *event, bool *added,
                struct failure *why) MUST_CHECK;

/* Whether a message of that hash has been recorded. */
bool bounce_known(struct store *store, const char *message_hash, bool *known,
                  struct failure *why) MUST_CHECK;

/* People of one domain with one code: the enhanced one, else the reply code, else the reason. */
struct bounce_group {
    const char *domain, *key;
    int64_t people;  /* different ones among the events */
    int64_t readers; /* confirmed ones of the domain */
    int64_t held;    /* events among them that are held back already */
};

/* Groups of pending events, at most `limit`. */
bool bounce_groups(struct store *store, struct arena *arena, int64_t limit,
                   struct bounce_group **groups, size_t *count, struct failure *why) MUST_CHECK;
/* Groups that are held back. */
bool bounce_held_groups(struct store *store, struct arena *arena, struct bounce_group **groups,
                        size_t *count, struct failure *why) MUST_CHECK;

/* Groups with pending events in which more than `people` people, and more than `percent` % of the
 * domain's readers, bounced; what has been held back or counted since an instant is added. */
bool bounce_storms(struct store *store, struct arena *arena, int64_t people, int64_t percent,
                   int64_t since, struct bounce_group **groups, size_t *count,
                   struct failure *why) MUST_CHECK;

/* Holds a domain's pending events back. */
bool bounce_hold(struct store *store, const char *domain, int64_t *count,
                 struct failure *why) MUST_CHECK;

/* A group's pending events in order of time, at most `limit`. */
bool bounce_pending(struct store *store, struct arena *arena, const char *domain, const char *key,
                    int64_t limit, struct bounce_event **events, size_t *count,
                    struct failure *why) MUST_CHECK;
/* A domain's events that are held back. */
bool bounce_held(struct store *store, struct arena *arena, const char *domain, int64_t limit,
                 struct bounce_event **events, size_t *count, struct failure *why) MUST_CHECK;

/* Events that are to be judged anew, at most `limit`. */
bool bounce_review(struct store *store, struct arena *arena, int64_t limit,
                   struct bounce_event **events, size_t *count, struct failure *why) MUST_CHECK;

/* Counted refusals of an issue's rows that were sent since are to be judged anew; how many. */
bool bounce_recall(struct store *store, int64_t issue_id, int64_t *count,
                   struct failure *why) MUST_CHECK;

/* The event has been judged: its mark, and it is not held back any more. */
bool bounce_settle(struct store *store, int64_t id, enum bounce_mark mark,
                   struct failure *why) MUST_CHECK;

/* The gravest class that was counted for the person in [from, to) or, up to five days before, about
 * the issue (0: none): "hard", "soft"; NULL: nothing was. */
bool bounce_counted(struct store *store, int64_t subscriber_id, int64_t from, int64_t to,
                    int64_t issue_id, const char **class, struct failure *why) MUST_CHECK;

bool bounce_save_score(struct store *store, int64_t subscriber_id, double score,
                       int64_t hard_bounces, int64_t last_at, struct failure *why) MUST_CHECK;

/* Counts since an instant, by domain, class and reason, the most frequent first. */
struct bounce_count {
    const char *domain, *class, *reason;
    int64_t events, held;
};
bool bounce_counts(struct store *store, struct arena *arena, int64_t since,
                   struct bounce_count **counts, size_t *count, struct failure *why) MUST_CHECK;

/* How many messages since an instant could not be understood and lie in Quarantine. */
bool bounce_unknown(struct store *store, int64_t since, int64_t *count,
                    struct failure *why) MUST_CHECK;

/* How many reports on our domain came since an instant, by their reason as it was recorded. */
bool bounce_reports(struct store *store, const char *reason, int64_t since, int64_t *count,
                    struct failure *why) MUST_CHECK;

#endif
