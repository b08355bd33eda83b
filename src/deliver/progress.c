#include "deliver/progress.h"

enum { PROGRESS_BAR = 24, PROGRESS_STEP_MS = 500 };

void progress_measure(struct progress_meter *meter, int64_t now_ms, int64_t finished)
{
    if (meter->last_ms == 0) {
        meter->last_ms = now_ms;
        meter->last_done = finished;
        return;
    }
    int64_t elapsed = now_ms - meter->last_ms;
    if (elapsed < PROGRESS_STEP_MS) {
        return;
    }
    double now = (double)(finished - meter->last_done) * 1000.0 / (double)elapsed;
    /* Half of the value comes from the last four or so steps. */
    meter->rate = meter->rate > 0 ? meter->rate * 0.84 + now * 0.16 : now;
    meter->last_ms = now_ms;
    meter->last_done = finished;
}

void progress_fill(struct deliver_progress *progress, const struct progress_meter *meter)
{
    const int64_t *counts = progress->counts;
    progress->done = counts[DELIVERY_SENT] + counts[DELIVERY_REFUSED] + counts[DELIVERY_GAVE_UP] +
                     counts[DELIVERY_SKIPPED];
    progress->rate = meter->rate;
    int64_t due = counts[DELIVERY_QUEUED] + counts[DELIVERY_SENDING];
    progress->eta = meter->rate > 0.01 ? (int64_t)((double)due / meter->rate + 0.5) : -1;
}

static void add_bar(struct buf *line, int64_t done, int64_t total)
{
    int64_t percent = total > 0 ? done * 100 / total : 100;
    int64_t filled = percent * PROGRESS_BAR / 100;
    buf_add_char(line, '[');
    for (int64_t i = 0; i < PROGRESS_BAR; i++) {
        buf_add_char(line, i < filled ? '#' : '-');
    }
    buf_addf(line, "] %lld%%  %lld/%lld", (long long)percent, (long long)done, (long long)total);
}

static void add_eta(struct buf *line, int64_t eta)
{
    if (eta >= 3600) {
        buf_addf(line, "  ETA %lldh%02lldm", (long long)(eta / 3600), (long long)(eta / 60 % 60));
    } else if (eta >= 60) {
        buf_addf(line, "  ETA %lldm%02llds", (long long)(eta / 60), (long long)(eta % 60));
    } else if (eta >= 0) {
        buf_addf(line, "  ETA %llds", (long long)eta);
    }
}

void progress_line(const struct deliver_progress *progress, size_t columns, struct buf *line)
{
    static const enum delivery_state shown[] = {
        DELIVERY_DEFERRED, DELIVERY_REFUSED, DELIVERY_GAVE_UP, DELIVERY_IN_DOUBT, DELIVERY_SKIPPED};
    buf_reset(line);
    add_bar(line, progress->done, progress->total);
    if (progress->rate > 0) {
        buf_addf(line, "  %.0f/s", progress->rate);
    }
    add_eta(line, progress->eta);
    const char *comma = "  ";
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        int64_t count = progress->counts[shown[i]];
        if (count > 0) {
            buf_addf(line, "%s%lld %s", comma, (long long)count, delivery_state_name(shown[i]));
            comma = ", ";
        }
    }
    if (line->len > columns) {
        buf_truncate(line, columns);
    }
}
