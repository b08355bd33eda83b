/* Everything that is stored about one person, as events in order of time. */
#ifndef STORE_STORY_H
#define STORE_STORY_H

#include "store/store.h"

/* What the fields say, by `what`:
 *   consent  name: kind; state: form; detail: wording; origin
 *   issue    name: ISO week; state of the copy; detail: last reply or why it was skipped; address
 *   mail     name: kind ("welcome" …); state; detail: last reply; address
 *   bounce   name: class; state: "counted", "not counted", "held" or "waits"; detail: reason and
 *            code; issue week in origin
 *   address  name: "asked", a new address that was not confirmed yet; address
 * Texts are "" where there is none. */
struct story_event {
    int64_t at;
    const char *what, *name, *state, *detail, *origin, *address;
};

/* In order of time; an issue's copy is listed at the time at which it ended or is due. */
bool story_read(struct store *store, struct arena *arena, int64_t subscriber_id,
                struct story_event **events, size_t *count, struct failure *why) MUST_CHECK;

#endif
