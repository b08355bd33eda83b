#include "cmd/testmail.h"

#include <stdio.h>

#include "base/clock.h"
#include "cmd/common.h"
#include "deliver/deliver.h"
#include "issue/build.h"
#include "issue/mailer.h"
#include "mail/address.h"

/* The issue of the week at hand as it is in the database: a draft is built (again) first, so that
 * the copy is what would be sent now. */
static bool testmail_issue(struct program *program, const char *number, struct issue **issue,
                           struct failure *why)
{
    struct week week;
    bool next;
    enum issue_built outcome;
    if (number != NULL) {
        return common_find_issue(program, number, issue, why);
    }
    if (!common_find_week(program, NULL, &week, &next, why) ||
        !settings_require_site(&program->settings, why) ||
        !settings_require_mail(&program->settings, why) ||
        !issue_build(program->store, &program->arena, &program->settings, &week, clock_now(),
                     &outcome, issue, why)) {
        return false;
    }
    common_say_next(program, &week, next);
    return outcome != ISSUE_THIN || fail(why, FAILURE_NO_INPUT,
                                         "%s has too few comparisons for an issue; `verdicts pick "
                                         "--explain --week %s` shows them, and --issue N an "
                                         "earlier issue",
                                         week.name, week.name);
}

/* If one of several addresses is bad, nothing is queued for the others either. */
static bool testmail_read(const struct option_value *values, struct address *addresses,
                          struct failure *why)
{
    for (size_t i = 0; i < values->count; i++) {
        if (!address_parse(values->values[i], &addresses[i], why)) {
            why->kind = FAILURE_USAGE;
            return fail_context(why, "--test %.100s", values->values[i]);
        }
    }
    return true;
}

static bool testmail_ask(struct program *program, const struct issue *issue,
                         const struct address *addresses, size_t count, int64_t *ids,
                         struct failure *why)
{
    for (size_t i = 0; i < count; i++) {
        if (!mailer_ask_test(program->store, &program->settings, addresses[i].normal, issue->id,
                             clock_now(), &ids[i], why)) {
            return false;
        }
    }
    return true;
}

/* Reports the result for each, and for all: anything but sent is left for a later run. */
static bool testmail_tell(struct program *program, const int64_t *ids, size_t count, int *status,
                          struct failure *why)
{
    struct delivery_queue queue = {0};
    for (size_t i = 0; i < count; i++) {
        struct delivery *row;
        if (!delivery_find(program->store, &program->arena, queue, ids[i], &row, why)) {
            return false;
        }
        printf("%s: %s%s%s\n", row->address, delivery_state_name(row->state),
               row->reply != NULL ? ": " : "", row->reply != NULL ? row->reply : "");
        if (row->state != DELIVERY_SENT) {
            *status = row->state == DELIVERY_REFUSED ? EXIT_BAD_DATA : EXIT_TRY_AGAIN;
        }
    }
    return true;
}

bool testmail_send(struct program *program, const char *number,
                   const struct option_value *addresses, int *status, struct failure *why)
{
    struct issue *issue;
    struct deliver_result result = {0};
    int64_t ids[OPTION_VALUES_MAX];
    struct address *read = arena_array(&program->arena, addresses->count, sizeof *read);
    if (!testmail_read(addresses, read, why) || !testmail_issue(program, number, &issue, why) ||
        !testmail_ask(program, issue, read, addresses->count, ids, why)) {
        return false;
    }
    struct mailer *mailer =
        mailer_open(program->store, &program->settings, program->keys, &program->stop);
    bool good = mailer_send(mailer, &result, why);
    mailer_close(mailer);
    if (!good) {
        return false;
    }
    if (result.relay_why.kind != FAILURE_NONE) {
        program_warn(result.relay_why.text);
    }
    if (!testmail_tell(program, ids, addresses->count, status, why)) {
        return false;
    }
    if (result.unread != FAILURE_NONE && *status != EXIT_BAD_DATA) {
        *status = failure_exit_code(result.unread);
    }
    return true;
}
