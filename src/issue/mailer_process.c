/* The mailer process of `serve`. */
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "cmd/posting.h"
#include "cmd/serve.h"
#include "deliver/answers.h"
#include "smtp/dialer.h"
#include "store/address_change.h"
#include "store/bucket.h"
#include "store/leave_spool.h"
#include "store/scrub.h"
#include "subscribers/remind.h"

enum {
    MAILING_POLL_MS = 5000,     /* other verbs write mails too, and do not wake anybody */
    MAILING_SCRUB_MS = 500,     /* while an erasure waits for a moment without readers */
    MAILING_AFTER_FAULT = 5000, /* ms */
    MAILING_CHORES = 600,       /* seconds between looks at what is past its time */
    MAILING_PURGE = 1000,       /* people at once */
    MAILING_BUCKET_DAYS = 3,    /* no limit of what is asked counts in longer than a day */
};

static bool send_due(struct serve_state *state, struct failure *why)
{
    struct deliver_result result;
    if (!posting_send(state->program, &state->settings, &state->keys, &result, why)) {
        return false;
    }
    /* Said by the run that began the rest; a hold is looked at again and again, and said once. */
    bool told = (result.rests && !result.asked) || (result.halted && state->halted);
    state->halted = result.halted;
    if (result.relay_why.kind != FAILURE_NONE && !told) {
        log_event(LOG_LEVEL_WARN, "mailer", "relay", LOG_STR("why", result.relay_why.text));
    }
    return true;
}

/* Counts are forgotten when they count no more, and not before: whose mails are forgotten after
 * three days can be sent as many again. */
static bool purge_counts(struct store *store, int64_t now, struct failure *why)
{
    return bucket_purge(store, (now - (int64_t)MAILING_BUCKET_DAYS * JOIN_DAY) * 1000,
                        JOIN_WITHDRAWN, (now - JOIN_WINDOW) * 1000, why);
}

/* Reminders that are due; people and limits whose time is past. Mails to somebody count as long as
 * JOIN_WINDOW, and go with the person. */
static bool do_chores(struct serve_state *state, struct failure *why)
{
    const struct join join = {state->program->store, &state->settings, &state->keys};
    struct arena arena = {0};
    int64_t now = clock_now();
    int64_t stale = now - (int64_t)JOIN_PURGE_DAYS * JOIN_DAY;
    int64_t purged, reminded;
    bool good = remind_write(&join, &arena, now, &reminded, why) &&
                subscriber_purge_pending(state->program->store, stale, now - JOIN_WINDOW,
                                         MAILING_PURGE, &purged, why) &&
                address_change_purge(state->program->store, stale, why) &&
                purge_counts(state->program->store, now, why);
    arena_free(&arena);
    if (good && purged + reminded > 0) {
        log_event(LOG_LEVEL_INFO, "mailer", "chores", LOG_INT("purged", purged),
                  LOG_INT("reminded", reminded));
    }
    return good;
}

static bool is_due(struct serve_state *state, bool *due, struct failure *why)
{
    const struct delivery_queue queue = {0};
    int64_t next_at;
    if (!delivery_next_due(state->program->store, queue, &next_at, why)) {
        return false;
    }
    *due = next_at != 0 && next_at <= clock_now();
    return true;
}

/* True while the other end is there: a parent that died closes the pipe. */
static void wait_for_work(int wake_fd, int timeout_ms)
{
    char bytes[256];
    struct pollfd fd = {.fd = wake_fd, .events = POLLIN};
    if (poll(&fd, 1, timeout_ms) > 0 && (fd.revents & POLLIN) != 0) {
        ssize_t ignored = read(wake_fd, bytes, sizeof bytes);
        (void)ignored;
    }
}

/* Sending settles the claims of a mailer that died. While an issue is sent they wait for their
 * lease, and no row that is due speaks of them: so it is done with the chores in any case. */
static bool work_once(struct serve_state *state, int64_t *chores_at, bool *scrubbed,
                      struct failure *why)
{
    if (!leave_spool_take(state->program->store, why) ||
        !scrub_try(state->program->store, scrubbed, why)) {
        return false;
    }
    bool due = clock_monotonic_ms() >= *chores_at;
    if (due) {
        *chores_at = clock_monotonic_ms() + MAILING_CHORES * 1000;
        if (!do_chores(state, why)) {
            return false;
        }
    }
    if (!due && !is_due(state, &due, why)) {
        return false;
    }
    return !due || send_due(state, why);
}

bool mailing_run(struct worker *self, struct failure *why)
{
    struct serve_state *state = self->context;
    struct program *program = state->program;
    struct answers_book answers = {0};
    struct dialer dialer = {0};
    int64_t chores_at = 0;
    struct failure first = {0};
    worker_tell_ready(self);
    if (!store_open(state->settings.database, STORE_DURABLE, &program->store, why)) {
        return false;
    }
    program->answers = &answers;
    program->dialer = &dialer;
    /* Claims of a mailer that died are settled before anything else. */
    if (!send_due(state, &first)) {
        log_event(LOG_LEVEL_ERROR, "mailer", "failed", LOG_STR("why", first.text));
    }
    while (!program->stop) {
        struct failure fault = {0};
        if (serve_hangup) {
            serve_hangup = 0;
            serve_reload(state);
        }
        bool scrubbed = true;
        if (work_once(state, &chores_at, &scrubbed, &fault)) {
            wait_for_work(state->wake_fds[0], scrubbed ? MAILING_POLL_MS : MAILING_SCRUB_MS);
        } else {
            log_event(LOG_LEVEL_ERROR, "mailer", "failed", LOG_STR("why", fault.text));
            wait_for_work(-1, MAILING_AFTER_FAULT);
        }
    }
    program->answers = NULL;
    answers_free(&answers);
    program->dialer = NULL;
    dialer_free(&dialer);
    return true;
}
