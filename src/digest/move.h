/*
 * What has moved since an issue told of a tool: its panel, its votes, its price, a reviewer's mind.
 *
 * A figure is told where it differs; votes come in all the time and are told where they have moved
 * by MOVE_VOTES points. Two spellings of one price are the same. What is no longer known has not
 * moved.
 */
#ifndef DIGEST_MOVE_H
#define DIGEST_MOVE_H

#include "base/model.h"
#include "base/value.h"
#include "digest/say.h"

enum { MOVE_VOTES = 10 };

/* How much it matters, for the order; 0: nothing has moved. */
int move_weight(const struct say *say, const struct move *move);

/* "Otter: 4 of 4 would ship it, was 2 of 4; first votes: 62% of 48 readers." */
char *move_sentence(const struct say *say, const struct move *move);

/* The first thing that has moved, without a full stop: "Otter: 4 of 4 would ship it, was 2 of 4".
 */
char *move_headline(const struct say *say, const struct move *move);

/* The same in the room that a phone shows, without what was before where that does not fit; what
 * cannot be cut may be longer, up to that of a subject. */
char *move_subject(const struct say *say, const struct move *move);

/* {text, name, told, url, has_url, panel, has_panel}: `told` is "No. 11, 16 November 2026",
 * has_panel says whether the panel has moved. `archive` is where the pages of issues are; NULL or
 * "": there are none. */
struct value *move_view(const struct say *say, const struct move *move, const char *archive,
                        const char *timezone);

#endif
