/*
 * Comparison pages (src/intake/page.h): the corpus of tests/golden/pages, and the site's own pages.
 *
 * Beside NAME.txt stands NAME.expected: the comparison in the documented JSON form, or the failure.
 * With VERDICTS_REFRESH=1 the expected files are written anew; read the diff.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "intake/intake.h"
#include "intake/page.h"

#include <cmocka.h>

#define GOLDEN SOURCE_ROOT "/tests/golden/pages"
#define PAGES  SHARED_ROOT "/pages"

enum { FILE_MAX = 4 * 1024 * 1024 };

static void read_file(const char *path, struct buf *content)
{
    struct failure why = {0};
    buf_init(content, FILE_MAX);
    if (!file_read(path, FILE_MAX, content, &why)) {
        fail_msg("%s", why.text);
    }
}

/* What became of a page, as the expected files have it. */
static void write_outcome(struct arena *arena, const char *name, const struct buf *page,
                          struct buf *out)
{
    struct failure why = {0};
    struct comparison comparison;
    buf_init(out, FILE_MAX);
    if (page_read(arena, name, page->data, page->len, NULL, &comparison, &why)) {
        assert_int_equal(comparison.published_at, 0);
        assert_int_equal(strlen(comparison.content_hash), 64);
        json_write(out, intake_to_value(arena, &comparison), JSON_INDENTED);
    } else {
        assert_int_equal(why.kind, FAILURE_DATA);
        buf_add_text(out, why.text);
    }
    buf_add_char(out, '\n');
}

static void check_page(const char *name)
{
    struct arena arena = {0};
    struct buf page;
    struct buf outcome;
    read_file(arena_format(&arena, GOLDEN "/%s", name), &page);
    write_outcome(&arena, name, &page, &outcome);
    size_t stem = strlen(name) - strlen(".txt");
    char *path = arena_format(&arena, GOLDEN "/%.*s.expected", (int)stem, name);
    if (getenv("VERDICTS_REFRESH") != NULL) {
        struct failure why = {0};
        assert_true(file_write(path, outcome.data, outcome.len, 0644, &why));
    }
    struct buf expected;
    read_file(path, &expected);
    if (strcmp(outcome.data, expected.data) != 0) {
        fail_msg("%s gives:\n%s", name, outcome.data);
    }
    /* The names of the files say what they are about. */
    assert_int_equal(strncmp(name, "good_", 5) == 0, outcome.data[0] == '{');
    buf_free(&page);
    buf_free(&outcome);
    buf_free(&expected);
    arena_free(&arena);
}

static int is_page(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot != NULL && strcmp(dot, ".txt") == 0;
}

static void each_page_of_the_corpus_gives_what_stands_beside_it(void **state)
{
    (void)state;
    struct dirent **entries;
    int count = scandir(GOLDEN, &entries, is_page, alphasort);
    assert_true(count > 50);
    for (int i = 0; i < count; i++) {
        check_page(entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
}

/* All good variants of one page that differ only in what is not seen have one content hash. */
static void line_ends_spaces_and_footers_do_not_change_the_content(void **state)
{
    static const char *const names[] = {"good_plain",
                                        "good_crlf",
                                        "good_old_mac_line_ends",
                                        "good_byte_order_mark",
                                        "good_spaces_and_empty_lines",
                                        "good_no_footer",
                                        "good_no_line_end_at_the_end",
                                        "good_labels_in_any_case",
                                        "good_percent_sign_missing"};
    (void)state;
    char first[65] = "";
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct arena arena = {0};
        struct buf page;
        struct failure why = {0};
        struct comparison comparison;
        read_file(arena_format(&arena, GOLDEN "/%s.txt", names[i]), &page);
        assert_true(page_read(&arena, names[i], page.data, page.len, NULL, &comparison, &why));
        if (i == 0) {
            memcpy(first, comparison.content_hash, sizeof first);
        }
        assert_string_equal(comparison.content_hash, first);
        buf_free(&page);
        arena_free(&arena);
    }
}

struct real_page {
    const char *name, *right;
    int right_panel;
};

static void check_real_page(const struct real_page *row, const char *left_quote)
{
    struct arena arena = {0};
    struct buf page;
    struct failure why = {0};
    struct comparison got;
    read_file(arena_format(&arena, PAGES "/%s", row->name), &page);
    if (!page_read(&arena, row->name, page.data, page.len, NULL, &got, &why)) {
        fail_msg("%s", why.text);
    }
    assert_string_equal(got.left.name, "Claude Haiku Open Weights");
    assert_string_equal(got.left.slug, "claude-haiku-open-weights");
    assert_string_equal(got.right.name, row->right);
    assert_int_equal(got.left.panel_ship, 50);
    assert_int_equal(got.right.panel_ship, row->right_panel);
    for (const struct tool *tool = &got.left; tool != NULL;
         tool = tool == &got.left ? &got.right : NULL) {
        assert_string_equal(tool->category, "Developer Tools");
        assert_string_equal(tool->price, "Free");
        assert_string_equal(tool->price_note, "Entry");
        assert_int_equal(tool->community_ship, PERCENT_NONE);
        assert_int_equal(tool->review_count, 4);
        assert_true(strlen(tool->tagline) > 10 && strlen(tool->description) > 100);
    }
    assert_memory_equal(got.left.reviews[0].quote, left_quote, strlen(left_quote));
    assert_memory_equal(got.question, "Which one should you ship with?", 31);
    assert_null(got.left.reviews[0].reviewer);
    assert_int_equal(got.left.reviews[0].verdict, VERDICT_UNKNOWN);
    buf_free(&page);
    arena_free(&arena);
}

static void the_pages_of_the_site_are_read_whole(void **state)
{
    static const struct real_page rows[] = {
        {"000_6f2a2481f566c57c.txt", "Mistral 3 Small (24B)", 100},
        {"001_f97adab8ff15ffbb.txt", "Mistral Small 3.1", 75},
        {"002_028e6407be469a3d.txt", "Mistral 3 8B & 70B Instruct (Open Source)", 75},
        {"003_0c06835f730eccaf.txt", "Mistral 4B", 75},
        {"004_2a83befb5a11460c.txt", "Mistral Medium 3 (72B Instruct)", 75},
    };
    (void)state;
    if (access(PAGES, R_OK) != 0) {
        print_message("%s is not there: the site's own pages are not checked\n", PAGES);
        skip();
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_real_page(&rows[i], "The primitive here is simple: a downloadable weight file");
    }
}

static void a_page_of_fifty_megabytes_is_refused_by_its_size(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct failure why = {0};
    struct comparison comparison;
    size_t len = 50u * 1024 * 1024;
    char *bytes = memory_resize(NULL, len);
    memset(bytes, 'x', len);
    assert_false(page_read(&arena, "big.txt", bytes, len, NULL, &comparison, &why));
    assert_non_null(strstr(why.text, "big.txt:1:1: the page has 52428800 bytes"));
    free(bytes);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_page_of_the_corpus_gives_what_stands_beside_it),
        cmocka_unit_test(line_ends_spaces_and_footers_do_not_change_the_content),
        cmocka_unit_test(the_pages_of_the_site_are_read_whole),
        cmocka_unit_test(a_page_of_fifty_megabytes_is_refused_by_its_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
