#include "bounce/run.h"

#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "store/bounce.h"

/* The line for a message that has been recorded. */
static void log_target(const char hash[HASH_HEX], const struct bounce_report *report, bool fresh,
                       bool dead, enum mailbox_target target)
{
    char cause[160];
    snprintf(cause, sizeof cause, "%s%s%s%s%s", dead ? "the process that parsed it died: " : "",
             fresh ? "" : "recorded before: ", bounce_class_name(report->class),
             report->reason != REASON_NONE ? ", " : "",
             report->reason != REASON_NONE ? bounce_reason_name(report->reason) : "");
    log_event(LOG_LEVEL_DEBUG, "message", "enters", LOG_STR("message", hash),
              LOG_STR("from", "mailbox"), LOG_STR("to", mailbox_folders[target]),
              LOG_STR("cause", cause));
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
    if (mailbox_is_in_cur(run->mailbox) && !bounce_known(run->judge->store, hash, &known, why)) {
        return false;
    }
    if (known) {
        result->in_cur++;
        return true;
    }
    if (!sandbox_read(run->sandbox, bytes->data, bytes->len, &report, &dead, why)) {
        return false;
    }
    /* Whoever stopped us may have killed the parsing process too. The message stays where it is,
     * and the next run parses it again. */
    if (dead && is_stopped(run)) {
        return true;
    }
    if (!judge_record(run->judge, hash, &report, &fresh, &result->judged, why)) {
        return false;
    }
    enum mailbox_target target = judge_target(run->judge, &report);
    log_target(hash, &report, fresh, dead, target);
    result->read++;
    result->in_cur += target == MAILBOX_PEOPLE && mailbox_is_in_cur(run->mailbox);
    result->dead += dead;
    result->repeated += !fresh;
    result->classes[report.class] += fresh;
    return mailbox_move(run->mailbox, target, why);
}

static bool read_all(const struct bounce_run *run, struct bounce_run_result *result,
                     struct failure *why)
{
    int64_t waiting = 0, in_cur = 0;
    bool found = true;
    bool ok = run->progress == NULL || mailbox_count(run->mailbox, &waiting, &in_cur, why);
    struct buf bytes;
    buf_init(&bytes, SANDBOX_MESSAGE_MAX + 64 * 1024);
    while (ok && found && !result->stopped) {
        ok = mailbox_next(run->mailbox, SANDBOX_MESSAGE_MAX, &bytes, &found, why) &&
             (!found || handle(run, &bytes, result, why));
        if (ok && found && run->progress != NULL) {
            run->progress(run->context, result->read + result->in_cur, waiting + in_cur);
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
    /* Bounces that an interrupted run has recorded are not counted before the rest is read: half of
     * a storm would not be recognised as one. */
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

static bool run_open(const struct bounce_run *run, struct arena *arena,
                     struct bounce_run_result *result, struct failure *why)
{
    struct bounce_run opened = *run;
    struct failure late = {0};
    bool ok = sandbox_open(NULL, &opened.sandbox, why) &&
              mailbox_open(run->judge->settings, &opened.mailbox, why) &&
              bounce_run(&opened, arena, result, why);
    sandbox_close(opened.sandbox);
    if (!mailbox_close(opened.mailbox, &late) && ok) {
        *why = late;
        ok = false;
    }
    return ok;
}

bool bounce_run_locked(const struct bounce_run *run, struct arena *arena,
                       struct bounce_run_result *result, struct failure *why)
{
    const char *lock = file_beside(arena, run->judge->settings->database, "bounces");
    int fd = -1;
    *result = (struct bounce_run_result){0};
    if (!file_lock(lock, &fd, why)) {
        return why->kind == FAILURE_TRY_AGAIN
                   ? fail(why, FAILURE_TRY_AGAIN, "the mailbox is being read by another run")
                   : false;
    }
    bool ok = run_open(run, arena, result, why);
    close(fd);
    return ok && (result->unread == 0 ||
                  fail(why, FAILURE_UNAVAILABLE,
                       "%lld message%s in the mailbox cannot be read and stay%s there (%s); all "
                       "others were read",
                       (long long)result->unread, result->unread == 1 ? "" : "s",
                       result->unread == 1 ? "s" : "", result->unread_why));
}

void bounce_run_summary(const struct bounce_run_result *result, char *line, size_t size)
{
    size_t used = (size_t)snprintf(line, size, "%lld message%s", (long long)result->read,
                                   result->read == 1 ? "" : "s");
    for (int i = 0; i < BOUNCE_CLASSES && used < size; i++) {
        if (result->classes[i] > 0) {
            used += (size_t)snprintf(line + used, size - used, ", %lld %s",
                                     (long long)result->classes[i],
                                     bounce_class_name((enum bounce_class)i));
        }
    }
    if (used < size && result->repeated > 0) {
        used += (size_t)snprintf(line + used, size - used, ", %lld read before",
                                 (long long)result->repeated);
    }
    if (used < size && result->in_cur > 0) {
        used += (size_t)snprintf(line + used, size - used, ", %lld in cur for people",
                                 (long long)result->in_cur);
    }
    if (used < size) {
        snprintf(line + used, size - used, "; %lld off the list%s", (long long)result->judged.gone,
                 result->stopped ? "; interrupted: the next run reads the rest and counts" : "");
    }
}

const char *bounce_run_storm_line(struct arena *arena, const struct judge_storm *storm)
{
    return arena_format(arena,
                        "%s: %lld of %lld readers bounced in one run with \"%s\": held back, "
                        "nobody of them was scored; `verdicts bounces --release %s` lets them "
                        "through",
                        storm->domain, (long long)storm->people, (long long)storm->readers,
                        storm->code, storm->domain);
}
