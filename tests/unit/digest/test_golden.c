/*
 * Issues beside what they must become: tests/golden/issue/NAME.json, NAME.html, NAME.txt.
 *
 * REFRESH_GOLDEN=1 writes the expected files anew; read the diff. ISSUE_OUT=DIR also writes what
 * was rendered, the five real pages among it, for a look in a browser.
 */
#include <glob.h>
#include <stdio.h>

#include "base/utf8.h"

#include "../../support/collect.h"
#include "../../support/sample_issue.h"

static void put(const char *path, const char *text)
{
    struct failure why = {0};
    sample_must(file_write(path, text, strlen(text), 0644, &why), &why);
}

static void show(struct arena *arena, const char *name, const char *ending, const char *text)
{
    const char *folder = getenv("ISSUE_OUT");
    if (folder != NULL) {
        put(arena_format(arena, "%s/%s.%s", folder, name, ending), text);
    }
}

static void check_golden(struct arena *arena, const char *name, const char *ending,
                         const char *text)
{
    const char *path =
        arena_format(arena, "%s/tests/golden/issue/%s.%s", SOURCE_ROOT, name, ending);
    show(arena, name, ending, text);
    if (getenv("REFRESH_GOLDEN") != NULL) {
        put(path, text);
    }
    const char *expected = sample_file(arena, path, true);
    if (strcmp(expected, text) != 0) {
        fail_msg("%s is not what is rendered; REFRESH_GOLDEN=1 writes it anew", path);
    }
}

/* Every address that the HTML links to stands in the plaintext, alone on its line. */
static void check_links(struct arena *arena, const char *name, const char *html, const char *text)
{
    const char *mark = "href=\"";
    const char *at = strstr(html, mark);
    while (at != NULL) {
        at += strlen(mark);
        char *url = arena_copy_bytes(arena, at, strcspn(at, "\""));
        for (char *entity = strstr(url, "&amp;"); entity != NULL; entity = strstr(url, "&amp;")) {
            memmove(entity + 1, entity + 5, strlen(entity + 5) + 1);
        }
        if (strstr(text, arena_format(arena, "\n%s\n", url)) == NULL) {
            fail_msg("%s: the plaintext lacks %s", name, url);
        }
        at = strstr(at, mark);
    }
}

/* No line of plaintext is wider than the letter unless it is one word. */
static void check_width(const char *name, const char *text)
{
    while (*text != '\0') {
        size_t len = strcspn(text, "\n");
        size_t indent = strspn(text, " ");
        bool word = memchr(text + indent, ' ', len > indent ? len - indent : 0) == NULL;
        if (utf8_width(text, len) > WRAP_COLUMNS && !word) {
            fail_msg("%s: this line is too wide: %.*s", name, (int)len, text);
        }
        text += len + (text[len] == '\n');
    }
}

static void golden(const char *name)
{
    struct arena arena = {0};
    struct sample sample = sample_load(
        &arena, arena_format(&arena, "%s/tests/golden/issue/%s.json", SOURCE_ROOT, name));
    const char *html, *text;
    sample_render(&arena, &sample, &html, &text);
    check_links(&arena, name, html, text);
    check_width(name, text);
    check_golden(&arena, name, "html", html);
    check_golden(&arena, name, "txt", text);
    arena_free(&arena);
}

/* Each issue of the folder; frame.json is what issues of pages stand in. */
static void every_issue_is_what_it_was_read_as(void **state)
{
    (void)state;
    glob_t found;
    size_t count = 0;
    assert_int_equal(glob(SOURCE_ROOT "/tests/golden/issue/*.json", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct arena arena = {0};
        const char *name = strrchr(found.gl_pathv[i], '/') + 1;
        name = arena_copy_bytes(&arena, name, strlen(name) - strlen(".json"));
        if (strcmp(name, "frame") != 0) {
            golden(name);
            count++;
        }
        arena_free(&arena);
    }
    globfree(&found);
    assert_true(count >= 24);
}

/* The pages of the site, as one story: the order of rank is by panel, the better first. */
static struct sample read_pages(struct arena *arena, glob_t *found)
{
    struct failure why = {0};
    const struct comparison **items = arena_array(arena, found->gl_pathc, sizeof *items);
    size_t count = 0;
    for (size_t i = 0; i < found->gl_pathc; i++) {
        const char *text = sample_file(arena, found->gl_pathv[i], false);
        struct intake intake;
        sample_must(intake_read(arena, found->gl_pathv[i], text, strlen(text), &intake, &why),
                    &why);
        intake.items[0].published_at = 1795334400;
        items[count++] = &intake.items[0];
    }
    struct sample sample =
        sample_load(arena, arena_format(arena, "%s/tests/golden/issue/frame.json", SOURCE_ROOT));
    struct story *story = arena_alloc(arena, sizeof *story);
    *story = sample_story(arena, items, count);
    sample.issue.stories = story;
    sample.issue.story_count = 1;
    sample_read_predictions(arena, NULL, &sample.issue);
    return sample;
}

static size_t occurrences(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part)) {
        count++;
    }
    return count;
}

static void the_real_pages_are_one_story_under_60_kilobytes(void **state)
{
    (void)state;
    glob_t found;
    if (glob(SHARED_ROOT "/pages/*.txt", 0, NULL, &found) != 0) {
        print_message("%s/pages is not there: skipped\n", SHARED_ROOT);
        skip();
    }
    struct arena arena = {0};
    struct sample sample = read_pages(&arena, &found);
    const char *html, *text;
    sample_render(&arena, &sample, &html, &text);
    show(&arena, "pages", "html", html);
    show(&arena, "pages", "txt", text);
    print_message("finished HTML: %zu bytes, plaintext: %zu bytes\n", strlen(html), strlen(text));
    assert_true(strlen(html) < (size_t)60 * 1024);
    assert_int_equal(occurrences(html, "<h2"), 2);
    assert_int_equal(occurrences(html, ">On the record</h2>"), 1);
    assert_int_equal(occurrences(html, "Read the full comparison"), 5);
    assert_int_equal(occurrences(text, "Read the full comparison"), 5);
    const char *first = strstr(strstr(html, "<tbody>"), "Mistral");
    assert_memory_equal(first, "Mistral 3 Small (24B)", 21);
    assert_non_null(strstr(text, " 1 [####] 4 of 4  Mistral 3 Small (24B)\n"));
    check_links(&arena, "pages", html, text);
    check_width("pages", text);
    globfree(&found);
    arena_free(&arena);
}

/* Some clients cut a message off near 100 kilobytes. */
static void twelve_head_to_heads_stay_under_80_kilobytes(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct sample sample =
        sample_load(&arena, arena_format(&arena, "%s/tests/golden/issue/duel.json", SOURCE_ROOT));
    struct story *stories = arena_array(&arena, 12, sizeof *stories);
    for (size_t i = 0; i < 12; i++) {
        stories[i] = sample.issue.stories[0];
    }
    sample.issue.stories = stories;
    sample.issue.story_count = 12;
    const char *html, *text;
    sample_render(&arena, &sample, &html, &text);
    show(&arena, "twelve", "html", html);
    show(&arena, "twelve", "txt", text);
    assert_true(strlen(html) < (size_t)80 * 1024);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_issue_is_what_it_was_read_as),
        cmocka_unit_test(the_real_pages_are_one_story_under_60_kilobytes),
        cmocka_unit_test(twelve_head_to_heads_stay_under_80_kilobytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
