#include "digest/ladder.h"

#include <string.h>
#include <strings.h>

#include "digest/price.h"
#include "digest/price_compare.h"

enum { HALF = 50 };

/* Tools with their prices. */
struct offers {
    const struct tool *const *tools;
    struct price *prices;
    size_t count;
    size_t free, entry, unknown; /* numbers of such offers; `entry`: those that are free to start */
};

static struct offers offers_of(struct arena *arena, const struct tool *const *tools, size_t count)
{
    struct offers offers = {
        .tools = tools, .prices = arena_array(arena, count, sizeof *offers.prices), .count = count};
    for (size_t i = 0; i < count; i++) {
        offers.prices[i] = price_parse(arena, tools[i]);
        bool free = offers.prices[i].kind == PRICE_FREE;
        offers.free += free;
        offers.entry += free && offers.prices[i].entry;
        offers.unknown += offers.prices[i].kind == PRICE_UNKNOWN;
    }
    return offers;
}

static bool same_price(const struct price *one, const struct price *other)
{
    return one->kind == other->kind && one->entry == other->entry &&
           strcasecmp(one->text, other->text) == 0 && strcasecmp(one->note, other->note) == 0;
}

static bool same_notes(const struct offers *offers)
{
    for (size_t i = 1; i < offers->count; i++) {
        if (strcasecmp(offers->prices[i].note, offers->prices[0].note) != 0) {
            return false;
        }
    }
    return true;
}

static bool all_same(const struct offers *offers)
{
    for (size_t i = 1; i < offers->count; i++) {
        if (!same_price(&offers->prices[0], &offers->prices[i])) {
            return false;
        }
    }
    return true;
}

static bool all_free(const struct offers *offers)
{
    return offers->free == offers->count && same_notes(offers);
}

bool ladder_is_alike(struct arena *arena, const struct tool *const *tools, size_t count)
{
    struct offers offers = offers_of(arena, tools, count);
    bool free = all_free(&offers) && (offers.entry == 0 || offers.entry == count);
    return free || all_same(&offers);
}

static char *all_of(const struct say *say, size_t count)
{
    return say_text(say, count == 2 ? "all/two" : "all/more",
                    HOLES({"count", say_number(say, count)}));
}

static char *say_free(const struct say *say, const struct offers *offers)
{
    const char **entry = arena_array(say->arena, offers->count, sizeof *entry);
    size_t count = 0;
    for (size_t i = 0; i < offers->count; i++) {
        if (offers->prices[i].entry) {
            entry[count++] = offers->tools[i]->short_name;
        }
    }
    const char *id = count == 0               ? "ladder/free"
                     : count == offers->count ? "ladder/free-to-start"
                                              : "ladder/free-mixed";
    return say_text(
        say, id,
        HOLES({"all", all_of(say, offers->count)}, {"tools", say_list(say, entry, count)}));
}

static char *say_same(const struct say *say, const struct offers *offers)
{
    const struct price *price = &offers->prices[0];
    const char *id = price->kind == PRICE_OTHER ? "ladder/listed"
                     : price->entry             ? "ladder/start"
                                                : "ladder/cost";
    return say_text(say, id,
                    HOLES({"all", all_of(say, offers->count)},
                          {"price", price->kind != PRICE_OTHER && price->entry
                                        ? price_start(say, price)
                                        : price_cell(say, offers->tools[0])}));
}

/* The offers that compare with each other, as indexes of tools, the cheapest first. */
struct rungs {
    size_t *at;
    size_t count;
};

static enum price_order order_of(const struct offers *offers, size_t one, size_t other)
{
    const struct price *a = &offers->prices[one];
    const struct price *b = &offers->prices[other];
    if (a->kind == PRICE_FREE || b->kind == PRICE_FREE) {
        return a->kind == b->kind ? PRICE_SAME : a->kind == PRICE_FREE ? PRICE_LESS : PRICE_MORE;
    }
    return price_compare(a, b);
}

static bool is_rung(const struct offers *offers, const struct rungs *rungs, size_t at)
{
    enum price_kind kind = offers->prices[at].kind;
    if (kind != PRICE_FREE && kind != PRICE_AMOUNT) {
        return false;
    }
    for (size_t i = 0; i < rungs->count; i++) {
        if (order_of(offers, rungs->at[i], at) == PRICE_APART) {
            return false;
        }
    }
    return true;
}

static void add_rung(const struct offers *offers, struct rungs *rungs, size_t at)
{
    size_t place = rungs->count++;
    for (; place > 0 && order_of(offers, rungs->at[place - 1], at) == PRICE_MORE; place--) {
        rungs->at[place] = rungs->at[place - 1];
    }
    rungs->at[place] = at;
}

/* All offers that compare with that of the tool at `seed`. */
static struct rungs climb(struct arena *arena, const struct offers *offers, size_t seed)
{
    struct rungs rungs = {.at = arena_array(arena, offers->count, sizeof *rungs.at)};
    if (is_rung(offers, &rungs, seed)) {
        add_rung(offers, &rungs, seed);
    }
    for (size_t i = 0; i < offers->count; i++) {
        if (i != seed && is_rung(offers, &rungs, i)) {
            add_rung(offers, &rungs, i);
        }
    }
    return rungs;
}

/* The longest ladder that the prices allow. */
static struct rungs climb_best(struct arena *arena, const struct offers *offers)
{
    struct rungs best = {.count = 0};
    for (size_t i = 0; i < offers->count; i++) {
        struct rungs rungs = climb(arena, offers, i);
        best = rungs.count > best.count ? rungs : best;
    }
    return best;
}

static bool on_ladder(const struct rungs *rungs, size_t at)
{
    for (size_t i = 0; i < rungs->count; i++) {
        if (rungs->at[i] == at) {
            return true;
        }
    }
    return false;
}

static char *offer_words(const struct say *say, const struct offers *offers, size_t at)
{
    const struct price *price = &offers->prices[at];
    const struct tool *tool = offers->tools[at];
    const char *id =
        price->kind == PRICE_FREE && price->entry ? "ladder/offer-free" : "ladder/offer";
    return say_text(say, id, HOLES({"tool", tool->short_name}, {"price", price_cell(say, tool)}));
}

static bool rungs_are_free(const struct offers *offers, const struct rungs *rungs)
{
    for (size_t i = 0; i < rungs->count; i++) {
        if (offers->prices[rungs->at[i]].kind != PRICE_FREE) {
            return false;
        }
    }
    return true;
}

/* Of tools that are all free, none is the cheapest. */
static char *say_free_rungs(const struct say *say, const struct offers *offers,
                            const struct rungs *rungs)
{
    const char **list = arena_array(say->arena, rungs->count, sizeof *list);
    bool entry = false;
    for (size_t i = 0; i < rungs->count; i++) {
        list[i] = offers->tools[rungs->at[i]]->short_name;
        entry = entry || offers->prices[rungs->at[i]].entry;
    }
    return say_text(say, entry ? "ladder/order-free-to-start" : "ladder/order-free",
                    HOLES({"tools", say_list(say, list, rungs->count)}));
}

static char *say_rungs(const struct say *say, const struct offers *offers,
                       const struct rungs *rungs)
{
    const char **list = arena_array(say->arena, offers->count, sizeof *list);
    if (rungs->count < 2) {
        return arena_copy(say->arena, "");
    }
    if (rungs_are_free(offers, rungs)) {
        return say_free_rungs(say, offers, rungs);
    }
    for (size_t i = 0; i < rungs->count; i++) {
        list[i] = offer_words(say, offers, rungs->at[i]);
    }
    bool alike = order_of(offers, rungs->at[0], rungs->at[rungs->count - 1]) == PRICE_SAME;
    return say_text(say, alike ? "ladder/prices" : "ladder/order",
                    HOLES({"tools", say_list(say, list, rungs->count)}));
}

/* The cheapest tool on the ladder that at least half of its panel would ship, if it is the only one
 * at its price and not simply the first. */
static char *say_shipped(const struct say *say, const struct offers *offers,
                         const struct rungs *rungs)
{
    size_t found[2];
    size_t count = 0, first = 0;
    for (size_t i = 0; i < rungs->count && count < 2; i++) {
        if (offers->tools[rungs->at[i]]->panel_ship >= HALF) {
            first = count == 0 ? i : first;
            found[count++] = rungs->at[i];
        }
    }
    bool alone = count == 1 || (count == 2 && order_of(offers, found[0], found[1]) == PRICE_LESS);
    if (rungs->count < 2 || !alone || first == 0 || rungs_are_free(offers, rungs)) {
        return arena_copy(say->arena, "");
    }
    return say_text(say, "ladder/shipped", HOLES({"tool", offers->tools[found[0]]->short_name}));
}

static char *say_apart(const struct say *say, const struct offers *offers,
                       const struct rungs *rungs)
{
    const char **list = arena_array(say->arena, offers->count, sizeof *list);
    const char **unknown = arena_array(say->arena, offers->count, sizeof *unknown);
    size_t count = 0, left = 0;
    for (size_t i = 0; i < offers->count; i++) {
        if (offers->prices[i].kind == PRICE_UNKNOWN) {
            unknown[left++] = offers->tools[i]->short_name;
        } else if (rungs->count < 2 || !on_ladder(rungs, i)) {
            list[count++] = offer_words(say, offers, i);
        }
    }
    const char *id = rungs->count < 2 ? "ladder/prices" : "ladder/apart";
    char *apart = count == 0 ? arena_copy(say->arena, "")
                             : say_text(say, id, HOLES({"tools", say_list(say, list, count)}));
    return left == 0 ? apart
                     : say_join(say, apart,
                                say_text(say, "ladder/unknown",
                                         HOLES({"tools", say_list(say, unknown, left)})));
}

char *ladder_sentence(const struct say *say, const struct tool *const *tools, size_t count)
{
    struct offers offers = offers_of(say->arena, tools, count);
    if (offers.unknown == count) {
        return arena_copy(say->arena, "");
    }
    if (all_free(&offers)) {
        return say_free(say, &offers);
    }
    if (all_same(&offers)) {
        return say_same(say, &offers);
    }
    if (count == 2) {
        return price_read(say, tools[0], tools[1]);
    }
    struct rungs rungs = climb_best(say->arena, &offers);
    char *text = say_join(say, say_rungs(say, &offers, &rungs), say_shipped(say, &offers, &rungs));
    return say_join(say, text, say_apart(say, &offers, &rungs));
}
