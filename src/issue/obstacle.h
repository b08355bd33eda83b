/*
 * Obstacles that keep an issue from its readers: whether one is in force, and the line for the
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
/* The same for an issue that is paused. */
const char *obstacle_pause(struct arena *arena, const struct issue *issue);

/* Removes a hold that has expired; `*hold` is the one in force, NULL if there is none. */
bool obstacle_find_hold(struct store *store, struct arena *arena, struct hold **hold,
                        struct failure *why) MUST_CHECK;

/* FAILURE_TRY_AGAIN with the line of what keeps the issue from being sent now; for NULL, what keeps
 * single mails. */
bool obstacle_refuse(struct store *store, const struct issue *issue,
                     struct failure *why) MUST_CHECK;

/* Reports the hold, or the pause if there is an issue, unless a run has reported it before; `aloud`
 * reports it in any case. `*line`, in the run's arena, is the text. */
bool obstacle_say(const struct issue_run *run, const struct hold *hold, const struct issue *issue,
                  bool aloud, const char **line, struct failure *why) MUST_CHECK;

/* `*line` is "the list has 61 pending and no confirmed reader …"; NULL if it has one, or nobody is
 * pending. */
bool obstacle_list(struct store *store, struct arena *arena, const char **line,
                   struct failure *why) MUST_CHECK;

struct obstacle_import {
    int64_t id;
    const char *line;
};
/* A line for each import that has not ended: how to continue it and how to undo it. */
bool obstacle_imports(struct store *store, struct arena *arena, struct obstacle_import **imports,
                      size_t *count, struct failure *why) MUST_CHECK;

#endif
