/*
 * The week that an editor speaks of who names none: the one whose issue is due and not done yet,
 * else the next, which is still being gathered.
 *
 *   the newest week whose window has ended          what editors' verbs show
 *   ----------------------------------------------  ----------------------------------
 *   has an issue that is a draft, approved, paused  that week
 *     or under way
 *   has none, and enough to make one                that week: `weekly` will build it
 *   has an issue that is sent or cancelled          the next
 *   has none, and too few comparisons for one       the next, which they carry over to
 *
 * The sending side (weekly, send) does not ask here: nothing leaves before its week has ended.
 */
#ifndef ISSUE_AT_HAND_H
#define ISSUE_AT_HAND_H

#include "pick/week.h"
#include "settings/settings.h"
#include "store/store.h"

/* *next is whether it is the week that is still being gathered. */
bool at_hand_find(struct store *store, struct arena *arena, const struct settings *settings,
                  int64_t now, struct week *week, bool *next, struct failure *why) MUST_CHECK;

/* The same for what shows a whole issue, preview and check: while too little has come for the next
 * one it is the last that there was. */
bool at_hand_to_show(struct store *store, struct arena *arena, const struct settings *settings,
                     int64_t now, struct week *week, bool *next, struct failure *why) MUST_CHECK;

/* "the next one is 2026-W49, due in 17 h", for the operator. */
char *at_hand_words(struct arena *arena, const struct week *week, int64_t now);

#endif
