/* Tables as other programs write them: encodings, separators, line ends, cells. */
#include "subscribers/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct seen {
    char text[2048];
};

/* "2:ann@example.org|Ann" a row. */
static bool note(void *context, struct table_row *row, struct failure *why)
{
    struct seen *seen = context;
    (void)why;
    size_t len = strlen(seen->text);
    len +=
        (size_t)snprintf(seen->text + len, sizeof seen->text - len, "%lld:", (long long)row->line);
    for (size_t i = 0; i < row->count && len < sizeof seen->text; i++) {
        len += (size_t)snprintf(seen->text + len, sizeof seen->text - len, "%s%s", i > 0 ? "|" : "",
                                row->cells[i]);
    }
    snprintf(seen->text + len, sizeof seen->text - len, "%s%s\n", row->bad != NULL ? " bad " : "",
             row->bad != NULL ? row->bad : "");
    return true;
}

static bool read_bytes(const char *bytes, size_t len, const char *encoding, struct seen *seen,
                       struct failure *why)
{
    struct table table;
    FILE *in = fmemopen((char *)(uintptr_t)bytes, len, "r");
    assert_non_null(in);
    seen->text[0] = '\0';
    bool good = table_open(in, "people.csv", encoding, &table, why);
    if (good) {
        good = table_each(&table, note, seen, why);
        char first[sizeof seen->text];
        memcpy(first, seen->text, sizeof first);
        seen->text[0] = '\0';
        good = good && table_each(&table, note, seen, why);
        assert_string_equal(first, seen->text); /* a second walk sees the same */
        table_close(&table);
    }
    fclose(in);
    return good;
}

#define BYTES(text) text, sizeof text - 1

static const struct {
    const char *name, *bytes;
    size_t len;
    const char *encoding, *seen;
} tables[] = {
    {"plain", BYTES("a,b\n1,2\n"), NULL, "1:a|b\n2:1|2\n"},
    {"CRLF", BYTES("a;b\r\n1;2\r\n"), NULL, "1:a|b\n2:1|2\n"},
    {"CR", BYTES("a\tb\r1\t2\r"), NULL, "1:a|b\n2:1|2\n"},
    {"bars", BYTES("a|b\n1|2\n"), NULL, "1:a|b\n2:1|2\n"},
    {"sep=", BYTES("sep=|\r\na|b,c\r\n1|2,3\r\n"), NULL, "2:a|b,c\n3:1|2,3\n"},
    {"sep= against the header", BYTES("SEP=;\na,b;c\n"), NULL, "2:a,b|c\n"},
    {"sep= in quotes", BYTES("\"sep=;\"\na;b\n"), NULL, "2:a|b\n"},
    {"sep= with a tab", BYTES("sep=\t\na\tb\n"), NULL, "2:a|b\n"},
    {"sep= with a tab in words", BYTES("sep=\\t\na\tb\n"), NULL, "2:a|b\n"},
    {"sep= between marks",
     BYTES("\xEF\xBB\xBFsep=;\r\n\xEF\xBB\xBF"
           "a;b\r\n"),
     NULL, "2:a|b\n"},
    {"a mark behind sep=",
     BYTES("sep=;\r\xEF\xBB\xBF"
           "a;b\r1;2\r"),
     NULL, "2:a|b\n3:1|2\n"},
    {"blank lines first", BYTES("\n \n\na;b\n"), NULL, "4:a|b\n"},
    {"a line break in a cell", BYTES("a,b\n1,\"2\r\n3\"\n4,5\n"), NULL, "1:a|b\n2:1|2\n3\n4:4|5\n"},
    {"blanks and what nobody sees",
     BYTES("a ,\xC2\xA0"
           "b\n\xE2\x80\x8B"
           "1\xEF\xBB\xBF,\"\xE3\x80\x80"
           "2 \"\n"),
     NULL, "1:a|b\n2:1|2\n"},
    {"UTF-16",
     BYTES("\xFF\xFE"
           "a\0,\0b\0\n\0\xE9\0,\0"
           "2\0"),
     NULL, "1:a|b\n2:\xC3\xA9|2\n"},
    {"UTF-16 the other way", BYTES("\xFE\xFF\0a\0,\0b\0\n\0\xE9\0,\0002"), NULL,
     "1:a|b\n2:\xC3\xA9|2\n"},
    {"windows-1252", BYTES("a,b\nAndr\xE9,\x80\n"), "windows-1252",
     "1:a|b\n2:Andr\xC3\xA9|\xE2\x82\xAC\n"},
    {"UTF-8 by its mark whatever was said",
     BYTES("\xEF\xBB\xBF"
           "a\n\xC3\xA9\n"),
     "windows-1252", "1:a\n2:\xC3\xA9\n"},
    {"a quote that nothing closes", BYTES("a,b\n1,\"2\n3,4\n"), NULL,
     "1:a|b\n2:1 bad a quote opened in line 2 is not closed properly: all that follows it is "
     "skipped\n"},
    {"a NUL", BYTES("a,bbbbbbbbbb\n1,2\0\n"), NULL,
     "1:a|bbbbbbbbbb\n2:1|2 bad a NUL byte stands in it\n"},
    {"nothing", BYTES("\n"), NULL, ""},
};

static void a_table_is_read_as_programs_write_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        struct seen seen;
        struct failure why = {0};
        if (!read_bytes(tables[i].bytes, tables[i].len, tables[i].encoding, &seen, &why)) {
            fail_msg("%s: %s", tables[i].name, why.text);
        }
        if (strcmp(seen.text, tables[i].seen) != 0) {
            fail_msg("%s: %s", tables[i].name, seen.text);
        }
    }
}

static const struct {
    const char *name, *bytes;
    size_t len;
    const char *encoding;
    enum failure_kind kind;
    const char *reason;
} refused[] = {
    {"windows-1252", BYTES("a,b\n1,Andr\xE9\n"), NULL, FAILURE_DATA,
     "people.csv:2: this is not UTF-8 (the byte 0xE9); it looks like windows-1252: give --encoding "
     "windows-1252"},
    {"an old code page", BYTES("a\nAndr\x82 M\x81ller\n"), NULL, FAILURE_DATA, "--encoding IBM850"},
    {"UTF-16 without its mark", BYTES("a\0,\0b\0\n\0"), NULL, FAILURE_DATA, "--encoding UTF-16LE"},
    {"the other way", BYTES("\0a\0,\0b\0\n"), NULL, FAILURE_DATA, "--encoding UTF-16BE"},
    {"cut in a character", BYTES("a\nAndr\xC3"), NULL, FAILURE_DATA, "people.csv:2: this is not"},
    {"a byte that the encoding lacks", BYTES("a\nx\x81\n"), "windows-1252", FAILURE_DATA,
     "people.csv:2: the byte 0x81 is none of windows-1252"},
    {"an encoding that nobody knows", BYTES("a\n"), "klingon", FAILURE_USAGE,
     "--encoding \"klingon\" is unknown"},
};

static void a_table_in_another_encoding_is_refused_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct seen seen;
        struct failure why = {0};
        assert_false(
            read_bytes(refused[i].bytes, refused[i].len, refused[i].encoding, &seen, &why));
        if (why.kind != refused[i].kind || strstr(why.text, refused[i].reason) == NULL) {
            fail_msg("%s: %d %s", refused[i].name, why.kind, why.text);
        }
        assert_string_equal(seen.text, "");
    }
}

/* A character may lie across any two pieces that are read at a time. */
static void a_character_is_whole_wherever_the_pieces_end(void **state)
{
    enum { LEN = 200001 };
    static char bytes[LEN + 1];
    (void)state;
    for (size_t shift = 0; shift < 4; shift++) {
        struct table table;
        struct failure why = {0};
        memset(bytes, 'x', sizeof bytes);
        for (size_t at = shift; at + 40 < LEN; at += 40) {
            memcpy(bytes + at, "\xF0\x9F\x98\x80\xE2\x82\xAC\xC3\xA9\n", 10);
        }
        FILE *in = fmemopen(bytes, LEN, "r");
        if (!table_open(in, "people.csv", NULL, &table, &why)) {
            fail_msg("%s", why.text);
        }
        char *copy = malloc(LEN);
        rewind(table.text);
        assert_int_equal(fread(copy, 1, LEN, table.text), LEN);
        assert_memory_equal(copy, bytes, LEN);
        free(copy);
        table_close(&table);
        fclose(in);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_is_read_as_programs_write_it),
        cmocka_unit_test(a_table_in_another_encoding_is_refused_whole),
        cmocka_unit_test(a_character_is_whole_wherever_the_pieces_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
