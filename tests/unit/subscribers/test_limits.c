/* Limits: what passes, what trips, and that a limit that trips takes nothing of the others. */
#include "mail/address.h"
#include "subscribers/limits.h"

#include "../store/scratch.h"

#include "subscribers/provider.h"

static const struct token_keys keys = {
    .keys = {{.number = 1, .key = "0123456789abcdef0123456789abcde"}},
    .count = 1,
    .suppression = "fedcba9876543210fedcba987654321"};

/* An address that nobody reads out of this file. */
#define AT(local, domain) local "@" domain

static struct settings settings;

static struct limits open_limits(struct scratch *scratch)
{
    settings = (struct settings){0};
    return (struct limits){scratch->store, &settings, &keys};
}

static enum limits_answer take_from(const struct limits *limits, const struct limits_origin *origin,
                                    const char *address, const char *stamp, int64_t now,
                                    int64_t *wait)
{
    struct address parsed;
    enum limits_answer answer;
    must(address_parse(address, &parsed, &why));
    must(limits_take_signup(limits, origin, &parsed, stamp, now, &answer, wait, &why));
    return answer;
}

/* With a stamp of its own each time. */
static enum limits_answer take(const struct limits *limits, const char *network,
                               const char *address, bool stamped, int64_t now, int64_t *wait)
{
    static int count;
    char stamp[20];
    const struct limits_origin origin = {{network}};
    snprintf(stamp, sizeof stamp, "%d", count++);
    return take_from(limits, &origin, address, stamped ? stamp : NULL, now, wait);
}

/* As the form has it: a /64 of IPv6 with the /56 and the /48 around it. */
static enum limits_answer take_v6(const struct limits *limits, int block, int part, int wire,
                                  const char *address)
{
    char network[3][40];
    static int count;
    char stamp[20];
    int64_t wait;
    snprintf(network[0], sizeof network[0], "2001:db8:%x:%02x%02x::/64", block, part, wire);
    snprintf(network[1], sizeof network[1], "2001:db8:%x:%02x00::/56", block, part);
    snprintf(network[2], sizeof network[2], "2001:db8:%x::/48", block);
    snprintf(stamp, sizeof stamp, "v6 %d", count++);
    const struct limits_origin origin = {{network[0], network[1], network[2]}};
    return take_from(limits, &origin, address, stamp, NOW, &wait);
}

/* One customer of a provider has 65,536 networks of his own, and shut everybody out with them. */
static void one_wide_network_leaves_the_shared_limits_to_others(void **state)
{
    struct scratch *scratch = *state;
    struct limits limits = open_limits(scratch);
    settings.subscribe.limit_network = (struct settings_rate){3, 3600};
    settings.subscribe.limit_domain = (struct settings_rate){20, 3600};
    settings.subscribe.limit_all = (struct settings_rate){30, 3600};
    int passed = 0;
    for (int i = 0; i < 400; i++) {
        char address[40];
        snprintf(address, sizeof address, AT("x%d", "gmail.com"), i);
        passed += take_v6(&limits, 1, i % 20, i / 20, address) == LIMITS_PASS;
    }
    assert_int_equal(passed, 4 * 3);
    assert_int_equal(take_v6(&limits, 2, 0, 0, AT("ann", "gmail.com")), LIMITS_PASS);
}

/* Many networks use up what all share: who has sent nothing gets through, and once. */
static void a_network_that_has_used_nothing_passes_where_shared_limits_are_short(void **state)
{
    struct scratch *scratch = *state;
    struct limits limits = open_limits(scratch);
    settings.subscribe.limit_network = (struct settings_rate){3, 3600};
    settings.subscribe.limit_domain = (struct settings_rate){2, 3600};
    for (int i = 0; i < 9; i++) {
        char address[40];
        snprintf(address, sizeof address, AT("x%d", "gmail.com"), i);
        assert_int_equal(take_v6(&limits, i, 0, 0, address), LIMITS_PASS);
    }
    assert_int_equal(take_v6(&limits, 3, 0, 0, AT("y", "gmail.com")), LIMITS_DOMAIN);
    assert_int_equal(take_v6(&limits, 3, 7, 7, AT("y", "gmail.com")), LIMITS_DOMAIN);
    assert_int_equal(take_v6(&limits, 3, 0, 0, AT("y", "outlook.com")), LIMITS_PASS);
}

/* Networks are cheap to have, forms of ours are not: what comes without one passes no wider where
 * the shared limits are short, however many networks it comes from. */
static void unused_networks_pass_no_limit_of_forms_without_a_stamp(void **state)
{
    struct scratch *scratch = *state;
    struct limits limits = open_limits(scratch);
    settings.subscribe.limit_network = (struct settings_rate){3, 3600};
    settings.subscribe.limit_all = (struct settings_rate){1, 3600};
    settings.subscribe.limit_unstamped = (struct settings_rate){2, 3600};
    int passed = 0;
    for (int i = 0; i < 50; i++) {
        char address[40], network[40];
        int64_t wait;
        snprintf(address, sizeof address, "x%d@example.org", i);
        snprintf(network, sizeof network, "10.%d.0.0/16", i);
        passed += take(&limits, network, address, false, NOW, &wait) == LIMITS_PASS;
    }
    assert_int_equal(passed, 2);
    int64_t wait;
    assert_int_equal(take(&limits, "192.0.2.0/24", "a@example.org", true, NOW, &wait), LIMITS_PASS);
}

static void a_stamp_is_good_for_few_uses(void **state)
{
    struct scratch *scratch = *state;
    struct limits limits = open_limits(scratch);
    const struct limits_origin origin = {{"192.0.2.0/24"}};
    int64_t wait;
    for (int i = 0; i < LIMITS_STAMP_USES; i++) {
        assert_int_equal(take_from(&limits, &origin, "a@example.org", "1:2", NOW, &wait),
                         LIMITS_PASS);
    }
    assert_int_equal(take_from(&limits, &origin, "a@example.org", "1:2", NOW, &wait), LIMITS_STAMP);
    assert_int_equal(take_from(&limits, &origin, "a@example.org", "1:3", NOW, &wait), LIMITS_PASS);
}

static void a_domain_that_is_not_large_has_a_tenth(void **state)
{
    struct scratch *scratch = *state;
    struct limits limits = open_limits(scratch);
    int64_t wait;
    settings.subscribe.limit_domain = (struct settings_rate){30, 3600};
    int small = 0, large = 0;
    for (int i = 0; i < 40; i++) {
        small += take(&limits, "192.0.2.0/24", "a@example.org", true, NOW, &wait) == LIMITS_PASS;
        large +=
            take(&limits, "192.0.2.0/24", AT("a", "gmail.com"), true, NOW, &wait) == LIMITS_PASS;
    }
    assert_int_equal(small, 3);
    assert_int_equal(large, 30);
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
    assert_int_equal(take(&limits, "192.0.2.0/24", "a.n.n@example.org", true, NOW, &wait),
                     LIMITS_PASS);
    assert_int_equal(take(&limits, "192.0.2.0/24", "ann@example.com", true, NOW, &wait),
                     LIMITS_PASS);
}

/* Forty spellings of one mailbox brought it forty mails. */
static void what_a_provider_ignores_is_ignored(void **state)
{
    static const char *const rows[][2] = {
        {AT("A.n.n+news", "googlemail.com"), AT("ann", "gmail.com")},
        {AT("ann", "gmail.com"), AT("ann", "gmail.com")},
        {AT("a-n_n.+x", "proton.me"), AT("ann", "proton.me")},
        {AT("ann", "pm.me"), AT("ann", "proton.me")},
        {AT("a.n.n", "outlook.com"), AT("a.n.n", "outlook.com")},
        {"a.n-n+x@example.org", "a.n-n@example.org"},
        {AT("ann", "me.com"), AT("ann", "icloud.com")},
        {AT("+ann", "gmail.com"), AT("+ann", "gmail.com")},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct address address;
        char mailbox[sizeof address.key];
        must(address_parse(rows[i][0], &address, &why));
        provider_mailbox(&address, mailbox);
        assert_string_equal(mailbox, rows[i][1]);
    }
    for (size_t i = 0; i < PROVIDER_COUNT; i++) {
        assert_ptr_equal(provider_find(providers[i].domain), &providers[i]);
    }
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
    settings.subscribe.limit_network = (struct settings_rate){0};
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
    take(&limits, "192.0.2.0/24", "someone@example.org", false, NOW, &wait);
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
        TEST(what_a_provider_ignores_is_ignored),
        TEST(others_are_not_locked_out),
        TEST(one_wide_network_leaves_the_shared_limits_to_others),
        TEST(a_network_that_has_used_nothing_passes_where_shared_limits_are_short),
        TEST(unused_networks_pass_no_limit_of_forms_without_a_stamp),
        TEST(a_stamp_is_good_for_few_uses),
        TEST(a_domain_that_is_not_large_has_a_tenth),
        TEST(what_trips_writes_nothing),
        TEST(addresses_are_kept_as_hashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
