/* Tokens: bound to purpose, person and key; and the secret file they come from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/token.h"

#include <cmocka.h>

#define HEX_A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HEX_B "FFEEDDCCBBAA99887766554433221100ffeeddccbbaa99887766554433221100"
#define HEX_S "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"
#define WHOLE "suppression " HEX_S "\n1 " HEX_A "\n"

static char path[] = "/tmp/verdicts-token-XXXXXX";

static int make_path(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_path(void **state)
{
    (void)state;
    return unlink(path);
}

static bool read_text(const char *text, size_t len, struct token_keys *keys, struct failure *why)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, 0600), 0);
    return token_keys_read(path, keys, why);
}

static struct token_keys read_good(const char *text)
{
    struct token_keys keys;
    struct failure why = {0};
    if (!read_text(text, strlen(text), &keys, &why)) {
        fail_msg("%s", why.text);
    }
    return keys;
}

static void a_token_names_its_person_and_detail_again(void **state)
{
    (void)state;
    struct token_keys keys = read_good(WHOLE);
    static const int64_t persons[] = {0, 1, 255, 1000000, ((int64_t)1 << 40) - 1};
    static const int64_t details[] = {0, 7, 65536, ((int64_t)1 << 32) - 1};
    for (size_t i = 0; i < 5; i++) {
        for (size_t j = 0; j < 4; j++) {
            char text[TOKEN_TEXT];
            int64_t person = -1, detail = -1;
            token_make(&keys, TOKEN_LEAVE, persons[i], details[j], text);
            assert_int_equal(strlen(text), TOKEN_LEN);
            assert_int_equal(strspn(text, "abcdefghijklmnopqrstuvwxyz234567"), TOKEN_LEN);
            assert_true(token_verify(&keys, TOKEN_LEAVE, text, TOKEN_LEN, &person, &detail));
            assert_int_equal(person, persons[i]);
            assert_int_equal(detail, details[j]);
            assert_true(token_verify(&keys, TOKEN_LEAVE, text, TOKEN_LEN, NULL, NULL));
        }
    }
}

static void a_token_keeps_its_spelling_from_release_to_release(void **state)
{
    (void)state;
    struct token_keys keys = read_good(WHOLE);
    char text[TOKEN_TEXT];
    token_make(&keys, TOKEN_LEAVE, 42, 7, text);
    assert_string_equal(text, "aeaaaaaafiaaaaahw65qmbibi43ybhcwmcvqiuir");
}

static void case_does_not_matter_because_mail_systems_change_it(void **state)
{
    (void)state;
    struct token_keys keys = read_good(WHOLE);
    char text[TOKEN_TEXT];
    token_make(&keys, TOKEN_BOUNCE, 42, 7, text);
    for (char *c = text; *c != '\0'; c++) {
        *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 32 : *c);
    }
    int64_t person = 0;
    assert_true(token_verify(&keys, TOKEN_BOUNCE, text, TOKEN_LEN, &person, NULL));
    assert_int_equal(person, 42);
}

static void a_token_of_another_purpose_or_key_is_refused(void **state)
{
    (void)state;
    struct token_keys keys = read_good(WHOLE);
    struct token_keys other = read_good("suppression " HEX_S "\n1 " HEX_B "\n");
    struct token_keys unknown = read_good("suppression " HEX_S "\n2 " HEX_A "\n");
    for (int made = TOKEN_LEAVE; made <= TOKEN_OWN; made++) {
        char text[TOKEN_TEXT];
        token_make(&keys, (enum token_purpose)made, 9, 9, text);
        for (int asked = TOKEN_LEAVE; asked <= TOKEN_OWN; asked++) {
            assert_int_equal(
                token_verify(&keys, (enum token_purpose)asked, text, TOKEN_LEN, NULL, NULL),
                made == asked);
        }
        assert_false(token_verify(&other, (enum token_purpose)made, text, TOKEN_LEN, NULL, NULL));
        assert_false(token_verify(&unknown, (enum token_purpose)made, text, TOKEN_LEN, NULL, NULL));
    }
}

static void every_flipped_bit_is_noticed(void **state)
{
    (void)state;
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
    struct token_keys keys = read_good(WHOLE);
    char text[TOKEN_TEXT];
    token_make(&keys, TOKEN_PREFERENCES, 123456, 0, text);
    for (size_t at = 0; at < TOKEN_LEN; at++) {
        size_t digit = (size_t)(strchr(alphabet, text[at]) - alphabet);
        for (size_t bit = 1; bit < 32; bit <<= 1) {
            char changed[TOKEN_TEXT];
            memcpy(changed, text, sizeof changed);
            changed[at] = alphabet[digit ^ bit];
            assert_false(token_verify(&keys, TOKEN_PREFERENCES, changed, TOKEN_LEN, NULL, NULL));
        }
    }
}

static void what_is_no_token_is_refused(void **state)
{
    (void)state;
    struct token_keys keys = read_good(WHOLE);
    char text[TOKEN_TEXT + 1];
    token_make(&keys, TOKEN_LEAVE, 1, 1, text);
    assert_false(token_verify(&keys, TOKEN_LEAVE, text, TOKEN_LEN - 1, NULL, NULL));
    text[TOKEN_LEN] = 'a';
    assert_false(token_verify(&keys, TOKEN_LEAVE, text, TOKEN_LEN + 1, NULL, NULL));
    assert_false(token_verify(&keys, TOKEN_LEAVE, "", 0, NULL, NULL));
    static const char strange[] = {'0', '1', '8', '9', '=', '-', '\0', (char)0xC3, ' '};
    for (size_t i = 0; i < sizeof strange; i++) {
        token_make(&keys, TOKEN_LEAVE, 1, 1, text);
        text[5] = strange[i];
        assert_false(token_verify(&keys, TOKEN_LEAVE, text, TOKEN_LEN, NULL, NULL));
    }
}

static void the_last_key_signs_and_the_old_ones_still_verify(void **state)
{
    (void)state;
    struct token_keys old = read_good(WHOLE);
    struct token_keys both = read_good(WHOLE "# rotated\r\n\r\n2 " HEX_B "  \r\n");
    struct token_keys fresh = read_good("suppression " HEX_S "\n2 " HEX_B);
    char before[TOKEN_TEXT], after[TOKEN_TEXT];
    token_make(&old, TOKEN_LEAVE, 5, 0, before);
    token_make(&both, TOKEN_LEAVE, 5, 0, after);
    assert_string_not_equal(before, after);
    assert_true(token_verify(&both, TOKEN_LEAVE, before, TOKEN_LEN, NULL, NULL));
    assert_true(token_verify(&both, TOKEN_LEAVE, after, TOKEN_LEN, NULL, NULL));
    assert_true(token_verify(&fresh, TOKEN_LEAVE, after, TOKEN_LEN, NULL, NULL));
    assert_false(token_verify(&fresh, TOKEN_LEAVE, before, TOKEN_LEN, NULL, NULL));
}

static void a_fresh_secret_file_can_be_read_and_is_never_the_same(void **state)
{
    (void)state;
    struct buf one, two;
    buf_init(&one, 4096);
    buf_init(&two, 4096);
    token_keys_make(&one);
    token_keys_make(&two);
    assert_true(buf_ok(&one));
    assert_string_not_equal(one.data, two.data);
    struct token_keys keys = read_good(one.data);
    assert_int_equal(keys.count, 1);
    assert_int_equal(keys.keys[0].number, 1);
    assert_memory_not_equal(keys.keys[0].key, keys.suppression, HASH_SIZE);
    buf_free(&one);
    buf_free(&two);
}

static const struct {
    const char *name, *text, *reason;
} bad_files[] = {
    {"empty", "", "no numbered key"},
    {"no numbered key", "suppression " HEX_S "\n", "no numbered key"},
    {"no suppression key", "1 " HEX_A "\n", "suppression"},
    {"short key", "suppression " HEX_S "\n1 00ff\n", ":2: the key is not 64 hex digits"},
    {"long key", "suppression " HEX_S "00\n", ":1: the key is not 64 hex digits"},
    {"no hex", "\n\n1 zz112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n",
     ":3: the key is not 64 hex digits"},
    {"number 0", "0 " HEX_A "\n", ":1: a line is"},
    {"number 256", "256 " HEX_A "\n", ":1: a line is"},
    {"leading zero", "01 " HEX_A "\n", ":1: a line is"},
    {"no number", HEX_A "\n", ":1: a line is"},
    {"doubled number", WHOLE "1 " HEX_B "\n", ":3: the key 1 is given here a second time"},
    {"doubled suppression", WHOLE "suppression " HEX_B "\n", ":3: the key suppression is given"},
};

static void a_bad_secret_file_is_named_by_line_and_never_shown(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_files / sizeof bad_files[0]; i++) {
        struct token_keys keys;
        struct failure why = {0};
        if (read_text(bad_files[i].text, strlen(bad_files[i].text), &keys, &why)) {
            fail_msg("%s: was taken", bad_files[i].name);
        }
        if (strstr(why.text, bad_files[i].reason) == NULL) {
            fail_msg("%s: reason is: %s", bad_files[i].name, why.text);
        }
        assert_int_equal(why.kind, FAILURE_CONFIG);
        assert_null(strstr(why.text, "112233"));
        assert_null(strstr(why.text, "1e2d3c"));
    }
}

static void a_secret_file_that_others_can_read_is_refused(void **state)
{
    (void)state;
    read_good(WHOLE);
    static const mode_t modes[] = {0640, 0604, 0660, 0601};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        struct token_keys keys;
        struct failure why = {0};
        assert_int_equal(chmod(path, modes[i]), 0);
        assert_false(token_keys_read(path, &keys, &why));
        assert_int_equal(why.kind, FAILURE_CONFIG);
        assert_non_null(strstr(why.text, "chmod 600"));
    }
    struct token_keys keys;
    struct failure why = {0};
    assert_false(token_keys_read("/tmp/verdicts-not-there", &keys, &why));
    assert_int_equal(why.kind, FAILURE_NO_INPUT);
}

static void a_suppressed_address_is_known_by_its_keyed_hash(void **state)
{
    (void)state;
    struct token_keys keys = read_good(WHOLE);
    struct token_keys rotated = read_good(WHOLE "2 " HEX_B "\n");
    struct token_keys other = read_good("suppression " HEX_B "\n1 " HEX_A "\n");
    char one[HASH_HEX], two[HASH_HEX];
    token_suppression_hash(&keys, "ann@example.org", one);
    token_suppression_hash(&rotated, "ann@example.org", two);
    assert_string_equal(one, two);
    token_suppression_hash(&other, "ann@example.org", two);
    assert_string_not_equal(one, two);
    token_suppression_hash(&keys, "bob@example.org", two);
    assert_string_not_equal(one, two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_names_its_person_and_detail_again),
        cmocka_unit_test(a_token_keeps_its_spelling_from_release_to_release),
        cmocka_unit_test(case_does_not_matter_because_mail_systems_change_it),
        cmocka_unit_test(a_token_of_another_purpose_or_key_is_refused),
        cmocka_unit_test(every_flipped_bit_is_noticed),
        cmocka_unit_test(what_is_no_token_is_refused),
        cmocka_unit_test(the_last_key_signs_and_the_old_ones_still_verify),
        cmocka_unit_test(a_fresh_secret_file_can_be_read_and_is_never_the_same),
        cmocka_unit_test(a_bad_secret_file_is_named_by_line_and_never_shown),
        cmocka_unit_test(a_secret_file_that_others_can_read_is_refused),
        cmocka_unit_test(a_suppressed_address_is_known_by_its_keyed_hash),
    };
    return cmocka_run_group_tests(tests, make_path, remove_path);
}
