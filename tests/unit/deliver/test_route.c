/* Which relay a row takes: a table of relays and rows. */
#include "deliver/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { NOW = 1700000000, MOST = 4 };

static const char *const google[] = {"gmail.com", "googlemail.com", NULL};
static const char *const others[] = {"gmx.example.net", NULL};
static const char *const none[] = {NULL};

#define GOOD        ROUTE_GOOD
#define TRIAL       ROUTE_TRIAL
#define UNAVAILABLE ROUTE_UNAVAILABLE

static const struct row {
    const char *name;
    struct route_relay relays[MOST];
    const char *domain, *doubted;
    int chosen;
} rows[] = {
    {"one that offers none to a row that needs none",
     {{"a", "h:1", .weight = 9, .no_utf8 = true}, {"b", "h:2", .weight = 1}},
     "x.org",
     "",
     0},
    {"the only relay", {{"a", "h:1", .weight = 1}}, "example.org", "", 0},
    {"the only relay, which waits", {{"a", "h:1", .weight = 1, .waits = true}}, "x.org", "", 0},
    {"the only relay is unavailable",
     {{"a", "h:1", .weight = 1, .state = UNAVAILABLE}},
     "x.org",
     "",
     ROUTE_NONE},
    {"the only relay has it in doubt", {{"a", "h:1", .weight = 1}}, "x.org", "a", 0},
    {"the first of equals", {{"a", "h:1", .weight = 1}, {"b", "h:2", .weight = 1}}, "x.org", "", 0},
    {"the heavier one", {{"a", "h:1", .weight = 1}, {"b", "h:2", .weight = 2}}, "x.org", "", 1},
    {"weight 0 gets nothing",
     {{"a", "h:1", .weight = 0}, {"b", "h:2", .weight = 1}},
     "x.org",
     "",
     1},
    {"one is unavailable",
     {{"a", "h:1", .weight = 9, .state = UNAVAILABLE}, {"b", "h:2", .weight = 1}},
     "x.org",
     "",
     1},
    {"one comes back",
     {{"a", "h:1", .weight = 9}, {"b", "h:2", .weight = 1, .state = TRIAL}},
     "x.org",
     "",
     1},
    {"one waits",
     {{"a", "h:1", .weight = 9, .waits = true}, {"b", "h:2", .weight = 1}},
     "x.org",
     "",
     1},
    {"all wait",
     {{"a", "h:1", .weight = 9, .waits = true}, {"b", "h:2", .weight = 1, .waits = true}},
     "x.org",
     "",
     0},
    {"all are unavailable",
     {{"a", "h:1", .weight = 1, .state = UNAVAILABLE},
      {"b", "h:2", .weight = 1, .state = UNAVAILABLE}},
     "x.org",
     "",
     ROUTE_NONE},
    {"a domain that is named",
     {{"a", "h:1", .weight = 9}, {"b", "h:2", .weight = 1, .domains = google}},
     "GMail.com",
     "",
     1},
    {"a domain that is not",
     {{"a", "h:1", .weight = 1}, {"b", "h:2", .weight = 9, .domains = google}},
     "x.org",
     "",
     0},
    {"an empty list of domains",
     {{"a", "h:1", .weight = 1}, {"b", "h:2", .weight = 9, .domains = none}},
     "x.org",
     "",
     1},
    {"a part of a name is no name",
     {{"a", "h:1", .weight = 1}, {"b", "h:2", .weight = 9, .domains = google}},
     "notgmail.com",
     "",
     0},
    {"of two that name it the heavier",
     {{"a", "h:1", .weight = 9},
      {"b", "h:2", .weight = 1, .domains = google},
      {"c", "h:3", .weight = 2, .domains = google}},
     "gmail.com",
     "",
     2},
    {"the named one is unavailable, and no other may",
     {{"a", "h:1", .weight = 1},
      {"b", "h:2", .weight = 1, .domains = google, .state = UNAVAILABLE}},
     "gmail.com",
     "",
     ROUTE_NONE},
    {"the named one waits",
     {{"a", "h:1", .weight = 1}, {"b", "h:2", .weight = 1, .domains = google, .waits = true}},
     "gmail.com",
     "",
     1},
    {"no backup while another can",
     {{"a", "h:1", .weight = 1}, {"b", "h:2", .weight = 9, .backup = true}},
     "x.org",
     "",
     0},
    {"no backup while another waits",
     {{"a", "h:1", .weight = 1, .waits = true}, {"b", "h:2", .weight = 9, .backup = true}},
     "x.org",
     "",
     0},
    {"the backup where no other can",
     {{"a", "h:1", .weight = 1, .state = UNAVAILABLE}, {"b", "h:2", .weight = 1, .backup = true}},
     "x.org",
     "",
     1},
    {"the backup for a named domain too",
     {{"a", "h:1", .weight = 1},
      {"b", "h:2", .weight = 1, .domains = google, .state = UNAVAILABLE},
      {"c", "h:3", .weight = 1, .backup = true}},
     "gmail.com",
     "",
     2},
    {"a backup for a domain is for that domain",
     {{"a", "h:1", .weight = 1, .state = UNAVAILABLE},
      {"b", "h:2", .weight = 1, .backup = true, .domains = google}},
     "x.org",
     "",
     ROUTE_NONE},
    {"what only a backup names goes as all else",
     {{"a", "h:1", .weight = 1}, {"b", "h:2", .weight = 1, .backup = true, .domains = google}},
     "gmail.com",
     "",
     0},
    {"a backup that is unavailable",
     {{"a", "h:1", .weight = 1, .state = UNAVAILABLE},
      {"b", "h:2", .weight = 1, .backup = true, .state = UNAVAILABLE}},
     "x.org",
     "",
     ROUTE_NONE},
    {"in doubt, by the same",
     {{"a", "h:1", .weight = 9}, {"b", "h:2", .weight = 1}},
     "x.org",
     "b",
     1},
    {"in doubt, by the same host",
     {{"a", "h:1", .weight = 9}, {"b", "h:2", .weight = 1}},
     "x.org",
     "h:2",
     1},
    {"in doubt, by one that is not named any more",
     {{"a", "h:1", .weight = 9}, {"b", "h:2", .weight = 1}},
     "x.org",
     "c",
     0},
    {"in doubt, by the same though it waits",
     {{"a", "h:1", .weight = 9}, {"b", "h:2", .weight = 1, .waits = true}},
     "x.org",
     "b",
     1},
    {"in doubt, and the same is away for a minute",
     {{"a", "h:1", .weight = 1},
      {"b", "h:2", .weight = 1, .state = UNAVAILABLE, .unavailable_since = NOW - 60}},
     "x.org",
     "b",
     ROUTE_LATER},
    {"in doubt, and the same is away for an hour less a second",
     {{"a", "h:1", .weight = 1},
      {"b", "h:2", .weight = 1, .state = UNAVAILABLE, .unavailable_since = NOW - 3599}},
     "x.org",
     "b",
     ROUTE_LATER},
    {"in doubt, and the same is away for an hour",
     {{"a", "h:1", .weight = 1},
      {"b", "h:2", .weight = 1, .state = UNAVAILABLE, .unavailable_since = NOW - 3600}},
     "x.org",
     "b",
     0},
    {"in doubt, and the same comes back",
     {{"a", "h:1", .weight = 1},
      {"b", "h:2", .weight = 1, .state = TRIAL, .unavailable_since = NOW - 9999}},
     "x.org",
     "b",
     1},
};

/* Of rows that need SMTPUTF8. */
static const struct row utf8_rows[] = {
    {"one that offers no SMTPUTF8 to a row that needs it",
     {{"a", "h:1", .weight = 9, .no_utf8 = true}, {"b", "h:2", .weight = 1}},
     "x.org",
     "",
     1},
    {"a backup that offers it",
     {{"a", "h:1", .weight = 9, .no_utf8 = true}, {"b", "h:2", .weight = 1, .backup = true}},
     "x.org",
     "",
     1},
    {"nobody offers it",
     {{"a", "h:1", .weight = 1, .no_utf8 = true}, {"b", "h:2", .weight = 1, .no_utf8 = true}},
     "x.org",
     "",
     ROUTE_NONE},
    {"in doubt, by one that offers it no more",
     {{"a", "h:1", .weight = 1}, {"b", "h:2", .weight = 1, .no_utf8 = true}},
     "x.org",
     "b",
     0},
};

static struct routes routes_of(struct route_relay relays[MOST])
{
    struct routes routes = {.list = relays};
    while (routes.count < MOST && relays[routes.count].name != NULL) {
        routes.count++;
    }
    return routes;
}

static int count_wrong(const struct row *cases, size_t count, bool utf8)
{
    int wrong = 0;
    for (size_t i = 0; i < count; i++) {
        struct route_relay relays[MOST];
        memcpy(relays, cases[i].relays, sizeof relays);
        struct routes routes = routes_of(relays);
        const struct route_row row = {cases[i].domain, cases[i].doubted, utf8};
        int chosen = routes_choose(&routes, &row, NOW);
        if (chosen != cases[i].chosen) {
            print_error("%s: %d, not %d\n", cases[i].name, chosen, cases[i].chosen);
            wrong++;
        }
    }
    return wrong;
}

static void each_row_takes_its_relay(void **state)
{
    (void)state;
    assert_int_equal(count_wrong(rows, sizeof rows / sizeof *rows, false), 0);
}

static void a_row_that_needs_SMTPUTF8_takes_one_that_offers_it(void **state)
{
    (void)state;
    assert_int_equal(count_wrong(utf8_rows, sizeof utf8_rows / sizeof *utf8_rows, true), 0);
}

static int choose(struct routes *routes, const char *domain)
{
    const struct route_row row = {.domain = domain};
    return routes_choose(routes, &row, NOW);
}

static void weights_are_shares_to_the_row(void **state)
{
    (void)state;
    struct route_relay relays[] = {{"a", "h:1", .weight = 3},
                                   {"b", "h:2", .weight = 1},
                                   {"c", "h:3", .weight = 6, .domains = others}};
    struct routes routes = {relays, 3};
    int counts[3] = {0};
    for (int i = 0; i < 400; i++) {
        counts[choose(&routes, "x.org")]++;
        counts[choose(&routes, "gmx.example.net")]++;
    }
    assert_int_equal(counts[0], 300);
    assert_int_equal(counts[1], 100);
    assert_int_equal(counts[2], 400);
}

static void one_that_comes_back_gets_one_row_and_is_owed_no_more(void **state)
{
    (void)state;
    struct route_relay relays[] = {{"a", "h:1", .weight = 1}, {"b", "h:2", .weight = 1}};
    struct routes routes = {relays, 2};
    relays[1].state = ROUTE_UNAVAILABLE;
    for (int i = 0; i < 100; i++) {
        assert_int_equal(choose(&routes, "x.org"), 0);
    }
    relays[1].state = ROUTE_TRIAL;
    assert_int_equal(choose(&routes, "x.org"), 1);
    assert_int_equal(relays[1].state, ROUTE_UNAVAILABLE);
    assert_int_equal(choose(&routes, "x.org"), 0);
    relays[1].state = ROUTE_GOOD;
    int counts[2] = {0};
    for (int i = 0; i < 100; i++) {
        counts[choose(&routes, "x.org")]++;
    }
    assert_in_range(counts[1], 49, 51);
}

static void a_domain_is_open_while_one_of_its_relays_can_at_once(void **state)
{
    (void)state;
    struct route_relay relays[] = {{"a", "h:1", .weight = 1},
                                   {"b", "h:2", .weight = 1, .domains = google}};
    struct routes routes = {relays, 2};
    assert_true(routes_open(&routes, "gmail.com"));
    relays[1].waits = true;
    assert_false(routes_open(&routes, "gmail.com"));
    assert_false(routes_all_unavailable(&routes, "gmail.com"));
    assert_true(routes_open(&routes, "x.org"));
    relays[1].state = ROUTE_UNAVAILABLE;
    assert_true(routes_all_unavailable(&routes, "gmail.com"));
    assert_true(routes_may(&routes, 1, "gmail.com"));
    assert_false(routes_may(&routes, 0, "gmail.com"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_takes_its_relay),
        cmocka_unit_test(a_row_that_needs_SMTPUTF8_takes_one_that_offers_it),
        cmocka_unit_test(weights_are_shares_to_the_row),
        cmocka_unit_test(one_that_comes_back_gets_one_row_and_is_owed_no_more),
        cmocka_unit_test(a_domain_is_open_while_one_of_its_relays_can_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
