#include "digest/jury.h"

#include <stdlib.h>

/* A page prints its panel without names and verdicts; two reviews are too few to infer the panel
 * from. In a panel of more than a hundred, several numbers give the same percentage. */
enum { PAGE_REVIEWS_MIN = 3, COUNTED_MAX = 100 };

static bool is_page_panel(const struct tool *tool)
{
    for (size_t i = 0; i < tool->review_count; i++) {
        const struct review *review = &tool->reviews[i];
        if (review->verdict != VERDICT_UNKNOWN ||
            (review->reviewer != NULL && *review->reviewer != '\0')) {
            return false;
        }
    }
    return tool->review_count >= PAGE_REVIEWS_MIN;
}

static size_t count_verdicts(const struct tool *tool, enum verdict verdict)
{
    size_t count = 0;
    for (size_t i = 0; i < tool->review_count; i++) {
        count += tool->reviews[i].verdict == verdict;
    }
    return count;
}

bool jury_count(int percent, size_t size, size_t *ship)
{
    *ship = ((size_t)percent * size + 50) / 100;
    return (*ship * 100 + size / 2) / size == (size_t)percent;
}

/* Jury whose size is not known, or not yet. */
static struct jury share_of(const struct tool *tool)
{
    bool doubted = (tool->panel_ship == 100 && count_verdicts(tool, VERDICT_SKIP) > 0) ||
                   (tool->panel_ship == 0 && count_verdicts(tool, VERDICT_SHIP) > 0);
    return (struct jury){.percent = tool->panel_ship, .doubted = doubted};
}

/* The source states the size of the panel. */
static struct jury told_jury(const struct tool *tool)
{
    struct jury jury = share_of(tool);
    size_t size = (size_t)tool->panel_size;
    size_t ship;
    if (size <= COUNTED_MAX && jury_count(jury.percent, size, &ship) &&
        tool->review_count <= size && count_verdicts(tool, VERDICT_SHIP) <= ship &&
        count_verdicts(tool, VERDICT_SKIP) <= size - ship) {
        jury.ship = ship;
        jury.size = size;
    }
    return jury;
}

struct jury jury_of(const struct tool *tool)
{
    struct jury jury = share_of(tool);
    if (jury.percent != PERCENT_NONE && tool->panel_size > 0) {
        return told_jury(tool);
    }
    if (jury.percent == PERCENT_NONE || tool->review_count == 0) {
        return jury;
    }
    size_t ship = count_verdicts(tool, VERDICT_SHIP);
    if (model_review_share(tool) == jury.percent ||
        (is_page_panel(tool) && jury_count(jury.percent, tool->review_count, &ship))) {
        jury.ship = ship;
        jury.size = tool->review_count;
    }
    return jury;
}

bool jury_is_whole(const struct jury *jury)
{
    return jury->size > 0 ? jury->ship == jury->size : jury->percent == 100 && !jury->doubted;
}

bool jury_is_none(const struct jury *jury)
{
    return jury->size > 0 ? jury->ship == 0 : jury->percent == 0 && !jury->doubted;
}

/* Three or more reviewers who all agree are no coincidence. */
static bool is_unanimous(const struct jury *jury)
{
    return jury->size >= 3 && jury->ship == jury->size;
}

bool jury_is_level(const struct jury *one, const struct jury *other)
{
    int apart = abs(one->percent - other->percent);
    size_t smaller = one->size < other->size ? one->size : other->size;
    bool by_one = smaller >= 2 && (size_t)apart * smaller <= 100;
    return apart <= JURY_LEVEL || (by_one && is_unanimous(one) == is_unanimous(other));
}

void jury_match(struct jury *one, struct jury *other)
{
    if (one->size == 0 || other->size == 0) {
        one->size = other->size = 0;
    }
}

char *jury_figure(const struct say *say, const struct jury *jury)
{
    if (jury->size == 0) {
        return say_percent(say, jury->percent);
    }
    return say_text(
        say, "jury/figure",
        HOLES({"ship", say_digits(say, jury->ship)}, {"size", say_digits(say, jury->size)}));
}

static const char *who_id(const struct jury *jury)
{
    if (jury->size == 0) {
        return jury->percent == 100 && !jury->doubted ? "jury/panel-whole"
               : jury->percent == 0 && !jury->doubted ? "jury/panel-none"
                                                      : "jury/panel-share";
    }
    if (jury->ship == jury->size) {
        return jury->size == 2 ? "jury/both" : "jury/all";
    }
    if (jury->ship == 0) {
        return jury->size == 2 ? "jury/neither" : "jury/none";
    }
    return "jury/some";
}

char *jury_who(const struct say *say, const struct jury *jury)
{
    return say_count(
        say, who_id(jury), jury->size,
        HOLES({"ship", say_digits(say, jury->ship)}, {"size", say_digits(say, jury->size)},
              {"count", say_number(say, jury->size)}, {"share", say_percent(say, jury->percent)}));
}

static bool is_mixed(const struct jury *jury)
{
    return !jury_is_whole(jury) && !jury_is_none(jury);
}

char *jury_who_else(const struct say *say, const struct jury *jury, const struct jury *first)
{
    return is_mixed(first) && is_mixed(jury) ? jury_figure(say, jury) : jury_who(say, jury);
}
