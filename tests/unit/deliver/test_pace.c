#include "deliver/pace.h"
#include "deliver/progress.h"
#include "deliver/retry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The bucket of store/bucket.h, played through: the most that can leave in one period. */
static int64_t most_in_a_period(struct settings_rate rate)
{
    struct pace_shape shape = pace_shape(rate);
    double tokens = shape.size;
    int64_t count = 0;
    int64_t steps = rate.seconds * 1000;
    for (int64_t ms = 0; ms < steps; ms++) {
        while (tokens + 1e-9 >= 1) {
            tokens -= 1;
            count++;
        }
        tokens += shape.per_second / 1000;
        tokens = tokens > shape.size ? shape.size : tokens;
    }
    return count;
}

static void a_rate_holds_in_every_period_and_is_nearly_used(void **state)
{
    (void)state;
    static const struct settings_rate rates[] = {{1, 1},   {10, 1},   {1000, 1},   {1, 60},
                                                 {60, 60}, {600, 60}, {100, 3600}, {10000, 3600},
                                                 {50, 10}, {3, 86400}};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        int64_t most = most_in_a_period(rates[i]);
        assert_true(most <= rates[i].count);
        assert_true(most >= rates[i].count * 97 / 100);
    }
}

static void a_domain_has_its_own_rate_or_that_of_all_others(void **state)
{
    (void)state;
    struct settings_domain_rate rows[] = {{"*", {7, 60}}, {"slow.example.org", {1, 60}}};
    struct settings settings = {.deliver = {.domain_rate = {rows, 2}}};
    struct settings none = {0};
    assert_int_equal(pace_domain_rate(&settings, "slow.example.org").count, 1);
    assert_int_equal(pace_domain_rate(&settings, "SLOW.example.org").count, 1);
    assert_int_equal(pace_domain_rate(&settings, "example.net").count, 7);
    assert_int_equal(pace_domain_rate(&none, "example.net").count, 0);
}

static void single_mails_have_a_tenth_to_themselves(void **state)
{
    (void)state;
    struct settings_relay relay = {.rate = {100, 60}};
    struct delivery_queue issue = {.issue_id = 1}, mails = {0};
    assert_int_equal(pace_relay_rate(&relay, issue).count, 90);
    assert_int_equal(pace_relay_rate(&relay, mails).count, 10);
    relay.rate.count = 5;
    assert_int_equal(pace_relay_rate(&relay, issue).count, 5);
    relay.rate.count = 0;
    assert_int_equal(pace_relay_rate(&relay, mails).count, 0);
}

static void delays_double_from_5_minutes_to_6_hours_with_chance(void **state)
{
    (void)state;
    static const int64_t ideal[] = {300, 600, 1200, 2400, 4800, 9600, 19200, 21600, 21600};
    for (size_t i = 0; i < sizeof ideal / sizeof *ideal; i++) {
        assert_int_equal(retry_delay((int64_t)i, 0), ideal[i] * 8 / 10);
        assert_int_equal(retry_delay((int64_t)i, 999), ideal[i] * 12 / 10);
    }
    assert_int_equal(retry_delay(1000000, 999), RETRY_LONGEST * 12 / 10);
}

static void the_last_attempt_falls_on_the_age_and_then_it_gives_up(void **state)
{
    (void)state;
    assert_int_equal(retry_at(1000, 0, 0, 86400, 0), 1000 + 240);
    assert_int_equal(retry_at(1000, 0, 0, 100, 0), 1100);
    assert_int_equal(retry_at(90000, 9, 5000, 86400, 999), 5000 + 86400);
    assert_int_equal(retry_at(5000 + 86400, 9, 5000, 86400, 0), 0);
    assert_int_equal(retry_at(1000, 0, 0, 0, 0), 0);
}

static void the_bar_says_how_far_how_fast_and_how_long(void **state)
{
    (void)state;
    struct deliver_progress progress = {
        .total = 1000,
        .counts = {[DELIVERY_QUEUED] = 400,
                   [DELIVERY_SENT] = 590,
                   [DELIVERY_REFUSED] = 8,
                   [DELIVERY_DEFERRED] = 2},
    };
    struct progress_meter meter = {0};
    struct buf line;
    buf_init(&line, 500);
    progress_measure(&meter, 1000, 0);
    progress_measure(&meter, 2000, 40);
    progress_fill(&progress, &meter);
    progress_line(&progress, 200, &line);
    assert_string_equal(line.data, "[##############----------] 59%  598/1000  40/s  ETA 10s  "
                                   "2 deferred, 8 refused");
    progress_line(&progress, 30, &line);
    assert_int_equal(line.len, 30);
    buf_free(&line);
}

static void without_a_rate_no_time_is_promised(void **state)
{
    (void)state;
    struct deliver_progress progress = {.total = 10, .counts = {[DELIVERY_QUEUED] = 10}};
    struct progress_meter meter = {0};
    struct buf line;
    buf_init(&line, 500);
    progress_fill(&progress, &meter);
    progress_line(&progress, 200, &line);
    assert_int_equal(progress.eta, -1);
    assert_string_equal(line.data, "[------------------------] 0%  0/10");
    buf_free(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rate_holds_in_every_period_and_is_nearly_used),
        cmocka_unit_test(a_domain_has_its_own_rate_or_that_of_all_others),
        cmocka_unit_test(single_mails_have_a_tenth_to_themselves),
        cmocka_unit_test(delays_double_from_5_minutes_to_6_hours_with_chance),
        cmocka_unit_test(the_last_attempt_falls_on_the_age_and_then_it_gives_up),
        cmocka_unit_test(the_bar_says_how_far_how_fast_and_how_long),
        cmocka_unit_test(without_a_rate_no_time_is_promised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
