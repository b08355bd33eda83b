#include "deliver/senders.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"

bool senders_join(struct senders *senders, const char *database, struct failure *why)
{
    struct arena arena = {0};
    struct failure busy = {0};
    const char *path = file_beside(&arena, database, "senders");
    *senders = (struct senders){.fd = -1};
    senders->alone = file_lock(path, &senders->fd, &busy);
    bool joined = senders->alone;
    if (!joined && busy.kind == FAILURE_TRY_AGAIN) {
        joined = file_lock_shared(path, &senders->fd, why);
    } else if (!joined) {
        *why = busy;
    }
    arena_free(&arena);
    return joined;
}

static bool name_doubtful(void *context, const struct delivery *row, struct failure *why)
{
    const struct delivery_queue *queue = context;
    (void)why;
    log_event(LOG_LEVEL_WARN, "delivery", "in_doubt", LOG_INT("issue", queue->issue_id),
              LOG_INT("row", row->id), LOG_STR("message", row->message_id));
    return true;
}

bool senders_recover(struct senders *senders, struct store *store, struct delivery_queue queue,
                     struct failure *why)
{
    enum delivery_state doubtful = DELIVERY_IN_DOUBT;
    int64_t queued, in_doubt;
    bool alone = senders->alone;
    senders->alone = false;
    return delivery_recover(store, queue, clock_boot_id(), clock_boottime_ms(), alone, clock_now(),
                            &queued, &in_doubt, why) &&
           (in_doubt == 0 || delivery_each(store, queue, &doubtful, name_doubtful, &queue, why)) &&
           (!alone || senders->fd < 0 || file_lock_share(senders->fd, why));
}

void senders_leave(struct senders *senders)
{
    if (senders->fd >= 0) {
        close(senders->fd);
    }
    senders->fd = -1;
}
