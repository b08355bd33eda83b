/*
 * What panel and reviewers said, in words.
 *
 * Every tool was judged alone, so shares are never presented as the score of a match. Reviewers'
 * verdicts are counted if they are known; if the source leaves them out, nobody is named.
 */
#ifndef DIGEST_PANEL_H
#define DIGEST_PANEL_H

#include "base/model.h"
#include "digest/say.h"

/* "3 of 4 reviewers would ship A, 2 of 4 reviewers would ship B." `it` replaces the name of `one`
 * if the reader has just read it. */
char *panel_verdict(const struct say *say, const struct tool *one, const struct tool *other,
                    bool it);

/* "3 of 4 reviewers ship it, 1 skips it."; if no verdict is known: "3 of 4 reviewers would ship it,
 * 1 would not." or "75% of the panel would ship it, 25% would not." Verdicts that are not those of
 * the whole panel are given separately from its share. */
char *panel_split(const struct say *say, const struct tool *tool);

/* Whether there are such separate verdicts: the sentence then says more than the panel's share. */
bool panel_is_apart(const struct tool *tool);

#endif
