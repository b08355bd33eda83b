/* `pick`: prints what the issue of a week would contain, in which order, and why. Changes nothing.
 */
#include "issue/moves.h"
#include "issue/predictions.h"
#include "issue/voices.h"
#include "issue/words.h"

#include <stdio.h>

#include "base/clock.h"
#include "cmd/common.h"
#include "cmd/verbs.h"

enum pick_option { PICK_WEEK, PICK_EXPLAIN, PICK_JSON };

static const struct option_spec pick_options[] = {
    [PICK_WEEK] = {"week", 0, "YYYY-Www", "that ISO week instead of the one that is due, or next",
                   false},
    [PICK_EXPLAIN] = {"explain", 0, NULL, "also what is out, and why", false},
    [PICK_JSON] = {"json", 0, NULL, "print JSON", false},
    {0},
};

/* What is said besides the comparisons: what has moved, what is on the record, and what an
 * editor has chosen. */
struct pick_more {
    struct moves moves;
    struct predictions predictions;
    struct words words; /* an editor's */
    const char *timezone;
};

static void pick_add_predictions(struct arena *arena, struct value *object,
                                 const struct pick_more *more)
{
    struct value *list = value_set(arena, object, "predictions", value_list(arena));
    for (size_t i = 0; i < more->predictions.count; i++) {
        const struct prediction *prediction = &more->predictions.list[i];
        struct value *row = value_add(list, value_object(arena));
        value_set_text(arena, row, "tool", prediction->tool);
        value_set_text(arena, row, "slug", prediction->slug);
        value_set_text(arena, row, "sentence", prediction->sentence);
        value_set_text(
            arena, row, "due",
            arena_format(arena, "%04d-%02d", prediction->due / 12, prediction->due % 12 + 1));
        value_set(arena, row, "issue",
                  prediction->told_number > 0 ? value_int(arena, prediction->told_number)
                                              : value_null(arena));
    }
}

static void pick_print_json(struct arena *arena, const struct pick *pick, bool next,
                            const struct pick_more *more)
{
    const struct moves *moves = &more->moves;
    struct value *object = value_object(arena);
    struct value *window = value_list(arena);
    struct value *items = value_list(arena);
    value_set_text(arena, object, "week", pick->week.name);
    value_add(window, value_int(arena, pick->week.start));
    value_add(window, value_int(arena, pick->week.end));
    value_set(arena, object, "window", window);
    value_set(arena, object, "window_start", common_time(arena, pick->week.start));
    value_set(arena, object, "window_end", common_time(arena, pick->week.end));
    value_set_bool(arena, object, "next", next);
    value_set_bool(arena, object, "thin", pick->thin);
    for (size_t i = 0; i < pick->count; i++) {
        const struct pick_item *item = &pick->items[i];
        struct value *row = value_object(arena);
        value_set_text(arena, row, "slug", item->comparison->slug);
        value_set_bool(arena, row, "in", item->in);
        value_set_text(arena, row, "reason", item->reason);
        value_set(arena, row, "story",
                  item->in ? value_int(arena, item->story) : value_null(arena));
        value_set(arena, row, "position",
                  item->in ? value_int(arena, item->position) : value_null(arena));
        value_add(items, row);
    }
    value_set(arena, object, "items", items);
    struct value *moved = value_set(arena, object, "moves", value_list(arena));
    for (size_t i = 0; i < moves->count; i++) {
        struct value *row = value_add(moved, value_object(arena));
        value_set_text(arena, row, "slug", moves->list[i].now.slug);
        value_set_text(arena, row, "text", moves_words(arena, &moves->list[i]));
        value_set_int(arena, row, "issue", moves->list[i].told_number);
    }
    pick_add_predictions(arena, object, more);
    struct voice_choice *voices;
    size_t count;
    struct value *quoted = value_set(arena, object, "voices", value_list(arena));
    voices_chosen(arena, pick->stories, pick->stories != NULL ? pick->story_count : 0,
                  &more->words.told, &voices, &count);
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(quoted, value_object(arena));
        value_set_text(arena, row, "tool", voices[i].tool);
        value_set_text(arena, row, "side", voices[i].side);
        value_set_text(arena, row, "text", voices[i].text);
        value_set_text(arena, row, "because", voices[i].because);
    }
    common_print_json(object);
}

static void pick_print(const struct pick *pick, bool explain)
{
    char start[CLOCK_TEXT], end[CLOCK_TEXT];
    clock_format(pick->week.start, start);
    clock_format(pick->week.end, end);
    printf("%s  %s to %s: %zu comparison%s in %zu stor%s%s\n", pick->week.name, start, end,
           pick->in_count, pick->in_count == 1 ? "" : "s", pick->story_count,
           pick->story_count == 1 ? "y" : "ies", pick->thin ? " (nothing is sent)" : "");
    for (size_t i = 0; i < pick->count; i++) {
        const struct pick_item *item = &pick->items[i];
        if (item->in) {
            printf("%3lld  story %lld  %s", (long long)item->position, (long long)item->story,
                   item->comparison->slug);
        } else if (explain) {
            printf("  -  out      %s", item->comparison->slug);
        } else {
            continue;
        }
        printf(explain ? ": %s\n" : "\n", item->reason);
    }
}

/* The week's draft does not occupy its comparisons, and its editor's order counts; a frozen issue
 * contains what it contains. */
static bool pick_for_week(struct program *program, const struct week *week, struct pick *pick,
                          struct pick_more *more, struct failure *why)
{
    struct issue *issue;
    struct issue_item *items = NULL;
    size_t count = 0;
    struct arena *arena = &program->arena;
    if (!issue_find_week(program->store, arena, week->name, &issue, why) ||
        !words_read(program->store, arena, issue != NULL ? issue->id : 0, &more->words, why) ||
        (issue != NULL && !issue_items(program->store, arena, issue->id, &items, &count, why))) {
        return false;
    }
    if (issue != NULL && issue->state != ISSUE_DRAFT) {
        return pick_frozen(program->store, arena, &program->settings, week, issue, items, count,
                           pick, why) &&
               moves_stored(program->store, arena, issue->id, &more->moves, why) &&
               predictions_stored(program->store, arena, issue->id, &more->predictions, why);
    }
    bool ordered = issue != NULL && issue->edited;
    int64_t *order = arena_array(arena, count, sizeof *order);
    for (size_t i = 0; i < count; i++) {
        order[i] = items[i].comparison_id;
    }
    return moves_pick(program->store, arena, &program->settings, week,
                      issue != NULL ? issue->id : 0, ordered ? order : NULL, ordered ? count : 0,
                      pick, &more->moves, why) &&
           (pick->thin ||
            predictions_find(program->store, arena, &program->settings, week, pick->stories,
                             pick->story_count, &more->predictions, why));
}

/* Prints what has moved, what is on the record, and which sentences of reviews are quoted and why.
 */
static void pick_print_more(struct arena *arena, const struct pick *pick,
                            const struct pick_more *more)
{
    const struct moves *moves = &more->moves;
    struct voice_choice *voices;
    size_t count;
    for (size_t i = 0; i < moves->count; i++) {
        printf("  ~  moved    %s (issue %lld, %s)\n", moves_words(arena, &moves->list[i]),
               (long long)moves->list[i].told_number, moves->list[i].told_week);
    }
    for (size_t i = 0; i < more->predictions.count; i++) {
        const struct prediction *one = &more->predictions.list[i];
        const char *words = predictions_words(arena, one, more->timezone);
        if (one->told_number > 0) {
            printf("  ?  due      %s (issue %lld, %s)\n", words, (long long)one->told_number,
                   one->told_week);
        } else {
            printf("  !  record   %s (%s)\n", words, one->slug);
        }
    }
    voices_chosen(arena, pick->stories, pick->stories != NULL ? pick->story_count : 0,
                  &more->words.told, &voices, &count);
    for (size_t i = 0; i < count; i++) {
        printf("  \"  voice    %s, %s: \"%s\" (%s)\n", voices[i].tool, voices[i].side,
               voices[i].text, voices[i].because);
    }
}

static bool pick_run(struct program *program, int *status, struct failure *why)
{
    (void)status;
    const struct option_value *name = &program->options[PICK_WEEK];
    struct week week;
    bool next;
    struct pick pick;
    struct pick_more more = {.timezone = program->settings.issue.timezone};
    if (!common_no_operands(program, 0, why) ||
        !common_find_week(program, name->count > 0 ? name->values[0] : NULL, &week, &next, why) ||
        !pick_for_week(program, &week, &pick, &more, why)) {
        return false;
    }
    common_say_next(program, &week, next);
    if (program->options[PICK_JSON].count > 0) {
        pick_print_json(&program->arena, &pick, next, &more);
    } else {
        bool explain = program->options[PICK_EXPLAIN].count > 0;
        pick_print(&pick, explain);
        if (explain) {
            pick_print_more(&program->arena, &pick, &more);
        }
    }
    return true;
}

const struct verb verb_pick = {
    .name = "pick",
    .needs = NEEDS_READING,
    .options = pick_options,
    .usage = "[--week YYYY-Www] [--explain] [--json]",
    .help = "Show what the due issue holds, in order, and why",
    .examples = "  verdicts pick --explain\n"
                "  verdicts pick --week 2026-W47 --json\n",
    .run = pick_run,
};
