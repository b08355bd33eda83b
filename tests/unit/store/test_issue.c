#include "store/issue_word.h"

#include "scratch.h"

static const struct issue_variant everything = {.topics = "",
                                                .body = "body\0bytes",
                                                .body_len = 10,
                                                .html = "<p>",
                                                .html_len = 3,
                                                .text = "",
                                                .text_len = 0,
                                                .html_sha256 = "aa",
                                                .text_sha256 = "bb"};

static struct issue *get(struct scratch *scratch, int64_t id)
{
    struct issue *issue;
    must(issue_get(scratch->store, &scratch->arena, id, &issue, &why));
    return issue;
}

static struct issue_item item(int64_t comparison_id, int64_t position)
{
    return (struct issue_item){.comparison_id = comparison_id,
                               .position = position,
                               .story = position,
                               .reason = "new this week",
                               .snapshot = "{\"a\":1}"};
}

/* Slugs' first letters in order of position: "abc". */
static const char *order_of(struct scratch *scratch, int64_t issue_id)
{
    struct issue_item *items;
    size_t count;
    must(issue_items(scratch->store, &scratch->arena, issue_id, &items, &count, &why));
    char *order = arena_alloc(&scratch->arena, count + 1);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(items[i].position, i + 1);
        order[i] = items[i].slug[0];
    }
    return order;
}

static struct issue draft_of(struct scratch *scratch, const char *week, const char *letters)
{
    struct issue issue = sample_issue(week);
    struct issue_item items[16];
    size_t count = strlen(letters);
    for (size_t i = 0; i < count; i++) {
        items[i] = item(add_comparison(scratch, arena_format(&scratch->arena, "%c", letters[i]),
                                       "rival", NOW - DAY),
                        (int64_t)i + 1);
    }
    must(issue_save_draft(scratch->store, &issue, items, count, &everything, 1, &why));
    return issue;
}

static void a_draft_comes_back_as_it_went_in(void **state)
{
    struct scratch *scratch = *state;
    struct issue issue = draft_of(scratch, "2026-W47", "abc");
    assert_int_equal(issue.number, 1);
    assert_int_equal(issue.item_count, 3);
    struct issue *found = get(scratch, issue.id);
    assert_string_equal(found->iso_week, "2026-W47");
    assert_int_equal(found->state, ISSUE_DRAFT);
    assert_int_equal(found->window_start, NOW - 7 * DAY);
    assert_int_equal(found->window_end, NOW);
    assert_string_equal(found->subject, "Ship or skip");
    assert_string_equal(found->preheader, "This week");
    assert_int_equal(found->date, NOW);
    assert_null(found->sender);
    assert_int_equal(found->item_count, 3);
    assert_int_equal(found->started_at, 0);
    assert_false(found->edited);
    assert_string_equal(order_of(scratch, issue.id), "abc");
    struct issue_variant *variant;
    must(issue_find_variant(scratch->store, &scratch->arena, issue.id, "", &variant, &why));
    assert_int_equal(variant->body_len, 10);
    assert_memory_equal(variant->body, "body\0bytes", 10);
    assert_int_equal(variant->text_len, 0);
    assert_string_equal(variant->html_sha256, "aa");
    must(issue_find_variant(scratch->store, &scratch->arena, issue.id, "Design", &variant, &why));
    assert_null(variant);
}

static void a_draft_built_again_keeps_number_and_date(void **state)
{
    struct scratch *scratch = *state;
    struct issue issue = draft_of(scratch, "2026-W47", "abc");
    draft_of(scratch, "2026-W48", "x");
    struct issue again = issue;
    again.subject = "Another";
    again.date = NOW + 999;
    again.built_at = NOW + 999;
    const struct issue_item items[] = {item(ask(scratch->store, "SELECT id FROM comparison WHERE "
                                                                "slug = 'c-vs-rival'"),
                                            1)};
    must(issue_save_draft(scratch->store, &again, items, 1, NULL, 0, &why));
    assert_int_equal(again.date, NOW);
    assert_int_equal(again.number, 1);
    struct issue *found = get(scratch, issue.id);
    assert_string_equal(found->subject, "Another");
    assert_int_equal(found->date, NOW);
    assert_int_equal(found->built_at, NOW + 999);
    assert_string_equal(order_of(scratch, issue.id), "c");
    struct issue_variant *variant;
    must(issue_find_variant(scratch->store, &scratch->arena, issue.id, "", &variant, &why));
    assert_null(variant);
}

static void a_week_has_one_issue(void **state)
{
    struct scratch *scratch = *state;
    add_draft(scratch->store, "2026-W47");
    struct issue second = sample_issue("2026-W47");
    must_fail(issue_save_draft(scratch->store, &second, NULL, 0, NULL, 0, &why), FAILURE_TRY_AGAIN,
              "2026-W47");
    assert_int_equal(second.id, 0);
}

static void a_comparison_stands_in_one_issue(void **state)
{
    struct scratch *scratch = *state;
    struct issue first = draft_of(scratch, "2026-W47", "a");
    struct issue second = sample_issue("2026-W48");
    const struct issue_item taken = item(1, 1);
    must_fail(issue_save_draft(scratch->store, &second, &taken, 1, NULL, 0, &why),
              FAILURE_TRY_AGAIN, "comparison 1");
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM issue"), 1);
    assert_string_equal(order_of(scratch, first.id), "a");
}

static void an_approved_issue_is_not_built_again(void **state)
{
    struct scratch *scratch = *state;
    struct issue issue = draft_of(scratch, "2026-W47", "a");
    bool changed;
    must(issue_approve(scratch->store, issue.id, "{\"from\":\"x\"}", NOW + 3, NOW, &changed, &why));
    assert_true(changed);
    must_fail(issue_save_draft(scratch->store, &issue, NULL, 0, NULL, 0, &why), FAILURE_TRY_AGAIN,
              "no draft any more");
    assert_string_equal(order_of(scratch, issue.id), "a");
    must(issue_approve(scratch->store, issue.id, "{}", NOW, NOW + 1, &changed, &why));
    assert_false(changed);
    struct issue *found = get(scratch, issue.id);
    assert_string_equal(found->sender, "{\"from\":\"x\"}");
    assert_int_equal(found->approved_at, NOW);
    assert_int_equal(found->date, NOW + 3);
    assert_int_equal(found->state, ISSUE_APPROVED);
}

static void a_variant_made_later_stands_beside_the_first(void **state)
{
    struct scratch *scratch = *state;
    struct issue issue = draft_of(scratch, "2026-W47", "a");
    struct issue_variant design = everything;
    design.topics = "Design";
    must(issue_add_variant(scratch->store, issue.id, &design, &why));
    design.html = "<b>";
    must(issue_add_variant(scratch->store, issue.id, &design, &why));
    struct issue_variant *found;
    must(issue_find_variant(scratch->store, &scratch->arena, issue.id, "Design", &found, &why));
    assert_memory_equal(found->html, "<p>", 3);
}

static void issues_are_found_by_week_number_and_state(void **state)
{
    struct scratch *scratch = *state;
    int64_t late = add_draft(scratch->store, "2026-W48");
    int64_t early = add_draft(scratch->store, "2026-W47");
    struct issue *found;
    must(issue_find_week(scratch->store, &scratch->arena, "2026-W47", &found, &why));
    assert_int_equal(found->id, early);
    must(issue_find_week(scratch->store, &scratch->arena, "2026-W01", &found, &why));
    assert_null(found);
    must(issue_find_number(scratch->store, &scratch->arena, 1, &found, &why));
    assert_int_equal(found->id, late);
    must(issue_find_state(scratch->store, &scratch->arena, ISSUE_DRAFT, &found, &why));
    assert_int_equal(found->id, early);
    must(issue_find_state(scratch->store, &scratch->arena, ISSUE_SENT, &found, &why));
    assert_null(found);
    struct issue *list;
    size_t count;
    must(issue_list(scratch->store, &scratch->arena, &list, &count, &why));
    assert_int_equal(count, 2);
    assert_int_equal(list[0].id, late);
    must_fail(issue_get(scratch->store, &scratch->arena, 4711, &found, &why), FAILURE_TRY_AGAIN,
              "gone");
    must(issue_set_announced(scratch->store, early, NOW, &why));
    assert_int_equal(get(scratch, early)->announced_at, NOW);
}

/* Ids are 1 … of the draft "abcd"; '-' names what is left out. */
static const struct {
    const char *order, *left_out, *result;
} arrangements[] = {
    {"", "", "abcd"},    {"dcba", "", "dcba"}, {"c", "", "cabd"},
    {"db", "", "dbac"},  {"", "a", "bcd"},     {"cb", "d", "cba"},
    {"bcd", "a", "bcd"}, {"", "abcd", ""},     {"d", "abc", "d"},
};

static size_t ids_of(const char *letters, int64_t *ids)
{
    for (size_t i = 0; letters[i] != '\0'; i++) {
        ids[i] = letters[i] - 'a' + 1;
    }
    return strlen(letters);
}

static void the_newest_issue_that_readers_have_is_named(void **state)
{
    struct scratch *scratch = *state;
    struct issue_newest newest;
    draft_of(scratch, "2026-W46", "a");
    draft_of(scratch, "2026-W47", "b");
    draft_of(scratch, "2026-W48", "c");
    must(issue_find_newest_sent(scratch->store, &scratch->arena, &newest, &why));
    assert_null(newest.iso_week);
    run_sql(scratch->store, "UPDATE issue SET sender = '{}', state = 'sent' "
                            "WHERE iso_week = '2026-W46'");
    must(issue_find_newest_sent(scratch->store, &scratch->arena, &newest, &why));
    assert_string_equal(newest.iso_week, "2026-W46");
    run_sql(scratch->store, "UPDATE issue SET sender = '{}', state = 'sending' "
                            "WHERE iso_week = '2026-W47'");
    must(issue_find_newest_sent(scratch->store, &scratch->arena, &newest, &why));
    assert_string_equal(newest.iso_week, "2026-W47");
    assert_string_equal(newest.subject, "Ship or skip");
    assert_int_equal(newest.date, NOW);
}

static void an_editor_reorders_and_leaves_out(void **state)
{
    struct scratch *scratch = *state;
    struct issue issue = draft_of(scratch, "2026-W47", "abcd");
    for (size_t i = 0; i < sizeof arrangements / sizeof *arrangements; i++) {
        must(store_begin(scratch->store, &why));
        int64_t order[8], out[8];
        size_t order_count = ids_of(arrangements[i].order, order);
        size_t out_count = ids_of(arrangements[i].left_out, out);
        arrange(scratch->store, issue.id, order, order_count, out, out_count);
        assert_string_equal(order_of(scratch, issue.id), arrangements[i].result);
        assert_int_equal(ask(scratch->store, "SELECT count(left_out_at) FROM comparison"),
                         out_count);
        assert_true(get(scratch, issue.id)->edited);
        store_rollback(scratch->store);
    }
}

static void what_was_left_out_can_come_back(void **state)
{
    struct scratch *scratch = *state;
    struct issue issue = draft_of(scratch, "2026-W47", "abc");
    const int64_t b = 2;
    const int64_t order[] = {2, 1};
    arrange(scratch->store, issue.id, NULL, 0, &b, 1);
    arrange(scratch->store, issue.id, order, 2, NULL, 0);
    assert_string_equal(order_of(scratch, issue.id), "bac");
    assert_int_equal(ask(scratch->store, "SELECT count(left_out_at) FROM comparison"), 0);
}

static void only_a_draft_can_be_arranged(void **state)
{
    struct scratch *scratch = *state;
    struct issue issue = draft_of(scratch, "2026-W47", "ab");
    bool changed;
    must(issue_approve(scratch->store, issue.id, "{}", NOW, NOW, &changed, &why));
    const int64_t b = 2;
    const struct arrangement wanted = {.first = &b, .first_count = 1};
    must_fail(issue_arrange(scratch->store, issue.id, &wanted, NOW, &why), FAILURE_USAGE, "draft");
    assert_string_equal(order_of(scratch, issue.id), "ab");
    assert_false(get(scratch, issue.id)->edited);
}

static void write_word(struct scratch *scratch, int64_t issue_id, enum issue_word_kind kind,
                       const char *about, const char *text)
{
    const struct issue_word word = {.kind = kind, .about = about, .text = text, .at = NOW};
    must(issue_word_set(scratch->store, issue_id, &word, &why));
}

/* "headline=B, quote for otter=D"; what an editor has written. */
static const char *words_of(struct scratch *scratch, int64_t issue_id)
{
    struct issue_word *words;
    size_t count;
    const char *list = "";
    must(issue_word_list(scratch->store, &scratch->arena, issue_id, &words, &count, &why));
    for (size_t i = 0; i < count; i++) {
        list = arena_format(&scratch->arena, "%s%s%s%s%s=%s", list, i > 0 ? ", " : "",
                            issue_word_kind_name(words[i].kind), *words[i].about != '\0' ? " " : "",
                            words[i].about, words[i].text);
    }
    return list;
}

static void an_editors_words_outlive_each_build_of_the_draft(void **state)
{
    struct scratch *scratch = *state;
    bool there;
    struct issue issue = draft_of(scratch, "2026-W47", "ab");
    write_word(scratch, issue.id, ISSUE_WORD_QUOTE_FOR, "otter", "D");
    write_word(scratch, issue.id, ISSUE_WORD_HEADLINE, "", "A");
    write_word(scratch, issue.id, ISSUE_WORD_HEADLINE, "", "B");
    must(issue_save_draft(scratch->store, &issue, NULL, 0, NULL, 0, &why));
    assert_string_equal(words_of(scratch, issue.id), "headline=B, quote for otter=D");
    must(issue_word_clear(scratch->store, issue.id, ISSUE_WORD_HEADLINE, "", &there, &why));
    assert_true(there);
    must(issue_word_clear(scratch->store, issue.id, ISSUE_WORD_HEADLINE, "", &there, &why));
    assert_false(there);
    assert_string_equal(words_of(scratch, issue.id), "quote for otter=D");
}

static void only_the_words_of_a_draft_can_be_changed(void **state)
{
    struct scratch *scratch = *state;
    const struct issue_word word = {.kind = ISSUE_WORD_NOTE, .about = "", .text = "late"};
    bool changed, there;
    struct issue issue = draft_of(scratch, "2026-W47", "ab");
    write_word(scratch, issue.id, ISSUE_WORD_NOTE, "", "in time");
    must(issue_approve(scratch->store, issue.id, "{}", NOW, NOW, &changed, &why));
    must_fail(issue_word_set(scratch->store, issue.id, &word, &why), FAILURE_USAGE, "draft");
    must_fail(issue_word_clear(scratch->store, issue.id, ISSUE_WORD_NOTE, "", &there, &why),
              FAILURE_USAGE, "draft");
    assert_string_equal(words_of(scratch, issue.id), "note=in time");
}

static void the_start_freezes_a_row_for_each_confirmed_person(void **state)
{
    struct scratch *scratch = *state;
    add_person(scratch->store, "ada@example.org", "Design", SUBSCRIBER_CONFIRMED);
    add_person(scratch->store, "pen@example.org", "", SUBSCRIBER_PENDING);
    add_person(scratch->store, "bob@example.com", "", SUBSCRIBER_CONFIRMED);
    add_person(scratch->store, "gone@example.org", "", SUBSCRIBER_LEFT);
    int64_t id = add_draft(scratch->store, "2026-W47");
    bool changed, started;
    int64_t readers;
    must(issue_start(scratch->store, id, "x", NOW, &started, &readers, &why));
    assert_false(started);
    must(issue_approve(scratch->store, id, "{}", NOW, NOW, &changed, &why));
    must(issue_start(scratch->store, id, "{issue}-{subscriber}-{subscriber}@example.org", NOW + 7,
                     &started, &readers, &why));
    assert_true(started);
    assert_int_equal(readers, 2);
    assert_string_equal(ask_text(scratch->store,
                                 "SELECT group_concat(subscriber_id || state || address || domain "
                                 "|| topics || next_at || message_id, '|') FROM delivery"),
                        "1queuedada@example.orgexample.orgDesign17951652071-1-1@example.org|"
                        "3queuedbob@example.comexample.com17951652071-3-3@example.org");
    assert_int_equal(get(scratch, id)->started_at, NOW + 7);
    must(issue_start(scratch->store, id, "x", NOW, &started, &readers, &why));
    assert_false(started);
    assert_int_equal(readers, 0);
    add_person(scratch->store, "new@example.org", "", SUBSCRIBER_CONFIRMED);
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM delivery"), 2);
}

static void who_has_nothing_to_get_is_skipped_from_the_start(void **state)
{
    struct scratch *scratch = *state;
    add_person(scratch->store, "ada@example.org", "Design", SUBSCRIBER_CONFIRMED);
    add_person(scratch->store, "bob@example.org", "Cooking", SUBSCRIBER_CONFIRMED);
    add_person(scratch->store, "eve@example.org", "", SUBSCRIBER_CONFIRMED);
    add_person(scratch->store, "zoe@example.org", "", SUBSCRIBER_CONFIRMED);
    run_sql(scratch->store, "UPDATE subscriber SET paused_until = 4102444800 WHERE id = 3;"
                            "UPDATE subscriber SET paused_until = 1 WHERE id = 4;");
    struct issue issue = draft_of(scratch, "2026-W47", "a");
    struct issue_variant design = everything, cooking = everything;
    design.topics = "Design";
    cooking.topics = "Cooking";
    cooking.body_len = 0;
    must(issue_add_variant(scratch->store, issue.id, &design, &why));
    must(issue_add_variant(scratch->store, issue.id, &cooking, &why));
    bool done;
    int64_t readers;
    must(issue_approve(scratch->store, issue.id, "{}", NOW, NOW, &done, &why));
    must(issue_start(scratch->store, issue.id, "x", NOW, &done, &readers, &why));
    assert_int_equal(readers, 4);
    assert_string_equal(ask_text(scratch->store, "SELECT group_concat(state || ' ' || "
                                                 "coalesce(reply, '-') || (done_at IS NULL), '|') "
                                                 "FROM delivery"),
                        "queued -1|skipped no matching topic0|skipped paused0|queued -1");
}

static void an_issue_is_finished_when_nothing_is_open(void **state)
{
    struct scratch *scratch = *state;
    add_person(scratch->store, "ada@example.org", "", SUBSCRIBER_CONFIRMED);
    add_person(scratch->store, "bob@example.org", "", SUBSCRIBER_CONFIRMED);
    int64_t id = start_issue(scratch->store, "2026-W47");
    run_sql(scratch->store, "UPDATE delivery SET state = 'sent' WHERE subscriber_id = 1");
    for (int i = 0; i < DELIVERY_STATES; i++) {
        enum delivery_state open = (enum delivery_state)i;
        bool finished;
        bool final = open == DELIVERY_SENT || open == DELIVERY_REFUSED ||
                     open == DELIVERY_GAVE_UP || open == DELIVERY_SKIPPED;
        char sql[128];
        must(store_begin(scratch->store, &why));
        snprintf(sql, sizeof sql, "UPDATE delivery SET state = '%s' WHERE subscriber_id = 2",
                 delivery_state_name(open));
        run_sql(scratch->store, sql);
        must(issue_finish(scratch->store, id, NOW + 9, &finished, &why));
        assert_int_equal(finished, final);
        assert_int_equal(get(scratch, id)->state, final ? ISSUE_SENT : ISSUE_SENDING);
        assert_int_equal(get(scratch, id)->finished_at, final ? NOW + 9 : 0);
        must(issue_finish(scratch->store, id, NOW, &finished, &why));
        assert_false(finished);
        store_rollback(scratch->store);
    }
}

static void only_an_issue_that_is_sending_can_be_finished(void **state)
{
    struct scratch *scratch = *state;
    int64_t id = add_draft(scratch->store, "2026-W47");
    bool finished, changed;
    must(issue_finish(scratch->store, id, NOW, &finished, &why));
    assert_false(finished);
    must(issue_approve(scratch->store, id, "{}", NOW, NOW, &changed, &why));
    must(issue_finish(scratch->store, id, NOW, &finished, &why));
    assert_false(finished);
    assert_int_equal(get(scratch, id)->state, ISSUE_APPROVED);
}

static enum issue_cancelled cancel(struct scratch *scratch, int64_t id)
{
    enum issue_cancelled outcome;
    must(issue_cancel(scratch->store, id, NOW + 9, &outcome, &why));
    return outcome;
}

static void cancelling_before_anything_left_frees_week_and_items(void **state)
{
    struct scratch *scratch = *state;
    add_person(scratch->store, "ada@example.org", "", SUBSCRIBER_CONFIRMED);
    for (int stage = 0; stage < 3; stage++) {
        struct issue issue = draft_of(scratch, "2026-W47", "ab");
        const int64_t b = 2;
        arrange(scratch->store, issue.id, NULL, 0, &b, 1);
        bool done;
        int64_t readers;
        if (stage > 0) {
            must(issue_approve(scratch->store, issue.id, "{}", NOW, NOW, &done, &why));
        }
        if (stage > 1) {
            must(issue_start(scratch->store, issue.id, "x", NOW, &done, &readers, &why));
            assert_int_equal(readers, 1);
        }
        assert_int_equal(cancel(scratch, issue.id), ISSUE_CANCEL_FREED);
        static const char *const tables[] = {"issue", "issue_item", "issue_variant", "delivery"};
        for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
            char sql[64];
            snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", tables[i]);
            assert_int_equal(ask(scratch->store, sql), 0);
        }
    }
    assert_int_equal(cancel(scratch, 4711), ISSUE_CANCEL_LATE);
}

/* What one of two rows may look like, and whether the week can still be freed. */
static const struct {
    const char *row;
    bool freed;
    const char *afterwards; /* state of that row, where it stays */
} signs[] = {
    {"state = 'queued'", true, NULL},
    {"state = 'skipped', reply = 'left'", true, NULL},
    {"state = 'sent'", false, "sent"},
    {"state = 'in_doubt'", false, "in_doubt"},
    {"state = 'refused', attempts = 1", false, "refused"},
    {"state = 'refused'", false, "refused"},
    {"state = 'gave_up'", false, "gave_up"},
    {"state = 'deferred', attempts = 1", false, "skipped"},
    {"state = 'deferred'", false, "skipped"},
    {"state = 'deferred', away = 1", true, NULL},
    {"state = 'deferred', away = 1, dot_noted = 1", false, "skipped"},
    {"state = 'deferred', reply = 'relay away: says the server'", false, "skipped"},
    {"state = 'queued', attempts = 1", false, "skipped"},
    {"state = 'queued', dot_noted = 1", false, "skipped"},
    {"state = 'queued', doubted = 1", false, "skipped"},
    {"state = 'sending', boot_id = 'another', lease = 1", false, "in_doubt"},
    {"state = 'sending', dot_noted = 1", false, "in_doubt"},
};

static void cancelling_after_the_first_has_left_stops_the_rest(void **state)
{
    struct scratch *scratch = *state;
    add_person(scratch->store, "ada@example.org", "", SUBSCRIBER_CONFIRMED);
    add_person(scratch->store, "bob@example.org", "", SUBSCRIBER_CONFIRMED);
    struct issue issue = draft_of(scratch, "2026-W47", "a");
    bool done;
    int64_t readers;
    must(issue_approve(scratch->store, issue.id, "{}", NOW, NOW, &done, &why));
    must(issue_start(scratch->store, issue.id, "x", NOW, &done, &readers, &why));
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        must(store_begin(scratch->store, &why));
        char sql[256];
        snprintf(sql, sizeof sql, "UPDATE delivery SET %s WHERE subscriber_id = 1", signs[i].row);
        run_sql(scratch->store, sql);
        enum issue_cancelled outcome = cancel(scratch, issue.id);
        if (outcome != (signs[i].freed ? ISSUE_CANCEL_FREED : ISSUE_CANCEL_STOPPED)) {
            fail_msg("%s: outcome %d", signs[i].row, outcome);
        }
        if (!signs[i].freed) {
            assert_string_equal(
                ask_text(scratch->store, "SELECT state FROM delivery WHERE subscriber_id = 1"),
                signs[i].afterwards);
            assert_string_equal(ask_text(scratch->store, "SELECT state || reply || done_at FROM "
                                                         "delivery WHERE subscriber_id = 2"),
                                "skippedcancelled1795165209");
            assert_int_equal(get(scratch, issue.id)->state, ISSUE_CANCELLED);
            assert_string_equal(order_of(scratch, issue.id), "a");
            assert_int_equal(cancel(scratch, issue.id), ISSUE_CANCEL_LATE);
        }
        store_rollback(scratch->store);
    }
}

static void a_living_claim_finishes_after_the_cancel(void **state)
{
    struct scratch *scratch = *state;
    add_person(scratch->store, "ada@example.org", "", SUBSCRIBER_CONFIRMED);
    add_person(scratch->store, "bob@example.org", "", SUBSCRIBER_CONFIRMED);
    const struct delivery_queue queue = {start_issue(scratch->store, "2026-W47")};
    const struct delivery_claimer living = {.lane = "host:1:0",
                                            .boot_id = clock_boot_id(),
                                            .lease_until = clock_boottime_ms() + 600000};
    struct delivery *rows;
    size_t count, skipped;
    must(delivery_claim(scratch->store, &scratch->arena, queue, &living, NOW, NULL, 1, &rows,
                        &count, &skipped, &why));
    assert_int_equal(cancel(scratch, queue.issue_id), ISSUE_CANCEL_STOPPED);
    const char *reason;
    bool halted;
    must(delivery_still_wanted(scratch->store, queue, 1, &reason, &halted, &why));
    assert_string_equal(reason, "cancelled");
    bool held;
    const struct delivery_outcome sent = {
        .id = 1, .generation = 1, .lane = living.lane, .state = DELIVERY_SENT};
    must(delivery_record(scratch->store, queue, &sent, NOW, &held, &why));
    assert_true(held);
    assert_string_equal(ask_text(scratch->store, "SELECT group_concat(state) FROM delivery"),
                        "sent,skipped");
}

static void an_issue_that_was_sent_is_cancelled_too_late(void **state)
{
    struct scratch *scratch = *state;
    int64_t id = start_issue(scratch->store, "2026-W47");
    bool finished;
    must(issue_finish(scratch->store, id, NOW, &finished, &why));
    assert_true(finished);
    assert_int_equal(cancel(scratch, id), ISSUE_CANCEL_LATE);
    assert_int_equal(get(scratch, id)->state, ISSUE_SENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_test(a_draft_comes_back_as_it_went_in),
        store_test(a_draft_built_again_keeps_number_and_date),
        store_test(a_week_has_one_issue),
        store_test(a_comparison_stands_in_one_issue),
        store_test(an_approved_issue_is_not_built_again),
        store_test(a_variant_made_later_stands_beside_the_first),
        store_test(issues_are_found_by_week_number_and_state),
        store_test(the_newest_issue_that_readers_have_is_named),
        store_test(an_editor_reorders_and_leaves_out),
        store_test(what_was_left_out_can_come_back),
        store_test(only_a_draft_can_be_arranged),
        store_test(an_editors_words_outlive_each_build_of_the_draft),
        store_test(only_the_words_of_a_draft_can_be_changed),
        store_test(the_start_freezes_a_row_for_each_confirmed_person),
        store_test(who_has_nothing_to_get_is_skipped_from_the_start),
        store_test(an_issue_is_finished_when_nothing_is_open),
        store_test(only_an_issue_that_is_sending_can_be_finished),
        store_test(cancelling_before_anything_left_frees_week_and_items),
        store_test(cancelling_after_the_first_has_left_stops_the_rest),
        store_test(a_living_claim_finishes_after_the_cancel),
        store_test(an_issue_that_was_sent_is_cancelled_too_late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
