#include "digest/move.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "digest/headline.h"
#include "digest/jury.h"
#include "digest/phrase.h"
#include "digest/price.h"
#include "digest/price_compare.h"
#include "digest/readers.h"
#include "digest/tool_view.h"

/* Weights of changes that matter more than any difference in points. */
enum {
    FLIP = 60,
    FIRST_VERDICT = 50,
    FIRST_VOTES = 20,
    PRICE = 15,
    PANEL = 100,
    PARTS_MAX = 6,
    NAME_MIN = 4
};

/* The parts of a sentence about one move, the weightiest first. */
struct parts {
    const char *texts[PARTS_MAX];
    const char *briefs[PARTS_MAX]; /* without the earlier value */
    size_t count;
    int weight;
};

static void add_part(struct parts *parts, const char *text, const char *brief, int weight)
{
    if (parts->count < PARTS_MAX) {
        parts->briefs[parts->count] = brief;
        parts->texts[parts->count++] = text;
        parts->weight += weight;
    }
}

static bool panel_has_moved(const struct jury *was, const struct jury *now)
{
    return now->percent != PERCENT_NONE && now->percent != was->percent;
}

static void add_panel(const struct say *say, const struct move *move, struct parts *parts)
{
    struct jury was = jury_of(&move->was), now = jury_of(&move->now);
    if (!panel_has_moved(&was, &now)) {
        return;
    }
    if (was.percent == PERCENT_NONE) {
        char *first = say_text(say, "move/panel-first", HOLES({"figure", jury_figure(say, &now)}));
        add_part(parts, first, first, FIRST_VERDICT);
        return;
    }
    jury_match(&was, &now);
    const struct hole *holes =
        HOLES({"figure", jury_figure(say, &now)}, {"before", jury_figure(say, &was)});
    add_part(parts, say_text(say, "move/panel", holes), say_text(say, "move/panel-brief", holes),
             PANEL + abs(now.percent - was.percent));
}

static const struct review *review_by(const struct tool *tool, const char *name)
{
    for (size_t i = 0; i < tool->review_count; i++) {
        const char *reviewer = tool->reviews[i].reviewer;
        if (reviewer != NULL && strcmp(reviewer, name) == 0) {
            return &tool->reviews[i];
        }
    }
    return NULL;
}

/* Adds reviewers who are named and have changed their verdict to `verdict`. */
static void add_flips(const struct say *say, const struct move *move, enum verdict verdict,
                      struct parts *parts)
{
    const char **names = arena_array(say->arena, move->now.review_count + 1, sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < move->now.review_count; i++) {
        const struct review *now = &move->now.reviews[i];
        const struct review *was = now->reviewer != NULL && *now->reviewer != '\0'
                                       ? review_by(&move->was, now->reviewer)
                                       : NULL;
        if (was != NULL && now->verdict == verdict && was->verdict != VERDICT_UNKNOWN &&
            was->verdict != verdict) {
            names[count++] = now->reviewer;
        }
    }
    if (count > 0) {
        char *text = say_count(say, verdict == VERDICT_SHIP ? "move/ships" : "move/skips", count,
                               HOLES({"names", say_list(say, names, count)}));
        add_part(parts, text, text, FLIP);
    }
}

/* A share of few votes that has become one of many is given without its earlier value, and is no
 * news by itself. */
static void add_votes(const struct say *say, const struct move *move, struct parts *parts)
{
    int was = move->was.community_ship, now = move->now.community_ship;
    if (!readers_have_weight(&move->now)) {
        return;
    }
    const struct hole *holes = HOLES({"votes", readers_share(say, &move->now)},
                                     {"before", was != PERCENT_NONE ? say_percent(say, was) : ""});
    char *brief = say_text(say, "move/votes-brief", holes);
    if (was == PERCENT_NONE) {
        char *first = say_text(say, "move/votes-first", holes);
        add_part(parts, first, first, FIRST_VOTES);
    } else if (abs(now - was) < MOVE_VOTES) {
        return;
    } else if (!readers_have_weight(&move->was)) {
        add_part(parts, brief, brief, 0);
    } else {
        add_part(parts, say_text(say, "move/votes", holes), brief, abs(now - was));
    }
}

/* Whether two prices are the same, however they are spelled. */
static bool same_price(const struct price *was, const struct price *now)
{
    if (was->kind != now->kind) {
        return false;
    }
    return (now->kind == PRICE_OTHER && strcasecmp(was->text, now->text) == 0) ||
           (now->kind == PRICE_FREE && was->entry == now->entry) ||
           (now->kind == PRICE_AMOUNT && price_compare(was, now) == PRICE_SAME);
}

/* "free to start", "$20/mo". */
static const char *price_words(const struct say *say, const struct price *price,
                               const struct tool *tool)
{
    return price->kind == PRICE_FREE
               ? say_text(say, price->entry ? "move/free-start" : "move/free", NULL)
               : price_cell(say, tool);
}

static void add_price(const struct say *say, const struct move *move, struct parts *parts)
{
    struct price before = price_parse(say->arena, &move->was);
    struct price after = price_parse(say->arena, &move->now);
    const char *was = price_words(say, &before, &move->was);
    const char *now = price_words(say, &after, &move->now);
    bool known = before.kind != PRICE_UNKNOWN && after.kind != PRICE_UNKNOWN;
    if (known && !same_price(&before, &after) && strcmp(was, now) != 0) {
        const struct hole *holes = HOLES({"price", now}, {"before", was});
        bool free = after.kind == PRICE_FREE;
        add_part(parts, say_text(say, free ? "move/price-free" : "move/price", holes),
                 say_text(say, free ? "move/price-free-brief" : "move/price-brief", holes), PRICE);
    }
}

static struct parts parts_of(const struct say *say, const struct move *move)
{
    struct parts parts = {.count = 0};
    add_panel(say, move, &parts);
    add_flips(say, move, VERDICT_SHIP, &parts);
    add_flips(say, move, VERDICT_SKIP, &parts);
    add_votes(say, move, &parts);
    add_price(say, move, &parts);
    return parts;
}

int move_weight(const struct say *say, const struct move *move)
{
    return parts_of(say, move).weight;
}

char *move_sentence(const struct say *say, const struct move *move)
{
    struct parts parts = parts_of(say, move);
    const char *list = parts.count > 0 ? parts.texts[0] : "";
    for (size_t i = 1; i < parts.count; i++) {
        list = say_text(say, "move/more", HOLES({"list", list}, {"next", parts.texts[i]}));
    }
    return say_text(say, "move/line", HOLES({"tool", move->now.short_name}, {"list", list}));
}

static char *write_headline(const struct say *say, const struct move *move, const char *news,
                            size_t room)
{
    return say_text(
        say, "move/headline",
        HOLES({"tool", phrase_cut(say->arena, move->now.short_name, room)}, {"news", news}));
}

char *move_headline(const struct say *say, const struct move *move)
{
    struct parts parts = parts_of(say, move);
    return write_headline(say, move, parts.count > 0 ? parts.texts[0] : "", SIZE_MAX);
}

char *move_subject(const struct say *say, const struct move *move)
{
    struct parts parts = parts_of(say, move);
    char *text = move_headline(say, move);
    size_t room = HEADLINE_SEEN;
    while (phrase_length(text) > HEADLINE_SEEN && room > NAME_MIN) {
        text = write_headline(say, move, parts.count > 0 ? parts.briefs[0] : "", room--);
    }
    return phrase_cut(say->arena, text, HEADLINE_SUBJECT_MAX);
}

struct value *move_view(const struct say *say, const struct move *move, const char *archive,
                        const char *timezone)
{
    struct arena *arena = say->arena;
    struct value *value = value_object(arena);
    struct local_time local = zone_from_instant(timezone, move->told_at);
    struct jury was = jury_of(&move->was), panel = jury_of(&move->now);
    bool linked = tool_view_link(archive) != NULL;
    value_set_text(arena, value, "text", move_sentence(say, move));
    value_set_text(arena, value, "name", move->now.name);
    value_set_text(arena, value, "told",
                   say_text(say, "move/told",
                            HOLES({"number", say_digits(say, (size_t)move->told_number)},
                                  {"date", say_date(say, &local)})));
    value_set_text(arena, value, "url",
                   linked ? arena_format(arena, "%s/issues/%s", archive, move->told_week) : "");
    value_set_bool(arena, value, "has_url", linked);
    value_set_bool(arena, value, "has_panel", panel_has_moved(&was, &panel));
    value_set(arena, value, "panel",
              tool_view_share(say, &panel, say_text(say, "share/panel-none", NULL)));
    return value;
}
