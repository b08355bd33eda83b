/*
 * Copies of stories in which every text is one line.
 *
 * Texts come from other people's pages: line ends, tabs and control characters in a name would
 * break a subject, a bar of plaintext or a header, and a bidirectional control would reverse the
 * text after it. Sentences are composed from tidy texts only, in which names are isolated; the
 * results need isolate_finish().
 */
#ifndef DIGEST_TIDY_H
#define DIGEST_TIDY_H

#include "base/arena.h"
#include "base/model.h"

struct story *tidy_stories(struct arena *arena, const struct story *stories, size_t count);

/* A tool, then and now, that need not be part of the comparisons. */
struct move tidy_move(struct arena *arena, const struct move *move);

#endif
