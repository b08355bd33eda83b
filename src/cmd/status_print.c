#include "cmd/status.h"

#include <stdio.h>

#include "base/clock.h"
#include "store/delivery.h"
#include "store/hold.h"

static void print_counts(const int64_t counts[DELIVERY_STATES])
{
    const char *comma = "";
    for (int state = 0; state < DELIVERY_STATES; state++) {
        if (counts[state] > 0) {
            printf("%s%lld %s", comma, (long long)counts[state],
                   delivery_state_name((enum delivery_state)state));
            comma = ", ";
        }
    }
    printf("%s\n", comma[0] == '\0' ? "none" : "");
}

static void print_rests(const struct status *status)
{
    for (size_t i = 0; i < status->rest_count; i++) {
        const struct rest *rest = &status->rests[i];
        char since[CLOCK_TEXT], until[CLOCK_TEXT];
        clock_format(rest->began_at, since);
        clock_format(rest->until, until);
        printf(
            "relay        %s rests since %s, next try %s: %lld reader%s answered with \"%s\"%s%s\n",
            rest->relay, since, until, (long long)rest->answers,
            rest->answers == 1 ? " was" : "s were", rest->reply, rest->remedy != NULL ? ": " : "",
            rest->remedy != NULL ? rest->remedy : "");
    }
}

static void print_bounces(const struct status *status)
{
    for (size_t i = 0; i < status->held_count; i++) {
        const struct bounce_group *held = &status->held[i];
        printf("held back    %lld bounces of %s with %s: verdicts bounces --release %s\n",
               (long long)held->people, held->domain, held->key, held->domain);
    }
    if (status->unknown > 0) {
        printf("quarantine   %lld message%s of the last %d days could not be understood: look at "
               "%s in the folder Quarantine; verdicts bounces --explain FILE\n",
               (long long)status->unknown, status->unknown == 1 ? "" : "s", STATUS_DAYS,
               status->unknown == 1 ? "it" : "them");
    }
    if (status->dmarc + status->tls > 0) {
        printf("reports      %lld of DMARC and %lld of TLS in the last %d days, in the folder "
               "Reports\n",
               (long long)status->dmarc, (long long)status->tls, STATUS_DAYS);
    }
}

static void print_runs(const struct status *status)
{
    for (size_t i = 0; i < status->run_count; i++) {
        const struct run *run = &status->runs[i];
        char started[CLOCK_TEXT];
        clock_format(run->started_at, started);
        if (run->exit_code < 0) {
            printf("run          %s %s: not ended (running, or it died)\n", started, run->verb);
        } else {
            printf("run          %s %s: exit %lld%s%s\n", started, run->verb,
                   (long long)run->exit_code, run->summary[0] != '\0' ? ": " : "", run->summary);
        }
    }
}

static void print_standing(const struct status *status)
{
    if (status->list != NULL) {
        printf("list         %s\n", status->list);
    }
    for (size_t i = 0; i < status->import_count; i++) {
        printf("import       %s\n", status->imports[i].line);
    }
}

void status_print(struct arena *arena, const struct status *status)
{
    if (status->hold != NULL) {
        printf("hold         %s\n", obstacle_hold(arena, status->hold));
    }
    printf("due week     %s\nsubscribers  ", status->week.name);
    for (int i = 0; i < SUBSCRIBER_FORGOTTEN; i++) {
        printf("%s%lld %s", i > 0 ? ", " : "", (long long)status->people[i],
               subscriber_status_name((enum subscriber_status)i));
    }
    printf("\nlast %d days  %lld joined, %lld left, %lld bounced, %lld complained\n", STATUS_DAYS,
           (long long)status->growth.confirmed, (long long)status->growth.left,
           (long long)status->growth.bounced, (long long)status->growth.complained);
    print_standing(status);
    printf("comparisons  %lld\n", (long long)status->comparisons);
    for (size_t i = 0; i < status->issue_count; i++) {
        const struct issue *issue = &status->issues[i];
        printf("issue %-6lld %s %s%s: ", (long long)issue->number, issue->iso_week,
               issue_state_name(issue->state), issue->paused_at != 0 ? ", paused" : "");
        print_counts(status->counts[i]);
        if (i == 0) {
            relay_report_print_shares(&status->relays, "             ");
        }
    }
    printf("mails        ");
    print_counts(status->mails);
    relay_report_print_absences(&status->relays);
    relay_report_print_warmth(&status->relays);
    print_rests(status);
    print_bounces(status);
    print_runs(status);
}
