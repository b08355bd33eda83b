/*
 * Which facts of a tool are kept when a comparison is imported that states others. No side effects:
 * tool.c loads and writes.
 *
 * Each fact of a tool is taken from one comparison at a time, by these rules in this order:
 *
 *   the fact comes …                                     then
 *   ---------------------------------------------------  ----------------------------------------
 *   not at all (left out)                                the stored fact is kept
 *   from a comparison whose date is not older than that  it is taken
 *     of the one that stated the fact last
 *   from the comparison that stated it last, by a        it is taken: the comparison corrects
 * itself source that is not superseded from any other                                       the
 * stored fact is kept as reviews with the quotes that are stored           of each name and verdict
 * the one that is known as a share without the number of its voters, which   the stored number is
 * removed with the share differs from the stored share
 *
 * A change contradicts, and is reported, if another comparison or another source had stated the
 * fact.
 */
#ifndef STORE_TOOL_MERGE_H
#define STORE_TOOL_MERGE_H

#include "store/private.h"

/* The comparison that stated a fact last, and its date. `at` 0: none has. */
struct tool_origin {
    int64_t at, by;
};

/* A stored tool, and a comparison that states facts about it. */
struct tool_merge {
    struct arena *arena;
    const struct tool *tool; /* as imported */
    struct tool_origin now;
    struct tool merged; /* the stored tool at first */
    struct tool_origin words[FACT_COUNT];
    const struct teller *teller;
    bool changed; /* there is something to write */
    struct comparison_outcome *outcome;
};

/* Whether a statement by `now` replaces one by `stands`; `outdated`: the source of `now` is
 * superseded. */
bool tool_believes(const struct tool_origin *stands, const struct tool_origin *now, bool outdated);

bool tool_same_origin(const struct tool_origin *left, const struct tool_origin *right);

/* Merges all facts of merging->tool into merging->merged, and adds contradictions to its
 * outcome. */
void tool_merge_facts(struct tool_merge *merging);

/* Adds to `outcome` the facts, stated last by that comparison, in which the stored tool differs
 * from merging->tool. */
void tool_merge_contradict(const struct tool_merge *merging, int64_t comparison_id,
                           struct comparison_outcome *outcome);

/* "ship", "skip"; NULL for UNKNOWN. */
const char *tool_verdict_name(enum verdict verdict);

#endif
