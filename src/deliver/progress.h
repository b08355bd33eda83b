/*
 * The progress of a run in numbers, and as one line with a bar. Pure; the caller prints the line.
 */
#ifndef DELIVER_PROGRESS_H
#define DELIVER_PROGRESS_H

#include "base/buf.h"
#include "deliver/deliver.h"

/* Measures the rate over the last seconds. */
struct progress_meter {
    int64_t last_ms, last_done;
    double rate;
};

/* Updates the meter: `finished` messages so far, at `now_ms`. */
void progress_measure(struct progress_meter *meter, int64_t now_ms, int64_t finished);

/* Fills in done, rate and eta from the counts. */
void progress_fill(struct deliver_progress *progress, const struct progress_meter *meter);

/* "[######----] 60%  6000/10000  412/s  ETA 9s  12 deferred, 3 refused", without line end, at most
 * `columns` wide (the words at the end are dropped first). */
void progress_line(const struct deliver_progress *progress, size_t columns, struct buf *line);

#endif
