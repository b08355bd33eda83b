#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "mail/dkim.h"
#include "mail/dkim_canon.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* After ours: cmocka has a macro fail(). */
#include <cmocka.h>

/* A folder with a key of each kind, and a signer with both. */
struct fixture {
    char folder[64];
    char rsa[80];
    char ed25519[80];
    struct dkim_signer *signer;
};

static void make_key(enum dkim_kind kind, const char *path)
{
    struct failure why = {0};
    struct buf pem, record;
    buf_init(&pem, 100000);
    buf_init(&record, 100000);
    assert_true(dkim_make_key(kind, 1024, &pem, &record, &why));
    assert_true(file_create(path, pem.data, pem.len, 0600, &why));
    buf_free(&pem);
    buf_free(&record);
}

static int set_up(void **state)
{
    static struct fixture fixture;
    struct failure why = {0};
    fixture = (struct fixture){.folder = "/tmp/verdicts-dkim-XXXXXX"};
    assert_non_null(mkdtemp(fixture.folder));
    snprintf(fixture.rsa, sizeof fixture.rsa, "%s/rsa.pem", fixture.folder);
    snprintf(fixture.ed25519, sizeof fixture.ed25519, "%s/ed25519.pem", fixture.folder);
    make_key(DKIM_RSA, fixture.rsa);
    make_key(DKIM_ED25519, fixture.ed25519);
    struct dkim_settings settings = {.domain = "example.org",
                                     .selector = "r1",
                                     .key_file = fixture.rsa,
                                     .ed25519_selector = "e1",
                                     .ed25519_key_file = fixture.ed25519};
    assert_true(dkim_open(&settings, &fixture.signer, &why));
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    dkim_close(fixture->signer);
    unlink(fixture->rsa);
    unlink(fixture->ed25519);
    rmdir(fixture->folder);
    return 0;
}

static const struct header_row {
    const char *name;
    const char *field;
    const char *canon;
} header_rows[] = {
    {"the example of RFC 6376 3.4.5, first field", "A: X", "a:X\r\n"},
    {"the example of RFC 6376 3.4.5, second field", "B : Y\t\r\n\tZ  ", "b:Y Z\r\n"},
    {"an empty value", "Subject:", "subject:\r\n"},
    {"a value of white space", "Subject: \t ", "subject:\r\n"},
    {"folded right behind the colon", "X:\r\n y", "x:y\r\n"},
    {"colons in the value stay", "X: a : b:c", "x:a : b:c\r\n"},
    {"a bare CR is a character", "X: a\rb", "x:a\rb\r\n"},
};

static void fields_become_their_canonical_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof header_rows / sizeof header_rows[0]; i++) {
        char message[200];
        int len = snprintf(message, sizeof message, "%s\r\n\r\n", header_rows[i].field);
        struct dkim_field fields[DKIM_FIELDS_MAX];
        size_t count = 0, body = 0;
        assert_true(dkim_split(message, (size_t)len, fields, &count, &body));
        assert_int_equal(count, 1);
        assert_int_equal(body, len);
        struct buf out;
        buf_init(&out, 1000);
        dkim_canon_field(&fields[0], &out);
        assert_string_equal(out.data, header_rows[i].canon);
        buf_free(&out);
    }
}

static const struct body_row {
    const char *name;
    const char *body;
    const char *canon;
} body_rows[] = {
    {"the example of RFC 6376 3.4.5", " C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n"},
    {"nothing", "", ""},
    {"empty lines alone", "\r\n\r\n", ""},
    {"lines of white space alone", " \t\r\n  \r\n", ""},
    {"no line end at the end", "x", "x\r\n"},
    {"white space and no line end at the end", "x \t", "x\r\n"},
    {"empty lines at the start stay", "\r\n\r\nx", "\r\n\r\nx\r\n"},
    {"a tab alone becomes a space", "a\tb\r\n", "a b\r\n"},
    {"white space across the eighth byte", "1234567  9\r\n12345678 \r\n",
     "1234567 9\r\n12345678\r\n"},
    {"single spaces stay", "a b c d e f g h i j\r\n", "a b c d e f g h i j\r\n"},
    {"a bare CR behind a space is a character", "abcdefg \rx\r\n", "abcdefg \rx\r\n"},
    {"a bare LF is a character", "a \nb\n\n", "a \nb\n\n\r\n"},
};

static void collect(void *context, const char *bytes, size_t len)
{
    buf_add(context, bytes, len);
}

static void bodies_become_their_canonical_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof body_rows / sizeof body_rows[0]; i++) {
        struct buf out;
        buf_init(&out, 1000);
        dkim_canon_body(body_rows[i].body, strlen(body_rows[i].body), collect, &out);
        if (strcmp(out.data, body_rows[i].canon) != 0) {
            print_error("%s: \"%s\"\n", body_rows[i].name, out.data);
        }
        assert_string_equal(out.data, body_rows[i].canon);
        buf_free(&out);
    }
}

static const char sample[] = "From: weekly@example.org\r\nTo: ana@example.com\r\n"
                             "Subject: Five rivals\r\n\r\nHello\r\n";

static void *sign_often(void *context)
{
    const struct fixture *fixture = context;
    struct buf *out = malloc(sizeof *out);
    buf_init(out, 1 << 20);
    for (int i = 0; i < 20; i++) {
        struct failure why = {0};
        buf_reset(out);
        assert_true(dkim_sign(fixture->signer, sample, strlen(sample), 1795165200, out, &why));
    }
    return out;
}

static void four_threads_sign_with_one_signer(void **state)
{
    pthread_t threads[4];
    struct buf *results[4];
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, sign_often, *state), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        void *result = NULL;
        pthread_join(threads[i], &result);
        results[i] = result;
    }
    for (size_t i = 0; i < 4; i++) {
        assert_true(results[i]->len > 0);
        assert_string_equal(results[i]->data, results[0]->data);
    }
    for (size_t i = 0; i < 4; i++) {
        buf_free(results[i]);
        free(results[i]);
    }
}

static void a_signature_is_appended_and_a_failure_appends_nothing(void **state)
{
    const struct fixture *fixture = *state;
    struct failure why = {0};
    struct buf out;
    buf_init(&out, 1 << 20);
    buf_add_text(&out, "before");
    assert_false(dkim_sign(fixture->signer, "X: y\r\n\r\n", 8, 0, &out, &why));
    assert_int_equal(why.kind, FAILURE_DATA);
    assert_string_equal(out.data, "before");
    assert_true(dkim_sign(fixture->signer, sample, strlen(sample), 0, &out, &why));
    assert_int_equal(strncmp(out.data, "beforeDKIM-Signature: v=1; a=rsa-sha256;", 40), 0);
    buf_free(&out);
    buf_init(&out, 100);
    assert_false(dkim_sign(fixture->signer, sample, strlen(sample), 0, &out, &why));
    buf_free(&out);
}

static void signatures_go_in_front_of_a_message(void **state)
{
    const struct fixture *fixture = *state;
    struct failure why = {0};
    struct buf fields, message;
    buf_init(&fields, 1 << 20);
    buf_init(&message, 1 << 20);
    assert_true(dkim_sign(fixture->signer, sample, strlen(sample), 7, &fields, &why));
    buf_add_text(&message, sample);
    assert_true(dkim_sign_message(fixture->signer, &message, 7, &why));
    assert_int_equal(message.len, fields.len + strlen(sample));
    assert_memory_equal(message.data, fields.data, fields.len);
    assert_string_equal(message.data + fields.len, sample);
    buf_free(&message);
    buf_init(&message, fields.len);
    buf_add_text(&message, sample);
    assert_false(dkim_sign_message(fixture->signer, &message, 7, &why));
    assert_int_equal(why.kind, FAILURE_DATA);
    assert_string_equal(message.data, sample);
    buf_free(&fields);
    buf_free(&message);
}

static void a_small_rsa_key_is_a_warning(void **state)
{
    const struct fixture *fixture = *state;
    assert_non_null(strstr(dkim_warning(fixture->signer), "1024 bits"));
    struct dkim_settings settings = {
        .domain = "example.org", .ed25519_selector = "e1", .ed25519_key_file = fixture->ed25519};
    struct dkim_signer *signer = NULL;
    struct failure why = {0};
    assert_true(dkim_open(&settings, &signer, &why));
    assert_null(dkim_warning(signer));
    dkim_close(signer);
}

static void sign_with(const struct fixture *fixture, const char *unsigned_fields,
                      const char *algorithms, struct buf *fields)
{
    struct dkim_settings settings = {.domain = "example.org",
                                     .selector = "r1",
                                     .key_file = fixture->rsa,
                                     .ed25519_selector = "e1",
                                     .ed25519_key_file = fixture->ed25519,
                                     .unsigned_fields = unsigned_fields,
                                     .algorithms = algorithms};
    static const char message[] = "From: a@example.org\r\nDate: x\r\nMessage-ID: <a@b>\r\n"
                                  "List-Id: a\r\nList-Help: b\r\n\r\nx\r\n";
    struct dkim_signer *signer = NULL;
    struct failure why = {0};
    assert_true(dkim_open(&settings, &signer, &why));
    assert_true(dkim_sign(signer, message, strlen(message), 7, fields, &why));
    dkim_close(signer);
}

static void fields_that_the_relay_writes_are_left_out(void **state)
{
    struct buf fields;
    buf_init(&fields, 100000);
    sign_with(*state, NULL, "rsa", &fields);
    assert_non_null(strstr(fields.data, ":Date:Date:"));
    assert_non_null(strstr(fields.data, ":Message-ID:"));
    buf_reset(&fields);
    sign_with(*state, "Date:message-id:List-Id", "rsa", &fields);
    assert_null(strstr(fields.data, "Date:"));
    assert_null(strstr(fields.data, "Message-ID"));
    assert_null(strstr(fields.data, "List-Id"));
    assert_non_null(strstr(fields.data, "h=From:From:"));
    assert_non_null(strstr(fields.data, "List-Help:"));
    buf_free(&fields);
}

static void algorithms_choose_among_the_keys(void **state)
{
    static const struct {
        const char *algorithms;
        bool rsa, ed25519;
    } rows[] = {{NULL, true, true},
                {"rsa", true, false},
                {"ed25519", false, true},
                {"rsa:ed25519", true, true}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf fields;
        buf_init(&fields, 100000);
        sign_with(*state, NULL, rows[i].algorithms, &fields);
        assert_int_equal(strstr(fields.data, "a=rsa-sha256") != NULL, rows[i].rsa);
        assert_int_equal(strstr(fields.data, "a=ed25519-sha256") != NULL, rows[i].ed25519);
        buf_free(&fields);
    }
}

static void what_has_to_be_signed_cannot_be_left_out(void **state)
{
    const struct fixture *fixture = *state;
    static const char *const names[] = {
        "From",  "Subject", "Content-Type", "Date:List-Unsubscribe", "List-Unsubscribe-Post",
        "X-Own", "Dat"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct dkim_settings settings = {.domain = "example.org",
                                         .selector = "r1",
                                         .key_file = fixture->rsa,
                                         .unsigned_fields = names[i]};
        struct dkim_signer *signer = NULL;
        struct failure why = {0};
        assert_false(dkim_open(&settings, &signer, &why));
        assert_int_equal(why.kind, FAILURE_CONFIG);
        assert_null(signer);
    }
}

static void keys_of_a_size_that_receivers_ignore_are_not_made(void **state)
{
    (void)state;
    static const int sizes[] = {0, 512, 1023, 4097, 16384, -1};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct failure why = {0};
        struct buf pem, record;
        buf_init(&pem, 100000);
        buf_init(&record, 100000);
        assert_false(dkim_make_key(DKIM_RSA, sizes[i], &pem, &record, &why));
        assert_int_equal(why.kind, FAILURE_USAGE);
        assert_int_equal(pem.len + record.len, 0);
        buf_free(&pem);
        buf_free(&record);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_become_their_canonical_form),
        cmocka_unit_test(bodies_become_their_canonical_form),
        cmocka_unit_test_setup_teardown(four_threads_sign_with_one_signer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_signature_is_appended_and_a_failure_appends_nothing,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(signatures_go_in_front_of_a_message, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_small_rsa_key_is_a_warning, set_up, tear_down),
        cmocka_unit_test_setup_teardown(fields_that_the_relay_writes_are_left_out, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(algorithms_choose_among_the_keys, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_has_to_be_signed_cannot_be_left_out, set_up,
                                        tear_down),
        cmocka_unit_test(keys_of_a_size_that_receivers_ignore_are_not_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
