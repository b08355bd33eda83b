/*
 * What has moved since earlier issues reported it: found in the database, stored with the issue.
 *
 * Every tool that an issue of the last MOVES_WEEKS has reported on is compared with the newest
 * snapshot in which one did. As many moves as issue.moves_alone says make an issue by themselves in
 * a week of too few comparisons.
 */
#ifndef ISSUE_MOVES_H
#define ISSUE_MOVES_H

#include "base/model.h"
#include "pick/pick.h"

enum {
    MOVES_MAX = 12,   /* in one issue; the next one reports the others */
    MOVES_WEEKS = 26, /* what older issues reported is not compared any more */
};

struct moves {
    struct move *list; /* the most important first */
    size_t count;
};

/* pick_week(), and what has moved before that week; a thin week with enough moves is not thin, and
 * contains the comparisons that there are. */
bool moves_pick(struct store *store, struct arena *arena, const struct settings *settings,
                const struct week *week, int64_t issue_id, const int64_t *order, size_t order_count,
                struct pick *pick, struct moves *moves, struct failure *why) MUST_CHECK;

/* The moves of a stored issue, and storing them. */
bool moves_stored(struct store *store, struct arena *arena, int64_t issue_id, struct moves *moves,
                  struct failure *why) MUST_CHECK;
bool moves_save(struct store *store, struct arena *arena, int64_t issue_id,
                const struct moves *moves, struct failure *why) MUST_CHECK;

/* The moves of tools in one of the categories (`topics` as in subscriber.topics). */
struct moves moves_of_topics(struct arena *arena, const struct moves *moves, const char *topics);

/* "Otter: 4 of 4 would ship it, was 2 of 4." */
const char *moves_words(struct arena *arena, const struct move *move);

#endif
