/* Hashes against the vectors of FIPS 180-4 and RFC 4231. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/hash.h"

#include <cmocka.h>

static void sha256_gives_the_digests_of_the_standard(void **state)
{
    (void)state;
    char hex[HASH_HEX];
    hash_sha256_hex("", 0, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    hash_sha256_hex("abc", 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void hmac_gives_the_codes_of_rfc_4231(void **state)
{
    (void)state;
    unsigned char key[131];
    unsigned char code[HASH_SIZE];
    char hex[HASH_HEX];
    memset(key, 0x0B, 20);
    hash_hmac(key, 20, "Hi There", 8, code);
    hash_to_hex(code, sizeof code, hex);
    assert_string_equal(hex, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    hash_hmac((const unsigned char *)"Jefe", 4, "what do ya want for nothing?", 28, code);
    hash_to_hex(code, sizeof code, hex);
    assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xAA, sizeof key);
    hash_hmac(key, sizeof key, "Test Using Larger Than Block-Size Key - Hash Key First", 54, code);
    hash_to_hex(code, sizeof code, hex);
    assert_string_equal(hex, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void equality_looks_at_every_byte(void **state)
{
    (void)state;
    unsigned char left[HASH_SIZE] = {0};
    for (size_t i = 0; i < sizeof left; i++) {
        unsigned char right[HASH_SIZE] = {0};
        right[i] = 0x80;
        assert_false(hash_equal(left, right, sizeof left));
        right[i] = 0;
        assert_true(hash_equal(left, right, sizeof left));
    }
    assert_true(hash_equal(left, "x", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_gives_the_digests_of_the_standard),
        cmocka_unit_test(hmac_gives_the_codes_of_rfc_4231),
        cmocka_unit_test(equality_looks_at_every_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
