/* `comparison`: shows what is known about comparisons, and changes it. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cmd/catalogue.h"
#include "cmd/common.h"
#include "cmd/comparison.h"
#include "cmd/verbs.h"
#include "intake/fields.h"
#include "intake/text.h"
#include "store/comparison_life.h"
#include "store/run.h"

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

enum { SLUGS_MAX = 100000 };

/* `done` says that one was changed, `already` that there was nothing to change. */
static bool change_named(struct program *program, enum comparison_change change, const char *done,
                         const char *already, struct comparison_changed **outcomes,
                         struct failure *why)
{
    size_t count = (size_t)program->argc - 1;
    const char *missing;
    *outcomes = arena_array(&program->arena, count, sizeof **outcomes);
    if (!comparison_check_operands(program, 1, SLUGS_MAX, "the slugs of comparisons", why) ||
        !comparison_change_each(program->store, &program->arena, change, program->argv + 1, count,
                                clock_now(), *outcomes, &missing, why)) {
        return false;
    }
    if (missing != NULL) {
        return comparison_fail_missing(missing, why);
    }
    for (size_t i = 0; i < count && !program->quiet; i++) {
        const struct comparison_changed *outcome = &(*outcomes)[i];
        if (outcome->changed) {
            printf("%s %s\n", done, outcome->slug);
        } else {
            printf("%s %s\n", outcome->slug, already);
        }
    }
    return true;
}

static bool verb_withdraw(struct program *program, struct failure *why)
{
    struct comparison_changed *outcomes;
    if (!change_named(program, COMPARISON_WITHDRAW, "withdrawn", "was withdrawn before", &outcomes,
                      why)) {
        return false;
    }
    for (int i = 0; i < program->argc - 1; i++) {
        if (!catalogue_tell_withdrawn(program, outcomes[i].id, why)) {
            return false;
        }
    }
    return catalogue_follow(program, why);
}

static bool verb_restore(struct program *program, struct failure *why)
{
    struct comparison_changed *outcomes;
    return change_named(program, COMPARISON_RESTORE, "restored",
                        "was neither withdrawn nor left out", &outcomes, why) &&
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
    if (!comparison_check_operands(program, 2, 2, "a slug and a time as 2026-11-20T09:00:00Z",
                                   why)) {
        return false;
    }
    if (!clock_parse(program->argv[2], &when, why)) {
        why->kind = FAILURE_USAGE;
        return fail_context(why, "comparison date");
    }
    if (!comparison_get_named(program, program->argv[1], &found, why) ||
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

/* Reports a renaming; `kind` is what was to be renamed. */
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
    return comparison_get_named(program, program->argv[1], &found, why) &&
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
    return comparison_get_tool(program, tool, &id, why) &&
           comparison_rename_tool(program->store, arena, id, name, &outcome, why) &&
           tell_renamed(program, "tool", tool, name, outcome, why);
}

static bool verb_rename(struct program *program, struct failure *why)
{
    const char *tool = comparison_option(program, OPTION_TOOL);
    int operands = tool != NULL ? 1 : 2;
    const char *wanted = tool != NULL ? "the new name behind --tool OLD" : "a slug and a new one";
    if (!comparison_check_operands(program, operands, operands, wanted, why)) {
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
        comparison_list, comparison_show, verb_withdraw, verb_restore, verb_date, verb_rename};
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
