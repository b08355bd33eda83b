#include "../../support/mail_decode.h"
#include "mail/quoted_printable.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* After ours: cmocka has a macro fail(). */
#include <cmocka.h>

static void encode(struct buf *out, const char *text)
{
    buf_init(out, 1 << 20);
    quoted_printable_add(out, text, strlen(text));
    assert_true(buf_ok(out));
}

static const struct row {
    const char *name;
    const char *text;
    const char *encoded;
} rows[] = {
    {"nothing is nothing", "", ""},
    {"a fragment without a line end gets a soft break", "Hello", "Hello=\r\n"},
    {"a line end stays one", "Hello\n", "Hello\r\n"},
    {"CRLF, LF and CR are line ends", "a\r\nb\nc\rd\n", "a\r\nb\r\nc\r\nd\r\n"},
    {"LF CR is two line ends", "a\n\rb\n", "a\r\n\r\nb\r\n"},
    {"an equals sign is escaped", "1=2\n", "1=3D2\r\n"},
    {"UTF-8 is escaped", "h\xC3\xA9\n", "h=C3=A9\r\n"},
    {"a dot at the start is escaped, another is not", ".a.\n.\n", "=2Ea.\r\n=2E\r\n"},
    {"From and a space at the start is escaped", "From me\nFrom:\n From me\nFrom",
     "=46rom me\r\nFrom:\r\n From me\r\nFrom=\r\n"},
    {"white space before a line end is escaped, once", "a  \nb\t\n", "a =20\r\nb=09\r\n"},
    {"a line of one space", " \n", "=20\r\n"},
    {"white space before a soft break stays", "a ", "a =\r\n"},
    {"control characters are escaped", "a\x01\x7F\x1B[0m\n", "a=01=7F=1B[0m\r\n"},
    {"broken UTF-8 is carried as it is", "\xC3(\xFF\xE2\x82\n", "=C3(=FF=E2=82\r\n"},
    {"empty lines stay", "\n\na\n\n", "\r\n\r\na\r\n\r\n"},
};

static void each_text_has_its_one_encoding(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf out;
        encode(&out, rows[i].text);
        if (strcmp(out.data, rows[i].encoded) != 0) {
            print_error("%s: got \"%s\"\n", rows[i].name, out.data);
        }
        assert_string_equal(out.data, rows[i].encoded);
        buf_free(&out);
    }
}

/* `count` times `unit`, then `tail`. */
static void repeated(char *text, const char *unit, size_t count, const char *tail)
{
    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        memcpy(text + i * strlen(unit), unit, strlen(unit) + 1);
    }
    memcpy(text + strlen(text), tail, strlen(tail) + 1);
}

static void a_line_of_76_stays_whole_only_before_a_line_end(void **state)
{
    (void)state;
    char text[200];
    struct buf out;
    repeated(text, "x", 76, "\n");
    encode(&out, text);
    assert_int_equal(out.len, 78);
    buf_free(&out);
    repeated(text, "x", 76, "");
    encode(&out, text);
    assert_int_equal(out.len, 75 + 3 + 1 + 3);
    assert_memory_equal(out.data + 75, "=\r\nx=\r\n", 7);
    buf_free(&out);
    repeated(text, "x", 77, "\n");
    encode(&out, text);
    assert_memory_equal(out.data + 75, "=\r\nxx\r\n", 7);
    buf_free(&out);
}

static void a_soft_break_never_falls_into_a_character(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *encoded;
    } characters[] = {
        {"\xC3\xA9\xC3\xA9\n", "=C3=A9"},
        {"\xE2\x82\xAC\xE2\x82\xAC\n", "=E2=82=AC"},
        {"\xF0\x9F\x9A\x80\xF0\x9F\x9A\x80\n", "=F0=9F=9A=80"},
    };
    char text[400];
    for (size_t i = 0; i < 3; i++) {
        for (size_t shift = 55; shift < 80; shift++) {
            struct buf out;
            repeated(text, "x", shift, characters[i].text);
            encode(&out, text);
            char *first = strstr(out.data, characters[i].encoded);
            assert_non_null(first);
            assert_non_null(strstr(first + 1, characters[i].encoded));
            buf_free(&out);
        }
    }
}

static void what_follows_a_soft_break_is_at_a_line_start(void **state)
{
    (void)state;
    char text[400];
    repeated(text, "x", 75, ".From .\n");
    struct buf out;
    encode(&out, text);
    assert_string_equal(out.data + 75, "=\r\n=2EFrom .\r\n");
    buf_free(&out);
    repeated(text, "x", 75, "From x");
    encode(&out, text);
    assert_string_equal(out.data + 75, "=\r\n=46rom x=\r\n");
    buf_free(&out);
}

static void every_length_and_ending_reads_back(void **state)
{
    (void)state;
    static const char *const units[] = {
        "x",    ".",  " ",   "\t", "=", "\xC3\xA9", "From ", ". ", "\xF0\x9F\x9A\x80",
        "a b ", "\r", "\xFF"};
    static const char *const tails[] = {"", "\n", " \n", ".\r\n", "\t", " ", "="};
    char text[2000];
    for (size_t u = 0; u < sizeof units / sizeof units[0]; u++) {
        for (size_t t = 0; t < sizeof tails / sizeof tails[0]; t++) {
            for (size_t count = 0; count < 160; count++) {
                struct buf out, decoded, wanted;
                repeated(text, units[u], count, tails[t]);
                encode(&out, text);
                buf_init(&decoded, 1 << 20);
                buf_init(&wanted, 1 << 20);
                mail_crlf(text, strlen(text), &wanted);
                assert_true(mail_decode_qp(out.data, out.len, &decoded));
                assert_int_equal(decoded.len, wanted.len);
                assert_memory_equal(decoded.data, wanted.data, wanted.len);
                buf_free(&out);
                buf_free(&decoded);
                buf_free(&wanted);
            }
        }
    }
}

static void a_nul_byte_is_a_byte(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 100);
    quoted_printable_add(&out, "a\0b\n", 4);
    assert_string_equal(out.data, "a=00b\r\n");
    buf_free(&out);
}

static void what_does_not_fit_is_an_overflow(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 100);
    char text[300];
    repeated(text, "x", 200, "\n");
    quoted_printable_add(&out, text, strlen(text));
    assert_false(buf_ok(&out));
    buf_free(&out);
}

/* "Hi NAME, [you follow TOPICS.|all]\n" as a program. */
static void build_program(struct residual *program)
{
    residual_init(program);
    residual_add_literal(program, "Hi ", 3);
    residual_add_hole(program, READER_NAME, RESIDUAL_PLAIN);
    residual_add_literal(program, ". ", 2);
    residual_begin_if(program, READER_TOPICS, true);
    residual_add_literal(program, "You follow ", 11);
    residual_add_hole(program, READER_TOPICS, RESIDUAL_HTML);
    residual_end_if(program);
    residual_begin_if(program, READER_TOPICS, false);
    residual_add_literal(program, "h\xC3\xA9", 3);
    residual_end_if(program);
    residual_add_literal(program, "\n", 1);
}

static void a_program_reads_back_with_every_value_of_its_holes(void **state)
{
    (void)state;
    static const char *const values[] = {"",     "Ana", ".", "x\n.", "From ", "\xF0\x9F\x9A\x80 ",
                                         "a = b"};
    struct residual program, encoded;
    build_program(&program);
    residual_init(&encoded);
    quoted_printable_residual(&program, &encoded);
    assert_true(residual_ok(&encoded));
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct reader_values reader;
        for (int field = 0; field < READER_FIELDS; field++) {
            reader.text[RESIDUAL_PLAIN][field] = reader.text[RESIDUAL_HTML][field] = values[i];
        }
        struct buf plain, out, decoded, wanted;
        buf_init(&plain, 10000);
        buf_init(&out, 10000);
        buf_init(&decoded, 10000);
        buf_init(&wanted, 10000);
        residual_run(&program, &reader, NULL, &plain);
        mail_crlf(plain.data, plain.len, &wanted);
        residual_run(&encoded, &reader, quoted_printable_add, &out);
        assert_true(mail_decode_qp(out.data, out.len, &decoded));
        assert_string_equal(decoded.data, wanted.data);
        buf_free(&plain);
        buf_free(&out);
        buf_free(&decoded);
        buf_free(&wanted);
    }
    residual_free(&program);
    residual_free(&encoded);
}

static void a_program_too_large_once_encoded_says_so(void **state)
{
    (void)state;
    struct residual program, encoded;
    residual_init(&program);
    static char text[RESIDUAL_TEXT_MAX / 2];
    memset(text, 0xFF, sizeof text);
    residual_add_literal(&program, text, sizeof text);
    residual_init(&encoded);
    quoted_printable_residual(&program, &encoded);
    assert_false(residual_ok(&encoded));
    residual_free(&program);
    residual_free(&encoded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_text_has_its_one_encoding),
        cmocka_unit_test(a_line_of_76_stays_whole_only_before_a_line_end),
        cmocka_unit_test(a_soft_break_never_falls_into_a_character),
        cmocka_unit_test(what_follows_a_soft_break_is_at_a_line_start),
        cmocka_unit_test(every_length_and_ending_reads_back),
        cmocka_unit_test(a_nul_byte_is_a_byte),
        cmocka_unit_test(what_does_not_fit_is_an_overflow),
        cmocka_unit_test(a_program_reads_back_with_every_value_of_its_holes),
        cmocka_unit_test(a_program_too_large_once_encoded_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
