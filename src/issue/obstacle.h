/*
 * Obstacles between an issue and its readers: whether one is in force, and one line for the
 * operator that says what it is and what to do. `weekly`, `doctor` and `status` print the same
 * line.
 *
 *   obstacle                              keeps back                   ends by
 *   ------------------------------------  ---------------------------  ---------------------------
 *   a hold (`verdicts hold`)              every issue                  `release`, or its own end
 *   a hold of everything (`hold --all`)   every issue and single mail  the same
 *   a pause (`verdicts issue pause N`)    that issue                   `issue resume N`
 *   a list without confirmed readers      every issue                  the first who confirms
 *   an import that has not ended          nobody else's mail           importing again, or undoing
 */
#ifndef ISSUE_OBSTACLE_H
#define ISSUE_OBSTACLE_H

#include "issue/run.h"
#include "store/hold.h"
#include "store/issue.h"

/* One line, in the arena: "sending is held since 2026-11-20T12:00:00Z by root, until …: REASON",
 * and what to do. */
const char *obstacle_hold(struct arena *arena, const struct hold *hold);
/* The same of an issue that is paused. */
const char *obstacle_pause(struct arena *arena, const struct issue *issue);

/* Ends a hold that is over; *hold is the one in force, NULL if there is none. */
bool obstacle_find_hold(struct store *store, struct arena *arena, struct hold **hold,
                        struct failure *why) MUST_CHECK;

/* FAILURE_TRY_AGAIN with the line of what keeps the issue from being sent now; of NULL, what keeps
 * single mails. */
bool obstacle_refuse(struct store *store, const struct issue *issue,
                     struct failure *why) MUST_CHECK;

/* Says the line of the hold, or of the pause where there is an issue, if no run has said it before
 * or it is to be said again (`aloud`). *line, in the run's arena, is what there is to say. */
bool obstacle_say(const struct issue_run *run, const struct hold *hold, const struct issue *issue,
                  bool aloud, const char **line, struct failure *why) MUST_CHECK;

/* "the list has 61 pending and no confirmed reader …" in *line; NULL where it has one, or nobody
 * waits. */
bool obstacle_list(struct store *store, struct arena *arena, const char **line,
                   struct failure *why) MUST_CHECK;

struct obstacle_import {
    int64_t id;
    const char *line;
};
/* A line for each import that has not ended: how to go on with it and how to take it back. */
bool obstacle_imports(struct store *store, struct arena *arena, struct obstacle_import **imports,
                      size_t *count, struct failure *why) MUST_CHECK;

#endif
