/*
 * What issues have said about tools, and which changes an issue reports.
 *
 * An issue presents a tool by the snapshot of a comparison or by a line on what has changed; the
 * newest of them is what readers know.
 */
#ifndef STORE_MOVE_H
#define STORE_MOVE_H

#include "base/model.h"
#include "store/store.h"

struct told_tool {
    const char *slug;
    int64_t number;   /* of the issue that presented it */
    const char *week; /* of that issue */
    int64_t at;       /* the end of its window */
    const char *was;  /* JSON of the tool as it was presented */
    const char
        *now; /* JSON of the tool as the issue at hand tells it; NULL: not in such an issue */
};

/* Each tool once, as the newest issue before `week` that was approved or sent presented it, in
 * order of slugs. */
bool move_told(struct store *store, struct arena *arena, const char *week, struct told_tool **tools,
               size_t *count, struct failure *why) MUST_CHECK;

/* The tool as it is stored now; *found is false if no comparison that is not withdrawn has a tool
 * with that slug. */
bool move_tool(struct store *store, struct arena *arena, const char *slug, struct tool *tool,
               bool *found, struct failure *why) MUST_CHECK;

/* The changes that an issue reports, in its order; replaced when a draft is rebuilt. */
bool move_list(struct store *store, struct arena *arena, int64_t issue_id, struct told_tool **moves,
               size_t *count, struct failure *why) MUST_CHECK;
/* The slugs of its tools all of whose comparisons are withdrawn, in its order. */
bool move_withdrawn_of(struct store *store, struct arena *arena, int64_t issue_id,
                       const char ***slugs, size_t *count, struct failure *why) MUST_CHECK;
bool move_replace(struct store *store, int64_t issue_id, const struct told_tool *moves,
                  size_t count, struct failure *why) MUST_CHECK;

#endif
