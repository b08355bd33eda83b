/* The judge: who is believed, what counts, who leaves, and what a storm holds back. */
#include "../store/scratch.h"

#include "bounce/judge.h"
#include "bounce/judge_complaint.h"
#include "store/bounce.h"

#include <cmocka.h>

struct bench {
    struct token_keys keys;
    struct settings settings;
    struct judge judge;
    int left; /* how often the hand was called */
    char hand_token[TOKEN_TEXT], hand_form[40];
    int serial; /* of messages */
    struct judge_result acted;
};

static bool hand_leave(void *context, const char *token, const char *form, struct failure *why)
{
    struct bench *bench = context;
    (void)why;
    bench->left++;
    snprintf(bench->hand_token, sizeof bench->hand_token, "%s", token);
    snprintf(bench->hand_form, sizeof bench->hand_form, "%s", form);
    return true;
}

static void bench_open(struct bench *bench, struct scratch *scratch)
{
    *bench = (struct bench){0};
    bench->keys.count = 1;
    bench->keys.keys[0].number = 1;
    memset(bench->keys.keys[0].key, 7, HASH_SIZE);
    bench->settings.bounce.hard_limit = 2;
    bench->settings.bounce.score_limit = 3;
    bench->settings.bounce.forget_days = 30;
    bench->settings.bounce.storm_readers = 20;
    bench->settings.bounce.storm_percent = 10;
    bench->judge = (struct judge){.store = scratch->store,
                                  .keys = &bench->keys,
                                  .settings = &bench->settings,
                                  .leave = hand_leave,
                                  .context = bench,
                                  .now = NOW};
}

static struct bounce_report make_report(enum bounce_class class, enum bounce_reason reason)
{
    struct bounce_report report = {.class = class, .reason = reason, .automatic = true};
    if (class == BOUNCE_HARD) {
        report.code = 550;
        report.status = (struct bounce_status){5, 1, 1};
    }
    return report;
}

static void add_token(const struct bench *bench, struct bounce_report *report,
                      enum bounce_place place, enum token_purpose purpose, int64_t person)
{
    struct bounce_token *token = &report->tokens[report->token_count++];
    token->place = place;
    token_make(&bench->keys, purpose, person, 0, token->text);
}

/* The copy's own envelope sender: of an issue, or (0) of another mail. */
static struct bounce_report report_of_issue(const struct bench *bench, enum bounce_class class,
                                            int64_t person, int64_t issue)
{
    struct bounce_report report =
        make_report(class, class == BOUNCE_HARD ? REASON_USER_UNKNOWN : REASON_MAILBOX_FULL);
    struct bounce_token *token = &report.tokens[report.token_count++];
    token->place = PLACE_BOUNCES;
    token_make(&bench->keys, issue == 0 ? TOKEN_BOUNCE_MAIL : TOKEN_BOUNCE, person, issue,
               token->text);
    return report;
}

/* Records the report as another message. True if it was fresh. */
static bool record(struct bench *bench, const struct bounce_report *report)
{
    char hash[HASH_HEX], name[32];
    bool fresh;
    snprintf(name, sizeof name, "message %d", bench->serial++);
    hash_sha256_hex(name, strlen(name), hash);
    must(judge_record(&bench->judge, hash, report, &fresh, &bench->acted, &why));
    return fresh;
}

static struct judge_result judge_all(struct bench *bench, struct scratch *scratch)
{
    struct judge_result result;
    must(judge_pending(&bench->judge, &scratch->arena, &result, &why));
    return result;
}

static void bounce(struct bench *bench, enum bounce_class class, int64_t person)
{
    struct bounce_report report =
        make_report(class, class == BOUNCE_HARD ? REASON_USER_UNKNOWN : REASON_MAILBOX_FULL);
    add_token(bench, &report, PLACE_BOUNCES, TOKEN_BOUNCE, person);
    assert_true(record(bench, &report));
}

static void on_day(struct bench *bench, int day)
{
    bench->judge.now = NOW + (int64_t)day * DAY;
}

static const char *status_of(struct scratch *scratch, int64_t person)
{
    char sql[80];
    snprintf(sql, sizeof sql, "SELECT status FROM subscriber WHERE id = %lld", (long long)person);
    return ask_text(scratch->store, sql);
}

static int64_t half_points(struct scratch *scratch, int64_t person)
{
    char sql[100];
    snprintf(sql, sizeof sql,
             "SELECT CAST(bounce_score * 2 AS INTEGER) FROM subscriber WHERE id = %lld",
             (long long)person);
    return ask(scratch->store, sql);
}

static void two_hard_bounces_on_different_days_take_a_reader_off(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    bench_open(&bench, scratch);
    int64_t kim = add_person(scratch->store, "kim@example.org", "", SUBSCRIBER_CONFIRMED);
    bounce(&bench, BOUNCE_HARD, kim);
    assert_int_equal(judge_all(&bench, scratch).counted, 1);
    assert_string_equal(status_of(scratch, kim), "confirmed");
    on_day(&bench, 7);
    bounce(&bench, BOUNCE_HARD, kim);
    assert_int_equal(judge_all(&bench, scratch).gone, 1);
    assert_string_equal(status_of(scratch, kim), "bounced");
    assert_string_equal(ask_text(scratch->store, "SELECT left_reason FROM subscriber"),
                        "user unknown (5.1.1)");
    assert_string_equal(
        ask_text(scratch->store, "SELECT wording FROM consent ORDER BY id DESC LIMIT 1"),
        "user unknown (5.1.1)");
}

static void two_hard_bounces_of_one_day_count_once(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    bench_open(&bench, scratch);
    int64_t kim = add_person(scratch->store, "kim@example.org", "", SUBSCRIBER_CONFIRMED);
    bounce(&bench, BOUNCE_HARD, kim);
    bounce(&bench, BOUNCE_HARD, kim);
    bounce(&bench, BOUNCE_SOFT, kim);
    assert_int_equal(judge_all(&bench, scratch).counted, 1);
    assert_int_equal(half_points(scratch, kim), 2);
    assert_string_equal(status_of(scratch, kim), "confirmed");
}

static void reports_about_one_issue_count_once_on_whatever_days_they_come(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    bench_open(&bench, scratch);
    int64_t kim = add_person(scratch->store, "kim@example.org", "", SUBSCRIBER_CONFIRMED);
    int64_t issue = add_draft(scratch->store, "2026-W47");
    for (int day = 0; day < 5; day++) {
        on_day(&bench, day);
        struct bounce_report report = report_of_issue(&bench, BOUNCE_HARD, kim, issue);
        assert_true(record(&bench, &report));
        assert_int_equal(judge_all(&bench, scratch).counted, day == 0);
    }
    assert_int_equal(half_points(scratch, kim), 2);
    assert_string_equal(status_of(scratch, kim), "confirmed");
    struct bounce_report next =
        report_of_issue(&bench, BOUNCE_HARD, kim, add_draft(scratch->store, "2026-W48"));
    on_day(&bench, 7);
    record(&bench, &next);
    assert_int_equal(judge_all(&bench, scratch).gone, 1);
}

static void a_graver_report_about_the_issue_counts_on_another_day(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    bench_open(&bench, scratch);
    int64_t kim = add_person(scratch->store, "kim@example.org", "", SUBSCRIBER_CONFIRMED);
    int64_t issue = add_draft(scratch->store, "2026-W47");
    for (int day = 0; day < 3; day++) {
        on_day(&bench, day);
        struct bounce_report report =
            report_of_issue(&bench, day == 0 ? BOUNCE_SOFT : BOUNCE_HARD, kim, issue);
        record(&bench, &report);
        judge_all(&bench, scratch);
    }
    assert_int_equal(half_points(scratch, kim), 2);
    assert_int_equal(ask(scratch->store, "SELECT hard_bounces FROM subscriber"), 1);
}

/* The token in front of the one that names the issue need not know it. */
static void the_issue_is_found_by_any_token_of_the_person(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    bench_open(&bench, scratch);
    int64_t kim = add_person(scratch->store, "kim@example.org", "", SUBSCRIBER_CONFIRMED);
    int64_t lee = add_person(scratch->store, "lee@example.org", "", SUBSCRIBER_CONFIRMED);
    int64_t issue = add_draft(scratch->store, "2026-W47");
    int64_t other = add_draft(scratch->store, "2026-W48");
    struct bounce_report report = make_report(BOUNCE_HARD, REASON_USER_UNKNOWN);
    add_token(&bench, &report, PLACE_RETURNED, TOKEN_LEAVE, kim);
    for (int i = 0; i < 2; i++) {
        struct bounce_token *token = &report.tokens[report.token_count++];
        token->place = PLACE_RETURNED;
        token_make(&bench.keys, TOKEN_BOUNCE, i == 0 ? lee : kim, i == 0 ? other : issue,
                   token->text);
    }
    record(&bench, &report);
    assert_int_equal(ask(scratch->store, "SELECT subscriber_id FROM bounce_event"), kim);
    assert_int_equal(ask(scratch->store, "SELECT issue_id FROM bounce_event"), issue);
}

static void an_issue_that_is_not_there_any_more_stops_nothing(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    bench_open(&bench, scratch);
    int64_t kim = add_person(scratch->store, "kim@example.org", "", SUBSCRIBER_CONFIRMED);
    struct bounce_report report = report_of_issue(&bench, BOUNCE_HARD, kim, 999);
    assert_true(record(&bench, &report));
    assert_int_equal(judge_all(&bench, scratch).counted, 1);
}

static void reports_about_one_mail_on_either_side_of_midnight_count_once(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    bench_open(&bench, scratch);
    int64_t kim = add_person(scratch->store, "kim@example.org", "", SUBSCRIBER_CONFIRMED);
    struct bounce_report report = report_of_issue(&bench, BOUNCE_HARD, kim, 0);
    bench.judge.now = NOW - NOW % DAY - 600;
    record(&bench, &report);
    judge_all(&bench, scratch);
    bench.judge.now += 1200;
    record(&bench, &report);
    assert_int_equal(judge_all(&bench, scratch).counted, 0);
    bench.judge.now += DAY;
    record(&bench, &report);
    assert_int_equal(judge_all(&bench, scratch).gone, 1);
}

static void the_graver_bounce_of_a_day_counts_whichever_comes_first(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    bench_open(&bench, scratch);
    int64_t kim = add_person(scratch->store, "kim@example.org", "", SUBSCRIBER_CONFIRMED);
    bounce(&bench, BOUNCE_SOFT, kim);
    judge_all(&bench, scratch);
    assert_int_equal(half_points(scratch, kim), 1);
    bounce(&bench, BOUNCE_HARD, kim);
    judge_all(&bench, scratch);
    assert_int_equal(half_points(scratch, kim), 2);
    assert_int_equal(ask(scratch->store, "SELECT hard_bounces FROM subscriber"), 1);
}

static void six_soft_bounces_take_a_reader_off_and_five_do_not(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    bench_open(&bench, scratch);
    int64_t kim = add_person(scratch->store, "kim@example.org", "", SUBSCRIBER_CONFIRMED);
    for (int day = 0; day < 6; day++) {
        assert_string_equal(status_of(scratch, kim), "confirmed");
        on_day(&bench, day * 7);
        bounce(&bench, BOUNCE_SOFT, kim);
        judge_all(&bench, scratch);
    }
    assert_string_equal(status_of(scratch, kim), "bounced");
}

static void a_month_without_a_bounce_forgets_the_score(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    bench_open(&bench, scratch);
    int64_t kim = add_person(scratch->store, "kim@example.org", "", SUBSCRIBER_CONFIRMED);
    bounce(&bench, BOUNCE_HARD, kim);
    judge_all(&bench, scratch);
    on_day(&bench, 31);
    bounce(&bench, BOUNCE_HARD, kim);
    judge_all(&bench, scratch);
    assert_int_equal(half_points(scratch, kim), 2);
    assert_string_equal(status_of(scratch, kim), "confirmed");
    on_day(&bench, 61);
    bounce(&bench, BOUNCE_HARD, kim);
    judge_all(&bench, scratch);
    assert_string_equal(status_of(scratch, kim), "bounced");
}

static void a_message_that_was_read_twice_counts_once(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    bench_open(&bench, scratch);
    int64_t kim = add_person(scratch->store, "kim@example.org", "", SUBSCRIBER_CONFIRMED);
    bounce(&bench, BOUNCE_HARD, kim);
    judge_all(&bench, scratch);
    on_day(&bench, 7);
    bench.serial = 0;
    struct bounce_report report = make_report(BOUNCE_HARD, REASON_USER_UNKNOWN);
    add_token(&bench, &report, PLACE_BOUNCES, TOKEN_BOUNCE, kim);
    assert_false(record(&bench, &report));
    assert_int_equal(judge_all(&bench, scratch).counted, 0);
    assert_string_equal(status_of(scratch, kim), "confirmed");
}

static void a_bounce_without_a_token_takes_nobody_off_however_often_it_comes(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    bench_open(&bench, scratch);
    int64_t kim = add_person(scratch->store, "kim@example.org", "", SUBSCRIBER_CONFIRMED);
    struct bounce_report report = make_report(BOUNCE_HARD, REASON_USER_UNKNOWN);
    snprintf(report.recipients[0].address, BOUNCE_ADDRESS, "kim@example.org");
    report.recipients[0].class = BOUNCE_HARD;
    report.recipient_count = 1;
    /* The form of a token, but not ours. */
    report.tokens[0].place = PLACE_BOUNCES;
    memset(report.tokens[0].text, 'a', BOUNCE_TOKEN_LEN);
    report.token_count = 1;
    for (int day = 0; day < 10; day++) {
        on_day(&bench, day);
        assert_true(record(&bench, &report));
        assert_int_equal(judge_all(&bench, scratch).counted, 0);
    }
    assert_string_equal(status_of(scratch, kim), "confirmed");
    assert_int_equal(half_points(scratch, kim), 0);
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM bounce_event"), 10);
    assert_int_equal(ask(scratch->store, "SELECT subscriber_id FROM bounce_event LIMIT 1"), kim);
}

static void a_token_of_another_purpose_proves_nothing(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    bench_open(&bench, scratch);
    int64_t kim = add_person(scratch->store, "kim@example.org", "", SUBSCRIBER_CONFIRMED);
    struct bounce_report report = make_report(BOUNCE_HARD, REASON_USER_UNKNOWN);
    add_token(&bench, &report, PLACE_BOUNCES, TOKEN_LEAVE, kim);
    record(&bench, &report);
    assert_int_equal(judge_all(&bench, scratch).counted, 0);
}

static void vouch(struct bounce_report *report, const char *server, const char *sources)
{
    struct bounce_auth_result *result = &report->auth_results[report->auth_result_count++];
    snprintf(result->server, sizeof result->server, "%s", server);
    snprintf(result->sources, sizeof result->sources, "%s", sources);
}

static void list_sources(struct bench *bench)
{
    static const char *from[] = {"fbl.example.net", "staff@example.com", NULL};
    bench->settings.bounce.authserv_id = "mx.example.org";
    bench->settings.bounce.feedback_from = from;
}

static void only_what_our_server_proves_of_a_listed_source_is_proven(void **state)
{
    static const struct {
        const char *server, *sources;
        bool proven;
    } rows[] = {
        {"mx.example.org", "fbl.example.net", true},
        {"MX.Example.org", "a.example x@a.example fbl.example.net", true},
        {"mx.example.org", "example.com staff@example.com", true},
        {"mx.example.org", "example.com", false},
        {"mx.example.org", "", false},
        {"mx.example.org", "a.fbl.example.net fbl.example.net.example", false},
        {"mx.example.org", "bl.example.net fbl.example.ne", false},
        {"mx.example.com", "fbl.example.net", false},
    };
    struct scratch *scratch = *state;
    struct bench bench;
    bench_open(&bench, scratch);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bounce_report report = make_report(BOUNCE_COMPLAINT, REASON_ABUSE);
        vouch(&report, "a.example", "fbl.example.net");
        vouch(&report, rows[i].server, rows[i].sources);
        list_sources(&bench);
        assert_int_equal(complaint_is_proven(&bench.settings, &report), rows[i].proven);
        bench.settings.bounce.authserv_id = NULL;
        assert_false(complaint_is_proven(&bench.settings, &report));
    }
}

/* What a forwarded copy can do its reader can undo. */
static void a_complaint_that_nobody_has_proven_leaves_as_by_the_link(void **state)
{
    static const struct {
        enum subscriber_status status;
        int left;
    } rows[] = {{SUBSCRIBER_CONFIRMED, 1},
                {SUBSCRIBER_PENDING, 1},
                {SUBSCRIBER_BOUNCED, 1},
                {SUBSCRIBER_LEFT, 0},
                {SUBSCRIBER_COMPLAINED, 0}};
    struct scratch *scratch = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bench bench;
        char address[40];
        int64_t person;
        bench_open(&bench, scratch);
        list_sources(&bench);
        bench.serial = (int)i;
        snprintf(address, sizeof address, "kim%zu@example.org", i);
        int64_t kim = add_person(scratch->store, address, "", rows[i].status);
        struct bounce_report report = make_report(BOUNCE_COMPLAINT, REASON_ABUSE);
        add_token(&bench, &report, PLACE_LINK, TOKEN_LEAVE, kim);
        record(&bench, &report);
        assert_int_equal(bench.left, rows[i].left);
        assert_int_equal(bench.acted.counted, rows[i].left);
        if (rows[i].left > 0) {
            assert_string_equal(bench.hand_form, "complaint");
            assert_true(
                token_verify(&bench.keys, TOKEN_LEAVE, bench.hand_token, TOKEN_LEN, &person, NULL));
            assert_int_equal(person, kim);
        }
    }
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM suppression"), 0);
}

static void a_complaint_is_believed_by_tokens_of_copies_alone(void **state)
{
    static const struct {
        enum bounce_class class;
        enum bounce_place place;
        enum token_purpose purpose;
        bool believed;
    } rows[] = {
        {BOUNCE_COMPLAINT, PLACE_RETURNED, TOKEN_LEAVE, true},
        {BOUNCE_COMPLAINT, PLACE_RETURNED, TOKEN_BOUNCE, true},
        {BOUNCE_COMPLAINT, PLACE_RETURNED, TOKEN_BOUNCE_MAIL, true},
        {BOUNCE_COMPLAINT, PLACE_BOUNCES, TOKEN_BOUNCE, true},
        {BOUNCE_COMPLAINT, PLACE_LINK, TOKEN_LEAVE, true},
        {BOUNCE_COMPLAINT, PLACE_LINK, TOKEN_BOUNCE, false},
        {BOUNCE_COMPLAINT, PLACE_RETURNED, TOKEN_PREFERENCES, false},
        {BOUNCE_COMPLAINT, PLACE_RETURNED, TOKEN_CONFIRM, false},
        {BOUNCE_COMPLAINT, PLACE_RETURNED, TOKEN_OWN, false},
        {BOUNCE_COMPLAINT, PLACE_BOUNCES, TOKEN_LEAVE, false},
        {BOUNCE_HARD, PLACE_LINK, TOKEN_LEAVE, false},
        {BOUNCE_UNSUBSCRIBE, PLACE_LINK, TOKEN_LEAVE, false},
    };
    struct scratch *scratch = *state;
    struct bench bench;
    bench_open(&bench, scratch);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char address[40];
        snprintf(address, sizeof address, "kim%zu@example.org", i);
        int64_t kim = add_person(scratch->store, address, "", SUBSCRIBER_CONFIRMED);
        struct bounce_report report = make_report(rows[i].class, REASON_USER_UNKNOWN);
        int left = bench.left;
        add_token(&bench, &report, rows[i].place, rows[i].purpose, kim);
        record(&bench, &report);
        assert_int_equal(bench.left - left, rows[i].believed);
    }
    assert_int_equal(judge_all(&bench, scratch).counted, 0);
}

static void a_proven_complaint_leaves_at_once_and_is_suppressed(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    bench_open(&bench, scratch);
    list_sources(&bench);
    int64_t kim = add_person(scratch->store, "kim@example.org", "", SUBSCRIBER_CONFIRMED);
    struct bounce_report report = make_report(BOUNCE_COMPLAINT, REASON_ABUSE);
    vouch(&report, "mx.example.org", "fbl.example.net");
    add_token(&bench, &report, PLACE_RETURNED, TOKEN_LEAVE, kim);
    record(&bench, &report);
    assert_string_equal(status_of(scratch, kim), "complained");
    assert_int_equal(bench.acted.counted, 1);
    assert_int_equal(bench.acted.gone, 1);
    record(&bench, &report); /* another one from who is off the list already */
    assert_int_equal(bench.acted.counted, 2);
    assert_int_equal(bench.acted.gone, 1);
    char hash[HASH_HEX];
    const char *reason;
    token_suppression_hash(&bench.keys, "kim@example.org", hash);
    must(suppression_find(scratch->store, &scratch->arena, hash, &reason, &why));
    assert_string_equal(reason, "complained");
}

static void a_complaint_without_our_token_changes_nothing(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    bench_open(&bench, scratch);
    int64_t kim = add_person(scratch->store, "kim@example.org", "", SUBSCRIBER_CONFIRMED);
    struct bounce_report report = make_report(BOUNCE_COMPLAINT, REASON_ABUSE);
    snprintf(report.recipients[0].address, BOUNCE_ADDRESS, "kim@example.org");
    report.recipient_count = 1;
    record(&bench, &report);
    assert_string_equal(status_of(scratch, kim), "confirmed");
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM suppression"), 0);
}

static void an_unsubscribe_mail_leaves_by_its_token(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    bench_open(&bench, scratch);
    int64_t kim = add_person(scratch->store, "kim@example.org", "", SUBSCRIBER_CONFIRMED), person;
    struct bounce_report report = make_report(BOUNCE_UNSUBSCRIBE, REASON_OPT_OUT);
    record(&bench, &report);
    assert_int_equal(bench.left, 0);
    add_token(&bench, &report, PLACE_UNSUBSCRIBE, TOKEN_LEAVE, kim);
    record(&bench, &report);
    assert_int_equal(bench.left, 1);
    assert_true(token_verify(&bench.keys, TOKEN_LEAVE, bench.hand_token, TOKEN_LEN, &person, NULL));
    assert_int_equal(person, kim);
}

/* Or the removal of the request would find that something speaks of it. */
static void a_mail_that_withdraws_a_request_names_nobody_in_the_record(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    bench_open(&bench, scratch);
    int64_t kim = add_person(scratch->store, "kim@example.org", "", SUBSCRIBER_PENDING);
    struct bounce_report report = make_report(BOUNCE_UNSUBSCRIBE, REASON_OPT_OUT);
    add_token(&bench, &report, PLACE_UNSUBSCRIBE, TOKEN_LEAVE, kim);
    record(&bench, &report);
    assert_int_equal(bench.left, 1);
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM bounce_event"), 1);
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM bounce_event WHERE "
                                         "subscriber_id IS NOT NULL OR domain <> ''"),
                     0);
}

static void add_domain(struct scratch *scratch, const char *domain, int count, int64_t *first)
{
    for (int i = 0; i < count; i++) {
        char address[64];
        snprintf(address, sizeof address, "reader%d@%s", i, domain);
        int64_t id = add_person(scratch->store, address, "", SUBSCRIBER_CONFIRMED);
        *first = i == 0 ? id : *first;
    }
}

static void a_storm_holds_back_and_takes_nobody_off(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    int64_t first;
    bench_open(&bench, scratch);
    add_domain(scratch, "example.net", 100, &first);
    int64_t kim = add_person(scratch->store, "kim@example.org", "", SUBSCRIBER_CONFIRMED);
    for (int day = 0; day < 14; day += 7) {
        on_day(&bench, day);
        for (int i = 0; i < 40; i++) {
            bounce(&bench, BOUNCE_HARD, first + i);
        }
        bounce(&bench, BOUNCE_HARD, kim);
        struct judge_result result = judge_all(&bench, scratch);
        assert_int_equal(result.counted, 1);
        assert_int_equal(result.storm_count, 1);
        assert_string_equal(result.storms[0].domain, "example.net");
        assert_string_equal(result.storms[0].code, "5.1.1");
        assert_int_equal(result.storms[0].people, 40);
        assert_int_equal(result.storms[0].readers, 100);
        assert_int_equal(judge_all(&bench, scratch).storm_count, 0); /* told once */
    }
    assert_int_equal(
        ask(scratch->store, "SELECT count(*) FROM subscriber WHERE status = 'bounced'"), 1);
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM bounce_event WHERE held = 1"), 80);
}

static void a_release_counts_what_was_held_back_by_its_own_days(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    struct judge_result result;
    int64_t first;
    bench_open(&bench, scratch);
    add_domain(scratch, "example.net", 100, &first);
    for (int day = 0; day < 14; day += 7) {
        on_day(&bench, day);
        for (int i = 0; i < 40; i++) {
            bounce(&bench, BOUNCE_HARD, first + i);
        }
        judge_all(&bench, scratch);
    }
    must(judge_release(&bench.judge, &scratch->arena, "example.net", &result, &why));
    assert_int_equal(result.counted, 80);
    assert_int_equal(result.gone, 40);
    must(judge_release(&bench.judge, &scratch->arena, "example.net", &result, &why));
    assert_int_equal(result.counted, 0);
}

static const struct {
    const char *name;
    int readers, people;
    bool storm;
} crowds[] = {
    {"20 of 100 are not more than 20", 100, 20, false},       {"21 of 100 are", 100, 21, true},
    {"21 of 210 are not more than 10 %", 210, 21, false},     {"21 of 209 are", 209, 21, true},
    {"all 20 of a small domain are no storm", 20, 20, false},
};

static void a_storm_is_more_than_20_and_more_than_10_percent(void **state)
{
    (void)state;
    for (size_t row = 0; row < sizeof crowds / sizeof crowds[0]; row++) {
        void *fresh = NULL;
        struct bench bench;
        int64_t first;
        scratch_open(&fresh);
        struct scratch *scratch = fresh;
        bench_open(&bench, scratch);
        add_domain(scratch, "example.net", crowds[row].readers, &first);
        for (int i = 0; i < crowds[row].people; i++) {
            bounce(&bench, BOUNCE_SOFT, first + i);
        }
        if ((judge_all(&bench, scratch).storm_count == 1) != crowds[row].storm) {
            fail_msg("%s", crowds[row].name);
        }
        scratch_close(&fresh);
    }
}

static void different_codes_of_one_domain_are_no_storm(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    int64_t first;
    bench_open(&bench, scratch);
    add_domain(scratch, "example.net", 100, &first);
    for (int i = 0; i < 40; i++) {
        bounce(&bench, i % 2 ? BOUNCE_HARD : BOUNCE_SOFT, first + i);
    }
    assert_int_equal(judge_all(&bench, scratch).storm_count, 0);
}

static void a_storm_holds_all_bounces_of_its_domain(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    int64_t first;
    bench_open(&bench, scratch);
    add_domain(scratch, "example.net", 100, &first);
    for (int i = 0; i < 40; i++) {
        bounce(&bench, i < 30 ? BOUNCE_HARD : BOUNCE_SOFT, first + i);
    }
    struct judge_result result = judge_all(&bench, scratch);
    assert_int_equal(result.storm_count, 1);
    assert_int_equal(result.storms[0].people, 30);
    assert_int_equal(result.counted, 0);
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM bounce_event WHERE held = 1"), 40);
}

/* Cron reads the mailbox every hour, and a storm lasts longer than that. */
static void what_a_storm_brings_later_on_the_day_is_held_back_too(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    int64_t first;
    bench_open(&bench, scratch);
    add_domain(scratch, "example.net", 100, &first);
    for (int i = 0; i < 40; i++) {
        bounce(&bench, BOUNCE_HARD, first + i);
    }
    assert_int_equal(judge_all(&bench, scratch).storm_count, 1);
    bench.judge.now += 3600;
    bounce(&bench, BOUNCE_HARD, first + 50);
    struct judge_result result = judge_all(&bench, scratch);
    assert_int_equal(result.counted, 0);
    assert_int_equal(result.storm_count, 0); /* told once */
    on_day(&bench, 2);
    bounce(&bench, BOUNCE_HARD, first + 51);
    assert_int_equal(judge_all(&bench, scratch).counted, 1);
}

static int64_t refused_row(struct scratch *scratch, int64_t issue, const char *address,
                           const char *state, int code, const char *enhanced)
{
    char sql[400];
    int64_t id = add_person(scratch->store, address, "", SUBSCRIBER_CONFIRMED);
    snprintf(sql, sizeof sql,
             "INSERT INTO delivery (issue_id, subscriber_id, state, address, domain, name, topics, "
             "next_at, message_id, code, enhanced, reply) VALUES (%lld, %lld, '%s', '%s', "
             "'example.org', '', '', 0, 'x', %s%d, '%s', 'said so')",
             (long long)issue, (long long)id, state, address, code == 0 ? "NULL + " : "", code,
             enhanced);
    run_sql(scratch->store, sql);
    return id;
}

static void refusals_at_the_door_score_the_same_way_and_once(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    int64_t count;
    bench_open(&bench, scratch);
    int64_t issue = add_draft(scratch->store, "2026-W47");
    int64_t dead = refused_row(scratch, issue, "a@example.org", "refused", 550, "5.1.1");
    int64_t full = refused_row(scratch, issue, "b@example.org", "gave_up", 452, "4.2.2");
    int64_t away = refused_row(scratch, issue, "c@example.org", "gave_up", 0, "");
    int64_t fine = refused_row(scratch, issue, "d@example.org", "sent", 250, "2.0.0");
    must(judge_refusals(&bench.judge, issue, &count, &why));
    assert_int_equal(count, 2);
    assert_int_equal(judge_all(&bench, scratch).counted, 2);
    assert_int_equal(half_points(scratch, dead), 2);
    assert_int_equal(half_points(scratch, full), 1);
    assert_int_equal(half_points(scratch, away), 0);
    assert_int_equal(half_points(scratch, fine), 0);
    must(judge_refusals(&bench.judge, issue, &count, &why));
    assert_int_equal(count, 0);
}

/* What the run wrote beside the row decides: the words of an answer to MAIL would condemn a
 * reader. */
static void what_was_said_of_us_or_of_nobody_for_sure_is_recorded_and_scores_nobody(void **state)
{
    static const struct {
        const char *state, *enhanced, *fault;
        int half_points;
    } rows[] = {
        {"gave_up", "5.4.5", "'ours'", 0},      {"gave_up", "5.1.1", "'ours'", 0},
        {"gave_up", "5.7.26", "'receiver'", 0}, {"gave_up", "5.6.0", "'content'", 0},
        {"gave_up", "5.0.0", "'unknown'", 0},   {"gave_up", "5.2.2", "'mailbox'", 1},
        {"refused", "5.0.0", "'recipient'", 2}, {"refused", "5.4.5", "NULL", 0},
        {"refused", "5.0.0", "NULL", 0},        {"gave_up", "5.1.1", "NULL", 0},
        {"refused", "5.1.1", "NULL", 2},
    };
    enum { ROWS = sizeof rows / sizeof rows[0] };
    struct scratch *scratch = *state;
    struct bench bench;
    int64_t count, people[ROWS];
    bench_open(&bench, scratch);
    int64_t issue = add_draft(scratch->store, "2026-W47");
    for (size_t i = 0; i < ROWS; i++) {
        char address[40], sql[200];
        snprintf(address, sizeof address, "r%zu@example.org", i);
        people[i] = refused_row(scratch, issue, address, rows[i].state, 550, rows[i].enhanced);
        snprintf(sql, sizeof sql, "UPDATE delivery SET fault = %s WHERE subscriber_id = %lld",
                 rows[i].fault, (long long)people[i]);
        run_sql(scratch->store, sql);
    }
    must(judge_refusals(&bench.judge, issue, &count, &why));
    assert_int_equal(count, ROWS);
    judge_all(&bench, scratch);
    for (size_t i = 0; i < ROWS; i++) {
        assert_int_equal(half_points(scratch, people[i]), rows[i].half_points);
    }
}

/* An older program scored whatever was refused, and took readers off for it. */
static void what_an_older_program_scored_so_is_taken_back(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    int64_t count;
    bench_open(&bench, scratch);
    int64_t issue = add_draft(scratch->store, "2026-W47");
    int64_t quota = refused_row(scratch, issue, "a@example.org", "refused", 550, "5.4.5");
    int64_t gone = refused_row(scratch, issue, "b@example.org", "refused", 550, "5.4.5");
    int64_t dead = refused_row(scratch, issue, "c@example.org", "refused", 550, "5.1.1");
    int64_t mailed = refused_row(scratch, issue, "d@example.org", "refused", 550, "5.4.5");
    must(judge_refusals(&bench.judge, issue, &count, &why));
    run_sql(scratch->store,
            "UPDATE bounce_event SET scored = 3, class = 'hard'; "
            "UPDATE subscriber SET bounce_score = 1, hard_bounces = 1; "
            "UPDATE subscriber SET bounce_score = 2, hard_bounces = 2, status = 'bounced', "
            "left_reason = 'user unknown' WHERE address = 'b@example.org'; "
            "UPDATE bounce_event SET message_hash = 'of a mail' WHERE subscriber_id = "
            "(SELECT id FROM subscriber WHERE address = 'd@example.org')");
    judge_all(&bench, scratch);
    assert_int_equal(half_points(scratch, quota), 0);
    assert_string_equal(status_of(scratch, gone), "confirmed");
    assert_int_equal(half_points(scratch, gone), 0); /* who is back starts afresh */
    assert_int_equal(half_points(scratch, dead), 2);
    assert_int_equal(half_points(scratch, mailed), 2);
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM bounce_event WHERE scored = 3"), 0);
}

static void who_is_off_the_list_is_not_scored(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    bench_open(&bench, scratch);
    int64_t kim = add_person(scratch->store, "kim@example.org", "", SUBSCRIBER_LEFT);
    bounce(&bench, BOUNCE_HARD, kim);
    assert_int_equal(judge_all(&bench, scratch).counted, 0);
    assert_string_equal(status_of(scratch, kim), "left");
}

static void what_is_no_bounce_counts_for_nothing(void **state)
{
    static const enum bounce_class classes[] = {BOUNCE_DELAYED, BOUNCE_AUTO_REPLY, BOUNCE_CHALLENGE,
                                                BOUNCE_MAIL, BOUNCE_UNKNOWN};
    struct scratch *scratch = *state;
    struct bench bench;
    bench_open(&bench, scratch);
    int64_t kim = add_person(scratch->store, "kim@example.org", "", SUBSCRIBER_CONFIRMED);
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        on_day(&bench, (int)i);
        bounce(&bench, classes[i], kim);
    }
    assert_int_equal(judge_all(&bench, scratch).counted, 0);
    assert_int_equal(half_points(scratch, kim), 0);
}

/* --- an address is not a person --- */

/* Kim's copy of an issue went to kim@example.org, as far as `state` says; Kim moved since. */
static int64_t move_after_copy(struct scratch *scratch, int64_t *issue, const char *state)
{
    const struct consent changed = {
        .kind = "changed", .wording = "", .form = "new address", .origin = "", .at = NOW};
    int64_t kim = add_person(scratch->store, "kim@example.org", "", SUBSCRIBER_CONFIRMED);
    char sql[200];
    bool taken;
    *issue = start_issue(scratch->store, "2026-W47");
    snprintf(sql, sizeof sql,
             "UPDATE delivery SET state = '%s', code = 550, enhanced = '5.1.1', reply = 'no such "
             "user', fault = 'recipient' WHERE subscriber_id = %lld",
             state, (long long)kim);
    run_sql(scratch->store, sql);
    must(subscriber_readdress(scratch->store, kim, "Kim@example.net", "kim@example.net", &changed,
                              &taken, &why));
    return kim;
}

static void a_late_bounce_of_the_old_address_scores_nothing_on_the_new(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    int64_t issue;
    bench_open(&bench, scratch);
    int64_t kim = move_after_copy(scratch, &issue, "sent");
    struct bounce_report report = report_of_issue(&bench, BOUNCE_HARD, kim, issue);
    record(&bench, &report);
    assert_int_equal(judge_all(&bench, scratch).counted, 0);
    assert_int_equal(half_points(scratch, kim), 0);
    assert_string_equal(ask_text(scratch->store, "SELECT domain FROM bounce_event"), "example.org");
    /* One that speaks of no known copy is taken for the present address's. */
    report = report_of_issue(&bench, BOUNCE_HARD, kim, 0);
    record(&bench, &report);
    assert_int_equal(judge_all(&bench, scratch).counted, 1);
}

static void what_waits_to_be_judged_when_the_reader_moves_scores_nothing(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    const struct consent changed = {
        .kind = "changed", .wording = "", .form = "new address", .origin = "", .at = NOW};
    bool taken;
    bench_open(&bench, scratch);
    int64_t kim = add_person(scratch->store, "kim@example.org", "", SUBSCRIBER_CONFIRMED);
    bounce(&bench, BOUNCE_HARD, kim);
    run_sql(scratch->store, "UPDATE bounce_event SET held = 1");
    must(subscriber_readdress(scratch->store, kim, "kim@example.net", "kim@example.net", &changed,
                              &taken, &why));
    struct judge_result result;
    must(judge_release(&bench.judge, &scratch->arena, "example.org", &result, &why));
    assert_int_equal(result.counted, 0);
    assert_int_equal(half_points(scratch, kim), 0);
}

static void a_complaint_suppresses_the_old_address_and_asks_nothing_of_the_new(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    int64_t issue;
    char old[HASH_HEX], new[HASH_HEX];
    const char *reason;
    bench_open(&bench, scratch);
    list_sources(&bench);
    int64_t kim = move_after_copy(scratch, &issue, "sent");
    struct bounce_report report = make_report(BOUNCE_COMPLAINT, REASON_ABUSE);
    vouch(&report, "mx.example.org", "fbl.example.net");
    struct bounce_token *token = &report.tokens[report.token_count++];
    token->place = PLACE_RETURNED;
    token_make(&bench.keys, TOKEN_LEAVE, kim, issue, token->text);
    record(&bench, &report);
    assert_string_equal(status_of(scratch, kim), "confirmed");
    token_suppression_hash(&bench.keys, "kim@example.org", old);
    token_suppression_hash(&bench.keys, "kim@example.net", new);
    must(suppression_find(scratch->store, &scratch->arena, old, &reason, &why));
    assert_string_equal(reason, "complained");
    must(suppression_find(scratch->store, &scratch->arena, new, &reason, &why));
    assert_null(reason);
    assert_int_equal(bench.acted.counted, 1);
    assert_int_equal(bench.acted.gone, 0);
    /* Somebody else has the old address by now: whoever reads its mail wants none of ours. */
    int64_t lee = add_person(scratch->store, "kim@example.org", "", SUBSCRIBER_CONFIRMED);
    record(&bench, &report);
    assert_string_equal(status_of(scratch, lee), "complained");
    assert_string_equal(status_of(scratch, kim), "confirmed");
}

static void a_refusal_of_the_old_address_scores_nothing_on_the_new(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    int64_t issue, count;
    bench_open(&bench, scratch);
    int64_t kim = move_after_copy(scratch, &issue, "refused");
    must(judge_refusals(&bench.judge, issue, &count, &why));
    assert_int_equal(count, 1);
    assert_int_equal(judge_all(&bench, scratch).counted, 0);
    assert_int_equal(half_points(scratch, kim), 0);
}

static void a_copy_still_waiting_goes_to_the_present_address(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    int64_t issue;
    bench_open(&bench, scratch);
    move_after_copy(scratch, &issue, "deferred");
    assert_string_equal(ask_text(scratch->store, "SELECT address FROM delivery"),
                        "Kim@example.net");
    assert_string_equal(ask_text(scratch->store, "SELECT domain FROM delivery"), "example.net");
}

/* What an address forwards to is not the address: a copy that reached one of them has arrived. */
static void the_best_of_what_a_copy_was_passed_on_to_decides(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    bench_open(&bench, scratch);
    int64_t kim = add_person(scratch->store, "kim@example.org", "", SUBSCRIBER_CONFIRMED);
    for (size_t first = 0; first < 2; first++) {
        struct bounce_report report = report_of_issue(&bench, BOUNCE_HARD, kim, 0);
        report.recipient_count = 2;
        snprintf(report.recipients[first].address, BOUNCE_ADDRESS, "a@example.com");
        report.recipients[first].class = BOUNCE_HARD;
        snprintf(report.recipients[1 - first].address, BOUNCE_ADDRESS, "b@example.com");
        report.recipients[1 - first].class = BOUNCE_AUTO_REPLY;
        record(&bench, &report);
        assert_int_equal(judge_all(&bench, scratch).counted, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_test(two_hard_bounces_on_different_days_take_a_reader_off),
        store_test(two_hard_bounces_of_one_day_count_once),
        store_test(reports_about_one_issue_count_once_on_whatever_days_they_come),
        store_test(a_graver_report_about_the_issue_counts_on_another_day),
        store_test(the_issue_is_found_by_any_token_of_the_person),
        store_test(an_issue_that_is_not_there_any_more_stops_nothing),
        store_test(reports_about_one_mail_on_either_side_of_midnight_count_once),
        store_test(the_graver_bounce_of_a_day_counts_whichever_comes_first),
        store_test(six_soft_bounces_take_a_reader_off_and_five_do_not),
        store_test(a_month_without_a_bounce_forgets_the_score),
        store_test(a_message_that_was_read_twice_counts_once),
        store_test(a_bounce_without_a_token_takes_nobody_off_however_often_it_comes),
        store_test(a_token_of_another_purpose_proves_nothing),
        store_test(only_what_our_server_proves_of_a_listed_source_is_proven),
        store_test(a_complaint_that_nobody_has_proven_leaves_as_by_the_link),
        store_test(a_complaint_is_believed_by_tokens_of_copies_alone),
        store_test(a_proven_complaint_leaves_at_once_and_is_suppressed),
        store_test(a_complaint_without_our_token_changes_nothing),
        store_test(an_unsubscribe_mail_leaves_by_its_token),
        store_test(a_mail_that_withdraws_a_request_names_nobody_in_the_record),
        store_test(a_storm_holds_back_and_takes_nobody_off),
        store_test(a_release_counts_what_was_held_back_by_its_own_days),
        cmocka_unit_test(a_storm_is_more_than_20_and_more_than_10_percent),
        store_test(different_codes_of_one_domain_are_no_storm),
        store_test(a_storm_holds_all_bounces_of_its_domain),
        store_test(what_a_storm_brings_later_on_the_day_is_held_back_too),
        store_test(refusals_at_the_door_score_the_same_way_and_once),
        store_test(what_was_said_of_us_or_of_nobody_for_sure_is_recorded_and_scores_nobody),
        store_test(what_an_older_program_scored_so_is_taken_back),
        store_test(who_is_off_the_list_is_not_scored),
        store_test(what_is_no_bounce_counts_for_nothing),
        store_test(a_late_bounce_of_the_old_address_scores_nothing_on_the_new),
        store_test(what_waits_to_be_judged_when_the_reader_moves_scores_nothing),
        store_test(a_complaint_suppresses_the_old_address_and_asks_nothing_of_the_new),
        store_test(a_refusal_of_the_old_address_scores_nothing_on_the_new),
        store_test(a_copy_still_waiting_goes_to_the_present_address),
        store_test(the_best_of_what_a_copy_was_passed_on_to_decides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
