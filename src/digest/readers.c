#include "digest/readers.h"

#include <stdlib.h>

bool readers_have_weight(const struct tool *tool)
{
    return tool->community_ship != PERCENT_NONE &&
           (tool->community_votes == 0 || tool->community_votes >= READERS_FEW);
}

/* The tool that most readers would ship, and the next; false unless two have votes. */
static bool find_votes(const struct standing *standing, const struct tool **first,
                       const struct tool **second)
{
    *first = *second = NULL;
    for (size_t i = 0; i < standing->count; i++) {
        const struct tool *tool = standing->tools[i];
        if (!readers_have_weight(tool)) {
            continue;
        }
        if (*first == NULL || tool->community_ship > (*first)->community_ship) {
            *second = *first;
            *first = tool;
        } else if (*second == NULL || tool->community_ship > (*second)->community_ship) {
            *second = tool;
        }
    }
    return *second != NULL;
}

static size_t place_of(const struct standing *standing, const struct tool *tool)
{
    size_t at = 0;
    while (standing->tools[at] != tool) {
        at++;
    }
    return at;
}

/* What they say about the panel's winner, if they have no other favourite. */
static struct readers of_winner(const struct standing *standing)
{
    struct readers readers = {.say = READERS_NOTHING};
    const struct tool *winner = standing->tools[0];
    if (standing->judged == 0 || standing->top != 1 || !readers_have_weight(winner)) {
        return readers;
    }
    int apart = winner->community_ship - winner->panel_ship;
    if (abs(apart) >= READERS_APART) {
        readers.say = apart < 0 ? READERS_COOLER : READERS_KEENER;
    }
    readers.pick = readers.other = winner;
    return readers;
}

static enum readers_say say_of_pick(const struct standing *standing, const struct tool *pick)
{
    size_t at = place_of(standing, pick);
    int top = standing->judged > 0 ? standing->juries[0].percent : 0;
    if (standing->judged < standing->count || top < 50) {
        return READERS_PICK;
    }
    if (standing->top > 1) {
        return at < standing->top ? READERS_BREAK : READERS_PICK;
    }
    if (at == 0) {
        return standing->level > 1 ? READERS_LEAN : READERS_NOTHING;
    }
    if (!readers_have_weight(standing->tools[0])) {
        return READERS_NOTHING;
    }
    return top - standing->juries[at].percent > JURY_LEVEL ? READERS_OVERRULE : READERS_LEAN;
}

struct readers readers_of(const struct standing *standing)
{
    const struct tool *first, *second;
    bool ahead = find_votes(standing, &first, &second) && first->community_ship >= READERS_MOST &&
                 first->community_ship - second->community_ship > READERS_AHEAD;
    enum readers_say say = ahead ? say_of_pick(standing, first) : READERS_NOTHING;
    if (say == READERS_NOTHING) {
        return of_winner(standing);
    }
    bool told = say == READERS_OVERRULE || (say == READERS_LEAN && first != standing->tools[0]);
    return (struct readers){say, first, told ? standing->tools[0] : second};
}

/* `id` if the number of votes is known, otherwise `unknown`. */
static char *say_votes(const struct say *say, const struct tool *tool, const char *id,
                       const char *unknown)
{
    char *share = say_percent(say, tool->community_ship);
    size_t votes = (size_t)tool->community_votes;
    return votes == 0 ? say_text(say, unknown, HOLES({"share", share}))
                      : say_count(say, id, votes,
                                  HOLES({"share", share}, {"count", say_digits(say, votes)}));
}

struct jury readers_jury(const struct tool *tool)
{
    struct jury jury = {.percent = tool->community_ship};
    size_t votes = (size_t)tool->community_votes, ship;
    bool few = jury.percent != PERCENT_NONE && votes > 0 && votes < READERS_FEW;
    if (few && jury_count(jury.percent, votes, &ship)) {
        jury.ship = ship;
        jury.size = votes;
    }
    return jury;
}

static char *share_of_few(const struct say *say, const struct jury *jury)
{
    return say_count(
        say, jury->ship == 0 ? "votes/few-none" : "votes/few", jury->size,
        HOLES({"ship", say_digits(say, jury->ship)}, {"count", say_digits(say, jury->size)}));
}

char *readers_share(const struct say *say, const struct tool *tool)
{
    struct jury jury = readers_jury(tool);
    return jury.size > 0 ? share_of_few(say, &jury)
                         : say_votes(say, tool, "votes/readers", "votes/readers-unknown");
}

char *readers_figure(const struct say *say, const struct tool *tool)
{
    struct jury jury = readers_jury(tool);
    return jury.size == 1
               ? say_text(say, jury.ship == 1 ? "votes/single" : "votes/single-not", NULL)
               : readers_share(say, tool);
}

/* The share, after the word "readers". */
static char *share_of_them(const struct say *say, const struct tool *tool)
{
    return say_votes(say, tool, "votes/readers", "votes/them");
}

/* The share, after the numbers of others. */
static char *share_alone(const struct say *say, const struct tool *tool)
{
    struct jury jury = readers_jury(tool);
    return jury.size > 0 ? share_of_few(say, &jury)
                         : say_votes(say, tool, "votes/count", "votes/share");
}

char *readers_sentence(const struct say *say, const struct readers *readers)
{
    static const char *const ids[] = {
        [READERS_OVERRULE] = "readers/overrule", [READERS_BREAK] = "readers/break",
        [READERS_LEAN] = "readers/lean",         [READERS_PICK] = "readers/pick",
        [READERS_COOLER] = "readers/cooler",     [READERS_KEENER] = "readers/keener"};
    if (readers->say == READERS_NOTHING) {
        return arena_copy(say->arena, "");
    }
    return say_text(
        say, ids[readers->say],
        HOLES({"tool", readers->pick->short_name}, {"votes", share_of_them(say, readers->pick)},
              {"other", readers->other->short_name}, {"fewer", share_alone(say, readers->other)}));
}

char *readers_votes(const struct say *say, const struct tool *one, const struct tool *other)
{
    bool first = one->community_ship != PERCENT_NONE;
    bool second = other->community_ship != PERCENT_NONE;
    if (!first && !second) {
        return say_text(say, "readers/none", NULL);
    }
    const struct tool *voted = first ? one : other;
    const struct tool *left = first ? other : one;
    return say_text(say, first && second ? "readers/both" : "readers/one",
                    HOLES({"tool", voted->short_name}, {"votes", readers_share(say, voted)},
                          {"other", left->short_name},
                          {"fewer", first && second ? share_alone(say, left) : ""}));
}
