/*
 * How SQLite goes about each statement of store/. Every text is declared by SQL() or BOTH(); a
 * scenario calls every function, so that every text is prepared; a count over the sources shows
 * that none is missing. Whatever walks a large table from end to end is listed here on purpose.
 */
#include "scratch.h"

#include <glob.h>

#include "store/absence.h"
#include "store/address_change.h"
#include "store/bounce.h"
#include "store/bucket.h"
#include "store/comparison_life.h"
#include "store/epoch.h"
#include "store/growth.h"
#include "store/hold.h"
#include "store/import.h"
#include "store/issue_word.h"
#include "store/leave_spool.h"
#include "store/move.h"
#include "store/prediction.h"
#include "store/rest.h"
#include "store/run.h"
#include "store/scrub.h"
#include "store/story.h"
#include "store/warmth.h"

static const struct delivery_filter any;

#define AN_ISSUE "SEARCH delivery USING PRIMARY KEY (issue_id=?)"

static const char *const large_tables[] = {
    "tool",    "review",       "comparison", "delivery",    "outgoing",      "subscriber",
    "consent", "bounce_event", "issue_item", "suppression", "issue_variant", "tool_likeness"};

/* Statements that are meant to see every row of their table, by a word of their text and a word of
 * the plan. */
static const struct {
    const char *text, *plan, *reason;
} walks[] = {
    {"AND doubted > 0", AN_ISSUE, "delivery_doubted"},
    {"total(state = 'queued')", AN_ISSUE, "delivery_counts"},
    {"ORDER BY subscriber_id", AN_ISSUE, "delivery_each, and the end of a piece of due rows"},
    {"FROM relay_rest WHERE relay", AN_ISSUE, "the age of rows, at a rest's end"},
    {"DELETE FROM issue WHERE id", AN_ISSUE, "a foreign key that looks for the first row"},
    {"INSERT INTO issue (id", AN_ISSUE, "the same"},
    {"DELETE FROM delivery", AN_ISSUE, "an issue that is freed"},
    {"state = 'skipped', reply = 'cancelled'", AN_ISSUE, "an issue that is cancelled"},
    {"dot_noted = 1 OR attempts > 0", AN_ISSUE, "issue_may_have_left"},
    {"UPDATE outgoing SET first_at", "SCAN outgoing USING INDEX outgoing_due",
     "each mail that waits, when a hold of everything ends"},
    {"INSERT INTO delivery", "SCAN subscriber", "one row for each reader"},
    {"FROM subscriber ORDER BY id", "SCAN subscriber", "subscriber_each, all"},
    {"FROM subscriber WHERE +status", "SCAN subscriber", "subscriber_each, of a status"},
    {"SELECT s.created_at, 'joined'", "SCAN s", "growth_read_joined"},
    {"FROM subscriber GROUP BY", "SCAN subscriber USING COVERING INDEX", "subscriber_counts"},
    {"total(pending) > 0", "SCAN bounce_event USING INDEX bounce_event_pending",
     "the pending ones, all of them in that index"},
    {"FROM bounce_event e WHERE", "SCAN e USING INDEX bounce_event_pending", "and their groups"},
    {"FROM bounce_event e WHERE held = 1", "SCAN e USING INDEX bounce_event_held",
     "those held back, all of them in that index"},
    {"count(*) FROM outgoing WHERE ?1 = 0 AND state = ?2", "SCAN outgoing",
     "delivery_count_filtered of single mails"},
    {"UPDATE outgoing SET first_at", "SCAN outgoing", "the age of single mails, at a rest's end"},
    {"WHERE scored = 3", "SCAN bounce_event USING INDEX bounce_event_review",
     "those that are to be judged anew, all of them in that index"},
    {"count(*) FROM comparison", "SCAN comparison USING COVERING INDEX", "comparison_count"},
    {"total(state = 'skipped') FROM outgoing", "SCAN outgoing", "delivery_counts of single mails"},
    {"FROM outgoing WHERE ?1 = 0 ORDER BY", "SCAN outgoing", "delivery_each of single mails"},
    {"FROM outgoing WHERE ?1 = 0 AND +state", "SCAN outgoing", "delivery_each, of a state"},
    {"FROM outgoing WHERE ?1 = 0 AND doubted", "SCAN outgoing", "delivery_doubted of single mails"},
    {"FROM suppression ORDER BY", "SCAN suppression", "suppression_each"},
    {"DELETE FROM address_change WHERE asked_at", "SCAN address_change", "those of a few days"},
    {"UPDATE outgoing SET state = 'queued'", "SCAN outgoing", "delivery_requeue of single mails"},
};

/* Sorting needs memory or a temporary file that grows with the list. */
static const struct {
    const char *text, *reason;
} sorts[] = {
    {"FROM comparison c LEFT JOIN issue_item", "candidates of one selection"},
    {"FROM issue i WHERE i.state",
     "issues of one state; some releases of SQLite walk them by week"},
    {"SELECT slug, number, iso_week, max(at)", "the tools that issues have told, each once"},
    {"FROM consent WHERE subscriber_id", "entries of one person"},
    {"'consent', kind, form", "events of one person"},
    {"FROM bounce_event e WHERE", "groups of one run's bounces, and of those held back"},
    {"FROM bounce_event WHERE scored = 0", "bounces of one domain with one code"},
    {"FROM bounce_event WHERE held = 1", "bounces of one domain that are held back"},
    {"FROM run WHERE id IN", "one run of each verb, and a few that failed"},
    {"FROM bounce_event WHERE at >=", "counts for a report"},
    {"GROUP BY relay", "the relays of one issue, a group each"},
    {"count(DISTINCT", "people who came or went in a month, each once"},
};

static bool visit_person(void *context, const struct subscriber *person, struct failure *why)
{
    (void)context;
    (void)person;
    (void)why;
    return true;
}

static bool visit_row(void *context, const struct delivery *row, struct failure *why)
{
    (void)context;
    (void)row;
    (void)why;
    return true;
}

static bool visit_state(void *context, const struct comparison_state *state, struct failure *why)
{
    (void)context;
    (void)state;
    (void)why;
    return true;
}

static void call_lives(struct scratch *scratch, int64_t id)
{
    const struct comparison_filter all = {0};
    struct comparison_state state;
    struct comparison_outcome outcome;
    const char **slugs;
    int64_t *ids;
    int64_t number;
    size_t count;
    bool changed;
    must(comparison_each(scratch->store, &all, visit_state, NULL, &why));
    must(comparison_state(scratch->store, &scratch->arena, id, &state, &why));
    must(comparison_tool(scratch->store, &scratch->arena, "nobody", &number, &why));
    must(comparison_withdraw(scratch->store, id, WITHDRAWER_EDITOR, NOW, &changed, &why));
    must(comparison_withdrawn_of(scratch->store, &scratch->arena, 1, &slugs, &count, &why));
    must(comparison_restore(scratch->store, id, &changed, &why));
    must(comparison_date(scratch->store, id, NOW - 2 * DAY, &changed, &why));
    must(comparison_source(scratch->store, "here", true, &number, &why));
    must(comparison_brought(scratch->store, number, id, "", &why));
    must(comparison_brought_by(scratch->store, &scratch->arena, number, &ids, &count, &why));
    must(comparison_absent(scratch->store, number, id, NOW, &changed, &why));
    must(comparison_restore(scratch->store, id, &changed, &why));
    enum comparison_renamed renamed;
    must(comparison_rename(scratch->store, id, "z", &renamed, &why));
    must(comparison_rename_tool(scratch->store, &scratch->arena, 1, "Z", &renamed, &why));
    must(comparison_rename_tool(scratch->store, &scratch->arena, 1, "a", &renamed, &why));
    struct comparison moved = sample_comparison(&scratch->arena, "a", "b", NOW - 3 * DAY, "first");
    must(comparison_save(scratch->store, &scratch->arena, &moved, NOW, &outcome, &why));
    moved = sample_comparison(&scratch->arena, "a", "b", NOW - 3 * DAY, "first");
    moved.source_id = number;
    moved.withdrawn = WITHDRAWN_NO;
    must(comparison_save(scratch->store, &scratch->arena, &moved, NOW, &outcome, &why));
}

/* Two sources of one comparison that disagree. */
static void call_sources(struct scratch *scratch)
{
    int64_t ids[2];
    must(comparison_source(scratch->store, "one", true, &ids[0], &why));
    must(comparison_source(scratch->store, "other", true, &ids[1], &why));
    for (size_t i = 0; i < 3; i++) {
        const char *price = i == 1 ? "$1" : "$2";
        struct comparison made = sample_comparison(&scratch->arena, "k", "l", NOW, price);
        struct comparison_outcome outcome;
        made.left.price = price;
        made.source_id = ids[i % 2];
        must(comparison_save(scratch->store, &scratch->arena, &made, NOW, &outcome, &why));
    }
}

static void call_comparisons(struct scratch *scratch)
{
    struct comparison *found;
    struct comparison_candidate *candidates;
    const char **texts;
    size_t count;
    int64_t number;
    int64_t id = add_comparison(scratch, "a", "b", NOW - DAY);
    add_comparison(scratch, "a", "e", NOW);
    struct review review = {.quote = "Good."};
    struct comparison reviewed =
        sample_comparison(&scratch->arena, "c", "d", NOW - DAY, "reviewed");
    struct comparison_outcome outcome;
    reviewed.left.reviews = &review;
    reviewed.left.review_count = 1;
    must(comparison_save(scratch->store, &scratch->arena, &reviewed, NOW, &outcome, &why));
    /* Slugs of its own, one of them made for another tool; a slug that is taken; more than twenty.
     */
    struct comparison own = sample_comparison(&scratch->arena, "x", "y", NOW, "own");
    own.slug = "a-vs-b";
    own.left.slug = "a";
    own.own_slug = own.left.own_slug = true;
    own.left.silent = 1u << FACT_URL;
    must(comparison_save(scratch->store, &scratch->arena, &own, NOW, &outcome, &why));
    for (int i = 0; i < 25; i++) {
        const char *name = arena_format(&scratch->arena, "n%d", i);
        struct comparison same = sample_comparison(&scratch->arena, name, "y", NOW, "n");
        same.slug = same.left.slug = "n";
        must(comparison_save(scratch->store, &scratch->arena, &same, NOW, &outcome, &why));
    }
    must(comparison_save(scratch->store, &scratch->arena, &reviewed, NOW, &outcome, &why));
    own.left.price = "$1";
    snprintf(own.content_hash, sizeof own.content_hash, "changed");
    must(comparison_save(scratch->store, &scratch->arena, &own, NOW, &outcome, &why));
    struct comparison alike = sample_comparison(&scratch->arena, "n7!", "y", NOW, "alike");
    alike.url = "https://example.org/alike";
    must(comparison_save(scratch->store, &scratch->arena, &alike, NOW, &outcome, &why));
    alike = sample_comparison(&scratch->arena, "u", "v", NOW, "alike");
    alike.url = "https://example.org/alike";
    must(comparison_save(scratch->store, &scratch->arena, &alike, NOW, &outcome, &why));
    must(comparison_find(scratch->store, &scratch->arena, "former", &found, &why));
    must(comparison_find(scratch->store, &scratch->arena, "a-vs-b", &found, &why));
    must(comparison_candidates(scratch->store, &scratch->arena, NOW, 0, 0, &candidates, &count,
                               &why));
    must(comparison_hold(scratch->store, &id, 1, NOW, &why));
    must(comparison_categories(scratch->store, &scratch->arena, &texts, &count, &why));
    must(comparison_count(scratch->store, &number, &why));
    call_lives(scratch, id);
}

static void call_people(struct scratch *scratch)
{
    struct subscriber *person;
    struct consent *entries;
    const char **texts;
    const char *reason;
    size_t count;
    int64_t counts[SUBSCRIBER_FORGOTTEN + 1];
    enum subscriber_status pending = SUBSCRIBER_PENDING;
    const struct consent consent = {
        .kind = "changed", .wording = "", .form = "", .origin = "", .at = NOW};
    const struct subscriber_change change = {.status = pending, .paused_until = -1};
    int64_t id = add_person(scratch->store, "gone@example.org", "", SUBSCRIBER_CONFIRMED);
    must(subscriber_find(scratch->store, &scratch->arena, "x", &person, &why));
    must(subscriber_find_id(scratch->store, &scratch->arena, id, &person, &why));
    must(subscriber_update(scratch->store, id, &change, &consent, &why));
    must(subscriber_each(scratch->store, NULL, visit_person, NULL, &why));
    must(subscriber_each(scratch->store, &pending, visit_person, NULL, &why));
    must(subscriber_counts(scratch->store, counts, &why));
    must(subscriber_topic_choices(scratch->store, &scratch->arena, &texts, &count, &why));
    must(consent_list(scratch->store, &scratch->arena, id, &entries, &count, &why));
    struct story_event *events;
    must(story_read(scratch->store, &scratch->arena, id, &events, &count, &why));
    must(suppression_add(scratch->store, "hash", "test", NOW, &why));
    must(suppression_remove(scratch->store, "hash", &why));
    must(suppression_find(scratch->store, &scratch->arena, "hash", &reason, &why));
    bool taken;
    int64_t purged;
    struct address_change asked = {
        .address = "new@example.org", .address_key = "new@example.org", .asked_at = NOW};
    struct address_change *asked_found;
    must(address_change_ask(scratch->store, id, &asked, &why));
    must(address_change_find(scratch->store, &scratch->arena, id, &asked_found, &why));
    must(subscriber_readdress(scratch->store, id, asked.address, asked.address_key, &consent,
                              &taken, &why));
    run_sql(scratch->store,
            "INSERT INTO outgoing (kind, state, address, domain, name, data, created_at, next_at, "
            "message_id) VALUES ('erased', 'sent', 'a@example.org', '', '', '', 1, 1, '')");
    must(outgoing_forget_erased(scratch->store, 1, NOW, &why));
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM outgoing WHERE kind = 'erased'"), 0);
    must(outgoing_count(scratch->store, id, "test", 0, &purged, &why));
    must(subscriber_forget(scratch->store, id, NOW, &why));
    must(scrub_try(scratch->store, &taken, &why));
    struct subscriber *people;
    size_t reminded;
    struct growth growth = {.start = NOW};
    must(growth_read(scratch->store, &growth, 1, NOW + 1, &why));
    must(growth_read_joined(scratch->store, &growth, 1, NOW + 1, &why));
    must(subscriber_unreminded(scratch->store, &scratch->arena, 0, NOW, 10, &people, &reminded,
                               &why));
    const struct leave_request request = {.person = id, .at = NOW, .form = "link", .origin = ""};
    must(leave_spool_add(scratch->store, &request, &why));
    must(leave_spool_take(scratch->store, &why));
    add_person(scratch->store, "stale@example.org", "", SUBSCRIBER_PENDING);
    run_sql(scratch->store, "UPDATE consent SET kind = 'asked'");
    must(subscriber_purge_pending(scratch->store, NOW + 1, NOW + 1, 10, &purged, &why));
    assert_int_equal(purged, 1);
    id = add_person(scratch->store, "asked@example.org", "", SUBSCRIBER_PENDING);
    run_sql(scratch->store, "UPDATE consent SET kind = 'asked'");
    must(subscriber_withdraw(scratch->store, id, &taken, &why));
    assert_true(taken);
    must(address_change_purge(scratch->store, NOW, &why));
}

static bool visit_hash(void *context, const char *hash, const char *reason, int64_t at,
                       struct failure *why)
{
    (void)context;
    (void)hash;
    (void)reason;
    (void)at;
    (void)why;
    return true;
}

static void call_imports(struct scratch *scratch)
{
    static const char *const names[] = {"people.csv"};
    const struct import_counts counts = {.lines = 1, .added = 1};
    struct import_counts noted;
    struct import_run *runs;
    struct import_undone undone = {0};
    size_t count;
    int64_t id, number, after = 0;
    struct subscriber *found;
    int status;
    must(import_begin(scratch->store, "import", "hash", names, 1, NOW, &id, &why));
    must(import_note(scratch->store, id, 0, &counts, &why));
    must(import_noted(scratch->store, id, 0, &noted, &why));
    bool first;
    must(import_tell(scratch->store, id, &first, &why));
    must(import_touch(scratch->store, id, 1, &why));
    must(import_find(scratch->store, &scratch->arena, id, &runs, &why));
    must(import_unfinished(scratch->store, &scratch->arena, &runs, &count, &why));
    must(subscriber_eligible(scratch->store, &number, &why));
    must(import_undo_piece(scratch->store, id, 10, &after, &undone, &why));
    must(import_finish(scratch->store, id, NOW, &why));
    must(import_undo_end(scratch->store, id, NOW, &why));
    must(subscriber_uninvited(scratch->store, &scratch->arena, 0, 0, NOW, NOW, 10, &found, &count,
                              &why));
    must(subscriber_last_invited(scratch->store, &number, &why));
    must(suppression_each(scratch->store, visit_hash, NULL, &why));
    must(import_seen_begin(scratch->store, &why));
    must(import_seen_note(scratch->store, "x", 1, &why));
    must(import_seen_find(scratch->store, "x", &status, &why));
    must(import_seen_end(scratch->store, &why));
    must(store_give_way(scratch->store, &why));
}

static void call_drafts(struct scratch *scratch)
{
    struct issue *found;
    struct issue_newest newest;
    struct issue_item *items;
    struct issue_variant *variant;
    struct issue issue = sample_issue("2026-W01");
    const struct issue_item item = {
        .comparison_id = 1, .position = 1, .story = 1, .reason = "", .snapshot = "{}"};
    const struct issue_variant all = {.topics = "", .body = "", .html = "", .text = ""};
    size_t count;
    const int64_t one = 1;
    const struct issue_word word = {.kind = ISSUE_WORD_NOTE, .about = "", .text = "a"};
    struct issue_word *words;
    bool there;
    enum issue_cancelled outcome;
    must(issue_save_draft(scratch->store, &issue, &item, 1, &all, 1, &why));
    must(issue_save_draft(scratch->store, &issue, &item, 1, &all, 1, &why));
    must(issue_find_week(scratch->store, &scratch->arena, "2026-W01", &found, &why));
    must(issue_find_number(scratch->store, &scratch->arena, 1, &found, &why));
    must(issue_find_state(scratch->store, &scratch->arena, ISSUE_DRAFT, &found, &why));
    must(issue_get(scratch->store, &scratch->arena, issue.id, &found, &why));
    must(issue_list(scratch->store, &scratch->arena, &found, &count, &why));
    must(issue_find_newest_sent(scratch->store, &scratch->arena, &newest, &why));
    must(issue_items(scratch->store, &scratch->arena, issue.id, &items, &count, &why));
    must(issue_find_variant(scratch->store, &scratch->arena, issue.id, "", &variant, &why));
    arrange(scratch->store, issue.id, &one, 1, NULL, 0);
    arrange(scratch->store, issue.id, NULL, 0, &one, 1);
    must(issue_set_announced(scratch->store, issue.id, NOW, &why));
    must(issue_word_set(scratch->store, issue.id, &word, &why));
    must(issue_word_list(scratch->store, &scratch->arena, issue.id, &words, &count, &why));
    must(issue_word_clear(scratch->store, issue.id, word.kind, "", &there, &why));
    must(issue_cancel(scratch->store, issue.id, NOW, &outcome, &why));
}

static void call_queue(struct scratch *scratch, struct delivery_queue queue)
{
    const struct delivery_claimer claimer = {.lane = "l", .boot_id = "b", .lease_until = 1};
    struct delivery *rows;
    size_t count, skipped;
    const char *reason;
    bool halted;
    bool held;
    int64_t a, b, counts[DELIVERY_STATES];
    enum delivery_state sent = DELIVERY_SENT, doubt = DELIVERY_IN_DOUBT;
    must(delivery_claim(scratch->store, &scratch->arena, queue, &claimer, NOW, NULL, 9, &rows,
                        &count, &skipped, &why));
    assert_int_equal(count, 2);
    assert_int_equal(skipped, 1);
    must(delivery_still_wanted(scratch->store, queue, rows[0].id, &reason, &halted, &why));
    must(delivery_find(scratch->store, &scratch->arena, queue, rows[0].id, &rows, &why));
    struct delivery_share *shares;
    must(delivery_shares(scratch->store, &scratch->arena, queue.issue_id, &shares, &count, &why));
    must(delivery_count_unknown(scratch->store, queue.issue_id, 1, &a, &why));
    must(delivery_note_dot(scratch->store, queue, rows[0].id, 1, "l", "", &held, &why));
    struct delivery_outcome outcome = {.id = rows[0].id,
                                       .generation = 0,
                                       .lane = "l",
                                       .state = DELIVERY_SENT,
                                       .count_attempt = true,
                                       .code = 250};
    must(delivery_record(scratch->store, queue, &outcome, NOW, &held, &why));
    must(delivery_renew(scratch->store, queue, "l", 5, &why));
    must(delivery_recover(scratch->store, queue, "b", 9, false, NOW, &a, &b, &why));
    must(delivery_count_filtered(scratch->store, queue, DELIVERY_REFUSED, &any, &a, &why));
    must(delivery_requeue(scratch->store, queue, DELIVERY_GAVE_UP, &any, NOW, &a, &why));
    const struct delivery_patience patience = {1, 2, 3};
    must(delivery_resend(scratch->store, queue, NOW, &patience, &a, &why));
    must(delivery_counts(scratch->store, queue, counts, &why));
    must(delivery_next_due(scratch->store, queue, &a, &why));
    must(delivery_doubted(scratch->store, queue, &a, &why));
    must(delivery_each(scratch->store, queue, NULL, visit_row, NULL, &why));
    must(delivery_each(scratch->store, queue, &sent, visit_row, NULL, &why));
    must(delivery_each(scratch->store, queue, &doubt, visit_row, NULL, &why));
    run_sql(scratch->store, queue.issue_id == 0 ? "UPDATE outgoing SET state = 'gave_up'"
                                                : "UPDATE delivery SET state = 'gave_up'");
    must(delivery_requeue(scratch->store, queue, DELIVERY_GAVE_UP, &any, NOW, &a, &why));
    const struct delivery_deferral until = {NULL, false, true, NOW + 5, 3, "away", "relay"};
    must(delivery_defer_due(scratch->store, queue, NOW, &until, &a, &why));
    assert_int_equal(a, 3);
    must(delivery_wake(scratch->store, queue, NOW + 1, &a, &why));
    assert_int_equal(a, 3);
}

static void call_deliveries(struct scratch *scratch)
{
    static const char *const addresses[] = {"one@example.org", "two@example.org",
                                            "three@example.org"};
    for (int i = 0; i < 3; i++) {
        struct delivery mail = {
            .kind = "test",
            .address = addresses[i],
            .name = "",
            .data = "{}",
            .message_id = "x",
            .created_at = NOW,
            .subscriber_id = add_person(scratch->store, addresses[i], "", SUBSCRIBER_CONFIRMED)};
        must(outgoing_insert(scratch->store, &mail, &why));
    }
    struct delivery_queue queue = {start_issue(scratch->store, "2026-W02")};
    run_sql(scratch->store, "UPDATE subscriber SET status = 'complained' "
                            "WHERE address = 'two@example.org'");
    call_queue(scratch, queue);
    call_queue(scratch, (struct delivery_queue){0});
    bool finished;
    int64_t started_at;
    enum issue_cancelled outcome;
    run_sql(scratch->store, "UPDATE delivery SET doubted = 1");
    must(issue_started_at(scratch->store, queue.issue_id, &started_at, &why));
    must(issue_finish(scratch->store, queue.issue_id, NOW, &finished, &why));
    must(issue_cancel(scratch->store, queue.issue_id, NOW, &outcome, &why));
    assert_int_equal(outcome, ISSUE_CANCEL_STOPPED);
}

static void call_rests(struct scratch *scratch)
{
    const struct delivery_queue queue = {1};
    const struct rest rest = {
        .relay = "r", .queue = REST_ALL, .until = 1, .sentence = "", .reply = ""};
    struct rest *found;
    size_t count;
    bool flag;
    must(rest_begin(scratch->store, &rest, 1, &why));
    must(rest_find(scratch->store, &scratch->arena, "r", queue, &found, &why));
    struct absence *absences;
    must(absence_begin(scratch->store, "r", 1, "out of reach", &why));
    must(absence_list(scratch->store, &scratch->arena, &absences, &count, &why));
    must(absence_end(scratch->store, "r", &why));
    struct told_tool *told;
    struct tool tool;
    must(move_told(scratch->store, &scratch->arena, "2026-W50", &told, &count, &why));
    must(move_tool(scratch->store, &scratch->arena, "ada", &tool, &flag, &why));
    must(move_list(scratch->store, &scratch->arena, 99, &told, &count, &why));
    const char **slugs;
    must(move_withdrawn_of(scratch->store, &scratch->arena, 1, &slugs, &count, &why));
    must(move_replace(scratch->store, 1, told, 0, &why));
    const struct told_tool one = {.slug = "a", .week = "", .was = "{}", .now = "{}"};
    must(move_replace(scratch->store, 1, &one, 1, &why));
    const char *slug;
    struct prediction *list;
    const struct prediction sentence = {.comparison_id = 1,
                                        .slug = "",
                                        .tool = "",
                                        .category = "",
                                        .sentence = "",
                                        .told_week = ""};
    must(prediction_due(scratch->store, &scratch->arena, "2026-W50", 9, 2, &list, &count, &why));
    must(prediction_is_on_record(scratch->store, "2026-W50", "", &flag, &why));
    must(prediction_list(scratch->store, &scratch->arena, 99, &list, &count, &why));
    must(prediction_replace(scratch->store, 1, &sentence, 1, &why));
    must(prediction_withdrawn_of(scratch->store, &scratch->arena, 1, &slug, &why));
    must(rest_list(scratch->store, &scratch->arena, &found, &count, &why));
    must(rest_take_probe(scratch->store, &rest, 1, 2, &flag, &why));
    must(rest_put_off(scratch->store, &rest, 1, 2, &why));
    must(rest_return_row(scratch->store, queue, 1, 1, &why));
    must(rest_return_row(scratch->store, (struct delivery_queue){0}, 1, 1, &why));
    must(rest_end(scratch->store, &rest, 1, &why));
    must(issue_say(scratch->store, 1, "", &flag, &why));
}

static void call_bounces(struct scratch *scratch)
{
    struct bounce_group *groups;
    struct bounce_event *events;
    struct bounce_count *counts;
    const char *class;
    size_t count;
    int64_t number;
    bool added;
    const struct bounce_event event = {.message_hash = "a",
                                       .class = "hard",
                                       .domain = "example.org",
                                       .enhanced = "5.1.1",
                                       .reason = "user unknown",
                                       .at = NOW};
    must(bounce_add(scratch->store, &event, &added, &why));
    must(bounce_known(scratch->store, "a", &added, &why));
    must(bounce_groups(scratch->store, &scratch->arena, 10, &groups, &count, &why));
    must(bounce_pending(scratch->store, &scratch->arena, "example.org", "5.1.1", 10, &events,
                        &count, &why));
    must(bounce_storms(scratch->store, &scratch->arena, 20, 10, 0, &groups, &count, &why));
    must(bounce_recall(scratch->store, 1, &number, &why));
    must(bounce_hold(scratch->store, "example.org", &number, &why));
    must(bounce_review(scratch->store, &scratch->arena, 10, &events, &count, &why));
    must(bounce_held_groups(scratch->store, &scratch->arena, &groups, &count, &why));
    must(bounce_held(scratch->store, &scratch->arena, "example.org", 10, &events, &count, &why));
    must(bounce_settle(scratch->store, 1, BOUNCE_SETTLED, &why));
    must(bounce_counted(scratch->store, 1, 0, NOW, 1, &class, &why));
    must(bounce_save_score(scratch->store, 1, 1, 1, NOW, &why));
    must(bounce_counts(scratch->store, &scratch->arena, 0, &counts, &count, &why));
    must(bounce_unknown(scratch->store, 0, &number, &why));
    must(bounce_reports(scratch->store, "DMARC report", 0, &number, &why));
}

static void call_holds(struct scratch *scratch)
{
    const struct hold hold = {.since = 1, .until = 2, .everything = true, .who = "", .reason = ""};
    struct hold *found;
    bool flag;
    must(hold_set(scratch->store, &hold, &why));
    must(hold_find(scratch->store, &scratch->arena, 1, &found, &why));
    must(hold_tell(scratch->store, &flag, &why));
    must(hold_lapse(scratch->store, NOW, &why));
    must(issue_pause(scratch->store, 4711, NOW, &flag, &why));
    must(issue_resume(scratch->store, 4711, NOW, &flag, &why));
    must(issue_tell_pause(scratch->store, 4711, &flag, &why));
}

static void call_the_rest(struct scratch *scratch)
{
    struct bucket bucket;
    struct run *runs;
    bool flag;
    size_t count;
    int64_t number;
    char path[160];
    must(bucket_take(scratch->store, "a", 1, 1, 1, 1, &number, &why));
    must(bucket_find(scratch->store, "a", &bucket, &flag, &why));
    must(bucket_purge(scratch->store, 1, "a", 1, &why));
    must(run_begin(scratch->store, "test", NOW, &number, &why));
    must(run_end(scratch->store, number, NOW, 0, "", &why));
    must(run_latest(scratch->store, &scratch->arena, 1, 1, &runs, &count, &why));
    must(issue_tell(scratch->store, 4711, ISSUE_TOLD_STALE, &flag, &why));
    const struct issue read = {.id = 1, .state = ISSUE_SENT, .sender = "{}"};
    must(issue_set_sender(scratch->store, &read, "{}", &flag, &why));
    must(issue_stop(scratch->store, 4711, NOW, &(enum issue_cancelled){0}, &why));
    struct epoch epoch;
    must(epoch_raise(scratch->store, &why) && epoch_count(scratch->store, &number, &why));
    assert_int_equal(number, 1);
    must(epoch_get(scratch->store, &scratch->arena, &epoch, &why));
    must(epoch_save(scratch->store, &epoch, &why));
    must(epoch_claims_open(scratch->store, 1, &flag, &why));
    must(store_check(scratch->store, &why));
    snprintf(path, sizeof path, "%s/copy.db", scratch->folder);
    must(store_backup(scratch->store, path, &why));
    must(store_migrate(scratch->store, store_migrations, STORE_VERSION, &why));
}

static int seen_statements;
static bool met[sizeof walks / sizeof *walks];

static bool is_meant(const char *sql, const char *plan)
{
    bool meant = false;
    for (size_t i = 0; i < sizeof walks / sizeof *walks; i++) {
        bool here = strstr(sql, walks[i].text) != NULL &&
                    strncmp(plan, walks[i].plan, strlen(walks[i].plan)) == 0;
        met[i] = met[i] || here;
        meant = meant || here;
    }
    return meant;
}

/* Whether `name`, of `len` bytes, stands in `sql` for `table`: by its own name or by the one that
 * FROM or JOIN gives it there. */
static bool stands_for(const char *sql, const char *table, const char *name, size_t len)
{
    size_t table_len = strlen(table);
    if (len == table_len && strncmp(name, table, len) == 0) {
        return true;
    }
    for (const char *at = strstr(sql, table); at != NULL; at = strstr(at + 1, table)) {
        const char *alias = at + table_len;
        if (at > sql && at[-1] == ' ' && *alias == ' ' && strncmp(alias + 1, name, len) == 0 &&
            strchr(" ,;)", alias[1 + len]) != NULL) {
            return true;
        }
    }
    return false;
}

/* The plan of a step that walks a table: "SCAN name", what is walked by an index behind it; or all
 * rows of an issue. */
static bool walks_a_large_table(const char *sql, const char *plan)
{
    if (strcmp(plan, AN_ISSUE) == 0) {
        return !is_meant(sql, plan);
    }
    if (strncmp(plan, "SCAN ", 5) != 0 || is_meant(sql, plan)) {
        return false;
    }
    const char *name = plan + 5;
    for (size_t i = 0; i < sizeof large_tables / sizeof *large_tables; i++) {
        if (stands_for(sql, large_tables[i], name, strcspn(name, " "))) {
            return true;
        }
    }
    return false;
}

static bool sorts_unmeant(const char *sql, const char *plan)
{
    bool meant = strstr(plan, "TEMP B-TREE") == NULL;
    for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++) {
        meant = meant || strstr(sql, sorts[i].text) != NULL;
    }
    return !meant;
}

static void explain(void *context, const char *sql)
{
    struct scratch *scratch = context;
    sqlite3_stmt *statement;
    char text[8192];
    seen_statements++;
    snprintf(text, sizeof text, "EXPLAIN QUERY PLAN %s", sql);
    assert_int_equal(sqlite3_prepare_v2(scratch->store->db, text, -1, &statement, NULL), SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        const char *plan = (const char *)sqlite3_column_text(statement, 3);
        if (walks_a_large_table(sql, plan) || sorts_unmeant(sql, plan)) {
            fail_msg("%s\n  in: %s", plan, sql);
        }
    }
    sqlite3_finalize(statement);
}

/* Declarations in the sources: SQL(name, …) once, BOTH(name, …) twice. */
static int declared_in(const char *path)
{
    char line[512];
    int found = 0;
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        const char *text = line + strspn(line, " ");
        found += strncmp(text, "SQL(", 4) == 0 ? 1 : strncmp(text, "BOTH(", 5) == 0 ? 2 : 0;
    }
    fclose(file);
    return found;
}

static int declared(void)
{
    glob_t files;
    int found = 0;
    assert_int_equal(glob(SOURCE_ROOT "/src/store/*.c", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        found += declared_in(files.gl_pathv[i]);
    }
    globfree(&files);
    return found;
}

static bool any_row(const void *context, const char *domain, int64_t id)
{
    (void)context, (void)domain, (void)id;
    return true;
}

static void call_warmth(struct scratch *scratch)
{
    const struct delivery_sieve sieve = {any_row, NULL};
    int64_t first, second;
    bool taken;
    must(warmth_take(scratch->store, "r", 1, 9, &taken, &why));
    must(warmth_return(scratch->store, "r", 1, &why));
    must(warmth_read(scratch->store, "r", 1, &first, &second, &why));
    must(delivery_newest(scratch->store, (struct delivery_queue){1}, 1, &sieve, 1, &first, &why));
}

static void no_statement_walks_a_large_table_unless_it_is_meant_to(void **state)
{
    struct scratch *scratch = *state;
    call_comparisons(scratch);
    call_sources(scratch);
    call_people(scratch);
    call_imports(scratch);
    call_drafts(scratch);
    call_deliveries(scratch);
    call_rests(scratch);
    call_warmth(scratch);
    call_bounces(scratch);
    call_holds(scratch);
    call_the_rest(scratch);
    must(store_begin_reading(scratch->store, &why));
    must(store_commit(scratch->store, &why));
    store_each_statement(scratch->store, explain, scratch);
    assert_int_equal(seen_statements, declared());
    for (size_t i = 0; i < sizeof walks / sizeof *walks; i++) {
        if (!met[i]) {
            fail_msg("nothing walks like this any more: %s", walks[i].reason);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_test(no_statement_walks_a_large_table_unless_it_is_meant_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
