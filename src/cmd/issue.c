/* `issue`: the life of an issue: list, show, build, arrange, approve, pause, resume, cancel. */
#include "issue/approve.h"
#include "issue/arrange.h"
#include "issue/build.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cmd/common.h"
#include "cmd/operator.h"
#include "cmd/verbs.h"
#include "store/comparison.h"
#include "store/delivery.h"
#include "store/run.h"

enum issue_option {
    OPTION_JSON,
    OPTION_WEEK,
    OPTION_ORDER,
    OPTION_LEAVE_OUT,
    OPTION_PUT_BACK,
    OPTION_KEEP
};

static const struct option_spec issue_options[] = {
    [OPTION_JSON] = {"json", 0, NULL, "print JSON (list, show)", false},
    [OPTION_WEEK] = {"week", 0, "YYYY-Www", "build: that ISO week instead of the due one", false},
    [OPTION_ORDER] = {"order", 0, "SLUG", "arrange: to the front; repeat in the wanted order",
                      true},
    [OPTION_LEAVE_OUT] = {"leave-out", 0, "SLUG",
                          "arrange: an item that stays out until it is put back", true},
    [OPTION_PUT_BACK] = {"put-back", 0, "SLUG", "arrange: an item that was left out", true},
    [OPTION_KEEP] = {"keep", 0, NULL, "cancel: week and comparisons stay taken, as if it was sent",
                     false},
    {0},
};

static struct value *issue_to_value(struct arena *arena, const struct issue *issue)
{
    struct value *object = value_object(arena);
    value_set_int(arena, object, "number", issue->number);
    value_set_text(arena, object, "week", issue->iso_week);
    value_set_text(arena, object, "state", issue_state_name(issue->state));
    value_set_text(arena, object, "subject", issue->subject);
    value_set_text(arena, object, "preheader", issue->preheader);
    value_set_int(arena, object, "items", issue->item_count);
    value_set(arena, object, "window_start", common_time(arena, issue->window_start));
    value_set(arena, object, "window_end", common_time(arena, issue->window_end));
    value_set(arena, object, "date", common_time(arena, issue->date));
    value_set(arena, object, "built_at", common_time(arena, issue->built_at));
    value_set(arena, object, "approved_at", common_time(arena, issue->approved_at));
    value_set(arena, object, "started_at", common_time(arena, issue->started_at));
    value_set(arena, object, "finished_at", common_time(arena, issue->finished_at));
    value_set(arena, object, "paused_at", common_time(arena, issue->paused_at));
    return object;
}

static bool verb_list(struct program *program, struct failure *why)
{
    struct arena *arena = &program->arena;
    struct issue *issues;
    size_t count;
    if (!common_no_operands(program, 1, why) ||
        !issue_list(program->store, arena, &issues, &count, why)) {
        return false;
    }
    struct value *list = value_list(arena);
    for (size_t i = 0; i < count; i++) {
        if (program->options[OPTION_JSON].count > 0) {
            value_add(list, issue_to_value(arena, &issues[i]));
        } else {
            const char *paused = issues[i].paused_at != 0 ? ", paused" : "";
            printf("%4lld  %s  %-9s  %s\n", (long long)issues[i].number, issues[i].iso_week,
                   arena_format(arena, "%s%s", issue_state_name(issues[i].state), paused),
                   issues[i].subject);
        }
    }
    if (program->options[OPTION_JSON].count > 0) {
        common_print_json(list);
    }
    return true;
}

static void show_json(struct arena *arena, const struct issue *issue,
                      const struct issue_item *items, size_t count)
{
    struct value *object = issue_to_value(arena, issue);
    struct value *list = value_list(arena);
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_object(arena);
        value_set_text(arena, row, "slug", items[i].slug);
        value_set_int(arena, row, "position", items[i].position);
        value_set_int(arena, row, "story", items[i].story);
        value_set_text(arena, row, "reason", items[i].reason);
        value_add(list, row);
    }
    value_set(arena, object, "item_list", list);
    common_print_json(object);
}

static bool operand_issue(struct program *program, struct issue **issue, struct failure *why)
{
    if (program->argc != 2) {
        return fail(why, FAILURE_USAGE, "issue %s takes the number of one issue", program->argv[0]);
    }
    return common_find_issue(program, program->argv[1], issue, why) ||
           (why->kind == FAILURE_USAGE
                ? fail(why, FAILURE_USAGE, "issue %s takes the number of an issue, not \"%.40s\"",
                       program->argv[0], program->argv[1])
                : false);
}

static bool verb_show(struct program *program, struct failure *why)
{
    struct arena *arena = &program->arena;
    struct issue *issue;
    struct issue_item *items;
    size_t count;
    if (!operand_issue(program, &issue, why) ||
        !issue_items(program->store, arena, issue->id, &items, &count, why)) {
        return false;
    }
    if (program->options[OPTION_JSON].count > 0) {
        show_json(arena, issue, items, count);
        return true;
    }
    char date[CLOCK_TEXT];
    clock_format(issue->date, date);
    printf("issue %lld, %s, %s\nsubject:   %s\npreheader: %s\ndate:      %s\n",
           (long long)issue->number, issue->iso_week, issue_state_name(issue->state),
           issue->subject, issue->preheader, date);
    for (size_t i = 0; i < count; i++) {
        printf("%3lld  story %lld  %s: %s\n", (long long)items[i].position,
               (long long)items[i].story, items[i].slug, items[i].reason);
    }
    return true;
}

static bool verb_build(struct program *program, struct failure *why)
{
    const struct option_value *name = &program->options[OPTION_WEEK];
    struct week week;
    struct issue *issue;
    enum issue_built outcome;
    if (!common_no_operands(program, 1, why) || !settings_require_site(&program->settings, why) ||
        !settings_require_mail(&program->settings, why) ||
        !common_find_week(program, name->count > 0 ? name->values[0] : NULL, &week, why) ||
        !issue_build(program->store, &program->arena, &program->settings, &week, clock_now(),
                     &outcome, &issue, why)) {
        return false;
    }
    if (outcome == ISSUE_THIN) {
        printf("%s: too few comparisons; nothing is sent, they carry over (see `verdicts pick "
               "--explain`)\n",
               week.name);
    } else {
        printf("issue %lld (%s) %s: %s\n", (long long)issue->number, issue->iso_week,
               outcome == ISSUE_KEPT ? issue_state_name(issue->state) : "is a draft",
               issue->subject);
    }
    return true;
}

static bool slugs_to_ids(struct program *program, const struct option_value *slugs, int64_t **ids,
                         struct failure *why)
{
    *ids = arena_array(&program->arena, slugs->count, sizeof **ids);
    for (size_t i = 0; i < slugs->count; i++) {
        struct comparison *found;
        if (!comparison_find(program->store, &program->arena, slugs->values[i], &found, why)) {
            return false;
        }
        if (found == NULL) {
            return fail(why, FAILURE_NO_INPUT, "there is no comparison \"%.200s\"",
                        slugs->values[i]);
        }
        (*ids)[i] = found->id;
    }
    return true;
}

static bool verb_arrange(struct program *program, struct failure *why)
{
    const struct option_value *order = &program->options[OPTION_ORDER];
    const struct option_value *left_out = &program->options[OPTION_LEAVE_OUT];
    const struct option_value *put_back = &program->options[OPTION_PUT_BACK];
    struct issue *issue;
    int64_t *order_ids, *left_ids, *back_ids;
    if (!operand_issue(program, &issue, why) || !slugs_to_ids(program, order, &order_ids, why) ||
        !slugs_to_ids(program, left_out, &left_ids, why) ||
        !slugs_to_ids(program, put_back, &back_ids, why)) {
        return false;
    }
    const struct arrangement arrangement = {.first = order_ids,
                                            .first_count = order->count,
                                            .leave_out = left_ids,
                                            .leave_out_count = left_out->count,
                                            .put_back = back_ids,
                                            .put_back_count = put_back->count};
    return issue_rearrange(program->store, &program->arena, &program->settings, issue, &arrangement,
                           clock_now(), why) &&
           (program->quiet || verb_show(program, why));
}

static bool verb_approve(struct program *program, struct failure *why)
{
    struct issue *issue;
    bool changed;
    if (!operand_issue(program, &issue, why) || !settings_require_mail(&program->settings, why)) {
        return false;
    }
    if (issue->state == ISSUE_DRAFT && !program_open(program, NEEDS_KEYS, why)) {
        return false; /* check looks at signed links */
    }
    const struct issue_run run = operator_run(program);
    if (!approve_issue(&run, issue, &changed, why)) {
        return false;
    }
    if (issue->state == ISSUE_CANCELLED) {
        return fail(why, FAILURE_DATA, "issue %lld was cancelled", (long long)issue->number);
    }
    if (issue->state == ISSUE_SENT) {
        printf("issue %lld is sent already\n", (long long)issue->number);
        return true;
    }
    printf("issue %lld is %s; the next `verdicts weekly` or `verdicts send` sends it\n",
           (long long)issue->number, changed ? "approved" : issue_state_name(issue->state));
    return true;
}

static bool cancel(struct program *program, const struct issue *issue,
                   enum issue_cancelled *outcome, struct failure *why)
{
    int64_t now = clock_now();
    if (program->options[OPTION_KEEP].count == 0) {
        return issue_cancel(program->store, issue->id, now, outcome, why);
    }
    if (issue->state == ISSUE_DRAFT) {
        return fail(why, FAILURE_DATA,
                    "issue %lld is a draft, of which nothing can be kept; approve it first",
                    (long long)issue->number);
    }
    return issue_stop(program->store, issue->id, now, outcome, why);
}

/* Of a week that is over no issue is built any more. */
static void say_freed(const struct program *program, const struct issue *issue)
{
    struct week due;
    week_due(&program->settings, clock_now(), &due);
    if (strcmp(issue->iso_week, due.name) < 0) {
        printf("issue %lld is gone; nothing had left, its comparisons are free for the next issue, "
               "but for those that are too old by then (issue.max_age_days)\n",
               (long long)issue->number);
        return;
    }
    printf("issue %lld is gone; nothing had left, its week and comparisons are free again: the "
           "next `verdicts weekly` builds it anew\n",
           (long long)issue->number);
}

static bool verb_cancel(struct program *program, struct failure *why)
{
    struct issue *issue;
    enum issue_cancelled outcome;
    if (!operand_issue(program, &issue, why) || !cancel(program, issue, &outcome, why)) {
        return false;
    }
    switch (outcome) {
    case ISSUE_CANCEL_FREED:
        say_freed(program, issue);
        return true;
    case ISSUE_CANCEL_STOPPED:
        printf("issue %lld is stopped; who has it keeps it, nobody else gets it\n",
               (long long)issue->number);
        return true;
    case ISSUE_CANCEL_LATE:
        break;
    }
    return fail(why, FAILURE_DATA, "issue %lld is %s already; nothing is left to cancel",
                (long long)issue->number, issue_state_name(issue->state));
}

/* Says what stops it instead. */
static bool fail_ended(const struct issue *issue, const char *verb, struct failure *why)
{
    return fail(why, FAILURE_DATA, "issue %lld is %s already; there is nothing to %s",
                (long long)issue->number, issue_state_name(issue->state), verb);
}

static bool verb_pause(struct program *program, struct failure *why)
{
    struct issue *issue;
    bool changed;
    if (!operand_issue(program, &issue, why) ||
        !issue_pause(program->store, issue->id, clock_now(), &changed, why)) {
        return false;
    }
    if (issue->state == ISSUE_SENT || issue->state == ISSUE_CANCELLED) {
        return fail_ended(issue, "pause", why);
    }
    printf("issue %lld is paused%s: nothing of it is sent until `verdicts issue resume %lld`\n",
           (long long)issue->number, changed ? "" : " already", (long long)issue->number);
    return true;
}

static bool verb_resume(struct program *program, struct failure *why)
{
    struct issue *issue;
    bool changed;
    if (!operand_issue(program, &issue, why) ||
        !issue_resume(program->store, issue->id, clock_now(), &changed, why)) {
        return false;
    }
    if (issue->state == ISSUE_SENT || issue->state == ISSUE_CANCELLED) {
        return fail_ended(issue, "resume", why);
    }
    printf(changed ? "issue %lld is %s and no longer paused; the next run goes on with it\n"
                   : "issue %lld is %s and was not paused\n",
           (long long)issue->number, issue_state_name(issue->state));
    return true;
}

static bool issue_run(struct program *program, int *status, struct failure *why)
{
    static const char *const words[] = {"list",    "show",  "build",  "arrange",
                                        "approve", "pause", "resume", "cancel"};
    static bool (*const verbs[])(struct program *, struct failure *) = {
        verb_list,    verb_show,  verb_build,  verb_arrange,
        verb_approve, verb_pause, verb_resume, verb_cancel};
    size_t chosen;
    int64_t run = 0;
    (void)status;
    if (!common_subverb(program, words, 8, &chosen, why)) {
        return false;
    }
    bool changes = chosen >= 2;
    if (changes && !run_begin(program->store, "issue", clock_now(), &run, why)) {
        return false;
    }
    bool good = verbs[chosen](program, why);
    struct failure ignored = {0};
    int code = good ? 0 : failure_exit_code(why->kind);
    bool ended = !changes || run_end(program->store, run, clock_now(), code, words[chosen],
                                     good ? why : &ignored);
    return good && ended;
}

const struct verb verb_issue = {
    .name = "issue",
    .needs = NEEDS_STORE,
    .options = issue_options,
    .usage = "list | show N | build | arrange N | approve N | pause N | resume N | cancel N "
             "[--keep]",
    .help = "The life of an issue: list, show, build, arrange, approve, pause, resume, cancel",
    .examples = "  verdicts issue build\n"
                "  verdicts issue arrange 3 --order a-vs-b --order c-vs-d --leave-out e-vs-f\n"
                "  verdicts issue approve 3\n"
                "  verdicts issue pause 3\n",
    .run = issue_run,
};
