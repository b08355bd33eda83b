#include "http/deadline.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/arena.h"

enum { ENFORCE_EVERY_MS = 1000 };

struct deadline *deadline_add(struct deadlines *list, int fd, int64_t now_ms)
{
    struct deadline *deadline = memory_resize(NULL, sizeof *deadline);
    *deadline = (struct deadline){.fd = fd, .since = now_ms, .next = list->first};
    list->first = deadline;
    return deadline;
}

void deadline_restart(struct deadline *deadline, int64_t now_ms)
{
    if (deadline != NULL) {
        deadline->since = now_ms;
    }
}

void deadline_lift(struct deadline *deadline)
{
    if (deadline != NULL) {
        deadline->lifted = true;
    }
}

void deadline_remove(struct deadlines *list, struct deadline *deadline)
{
    struct deadline **at = &list->first;
    while (*at != deadline) {
        assert(*at != NULL);
        at = &(*at)->next;
    }
    *at = deadline->next;
    free(deadline);
}

int deadlines_enforce(struct deadlines *list, int64_t now_ms)
{
    int count = 0;
    if (now_ms - list->enforced_at < ENFORCE_EVERY_MS) {
        return 0;
    }
    list->enforced_at = now_ms;
    for (struct deadline *deadline = list->first; deadline != NULL; deadline = deadline->next) {
        if (!deadline->lifted && now_ms - deadline->since >= list->limit_ms) {
            shutdown(deadline->fd, SHUT_RDWR);
            count++;
        }
    }
    return count;
}
