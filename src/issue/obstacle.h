/* What `weekly`, `doctor` and `status` say alike of a list that cannot be mailed as it stands. */
#ifndef ISSUE_OBSTACLE_H
#define ISSUE_OBSTACLE_H

#include "store/store.h"

/* "the list has 61 pending and no confirmed reader …" in *line; NULL where it has one, or nobody
 * waits. */
bool standing_of_list(struct store *store, struct arena *arena, const char **line,
                      struct failure *why) MUST_CHECK;

struct standing_import {
    int64_t id;
    const char *line;
};
/* A line for each import that has not ended: how to go on with it and how to take it back. */
bool standing_of_imports(struct store *store, struct arena *arena, struct standing_import **imports,
                         size_t *count, struct failure *why) MUST_CHECK;

#endif
