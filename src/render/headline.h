/*
 * Subject and headline of an issue, made from its strongest verdict.
 *
 * The strongest verdict is that of the comparison whose panels lie furthest apart, the first of
 * equals; where all rivals of a story's shared tool fared alike, that is the news. The rules stand
 * as a table in headline.c.
 */
#ifndef RENDER_HEADLINE_H
#define RENDER_HEADLINE_H

#include "base/arena.h"
#include "base/model.h"
#include "render/tally.h"

enum { HEADLINE_SUBJECT_MAX = 78 };

/* The headline with whole names, however long; and the same within HEADLINE_SUBJECT_MAX
 * characters: shorter words first, then names cut at word ends. */
char *headline_full(struct arena *arena, const struct story *stories, const struct tally *tally);
char *headline_subject(struct arena *arena, const struct story *stories, const struct tally *tally);

#endif
