/*
 * Which word about a tool stands when a comparison tells of one that is known. Pure: tool.c loads
 * and writes.
 *
 * Each fact of a tool is believed to one comparison at a time, by these rules in this order:
 *
 *   the fact comes …                                     then
 *   ---------------------------------------------------  ----------------------------------------
 *   not at all (left out)                                what stands stays
 *   from a comparison whose date is not older than that  it stands
 *     of the one that told the fact last
 *   from the comparison that told it last, by a source   it stands: that one corrects itself
 *     that is not outdated
 *   from any other                                       what stands stays
 *   as reviews with the quotes that stand                of each name and verdict the fuller one
 *   as a share without the number of its voters, which   the number that stood goes with the share
 *     differs from the share that stands
 *
 * A change contradicts, and is reported, if another comparison or another source had told the fact.
 */
#ifndef STORE_TOOL_MERGE_H
#define STORE_TOOL_MERGE_H

#include "store/private.h"

/* Who told a fact last: a comparison, and its date. `at` 0: nobody has. */
struct tool_origin {
    int64_t at, by;
};

/* A stored tool, and a comparison that tells of it. */
struct tool_merge {
    struct arena *arena;
    const struct tool *tool; /* as it comes in */
    struct tool_origin now;
    struct tool merged; /* at first as it is stored */
    struct tool_origin words[FACT_COUNT];
    const struct teller *teller;
    bool changed; /* something to write */
    struct comparison_outcome *outcome;
};

/* Whether a word by `now` takes the place of one by `stands`; `outdated`: the source of `now` is
 * older than the one that stands. */
bool tool_believes(const struct tool_origin *stands, const struct tool_origin *now, bool outdated);

bool tool_same_origin(const struct tool_origin *left, const struct tool_origin *right);

/* Merges all facts of merging->tool into merging->merged, and adds contradictions to its outcome.
 */
void tool_merge_facts(struct tool_merge *merging);

/* Adds to `outcome` in which facts, told last by that comparison, the stored tool differs from
 * merging->tool. */
void tool_merge_contradict(const struct tool_merge *merging, int64_t comparison_id,
                           struct comparison_outcome *outcome);

/* "ship", "skip"; NULL for UNKNOWN. */
const char *tool_verdict_name(enum verdict verdict);

#endif
