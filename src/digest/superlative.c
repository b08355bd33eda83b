#include "digest/superlative.h"

#include <string.h>
#include <strings.h>

#include "digest/ladder.h"
#include "digest/price_compare.h"
#include "digest/readers.h"

enum { HALF = 50 };

static const struct tool *first_named(const struct derivation_scope *scope)
{
    return scope->named_count > 0 ? scope->named[0] : NULL;
}

/* Only one has the largest share, and it is the one that is named. */
static bool leads(const struct derivation_scope *scope)
{
    const struct standing *standing = scope->standing;
    return standing->count > 1 && standing->judged > 0 && standing->top == 1 &&
           first_named(scope) == standing->tools[0];
}

static bool is_only(const struct derivation_scope *scope)
{
    const struct standing *standing = scope->standing;
    bool whole = standing->judged > 0 && jury_is_whole(&standing->juries[0]);
    return leads(scope) && (whole || standing->judged == 1);
}

/* The tools that are named share the largest share; if none is named, several have it. */
static bool ties(const struct derivation_scope *scope)
{
    const struct standing *standing = scope->standing;
    for (size_t i = 0; i < scope->named_count; i++) {
        const struct tool *tool = scope->named[i];
        if (tool->panel_ship != standing->tools[0]->panel_ship) {
            return false;
        }
    }
    return standing->top > 1 && standing->judged > 1;
}

/* The tools that are named are practically level with the first, or several are. */
static bool is_level(const struct derivation_scope *scope)
{
    const struct standing *standing = scope->standing;
    for (size_t i = 0; i < scope->named_count; i++) {
        struct jury jury = jury_of(scope->named[i]);
        if (jury.percent == PERCENT_NONE || !jury_is_level(&standing->juries[0], &jury)) {
            return false;
        }
    }
    return standing->level > 1;
}

/* "Each": the tools that are named, or all rivals of the one, or all on top. */
static bool is_each(const struct derivation_scope *scope)
{
    const struct standing *standing = scope->standing;
    return ties(scope) || (scope->named_count == 0 && standing->level > 1) ||
           (standing->group && standing->top + 1 == standing->count &&
            first_named(scope) == standing->shared);
}

static bool is_nobody(const struct derivation_scope *scope)
{
    const struct standing *standing = scope->standing;
    for (size_t i = 0; i < scope->named_count; i++) {
        if (scope->named[i]->panel_ship != 0) {
            return false;
        }
    }
    return standing->judged > 0 && (scope->named_count > 0 || standing->juries[0].percent == 0);
}

/* "No rival has more than 50%", about the shared tool. */
static bool is_no_rival(const struct derivation_scope *scope)
{
    const struct standing *standing = scope->standing;
    return standing->group && standing->judged > 0 && standing->tools[0] == standing->shared;
}

/* The largest share among tools with enough votes; NULL: there is none. */
static const struct tool *readers_first(const struct standing *standing)
{
    const struct tool *first = NULL;
    for (size_t i = 0; i < standing->count; i++) {
        const struct tool *tool = standing->tools[i];
        if (readers_have_weight(tool) &&
            (first == NULL || tool->community_ship > first->community_ship)) {
            first = tool;
        }
    }
    return first;
}

/* Readers have a favourite, and it is the one that is named. */
static bool readers_lead(const struct derivation_scope *scope)
{
    return scope->standing->count > 1 && first_named(scope) != NULL &&
           readers_first(scope->standing) == first_named(scope);
}

static bool readers_overrule(const struct derivation_scope *scope)
{
    const struct standing *standing = scope->standing;
    const struct tool *first = readers_first(standing);
    return first != NULL && standing->judged > 1 &&
           first->panel_ship < standing->tools[0]->panel_ship;
}

static bool readers_break(const struct derivation_scope *scope)
{
    return readers_lead(scope) && scope->standing->top > 1 &&
           first_named(scope)->panel_ship == scope->standing->tools[0]->panel_ship;
}

static int readers_apart(const struct derivation_scope *scope)
{
    const struct tool *tool = first_named(scope);
    bool known = tool != NULL && tool->panel_ship != PERCENT_NONE && readers_have_weight(tool);
    return known ? tool->community_ship - tool->panel_ship : 0;
}

static bool readers_cooler(const struct derivation_scope *scope)
{
    return readers_apart(scope) <= -READERS_APART;
}

static bool readers_keener(const struct derivation_scope *scope)
{
    return readers_apart(scope) >= READERS_APART;
}

static bool no_votes(const struct derivation_scope *scope)
{
    for (size_t i = 0; i < scope->standing->count; i++) {
        if (scope->standing->tools[i]->community_ship != PERCENT_NONE) {
            return false;
        }
    }
    return true;
}

static bool no_verdict(const struct derivation_scope *scope)
{
    const struct tool *tool = first_named(scope);
    return tool != NULL ? tool->panel_ship == PERCENT_NONE : scope->standing->judged == 0;
}

static bool costs_less(struct arena *arena, const struct tool *one, const struct tool *other)
{
    struct price a = price_parse(arena, one);
    struct price b = price_parse(arena, other);
    if (a.kind == PRICE_FREE || b.kind == PRICE_FREE) {
        return a.kind == PRICE_FREE && b.kind == PRICE_AMOUNT;
    }
    return a.kind == PRICE_AMOUNT && b.kind == PRICE_AMOUNT && price_compare(&a, &b) == PRICE_LESS;
}

/* No tool that half of its panel would ship costs less than the one that is named. */
static bool is_cheapest(const struct derivation_scope *scope)
{
    const struct standing *standing = scope->standing;
    bool dearer = false;
    for (size_t i = 0; first_named(scope) != NULL && i < standing->count; i++) {
        const struct tool *other = standing->tools[i];
        dearer = dearer || costs_less(scope->arena, first_named(scope), other);
        if (other->panel_ship >= HALF && costs_less(scope->arena, other, first_named(scope))) {
            return false;
        }
    }
    return dearer;
}

/* The tools are in the order of their prices. */
static bool is_cheapest_first(const struct derivation_scope *scope)
{
    for (size_t i = 1; i < scope->named_count; i++) {
        if (costs_less(scope->arena, scope->named[i], scope->named[i - 1])) {
            return false;
        }
    }
    return scope->named_count > 1;
}

/* "Price decides nothing." */
static bool one_price(const struct derivation_scope *scope)
{
    return scope->standing->count > 1 &&
           ladder_is_alike(scope->arena, scope->standing->tools, scope->standing->count);
}

/* For a move: the earlier issue had no verdict. */
static bool is_first_verdict(const struct derivation_scope *scope)
{
    const struct move *move = scope->move;
    return move != NULL && move->was.panel_ship == PERCENT_NONE &&
           move->now.panel_ship != PERCENT_NONE;
}

static bool is_first_votes(const struct derivation_scope *scope)
{
    const struct move *move = scope->move;
    return move != NULL && move->was.community_ship == PERCENT_NONE &&
           move->now.community_ship != PERCENT_NONE;
}

static bool nothing_says_so(const struct derivation_scope *scope)
{
    (void)scope;
    return false;
}

/* Where two of these occur in a phrase, the first in the table is found. */
static const struct {
    const char *word;
    bool (*holds)(const struct derivation_scope *scope);
    const char *from;
} table[] = {
    {"overrule", readers_overrule, "the panel's first and the readers' first"},
    {"break the tie", readers_break, "the readers' shares of those that tie"},
    {"readers lean to", readers_lead, "the readers' shares"},
    {"readers would go with", readers_lead, "the readers' shares"},
    {"cooler", readers_cooler, "the readers' share and the panel's"},
    {"keener", readers_keener, "the readers' share and the panel's"},
    {"no community votes", no_votes, "no tool has a vote"},
    {"no verdict", no_verdict, "it has no share"},
    {"nobody on the panel", is_nobody, "shares of 0%"},
    {"no rival", is_no_rival, "the shares of its rivals"},
    {"ship each", is_each, "shares that are the same"},
    {"neck and neck", is_level, "shares that are as good as level"},
    {"tie at the top", ties, "the largest share"},
    {"tie", ties, "the largest share"},
    {"tied", ties, "the largest share"},
    {"at the top", ties, "the largest share"},
    {"panel favors", leads, "the largest share"},
    {"cheapest first", is_cheapest_first, "the order of the prices"},
    {"cheapest", is_cheapest, "the order of the prices"},
    {"price decides nothing", one_price, "the prices"},
    {"the only", is_only, "the largest share"},
    {"best", leads, "the largest share"},
    {"winner", leads, "the largest share"},
    {"wins", leads, "the largest share"},
    {"leads", leads, "the largest share"},
    {"most", leads, "the largest share"},
    {"first verdict", is_first_verdict, "an earlier issue had no verdict"},
    {"first votes", is_first_votes, "an earlier issue had no votes"},
    {"fastest", nothing_says_so, NULL},
    {"slowest", nothing_says_so, NULL},
    {"smallest", nothing_says_so, NULL},
    {"largest", nothing_says_so, NULL},
    {"biggest", nothing_says_so, NULL},
    {"newest", nothing_says_so, NULL},
    {"latest", nothing_says_so, NULL},
    {"easiest", nothing_says_so, NULL},
    {"hardest", nothing_says_so, NULL},
    {"safest", nothing_says_so, NULL},
    {"strongest", nothing_says_so, NULL},
    {"smartest", nothing_says_so, NULL},
    {"greatest", nothing_says_so, NULL},
    {"worst", nothing_says_so, NULL},
    {"first ever", nothing_says_so, NULL},
    {"unbeatable", nothing_says_so, NULL},
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static const char *word_at(const char *text, const char *at, const char **end)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        size_t len = strlen(table[i].word);
        if ((at == text || !is_letter(at[-1])) && strncasecmp(at, table[i].word, len) == 0 &&
            !is_letter(at[len])) {
            *end = at + len;
            return table[i].word;
        }
    }
    return NULL;
}

const char *superlative_find(const char *text, const char **at, const char **end)
{
    for (; **at != '\0'; (*at)++) {
        const char *word = word_at(text, *at, end);
        if (word != NULL) {
            return word;
        }
    }
    return NULL;
}

bool superlative_is_of_list(const char *word)
{
    return strcmp(word, "cheapest first") == 0;
}

const char *superlative_source(const struct derivation_scope *scope, const char *word)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (table[i].word == word) {
            return table[i].holds(scope) ? table[i].from : NULL;
        }
    }
    return NULL;
}
