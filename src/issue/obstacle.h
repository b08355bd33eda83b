/* Obstacles between an issue and its readers, each as one line for the operator that says what to
 * do: what `weekly`, `doctor` and `status` print alike. */
#ifndef ISSUE_OBSTACLE_H
#define ISSUE_OBSTACLE_H

#include "store/store.h"

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
