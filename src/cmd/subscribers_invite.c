/* `subscribers invite`: asks pending people to confirm. */
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "cmd/subscribers.h"
#include "subscribers/invite.h"

static void print_invited(const struct invite_result *result, bool dry_run)
{
    char first[CLOCK_TEXT], last[CLOCK_TEXT];
    if (result->people == 0) {
        printf("nobody to ask: who waits has been asked within a day, or twice within a year\n");
        return;
    }
    clock_format(result->first, first);
    clock_format(result->last, last);
    printf("%" PRId64 " asked to confirm, from %s to %s%s\n", result->people, first, last,
           dry_run ? " (dry run: nothing stored)" : "");
}

bool subscribers_invite(struct program *program, int *status, struct failure *why)
{
    const struct subscription subscription = {
        .store = program->store, .settings = &program->settings, .keys = program->keys};
    const char *import = subscribers_option(program, OPTION_IMPORT);
    bool dry_run = program->options[OPTION_DRY_RUN].count > 0;
    struct invite_result result;
    int64_t id = 0;
    (void)status;
    if (program->argc != 1) {
        return fail(why, FAILURE_USAGE, "subscribers invite takes no operand");
    }
    if ((import != NULL && !options_number("import", import, 1, INT64_MAX, &id, why)) ||
        !settings_require_site(&program->settings, why) ||
        !settings_require_mail(&program->settings, why) ||
        !invite_write(&subscription, id, dry_run, clock_now(), &result, why)) {
        return false;
    }
    if (!program->quiet) {
        print_invited(&result, dry_run);
    }
    return true;
}
