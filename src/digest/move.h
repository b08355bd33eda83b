/*
 * What has changed since an issue presented a tool: its panel, its votes, its price, a reviewer's
 * verdict.
 *
 * A figure is reported if it differs; votes come in all the time and are reported if the share has
 * changed by MOVE_VOTES points. Two spellings of one price are the same. A fact that is no longer
 * known has not changed.
 */
#ifndef DIGEST_MOVE_H
#define DIGEST_MOVE_H

#include "base/model.h"
#include "base/value.h"
#include "digest/say.h"

enum { MOVE_VOTES = 10 };

/* How much it matters, for the order; 0: nothing has changed. */
int move_weight(const struct say *say, const struct move *move);

/* "Otter: 4 of 4 would ship it, was 2 of 4; first votes: 62% of 48 readers." */
char *move_sentence(const struct say *say, const struct move *move);

/* The first change, without a full stop: "Otter: 4 of 4 would ship it, was 2 of 4". */
char *move_headline(const struct say *say, const struct move *move);

/* The same within the room that a phone shows, without the earlier value if that does not fit; what
 * cannot be cut may be longer, up to the limit of a subject. */
char *move_subject(const struct say *say, const struct move *move);

/* {text, name, told, url, has_url, panel, has_panel}: `told` is "No. 11, 16 November 2026",
 * has_panel says whether the panel has changed. `archive` is the address of the pages of issues;
 * NULL or "": there are none. */
struct value *move_view(const struct say *say, const struct move *move, const char *archive,
                        const char *timezone);

#endif
