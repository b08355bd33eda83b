#include "cmd/read_bounces.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

enum { BAR_WIDTH = 40, BAR_EVERY_MS = 100 };

struct bar {
    int64_t drawn_at; /* milliseconds; 0: never */
};

static void draw(void *context, int64_t done, int64_t waiting)
{
    struct bar *bar = context;
    int64_t now = clock_monotonic_ms();
    if (bar->drawn_at != 0 && now - bar->drawn_at < BAR_EVERY_MS && done < waiting) {
        return;
    }
    int full = waiting > 0 ? (int)(done * BAR_WIDTH / (done > waiting ? done : waiting)) : 0;
    char cells[BAR_WIDTH + 1];
    memset(cells, '-', BAR_WIDTH);
    memset(cells, '#', (size_t)full);
    cells[BAR_WIDTH] = '\0';
    fprintf(stderr, "\rbounces [%s] %lld/%lld", cells, (long long)done, (long long)waiting);
    bar->drawn_at = now;
}

/* Printed once: afterwards the events are held and `status` shows them. */
static void tell_storms(struct arena *arena, const struct judge_result *judged)
{
    for (size_t i = 0; i < judged->storm_count; i++) {
        program_warn(bounce_run_storm_line(arena, &judged->storms[i]));
    }
}

bool read_bounces(struct program *program, struct bounce_run_result *result, struct failure *why)
{
    const struct bounces bounces = {
        .store = program->store, .settings = &program->settings, .keys = program->keys};
    struct bar bar = {0};
    bool watched = program->terminal && !program->quiet;
    const struct bounce_run run = {
        .stop = &program->stop, .progress = watched ? draw : NULL, .context = &bar};
    bool ok = bounces_read(&bounces, &run, &program->arena, result, why);
    if (bar.drawn_at != 0) {
        fprintf(stderr, "\n");
    }
    tell_storms(&program->arena, &result->judged);
    return ok;
}
