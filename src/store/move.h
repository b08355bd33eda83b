/*
 * What issues have told of tools, and what of it an issue says anew.
 *
 * A tool is told by the snapshot of a comparison and by a line on what has moved; the newest of
 * them is what readers know.
 */
#ifndef STORE_MOVE_H
#define STORE_MOVE_H

#include "base/model.h"
#include "store/store.h"

struct told_tool {
    const char *slug;
    int64_t number;   /* of the issue that told it */
    const char *week; /* of that issue */
    int64_t at;       /* its window's end */
    const char *was;  /* JSON of the tool, as it told it */
    const char
        *now; /* JSON of the tool as the issue at hand tells it; NULL: not in such an issue */
};

/* Each tool once, as the newest issue before `week` that was approved or sent has told it, in the
 * order of the slugs. */
bool move_told(struct store *store, struct arena *arena, const char *week, struct told_tool **tools,
               size_t *count, struct failure *why) MUST_CHECK;

/* The tool as it is known now; *found false where there is none of that slug in a comparison that
 * is not withdrawn. */
bool move_tool(struct store *store, struct arena *arena, const char *slug, struct tool *tool,
               bool *found, struct failure *why) MUST_CHECK;

/* What an issue says has moved, in its order; replaced when a draft is built again. */
bool move_list(struct store *store, struct arena *arena, int64_t issue_id, struct told_tool **moves,
               size_t *count, struct failure *why) MUST_CHECK;
/* Slugs of the tools in it all of whose comparisons are withdrawn, in its order. */
bool move_withdrawn_of(struct store *store, struct arena *arena, int64_t issue_id,
                       const char ***slugs, size_t *count, struct failure *why) MUST_CHECK;
bool move_replace(struct store *store, int64_t issue_id, const struct told_tool *moves,
                  size_t count, struct failure *why) MUST_CHECK;

#endif
