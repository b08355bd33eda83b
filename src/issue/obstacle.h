/* Obstacles between an issue and its readers, each as one line for the operator that says what to
 * do: what `weekly`, `doctor` and `status` print alike. */
#ifndef ISSUE_OBSTACLE_H
#define ISSUE_OBSTACLE_H

#include "store/hold.h"
#include "store/issue.h"

/* One line, in the arena: "sending is held since 2026-11-20T12:00:00Z by root, until …: REASON",
 * and what to do. */
const char *obstacle_hold(struct arena *arena, const struct hold *hold);
/* The same of an issue that is paused. */
const char *obstacle_pause(struct arena *arena, const struct issue *issue);

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
