/*
 * The split of the reviewers: of each tool the sentence that speaks for it most clearly, and the
 * one against it; of a review that gives no verdict a doubt, for nobody can say that it would skip.
 *
 * How clearly a sentence speaks is told by the cues of the lexicon. It is whole and has QUOTE_MIN
 * to QUOTE_MAX characters, or is cut at a dash or semicolon; it holds no code, does not begin with
 * a word that points back, has no other product as what is shipped, is no prediction
 * (prediction.h), and does not repeat the reason that the story has told. Where none is clear there
 * is none.
 */
#ifndef DIGEST_VOICE_H
#define DIGEST_VOICE_H

#include "base/model.h"
#include "digest/lexicon.h"

enum voice_side { VOICE_FOR, VOICE_AGAINST, VOICE_DOUBT };

struct voice {
    const char *text; /* NULL: none is clear */
    const struct review *review;
    int score; /* cues for it less cues of the other side */
};

/* `told` is the kind that the story has told already, or NULL. */
struct voice voice_find(struct arena *arena, const struct lexicon *lexicon, const struct tool *tool,
                        enum voice_side side, const struct lexicon_kind *told);

/* The cues that a sentence has, "earns the ship +6, slow -2": why it was chosen for that side. */
const char *voice_cues(struct arena *arena, const struct lexicon *lexicon, const char *text,
                       enum voice_side side);

#endif
