#include "digest/wrap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../support/words_kept.h"
#include "base/utf8.h"

struct wrap_row {
    const char *name, *text, *wanted;
    size_t columns;
};

static const struct wrap_row rows[] = {
    {"nothing", "", "", 10},
    {"a line that fits stays, spaces and all", "a  b\tc\n", "a  b\tc\n", 10},
    {"a line of just the width stays", "aaaa bbbbb\n", "aaaa bbbbb\n", 10},
    {"a line one wider is broken", "aaaa bbbbbb\n", "aaaa\nbbbbbb\n", 10},
    {"no line end is added at the end", "aaaa bbbbbb", "aaaa\nbbbbbb", 10},
    {"a long text is broken again and again", "aa bb cc dd ee", "aa bb\ncc dd\nee", 6},
    {"all spaces at a break go", "aaaa   bbbbbb", "aaaa\nbbbbbb", 10},
    {"a word wider than the line is not broken", "a https://example.org/long b",
     "a\nhttps://example.org/long\nb", 10},
    {"a wide word at a line's start adds no empty line", "https://example.org/long",
     "https://example.org/long", 10},
    {"an indent is repeated", "   aaaa bbbb cccc", "   aaaa\n   bbbb\n   cccc", 10},
    {"an indent by a tab counts eight columns", "\taaaa bbbb", "\taaaa\n\tbbbb", 16},
    {"an indent that leaves no room is not repeated", "        aa bb", "        aa\nbb", 10},
    {"an indented URL stays on its line", "      https://example.org/long",
     "      https://example.org/long", 10},
    {"further lines hang behind a hyphen", "- aaaa bbbb cccc", "- aaaa\n  bbbb\n  cccc", 8},
    {"further lines hang behind an asterisk", " * aaaa bbbb", " * aaaa\n   bbbb", 8},
    {"further lines hang behind a bullet", "• aaaa bbbb", "• aaaa\n  bbbb", 8},
    {"further lines hang below the last column", " 1 [#-]  bbbb cccc dddd",
     " 1 [#-]  bbbb cccc\n         dddd", 20},
    {"two spaces behind a full stop begin no column", "Yes.  Bbbb cccc dddd",
     "Yes.  Bbbb\ncccc dddd", 14},
    {"a column in the second half is none", "aaaa bbbb  cc dd", "aaaa bbbb  cc\ndd", 14},
    {"a URL stays behind its bullet", "- https://example.org/long x",
     "- https://example.org/long\n  x", 10},
    {"a hyphen inside a text is no bullet", "aaaaaaa - bbbb cccc", "aaaaaaa\n- bbbb\ncccc", 8},
    {"a row of hyphens is no row of bullets", "- - - - - -", "- - -\n  - -\n  -", 6},
    {"a word that begins with a hyphen is no bullet", "-a bbbb cccc", "-a bbbb\ncccc", 8},
    {"spaces before a line end go", "a  \nb\t\n", "a\nb\n", 10},
    {"spaces at the end go", "a  ", "a", 10},
    {"a line of spaces becomes empty", "a\n   \nb", "a\n\nb", 10},
    {"the signature's line keeps its space", "a\n-- \nb\n", "a\n-- \nb\n", 10},
    {"the signature's line at the end keeps its space", "-- ", "-- ", 10},
    {"two hyphens and two spaces are no signature", "--  \n", "--\n", 10},
    {"two hyphens and a tab are no signature", "--\t\n", "--\n", 10},
    {"two indented hyphens are no signature", " -- \n", " --\n", 10},
    {"two hyphens that come to begin a line are no signature", "aaaaaaaa -- \n", "aaaaaaaa\n--\n",
     9},
    {"three hyphens are no signature", "--- \n", "---\n", 10},
    {"empty lines stay", "a\n\n\nb\n", "a\n\n\nb\n", 10},
    {"Chinese is broken between characters, not before its full stop", "写作更快。不用等待。\n",
     "写作更\n快。不\n用等\n待。\n", 7},
    {"Japanese keeps small kana and marks with what they follow", "エディターっと言う、と「はい」",
     "エディ\nターっ\nと言\nう、と\n「は\nい」", 6},
    {"Latin words inside Chinese stay whole", "用Claude写作很快", "用\nClaude\n写作很\n快", 7},
    {"Thai is broken between words", "ตัวแก้ไขภาษาไทย", "ตัว\nแก้ไข\nภาษา\nไทย", 4},
    {"Lao too", "ເຄື່ອງມືຂຽນ", "ເຄື່ອງ\nມືຂຽນ", 4},
    {"Korean is broken at spaces", "안녕하세요 세계", "안녕하세요\n세계", 12},
    {"a word wider than a line is broken between letters", "a bbbbbbbbbbbb c",
     "a\nbbbbb\nbbbbb\nbb c", 5},
    {"marks stay with their letters",
     "e\xCC\x81"
     "e\xCC\x81"
     "e\xCC\x81",
     "e\xCC\x81"
     "e\xCC\x81\ne\xCC\x81",
     2},
    {"and with those of another script", "写\u0E48abc", "写\u0E48ab\nc", 4},
    {"a mark that is a letter by Unicode's borders stays, too", "e\u1038e\u1038",
     "e\u1038\ne\u1038", 1},
    {"a long Korean word too", "한국어입니다", "한국\n어입\n니다", 5},
    {"a wide word hangs behind its bullet", "- bbbbbbbb", "- bbb\n  bbb\n  bb", 5},
    {"a URL with Chinese in it stays whole", "见https://example.org/写作/快。 a",
     "见\nhttps://example.org/写作/快。\na", 8},
    {"a ruler stays whole", "------------", "------------", 5},
    {"isolates close at a line's end and open again", "a \u2068bbb ccc\u2069 d",
     "a \u2068bbb\u2069\n\u2068ccc\u2069 d", 5},
    {"an isolate opens with what it isolates", "写作\u2068深度\u2069", "写作\n\u2068深度\u2069", 5},
    {"wide characters count two columns", "日本 日本 日本", "日本 日本\n日本", 10},
    {"combining marks count none",
     "e\xCC\x81"
     "e\xCC\x81 aaaaaaa",
     "e\xCC\x81"
     "e\xCC\x81 aaaaaaa",
     10},
    {"a no-break space holds words together",
     "aaaa bbb\xC2\xA0"
     "cccc",
     "aaaa\nbbb\xC2\xA0"
     "cccc",
     10},
};

static void a_text_is_wrapped_by_its_width(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf out;
        buf_init(&out, 1000);
        wrap_text(rows[i].text, strlen(rows[i].text), rows[i].columns, &out);
        if (strcmp(out.data, rows[i].wanted) != 0) {
            fail_msg("%s: got \"%s\"", rows[i].name, out.data);
        }
        buf_free(&out);
    }
}

/* A program from its short form, see program_rows. */
static void build(struct residual *program, const char *text)
{
    residual_init(program);
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '#') {
            residual_add_hole(program, READER_NAME, RESIDUAL_PLAIN);
        } else if (*at == '?' || *at == '!') {
            residual_begin_if(program, READER_NAME, *at == '?');
        } else if (*at == ')') {
            residual_end_if(program);
        } else {
            residual_add_literal(program, at, 1);
        }
    }
    assert_true(residual_ok(program));
}

static void show(const struct residual *program, struct buf *out)
{
    for (size_t i = 0; i < program->count; i++) {
        const struct residual_op *op = &program->ops[i];
        static const char *const signs[] = {"", "#", "?", "!", ")"};
        buf_add_text(out, signs[op->kind]);
        if (op->kind == RESIDUAL_LITERAL) {
            buf_add(out, program->text.data + op->offset, op->len);
        }
    }
}

/* '#' is a hole (24 columns), '?' and '!' begin a section and an inverted one, ')' ends either. */
static const struct wrap_row program_rows[] = {
    {"a hole counts its columns", "aaaa # bbbb", "aaaa\n#\nbbbb", 28},
    {"a hole fits", "aaaa # bbbb", "aaaa # bbbb", 34},
    {"a hole alone on its line stays there", "aa\n  #\n", "aa\n  #\n", 10},
    {"a hole and the text at it are one word", "aa bb#cc", "aa\nbb#cc", 29},
    {"a condition counts as taken", "aaaa ?bbbb )cccc", "aaaa ?bbbb\n)cccc", 12},
    {"a condition that fits changes nothing", "aaaa ?bbbb )cccc", "aaaa ?bbbb )cccc", 14},
    {"two sides of a condition stand in each other's place", "?aaaa bbbb)!cccc dddd) e",
     "?aaaa bbbb)!cccc dddd) e", 11},
    {"the wider side counts behind both", "?aaaa)!bbbbbbbb) cc", "?aaaa)!bbbbbbbb)\ncc", 10},
    {"the wider side counts if it is the first", "?bbbbbbbb)!aaaa) cc", "?bbbbbbbb)!aaaa)\ncc", 10},
    {"each side is broken for itself", "?aaaa bbbb)!cccc dddd)", "?aaaa\nbbbb)!cccc\ndddd)", 6},
    {"what follows the other side is looked at", "?aaaa )!bbbbbbbb )cccc",
     "?aaaa )!bbbbbbbb\n)cccc", 9},
    {"spaces at a line's end go from a branch too", "?aa )!bb )\n", "?aa)!bb)\n", 10},
    {"a space before a branch with a line end stays", "aa ?\n)bb", "aa ?\n)bb", 10},
    {"a branch of whole lines stays one", "?Hi #,\n)!Hi,\n)\nText", "?Hi #,\n)!Hi,\n)\nText", 72},
    {"a branch behind that may end the line keeps the space", "a ?)!b\n)c", "a ?)!b\n)c", 10},
    {"of two sides to come the wider counts", "aaaa ?b)!ccccc)d", "aaaa ?b)!ccccc)d", 11},
    {"of two sides to come the wider breaks", "aaaa ?b)!ccccc)d", "aaaa\n?b)!ccccc)d", 10},
    {"of two sides to come the first may be the wider", "aaaa ?ccccc)!b)d", "aaaa\n?ccccc)!b)d",
     10},
    {"a word that goes on in a branch moves with it", "aaaa bb?cc)dd", "aaaa\nbb?cc)dd", 10},
};

static void a_program_is_wrapped_whatever_the_reader(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof program_rows / sizeof program_rows[0]; i++) {
        struct residual in, out;
        struct buf text;
        buf_init(&text, 1000);
        build(&in, program_rows[i].text);
        residual_init(&out);
        wrap_residual(&in, program_rows[i].columns, &out);
        assert_true(residual_ok(&out));
        show(&out, &text);
        if (strcmp(text.data, program_rows[i].wanted) != 0) {
            fail_msg("%s: got \"%s\"", program_rows[i].name, text.data);
        }
        buf_free(&text);
        residual_free(&in);
        residual_free(&out);
    }
}

static uint32_t roll(uint64_t *seed, uint32_t sides)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33) % sides;
}

static void make_program(struct residual *program, uint64_t *seed, int depth)
{
    static const char *const words[] = {"a",         "bbb ",    " ",      "\n",  "日本語",
                                        "ccccccc d", "\u2068c", "\u2069", "-- ", "- ",
                                        "  ",        "\te",     ".\n"};
    for (uint32_t left = roll(seed, 8); left > 0; left--) {
        uint32_t kind = roll(seed, depth > 0 ? 8 : 7);
        if (kind < 6) {
            const char *word = words[roll(seed, sizeof words / sizeof words[0])];
            residual_add_literal(program, word, strlen(word));
        } else if (kind == 6) {
            residual_add_hole(program, READER_NAME, RESIDUAL_PLAIN);
        } else {
            bool both = roll(seed, 2) == 0;
            residual_begin_if(program, READER_NAME, true);
            make_program(program, seed, depth - 1);
            residual_end_if(program);
            if (both) {
                residual_begin_if(program, READER_NAME, false);
                make_program(program, seed, depth - 1);
                residual_end_if(program);
            }
        }
    }
}

static void run(const struct residual *program, const char *name, struct buf *out)
{
    struct reader_values reader;
    for (int field = 0; field < READER_FIELDS; field++) {
        reader.text[RESIDUAL_PLAIN][field] = name;
        reader.text[RESIDUAL_HTML][field] = name;
    }
    residual_run(program, &reader, NULL, out);
}

static void wrapping_changes_no_word_for_any_reader(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 3000; seed++) {
        uint64_t at = seed;
        struct residual in, out;
        residual_init(&in);
        residual_init(&out);
        make_program(&in, &at, 3);
        wrap_residual(&in, 4 + roll(&at, 30), &out);
        assert_true(residual_ok(&out));
        for (int named = 0; named < 2; named++) {
            struct buf before, after;
            buf_init(&before, 1000000);
            buf_init(&after, 1000000);
            run(&in, named ? "Ann Example" : "", &before);
            run(&out, named ? "Ann Example" : "", &after);
            if (!words_kept(&before, &after)) {
                fail_msg("seed %d: \"%s\" became \"%s\"", (int)seed, before.data, after.data);
            }
            buf_free(&before);
            buf_free(&after);
        }
        residual_free(&in);
        residual_free(&out);
    }
}

/* Every line of a wrapped text fits, where its indent leaves room for one letter. */
static void check_lines(const struct buf *text, size_t columns, int seed)
{
    for (const char *line = text->data; *line != '\0';) {
        size_t len = strcspn(line, "\n");
        size_t lead = strspn(line, " -");
        if (utf8_width(line, len) > columns && lead + 2 <= columns) {
            fail_msg("seed %d: too wide: \"%.*s\"", seed, (int)len, line);
        }
        if (len > 0 && line[len - 1] == ' ' && !(len == 3 && memcmp(line, "-- ", 3) == 0)) {
            fail_msg("seed %d: a space at the end of \"%.*s\"", seed, (int)len, line);
        }
        line += len + (line[len] == '\n');
    }
}

static void wrapped_lines_fit_and_wrapping_again_changes_nothing(void **state)
{
    (void)state;
    static const char *const words[] = {"a",       "bbb", " ",  "\n", "日本語",
                                        "ccccccc", "-- ", "- ", "  "};
    for (int seed = 1; seed <= 3000; seed++) {
        uint64_t at = (uint64_t)seed;
        size_t columns = 12 + roll(&at, 30);
        struct buf text, once, twice;
        buf_init(&text, 100000);
        buf_init(&once, 100000);
        buf_init(&twice, 100000);
        for (uint32_t left = roll(&at, 60); left > 0; left--) {
            buf_add_text(&text, words[roll(&at, sizeof words / sizeof words[0])]);
        }
        wrap_text(text.data, text.len, columns, &once);
        check_lines(&once, columns, seed);
        wrap_text(once.data, once.len, columns, &twice);
        if (strcmp(once.data, twice.data) != 0) {
            fail_msg("seed %d: \"%s\" became \"%s\"", seed, once.data, twice.data);
        }
        buf_free(&text);
        buf_free(&once);
        buf_free(&twice);
    }
}

static void a_text_that_grows_too_large_is_an_overflow(void **state)
{
    (void)state;
    struct buf text, out;
    buf_init(&text, RESIDUAL_TEXT_MAX + 1);
    assert_true(buf_reserve(&text, RESIDUAL_TEXT_MAX + 1));
    memset(text.data, 'x', RESIDUAL_TEXT_MAX + 1);
    buf_init(&out, RESIDUAL_TEXT_MAX + 1);
    wrap_text(text.data, RESIDUAL_TEXT_MAX + 1, 72, &out);
    assert_false(buf_ok(&out));
    buf_free(&text);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_wrapped_by_its_width),
        cmocka_unit_test(a_program_is_wrapped_whatever_the_reader),
        cmocka_unit_test(wrapping_changes_no_word_for_any_reader),
        cmocka_unit_test(wrapped_lines_fit_and_wrapping_again_changes_nothing),
        cmocka_unit_test(a_text_that_grows_too_large_is_an_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
