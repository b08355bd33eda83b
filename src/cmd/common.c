#include "cmd/common.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "issue/at_hand.h"

enum { PRINT_MAX = 512 * 1024 * 1024 };

void common_print_json(const struct value *value)
{
    struct buf text;
    buf_init(&text, PRINT_MAX);
    json_write(&text, value, JSON_INDENTED);
    buf_add_char(&text, '\n');
    fwrite(text.data, 1, text.len, stdout);
    buf_free(&text);
}

struct value *common_time(struct arena *arena, int64_t instant)
{
    if (instant == 0) {
        return value_null(arena);
    }
    char text[CLOCK_TEXT];
    clock_format(instant, text);
    return value_text(arena, text);
}

bool common_find_week(struct program *program, const char *name, struct week *week, bool *next,
                      struct failure *why)
{
    *next = false;
    return name != NULL ? week_named(&program->settings, name, week, why)
                        : at_hand_find(program->store, &program->arena, &program->settings,
                                       clock_now(), week, next, why);
}

void common_say_next(struct program *program, const struct week *week, bool next)
{
    if (next && !program->quiet) {
        fprintf(stderr, "verdicts: no issue is due; %s\n",
                at_hand_words(&program->arena, week, clock_now()));
    }
}

/* Of issues, the newest first: the newest that is approved or being sent; otherwise the newest. One
 * of a week that has not ended yet only if there is no other: nothing of it can be sent. */
static struct issue *choose_current(struct issue *issues, size_t count, int64_t now)
{
    struct issue *newest = NULL;
    for (size_t i = 0; i < count; i++) {
        bool open = issues[i].state == ISSUE_SENDING || issues[i].state == ISSUE_APPROVED;
        if (issues[i].window_end > now) {
            continue;
        }
        if (open) {
            return &issues[i];
        }
        newest = newest != NULL ? newest : &issues[i];
    }
    return newest != NULL ? newest : count > 0 ? &issues[0] : NULL;
}

/* The due week's issue; otherwise the one that choose_current() chooses. */
static bool find_current(struct program *program, struct issue **issue, struct failure *why)
{
    struct week week;
    struct issue *issues;
    size_t count;
    week_due(&program->settings, clock_now(), &week);
    if (!issue_find_week(program->store, &program->arena, week.name, issue, why)) {
        return false;
    }
    if (*issue != NULL) {
        return true;
    }
    if (!issue_list(program->store, &program->arena, &issues, &count, why)) {
        return false;
    }
    *issue = choose_current(issues, count, clock_now());
    return *issue != NULL || fail(why, FAILURE_NO_INPUT,
                                  "there is no issue yet; `verdicts issue "
                                  "build` makes the one that is due");
}

bool common_find_issue(struct program *program, const char *number, struct issue **issue,
                       struct failure *why)
{
    if (number == NULL) {
        return find_current(program, issue, why);
    }
    int64_t n;
    if (!options_number("--issue", number, 1, INT32_MAX, &n, why) ||
        !issue_find_number(program->store, &program->arena, n, issue, why)) {
        return false;
    }
    return *issue != NULL ||
           fail(why, FAILURE_NO_INPUT, "there is no issue %lld; `verdicts issue list` shows them",
                (long long)n);
}

bool common_operand_issue(struct program *program, struct issue **issue, struct failure *why)
{
    const char *number = program->argc > 1 ? program->argv[1] : "";
    return common_find_issue(program, number, issue, why) ||
           (why->kind == FAILURE_USAGE
                ? fail(why, FAILURE_USAGE, "%s %s takes the number of an issue, not \"%.40s\"",
                       program->verb, program->argv[0], number)
                : false);
}

bool common_no_operands(const struct program *program, int allowed, struct failure *why)
{
    if (program->argc > allowed) {
        return fail(why, FAILURE_USAGE,
                    "%s: \"%.100s\" is one word too many; see `verdicts %s "
                    "--help`",
                    program->verb, program->argv[allowed], program->verb);
    }
    return true;
}

bool common_subverb(const struct program *program, const char *const *words, size_t count,
                    size_t *chosen, struct failure *why)
{
    for (size_t i = 0; program->argc > 0 && i < count; i++) {
        if (strcmp(program->argv[0], words[i]) == 0) {
            *chosen = i;
            return true;
        }
    }
    if (program->argc == 0) {
        return fail(why, FAILURE_USAGE, "%s: say what to do; see `verdicts %s --help`",
                    program->verb, program->verb);
    }
    return fail(why, FAILURE_USAGE, "%s: there is no \"%.40s\"; see `verdicts %s --help`",
                program->verb, program->argv[0], program->verb);
}

bool common_options_fit(const struct program *program, const struct option_spec *specs,
                        unsigned fit, struct failure *why)
{
    for (size_t i = 0; specs[i].name != NULL; i++) {
        if (program->options[i].count > 0 && (fit & 1u << i) == 0) {
            return fail(why, FAILURE_USAGE, "%s %s has no use for --%s; see `verdicts %s --help`",
                        program->verb, program->argv[0], specs[i].name, program->verb);
        }
    }
    return true;
}
