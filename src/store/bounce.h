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
    BOUNCE_REVIEW,  /* counted, and to be judged again: counted by an older version, or the mail was
                       sent since */
};

struct bounce_event {
    int64_t id;
    const char *message_hash; /* SHA-256 in hex of the message */
    int64_t subscriber_id;    /* 0: not a person on the list */
    int64_t issue_id;         /* 0: none */
    const char *class;        /* "hard" … */
    const char *domain;       /* the person's; "" without one */
    int64_t code;             /* SMTP reply code; 0: none */
    const char *enhanced;     /* "5.1.1"; NULL: none */
    const char *reason;       /* "user unknown" */
    int64_t at;
    enum bounce_mark mark;
};

/* Records a bounce; the id of an issue that does not exist is dropped. `*added` is false, and
 * nothing is done, if the bounce was recorded before. */
bool bounce_add(struct store *store, const struct bounce_event *event, bool *added,
                struct failure *why) MUST_CHECK;

/* Whether a message with that hash has been recorded. */
bool bounce_known(struct store *store, const char *message_hash, bool *known,
                  struct failure *why) MUST_CHECK;

/* People of one domain who bounced with one code: the enhanced code, or the reply code, or the
 * reason. */
struct bounce_group {
    const char *domain, *key;
    int64_t people;  /* distinct people among the events */
    int64_t readers; /* confirmed readers of the domain */
    int64_t held;    /* events among them that are held already */
};

/* Groups of pending events, at most `limit`. */
bool bounce_groups(struct store *store, struct arena *arena, int64_t limit,
                   struct bounce_group **groups, size_t *count, struct failure *why) MUST_CHECK;
/* Groups that are held. */
bool bounce_held_groups(struct store *store, struct arena *arena, struct bounce_group **groups,
                        size_t *count, struct failure *why) MUST_CHECK;

/* Groups with pending events in which more than `people` people, and more than `percent` % of the
 * domain's readers, bounced; events held or counted since an instant are included. */
bool bounce_storms(struct store *store, struct arena *arena, int64_t people, int64_t percent,
                   int64_t since, struct bounce_group **groups, size_t *count,
                   struct failure *why) MUST_CHECK;

/* Holds the pending events of a domain. */
bool bounce_hold(struct store *store, const char *domain, int64_t *count,
                 struct failure *why) MUST_CHECK;

/* The pending events of a group in order of time, at most `limit`. */
bool bounce_pending(struct store *store, struct arena *arena, const char *domain, const char *key,
                    int64_t limit, struct bounce_event **events, size_t *count,
                    struct failure *why) MUST_CHECK;
/* The held events of a domain. */
bool bounce_held(struct store *store, struct arena *arena, const char *domain, int64_t limit,
                 struct bounce_event **events, size_t *count, struct failure *why) MUST_CHECK;

/* Events to be judged again, at most `limit`. */
bool bounce_review(struct store *store, struct arena *arena, int64_t limit,
                   struct bounce_event **events, size_t *count, struct failure *why) MUST_CHECK;

/* Marks counted refusals for review where the issue's row was sent in the meantime; returns how
 * many. */
bool bounce_recall(struct store *store, int64_t issue_id, int64_t *count,
                   struct failure *why) MUST_CHECK;

/* Records the judgement of an event, which is no longer held. */
bool bounce_settle(struct store *store, int64_t id, enum bounce_mark mark,
                   struct failure *why) MUST_CHECK;

/* The most severe class that was counted for the person in [from, to), or, up to five days earlier,
 * for this issue (0: none): "hard", "soft"; NULL: nothing was counted. */
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

/* How many messages since an instant could not be classified and are in the Quarantine folder. */
bool bounce_unknown(struct store *store, int64_t since, int64_t *count,
                    struct failure *why) MUST_CHECK;

/* How many reports about our domain came since an instant, by recorded reason. */
bool bounce_reports(struct store *store, const char *reason, int64_t since, int64_t *count,
                    struct failure *why) MUST_CHECK;

#endif
