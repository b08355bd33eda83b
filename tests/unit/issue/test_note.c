/* An editor's note: what of CommonMark it may have, and where the first thing that it may not. */
#include "issue/note.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static int give_back(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

/* "p(words **strong** _emphasis_ <url words>)", "ul(- item)", "ol(3. item)"; or the failure. */
static const char *read(const char *text)
{
    struct note *note;
    struct failure why = {0};
    const char *told = "";
    if (!note_read(&arena, "n.md", text, strlen(text), &note, &why)) {
        assert_int_equal(why.kind, FAILURE_DATA);
        return arena_copy(&arena, why.text);
    }
    for (size_t i = 0; i < note->count; i++) {
        static const char *const kinds[] = {"p", "ul", "ol"};
        const struct note_block *block = &note->blocks[i];
        told = arena_format(&arena, "%s%s(", told, kinds[block->kind]);
        for (size_t j = 0; j < block->count; j++) {
            told = arena_format(&arena, "%s%s", told, j > 0 ? "|" : "");
            for (size_t k = 0; k < block->lines[j].count; k++) {
                const struct note_span *span = &block->lines[j].spans[k];
                const char *mark = span->strong ? "**" : "", *look = span->emphasis ? "_" : "";
                told =
                    arena_format(&arena, "%s%s%s%s%s%s%s%s%s", told, mark, look,
                                 span->url != NULL ? "<" : "", span->url != NULL ? span->url : "",
                                 span->url != NULL ? ">" : "", span->text, look, mark);
            }
        }
        told = arena_format(&arena, "%s)%s", told,
                            block->kind == NOTE_NUMBERS
                                ? arena_format(&arena, "from %lld", (long long)block->start)
                                : "");
    }
    return told;
}

static void a_note_has_paragraphs_emphasis_links_and_lists(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"Hello", "p(Hello)"},
        {"Hello\r\nthere\r\n\r\nYou", "p(Hello there)p(You)"},
        {"A *b* **c** ***d*** e", "p(A _b_ **c** **_d_** e)"},
        {"See [our site](https://example.org/a?b=1&c) now",
         "p(See <https://example.org/a?b=1&c>our site now)"},
        {"**[a](https://example.org)**", "p(**<https://example.org>a**)"},
        {"<https://example.org/>", "p(<https://example.org/>https://example.org/)"},
        {"[a][1]\n\n[1]: http://example.org/x", "p(<http://example.org/x>a)"},
        {"- one\n- two *x*\n\n3. three\n4. four", "ul(one|two _x_)ol(three|four)from 3"},
        {"* loose\n\n* list", "ul(loose|list)"},
        {"1 < 2 &amp; \\*3\\* \"q\" \xC3\xBC", "p(1 < 2 & *3* \"q\" \xC3\xBC)"},
        {"A\tb", "p(A b)"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(read(rows[i][0]), rows[i][1]);
    }
}

static void whatever_else_is_refused_with_its_place(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"Hi\n\n# Big", "n.md:3:1: a heading"},
        {"Hi\n===", "n.md:1:1: a heading"},
        {"Hi\n\n<div>x</div>", "n.md:3:1: raw HTML"},
        {"Hi <b>x</b>", "n.md:1:4: raw HTML"},
        {"Hi <!-- x -->", "n.md:1:4: raw HTML"},
        {"Hi ![x](https://example.org/a.png)", "n.md:1:4: an image"},
        {"Hi `x`", "n.md:1:5: code"},
        {"Hi\n\n    x", "n.md:3:5: a block of code"},
        {"```\nx\n```", "n.md:1:1: a block of code"},
        {"> x", "n.md:1:1: a quotation"},
        {"Hi\n\n---", "n.md:3:1: a rule"},
        {"Hi  \nyou", "n.md:1:1: a line break"},
        {"- a\n  - b", "n.md:2:3: an item of a list is one paragraph"},
        {"- a\n\n  b", "n.md:3:3: an item of a list is one paragraph"},
        {"- # a", "n.md:1:3: a heading"},
        {"- - a", "n.md:1:3: a list inside a list"},
        {"-\n- a", "n.md:1:1: an item of a list has no words"},
        {"Go [a](/here)", "n.md:1:4: a link leads to a whole address"},
        {"[a](javascript:alert)", "n.md:1:1: a link leads to a whole address"},
        {"[a](data:text/html,x)", "n.md:1:1: a link leads to a whole address"},
        {"<ann@example.org>", "n.md:1:1: a link leads to a whole address"},
        {"[a](https://)", "n.md:1:1: a link leads to a whole address"},
        {"[a](<https://example.org/a b>)", "n.md:1:1: a link leads to a whole address"},
        {"[a](https://example.org/\xC3\xBC)", "n.md:1:1: a link leads to a whole address"},
        {"[a](https://example.org \"t\")", "n.md:1:1: a link has words and an address"},
        {"[](https://example.org)", "n.md:1:1: the link has no words"},
        {"[a **b**](https://example.org)", "n.md:1:4: emphasis inside a link"},
        {"Bell &#7;", "n.md:1:1: a control character"},
        {"Turn &#x202E;", "n.md:1:1: a control character"},
        {"Bell \a", "n.md: character 6 (U+0007)"},
        {"Turn \xE2\x80\xAE", "n.md: character 6 (U+202E)"},
        {"\xFF", "n.md: byte 1 is not UTF-8"},
        {"", "n.md: the note is empty"},
        {" \n\t\n", "n.md: the note is empty"},
        {"[1]: https://example.org", "n.md: the note has no words"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *told = read(rows[i][0]);
        if (strncmp(told, rows[i][1], strlen(rows[i][1])) != 0) {
            fail_msg("%s: \"%s\" does not begin with \"%s\"", rows[i][0], told, rows[i][1]);
        }
    }
}

static void a_note_has_an_end(void **state)
{
    (void)state;
    char text[4003];
    memset(text, 'x', 4001);
    text[4000] = '\0';
    assert_memory_equal(read(text), "p(xx", 4);
    text[4000] = 'x';
    text[4001] = '\0';
    assert_string_equal(read(text), "n.md: 4001 characters, more than 4000; cut it");
    memset(text, '*', 4000);
    text[4000] = '\0';
    assert_memory_equal(read(text), "n.md:1:1: a rule", 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_note_has_paragraphs_emphasis_links_and_lists, give_back),
        cmocka_unit_test_teardown(whatever_else_is_refused_with_its_place, give_back),
        cmocka_unit_test_teardown(a_note_has_an_end, give_back),
    };
    return cmocka_run_group_tests_name("issue/note", tests, NULL, NULL);
}
