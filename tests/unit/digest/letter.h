/* What tests of an issue's words share: tools, stories and issues made of few words. */
#ifndef UNIT_RENDER_LETTER_H
#define UNIT_RENDER_LETTER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "digest/derivation.h"
#include "digest/lexicon.h"
#include "digest/newsletter.h"
#include "digest/phrase.h"
#include "digest/say.h"

/* Behind ours: it makes a macro of fail. */
#include <cmocka.h>

enum { NONE = PERCENT_NONE };

static struct arena arena;

static inline int give_back(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static inline const struct say *english(void)
{
    struct say *say = arena_alloc(&arena, sizeof *say);
    *say = (struct say){&arena, catalogue_english(&arena)};
    return say;
}

static inline struct tool tool(const char *name, int panel)
{
    return (struct tool){.slug = name,
                         .name = name,
                         .short_name = name,
                         .category = "Tools",
                         .tagline = "",
                         .description = "",
                         .price = "",
                         .price_note = "",
                         .panel_ship = panel,
                         .community_ship = NONE};
}

static inline struct comparison *compare(struct tool left, struct tool right)
{
    struct comparison *item = arena_alloc(&arena, sizeof *item);
    item->slug = arena_format(&arena, "%s-vs-%s", left.slug, right.slug);
    item->title = arena_format(&arena, "%s vs %s", left.name, right.name);
    item->question = "";
    item->left = left;
    item->right = right;
    return item;
}

/* As a source leaves it out; a made tool has one for what is not tidied. */
static inline void without_short_names(const struct story *stories, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < stories[i].count; j++) {
            struct comparison *item = (struct comparison *)stories[i].items[j];
            item->left.short_name = item->right.short_name = NULL;
        }
    }
}

static inline struct newsletter newsletter(const struct story *stories, size_t count)
{
    without_short_names(stories, count);
    return (struct newsletter){.site_name = "Weekly",
                               .site_url = "https://tools.example.org",
                               .comparison_url = "https://tools.example.org/{slug}",
                               .postal_address = "1 Street",
                               .language = "en",
                               .direction = "ltr",
                               .number = 1,
                               .week = "2026-W47",
                               .date = 1795420800,
                               .timezone = "UTC",
                               .stories = stories,
                               .story_count = count};
}

static inline struct newsletter_headline headline_of(const struct story *stories, size_t count)
{
    struct newsletter issue = newsletter(stories, count);
    return newsletter_headline(&arena, &issue);
}

/* A story of one tool ("Shared" with `shared` percent) and up to six rivals, "R1" … . */
static inline struct story group(int shared, const int *rivals, size_t count)
{
    struct story story = {.shared = "Shared",
                          .items = arena_array(&arena, count, sizeof *story.items),
                          .count = count};
    for (size_t i = 0; i < count; i++) {
        const char *name = arena_format(&arena, "R%zu", i + 1);
        story.items[i] = compare(tool("Shared", shared), tool(name, rivals[i]));
    }
    return story;
}

static inline struct story duel(struct tool left, struct tool right)
{
    struct story story = {.items = arena_array(&arena, 1, sizeof *story.items), .count = 1};
    story.items[0] = compare(left, right);
    return story;
}

/* Whatever the program says first follows from the data. */
static inline void check_derived(const struct story *stories, size_t count, const char *text)
{
    struct derivation derivation =
        derivation_of(&arena, &(struct derivation_source){stories, count, NULL, 0}, text);
    for (size_t i = 0; i < derivation.count; i++) {
        if (derivation.claims[i].from == NULL) {
            fail_msg("nothing says \"%s\" of: %s", derivation.claims[i].words, text);
        }
    }
}

#define MARK "e\xCC\x81"

static inline void check_limits(const char *name, const struct newsletter_headline *headline)
{
    size_t subject = phrase_length(headline->subject);
    size_t preheader = phrase_length(headline->preheader);
    if (subject < 10 || subject > 60 || preheader < 40 || preheader > 130 ||
        strcmp(headline->subject, headline->preheader) == 0) {
        fail_msg("%s: subject \"%s\" (%zu), preheader \"%s\" (%zu)", name, headline->subject,
                 subject, headline->preheader, preheader);
    }
}

static inline const char *issue_text(const struct story *stories, size_t count, const char *name)
{
    struct newsletter issue = newsletter(stories, count);
    struct newsletter_headline headline = newsletter_headline(&arena, &issue);
    const struct value *root = newsletter_variables(&arena, &issue, &headline);
    return value_find(value_find(root, "issue"), name)->text;
}

/* A tool with so many reviews that would ship it and so many that would skip it. */
static inline struct tool judged(const char *name, size_t ship, size_t skip)
{
    struct tool one = tool(name, NONE);
    one.reviews = arena_array(&arena, ship + skip + 1, sizeof *one.reviews);
    one.review_count = ship + skip;
    for (size_t i = 0; i < one.review_count; i++) {
        one.reviews[i] =
            (struct review){.quote = "Well.", .verdict = i < ship ? VERDICT_SHIP : VERDICT_SKIP};
    }
    model_derive_panel(&one);
    return one;
}

#endif
