#include "digest/panel.h"

#include "digest/jury.h"
#include "digest/phrase.h"

static char *verdict_id(const struct say *say, const char *name, bool it)
{
    return arena_format(say->arena, "panel/%s%s", name, it ? "-it" : "");
}

static const char *verdict_kind(const struct jury *one, const struct jury *other)
{
    if (one->percent == other->percent) {
        return one->percent == 0 ? "nobody" : "tie";
    }
    return jury_is_level(one, other) ? "level" : "pair";
}

char *panel_verdict(const struct say *say, const struct tool *one, const struct tool *other,
                    bool it)
{
    struct jury first = jury_of(one);
    struct jury second = jury_of(other);
    if (first.percent == PERCENT_NONE && second.percent == PERCENT_NONE) {
        return say_text(say, "panel/open", NULL);
    }
    if (first.percent == PERCENT_NONE || second.percent == PERCENT_NONE) {
        bool turn = first.percent == PERCENT_NONE;
        return say_text(say, verdict_id(say, "one", it && !turn),
                        HOLES({"who", jury_who(say, turn ? &second : &first)},
                              {"tool", turn ? other->short_name : one->short_name},
                              {"other", turn ? one->short_name : other->short_name}));
    }
    jury_match(&first, &second);
    if (first.percent == second.percent && first.size != second.size) {
        first.size = second.size = 0;
    }
    return say_text(say, verdict_id(say, verdict_kind(&first, &second), it),
                    HOLES({"tool", one->short_name}, {"other", other->short_name},
                          {"who", jury_who(say, &first)},
                          {"fewer", jury_who_else(say, &second, &first)}));
}

/* How many of a tool's reviews have each verdict. */
struct count {
    size_t ship, skip, silent, total;
    bool apart; /* the panel's share is not theirs */
};

static struct count count_verdicts(const struct tool *tool)
{
    struct count count = {.total = tool->review_count};
    for (size_t i = 0; i < tool->review_count; i++) {
        count.ship += tool->reviews[i].verdict == VERDICT_SHIP;
        count.skip += tool->reviews[i].verdict == VERDICT_SKIP;
    }
    count.silent = count.total - count.ship - count.skip;
    return count;
}

static char *split_part(const struct say *say, const char *id, const char *list, size_t number,
                        const struct count *count)
{
    return say_count(
        say, id, number,
        HOLES({"list", list},
              {"number", count->apart ? say_number(say, number) : say_digits(say, number)},
              {"total", say_digits(say, count->total)}));
}

/* "split/ship", "split/apart-ship". */
static const char *split_id(const struct say *say, const struct count *count, const char *name)
{
    return arena_format(say->arena, "split/%s%s", count->apart ? "apart-" : "", name);
}

static char *split_verdicts(const struct say *say, const struct count *count)
{
    bool one_way = count->ship == count->total || count->skip == count->total;
    if (one_way) {
        const char *name = arena_format(say->arena, "%s-%s", count->total == 2 ? "both" : "all",
                                        count->ship > 0 ? "ship" : "skip");
        return say_count(say, split_id(say, count, name), count->total,
                         HOLES({"count", say_number(say, count->total)}));
    }
    const char *first = split_id(say, count, count->ship == 0 ? "none-ship" : "ship");
    char *text = split_part(say, first, "", count->ship, count);
    if (count->skip > 0) {
        text = split_part(say, "split/skip", text, count->skip, count);
    }
    if (count->silent > 0) {
        text = split_part(say, "split/silent", text, count->silent, count);
    }
    return say_text(say, count->apart ? "split/apart" : "split/end",
                    HOLES({"list", text}, {"total", say_number(say, count->total)}));
}

/* For reviews without known verdicts. */
static char *split_share(const struct say *say, const struct jury *jury)
{
    bool mixed = !jury_is_whole(jury) && !jury_is_none(jury);
    const char *rest = jury->size > 0 ? say_digits(say, jury->size - jury->ship)
                                      : say_percent(say, 100 - jury->percent);
    return say_text(say, mixed ? "split/would-not" : "split/would",
                    HOLES({"who", jury_who(say, jury)}, {"rest", rest}));
}

bool panel_is_apart(const struct tool *tool)
{
    struct count count = count_verdicts(tool);
    struct jury jury = jury_of(tool);
    return jury.percent != PERCENT_NONE && jury.size != count.total && count.ship + count.skip > 0;
}

char *panel_split(const struct say *say, const struct tool *tool)
{
    struct count count = count_verdicts(tool);
    struct jury jury = jury_of(tool);
    bool judged = jury.percent != PERCENT_NONE;
    if (count.ship + count.skip == 0) {
        return judged ? split_share(say, &jury) : say_text(say, "split/open", NULL);
    }
    count.apart = panel_is_apart(tool);
    return split_verdicts(say, &count);
}
