/*
 * An issue in numbers: what its summary, its figures and its headline count.
 *
 * A tool that stands in several comparisons counts once.
 */
#ifndef RENDER_TALLY_H
#define RENDER_TALLY_H

#include "base/arena.h"
#include "base/model.h"

struct tally {
    size_t stories, comparisons, tools;
    size_t wins, ties, open; /* comparisons by verdict: decided, level, share missing */
    size_t free, priced;     /* tools that cost nothing; tools with any price given */
    bool free_to_start;      /* a free one is so "to start", or under a condition */
    size_t voted;            /* tools with a community vote */
    size_t strongest_story;  /* the comparison with the widest verdict, the first of */
    size_t strongest_item;   /*   equals */
    int strength;            /* its panel_strength() */
};

/* At least one story with at least one comparison. */
struct tally tally_count(struct arena *arena, const struct story *stories, size_t count);

/* How the rivals of a story's shared tool fared against it. */
struct tally_rivals {
    size_t count, win, lose, tie, open;
    bool same; /* each rival has the same share */
};
struct tally_rivals tally_rivals(const struct story *story);

/* Distinct tools of the stories, in order of appearance. */
const struct tool **tally_tools(struct arena *arena, const struct story *stories, size_t count,
                                size_t *tool_count);

#endif
