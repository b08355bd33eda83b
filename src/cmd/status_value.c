#include "cmd/common.h"
#include "cmd/status.h"
#include "store/delivery.h"

static struct value *counts_to_value(struct arena *arena, const int64_t counts[DELIVERY_STATES])
{
    struct value *object = value_object(arena);
    for (int state = 0; state < DELIVERY_STATES; state++) {
        value_set_int(arena, object, delivery_state_name((enum delivery_state)state),
                      counts[state]);
    }
    return object;
}

static struct value *issues_to_value(struct arena *arena, const struct status *status)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < status->issue_count; i++) {
        const struct issue *issue = &status->issues[i];
        struct value *row = value_object(arena);
        value_set_int(arena, row, "number", issue->number);
        value_set_text(arena, row, "week", issue->iso_week);
        value_set_text(arena, row, "state", issue_state_name(issue->state));
        value_set(arena, row, "paused_at", common_time(arena, issue->paused_at));
        value_set_text(arena, row, "subject", issue->subject);
        value_set(arena, row, "counts", counts_to_value(arena, status->counts[i]));
        value_add(list, row);
    }
    return list;
}

static struct value *runs_to_value(struct arena *arena, const struct status *status)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < status->run_count; i++) {
        const struct run *run = &status->runs[i];
        struct value *row = value_object(arena);
        value_set_text(arena, row, "verb", run->verb);
        value_set(arena, row, "started_at", common_time(arena, run->started_at));
        value_set(arena, row, "finished_at", common_time(arena, run->finished_at));
        value_set(arena, row, "exit_code",
                  run->exit_code < 0 ? value_null(arena) : value_int(arena, run->exit_code));
        value_set_text(arena, row, "summary", run->summary);
        value_add(list, row);
    }
    return list;
}

static struct value *held_to_value(struct arena *arena, const struct status *status)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < status->held_count; i++) {
        struct value *row = value_add(list, value_object(arena));
        value_set_text(arena, row, "domain", status->held[i].domain);
        value_set_text(arena, row, "code", status->held[i].key);
        value_set_int(arena, row, "people", status->held[i].people);
    }
    return list;
}

static struct value *hold_to_value(struct arena *arena, const struct hold *hold)
{
    if (hold == NULL) {
        return value_null(arena);
    }
    struct value *object = value_object(arena);
    value_set(arena, object, "since", common_time(arena, hold->since));
    value_set(arena, object, "until", common_time(arena, hold->until));
    value_set(arena, object, "all", value_bool(arena, hold->everything));
    value_set_text(arena, object, "by", hold->who);
    value_set_text(arena, object, "reason", hold->reason);
    return object;
}

static int64_t all_gone(const struct growth *growth)
{
    return growth->left + growth->bounced + growth->complained;
}

static struct value *gone_to_value(struct arena *arena, const struct status *status)
{
    struct value *object = value_object(arena);
    value_set_int(arena, object, "left", status->growth.left);
    value_set_int(arena, object, "bounced", status->growth.bounced);
    value_set_int(arena, object, "complained", status->growth.complained);
    return object;
}

static struct value *rests_to_value(struct arena *arena, const struct status *status)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < status->rest_count; i++) {
        const struct rest *rest = &status->rests[i];
        struct value *row = value_add(list, value_object(arena));
        value_set_text(arena, row, "relay", rest->relay);
        value_set(arena, row, "since", common_time(arena, rest->began_at));
        value_set(arena, row, "next_try", common_time(arena, rest->until));
        value_set_int(arena, row, "readers", rest->answers);
        value_set_text(arena, row, "reply", rest->reply);
        value_set(arena, row, "remedy", value_text(arena, rest->remedy));
    }
    return list;
}

struct value *status_to_value(struct arena *arena, const struct status *status)
{
    struct value *object = value_object(arena);
    struct value *people = value_object(arena);
    for (int i = 0; i <= SUBSCRIBER_FORGOTTEN; i++) {
        value_set_int(arena, people, subscriber_status_name((enum subscriber_status)i),
                      status->people[i]);
    }
    value_set_text(arena, object, "week", status->week.name);
    value_set(arena, object, "subscribers", people);
    value_set_int(arena, object, "joined", status->growth.confirmed);
    value_set_int(arena, object, "left", all_gone(&status->growth));
    value_set(arena, object, "gone", gone_to_value(arena, status));
    value_set_int(arena, object, "comparisons", status->comparisons);
    value_set(arena, object, "issues", issues_to_value(arena, status));
    value_set(arena, object, "mails", counts_to_value(arena, status->mails));
    value_set(arena, object, "hold", hold_to_value(arena, status->hold));
    value_set(arena, object, "relays", relay_report_shares_value(arena, &status->relays));
    value_set(arena, object, "absent_relays", relay_report_absences_value(arena, &status->relays));
    value_set(arena, object, "warming_relays", relay_report_warmth_value(arena, &status->relays));
    value_set(arena, object, "resting_relays", rests_to_value(arena, status));
    value_set(arena, object, "held_bounces", held_to_value(arena, status));
    value_set_int(arena, object, "quarantined", status->unknown);
    struct value *reports = value_set(arena, object, "reports", value_object(arena));
    value_set_int(arena, reports, "dmarc", status->dmarc);
    value_set_int(arena, reports, "tls", status->tls);
    value_set(arena, object, "runs", runs_to_value(arena, status));
    return object;
}
