#include "smtp/relay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct row {
    const char *url;
    enum settings_tls setting;
    enum relay_kind kind;
    const char *name;
    enum relay_tls tls;
};

static const struct row rows[] = {
    {"smtp://relay.example.org", TLS_AUTO, RELAY_SMTP, "relay.example.org:25", RELAY_STARTTLS},
    {"smtp://relay.example.org:587", TLS_AUTO, RELAY_SMTP, "relay.example.org:587", RELAY_STARTTLS},
    {"smtp://relay.example.org:587/me.example.org", TLS_AUTO, RELAY_SMTP, "relay.example.org:587",
     RELAY_STARTTLS},
    {"smtp://relay.example.org", TLS_NONE, RELAY_SMTP, "relay.example.org:25", RELAY_PLAIN},
    {"smtps://relay.example.org", TLS_AUTO, RELAY_SMTP, "relay.example.org:465", RELAY_IMPLICIT},
    {"SMTPS://relay.example.org", TLS_REQUIRED, RELAY_SMTP, "relay.example.org:465",
     RELAY_IMPLICIT},
    {"smtp://127.0.0.1:2525", TLS_AUTO, RELAY_SMTP, "127.0.0.1:2525", RELAY_PLAIN},
    {"smtp://127.8.9.10", TLS_AUTO, RELAY_SMTP, "127.8.9.10:25", RELAY_PLAIN},
    {"smtp://localhost", TLS_AUTO, RELAY_SMTP, "localhost:25", RELAY_PLAIN},
    {"smtp://[::1]:25", TLS_AUTO, RELAY_SMTP, "[::1]:25", RELAY_PLAIN},
    {"smtp://localhost", TLS_REQUIRED, RELAY_SMTP, "localhost:25", RELAY_STARTTLS},
    {"smtp://localhost.example.org", TLS_AUTO, RELAY_SMTP, "localhost.example.org:25",
     RELAY_STARTTLS},
    {"smtp://128.0.0.1", TLS_AUTO, RELAY_SMTP, "128.0.0.1:25", RELAY_STARTTLS},
    {"smtp://[2001:db8::1]", TLS_AUTO, RELAY_SMTP, "[2001:db8::1]:25", RELAY_STARTTLS},
    {"maildir:/var/mail/x", TLS_AUTO, RELAY_MAILDIR, "maildir:/var/mail/x", RELAY_PLAIN},
    {"null:", TLS_AUTO, RELAY_NULL, "null:", RELAY_PLAIN},
};

static void an_url_says_where_how_and_whether_in_clear(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena arena = {0};
        struct failure why = {0};
        struct relay relay;
        struct settings_relay settings = {.url = rows[i].url, .tls = rows[i].setting};
        assert_true(relay_read(&arena, &settings, &relay, &why));
        assert_int_equal(relay.kind, rows[i].kind);
        assert_string_equal(relay.name, rows[i].name);
        assert_int_equal(relay.tls, rows[i].tls);
        arena_free(&arena);
    }
}

static void a_wrong_url_is_a_matter_of_settings(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "relay.example.org",
                                      "http://relay.example.org",
                                      "smtp://",
                                      "smtp://user:secret@relay.example.org",
                                      "smtp://relay.example.org/two words",
                                      "smtp://relay.example.org/a%0d%0aRCPT",
                                      "maildir:",
                                      "smtp://relay.example.org:99999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct arena arena = {0};
        struct failure why = {0};
        struct relay relay;
        struct settings_relay settings = {.url = bad[i]};
        assert_false(relay_read(&arena, &settings, &relay, &why));
        assert_int_equal(why.kind, FAILURE_CONFIG);
        assert_null(strstr(why.text, "secret"));
        arena_free(&arena);
    }
}

static void smtps_and_tls_none_contradict_each_other(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct failure why = {0};
    struct relay relay;
    struct settings_relay settings = {.url = "smtps://relay.example.org", .tls = TLS_NONE};
    assert_false(relay_read(&arena, &settings, &relay, &why));
    assert_int_equal(why.kind, FAILURE_CONFIG);
    arena_free(&arena);
}

static void a_password_is_read_apart_and_wiped(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct failure why = {0};
    struct relay relay;
    char path[] = "/tmp/test_relay.XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, "hush\n", 5) == 5);
    close(fd);
    const struct settings_relay settings = {
        .url = "smtp://relay.example.org", .username = "us", .password_file = path};
    assert_true(relay_read_place(&arena, &settings, &relay, &why));
    assert_null(relay.password);
    assert_true(relay_read_password(&arena, &relay, &why));
    char *password = relay.password;
    assert_string_equal(password, "hush");
    relay_wipe(&relay);
    assert_null(relay.password);
    assert_memory_equal(password, "\0\0\0\0", 4);
    assert_int_equal(unlink(path), 0);
    assert_false(relay_read_password(&arena, &relay, &why));
    arena_free(&arena);
}

static void hear(struct relay_offer *offer, const char *text)
{
    while (*text != '\0') {
        size_t len = strcspn(text, "\n") + 1;
        relay_offer_line(offer, text, len);
        text += len;
    }
}

static void the_last_EHLO_reply_counts(void **state)
{
    (void)state;
    struct relay_offer offer = {0};
    hear(&offer, "220 hello\r\n"
                 "250-relay.example.org\r\n250-PIPELINING\r\n250-SIZE 1000\r\n250 STARTTLS\r\n");
    assert_true(offer.pipelining && offer.size);
    assert_int_equal(offer.size_max, 1000);
    hear(&offer, "220 go ahead\r\n"
                 "250-relay.example.org\r\n250-smtputf8\r\n250-AUTH PLAIN\r\n250 SIZE\r\n");
    assert_false(offer.pipelining);
    assert_true(offer.smtputf8 && offer.auth && offer.size);
    assert_int_equal(offer.size_max, 0);
    hear(&offer, "235 welcome\r\n");
    assert_true(offer.smtputf8);
    assert_string_equal(offer.last, "235 welcome");
}

static void a_second_block_without_a_220_between_counts_too(void **state)
{
    (void)state;
    struct relay_offer offer = {0};
    hear(&offer, "250-a\r\n250 PIPELINING\r\n250-a\r\n250 SIZE 5\r\n");
    assert_false(offer.pipelining);
    assert_int_equal(offer.size_max, 5);
}

static void a_refusal_is_kept_with_all_its_lines(void **state)
{
    (void)state;
    struct relay_offer offer = {0};
    hear(&offer, "220 hello\r\n550-5.7.1 first\r\n550-5.7.1 second\r\n550 5.7.1 third\r\n");
    assert_string_equal(offer.last, "550-5.7.1 first 550-5.7.1 second 550 5.7.1 third");
    hear(&offer, "250-a\r\n250 SIZE 5\r\n");
    assert_string_equal(offer.last, "250 SIZE 5");
    hear(&offer, "454-one\r\n454 two\r\n454 another\r\n");
    assert_string_equal(offer.last, "454 another");
    for (int i = 0; i < 20; i++) {
        hear(&offer, "554-forty bytes and more of what nobody reads\r\n");
    }
    assert_int_equal(strlen(offer.last), sizeof offer.last - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_url_says_where_how_and_whether_in_clear),
        cmocka_unit_test(a_wrong_url_is_a_matter_of_settings),
        cmocka_unit_test(smtps_and_tls_none_contradict_each_other),
        cmocka_unit_test(a_password_is_read_apart_and_wiped),
        cmocka_unit_test(the_last_EHLO_reply_counts),
        cmocka_unit_test(a_second_block_without_a_220_between_counts_too),
        cmocka_unit_test(a_refusal_is_kept_with_all_its_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
