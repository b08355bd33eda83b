/*
 * Limits the time that a connection may take for one request and its response. A time-out counts
 * seconds without a byte, so a client that sends a byte now and then could hold a connection for
 * hours, and many such clients could hold all of them. A connection that exceeds its deadline is
 * shut down; its owner then sees the end of the stream and closes it.
 */
#ifndef HTTP_DEADLINE_H
#define HTTP_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

/* One connection under watch. */
struct deadline {
    int fd;
    int64_t since; /* ms of the monotonic clock */
    bool lifted;
    struct deadline *next;
};

/* Zero-initialise, except for the limit. */
struct deadlines {
    int64_t limit_ms;
    int64_t enforced_at;
    struct deadline *first;
};

/* Watches from now on; the result is valid until deadline_remove(). */
struct deadline *deadline_add(struct deadlines *list, int fd, int64_t now_ms);
/* Another request starts on the same connection. Accepts NULL. */
void deadline_restart(struct deadline *deadline, int64_t now_ms);
/* The response is a stream that stays open: no deadline. Accepts NULL. */
void deadline_lift(struct deadline *deadline);
void deadline_remove(struct deadlines *list, struct deadline *deadline);

/* Shuts down connections past their deadline; checks at most once a second. Returns their number.
 */
int deadlines_enforce(struct deadlines *list, int64_t now_ms);

#endif
