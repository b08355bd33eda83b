/*
 * How long a connection may take over one request and its answer. A time-out counts seconds without
 * a byte; somebody who sends one byte now and then would hold a connection for hours, and all of
 * them together all connections. What is past its time is shut down, and its owner, who sees the
 * end of the stream, closes it.
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
    int64_t looked_at;
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
