#include "digest/isolate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "digest/phrase.h"

#define FSI ISOLATE_OPEN
#define PDI ISOLATE_CLOSE

struct row {
    const char *name, *text, *wanted;
};

static void a_finished_text_keeps_isolates_only_where_something_runs_to_the_left(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"nothing", "", ""},
        {"Latin names", FSI "A" PDI " beats " FSI "B" PDI ", 3 to 1", "A beats B, 3 to 1"},
        {"Chinese", FSI "深度" PDI " beats " FSI "B" PDI, "深度 beats B"},
        {"Hebrew beside Latin", FSI "עורך" PDI " beats " FSI "B" PDI,
         FSI "עורך" PDI " beats " FSI "B" PDI},
        {"Arabic", FSI "محرر" PDI, FSI "محرر" PDI},
        {"Arabic digits", FSI "٣" PDI, FSI "٣" PDI},
        {"somebody's own words", "محرر نصوص.", FSI "محرر نصوص." PDI},
        {"Latin words", "Fast.", "Fast."},
        {"a URL", "https://example.org/محرر", "https://example.org/محرر"},
        {"old Turkic, outside the first plane", "\xF0\x90\xB0\x80", FSI "\xF0\x90\xB0\x80" PDI},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(isolate_finish(&arena, rows[i].text), rows[i].wanted);
    }
    arena_free(&arena);
}

static void names_are_found_in_a_title(void **state)
{
    (void)state;
    static const struct {
        const char *title, *one, *other, *wanted;
    } rows[] = {
        {"A vs B", "A", "B", FSI "A" PDI " vs " FSI "B" PDI},
        {"Vidi Pro vs Vidi: which?", "Vidi Pro", "Vidi",
         FSI "Vidi Pro" PDI " vs " FSI "Vidi" PDI ": which?"},
        {"Bard or Bards", "Bard", "x", FSI "Bard" PDI " or Bards"},
        {"Nothing here", "A", "B", "Nothing here"},
        {"", "A", "B", ""},
        {"A", "", "", "A"},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *text = isolate_within(&arena, rows[i].title, rows[i].one);
        assert_string_equal(isolate_within(&arena, text, rows[i].other), rows[i].wanted);
    }
    arena_free(&arena);
}

static void isolates_count_towards_no_length_and_are_closed_by_a_cut(void **state)
{
    (void)state;
    struct arena arena = {0};
    assert_int_equal(phrase_length(FSI "עורך" PDI " beats"), 10);
    assert_string_equal(phrase_cut(&arena, FSI "עורך" PDI " beats", 10), FSI "עורך" PDI " beats");
    assert_string_equal(phrase_cut(&arena, FSI "עורך חכם מאוד" PDI " beats", 9),
                        FSI "עורך חכם…" PDI);
    assert_string_equal(phrase_cut(&arena, "It beats " FSI "עורך" PDI, 11), "It beats…");
    assert_string_equal(phrase_cut(&arena, FSI "עורךעורך" PDI, 4), FSI "עור…" PDI);
    assert_string_equal(phrase_cut(&arena, FSI "ab" PDI " and more", 7), FSI "ab" PDI " and…");
    arena_free(&arena);
}

static const struct row html_rows[] = {
    {"running text", "<p>" FSI "x" PDI " beats</p>", "<p><bdi>x</bdi> beats</p>"},
    {"a title", "<title>" FSI "x" PDI "</title>" FSI "y" PDI,
     "<title>" FSI "x" PDI "</title><bdi>y</bdi>"},
    {"an attribute", "<img alt=\"" FSI "x>" PDI "\">" FSI "y" PDI,
     "<img alt=\"" FSI "x>" PDI "\"><bdi>y</bdi>"},
    {"single quotes", "<a b='\"" FSI "' c=\"'" FSI "\">" FSI,
     "<a b='\"" FSI "' c=\"'" FSI "\"><bdi>"},
    {"a comment", "<!--[if mso]><b>" FSI "'</b><![endif]-->" FSI,
     "<!--[if mso]><b>" FSI "'</b><![endif]--><bdi>"},
    {"a style", "<style>a>b{content:'" FSI "'}</style>" FSI,
     "<style>a>b{content:'" FSI "'}</style><bdi>"},
    {"what is not displayed",
     "<div style=\"display:none;\"><div>" FSI "x" PDI "</div>" FSI "<br></div>" FSI "y" PDI,
     "<div style=\"display:none;\"><div>" FSI "x" PDI "</div>" FSI "<br></div><bdi>y</bdi>"},
    {"an image that is not displayed", "<img style=\"display:none\">" FSI,
     "<img style=\"display:none\"><bdi>"},
    {"a lone sign", "1 < 2 " FSI "x" PDI " <", "1 < 2 <bdi>x</bdi> <"},
    {"a doctype", "<!doctype html>" FSI, "<!doctype html><bdi>"},
    {"none", "<p>x</p>", "<p>x</p>"},
};

static void isolates_become_elements_where_an_element_may_stand(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof html_rows / sizeof html_rows[0]; i++) {
        struct residual in, out;
        residual_init(&in);
        residual_init(&out);
        residual_add_literal(&in, html_rows[i].text, strlen(html_rows[i].text));
        isolate_html(&in, &out);
        if (strlen(html_rows[i].wanted) != out.text.len ||
            memcmp(out.text.data, html_rows[i].wanted, out.text.len) != 0) {
            fail_msg("%s: \"%s\"", html_rows[i].name, out.text.data);
        }
        residual_free(&in);
        residual_free(&out);
    }
}

static void a_tag_goes_on_behind_a_hole(void **state)
{
    (void)state;
    static const char *const parts[] = {"<a href=\"", "\" title=\"" FSI "x\">" FSI "y" PDI};
    struct residual in, out;
    residual_init(&in);
    residual_init(&out);
    residual_begin_if(&in, READER_VIEW_URL, true);
    residual_add_literal(&in, parts[0], strlen(parts[0]));
    residual_add_hole(&in, READER_VIEW_URL, RESIDUAL_HTML);
    residual_add_literal(&in, parts[1], strlen(parts[1]));
    residual_end_if(&in);
    isolate_html(&in, &out);
    assert_true(residual_ok(&out));
    assert_int_equal(out.count, in.count);
    assert_non_null(strstr(out.text.data, "\" title=\"" FSI "x\"><bdi>y</bdi>"));
    residual_free(&in);
    residual_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_finished_text_keeps_isolates_only_where_something_runs_to_the_left),
        cmocka_unit_test(names_are_found_in_a_title),
        cmocka_unit_test(isolates_count_towards_no_length_and_are_closed_by_a_cut),
        cmocka_unit_test(isolates_become_elements_where_an_element_may_stand),
        cmocka_unit_test(a_tag_goes_on_behind_a_hole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
