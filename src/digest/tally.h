/*
 * The numbers of an issue, which its figures show.
 *
 * A tool that is part of several comparisons counts once.
 */
#ifndef DIGEST_TALLY_H
#define DIGEST_TALLY_H

#include "base/arena.h"
#include "base/model.h"

struct tally {
    size_t stories, comparisons;
    const struct tool **tools; /* in order of appearance */
    size_t tool_count;
    size_t voted; /* tools with a community vote */
};

/* Each story has at least one comparison. */
struct tally tally_count(struct arena *arena, const struct story *stories, size_t count);

#endif
