/*
 * What `serve` tells a service manager.
 *
 * The manager's watchdog should watch the HTTP process, on which everybody depends and which a bug
 * or a lock could block: the parent, which only supervises the others, would always be alive. So
 * the HTTP process writes the time to shared memory whenever its loop runs, and the parent passes
 * on that it did.
 */
#include "base/clock.h"
#include "cmd/serve.h"
#include "store/delivery.h"
#include "store/subscriber.h"

enum { STATUS_EVERY = 60 * 1000 /* ms */ };

static bool count(const struct serve_state *state, int64_t people[SUBSCRIBER_FORGOTTEN + 1],
                  int64_t mails[DELIVERY_STATES])
{
    const struct delivery_queue outgoing = {0};
    struct store *store = NULL;
    struct failure why = {0};
    bool good = store_open(state->settings.database, STORE_READ_ONLY, &store, &why) &&
                subscriber_counts(store, people, &why) &&
                delivery_counts(store, outgoing, mails, &why);
    store_close(store);
    return good;
}

/* The store is not kept open, because the children are forked from this process. */
static void tell_counts(struct serve_state *state)
{
    int64_t people[SUBSCRIBER_FORGOTTEN + 1] = {0}, mails[DELIVERY_STATES] = {0};
    state->counted_at = clock_monotonic_ms();
    if (state->notify.fd < 0 || !count(state, people, mails)) {
        return;
    }
    notify_send(&state->notify,
                "STATUS=Listening on %s; %lld confirmed, %lld pending, %lld mails waiting",
                state->listening.address, (long long)people[SUBSCRIBER_CONFIRMED],
                (long long)people[SUBSCRIBER_PENDING],
                (long long)(mails[DELIVERY_QUEUED] + mails[DELIVERY_SENDING] +
                            mails[DELIVERY_DEFERRED] + mails[DELIVERY_IN_DOUBT]));
}

void serve_tell_ready(struct serve_state *state)
{
    notify_send(&state->notify, "READY=1");
    tell_counts(state);
}

void serve_tell_alive(struct serve_state *state)
{
    int64_t now = clock_monotonic_ms();
    int64_t patience = state->notify.watchdog_ms;
    if (patience > 0 && now - state->kept_watch_at >= patience / 4 &&
        now - *state->pulse < patience / 2) {
        state->kept_watch_at = now;
        notify_send(&state->notify, "WATCHDOG=1");
    }
    if (now - state->counted_at >= STATUS_EVERY) {
        tell_counts(state);
    }
}
