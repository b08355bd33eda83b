/* `check`: reports what is wrong with an issue before cron sends it. */
#include <stdio.h>

#include "cmd/common.h"
#include "cmd/select_issue.h"
#include "cmd/verbs.h"
#include "issue/examine.h"

enum check_option {
    CHECK_OPTION_ISSUE,
    CHECK_OPTION_WEEK,
    CHECK_OPTION_ANEW,
    CHECK_OPTION_STRICT,
    CHECK_OPTION_JSON,
    CHECK_OPTION_RULES
};

static const struct option_spec check_options[] = {
    [CHECK_OPTION_ISSUE] = {"issue", 0, "N", "that issue instead of the one that is due, or next",
                            false},
    [CHECK_OPTION_WEEK] = {"week", 0, "YYYY-Www", "that ISO week instead of the due or next one",
                           false},
    [CHECK_OPTION_ANEW] = {"anew", 0, NULL, "a frozen issue with today's templates", false},
    [CHECK_OPTION_STRICT] = {"strict", 0, NULL, "exit with 65 for warnings too", false},
    [CHECK_OPTION_JSON] = {"json", 0, NULL, "print JSON", false},
    [CHECK_OPTION_RULES] = {"rules", 0, NULL, "print the table of rules and stop", false},
    {0},
};

enum { CHECK_TEXT_MAX = 4 * 1024 * 1024 };

static void print_rules(struct program *program)
{
    struct value *list = value_list(&program->arena);
    const struct check_rule *rule;
    for (size_t i = 0; (rule = check_rule_at(i)) != NULL; i++) {
        if (program->options[CHECK_OPTION_JSON].count == 0) {
            printf("%-22s %-8s %s\n%32s%s [%s]\n", rule->name, check_level_name(rule->level),
                   rule->sentence, "", rule->why, rule->source);
            continue;
        }
        struct value *row = value_add(list, value_object(&program->arena));
        value_set_text(&program->arena, row, "rule", rule->name);
        value_set_text(&program->arena, row, "level", check_level_name(rule->level));
        value_set_text(&program->arena, row, "sentence", rule->sentence);
        value_set_text(&program->arena, row, "why", rule->why);
        value_set_text(&program->arena, row, "source", rule->source);
    }
    if (program->options[CHECK_OPTION_JSON].count > 0) {
        common_print_json(list);
    }
}

static void print_report(struct program *program, const struct issue_view *view,
                         const struct check_report *report)
{
    const struct issue *issue = &view->issue;
    struct buf text;
    if (program->options[CHECK_OPTION_JSON].count > 0) {
        struct value *object = check_to_value(&program->arena, report);
        value_set_int(&program->arena, object, "issue", issue->number);
        value_set_text(&program->arena, object, "week", issue->iso_week);
        value_set_bool(&program->arena, object, "frozen", issue_view_is_frozen(view));
        common_print_json(object);
        return;
    }
    buf_init(&text, CHECK_TEXT_MAX);
    check_print(&text, report);
    size_t errors = report->counts[CHECK_ERROR], warnings = report->counts[CHECK_WARNING];
    size_t notes = report->counts[CHECK_INFO];
    printf("%sissue %lld (%s): %zu error%s, %zu warning%s, %zu note%s\n", text.data,
           (long long)issue->number, issue->iso_week, errors, errors == 1 ? "" : "s", warnings,
           warnings == 1 ? "" : "s", notes, notes == 1 ? "" : "s");
    buf_free(&text);
}

static bool check_run_verb(struct program *program, int *status, struct failure *why)
{
    struct issue_view view;
    struct check_report report;
    if (!common_no_operands(program, 0, why)) {
        return false;
    }
    if (program->options[CHECK_OPTION_RULES].count > 0) {
        print_rules(program);
        return true;
    }
    if (!program_open(program, NEEDS_READING | NEEDS_KEYS, why) ||
        !select_issue_view(program, &program->options[CHECK_OPTION_ISSUE],
                           &program->options[CHECK_OPTION_WEEK],
                           program->options[CHECK_OPTION_ANEW].count > 0, &view, why) ||
        !examine(program->store, &program->arena, &program->settings, program->keys, &view, &report,
                 why)) {
        return false;
    }
    print_report(program, &view, &report);
    bool strict = program->options[CHECK_OPTION_STRICT].count > 0;
    if (report.counts[CHECK_ERROR] > 0 || (strict && report.counts[CHECK_WARNING] > 0)) {
        *status = EXIT_BAD_DATA;
    }
    return true;
}

const struct verb verb_check = {
    .name = "check",
    .needs = NEEDS_NOTHING,
    .options = check_options,
    .usage = "[--issue N | --week YYYY-Www] [--anew] [--strict] [--json] [--rules]",
    .help = "Say what is wrong with the issue: size, links, contrast, headers, placeholders",
    .examples = "  verdicts check\n"
                "  verdicts check --strict --json\n"
                "  verdicts check --rules\n",
    .run = check_run_verb,
};
