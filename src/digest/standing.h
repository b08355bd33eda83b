/*
 * The tools of one story in the order of their panels, and which of them are on top.
 */
#ifndef DIGEST_STANDING_H
#define DIGEST_STANDING_H

#include "base/arena.h"
#include "base/model.h"
#include "digest/jury.h"

struct standing {
    const struct tool **tools; /* the larger share first; those without a share last */
    struct jury *juries;       /* of each */
    size_t count;
    size_t judged; /* tools with a share; they come first */
    size_t top;    /* how many have the largest share */
    size_t level;  /* how many are practically level with it, those on top included */
    bool group;
    const struct tool *shared; /* of a group */
};

/* Equal ones are in the story's order, its shared tool last. */
struct standing standing_of(struct arena *arena, const struct story *story);

/* "1", "=2"; "" without a verdict. */
char *standing_rank(struct arena *arena, const struct standing *standing, size_t at);

/* The jury of one tool; in percent unless the juries of the tools from `first` to `last` (excluded)
 * are known and of the same size. */
struct jury standing_jury(const struct standing *standing, size_t first, size_t last);

/* The same tool in this story, by its slug; NULL: it is not part of it. */
const struct tool *standing_tool(const struct standing *standing, const struct tool *tool);

#endif
