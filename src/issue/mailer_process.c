#include "issue/mailer_process.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "issue/mailer.h"
#include "store/leave_spool.h"
#include "store/scrub.h"
#include "subscribers/chores.h"

enum {
    POLL_MS = 5000,         /* other verbs queue mails too, and do not wake anybody */
    SCRUB_MS = 500,         /* while an erasure is waiting for a moment without readers */
    AFTER_FAULT_MS = 5000,  /* ms */
    CHORES_MS = 600 * 1000, /* between two runs of the chores */
};

struct turns {
    const struct mailer_process *process;
    struct mailer *mailer;
    int64_t chores_at;     /* clock_monotonic_ms() */
    bool halted;           /* a hold keeps back what is due, and that was reported */
    struct failure unread; /* the last report about a relay whose password cannot be read */
};

/* A file that cannot be read is tried in every turn: report each change once. */
static bool unread_told(struct turns *turns, const struct deliver_result *result)
{
    bool told =
        result->unread != FAILURE_NONE && strcmp(turns->unread.text, result->relay_why.text) == 0;
    turns->unread = result->unread != FAILURE_NONE ? result->relay_why : (struct failure){0};
    return told;
}

static bool send_due(struct turns *turns, struct failure *why)
{
    struct deliver_result result;
    if (!mailer_send(turns->mailer, &result, why)) {
        return false;
    }
    /* The run that began the rest has reported it; a hold is found in every turn, and reported
     * once. */
    bool told = (result.rests && !result.asked) || (result.halted && turns->halted);
    turns->halted = result.halted;
    told = unread_told(turns, &result) || told;
    if (result.relay_why.kind != FAILURE_NONE && !told) {
        log_event(LOG_LEVEL_WARN, "mailer", "relay", LOG_STR("why", result.relay_why.text));
    }
    return true;
}

static bool do_chores(const struct mailer_process *process, struct failure *why)
{
    const struct subscription subscription = {process->store, process->settings, process->keys};
    return chores_do(&subscription, clock_now(), why);
}

static bool is_due(const struct mailer_process *process, bool *due, struct failure *why)
{
    const struct delivery_queue queue = {0};
    int64_t next_at;
    if (!delivery_next_due(process->store, queue, &next_at, why)) {
        return false;
    }
    *due = next_at != 0 && next_at <= clock_now();
    return true;
}

/* The pipe is readable for ever once the parent has died and closed its end. */
static void wait_for_work(int wake_fd, int timeout_ms)
{
    char bytes[256];
    struct pollfd fd = {.fd = wake_fd, .events = POLLIN};
    if (poll(&fd, 1, timeout_ms) > 0 && (fd.revents & POLLIN) != 0) {
        ssize_t ignored = read(wake_fd, bytes, sizeof bytes);
        (void)ignored;
    }
}

/* Sending settles the claims of a mailer that died. While an issue is being sent they wait for
 * their lease, and no due row points to them: so sending is done with the chores in any case. */
static bool take_turn(struct turns *turns, bool *scrubbed, struct failure *why)
{
    const struct mailer_process *process = turns->process;
    if (!leave_spool_take(process->store, why) || !scrub_try(process->store, scrubbed, why)) {
        return false;
    }
    bool due = clock_monotonic_ms() >= turns->chores_at;
    if (due) {
        turns->chores_at = clock_monotonic_ms() + CHORES_MS;
        if (!do_chores(process, why)) {
            return false;
        }
    }
    if (!due && !is_due(process, &due, why)) {
        return false;
    }
    return !due || send_due(turns, why);
}

static void log_fault(const struct failure *why)
{
    log_event(LOG_LEVEL_ERROR, "mailer", "failed", LOG_STR("why", why->text));
}

void mailer_process_run(const struct mailer_process *process)
{
    struct turns turns = {
        .process = process,
        .mailer = mailer_open(process->store, process->settings, process->keys, process->stop)};
    struct failure first = {0};
    mailer_remember(turns.mailer);
    /* Claims of a mailer that died are settled before anything else. */
    if (!send_due(&turns, &first)) {
        log_fault(&first);
    }
    while (!*process->stop) {
        struct failure fault = {0};
        bool scrubbed = true;
        if (process->reload(process->context)) {
            mailer_drop_keys(turns.mailer);
        }
        if (take_turn(&turns, &scrubbed, &fault)) {
            wait_for_work(process->wake_fd, scrubbed ? POLL_MS : SCRUB_MS);
        } else {
            log_fault(&fault);
            wait_for_work(-1, AFTER_FAULT_MS);
        }
    }
    mailer_close(turns.mailer);
}
