/*
 * Quotes for the split of the reviewers: for each tool the sentence that speaks for it most
 * clearly, and the one against it; from a review without a verdict a doubt, because nobody can say
 * that its author would skip the tool.
 *
 * How clearly a sentence speaks is measured by the cues of the lexicon. It is whole and has
 * QUOTE_MIN to QUOTE_MAX characters, or is cut at a dash or semicolon; it contains no code, does
 * not begin with a word that refers back, does not speak of shipping another product, is no
 * prediction (prediction.h), and does not repeat the reason that the story has given. If none is
 * clear, there is none. An editor may choose another sentence than the clearest.
 */
#ifndef DIGEST_VOICE_H
#define DIGEST_VOICE_H

#include "base/model.h"
#include "digest/lexicon.h"

enum voice_side { VOICE_FOR, VOICE_AGAINST, VOICE_DOUBT };

struct voice {
    const char *text; /* NULL: none is clear enough */
    const struct review *review;
    int score; /* cues for it less cues of the other side */
    enum voice_side side;
    bool pinned; /* an editor chose it */
};

/* The sentence that an editor wants to be quoted about a tool, for it or against it. */
struct voice_pin {
    const char *tool; /* slug */
    bool against;
    const char *text; /* as voice_candidates() returns it */
};

/* What the choice of quotes depends on. */
struct voice_words {
    const struct lexicon *lexicon;
    const struct lexicon_kind *told; /* the kind that the story has mentioned already, or NULL */
    const struct voice_pin *pins;
    size_t pin_count;
};

/* `told` is the kind that the story has mentioned already, or NULL. */
struct voice voice_find(struct arena *arena, const struct lexicon *lexicon, const struct tool *tool,
                        enum voice_side side, const struct lexicon_kind *told);

/* The quotes about a tool, whose text is tidy: one sentence for it, then one against it or a doubt;
 * returns how many of the two there are. A pin takes precedence over voice_find() as long as a
 * review still contains it and its reviewer may speak for that side. */
size_t voice_pair(struct arena *arena, const struct voice_words *words, const struct tool *tool,
                  struct voice pair[2]);

/* A sentence that an editor can choose. */
struct voice_candidate {
    const char *text;
    const struct review *review;
    bool may_for, may_against; /* a reviewer who would ship it may be quoted for it, one who would
                                  skip it against it */
    int for_it, against_it;    /* the scores by the cues */
};

/* Every sentence of the tool's reviews that can be quoted, in their order, each once: not only
 * clear ones, and also those that repeat the story's reason. */
void voice_candidates(struct arena *arena, const struct lexicon *lexicon, const struct tool *tool,
                      struct voice_candidate **candidates, size_t *count);

/* The cues in a sentence, "earns the ship +6, slow -2": why it was chosen for that side. */
const char *voice_cues(struct arena *arena, const struct lexicon *lexicon, const char *text,
                       enum voice_side side);

#endif
