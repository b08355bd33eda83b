#include "cmd/report_readers.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "cmd/common.h"
#include "store/delivery.h"

enum { ROW_MAX = 64 * 1024 };

/* Rows are printed as they are read: a list of a million is not held in memory. */
struct report {
    struct arena arena; /* for one row */
    bool json;
    bool first;
    bool doubted;    /* only rows that may have been sent twice */
    unsigned states; /* the states to print, a bit each */
};

static struct value *row_to_value(struct arena *arena, const struct delivery *row)
{
    struct value *object = value_object(arena);
    value_set_int(arena, object, "subscriber", row->subscriber_id);
    value_set_text(arena, object, "address", row->address);
    value_set_text(arena, object, "state", delivery_state_name(row->state));
    value_set(arena, object, "code",
              row->code != 0 ? value_int(arena, row->code) : value_null(arena));
    value_set_text(arena, object, "enhanced", row->enhanced);
    value_set_text(arena, object, "reply", row->reply);
    value_set(arena, object, "relay",
              row->relay != NULL && row->relay[0] != '\0' ? value_text(arena, row->relay)
                                                          : value_null(arena));
    value_set_int(arena, object, "attempts", row->attempts);
    value_set(arena, object, "next_at",
              row->state == DELIVERY_DEFERRED ? common_time(arena, row->next_at)
                                              : value_null(arena));
    value_set(arena, object, "done_at", common_time(arena, row->done_at));
    value_set_int(arena, object, "doubted", row->doubted);
    value_set_text(arena, object, "message_id", row->message_id);
    return object;
}

static bool report_row(void *context, const struct delivery *row, struct failure *why)
{
    struct report *report = context;
    (void)why;
    if ((report->doubted && row->doubted == 0) || !(report->states & 1u << row->state)) {
        return true;
    }
    if (!report->json) {
        printf("%lld\t%s\t%s\t%s\n", (long long)row->subscriber_id, row->address,
               delivery_state_name(row->state), row->reply != NULL ? row->reply : "");
        return true;
    }
    struct buf text;
    arena_reset(&report->arena);
    buf_init(&text, ROW_MAX);
    json_write(&text, row_to_value(&report->arena, row), JSON_COMPACT);
    printf("%s%s", report->first ? "\n" : ",\n", text.data);
    report->first = false;
    buf_free(&text);
    return true;
}

/* "refused,gave_up", "not-sent", "all", "doubted"; a bit for each state. */
static bool read_states(const char *text, struct report *report, struct failure *why)
{
    const unsigned every = (1u << DELIVERY_STATES) - 1;
    for (const char *at = text; *at != '\0';) {
        char name[40];
        enum delivery_state state;
        size_t len = strcspn(at, ",");
        snprintf(name, sizeof name, "%.*s", (int)(len < sizeof name ? len : sizeof name - 1), at);
        if (strcmp(name, "all") == 0 || strcmp(name, "doubted") == 0) {
            report->states = every;
            report->doubted = name[0] == 'd';
        } else if (strcmp(name, "not-sent") == 0) {
            report->states |= every & ~(1u << DELIVERY_SENT);
        } else if (delivery_state_find(name, &state)) {
            report->states |= 1u << state;
        } else {
            return fail(why, FAILURE_USAGE,
                        "--readers takes all, not-sent, doubted (those who may have it twice), or "
                        "some of queued, sending, in_doubt, sent, deferred, refused, gave_up and "
                        "skipped with commas between, not \"%.40s\"",
                        text);
        }
        at += len + (at[len] == ',');
    }
    return report->states != 0 || fail(why, FAILURE_USAGE, "--readers names no state");
}

/* The state, if there is only one: the ledger has an index by state. NULL if there are several. */
static const enum delivery_state *only_state(const struct report *report,
                                             enum delivery_state *storage)
{
    for (int state = 0; state < DELIVERY_STATES; state++) {
        if (report->states == 1u << state) {
            *storage = (enum delivery_state)state;
            return storage;
        }
    }
    return NULL;
}

bool report_readers(struct program *program, const struct issue *issue, const char *names,
                    bool json, struct failure *why)
{
    struct report report = {.json = json, .first = true};
    struct delivery_queue queue = {.issue_id = issue->id};
    enum delivery_state state;
    if (!read_states(names, &report, why)) {
        return false;
    }
    if (!report.json && isatty(STDOUT_FILENO)) {
        printf("ID\tADDRESS\tSTATE\tREPLY\n");
    }
    printf("%s", report.json ? "[" : "");
    bool good =
        delivery_each(program->store, queue, only_state(&report, &state), report_row, &report, why);
    printf("%s", report.json ? "\n]\n" : "");
    arena_free(&report.arena);
    return good;
}
