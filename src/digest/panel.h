/*
 * What panel and reviewers said, in words.
 *
 * Every tool was judged alone: no share is ever told as the score of a match. Where reviewers'
 * verdicts are known they are counted; where the source leaves them out nobody is named.
 */
#ifndef DIGEST_PANEL_H
#define DIGEST_PANEL_H

#include "base/model.h"
#include "digest/say.h"

/* "3 of 4 reviewers would ship A, 2 of 4 reviewers would ship B." `it` stands for `one` in place
 * of its name where the reader has just read it. */
char *panel_verdict(const struct say *say, const struct tool *one, const struct tool *other,
                    bool it);

/* "3 of 4 reviewers ship it, 1 skips it."; where no verdict is known: "3 of 4 reviewers would ship
 * it, 1 would not." or "75% of the panel would ship it, 25% would not." Verdicts that are not
 * those of the panel as a whole are told apart from its share. */
char *panel_split(const struct say *say, const struct tool *tool);

/* Whether it tells such verdicts: it says more then than the panel's share. */
bool panel_is_apart(const struct tool *tool);

#endif
