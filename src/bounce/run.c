#include "bounce/run.h"

#include "store/bounce.h"

static enum mailbox_target target_of(const struct judge *judge, const struct bounce_report *report)
{
    switch (judge_place(judge, report)) {
    case JUDGE_QUARANTINE:
        return MAILBOX_QUARANTINE;
    case JUDGE_PEOPLE:
        return MAILBOX_PEOPLE;
    case JUDGE_REPORTS:
        return MAILBOX_REPORTS;
    default:
        return MAILBOX_PROCESSED;
    }
}

static bool is_stopped(const struct bounce_run *run)
{
    return run->stop != NULL && *run->stop != 0;
}

static bool handle(const struct bounce_run *run, const struct buf *bytes,
                   struct bounce_run_result *result, struct failure *why)
{
    char hash[HASH_HEX];
    struct bounce_report report;
    bool dead, fresh;
    bool known = false;
    hash_sha256_hex(bytes->data, bytes->len, hash);
    if (mailbox_lies(run->mailbox) && !bounce_known(run->judge->store, hash, &known, why)) {
        return false;
    }
    if (known) {
        result->lying++;
        return true;
    }
    if (!sandbox_read(run->sandbox, bytes->data, bytes->len, &report, &dead, why)) {
        return false;
    }
    /* Whoever stops us may have killed the reader too: the message is innocent until the next run
     * says otherwise, and stays where it is. */
    if (dead && is_stopped(run)) {
        return true;
    }
    if (!judge_record(run->judge, hash, &report, &fresh, &result->judged, why)) {
        return false;
    }
    enum mailbox_target target = target_of(run->judge, &report);
    result->read++;
    result->lying += target == MAILBOX_PEOPLE && mailbox_lies(run->mailbox);
    result->dead += dead;
    result->repeated += !fresh;
    result->classes[report.class] += fresh;
    return mailbox_move(run->mailbox, target, why);
}

static bool read_all(const struct bounce_run *run, struct bounce_run_result *result,
                     struct failure *why)
{
    int64_t waiting = 0, lying = 0;
    bool found = true;
    bool ok = run->progress == NULL || mailbox_count(run->mailbox, &waiting, &lying, why);
    struct buf bytes;
    buf_init(&bytes, SANDBOX_MESSAGE_MAX + 64 * 1024);
    while (ok && found && !result->stopped) {
        ok = mailbox_next(run->mailbox, SANDBOX_MESSAGE_MAX, &bytes, &found, why) &&
             (!found || handle(run, &bytes, result, why));
        if (ok && found && run->progress != NULL) {
            run->progress(run->context, result->read + result->lying, waiting + lying);
        }
        result->stopped = is_stopped(run);
    }
    buf_free(&bytes);
    return ok;
}

bool bounce_run(const struct bounce_run *run, struct arena *arena, struct bounce_run_result *result,
                struct failure *why)
{
    const char *unread_why;
    *result = (struct bounce_run_result){0};
    /* Bounces that an interrupted run has recorded wait for company: a storm that broke off in the
     * middle is seen whole. */
    bool ok = read_all(run, result, why);
    result->unread = mailbox_unread(run->mailbox, &unread_why);
    result->unread_why = arena_copy(arena, unread_why);
    if (!ok || result->stopped) {
        return ok;
    }
    const struct judge_result acted = result->judged;
    ok = judge_pending(run->judge, arena, &result->judged, why);
    result->judged.counted += acted.counted;
    result->judged.gone += acted.gone;
    return ok;
}
