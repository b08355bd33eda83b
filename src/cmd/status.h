/* Inside `status`: the state of the newsletter, read once, and printed as text or as JSON. */
#ifndef CMD_STATUS_H
#define CMD_STATUS_H

#include "cmd/relay_report.h"
#include "issue/obstacle.h"
#include "pick/week.h"
#include "store/bounce.h"
#include "store/growth.h"
#include "store/rest.h"
#include "store/run.h"
#include "store/subscriber.h"

enum { STATUS_RUNS = 20, STATUS_FAILURES = 5, STATUS_ISSUES = 5, STATUS_DAYS = 30 };

struct status {
    int64_t people[SUBSCRIBER_FORGOTTEN + 1];
    struct growth growth; /* within STATUS_DAYS */
    int64_t comparisons;
    int64_t mails[DELIVERY_STATES];
    struct issue *issues;
    size_t issue_count;
    int64_t (*counts)[DELIVERY_STATES];
    struct run *runs;
    size_t run_count;
    struct week week;
    struct hold *hold;         /* NULL: none */
    struct bounce_group *held; /* bounces that a storm holds back */
    size_t held_count;
    const char *list; /* obstacle_list() */
    struct obstacle_import *imports;
    size_t import_count;
    struct relay_report relays; /* of the newest issue */
    struct rest *rests;         /* relays at rest */
    size_t rest_count;
    int64_t unknown;    /* messages within STATUS_DAYS that are in Quarantine */
    int64_t dmarc, tls; /* reports within STATUS_DAYS */
};

void status_print(struct arena *arena, const struct status *status);
struct value *status_to_value(struct arena *arena, const struct status *status);

#endif
