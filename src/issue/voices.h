/* Which sentences of reviews an issue quotes, and the reasons: for `pick --explain`. */
#ifndef ISSUE_VOICES_H
#define ISSUE_VOICES_H

#include "base/arena.h"
#include "base/model.h"
#include "digest/newsletter.h"

struct voice_choice {
    const char *tool, *text;
    const char *side;    /* "for", "against", "a doubt" */
    const char *because; /* "earns the ship +6, fast +2"; the cues of the lexicon in it */
};

/* Lists each tool of the stories once, as the issue quotes it. Everything is in `arena`. */
void voices_chosen(struct arena *arena, const struct story *stories, size_t count,
                   const struct newsletter_words *words, struct voice_choice **choices,
                   size_t *choice_count);

#endif
