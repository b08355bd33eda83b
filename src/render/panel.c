#include "render/panel.h"

#include <stdlib.h>
#include <string.h>

#include "render/phrase.h"

enum panel_outcome panel_compare(const struct tool *one, const struct tool *other)
{
    if (one->panel_ship == PERCENT_NONE || other->panel_ship == PERCENT_NONE) {
        return PANEL_OPEN;
    }
    if (one->panel_ship == other->panel_ship) {
        return PANEL_TIES;
    }
    return one->panel_ship > other->panel_ship ? PANEL_WINS : PANEL_LOSES;
}

int panel_strength(const struct tool *one, const struct tool *other)
{
    int missing = (one->panel_ship == PERCENT_NONE) + (other->panel_ship == PERCENT_NONE);
    return missing > 0 ? -missing : abs(one->panel_ship - other->panel_ship);
}

static char *tie_words(struct arena *arena, const struct tool *one, const struct tool *other,
                       const char *name)
{
    if (one->panel_ship == 100) {
        return arena_format(arena, "The whole panel would ship %s and %s alike.", name,
                            other->name);
    }
    if (one->panel_ship == 0) {
        return arena_format(arena, "Nobody on the panel would ship %s or %s.", name, other->name);
    }
    return arena_format(arena, "The panel has %s level with %s at %d%%.", name, other->name,
                        one->panel_ship);
}

static char *open_words(struct arena *arena, const struct tool *one, const struct tool *other)
{
    if (one->panel_ship == other->panel_ship) {
        return arena_copy(arena, "The panel has not judged either of the two yet.");
    }
    bool first = one->panel_ship != PERCENT_NONE;
    const struct tool *judged = first ? one : other;
    return arena_format(arena, "%d%% of the panel would ship %s; it has not judged %s yet.",
                        judged->panel_ship, judged->name, first ? other->name : one->name);
}

char *panel_verdict(struct arena *arena, const struct tool *one, const struct tool *other, bool it)
{
    const char *name = it ? "it" : one->name;
    switch (panel_compare(one, other)) {
    case PANEL_WINS:
        return arena_format(arena, "The panel prefers %s to %s, %d to %d.", name, other->name,
                            one->panel_ship, other->panel_ship);
    case PANEL_LOSES:
        return arena_format(arena, "The panel prefers %s to %s, %d to %d.", other->name,
                            it ? "this one" : name, other->panel_ship, one->panel_ship);
    case PANEL_TIES:
        return tie_words(arena, one, other, name);
    case PANEL_OPEN:
        break;
    }
    return open_words(arena, one, other);
}

/* From the percentage alone. */
static char *split_unnamed(struct arena *arena, int percent)
{
    if (percent == PERCENT_NONE) {
        return arena_copy(arena, "The panel has not judged it yet.");
    }
    if (percent == 100) {
        return arena_copy(arena, "The whole panel would ship it.");
    }
    if (percent == 0) {
        return arena_copy(arena, "Nobody on the panel would ship it.");
    }
    if (percent == 50) {
        return arena_copy(arena, "The panel is split: half would ship it, half would not.");
    }
    const char *ship = phrase_share(percent);
    const char *skip = phrase_share(100 - percent);
    if (ship == NULL || skip == NULL) {
        return arena_format(arena, "%d%% of the panel would ship it, %d%% would not.", percent,
                            100 - percent);
    }
    const char *link = strstr(ship, " in ") != NULL ? "on" : "of";
    return phrase_capital(arena, arena_format(arena, "%s %s the panel would ship it, %s would not.",
                                              ship, link, skip));
}

/* All who spoke say the same. */
static char *split_unanimous(struct arena *arena, size_t count, const char *one, const char *many)
{
    const char *verb = count == 1 ? one : many;
    return phrase_capital(
        arena,
        arena_format(arena, "%s %s it.", phrase_all(arena, count, "reviewer", "reviewers"), verb));
}

/* ", 1 skips it"; nothing for none. */
static char *split_add(struct arena *arena, char *text, size_t count, const char *one,
                       const char *many)
{
    return count == 0 ? text
                      : arena_format(arena, "%s, %zu %s", text, count, count == 1 ? one : many);
}

static char *split_verdicts(struct arena *arena, const struct tool *tool)
{
    size_t ship = 0;
    size_t skip = 0;
    for (size_t i = 0; i < tool->review_count; i++) {
        ship += tool->reviews[i].verdict == VERDICT_SHIP;
        skip += tool->reviews[i].verdict == VERDICT_SKIP;
    }
    size_t silent = tool->review_count - ship - skip;
    if (ship + skip == 0) {
        return split_unnamed(arena, tool->panel_ship);
    }
    if (silent == 0 && skip == 0) {
        return split_unanimous(arena, ship, "ships", "ship");
    }
    if (silent == 0 && ship == 0) {
        return split_unanimous(arena, skip, "skips", "skip");
    }
    char *text = arena_format(arena, "%zu of %zu reviewers %s it", ship, tool->review_count,
                              ship == 1 ? "ships" : "ship");
    text = split_add(arena, text, skip, "skips it", "skip it");
    text = split_add(arena, text, silent, "gives no verdict", "give no verdict");
    return arena_format(arena, "%s.", text);
}

char *panel_split(struct arena *arena, const struct tool *tool)
{
    char *split = split_verdicts(arena, tool);
    return tool->panel_derived
               ? arena_format(arena, "%s The share of %d%% is counted from these verdicts.", split,
                              tool->panel_ship)
               : split;
}

char *panel_votes(struct arena *arena, const struct tool *one, const struct tool *other)
{
    bool first = one->community_ship != PERCENT_NONE;
    bool second = other->community_ship != PERCENT_NONE;
    if (!first && !second) {
        return arena_copy(arena, "No votes yet.");
    }
    if (first && second) {
        return arena_format(arena, "%d%% of the voters would ship %s, %d%% %s.",
                            one->community_ship, one->name, other->community_ship, other->name);
    }
    const struct tool *voted = first ? one : other;
    return arena_format(arena, "%d%% of the voters would ship %s; no votes yet on %s.",
                        voted->community_ship, voted->name, first ? other->name : one->name);
}
