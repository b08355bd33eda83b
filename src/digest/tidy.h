/*
 * Copies of stories in which every text is one line.
 *
 * Texts come from strangers' pages: line ends, tabs and control characters in a name would break
 * a subject, a bar of plaintext or a header, and a control of direction would turn what follows.
 * Sentences are made from tidy texts alone, in which names stand between isolates; what is made of
 * them is ready only after isolate_finish().
 */
#ifndef DIGEST_TIDY_H
#define DIGEST_TIDY_H

#include "base/arena.h"
#include "base/model.h"

struct story *tidy_stories(struct arena *arena, const struct story *stories, size_t count);

/* A tool that no comparison of the issue need hold, then and now. */
struct move tidy_move(struct arena *arena, const struct move *move);

#endif
