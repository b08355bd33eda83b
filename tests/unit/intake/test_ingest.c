/* Files of comparisons go into the store whole or not at all. */
#include "../store/scratch.h"

#include "base/file.h"
#include "intake/ingest.h"
#include "intake/ingest_source.h"

#include <cmocka.h>

static void too_much_missing_is_more_than_a_few_and_more_than_a_fifth(void **state)
{
    static const struct {
        size_t missing, before;
        bool much;
    } rows[] = {
        {0, 0, false},    {3, 3, false},   {4, 4, true},  {4, 20, false},     {5, 20, true},
        {20, 100, false}, {21, 100, true}, {1, 1, false}, {200, 1000, false}, {201, 1000, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(ingest_source_is_much(rows[i].missing, rows[i].before), rows[i].much);
    }
}

/* What a listener heard. */
struct heard {
    int bad, noticed, arrived;
    enum failure_kind kind;
};

static void hear_bad(void *context, const struct failure *why)
{
    struct heard *heard = context;
    heard->bad++;
    heard->kind = why->kind;
}

static void hear_noticed(void *context, const char *file, const struct way *way)
{
    struct heard *heard = context;
    (void)file, (void)way;
    heard->noticed++;
}

static bool hear_arrived(void *context, const char *file, const struct ingested *item,
                         struct failure *why)
{
    struct heard *heard = context;
    (void)file, (void)item, (void)why;
    heard->arrived++;
    return true;
}

static struct ingest_result ingest(struct scratch *scratch, const struct ingest_options *options,
                                   const char *text, struct heard *heard)
{
    char path[128];
    char *paths[] = {path};
    struct ingest_result result;
    const struct ingest_listener listener = {
        .bad = hear_bad, .noticed = hear_noticed, .arrived = hear_arrived, .context = heard};
    *heard = (struct heard){0};
    snprintf(path, sizeof path, "%s/in.json", scratch->folder);
    must(file_write(path, text, strlen(text), 0600, &why));
    must(
        ingest_paths(scratch->store, &scratch->arena, options, &listener, paths, 1, &result, &why));
    return result;
}

#define GOOD                                                                                       \
    "{\"left\": {\"name\": \"Quill\", \"category\": \"Writing\", \"panel_ship\": 75}, "            \
    "\"right\": {\"name\": \"Nib\", \"category\": \"Writing\", \"panel_ship\": 50}, "              \
    "\"published_at\": \"2026-11-18T09:00:00Z\"}"

static void a_bad_comparison_keeps_its_whole_file_out(void **state)
{
    struct scratch *scratch = *state;
    const struct ingest_options options = {0};
    struct heard heard;
    struct ingest_result result =
        ingest(scratch, &options, GOOD "\n{\"left\": {\"name\": \"\"}}\n", &heard);
    assert_int_equal(result.bad, 1);
    assert_int_equal(result.added, 0);
    assert_int_equal(heard.bad, 1);
    assert_int_equal(heard.kind, FAILURE_DATA);
    assert_int_equal(heard.arrived, 0);
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM comparison"), 0);
}

static void a_dry_run_reports_and_stores_nothing(void **state)
{
    struct scratch *scratch = *state;
    const struct ingest_options options = {.dry_run = true};
    struct heard heard;
    struct ingest_result result = ingest(scratch, &options, GOOD, &heard);
    assert_int_equal(result.added, 1);
    assert_int_equal(heard.arrived, 1);
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM comparison"), 0);
}

static void the_same_file_again_is_unchanged_and_says_nothing(void **state)
{
    struct scratch *scratch = *state;
    const struct ingest_options options = {0};
    struct heard heard;
    struct ingest_result first = ingest(scratch, &options, GOOD, &heard);
    assert_int_equal(first.added, 1);
    assert_int_equal(heard.noticed, 1);
    struct ingest_result again = ingest(scratch, &options, GOOD, &heard);
    assert_int_equal(again.unchanged, 1);
    assert_int_equal(heard.noticed + heard.arrived, 0);
}

static void a_brief_run_counts_what_is_merely_new_and_reports_none(void **state)
{
    struct scratch *scratch = *state;
    const struct ingest_options options = {.brief = true};
    struct heard heard;
    struct ingest_result result = ingest(scratch, &options, GOOD, &heard);
    assert_int_equal(result.added, 1);
    assert_int_equal(heard.arrived, 0);
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM comparison"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(too_much_missing_is_more_than_a_few_and_more_than_a_fifth),
        store_test(a_bad_comparison_keeps_its_whole_file_out),
        store_test(a_dry_run_reports_and_stores_nothing),
        store_test(the_same_file_again_is_unchanged_and_says_nothing),
        store_test(a_brief_run_counts_what_is_merely_new_and_reports_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
