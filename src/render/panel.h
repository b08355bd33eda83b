/*
 * What panel, reviewers and voters said, in words.
 *
 * Numbers are percentages of the panel that would ship a tool. Where reviewers' verdicts are
 * known they are counted; where the source leaves them out, the split is read from the percentage
 * and nobody is named.
 */
#ifndef RENDER_PANEL_H
#define RENDER_PANEL_H

#include "base/arena.h"
#include "base/model.h"

enum panel_outcome {
    PANEL_WINS, /* `one` has the larger share */
    PANEL_LOSES,
    PANEL_TIES,
    PANEL_OPEN, /* a share is missing */
};

enum panel_outcome panel_compare(const struct tool *one, const struct tool *other);

/* How strong the verdict is: the distance of the two shares in points; -1 where one share is
 * missing, -2 where both are. */
int panel_strength(const struct tool *one, const struct tool *other);

/* "The panel prefers A to B, 100 to 50." `it` stands for `one` in place of its name where the
 * reader has just read it. */
char *panel_verdict(struct arena *arena, const struct tool *one, const struct tool *other, bool it);

/* "3 of 4 reviewers ship it, 1 skips it."; where no verdict is known: "Three in four reviewers
 * would ship it, one in four would not." A share that is counted from the verdicts is said to be
 * so. */
char *panel_split(struct arena *arena, const struct tool *tool);

/* The votes of readers on two tools: "No votes yet." … */
char *panel_votes(struct arena *arena, const struct tool *one, const struct tool *other);

#endif
