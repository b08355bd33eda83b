/* Which comparisons of a week are in, and why (src/pick/pick.h), over a real database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "pick/pick.h"
#include "store/comparison.h"
#include "store/issue.h"

#include "../../support/scratch_place.h"

#include <cmocka.h>

#define must(call)                                                                                 \
    do {                                                                                           \
        struct failure why = {0};                                                                  \
        if (!(call)) {                                                                             \
            fail_msg("%s: %s", #call, why.text);                                                   \
        }                                                                                          \
    } while (0)

enum { NOW = 1795165200, DAY = 86400 }; /* 2026-11-20T09:00:00Z */

struct scratch {
    char folder[64];
    struct store *store;
    struct arena arena;
};

static int scratch_open(void **state)
{
    struct scratch *scratch = calloc(1, sizeof *scratch);
    assert_non_null(scratch);
    snprintf(scratch->folder, sizeof scratch->folder, "%s/verdicts-pick-XXXXXX", scratch_place());
    assert_non_null(mkdtemp(scratch->folder));
    const char *path = arena_format(&scratch->arena, "%s/db", scratch->folder);
    must(store_open(path, STORE_CREATE, &scratch->store, &why));
    *state = scratch;
    return 0;
}

static int scratch_close(void **state)
{
    static const char *const files[] = {"db", "db-wal", "db-shm"};
    struct scratch *scratch = *state;
    store_close(scratch->store);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        unlink(arena_format(&scratch->arena, "%s/%s", scratch->folder, files[i]));
    }
    rmdir(scratch->folder);
    arena_free(&scratch->arena);
    free(scratch);
    return 0;
}

#define store_test(name) cmocka_unit_test_setup_teardown(name, scratch_open, scratch_close)

static struct tool make_tool(const char *name)
{
    return (struct tool){.slug = name,
                         .name = name,
                         .category = "Tools",
                         .tagline = "",
                         .description = "",
                         .price = "Free",
                         .price_note = "",
                         .panel_ship = 75,
                         .community_ship = PERCENT_NONE};
}

static int64_t add_comparison(struct scratch *scratch, const char *left, const char *right,
                              int64_t published_at)
{
    struct comparison made = {.slug = arena_format(&scratch->arena, "%s-vs-%s", left, right),
                              .title = arena_format(&scratch->arena, "%s vs %s", left, right),
                              .question = "",
                              .left = make_tool(left),
                              .right = make_tool(right),
                              .published_at = published_at,
                              .content_hash = "hash"};
    struct comparison_outcome outcome;
    must(comparison_save(scratch->store, &scratch->arena, &made, NOW, &outcome, &why));
    return made.id;
}

static struct issue sample_issue(const char *name)
{
    return (struct issue){.iso_week = name,
                          .window_start = NOW - 7 * DAY,
                          .window_end = NOW,
                          .subject = "Ship or skip",
                          .preheader = "This week",
                          .date = NOW,
                          .built_at = NOW};
}

/* The week that ends at NOW, 2026-11-20T09:00:00Z. */
static const struct week week = {.name = "2026-W47", .start = NOW - 7 * DAY, .end = NOW};

static struct settings make_settings(int64_t min_items, int64_t max_items)
{
    return (struct settings){
        .issue = {.min_items = min_items, .max_items = max_items, .max_age_days = 30}};
}

static struct pick pick_now(struct scratch *scratch, const struct settings *settings,
                            int64_t issue_id)
{
    struct pick pick;
    must(pick_week(scratch->store, &scratch->arena, settings, &week, issue_id, NULL, 0, &pick,
                   &why));
    return pick;
}

/* "a-vs-b 1/1: reason" for what is in, "a-vs-b out: reason" for the rest. */
static void describe(const struct pick *pick, struct buf *out)
{
    buf_reset(out);
    for (size_t i = 0; i < pick->count; i++) {
        const struct pick_item *item = &pick->items[i];
        if (item->in) {
            buf_addf(out, "%s %d/%d: %s\n", item->comparison->slug, (int)item->story,
                     (int)item->position, item->reason);
        } else {
            assert_int_equal(item->story, 0);
            assert_int_equal(item->position, 0);
            buf_addf(out, "%s out: %s\n", item->comparison->slug, item->reason);
        }
    }
}

static void expect(const struct pick *pick, const char *expected)
{
    struct buf text;
    buf_init(&text, 65536);
    describe(pick, &text);
    assert_string_equal(text.data, expected);
    buf_free(&text);
}

static void each_candidate_is_in_or_out_for_a_reason_in_words(void **state)
{
    struct scratch *scratch = *state;
    struct settings settings = make_settings(1, 10);
    int64_t held = add_comparison(scratch, "old", "held", NOW - 60 * DAY);
    int64_t left_out = add_comparison(scratch, "left", "out", NOW - 2 * DAY);
    int64_t taken = add_comparison(scratch, "in", "another", NOW - 12 * DAY);
    add_comparison(scratch, "too", "old", NOW - 30 * DAY - 1);
    add_comparison(scratch, "just", "young", NOW - 30 * DAY);
    add_comparison(scratch, "first", "second", NOW - 7 * DAY);
    add_comparison(scratch, "last", "second", NOW - 1);
    add_comparison(scratch, "next", "week", NOW);
    must(comparison_hold(scratch->store, &held, 1, NOW - 14 * DAY, &why));
    struct issue other = sample_issue("2026-W46");
    struct issue_item item = {.comparison_id = taken,
                              .slug = "in-vs-another",
                              .position = 1,
                              .story = 1,
                              .reason = "",
                              .snapshot = "{}"};
    must(issue_save_draft(scratch->store, &other, &item, 1, NULL, 0, &why));
    struct issue draft = sample_issue("2026-W47");
    must(issue_save_draft(scratch->store, &draft, NULL, 0, NULL, 0, &why));
    const struct arrangement wanted = {.leave_out = &left_out, .leave_out_count = 1};
    must(issue_arrange(scratch->store, draft.id, &wanted, NOW, &why));
    struct pick pick = pick_now(scratch, &settings, draft.id);
    expect(&pick, "last-vs-second 1/1: new this week\n"
                  "first-vs-second 1/2: new this week\n"
                  "just-vs-young 2/3: published 2026-10-21, in no issue yet\n"
                  "old-vs-held 3/4: held back since 2026-11-06\n"
                  "next-vs-week out: published 2026-11-20, after this window: for a later issue\n"
                  "left-vs-out out: left out by an editor\n"
                  "in-vs-another out: in issue 1 (2026-W46)\n"
                  "too-vs-old out: too old: published 2026-10-21, more than 30 days before the "
                  "window's end (issue.max_age_days)\n");
    assert_int_equal(pick.in_count, 4);
    assert_int_equal(pick.story_count, 3);
    assert_string_equal(pick.stories[0].shared, "second");
    assert_false(pick.thin);
    assert_int_equal(pick.held_count, 0);
    assert_string_equal(pick.week.name, "2026-W47");
}

static void a_week_without_news_has_nothing_and_says_so(void **state)
{
    struct scratch *scratch = *state;
    for (int64_t min_items = 0; min_items < 2; min_items++) {
        struct settings settings = make_settings(min_items, 10);
        struct pick pick = pick_now(scratch, &settings, 0);
        assert_true(pick.thin);
        assert_int_equal(pick.count, 0);
        assert_int_equal(pick.story_count, 0);
    }
}

static void a_thin_week_holds_everything_back(void **state)
{
    struct scratch *scratch = *state;
    struct settings settings = make_settings(3, 10);
    int64_t first = add_comparison(scratch, "a", "b", NOW - 3 * DAY);
    int64_t second = add_comparison(scratch, "c", "d", NOW - 2 * DAY);
    struct pick pick = pick_now(scratch, &settings, 0);
    expect(&pick, "c-vs-d out: thin week: 2 of at least 3 (issue.min_items); held back\n"
                  "a-vs-b out: thin week: 2 of at least 3 (issue.min_items); held back\n");
    assert_true(pick.thin);
    assert_int_equal(pick.in_count, 0);
    assert_int_equal(pick.story_count, 0);
    assert_int_equal(pick.held_count, 2);
    assert_int_equal(pick.held[0] + pick.held[1], first + second);
    add_comparison(scratch, "e", "f", NOW - DAY);
    pick = pick_now(scratch, &settings, 0);
    assert_false(pick.thin);
    assert_int_equal(pick.in_count, 3);
}

static void what_has_no_room_is_held_back_from_the_end_of_the_order(void **state)
{
    struct scratch *scratch = *state;
    struct settings settings = make_settings(1, 3);
    add_comparison(scratch, "alone", "new", NOW - DAY);
    add_comparison(scratch, "alone", "newer", NOW - DAY);
    add_comparison(scratch, "z", "shared", NOW - 5 * DAY);
    add_comparison(scratch, "y", "shared", NOW - 5 * DAY);
    add_comparison(scratch, "x", "shared", NOW - 5 * DAY);
    struct pick pick = pick_now(scratch, &settings, 0);
    expect(&pick, "x-vs-shared 1/1: new this week\n"
                  "y-vs-shared 1/2: new this week\n"
                  "z-vs-shared 1/3: new this week\n"
                  "alone-vs-new out: no room: the issue takes 3 (issue.max_items); held back\n"
                  "alone-vs-newer out: no room: the issue takes 3 (issue.max_items); held back\n");
    assert_int_equal(pick.held_count, 2);
}

static void building_a_week_again_gives_the_same(void **state)
{
    struct scratch *scratch = *state;
    struct settings settings = make_settings(1, 2);
    add_comparison(scratch, "a", "b", NOW - DAY);
    add_comparison(scratch, "c", "d", NOW - 2 * DAY);
    add_comparison(scratch, "e", "f", NOW - 3 * DAY);
    static const char expected[] = "a-vs-b 1/1: new this week\n"
                                   "c-vs-d 2/2: new this week\n"
                                   "e-vs-f out: no room: the issue takes 2 (issue.max_items); "
                                   "held back\n";
    struct pick pick = pick_now(scratch, &settings, 0);
    expect(&pick, expected);
    must(comparison_hold(scratch->store, pick.held, pick.held_count, NOW + 60, &why));
    pick = pick_now(scratch, &settings, 0);
    expect(&pick, expected);
    must(comparison_hold(scratch->store, pick.held, pick.held_count, NOW + 3600, &why));
    /* The week after, it goes first. */
    struct week next = {.name = "2026-W48", .start = NOW, .end = NOW + 7 * DAY};
    must(pick_week(scratch->store, &scratch->arena, &settings, &next, 0, NULL, 0, &pick, &why));
    bool in = false;
    for (size_t i = 0; i < pick.in_count; i++) {
        in = in || (strcmp(pick.items[i].comparison->slug, "e-vs-f") == 0 &&
                    strcmp(pick.items[i].reason, "held back since 2026-11-20") == 0);
    }
    assert_true(in);
}

/* Each week brings more than an issue takes, and all of it stronger than what waits. */
static void nothing_that_was_held_back_waits_for_ever(void **state)
{
    enum { WEEKS = 12, ROOM = 3, NEWS = 4 };
    struct scratch *scratch = *state;
    struct settings settings = make_settings(1, ROOM);
    int waited_for = -1;
    size_t told = 0;
    add_comparison(scratch, "weak", "old", NOW - 3 * DAY);
    for (int i = 0; i < WEEKS; i++) {
        struct week at = {.start = NOW + (i - 1) * 7 * DAY, .end = NOW + i * 7 * DAY};
        snprintf(at.name, sizeof at.name, "2030-W%02u", (unsigned)(i + 1) % 53);
        for (int j = 0; i < 4 && j < NEWS; j++) {
            const char *left = arena_format(&scratch->arena, "rival%d%d", i, j);
            add_comparison(scratch, left, "star", at.end - DAY);
        }
        struct pick pick;
        must(pick_week(scratch->store, &scratch->arena, &settings, &at, 0, NULL, 0, &pick, &why));
        must(comparison_hold(scratch->store, pick.held, pick.held_count, at.end, &why));
        struct issue issue = sample_issue(at.name);
        struct issue_item items[ROOM];
        assert_true(pick.in_count <= ROOM);
        for (size_t k = 0; k < pick.in_count; k++) {
            items[k] = (struct issue_item){.comparison_id = pick.items[k].comparison->id,
                                           .slug = pick.items[k].comparison->slug,
                                           .position = (int64_t)k + 1,
                                           .story = pick.items[k].story,
                                           .reason = pick.items[k].reason,
                                           .snapshot = "{}"};
            if (strcmp(items[k].slug, "weak-vs-old") == 0) {
                waited_for = i;
            }
        }
        must(issue_save_draft(scratch->store, &issue, items, pick.in_count, NULL, 0, &why));
        told += pick.in_count;
    }
    assert_int_equal(waited_for, 1);
    assert_int_equal(told, 4 * NEWS + 1);
}

static void what_was_held_back_does_not_age_out(void **state)
{
    struct scratch *scratch = *state;
    struct settings settings = make_settings(2, 10);
    int64_t id = add_comparison(scratch, "a", "b", NOW - 29 * DAY);
    struct pick pick = pick_now(scratch, &settings, 0);
    assert_true(pick.thin);
    must(comparison_hold(scratch->store, pick.held, pick.held_count, NOW, &why));
    add_comparison(scratch, "c", "d", NOW + 20 * DAY);
    struct week later = {.name = "2026-W51", .start = NOW + 21 * DAY, .end = NOW + 28 * DAY};
    must(pick_week(scratch->store, &scratch->arena, &settings, &later, 0, NULL, 0, &pick, &why));
    assert_int_equal(pick.in_count, 2);
    assert_true(pick.items[0].comparison->id == id || pick.items[1].comparison->id == id);
}

static void what_an_editor_placed_keeps_its_seat_and_order(void **state)
{
    struct scratch *scratch = *state;
    struct settings settings = make_settings(1, 2);
    int64_t held = add_comparison(scratch, "h", "eld", NOW - 20 * DAY);
    int64_t weak = add_comparison(scratch, "w", "eak", NOW - 20 * DAY);
    add_comparison(scratch, "a", "b", NOW - DAY);
    add_comparison(scratch, "a", "c", NOW - DAY);
    must(comparison_hold(scratch->store, &held, 1, NOW - 7 * DAY, &why));
    const int64_t order[] = {weak, 4242};
    struct pick pick;
    must(pick_week(scratch->store, &scratch->arena, &settings, &week, 0, order, 2, &pick, &why));
    expect(&pick, "w-vs-eak 1/1: published 2026-10-31, in no issue yet\n"
                  "h-vs-eld 2/2: held back since 2026-11-13\n"
                  "a-vs-b out: no room: the issue takes 2 (issue.max_items); held back\n"
                  "a-vs-c out: no room: the issue takes 2 (issue.max_items); held back\n");
    settings.issue.max_items = 1;
    must(pick_week(scratch->store, &scratch->arena, &settings, &week, 0, order, 2, &pick, &why));
    assert_int_equal(pick.in_count, 1);
    assert_int_equal(pick.items[0].comparison->id, weak);
}

static void the_items_of_the_draft_itself_are_free(void **state)
{
    struct scratch *scratch = *state;
    struct settings settings = make_settings(1, 10);
    int64_t id = add_comparison(scratch, "a", "b", NOW - DAY);
    struct issue draft = sample_issue("2026-W47");
    struct issue_item item = {.comparison_id = id,
                              .slug = "a-vs-b",
                              .position = 1,
                              .story = 1,
                              .reason = "",
                              .snapshot = "{}"};
    must(issue_save_draft(scratch->store, &draft, &item, 1, NULL, 0, &why));
    struct pick pick = pick_now(scratch, &settings, draft.id);
    expect(&pick, "a-vs-b 1/1: new this week\n");
    pick = pick_now(scratch, &settings, 0);
    expect(&pick, "a-vs-b out: in issue 1 (2026-W47)\n");
    assert_true(pick.thin);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_test(each_candidate_is_in_or_out_for_a_reason_in_words),
        store_test(a_week_without_news_has_nothing_and_says_so),
        store_test(a_thin_week_holds_everything_back),
        store_test(what_has_no_room_is_held_back_from_the_end_of_the_order),
        store_test(building_a_week_again_gives_the_same),
        store_test(nothing_that_was_held_back_waits_for_ever),
        store_test(what_was_held_back_does_not_age_out),
        store_test(what_an_editor_placed_keeps_its_seat_and_order),
        store_test(the_items_of_the_draft_itself_are_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
