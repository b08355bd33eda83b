#include "issue/moves.h"

#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "digest/isolate.h"
#include "digest/move.h"
#include "digest/tidy.h"
#include "intake/intake.h"
#include "store/move.h"

enum { JSON_MAX = 4 * 1024 * 1024 };

static struct say english(struct arena *arena)
{
    return (struct say){arena, catalogue_english(arena)};
}

/* `text` is the tool as it was, or as it is now. */
static bool read_tool(struct arena *arena, const struct told_tool *told, const char *text,
                      struct tool *tool, struct failure *why)
{
    struct value *value;
    if (!json_read(arena, "a stored tool", text, strlen(text), &value, why) ||
        !intake_tool_from_value(arena, value, tool, why)) {
        return fail_context(why, "what has moved of %.200s since issue %lld", told->slug,
                            (long long)told->number);
    }
    model_derive_panel(tool);
    return true;
}

static int weight_of(const struct say *say, const struct move *move)
{
    struct move tidy = tidy_move(say->arena, move);
    return move_weight(say, &tidy);
}

/* Inserts by weight; moves of the same weight stay in the order of insertion. */
static void insert(struct moves *moves, int *weights, const struct move *move, int weight)
{
    size_t at = moves->count < MOVES_MAX ? moves->count++ : MOVES_MAX - 1;
    if (moves->count == MOVES_MAX && at == MOVES_MAX - 1 && weights[at] >= weight) {
        return;
    }
    for (; at > 0 && weights[at - 1] < weight; at--) {
        moves->list[at] = moves->list[at - 1];
        weights[at] = weights[at - 1];
    }
    moves->list[at] = *move;
    weights[at] = weight;
}

/* Reports once for each tool: if the stored snapshot cannot be read, there is no move. */
static bool read_was(struct arena *arena, const struct told_tool *told, struct tool *tool,
                     bool *good, struct failure *why)
{
    *good = read_tool(arena, told, told->was, tool, why);
    if (*good || why->kind != FAILURE_DATA) {
        return *good;
    }
    log_event(LOG_LEVEL_WARN, "issue", "told_unread", LOG_INT("issue", told->number),
              LOG_STR("tool", told->slug), LOG_STR("reason", why->text));
    *why = (struct failure){.kind = FAILURE_NONE};
    return true;
}

static bool same_name(struct arena *arena, const struct move *move)
{
    return strcmp(model_name_key(arena, move->was.name), model_name_key(arena, move->now.name)) ==
           0;
}

/* What has moved in one tool; `*weight` is 0 if there is nothing to report. */
static bool find_move(struct store *store, const struct say *say, const struct told_tool *told,
                      struct move *move, int *weight, struct failure *why)
{
    struct arena *arena = say->arena;
    bool found, good = false;
    *weight = 0;
    *move =
        (struct move){.told_number = told->number, .told_week = told->week, .told_at = told->at};
    if (!move_tool(store, arena, told->slug, &move->now, &found, why) ||
        (found && !read_was(arena, told, &move->was, &good, why))) {
        return false;
    }
    if (good && same_name(arena, move)) {
        *weight = weight_of(say, move);
    }
    return true;
}

static bool find_moves(struct store *store, struct arena *arena, const struct week *week,
                       struct moves *moves, struct failure *why)
{
    struct told_tool *told;
    size_t count;
    int weights[MOVES_MAX] = {0};
    *moves = (struct moves){.list = arena_array(arena, MOVES_MAX, sizeof *moves->list)};
    if (!move_told(store, arena, week->name, &told, &count, why)) {
        return false;
    }
    struct say say = english(arena);
    for (size_t i = 0; i < count; i++) {
        struct move move;
        int weight = 0;
        bool recent = week->end - told[i].at <= MOVES_WEEKS * 7 * 86400;
        if (recent && !find_move(store, &say, &told[i], &move, &weight, why)) {
            return false;
        }
        if (weight > 0) {
            insert(moves, weights, &move, weight);
        }
    }
    return true;
}

bool moves_pick(struct store *store, struct arena *arena, const struct settings *settings,
                const struct week *week, int64_t issue_id, const int64_t *order, size_t order_count,
                struct pick *pick, struct moves *moves, struct failure *why)
{
    if (!pick_week(store, arena, settings, week, issue_id, order, order_count, pick, why) ||
        !find_moves(store, arena, week, moves, why)) {
        return false;
    }
    int64_t enough = settings->issue.moves_alone;
    if (!pick->thin || enough == 0 || (int64_t)moves->count < enough) {
        return true;
    }
    struct settings few = *settings;
    few.issue.min_items = 1;
    bool good = pick_week(store, arena, &few, week, issue_id, order, order_count, pick, why);
    pick->thin = false;
    return good;
}

bool moves_stored(struct store *store, struct arena *arena, int64_t issue_id, struct moves *moves,
                  struct failure *why)
{
    struct told_tool *told;
    size_t count;
    if (!move_list(store, arena, issue_id, &told, &count, why)) {
        return false;
    }
    *moves = (struct moves){.list = arena_array(arena, count, sizeof *moves->list), .count = count};
    for (size_t i = 0; i < count; i++) {
        struct move *move = &moves->list[i];
        *move = (struct move){
            .told_number = told[i].number, .told_week = told[i].week, .told_at = told[i].at};
        if (!read_tool(arena, &told[i], told[i].was, &move->was, why) ||
            !read_tool(arena, &told[i], told[i].now, &move->now, why)) {
            return false;
        }
    }
    return true;
}

static const char *tool_json(struct arena *arena, const struct tool *tool)
{
    struct buf text;
    buf_init(&text, JSON_MAX);
    json_write(&text, intake_tool_to_value(arena, tool), JSON_COMPACT);
    const char *copy = arena_copy(arena, text.data);
    buf_free(&text);
    return copy;
}

bool moves_save(struct store *store, struct arena *arena, int64_t issue_id,
                const struct moves *moves, struct failure *why)
{
    struct told_tool *told = arena_array(arena, moves->count, sizeof *told);
    for (size_t i = 0; i < moves->count; i++) {
        const struct move *move = &moves->list[i];
        told[i] = (struct told_tool){.slug = move->now.slug,
                                     .number = move->told_number,
                                     .week = move->told_week,
                                     .at = move->told_at,
                                     .was = tool_json(arena, &move->was),
                                     .now = tool_json(arena, &move->now)};
    }
    return move_replace(store, issue_id, told, moves->count, why);
}

struct moves moves_of_topics(struct arena *arena, const struct moves *moves, const char *topics)
{
    struct moves chosen = {.list = arena_array(arena, moves->count, sizeof *chosen.list)};
    for (size_t i = 0; i < moves->count; i++) {
        if (topics[0] == '\0' || pick_is_topic(topics, moves->list[i].now.category)) {
            chosen.list[chosen.count++] = moves->list[i];
        }
    }
    return chosen;
}

const char *moves_words(struct arena *arena, const struct move *move)
{
    struct say say = english(arena);
    struct move tidy = tidy_move(arena, move);
    return isolate_finish(arena, move_sentence(&say, &tidy));
}
