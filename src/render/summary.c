#include "render/summary.h"

#include "render/panel.h"
#include "render/phrase.h"
#include "render/price.h"

/* "A beats two of its five rivals, loses to two and ties with one." */
static char *mixed_words(struct arena *arena, const char *name, const struct tally_rivals *rivals)
{
    const struct {
        size_t count;
        const char *verb;
    } parts[] = {
        {rivals->lose, "beats"},
        {rivals->win, "loses to"},
        {rivals->tie, "ties with"},
        {rivals->open, "awaits a verdict against"},
    };
    size_t left = 0;
    for (size_t i = 0; i < 4; i++) {
        left += parts[i].count > 0;
    }
    char *text = arena_copy(arena, name);
    bool first = true;
    for (size_t i = 0; i < 4; i++) {
        if (parts[i].count == 0) {
            continue;
        }
        left--;
        const char *link = first ? "" : left == 0 ? " and" : ",";
        char *of =
            first ? arena_format(arena, " of its %s rivals", phrase_number(arena, rivals->count))
                  : arena_copy(arena, "");
        bool other = !first && rivals->count == 2;
        text = arena_format(arena, "%s%s %s %s%s", text, link, parts[i].verb,
                            other ? "the other" : phrase_number(arena, parts[i].count), of);
        first = false;
    }
    return arena_format(arena, "%s.", text);
}

static char *group_words(struct arena *arena, const struct story *story)
{
    struct tally_rivals rivals = tally_rivals(story);
    const char *shared = model_other(story->items[0], story->shared)->name;
    char *all = phrase_all(arena, rivals.count, "rival", "rivals");
    if (rivals.win == rivals.count) {
        return phrase_capital(arena,
                              arena_format(arena, "%s beat %s with the panel.", all, shared));
    }
    if (rivals.lose == rivals.count) {
        return arena_format(arena, "%s beats %s with the panel.", shared, all);
    }
    if (rivals.tie == rivals.count) {
        return phrase_capital(arena, arena_format(arena, "%s tie with %s.", all, shared));
    }
    if (rivals.open == rivals.count) {
        return arena_format(arena, "The panel has yet to judge %s against %s.", shared, all);
    }
    return mixed_words(arena, shared, &rivals);
}

char *summary_story(struct arena *arena, const struct story *story)
{
    const struct comparison *item = story->items[0];
    if (story->shared != NULL && story->count > 1) {
        return group_words(arena, story);
    }
    return panel_verdict(arena, model_rival(item, story->shared), model_other(item, story->shared),
                         false);
}

/* "Five new comparisons of six tools this week, told in three stories." */
static char *count_words(struct arena *arena, const struct tally *tally)
{
    char *stories = tally->stories < 2 || tally->stories == tally->comparisons
                        ? arena_copy(arena, "")
                        : arena_format(arena, ", told in %s",
                                       phrase_count(arena, tally->stories, "story", "stories"));
    return phrase_capital(
        arena,
        arena_format(arena, "%s of %s this week%s.",
                     phrase_count(arena, tally->comparisons, "new comparison", "new comparisons"),
                     phrase_count(arena, tally->tools, "tool", "tools"), stories));
}

/* Of several stories: "The panel picks a winner in three and is level in one." */
static char *outcome_words(struct arena *arena, const struct tally *tally)
{
    if (tally->wins == tally->comparisons) {
        return arena_copy(arena, "The panel picks a winner in every one.");
    }
    if (tally->wins == 0) {
        return arena_copy(arena, "The panel picks no winner in any of them.");
    }
    return arena_format(arena, "The panel picks a winner in %s of them.",
                        phrase_number(arena, tally->wins));
}

static char *price_words(struct arena *arena, const struct tally *tally)
{
    const char *free = tally->free_to_start ? "free to start" : "free";
    if (tally->priced == 0 || tally->free == 0) {
        return arena_copy(arena, "");
    }
    if (tally->free == tally->tools) {
        return phrase_capital(arena,
                              arena_format(arena, "%s are %s.",
                                           phrase_all(arena, tally->tools, "tool", "tools"), free));
    }
    return phrase_capital(arena, arena_format(arena, "%s of the %s %s %s.",
                                              phrase_number(arena, tally->free),
                                              phrase_count(arena, tally->tools, "tool", "tools"),
                                              tally->free == 1 ? "is" : "are", free));
}

static char *vote_words(struct arena *arena, const struct tally *tally)
{
    if (tally->voted == 0) {
        return arena_copy(arena, "No community votes yet.");
    }
    if (tally->voted == tally->tools) {
        return arena_format(arena, "The community has voted on %s.",
                            phrase_all(arena, tally->tools, "tool", "tools"));
    }
    return arena_format(arena, "The community has voted on %s of the %s.",
                        phrase_number(arena, tally->voted),
                        phrase_count(arena, tally->tools, "tool", "tools"));
}

static char *verdict_words(struct arena *arena, const struct story *stories,
                           const struct tally *tally)
{
    return tally->stories == 1 ? summary_story(arena, &stories[0]) : outcome_words(arena, tally);
}

char *summary_issue(struct arena *arena, const struct story *stories, const struct tally *tally)
{
    char *text =
        phrase_join(arena, count_words(arena, tally), verdict_words(arena, stories, tally));
    text = phrase_join(arena, text, price_words(arena, tally));
    return phrase_join(arena, text, vote_words(arena, tally));
}

char *summary_preheader(struct arena *arena, const struct story *stories, const struct tally *tally)
{
    const struct comparison *item = stories[0].items[0];
    bool single = tally->comparisons == 1;
    const char *parts[] = {
        single ? "" : verdict_words(arena, stories, tally),
        single ? price_read(arena, &item->left, &item->right) : price_words(arena, tally),
        single ? panel_votes(arena, &item->left, &item->right) : vote_words(arena, tally),
        count_words(arena, tally),
        "Panel verdicts, price reads, reviewer splits and community votes.",
    };
    char *text = arena_copy(arena, "");
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        char *longer = phrase_join(arena, text, parts[i]);
        bool last = i + 1 == sizeof parts / sizeof parts[0];
        bool enough = last && phrase_length(text) >= SUMMARY_PREHEADER_MIN;
        if (!enough && phrase_length(longer) <= SUMMARY_PREHEADER_MAX) {
            text = longer;
        }
    }
    return text;
}
