/*
 * The variables of an issue, which templates/issue.*.mustache read, as a value tree; and the
 * subject and preheader, made from the strongest verdict. No side effects.
 *
 * verdicts-templates(5) documents the tree; a test compares the two.
 */
#ifndef DIGEST_NEWSLETTER_H
#define DIGEST_NEWSLETTER_H

#include "base/arena.h"
#include "base/model.h"
#include "base/value.h"
#include "digest/note_view.h"
#include "digest/voice.h"

/* A note for the story that has this comparison. */
struct newsletter_story_note {
    int64_t comparison_id;
    const struct note *note;
};

/* What an editor has written; it stands above what the program says by itself. */
struct newsletter_words {
    const char *subject, *preheader, *headline; /* NULL: the program's */
    const struct note *note;                    /* above the stories; NULL: none */
    const struct newsletter_story_note *notes;
    size_t note_count;
    const struct voice_pin *pins; /* sentences to be quoted */
    size_t pin_count;
};

struct newsletter {
    const char *site_name, *site_url, *comparison_url, *postal_address;
    const char *language, *direction;
    bool replies; /* readers' answers are read: mail.reply_to is set */
    int64_t number;
    const char *week;     /* "2026-W47" */
    int64_t date;         /* of the issue */
    const char *timezone; /* for the written date */
    const struct story *stories;
    size_t story_count;
    const struct move *moves; /* changes since earlier issues, the most important first */
    size_t move_count;
    const struct prediction *predictions; /* those that are due, then those that it records */
    size_t prediction_count;
    const char *archive; /* where the pages of issues are; NULL or "": there are none */
    struct newsletter_words words;
};

/* Of the program's own words; an editor's have the lengths that the editor gives them. */
struct newsletter_headline {
    const char *subject;   /* 10 to 78 characters */
    const char *preheader; /* 40 to 130 characters, different from the subject */
};

/* Deterministic: from the stories, or, if there are none, from the moves. At least one of the two
 * exists. */
struct newsletter_headline newsletter_headline(struct arena *arena, const struct newsletter *issue);

/* The headline above the stories, as the tree's issue.headline. */
char *newsletter_title(struct arena *arena, const struct newsletter *issue);

/* The whole tree, without `reader`. */
struct value *newsletter_variables(struct arena *arena, const struct newsletter *issue,
                                   const struct newsletter_headline *headline);

/* Whether the story at that index is presented in full, with its reviewers, in an issue with so
 * many comparisons. */
bool newsletter_is_full(size_t comparisons, size_t story);

/* The note of that story; NULL: it has none. */
const struct note *newsletter_story_note(const struct newsletter_words *words,
                                         const struct story *story);

/* A pull-quote: `quote` cut at a sentence's end within `limit` characters; whole words and "…"
 * where no sentence ends in time. */
char *newsletter_pull_quote(struct arena *arena, const char *quote, size_t limit);

#endif
