/* The words of the verb `comparison` that only read: list and show. */
#include <stdio.h>

#include "base/clock.h"
#include "base/json.h"
#include "cmd/common.h"
#include "cmd/comparison.h"
#include "intake/intake.h"
#include "store/comparison_life.h"

enum { ROW_MAX = 256 * 1024 };

const char *comparison_option(const struct program *program, enum comparison_option which)
{
    const struct option_value *value = &program->options[which];
    return value->count > 0 ? value->values[0] : NULL;
}

bool comparison_get_tool(struct program *program, const char *name, int64_t *id,
                         struct failure *why)
{
    if (!comparison_tool(program->store, &program->arena, name, id, why)) {
        return false;
    }
    return *id != 0 || fail(why, FAILURE_NO_INPUT, "there is no tool \"%.200s\"", name);
}

bool comparison_fail_missing(const char *slug, struct failure *why)
{
    return fail(why, FAILURE_NO_INPUT,
                "there is no comparison \"%.200s\"; `verdicts comparison list` shows them", slug);
}

bool comparison_get_named(struct program *program, const char *slug, struct comparison **found,
                          struct failure *why)
{
    if (!comparison_find(program->store, &program->arena, slug, found, why)) {
        return false;
    }
    return *found != NULL || comparison_fail_missing(slug, why);
}

bool comparison_check_operands(const struct program *program, int least, int most,
                               const char *wanted, struct failure *why)
{
    int count = program->argc - 1;
    return (count >= least && count <= most) ||
           fail(why, FAILURE_USAGE, "comparison %s takes %s", program->argv[0], wanted);
}

static struct value *state_to_value(struct arena *arena, const struct comparison_state *state)
{
    struct value *object = value_object(arena);
    struct value *tools = value_list(arena);
    struct value *issues = value_list(arena);
    value_set_text(arena, object, "slug", state->slug);
    value_set_text(arena, object, "title", state->title);
    value_add(tools, value_text(arena, state->left));
    value_add(tools, value_text(arena, state->right));
    value_set(arena, object, "tools", tools);
    value_set(arena, object, "published_at", common_time(arena, state->published_at));
    value_set(arena, object, "updated_at", common_time(arena, state->updated_at));
    value_set_int(arena, object, "revision", state->revision);
    value_set_bool(arena, object, "withdrawn", state->withdrawn_at != 0);
    value_set(arena, object, "withdrawn_at", common_time(arena, state->withdrawn_at));
    value_set_text(arena, object, "withdrawn_by", comparison_withdrawer_name(state->withdrawn_by));
    value_set(arena, object, "left_out_at", common_time(arena, state->left_out_at));
    value_set(arena, object, "held_at", common_time(arena, state->held_at));
    if (state->issue_id != 0) {
        value_add(issues, value_int(arena, state->issue_number));
    }
    value_set(arena, object, "issues", issues);
    return object;
}

/* "withdrawn", "left out", "issue 3 sent", or "free". */
static const char *state_word(struct arena *arena, const struct comparison_state *state)
{
    if (state->issue_id != 0) {
        return arena_format(arena, "%sissue %lld %s", state->withdrawn_at != 0 ? "withdrawn, " : "",
                            (long long)state->issue_number, issue_state_name(state->issue_state));
    }
    return state->withdrawn_at != 0 ? "withdrawn" : state->left_out_at != 0 ? "left out" : "free";
}

static const char *day(struct arena *arena, int64_t instant)
{
    char text[CLOCK_TEXT];
    clock_format(instant, text);
    return arena_format(arena, "%.10s", text);
}

/* Rows are printed as they are read. */
struct comparison_listing {
    struct arena arena; /* for one row */
    bool json, first;
};

static bool list_row(void *context, const struct comparison_state *state, struct failure *why)
{
    struct comparison_listing *listing = context;
    (void)why;
    arena_reset(&listing->arena);
    if (!listing->json) {
        printf("%s  %-16s  %s  %s\n", day(&listing->arena, state->published_at),
               state_word(&listing->arena, state), state->slug, state->title);
        return true;
    }
    struct buf text;
    buf_init(&text, ROW_MAX);
    json_write(&text, state_to_value(&listing->arena, state), JSON_COMPACT);
    printf("%s%s", listing->first ? "[\n" : ",\n", text.data);
    listing->first = false;
    buf_free(&text);
    return true;
}

static bool read_filter(struct program *program, struct comparison_filter *filter,
                        struct failure *why)
{
    const char *issue = comparison_option(program, OPTION_IN_ISSUE);
    const char *since = comparison_option(program, OPTION_SINCE);
    const char *tool = comparison_option(program, OPTION_TOOL);
    filter->withdrawn = program->options[OPTION_WITHDRAWN].count > 0;
    filter->never_sent = program->options[OPTION_NEVER_SENT].count > 0;
    if (issue != NULL &&
        !options_number("--in-issue", issue, 1, INT32_MAX, &filter->in_issue, why)) {
        return false;
    }
    if (since != NULL && !clock_parse(since, &filter->since, why)) {
        why->kind = FAILURE_USAGE;
        return fail_context(why, "--since");
    }
    return tool == NULL || comparison_get_tool(program, tool, &filter->tool_id, why);
}

bool comparison_list(struct program *program, struct failure *why)
{
    struct comparison_filter filter = {.since = INT64_MIN};
    struct comparison_listing listing = {.json = program->options[OPTION_JSON].count > 0,
                                         .first = true};
    if (!common_no_operands(program, 1, why) || !read_filter(program, &filter, why)) {
        return false;
    }
    bool good = comparison_each(program->store, &filter, list_row, &listing, why);
    if (good && listing.json) {
        printf(listing.first ? "[]\n" : "\n]\n");
    }
    arena_free(&listing.arena);
    return good;
}

/* A share that no source gives, counted from the reviews. */
static void show_counted(const struct tool *tool)
{
    if (tool->panel_derived) {
        printf("panel:     %d%% for %s, counted from its reviews\n", tool->panel_ship, tool->name);
    }
}

static struct value *counted_to_value(struct arena *arena, const struct comparison *comparison)
{
    struct value *value = value_object(arena);
    const struct tool *const tools[] = {&comparison->left, &comparison->right};
    static const char *const names[] = {"left", "right"};
    for (size_t i = 0; i < 2; i++) {
        if (tools[i]->panel_derived) {
            value_set_int(arena, value, names[i], tools[i]->panel_ship);
        }
    }
    return value;
}

static void show_text(struct arena *arena, const struct comparison_state *state,
                      const struct comparison *comparison)
{
    char published[CLOCK_TEXT], when[CLOCK_TEXT];
    clock_format(state->published_at, published);
    printf("%s\n%s\ntools:     %s, %s\npublished: %s\nrevision:  %lld\nstands:    %s\n",
           state->slug, state->title, state->left, state->right, published,
           (long long)state->revision, state_word(arena, state));
    show_counted(&comparison->left);
    show_counted(&comparison->right);
    if (comparison->url != NULL) {
        printf("url:       %s\n", comparison->url);
    }
    if (state->withdrawn_at != 0) {
        clock_format(state->withdrawn_at, when);
        printf("withdrawn: %s (%s)\n", when, comparison_withdrawer_name(state->withdrawn_by));
    }
    if (state->left_out_at != 0) {
        clock_format(state->left_out_at, when);
        printf("left out:  %s\n", when);
    }
}

bool comparison_show(struct program *program, struct failure *why)
{
    struct arena *arena = &program->arena;
    struct comparison *found;
    struct comparison_state state;
    if (!comparison_check_operands(program, 1, 1, "the slug of one comparison", why) ||
        !comparison_get_named(program, program->argv[1], &found, why) ||
        !comparison_state(program->store, arena, found->id, &state, why)) {
        return false;
    }
    if (program->options[OPTION_JSON].count == 0) {
        show_text(arena, &state, found);
        return true;
    }
    struct value *object = state_to_value(arena, &state);
    value_set(arena, object, "content", intake_to_value(arena, found));
    value_set(arena, object, "panel_counted", counted_to_value(arena, found));
    common_print_json(object);
    return true;
}
