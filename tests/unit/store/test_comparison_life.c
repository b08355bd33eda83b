/* What becomes of a comparison after its import: dates, withdrawals, sources. */
#include "scratch.h"

#include "store/comparison_life.h"

static struct comparison_outcome save(struct scratch *scratch, struct comparison *made)
{
    struct comparison_outcome outcome;
    must(comparison_save(scratch->store, &scratch->arena, made, NOW, &outcome, &why));
    return outcome;
}

static struct comparison_outcome save_dated(struct scratch *scratch, int64_t published_at)
{
    struct comparison made = sample_comparison(&scratch->arena, "a", "b", published_at, "first");
    return save(scratch, &made);
}

static struct comparison_outcome save_saying(struct scratch *scratch, enum withdrawn withdrawn)
{
    struct comparison made = sample_comparison(&scratch->arena, "a", "b", NOW - DAY, "first");
    made.withdrawn = withdrawn;
    return save(scratch, &made);
}

static struct comparison_state state_of(struct scratch *scratch, int64_t id)
{
    struct comparison_state state;
    must(comparison_state(scratch->store, &scratch->arena, id, &state, &why));
    return state;
}

/* An issue with that comparison in it; `stage` 0 is a draft, 1 approved, 2 sending. */
static int64_t issue_with(struct scratch *scratch, int64_t comparison_id, int stage)
{
    struct issue issue = sample_issue("2026-W47");
    const struct issue_item item = {
        .comparison_id = comparison_id, .position = 1, .story = 1, .reason = "", .snapshot = "{}"};
    bool done;
    int64_t readers;
    must(issue_save_draft(scratch->store, &issue, &item, 1, NULL, 0, &why));
    if (stage > 0) {
        must(issue_approve(scratch->store, issue.id, "{}", NOW, NOW, &done, &why));
    }
    if (stage > 1) {
        must(issue_start(scratch->store, issue.id, "x", NOW, &done, &readers, &why));
    }
    return issue.id;
}

/* What is done one after the other: 's' with a day, the source says it; 'e', an editor. Behind it
 * the day that stands then. Days count from NOW. */
static const struct {
    const char *name;
    struct {
        char who;
        int day, stands;
    } steps[5];
} dates[] = {
    {"the source postpones", {{'s', -1, -1}, {'s', 9, 9}}},
    {"the source mends a year", {{'s', 7300, 7300}, {'s', -1, -1}, {'s', -1, -1}}},
    {"an editor's date stands", {{'s', -1, -1}, {'e', 5, 5}, {'s', -1, 5}, {'s', -1, 5}}},
    {"until the source has another", {{'s', -1, -1}, {'e', 5, 5}, {'s', 7, 7}, {'s', 7, 7}}},
    {"and an editor another again",
     {{'s', -1, -1}, {'e', 5, 5}, {'s', 7, 7}, {'e', 8, 8}, {'s', 7, 8}}},
};

static void the_date_is_who_spoke_last_s(void **state)
{
    struct scratch *scratch = *state;
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        must(store_begin(scratch->store, &why));
        int64_t id = 0;
        for (size_t at = 0; at < 5 && dates[i].steps[at].who != '\0'; at++) {
            int64_t day = NOW + (int64_t)dates[i].steps[at].day * DAY;
            bool changed;
            if (dates[i].steps[at].who == 'e') {
                must(comparison_date(scratch->store, id, day, &changed, &why));
                assert_true(changed);
            } else {
                struct comparison made = sample_comparison(&scratch->arena, "a", "b", day, "first");
                save(scratch, &made);
                id = made.id;
            }
            int64_t stands = (state_of(scratch, id).published_at - NOW) / DAY;
            if (stands != dates[i].steps[at].stands) {
                fail_msg("%s: step %zu: %lld", dates[i].name, at, (long long)stands);
            }
        }
        store_rollback(scratch->store);
    }
}

static void a_new_date_moves_what_is_free_or_in_a_draft_and_says_so(void **state)
{
    struct scratch *scratch = *state;
    for (int draft = 0; draft < 2; draft++) {
        must(store_begin(scratch->store, &why));
        save_dated(scratch, NOW - DAY);
        if (draft > 0) {
            issue_with(scratch, 1, 0);
        }
        struct comparison_outcome outcome = save_dated(scratch, NOW + DAY);
        assert_int_equal(outcome.saved, COMPARISON_UNCHANGED);
        assert_int_equal(outcome.moved_from, NOW - DAY);
        assert_int_equal(outcome.published_at, NOW + DAY);
        assert_int_equal(outcome.ignored_date, 0);
        store_rollback(scratch->store);
    }
}

static void a_new_date_of_what_is_told_is_ignored_and_named_once(void **state)
{
    struct scratch *scratch = *state;
    bool changed;
    for (int stage = 1; stage < 3; stage++) {
        must(store_begin(scratch->store, &why));
        save_dated(scratch, NOW - DAY);
        issue_with(scratch, 1, stage);
        struct comparison_outcome outcome = save_dated(scratch, NOW + DAY);
        assert_int_equal(outcome.ignored_date, NOW + DAY);
        assert_int_equal(outcome.moved_from, 0);
        assert_int_equal(outcome.published_at, NOW - DAY);
        assert_int_equal(save_dated(scratch, NOW + DAY).ignored_date, 0);
        must(comparison_date(scratch->store, 1, NOW, &changed, &why));
        assert_false(changed);
        assert_int_equal(state_of(scratch, 1).published_at, NOW - DAY);
        store_rollback(scratch->store);
    }
}

static void the_source_s_date_holds_once_its_issue_is_cancelled(void **state)
{
    struct scratch *scratch = *state;
    enum issue_cancelled outcome;
    save_dated(scratch, NOW - DAY);
    int64_t issue = issue_with(scratch, 1, 1);
    save_dated(scratch, NOW + DAY);
    must(issue_cancel(scratch->store, issue, NOW, &outcome, &why));
    assert_int_equal(save_dated(scratch, NOW + DAY).moved_from, NOW - DAY);
}

static void a_year_that_was_mended_does_not_keep_newer_facts_out(void **state)
{
    struct scratch *scratch = *state;
    save_dated(scratch, NOW + INT64_C(7300) * DAY);
    save_dated(scratch, NOW - DAY);
    struct comparison newer = sample_comparison(&scratch->arena, "a", "c", NOW, "first");
    newer.left.price = "$9/mo";
    save(scratch, &newer);
    assert_string_equal(ask_text(scratch->store, "SELECT price FROM tool WHERE name = 'a'"),
                        "$9/mo");
}

/* Who speaks: 'Y', 'N' and '-' the source in its field, 'f' a full import without it, 'w' and 'r'
 * an editor. Behind it who holds it withdrawn then: '.' nobody, or e, s, a. */
static const struct {
    const char *name, *words, *then;
} withdrawals[] = {
    {"a source's word", "-Y-YN", ".sss."},
    {"a new one that is withdrawn", "Y", "s"},
    {"an editor's word stands above it", "-wN-Yr", ".eeee."},
    {"an editor's word takes over", "Yw-N", "seee"},
    {"what comes again was away", "-f-", ".a."},
    {"and stays withdrawn where it says so", "-fYf-N", ".asss."},
    {"an editor restores what is away", "-fr-", ".a.."},
};

static void say(struct scratch *scratch, char word)
{
    bool changed;
    switch (word) {
    case 'Y':
        save_saying(scratch, WITHDRAWN_YES);
        return;
    case 'N':
        save_saying(scratch, WITHDRAWN_NO);
        return;
    case '-':
        save_saying(scratch, WITHDRAWN_UNSAID);
        return;
    case 'r':
        must(comparison_restore(scratch->store, 1, &changed, &why));
        return;
    default:
        must(comparison_withdraw(scratch->store, 1,
                                 word == 'w' ? WITHDRAWER_EDITOR : WITHDRAWER_ABSENT, NOW, &changed,
                                 &why));
    }
}

static void a_withdrawal_is_taken_back_by_who_may(void **state)
{
    struct scratch *scratch = *state;
    for (size_t i = 0; i < sizeof withdrawals / sizeof *withdrawals; i++) {
        must(store_begin(scratch->store, &why));
        for (size_t at = 0; withdrawals[i].words[at] != '\0'; at++) {
            say(scratch, withdrawals[i].words[at]);
            char by = ".esa"[state_of(scratch, 1).withdrawn_by];
            if (by != withdrawals[i].then[at]) {
                fail_msg("%s: word %zu: %c", withdrawals[i].name, at, by);
            }
        }
        store_rollback(scratch->store);
    }
}

static void what_is_withdrawn_leaves_a_draft_and_no_other_issue(void **state)
{
    struct scratch *scratch = *state;
    for (int stage = 0; stage < 3; stage++) {
        must(store_begin(scratch->store, &why));
        bool changed;
        const char **slugs;
        size_t count;
        save_dated(scratch, NOW - DAY);
        int64_t issue = issue_with(scratch, 1, stage);
        must(comparison_withdraw(scratch->store, 1, WITHDRAWER_EDITOR, NOW, &changed, &why));
        assert_true(changed);
        must(comparison_withdrawn_of(scratch->store, &scratch->arena, issue, &slugs, &count, &why));
        assert_int_equal(count, stage > 0);
        assert_int_equal(state_of(scratch, 1).issue_id, stage > 0 ? issue : 0);
        must(comparison_withdraw(scratch->store, 1, WITHDRAWER_EDITOR, NOW, &changed, &why));
        assert_false(changed);
        store_rollback(scratch->store);
    }
}

static void restoring_takes_back_that_it_was_left_out(void **state)
{
    struct scratch *scratch = *state;
    const int64_t one = 1;
    bool changed;
    save_dated(scratch, NOW - DAY);
    arrange(scratch->store, issue_with(scratch, 1, 0), NULL, 0, &one, 1);
    assert_int_equal(state_of(scratch, 1).left_out_at, NOW);
    must(comparison_restore(scratch->store, 1, &changed, &why));
    assert_true(changed);
    assert_int_equal(state_of(scratch, 1).left_out_at, 0);
    must(comparison_restore(scratch->store, 1, &changed, &why));
    assert_false(changed);
}

struct seen {
    struct buf slugs;
};

static bool see(void *context, const struct comparison_state *state, struct failure *failure)
{
    struct seen *seen = context;
    (void)failure;
    buf_addf(&seen->slugs, "%s ", state->slug);
    return true;
}

static void expect(struct scratch *scratch, struct comparison_filter filter, const char *slugs)
{
    struct seen seen;
    buf_init(&seen.slugs, 1000);
    must(comparison_each(scratch->store, &filter, see, &seen, &why));
    assert_string_equal(seen.slugs.data, slugs);
    buf_free(&seen.slugs);
}

static void a_list_is_newest_first_and_filtered(void **state)
{
    struct scratch *scratch = *state;
    bool changed;
    int64_t tool;
    add_comparison(scratch, "a", "b", NOW - 3 * DAY);
    add_comparison(scratch, "a", "c", NOW - DAY);
    int64_t gone = add_comparison(scratch, "d", "b", NOW - 2 * DAY);
    issue_with(scratch, 1, 2);
    must(comparison_withdraw(scratch->store, gone, WITHDRAWER_SOURCE, NOW, &changed, &why));
    must(comparison_tool(scratch->store, &scratch->arena, "b", &tool, &why));
    expect(scratch, (struct comparison_filter){0}, "a-vs-c d-vs-b a-vs-b ");
    expect(scratch, (struct comparison_filter){.in_issue = 1}, "a-vs-b ");
    expect(scratch, (struct comparison_filter){.in_issue = 2}, "");
    expect(scratch, (struct comparison_filter){.never_sent = true}, "a-vs-c d-vs-b ");
    expect(scratch, (struct comparison_filter){.withdrawn = true}, "d-vs-b ");
    expect(scratch, (struct comparison_filter){.since = NOW - 2 * DAY}, "a-vs-c d-vs-b ");
    expect(scratch, (struct comparison_filter){.tool_id = tool}, "d-vs-b a-vs-b ");
}

static void a_source_is_known_by_its_name_and_what_it_has_brought(void **state)
{
    struct scratch *scratch = *state;
    int64_t here, again, there;
    int64_t *ids;
    size_t count;
    bool changed;
    int64_t a = add_comparison(scratch, "a", "b", NOW);
    int64_t b = add_comparison(scratch, "a", "c", NOW);
    must(comparison_source(scratch->store, "here", false, &here, &why));
    assert_int_equal(here, 0);
    must(comparison_source(scratch->store, "here", true, &here, &why));
    must(comparison_source(scratch->store, "here", true, &again, &why));
    must(comparison_source(scratch->store, "there", true, &there, &why));
    assert_int_equal(here, again);
    assert_int_not_equal(here, there);
    must(comparison_brought(scratch->store, here, b, "", &why));
    must(comparison_brought(scratch->store, here, b, "", &why));
    must(comparison_brought(scratch->store, here, a, "", &why));
    must(comparison_brought(scratch->store, there, b, "", &why));
    must(comparison_withdraw(scratch->store, a, WITHDRAWER_EDITOR, NOW, &changed, &why));
    must(comparison_brought_by(scratch->store, &scratch->arena, here, &ids, &count, &why));
    assert_int_equal(count, 1);
    assert_int_equal(ids[0], b);
}

static enum comparison_renamed rename_to(struct scratch *scratch, int64_t id, const char *slug)
{
    enum comparison_renamed outcome;
    must(comparison_rename(scratch->store, id, slug, &outcome, &why));
    return outcome;
}

static void under_its_old_slug_a_comparison_is_found_and_comes_in(void **state)
{
    struct scratch *scratch = *state;
    struct comparison *found;
    struct comparison made = sample_comparison(&scratch->arena, "a", "b", NOW, "first");
    made.own_slug = true;
    save(scratch, &made);
    int64_t other = add_comparison(scratch, "a", "c", NOW);
    assert_int_equal(rename_to(scratch, made.id, "new"), COMPARISON_RENAMED);
    assert_int_equal(rename_to(scratch, made.id, "new"), COMPARISON_SAME_NAME);
    assert_int_equal(rename_to(scratch, other, "new"), COMPARISON_NAME_TAKEN);
    assert_int_equal(rename_to(scratch, other, "a-vs-b"), COMPARISON_NAME_TAKEN);
    must(comparison_find(scratch->store, &scratch->arena, "a-vs-b", &found, &why));
    assert_string_equal(found->slug, "new");
    struct comparison again = sample_comparison(&scratch->arena, "a", "b", NOW, "second");
    again.own_slug = true;
    assert_int_equal(save(scratch, &again).saved, COMPARISON_CHANGED);
    assert_int_equal(again.id, made.id);
    assert_string_equal(again.slug, "new");
    assert_int_equal(rename_to(scratch, made.id, "a-vs-b"), COMPARISON_RENAMED);
    must(comparison_find(scratch->store, &scratch->arena, "new", &found, &why));
    assert_string_equal(found->slug, "a-vs-b");
}

static enum comparison_renamed name_tool(struct scratch *scratch, const char *from, const char *to)
{
    enum comparison_renamed outcome;
    int64_t id;
    must(comparison_tool(scratch->store, &scratch->arena, from, &id, &why));
    assert_int_not_equal(id, 0);
    must(comparison_rename_tool(scratch->store, &scratch->arena, id, to, &outcome, &why));
    return outcome;
}

static void a_tool_with_a_slug_of_its_own_keeps_its_new_name_too(void **state)
{
    struct scratch *scratch = *state;
    struct comparison *found;
    for (int round = 0; round < 2; round++) {
        struct comparison made = sample_comparison(&scratch->arena, "a", "b", NOW + round,
                                                   round == 0 ? "first" : "second");
        made.left.own_slug = true;
        save(scratch, &made);
        if (round == 0) {
            assert_int_equal(name_tool(scratch, "a", "New A"), COMPARISON_RENAMED);
        }
    }
    must(comparison_find(scratch->store, &scratch->arena, "a-vs-b", &found, &why));
    assert_string_equal(found->left.name, "New A");
}

static void under_its_old_name_a_tool_is_the_one_that_has_a_new_one(void **state)
{
    struct scratch *scratch = *state;
    struct comparison *found;
    add_comparison(scratch, "a", "b", NOW - DAY);
    assert_int_equal(name_tool(scratch, "a", "New A"), COMPARISON_RENAMED);
    assert_int_equal(name_tool(scratch, "A", "New A"), COMPARISON_SAME_NAME);
    assert_int_equal(name_tool(scratch, "new a", "NEW A"), COMPARISON_RENAMED);
    assert_int_equal(name_tool(scratch, "b", "a"), COMPARISON_NAME_TAKEN);
    assert_int_equal(name_tool(scratch, "b", "new  a"), COMPARISON_NAME_TAKEN);
    add_comparison(scratch, "a", "c", NOW);
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM tool"), 3);
    must(comparison_find(scratch->store, &scratch->arena, "a-vs-b", &found, &why));
    assert_string_equal(found->left.name, "NEW A");
    assert_string_equal(found->title, "NEW A vs b");
    must(comparison_find(scratch->store, &scratch->arena, "a-vs-c", &found, &why));
    assert_string_equal(found->title, "NEW A vs c");
    assert_int_equal(name_tool(scratch, "new a", "a"), COMPARISON_RENAMED);
    must(comparison_find(scratch->store, &scratch->arena, "a-vs-b", &found, &why));
    assert_string_equal(found->title, "a vs b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_test(the_date_is_who_spoke_last_s),
        store_test(a_new_date_moves_what_is_free_or_in_a_draft_and_says_so),
        store_test(a_new_date_of_what_is_told_is_ignored_and_named_once),
        store_test(the_source_s_date_holds_once_its_issue_is_cancelled),
        store_test(a_year_that_was_mended_does_not_keep_newer_facts_out),
        store_test(a_withdrawal_is_taken_back_by_who_may),
        store_test(what_is_withdrawn_leaves_a_draft_and_no_other_issue),
        store_test(restoring_takes_back_that_it_was_left_out),
        store_test(a_list_is_newest_first_and_filtered),
        store_test(under_its_old_slug_a_comparison_is_found_and_comes_in),
        store_test(a_tool_with_a_slug_of_its_own_keeps_its_new_name_too),
        store_test(under_its_old_name_a_tool_is_the_one_that_has_a_new_one),
        store_test(a_source_is_known_by_its_name_and_what_it_has_brought),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
