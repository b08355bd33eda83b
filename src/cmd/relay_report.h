/* What `status` and `report` print about each relay: what it accepted, and whether it is available.
 */
#ifndef CMD_RELAY_REPORT_H
#define CMD_RELAY_REPORT_H

#include "base/value.h"
#include "deliver/warming.h"
#include "settings/settings.h"
#include "store/absence.h"
#include "store/delivery.h"

struct relay_report {
    struct delivery_share *shares; /* of one issue */
    size_t share_count;
    struct absence *absences;
    size_t absence_count;
    struct relay_report_warmth {
        const char *relay;
        struct warming warming;
    } warm[SETTINGS_RELAYS]; /* those that warm up today */
    size_t warm_count;
};

/* `issue_id` 0: no shares. */
bool relay_report_read(struct store *store, struct arena *arena, const struct settings *settings,
                       int64_t issue_id, struct relay_report *report,
                       struct failure *why) MUST_CHECK;

/* Prints after `head` a line for each relay, if an issue used several: "by main: 1200 sent, 3
 * refused". */
void relay_report_print_shares(const struct relay_report *report, const char *head);
/* "relay        main is away since …" */
void relay_report_print_absences(const struct relay_report *report);

/* "relay        main warms up, day 6 of 15: 1518 today, 200 of them sent" */
void relay_report_print_warmth(const struct relay_report *report);

struct value *relay_report_shares_value(struct arena *arena, const struct relay_report *report);
struct value *relay_report_absences_value(struct arena *arena, const struct relay_report *report);
struct value *relay_report_warmth_value(struct arena *arena, const struct relay_report *report);

#endif
