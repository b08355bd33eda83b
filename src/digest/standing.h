/*
 * The tools of one story in the order of their panels, and who stands on top.
 */
#ifndef DIGEST_STANDING_H
#define DIGEST_STANDING_H

#include "base/arena.h"
#include "base/model.h"
#include "digest/jury.h"

struct standing {
    const struct tool **tools; /* the larger share first; those without one last */
    struct jury *juries;       /* of each */
    size_t count;
    size_t judged; /* those with a share stand before the others */
    size_t top;    /* how many have the largest share */
    size_t level;  /* how many are as good as level with it, those on top included */
    bool group;
    const struct tool *shared; /* of a group */
};

/* Of equals those that the story tells first, its shared tool last. */
struct standing standing_of(struct arena *arena, const struct story *story);

/* "1", "=2"; "" without a verdict. */
char *standing_rank(struct arena *arena, const struct standing *standing, size_t at);

/* The jury of one tool, in percent unless those of the tools from `first` up to `last` (not itself
 * one of them) are known and of one size. */
struct jury standing_jury(const struct standing *standing, size_t first, size_t last);

/* The same tool as this story has it, by its slug; NULL: it is not in it. */
const struct tool *standing_tool(const struct standing *standing, const struct tool *tool);

#endif
