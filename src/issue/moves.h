/*
 * What has moved since earlier issues told it: found in the database, kept with the issue.
 *
 * Every tool that an issue of the last MOVES_WEEKS has told is compared with the newest snapshot in
 * which one did. So many
 * moves as issue.moves_alone says make an issue by themselves in a week of too few comparisons.
 */
#ifndef ISSUE_MOVES_H
#define ISSUE_MOVES_H

#include "base/model.h"
#include "pick/pick.h"

enum {
    MOVES_MAX = 12,   /* in one issue; the others are told by the next one */
    MOVES_WEEKS = 26, /* what an older issue told is no longer compared */
};

struct moves {
    struct move *list; /* what matters most first */
    size_t count;
};

/* pick_week(), and what has moved before that week; a thin week in which enough has moved is none,
 * and holds the comparisons that there are. */
bool moves_pick(struct store *store, struct arena *arena, const struct settings *settings,
                const struct week *week, int64_t issue_id, const int64_t *order, size_t order_count,
                struct pick *pick, struct moves *moves, struct failure *why) MUST_CHECK;

/* Those of a stored issue, and their place in it. */
bool moves_stored(struct store *store, struct arena *arena, int64_t issue_id, struct moves *moves,
                  struct failure *why) MUST_CHECK;
bool moves_save(struct store *store, struct arena *arena, int64_t issue_id,
                const struct moves *moves, struct failure *why) MUST_CHECK;

/* Those of tools in one of the categories (`topics` as in subscriber.topics). */
struct moves moves_of_topics(struct arena *arena, const struct moves *moves, const char *topics);

/* "Otter: 4 of 4 would ship it, was 2 of 4." */
const char *moves_words(struct arena *arena, const struct move *move);

#endif
