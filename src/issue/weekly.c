#include "issue/weekly.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "issue/obstacle.h"
#include "issue/weekly_private.h"
#include "store/import.h"
#include "store/run.h"

/* A mailbox that cannot be reached does not keep the issue from the readers. */
static void read_bounces(struct weekly *weekly)
{
    const char *mailbox = weekly->run->settings->bounce.mailbox;
    struct failure bad = {0};
    if (mailbox == NULL || mailbox[0] == '\0') {
        return;
    }
    if (!weekly->options->read_bounces(weekly->run->context, &bad)) {
        weekly_warn(weekly, bad.text);
        weekly->bounces = bad.kind;
    }
}

/* Single mails that are waiting: a test whose relay was away, confirmations where `serve` is not
 * running. */
static bool send_mails(struct weekly *weekly, struct failure *why)
{
    const struct delivery_queue queue = {0};
    struct deliver_result result = {0};
    int64_t next_at;
    if (!delivery_next_due(weekly->run->store, queue, &next_at, why)) {
        return false;
    }
    if (next_at == 0 || next_at > clock_now() || *weekly->run->stop) {
        return true;
    }
    if (!mailer_send(weekly->mailer, &result, why)) {
        return false;
    }
    /* If the issue's own sending ended with the same failure, it has reported it. */
    if (result.unread != FAILURE_NONE && weekly->left_kind != result.unread) {
        weekly_warn(weekly, result.relay_why.text);
    }
    weekly_add_outcome(weekly, result.unread);
    return true;
}

/* Readers of an interrupted import get no mail: reported once, whatever else is due. */
static bool tell_imports(struct weekly *weekly, struct failure *why)
{
    const struct issue_run *run = weekly->run;
    struct obstacle_import *imports;
    size_t count;
    if (!obstacle_imports(run->store, run->arena, &imports, &count, why)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        bool first;
        if (!import_tell(run->store, imports[i].id, &first, why)) {
            return false;
        }
        if (first) {
            weekly_warn(weekly, imports[i].line);
        }
        weekly_note(weekly, imports[i].line);
    }
    return true;
}

static bool take_steps(struct weekly *weekly, struct failure *why)
{
    snprintf(weekly->summary, sizeof weekly->summary, "nothing due");
    read_bounces(weekly);
    if (!weekly_find_hold(weekly, why) || !weekly_resume(weekly, why) ||
        !weekly_send_approved(weekly, why) || (!*weekly->run->stop && !weekly_due(weekly, why)) ||
        !send_mails(weekly, why) || !tell_imports(weekly, why)) {
        return false;
    }
    if (!weekly->said && weekly->refused.kind == FAILURE_NONE) {
        weekly_say(weekly, false);
    }
    return true;
}

/* The table in the header. */
static enum failure_kind outcome_of(const struct weekly *weekly)
{
    return weekly->refused.kind != FAILURE_NONE      ? weekly->refused.kind
           : weekly->left_kind != FAILURE_NONE       ? weekly->left_kind
           : weekly->left || *weekly->run->stop != 0 ? FAILURE_TRY_AGAIN
           : weekly->stale                           ? FAILURE_DATA
                                                     : weekly->bounces;
}

static bool take_recorded_steps(struct weekly *weekly, enum failure_kind *outcome,
                                struct failure *why)
{
    struct store *store = weekly->run->store;
    struct failure late = {0};
    int64_t run;
    if (!run_begin(store, "weekly", clock_now(), &run, why)) {
        return false;
    }
    bool good = take_steps(weekly, why);
    *outcome = good ? outcome_of(weekly) : why->kind;
    if (!run_end(store, run, clock_now(), failure_exit_code(*outcome),
                 good ? weekly_record(weekly) : why->text, &late) &&
        good) {
        *why = late;
        return false;
    }
    return good;
}

static bool lock(const struct issue_run *run, int *fd, struct failure *why)
{
    const char *path = file_beside(run->arena, run->settings->database, "weekly");
    return file_lock(path, fd, why) ||
           (why->kind == FAILURE_TRY_AGAIN &&
            fail(why, FAILURE_TRY_AGAIN, "weekly is running already; nothing done"));
}

bool weekly_run(const struct issue_run *run, const struct weekly_options *options,
                enum failure_kind *outcome, struct failure *why)
{
    struct weekly weekly = {
        .run = run,
        .options = options,
        .mailer = mailer_open(run->store, run->settings, run->keys, run->stop),
    };
    int fd = -1;
    bool good = lock(run, &fd, why) && take_recorded_steps(&weekly, outcome, why);
    if (fd >= 0) {
        close(fd);
    }
    mailer_close(weekly.mailer);
    return good;
}
