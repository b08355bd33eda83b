#include "render/headline.h"

#include <string.h>

#include "render/panel.h"
#include "render/phrase.h"

enum news {
    NEWS_WIN,        /* one beats the other */
    NEWS_LEVEL,      /* both have the same share */
    NEWS_BOTH_WHOLE, /* … 100 */
    NEWS_BOTH_NONE,  /* … 0 */
    NEWS_HALF_OPEN,  /* only one has been judged */
    NEWS_OPEN,       /* neither has */
    NEWS_ALL_WIN,    /* all rivals beat the shared tool, with the same share */
    NEWS_ALL_LOSE,   /* the shared tool beats them all */
    NEWS_ALL_LEVEL,  /* all are level with it */
};

/* %1 the tool named first, %2 the other; %3 and %4 their shares; %5 "all five rivals". The longest
 * that fits is taken; the last one with its names cut. */
static const char *const forms[][3] = {
    [NEWS_WIN] = {"%1 takes the panel %3 to %4 over %2", "%1 beats %2, %3 to %4",
                  "%1 beats %2, %3 to %4"},
    [NEWS_LEVEL] = {"%1 and %2 split the panel evenly at %3%%", "%1 and %2 tie at %3%%",
                    "%1 and %2 tie at %3%%"},
    [NEWS_BOTH_WHOLE] = {"The whole panel would ship both %1 and %2",
                         "The panel would ship both %1 and %2", "Ship both: %1 and %2"},
    [NEWS_BOTH_NONE] = {"Nobody on the panel would ship %1 or %2",
                        "The panel would skip both %1 and %2", "Skip both: %1 and %2"},
    [NEWS_HALF_OPEN] = {"%3%% of the panel would ship %1; %2 still waits for its verdict",
                        "%3%% would ship %1; %2 waits for a verdict",
                        "%3%% for %1, no verdict on %2"},
    [NEWS_OPEN] = {"%1 vs %2: which one should you ship with?", "%1 vs %2: which one to ship?",
                   "%1 vs %2"},
    [NEWS_ALL_WIN] = {"%5 beat %1 with the panel, %4 to %3", "%5 beat %1, %4 to %3",
                      "%5 beat %1, %4 to %3"},
    [NEWS_ALL_LOSE] = {"%1 beats %5 with the panel", "%1 beats %5", "%1 beats %5"},
    [NEWS_ALL_LEVEL] = {"%5 tie with %1 at %3%% of the panel", "%5 tie with %1 at %3%%",
                        "%5 tie with %1 at %3%%"},
};

struct headline {
    enum news news;
    const char *one, *other;
    int one_share, other_share;
    const char *rivals;
};

static enum news level_news(int share)
{
    return share == 100 ? NEWS_BOTH_WHOLE : share == 0 ? NEWS_BOTH_NONE : NEWS_LEVEL;
}

/* The news of one comparison: the better tool first. */
static struct headline headline_of_two(const struct tool *one, const struct tool *other)
{
    if (one->panel_ship < other->panel_ship) {
        const struct tool *better = other;
        other = one;
        one = better;
    }
    enum news news = NEWS_WIN;
    if (one->panel_ship == PERCENT_NONE) {
        news = NEWS_OPEN;
    } else if (other->panel_ship == PERCENT_NONE) {
        news = NEWS_HALF_OPEN;
    } else if (one->panel_ship == other->panel_ship) {
        news = level_news(one->panel_ship);
    }
    return (struct headline){news, one->name, other->name, one->panel_ship, other->panel_ship, ""};
}

/* The news of a shared tool against all its rivals; false where they fared differently. */
static bool headline_of_all(struct arena *arena, const struct story *story,
                            struct headline *headline)
{
    struct tally_rivals rivals = tally_rivals(story);
    if (story->shared == NULL || rivals.count < 2) {
        return false;
    }
    if (rivals.same && rivals.win == rivals.count) {
        headline->news = NEWS_ALL_WIN;
    } else if (rivals.lose == rivals.count) {
        headline->news = NEWS_ALL_LOSE;
    } else if (rivals.tie == rivals.count) {
        headline->news = NEWS_ALL_LEVEL;
    } else {
        return false;
    }
    const struct tool *shared = model_other(story->items[0], story->shared);
    headline->one = shared->name;
    headline->one_share = shared->panel_ship;
    headline->other_share = model_rival(story->items[0], story->shared)->panel_ship;
    headline->rivals = phrase_all(arena, rivals.count, "rival", "rivals");
    return true;
}

static struct headline headline_find(struct arena *arena, const struct story *stories,
                                     const struct tally *tally)
{
    const struct story *story = &stories[tally->strongest_story];
    const struct comparison *item = story->items[tally->strongest_item];
    struct headline headline = headline_of_two(&item->left, &item->right);
    if (!headline_of_all(arena, story, &headline)) {
        headline = headline_of_two(&item->left, &item->right);
    }
    return headline;
}

static char *headline_write(struct arena *arena, const struct headline *headline, const char *form,
                            const char *one, const char *other)
{
    const char *slots[] = {one, other, arena_format(arena, "%d", headline->one_share),
                           arena_format(arena, "%d", headline->other_share), headline->rivals};
    char *text = phrase_fill(arena, form, slots, 5);
    /* A brand keeps the first letter that it has. */
    return strncmp(form, "%5", 2) == 0 ? phrase_capital(arena, text) : text;
}

/* The last form with names cut to what room is left: a short name leaves its room to a long one. */
static char *headline_cut(struct arena *arena, const struct headline *headline)
{
    const char *form = forms[headline->news][2];
    bool two = strstr(form, "%2") != NULL;
    size_t fixed = phrase_length(headline_write(arena, headline, form, "", ""));
    size_t room = HEADLINE_SUBJECT_MAX - fixed;
    if (!two) {
        return headline_write(arena, headline, form, phrase_cut(arena, headline->one, room), "");
    }
    size_t one = phrase_length(headline->one);
    size_t other = phrase_length(headline->other);
    size_t half = room / 2;
    size_t one_room = one < half ? one : other < half ? room - other : half;
    return headline_write(arena, headline, form, phrase_cut(arena, headline->one, one_room),
                          phrase_cut(arena, headline->other, room - one_room));
}

char *headline_full(struct arena *arena, const struct story *stories, const struct tally *tally)
{
    struct headline headline = headline_find(arena, stories, tally);
    return headline_write(arena, &headline, forms[headline.news][0], headline.one, headline.other);
}

char *headline_subject(struct arena *arena, const struct story *stories, const struct tally *tally)
{
    struct headline headline = headline_find(arena, stories, tally);
    for (size_t i = 0; i < 3; i++) {
        char *text =
            headline_write(arena, &headline, forms[headline.news][i], headline.one, headline.other);
        if (phrase_length(text) <= HEADLINE_SUBJECT_MAX) {
            return text;
        }
    }
    return headline_cut(arena, &headline);
}
