/* The progress of a run: its counts, its rate and its line. */
#include "deliver/progress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *name;
    struct deliver_progress progress;
    size_t columns;
    const char *line;
} rows[] = {
    {"nothing done, no rate yet",
     {.total = 100, .eta = -1},
     200,
     "[------------------------] 0%  0/100"},
    {"half done",
     {.total = 200, .done = 100, .rate = 41.6, .eta = 9},
     200,
     "[############------------] 50%  100/200  42/s  ETA 9s"},
    {"minutes to go",
     {.total = 100, .done = 1, .rate = 1, .eta = 99},
     200,
     "[------------------------] 1%  1/100  1/s  ETA 1m39s"},
    {"hours to go",
     {.total = 100, .done = 99, .rate = 1, .eta = 3660},
     200,
     "[#######################-] 99%  99/100  1/s  ETA 1h01m"},
    {"what did not go well",
     {.total = 10,
      .done = 10,
      .eta = -1,
      .counts = {[DELIVERY_REFUSED] = 3, [DELIVERY_DEFERRED] = 12, [DELIVERY_SENT] = 7}},
     200,
     "[########################] 100%  10/10  12 deferred, 3 refused"},
    {"an empty queue is done", {.eta = -1}, 200, "[########################] 100%  0/0"},
    {"the words at the end go first",
     {.total = 10, .done = 10, .eta = -1, .counts = {[DELIVERY_REFUSED] = 3}},
     36,
     "[########################] 100%  10/"},
};

static void the_line_says_how_far_the_run_is(void **state)
{
    (void)state;
    int wrong = 0;
    struct buf line;
    buf_init(&line, 1000);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        progress_line(&rows[i].progress, rows[i].columns, &line);
        if (strcmp(line.data, rows[i].line) != 0) {
            print_error("%s: %s\n", rows[i].name, line.data);
            wrong++;
        }
    }
    buf_free(&line);
    assert_int_equal(wrong, 0);
}

static void what_needs_nothing_more_is_done_and_the_rest_gives_the_time(void **state)
{
    (void)state;
    struct deliver_progress progress = {.counts = {[DELIVERY_SENT] = 1,
                                                   [DELIVERY_REFUSED] = 2,
                                                   [DELIVERY_GAVE_UP] = 3,
                                                   [DELIVERY_SKIPPED] = 4,
                                                   [DELIVERY_DEFERRED] = 50,
                                                   [DELIVERY_IN_DOUBT] = 60,
                                                   [DELIVERY_QUEUED] = 15,
                                                   [DELIVERY_SENDING] = 5}};
    struct progress_meter meter = {.rate = 2};
    progress_fill(&progress, &meter);
    assert_int_equal(progress.done, 10);
    assert_int_equal(progress.eta, 10);
    meter.rate = 0;
    progress_fill(&progress, &meter);
    assert_int_equal(progress.eta, -1);
}

static void the_rate_follows_the_last_seconds(void **state)
{
    (void)state;
    struct progress_meter meter = {0};
    progress_measure(&meter, 1000, 0);
    progress_measure(&meter, 1400, 40); /* too soon to tell */
    assert_true(meter.rate == 0);
    progress_measure(&meter, 2000, 100);
    assert_true(meter.rate == 100);
    progress_measure(&meter, 3000, 100); /* nothing for a second: it falls, and does not jump */
    assert_true(meter.rate > 80 && meter.rate < 90);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_line_says_how_far_the_run_is),
        cmocka_unit_test(what_needs_nothing_more_is_done_and_the_rest_gives_the_time),
        cmocka_unit_test(the_rate_follows_the_last_seconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
