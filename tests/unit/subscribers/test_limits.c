/* Limits: what passes, what trips, and that a limit that trips takes nothing of the others. */
#include "subscribers/limits.h"

#include "../store/scratch.h"

static const struct token_keys keys = {
    .keys = {{.number = 1, .key = "0123456789abcdef0123456789abcde"}},
    .count = 1,
    .suppression = "fedcba9876543210fedcba987654321"};

static struct settings settings;

static struct limits open_limits(struct scratch *scratch)
{
    settings = (struct settings){0};
    return (struct limits){scratch->store, &settings, &keys};
}

static enum limits_answer take(const struct limits *limits, const char *origin, const char *address,
                               bool stamped, int64_t now, int64_t *wait)
{
    struct address parsed;
    enum limits_answer answer;
    must(address_parse(address, &parsed, &why));
    must(limits_take_signup(limits, origin, &parsed, stamped, now, &answer, wait, &why));
    return answer;
}

static void each_limit_trips_by_itself_and_says_until_when(void **state)
{
    static const struct {
        enum limits_answer answer;
        struct settings_rate address, network, domain, all, unstamped;
    } rows[] = {
        {LIMITS_ADDRESS, {1, 100}, {0, 0}, {0, 0}, {0, 0}, {0, 0}},
        {LIMITS_NETWORK, {0, 0}, {1, 100}, {0, 0}, {0, 0}, {0, 0}},
        {LIMITS_DOMAIN, {0, 0}, {0, 0}, {1, 100}, {0, 0}, {0, 0}},
        {LIMITS_ALL, {0, 0}, {0, 0}, {0, 0}, {1, 100}, {0, 0}},
        {LIMITS_UNSTAMPED, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {1, 100}},
    };
    struct scratch *scratch = *state;
    struct limits limits = open_limits(scratch);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t wait;
        run_sql(scratch->store, "DELETE FROM bucket");
        settings.subscribe.limit_address = rows[i].address;
        settings.subscribe.limit_network = rows[i].network;
        settings.subscribe.limit_domain = rows[i].domain;
        settings.subscribe.limit_all = rows[i].all;
        settings.subscribe.limit_unstamped = rows[i].unstamped;
        assert_int_equal(take(&limits, "192.0.2.0/24", "a@example.org", false, NOW, &wait),
                         LIMITS_PASS);
        assert_int_equal(take(&limits, "192.0.2.0/24", "a@example.org", false, NOW, &wait),
                         rows[i].answer);
        assert_int_equal(wait, 100);
        assert_int_equal(take(&limits, "192.0.2.0/24", "a@example.org", false, NOW + 99, &wait),
                         rows[i].answer);
        assert_int_equal(take(&limits, "192.0.2.0/24", "a@example.org", false, NOW + 100, &wait),
                         LIMITS_PASS);
    }
}

static void one_mailbox_has_one_limit_under_all_its_names(void **state)
{
    struct scratch *scratch = *state;
    struct limits limits = open_limits(scratch);
    int64_t wait;
    settings.subscribe.limit_address = (struct settings_rate){2, 100};
    assert_int_equal(take(&limits, "192.0.2.0/24", "Ann@example.org", true, NOW, &wait),
                     LIMITS_PASS);
    assert_int_equal(take(&limits, "192.0.2.0/24", "ann+a@example.org", true, NOW, &wait),
                     LIMITS_PASS);
    assert_int_equal(take(&limits, "192.0.2.0/24", "ann+b+c@example.org", true, NOW, &wait),
                     LIMITS_ADDRESS);
    assert_int_equal(take(&limits, "192.0.2.0/24", "+ann@example.org", true, NOW, &wait),
                     LIMITS_PASS);
    assert_int_equal(take(&limits, "192.0.2.0/24", "ann@example.com", true, NOW, &wait),
                     LIMITS_PASS);
}

static void others_are_not_locked_out(void **state)
{
    struct scratch *scratch = *state;
    struct limits limits = open_limits(scratch);
    int64_t wait;
    settings.subscribe.limit_network = (struct settings_rate){1, 100};
    settings.subscribe.limit_address = (struct settings_rate){1, 100};
    settings.subscribe.limit_unstamped = (struct settings_rate){1, 100};
    assert_int_equal(take(&limits, "192.0.2.0/24", "a@example.org", false, NOW, &wait),
                     LIMITS_PASS);
    assert_int_equal(take(&limits, "198.51.100.0/24", "b@example.org", true, NOW, &wait),
                     LIMITS_PASS);
    assert_int_equal(take(&limits, "203.0.113.0/24", "c@example.org", false, NOW, &wait),
                     LIMITS_UNSTAMPED);
    assert_int_equal(take(&limits, "203.0.113.0/24", "c@example.org", true, NOW, &wait),
                     LIMITS_PASS);
}

static void what_trips_writes_nothing(void **state)
{
    struct scratch *scratch = *state;
    struct limits limits = open_limits(scratch);
    int64_t wait;
    settings.subscribe.limit_network = (struct settings_rate){100, 100};
    settings.subscribe.limit_address = (struct settings_rate){100, 100};
    settings.subscribe.limit_all = (struct settings_rate){1, 100};
    take(&limits, "192.0.2.0/24", "a@example.org", true, NOW, &wait);
    const char *before =
        ask_text(scratch->store, "SELECT group_concat(name || tokens || at) FROM bucket");
    char kept[4096];
    snprintf(kept, sizeof kept, "%s", before);
    assert_int_equal(take(&limits, "203.0.113.0/24", "c@example.org", true, NOW, &wait),
                     LIMITS_ALL);
    assert_string_equal(
        ask_text(scratch->store, "SELECT group_concat(name || tokens || at) FROM bucket"), kept);
}

static void addresses_are_kept_as_hashes(void **state)
{
    struct scratch *scratch = *state;
    struct limits limits = open_limits(scratch);
    int64_t wait;
    settings.subscribe.limit_address = (struct settings_rate){1, 100};
    take(&limits, "192.0.2.0/24", "someone@example.org", true, NOW, &wait);
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM bucket"), 1);
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM bucket WHERE name LIKE '%someone%'"),
                     0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, scratch_open, scratch_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_limit_trips_by_itself_and_says_until_when),
        TEST(one_mailbox_has_one_limit_under_all_its_names),
        TEST(others_are_not_locked_out),
        TEST(what_trips_writes_nothing),
        TEST(addresses_are_kept_as_hashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
