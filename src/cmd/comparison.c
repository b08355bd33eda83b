/* `comparison`: what is known of comparisons, and what an editor changes about them. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "cmd/catalogue.h"
#include "cmd/common.h"
#include "cmd/verbs.h"
#include "intake/fields.h"
#include "intake/intake.h"
#include "intake/text.h"
#include "store/comparison_life.h"
#include "store/run.h"

enum comparison_option {
    OPTION_JSON,
    OPTION_NEVER_SENT,
    OPTION_IN_ISSUE,
    OPTION_WITHDRAWN,
    OPTION_SINCE,
    OPTION_TOOL
};

static const struct option_spec comparison_options[] = {
    [OPTION_JSON] = {"json", 0, NULL, "print JSON (list, show)", false},
    [OPTION_NEVER_SENT] = {"never-sent", 0, NULL, "list: that no issue has gone out with", false},
    [OPTION_IN_ISSUE] = {"in-issue", 0, "N", "list: those of that issue", false},
    [OPTION_WITHDRAWN] = {"withdrawn", 0, NULL, "list: those that are withdrawn", false},
    [OPTION_SINCE] = {"since", 0, "TIME", "list: published then or later", false},
    [OPTION_TOOL] = {"tool", 0, "NAME", "list: with that tool; rename: that tool, by name or slug",
                     false},
    {0},
};

enum { ROW_MAX = 256 * 1024 };

static const char *option(const struct program *program, enum comparison_option which)
{
    const struct option_value *value = &program->options[which];
    return value->count > 0 ? value->values[0] : NULL;
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
    struct arena arena; /* one row's */
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

static bool find_tool(struct program *program, const char *name, int64_t *id, struct failure *why)
{
    if (!comparison_tool(program->store, &program->arena, name, id, why)) {
        return false;
    }
    return *id != 0 || fail(why, FAILURE_NO_INPUT, "there is no tool \"%.200s\"", name);
}

static bool read_filter(struct program *program, struct comparison_filter *filter,
                        struct failure *why)
{
    const char *issue = option(program, OPTION_IN_ISSUE);
    const char *since = option(program, OPTION_SINCE);
    const char *tool = option(program, OPTION_TOOL);
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
    return tool == NULL || find_tool(program, tool, &filter->tool_id, why);
}

static bool verb_list(struct program *program, struct failure *why)
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

static bool find(struct program *program, const char *slug, struct comparison **found,
                 struct failure *why)
{
    if (!comparison_find(program->store, &program->arena, slug, found, why)) {
        return false;
    }
    return *found != NULL ||
           fail(why, FAILURE_NO_INPUT,
                "there is no comparison \"%.200s\"; `verdicts comparison list` shows them", slug);
}

/* The operands behind the word: `least` to `most` of them. */
static bool check_operands(const struct program *program, int least, int most, const char *wanted,
                           struct failure *why)
{
    int count = program->argc - 1;
    return (count >= least && count <= most) ||
           fail(why, FAILURE_USAGE, "comparison %s takes %s", program->argv[0], wanted);
}

/* A share that no source gives, and is counted from the reviews. */
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

static bool verb_show(struct program *program, struct failure *why)
{
    struct arena *arena = &program->arena;
    struct comparison *found;
    struct comparison_state state;
    if (!check_operands(program, 1, 1, "the slug of one comparison", why) ||
        !find(program, program->argv[1], &found, why) ||
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

/* What is done to each of several comparisons; *changed false where there was nothing to do. */
typedef bool (*change)(struct program *program, int64_t id, bool *changed, struct failure *why);

static bool withdraw(struct program *program, int64_t id, bool *changed, struct failure *why)
{
    return comparison_withdraw(program->store, id, WITHDRAWER_EDITOR, clock_now(), changed, why);
}

static bool restore(struct program *program, int64_t id, bool *changed, struct failure *why)
{
    return comparison_restore(program->store, id, changed, why);
}

/* All that are named, or none. */
static bool change_each(struct program *program, change apply, struct comparison **found,
                        bool *changed, struct failure *why)
{
    bool good = store_begin(program->store, why);
    for (int i = 0; good && i < program->argc - 1; i++) {
        good = find(program, program->argv[i + 1], &found[i], why) &&
               apply(program, found[i]->id, &changed[i], why);
    }
    if (good && store_commit(program->store, why)) {
        return true;
    }
    store_rollback(program->store);
    return false;
}

static bool change_named(struct program *program, change apply, const char *done,
                         const char *already, struct comparison ***found, struct failure *why)
{
    size_t count = (size_t)program->argc - 1;
    *found = arena_array(&program->arena, count, sizeof **found);
    bool *changed = arena_array(&program->arena, count, sizeof *changed);
    if (!change_each(program, apply, *found, changed, why)) {
        return false;
    }
    for (size_t i = 0; i < count && !program->quiet; i++) {
        if (changed[i]) {
            printf("%s %s\n", done, (*found)[i]->slug);
        } else {
            printf("%s %s\n", (*found)[i]->slug, already);
        }
    }
    return true;
}

enum { SLUGS_MAX = 100000 };

static bool verb_withdraw(struct program *program, struct failure *why)
{
    struct comparison **found;
    if (!check_operands(program, 1, SLUGS_MAX, "the slugs of comparisons", why) ||
        !change_named(program, withdraw, "withdrawn", "was withdrawn before", &found, why)) {
        return false;
    }
    for (int i = 0; i < program->argc - 1; i++) {
        if (!catalogue_tell_withdrawn(program, found[i]->id, why)) {
            return false;
        }
    }
    return catalogue_follow(program, why);
}

static bool verb_restore(struct program *program, struct failure *why)
{
    struct comparison **found;
    return check_operands(program, 1, SLUGS_MAX, "the slugs of comparisons", why) &&
           change_named(program, restore, "restored", "was neither withdrawn nor left out", &found,
                        why) &&
           catalogue_follow(program, why);
}

static bool refuse_told(struct program *program, int64_t id, struct failure *why)
{
    struct comparison_state state;
    return comparison_state(program->store, &program->arena, id, &state, why) &&
           fail(why, FAILURE_DATA,
                "%s stands in issue %lld, which is %s: its date stays as it was told", state.slug,
                (long long)state.issue_number, issue_state_name(state.issue_state));
}

static bool verb_date(struct program *program, struct failure *why)
{
    struct comparison *found;
    int64_t when;
    bool changed;
    if (!check_operands(program, 2, 2, "a slug and a time as 2026-11-20T09:00:00Z", why)) {
        return false;
    }
    if (!clock_parse(program->argv[2], &when, why)) {
        why->kind = FAILURE_USAGE;
        return fail_context(why, "comparison date");
    }
    if (!find(program, program->argv[1], &found, why) ||
        !comparison_date(program->store, found->id, when, &changed, why)) {
        return false;
    }
    if (!changed) {
        return refuse_told(program, found->id, why);
    }
    if (!program->quiet) {
        char was[CLOCK_TEXT], is[CLOCK_TEXT];
        clock_format(found->published_at, was);
        clock_format(when, is);
        printf("dated %s %s, was %s\n", found->slug, is, was);
    }
    return catalogue_follow(program, why);
}

/* What becomes of a wish for a name; `kind` is what has it. */
static bool tell_renamed(struct program *program, const char *kind, const char *from,
                         const char *to, enum comparison_renamed outcome, struct failure *why)
{
    bool same = outcome == COMPARISON_SAME_NAME;
    if (outcome == COMPARISON_NAME_TAKEN) {
        return fail(why, FAILURE_DATA,
                    "\"%.200s\" is, or was, another %s's; two of them are not made one", to, kind);
    }
    if (!program->quiet) {
        printf(same ? "%s is called %s already\n" : "renamed %s to %s\n", from, to);
    }
    return same || catalogue_follow(program, why);
}

static bool rename_slug(struct program *program, struct failure *why)
{
    struct comparison *found;
    enum comparison_renamed outcome;
    const char *slug = program->argv[2];
    const char *complaint = field_complaint(&program->arena, &comparison_fields[0], slug);
    if (complaint != NULL || slug[0] == '\0') {
        return fail(why, FAILURE_USAGE, "comparison rename: the new slug %s",
                    complaint != NULL ? complaint : "is empty");
    }
    return find(program, program->argv[1], &found, why) &&
           comparison_rename(program->store, found->id, slug, &outcome, why) &&
           tell_renamed(program, "comparison", found->slug, slug, outcome, why);
}

static bool rename_tool(struct program *program, const char *tool, struct failure *why)
{
    struct arena *arena = &program->arena;
    const char *name = text_tidy(arena, program->argv[1], strlen(program->argv[1]));
    const char *complaint = field_complaint(arena, &tool_fields[0], name);
    enum comparison_renamed outcome;
    int64_t id;
    if (complaint != NULL) {
        return fail(why, FAILURE_USAGE, "comparison rename: the new name %s", complaint);
    }
    return find_tool(program, tool, &id, why) &&
           comparison_rename_tool(program->store, arena, id, name, &outcome, why) &&
           tell_renamed(program, "tool", tool, name, outcome, why);
}

static bool verb_rename(struct program *program, struct failure *why)
{
    const char *tool = option(program, OPTION_TOOL);
    int operands = tool != NULL ? 1 : 2;
    const char *wanted = tool != NULL ? "the new name behind --tool OLD" : "a slug and a new one";
    if (!check_operands(program, operands, operands, wanted, why)) {
        return false;
    }
    return tool != NULL ? rename_tool(program, tool, why) : rename_slug(program, why);
}

static bool recorded(struct program *program, bool (*verb)(struct program *, struct failure *),
                     struct failure *why)
{
    int64_t run;
    struct failure ignored = {0};
    if (!run_begin(program->store, "comparison", clock_now(), &run, why)) {
        return false;
    }
    bool good = verb(program, why);
    int code = good ? 0 : failure_exit_code(why->kind);
    return run_end(program->store, run, clock_now(), code, good ? program->argv[0] : why->text,
                   good ? why : &ignored) &&
           good;
}

static bool comparison_run(struct program *program, int *status, struct failure *why)
{
    static const char *const words[] = {"list", "show", "withdraw", "restore", "date", "rename"};
    static bool (*const verbs[])(struct program *, struct failure *) = {
        verb_list, verb_show, verb_withdraw, verb_restore, verb_date, verb_rename};
    static const unsigned fit[] = {~0u, 1u << OPTION_JSON, 0, 0, 0, 1u << OPTION_TOOL};
    size_t chosen;
    (void)status;
    if (!common_subverb(program, words, sizeof words / sizeof *words, &chosen, why) ||
        !common_options_fit(program, comparison_options, fit[chosen], why)) {
        return false;
    }
    bool reads = chosen < 2;
    return program_open(program, reads ? NEEDS_READING : NEEDS_STORE, why) &&
           (reads ? verbs[chosen](program, why) : recorded(program, verbs[chosen], why));
}

const struct verb verb_comparison = {
    .name = "comparison",
    .needs = NEEDS_NOTHING,
    .options = comparison_options,
    .usage = "list | show SLUG | withdraw SLUG... | restore SLUG... | date SLUG TIME | "
             "rename SLUG NEW | rename --tool OLD NEW",
    .help = "What is known of comparisons; withdraw, restore, date, rename them",
    .examples = "  verdicts comparison list --never-sent\n"
                "  verdicts comparison withdraw alpha-vs-beta\n"
                "  verdicts comparison date alpha-vs-beta 2026-11-27T09:00:00Z\n"
                "  verdicts comparison rename --tool 'Old Name' 'New Name'\n",
    .run = comparison_run,
};
