#include "cmd/relay_report.h"

#include <stdio.h>

#include "base/clock.h"
#include "cmd/common.h"
#include "smtp/relay.h"

static bool read_warmth(struct store *store, struct arena *arena, const struct settings *settings,
                        struct relay_report *report, struct failure *why)
{
    for (size_t i = 0; i < settings_relay_count(settings); i++) {
        const struct settings_relay *named = settings_relay(settings, i);
        struct relay_report_warmth *warm = &report->warm[report->warm_count];
        struct settings_relay place = {.name = named->name, .url = named->url, .tls = named->tls};
        struct relay relay;
        if (!warming_asked(named)) {
            continue;
        }
        /* Only its name in the ledger, for which no password is read. */
        if (!relay_read(arena, &place, &relay, why) ||
            !warming_find(store, named, relay.name, clock_now(), &warm->warming, why)) {
            return false;
        }
        warm->relay = relay.name;
        report->warm_count += warm->warming.allowance != INT64_MAX;
    }
    return true;
}

bool relay_report_read(struct store *store, struct arena *arena, const struct settings *settings,
                       int64_t issue_id, struct relay_report *report, struct failure *why)
{
    *report = (struct relay_report){0};
    return read_warmth(store, arena, settings, report, why) &&
           absence_list(store, arena, &report->absences, &report->absence_count, why) &&
           (issue_id == 0 ||
            delivery_shares(store, arena, issue_id, &report->shares, &report->share_count, why));
}

void relay_report_print_shares(const struct relay_report *report, const char *head)
{
    for (size_t i = 0; report->share_count > 1 && i < report->share_count; i++) {
        const char *comma = ":";
        printf("%sby %s", head, report->shares[i].relay);
        for (int state = 0; state < DELIVERY_STATES; state++) {
            if (report->shares[i].counts[state] > 0) {
                printf("%s %lld %s", comma, (long long)report->shares[i].counts[state],
                       delivery_state_name((enum delivery_state)state));
                comma = ",";
            }
        }
        printf("\n");
    }
}

void relay_report_print_absences(const struct relay_report *report)
{
    for (size_t i = 0; i < report->absence_count; i++) {
        char since[CLOCK_TEXT];
        clock_format(report->absences[i].since, since);
        printf("relay        %s is away since %s: %s\n", report->absences[i].relay, since,
               report->absences[i].why);
    }
}

/* 1518 as "1,518". */
static const char *group(int64_t number, char out[32])
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%lld", (long long)number);
    size_t end = 0;
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0) {
            out[end++] = ',';
        }
        out[end++] = digits[i];
    }
    out[end] = '\0';
    return out;
}

void relay_report_print_warmth(const struct relay_report *report)
{
    for (size_t i = 0; i < report->warm_count; i++) {
        const struct warming *warming = &report->warm[i].warming;
        char today[32], sent[32];
        printf("relay        %s warms up, day %lld of %lld: %s today, %s of them sent\n",
               report->warm[i].relay, (long long)warming->number, (long long)warming->days,
               group(warming->allowance, today), group(warming->sent, sent));
    }
}

struct value *relay_report_warmth_value(struct arena *arena, const struct relay_report *report)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < report->warm_count; i++) {
        const struct warming *warming = &report->warm[i].warming;
        struct value *row = value_add(list, value_object(arena));
        value_set_text(arena, row, "relay", report->warm[i].relay);
        value_set_int(arena, row, "day", warming->number);
        value_set_int(arena, row, "days", warming->days);
        value_set_int(arena, row, "today", warming->allowance);
        value_set_int(arena, row, "sent", warming->sent);
    }
    return list;
}

struct value *relay_report_shares_value(struct arena *arena, const struct relay_report *report)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < report->share_count; i++) {
        struct value *row = value_add(list, value_object(arena));
        value_set_text(arena, row, "relay", report->shares[i].relay);
        for (int state = 0; state < DELIVERY_STATES; state++) {
            value_set_int(arena, row, delivery_state_name((enum delivery_state)state),
                          report->shares[i].counts[state]);
        }
    }
    return list;
}

struct value *relay_report_absences_value(struct arena *arena, const struct relay_report *report)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < report->absence_count; i++) {
        const struct absence *absence = &report->absences[i];
        struct value *row = value_add(list, value_object(arena));
        value_set_text(arena, row, "relay", absence->relay);
        value_set(arena, row, "since", common_time(arena, absence->since));
        value_set_text(arena, row, "why", absence->why);
    }
    return list;
}
