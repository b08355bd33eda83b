/*
 * Limits how long a connection may take for one request and its response. A time-out counts seconds
 * without a byte, so somebody who sends a byte now and then could hold a connection for hours, and
 * all connections with many. A connection that exceeds its deadline is shut down; its owner then
 * sees the end of the stream and closes it.
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

/* Zero-initialise but for the limit. */
struct deadlines {
    int64_t limit_ms;
    int64_t enforced_at;
    struct deadline *first;
};

/* Watches from now on; the result is good until deadline_remove. */
struct deadline *deadline_add(struct deadlines *list, int fd, int64_t now_ms);
/* Another request on the same connection. NULL is accepted. */
void deadline_restart(struct deadline *deadline, int64_t now_ms);
/* The answer is a stream that stays open. NULL is accepted. */
void deadline_lift(struct deadline *deadline);
void deadline_remove(struct deadlines *list, struct deadline *deadline);

/* Shuts down what is past its time; looks at most once a second. How many there were. */
int deadlines_enforce(struct deadlines *list, int64_t now_ms);

#endif
