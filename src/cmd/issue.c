/* `issue`: the life of an issue: list, show, build, what editors do to it, approve, pause, resume,
 * cancel. */
#include "issue/approve.h"
#include "issue/arrange.h"
#include "issue/build.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cmd/common.h"
#include "cmd/issue.h"
#include "cmd/issue_show.h"
#include "cmd/issue_stop.h"
#include "cmd/issue_words.h"
#include "cmd/operator.h"
#include "cmd/verbs.h"
#include "store/run.h"

static const struct option_spec issue_options[] = {
    [ISSUE_OPTION_JSON] = {"json", 0, NULL, "print JSON (list, show)", false},
    [ISSUE_OPTION_WEEK] = {"week", 0, "YYYY-Www",
                           "build: that ISO week instead of the due or next one", false},
    [ISSUE_OPTION_ORDER] = {"order", 0, "SLUG", "arrange: to the front; repeat in the wanted order",
                            true},
    [ISSUE_OPTION_LEAVE_OUT] = {"leave-out", 0, "SLUG",
                                "arrange: an item that stays out until it is put back", true},
    [ISSUE_OPTION_PUT_BACK] = {"put-back", 0, "SLUG", "arrange: an item that was left out", true},
    [ISSUE_OPTION_KEEP] = {"keep", 0, NULL,
                           "cancel: week and comparisons stay taken, as if it was sent", false},
    [ISSUE_OPTION_STORY] = {"story", 0, "SLUG",
                            "note: on the story with that comparison, or of that number", false},
    [ISSUE_OPTION_FOR] = {"for", 0, "K", "quote: that sentence speaks for the tool", false},
    [ISSUE_OPTION_AGAINST] = {"against", 0, "K", "quote: that sentence speaks against the tool",
                              false},
    [ISSUE_OPTION_CLEAR] = {"clear", 0, NULL,
                            "subject, preheader, headline, note, quote: take an editor's back",
                            false},
    {0},
};

static bool verb_list(struct program *program, struct failure *why)
{
    return common_no_operands(program, 1, why) &&
           issue_show_list(program, program->options[ISSUE_OPTION_JSON].count > 0, why);
}

static bool operand_issue(struct program *program, struct issue **issue, struct failure *why)
{
    if (program->argc != 2) {
        return fail(why, FAILURE_USAGE, "issue %s takes the number of one issue", program->argv[0]);
    }
    return common_operand_issue(program, issue, why);
}

static bool verb_show(struct program *program, struct failure *why)
{
    struct issue *issue;
    return operand_issue(program, &issue, why) &&
           issue_show_one(program, issue, program->options[ISSUE_OPTION_JSON].count > 0, why);
}

static bool verb_build(struct program *program, struct failure *why)
{
    const struct option_value *name = &program->options[ISSUE_OPTION_WEEK];
    struct week week;
    bool next;
    struct issue *issue;
    enum issue_built outcome;
    if (!common_no_operands(program, 1, why) || !settings_require_site(&program->settings, why) ||
        !settings_require_mail(&program->settings, why) ||
        !common_find_week(program, name->count > 0 ? name->values[0] : NULL, &week, &next, why) ||
        !issue_build(program->store, &program->arena, &program->settings, &week, clock_now(),
                     &outcome, &issue, why)) {
        return false;
    }
    common_say_next(program, &week, next);
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

static bool verb_arrange(struct program *program, struct failure *why)
{
    const struct option_value *order = &program->options[ISSUE_OPTION_ORDER];
    const struct option_value *left_out = &program->options[ISSUE_OPTION_LEAVE_OUT];
    const struct option_value *put_back = &program->options[ISSUE_OPTION_PUT_BACK];
    struct issue *issue;
    int64_t *order_ids, *left_ids, *back_ids;
    if (order->count + left_out->count + put_back->count == 0) {
        return fail(why, FAILURE_USAGE,
                    "issue arrange takes --order SLUG, --leave-out SLUG or --put-back SLUG");
    }
    if (!operand_issue(program, &issue, why) ||
        !arrange_find(program->store, &program->arena, order->values, order->count, &order_ids,
                      why) ||
        !arrange_find(program->store, &program->arena, left_out->values, left_out->count, &left_ids,
                      why) ||
        !arrange_find(program->store, &program->arena, put_back->values, put_back->count, &back_ids,
                      why)) {
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
    printf("issue %lld is %s; %s\n", (long long)issue->number,
           changed ? "approved" : issue_state_name(issue->state),
           approve_words(&program->arena, issue, clock_now()));
    return true;
}

static bool verb_cancel(struct program *program, struct failure *why)
{
    struct issue *issue;
    return operand_issue(program, &issue, why) &&
           issue_stop_cancel(program, issue, program->options[ISSUE_OPTION_KEEP].count > 0, why);
}

static bool verb_pause(struct program *program, struct failure *why)
{
    struct issue *issue;
    return operand_issue(program, &issue, why) && issue_stop_pause(program, issue, why);
}

static bool verb_resume(struct program *program, struct failure *why)
{
    struct issue *issue;
    return operand_issue(program, &issue, why) && issue_stop_resume(program, issue, why);
}

enum { ISSUE_WORDS = 13, ISSUE_READING = 2, JSON = 1u << ISSUE_OPTION_JSON };

static const struct {
    bool (*run)(struct program *, struct failure *);
    unsigned uses; /* bits of its options */
} issue_subverbs[ISSUE_WORDS] = {
    {verb_list, JSON},
    {verb_show, JSON},
    {verb_build, 1u << ISSUE_OPTION_WEEK},
    {verb_arrange,
     JSON | 1u << ISSUE_OPTION_ORDER | 1u << ISSUE_OPTION_LEAVE_OUT | 1u << ISSUE_OPTION_PUT_BACK},
    {issue_words_subject, JSON | 1u << ISSUE_OPTION_CLEAR},
    {issue_words_preheader, JSON | 1u << ISSUE_OPTION_CLEAR},
    {issue_words_headline, JSON | 1u << ISSUE_OPTION_CLEAR},
    {issue_words_note, JSON | 1u << ISSUE_OPTION_CLEAR | 1u << ISSUE_OPTION_STORY},
    {issue_words_quote,
     JSON | 1u << ISSUE_OPTION_CLEAR | 1u << ISSUE_OPTION_FOR | 1u << ISSUE_OPTION_AGAINST},
    {verb_approve, 0},
    {verb_pause, 0},
    {verb_resume, 0},
    {verb_cancel, 1u << ISSUE_OPTION_KEEP},
};

static bool issue_run(struct program *program, int *status, struct failure *why)
{
    static const char *const words[ISSUE_WORDS] = {
        "list", "show",  "build",   "arrange", "subject", "preheader", "headline",
        "note", "quote", "approve", "pause",   "resume",  "cancel"};
    size_t chosen;
    int64_t run = 0;
    (void)status;
    if (!common_subverb(program, words, ISSUE_WORDS, &chosen, why) ||
        !common_options_fit(program, issue_options, issue_subverbs[chosen].uses, why)) {
        return false;
    }
    bool changes = chosen >= ISSUE_READING && !issue_words_only_lists(program);
    if (changes && !run_begin(program->store, "issue", clock_now(), &run, why)) {
        return false;
    }
    bool good = issue_subverbs[chosen].run(program, why);
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
    .usage =
        "list | show N | build | arrange N | subject N TEXT | preheader N TEXT | headline N "
        "TEXT | note N FILE [--story SLUG] | quote N TOOL [--for K | --against K] | approve N | "
        "pause N | resume N | cancel N [--keep]",
    .help = "The life of an issue: list, show, build, arrange, reword, approve, pause, cancel",
    .examples = "  verdicts issue build\n"
                "  verdicts issue arrange 3 --order a-vs-b --order c-vs-d --leave-out e-vs-f\n"
                "  verdicts issue subject 3 'Otter wins, Nib catches up'\n"
                "  verdicts issue note 3 --story 2 note.md\n"
                "  verdicts issue quote 3 otter --for 4\n"
                "  verdicts issue approve 3\n"
                "  verdicts issue pause 3\n",
    .run = issue_run,
};
