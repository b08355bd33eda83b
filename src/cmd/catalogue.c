#include "cmd/catalogue.h"

#include <stdio.h>

#include "base/clock.h"
#include "issue/follow.h"
#include "store/comparison_life.h"
#include "store/delivery.h"

/* The readers of an issue, counted by whether they have it. */
struct reader_counts {
    int64_t have, may_have, wait;
};

static bool count_reach(struct program *program, int64_t issue_id, struct reader_counts *reach,
                        struct failure *why)
{
    struct delivery_queue queue = {.issue_id = issue_id};
    int64_t counts[DELIVERY_STATES];
    if (!delivery_counts(program->store, queue, counts, why)) {
        return false;
    }
    reach->have = counts[DELIVERY_SENT];
    reach->may_have = counts[DELIVERY_IN_DOUBT] + counts[DELIVERY_SENDING];
    reach->wait = counts[DELIVERY_QUEUED] + counts[DELIVERY_DEFERRED];
    return true;
}

static void tell_under_way(const struct comparison_state *state, const struct reader_counts *reach)
{
    struct failure word;
    long long number = (long long)state->issue_number;
    fail(&word, FAILURE_DATA,
         "%s stands in issue %lld, which is being sent: %lld readers have it, %lld may have it, "
         "%lld do not have it yet; `verdicts issue pause %lld` keeps it from them, `verdicts issue "
         "cancel %lld` for good; the run goes on otherwise",
         state->slug, number, (long long)reach->have, (long long)reach->may_have,
         (long long)reach->wait, number, number);
    program_warn(word.text);
}

static void tell_over(const struct comparison_state *state, const struct reader_counts *reach)
{
    struct failure word;
    fail(&word, FAILURE_DATA,
         "%s stands in issue %lld, which is %s: %lld readers have it, %lld may have it; nothing "
         "calls it back",
         state->slug, (long long)state->issue_number, issue_state_name(state->issue_state),
         (long long)reach->have, (long long)reach->may_have);
    program_warn(word.text);
}

static void tell_approved(const struct comparison_state *state)
{
    struct failure word;
    long long number = (long long)state->issue_number;
    fail(&word, FAILURE_DATA,
         "%s is in issue %lld, which is approved and is not sent with it; `verdicts issue cancel "
         "%lld` lets the issue be built again without it",
         state->slug, number, number);
    program_warn(word.text);
}

bool catalogue_tell_withdrawn(struct program *program, int64_t id, struct failure *why)
{
    struct comparison_state state;
    struct reader_counts reach = {0};
    if (!comparison_state(program->store, &program->arena, id, &state, why) ||
        (state.issue_id != 0 && !count_reach(program, state.issue_id, &reach, why))) {
        return false;
    }
    if (state.issue_id == 0 || state.issue_state == ISSUE_DRAFT) {
        return true;
    }
    if (state.issue_state == ISSUE_APPROVED) {
        tell_approved(&state);
    } else if (state.issue_state == ISSUE_SENDING) {
        tell_under_way(&state, &reach);
    } else {
        tell_over(&state, &reach);
    }
    return true;
}

bool catalogue_follow(struct program *program, struct failure *why)
{
    struct issue *draft;
    struct followed *drafts;
    size_t count;
    const struct settings *settings = &program->settings;
    if (!issue_find_state(program->store, &program->arena, ISSUE_DRAFT, &draft, why)) {
        return false;
    }
    if (draft == NULL) {
        return true;
    }
    if (!settings_require_site(settings, why) || !settings_require_mail(settings, why) ||
        !issue_follow(program->store, &program->arena, settings, clock_now(), &drafts, &count,
                      why)) {
        return false;
    }
    for (size_t i = 0; i < count && !program->quiet; i++) {
        printf(drafts[i].gone ? "issue %lld (%s): too few comparisons are left; the draft is gone, "
                                "they carry over\n"
                              : "issue %lld (%s): the draft is built again\n",
               (long long)drafts[i].number, drafts[i].iso_week);
    }
    return true;
}
