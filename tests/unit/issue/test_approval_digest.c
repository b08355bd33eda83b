/* The Date of an issue that is approved, and what an editor's word covers
 * (src/issue/approval_digest.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "issue/approval_digest.h"

#include <cmocka.h>

enum { DUE = 1000000, HOUR = 3600 };

static void without_a_look_the_date_is_kept_for_three_hours(void **state)
{
    (void)state;
    assert_int_equal(approval_date(DUE, DUE - 5), DUE);
    assert_int_equal(approval_date(DUE, DUE), DUE);
    assert_int_equal(approval_date(DUE, DUE + 3 * HOUR), DUE);
    assert_int_equal(approval_date(DUE, DUE + 3 * HOUR + 1), DUE + 3 * HOUR + 1);
}

static void a_look_leaves_an_hour_to_approve_in(void **state)
{
    static const struct {
        const char *name;
        int64_t shown, now, date;
    } rows[] = {
        {"the issue's own", 0, DUE + 2 * HOUR, DUE},
        {"a second too old", 0, DUE + 2 * HOUR + 1, DUE + 2 * HOUR + 1},
        {"the look before", DUE + 5 * HOUR, DUE + 6 * HOUR, DUE + 5 * HOUR},
        {"the look before, two hours on", DUE + 5 * HOUR, DUE + 7 * HOUR, DUE + 5 * HOUR},
        {"and a second", DUE + 5 * HOUR, DUE + 7 * HOUR + 1, DUE + 7 * HOUR + 1},
        {"one that is still to come", DUE + 9 * HOUR, DUE + 6 * HOUR, DUE + 6 * HOUR},
        {"its own goes first", DUE + HOUR, DUE + 2 * HOUR, DUE},
        {"nonsense", INT64_MIN, DUE + 6 * HOUR, DUE + 6 * HOUR},
        {"an issue of next week", 0, DUE - 100 * HOUR, DUE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t date = approval_date_to_show(DUE, rows[i].shown, rows[i].now);
        if (date != rows[i].date) {
            fail_msg("%s: %lld", rows[i].name, (long long)(date - DUE));
        }
        assert_true(approval_date_holds(DUE, date, rows[i].now));
        assert_true(approval_date_holds(DUE, date, rows[i].now + HOUR));
    }
}

static void a_date_that_was_shown_holds_for_three_hours(void **state)
{
    (void)state;
    int64_t shown = DUE + 5 * HOUR;
    assert_true(approval_date_holds(DUE, shown, shown));
    assert_true(approval_date_holds(DUE, shown, shown + 3 * HOUR));
    assert_false(approval_date_holds(DUE, shown, shown + 3 * HOUR + 1));
    assert_false(approval_date_holds(DUE, shown, shown - 1));
    assert_false(approval_date_holds(DUE, 0, shown));
    assert_true(approval_date_holds(DUE, DUE, DUE - 100 * HOUR));
    assert_false(approval_date_holds(DUE, INT64_MIN, shown)); /* a request may say anything */
    assert_false(approval_date_holds(DUE, INT64_MAX, shown));
}

/* One thing after the other is changed, and each changes the digest. */
static void the_digest_covers_all_that_is_frozen(void **state)
{
    struct arena arena = {0};
    struct approval_digest first = {.date = DUE}, other;
    (void)state;
    for (int change = 0; change <= 10; change++) {
        struct issue issue = {.number = 3,
                              .iso_week = "2026-W47",
                              .subject = change == 1 ? "b" : "a",
                              .preheader = change == 2 ? "b" : "a"};
        struct sender sender = {.from_name = "",
                                .from_address = "a@example.org",
                                .list_name = "x",
                                .list_id = "x.example.org",
                                .bounce_address = "b@example.org",
                                .message_id_domain = "example.org",
                                .subscribe_url = "https://example.org",
                                .boundary = change == 3 ? "b" : "a"};
        struct issue_variant variants[2] = {{.topics = ""}, {.topics = change == 4 ? "b" : "a"}};
        snprintf(variants[0].html_sha256, sizeof variants[0].html_sha256, "%s",
                 change == 5 ? "1" : "2");
        snprintf(variants[1].text_sha256, sizeof variants[1].text_sha256, "%s",
                 change == 6 ? "1" : "2");
        sender.from_address = change == 7 ? "c@example.org" : sender.from_address;
        issue.number += change == 8 ? 1 : 0;
        other = (struct approval_digest){.date = change == 9 ? DUE + 1 : DUE};
        struct approval_digest *approved = change == 0 ? &first : &other;
        const struct issue_word note = {.kind = ISSUE_WORD_NOTE, .about = "", .text = "a"};
        const struct words words = {.rows = &note, .count = change == 10 ? 1 : 0};
        approval_digest_make(&arena, &issue, &sender, &words, variants, 2, approved);
        if (change > 0 && strcmp(first.digest, other.digest) == 0) {
            fail_msg("change %d is not seen", change);
        }
    }
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_look_the_date_is_kept_for_three_hours),
        cmocka_unit_test(a_look_leaves_an_hour_to_approve_in),
        cmocka_unit_test(a_date_that_was_shown_holds_for_three_hours),
        cmocka_unit_test(the_digest_covers_all_that_is_frozen),
    };
    return cmocka_run_group_tests_name("issue/seal", tests, NULL, NULL);
}
