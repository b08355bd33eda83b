/* Joining and leaving by one's own hand: what is written, what is mailed, and what looks alike. */
#include "mail/address.h"
#include "subscribers/subscription.h"

#include "../store/scratch.h"

#include "base/hash.h"
#include "subscribers/invite.h"
#include "subscribers/remind.h"

enum { HOUR = 3600, QUARTER = 900 };

static const struct token_keys keys = {
    .keys = {{.number = 1, .key = "0123456789abcdef0123456789abcde"}},
    .count = 1,
    .suppression = "fedcba9876543210fedcba987654321"};

static struct settings settings;

static struct subscription open_join(struct scratch *scratch)
{
    settings = (struct settings){0};
    settings.mail.message_id_domain = "example.org";
    settings.subscribe.welcome = true;
    return (struct subscription){scratch->store, &settings, &keys};
}

static void sign_up(struct scratch *scratch, const char *address, int64_t now)
{
    struct subscription subscription = open_join(scratch);
    struct subscription_request request = {.name = "Ann",
                                           .topics = "",
                                           .wording = "send it",
                                           .form = "signup",
                                           .origin = "192.0.2.0/24"};
    must(address_parse(address, &request.address, &why));
    must(subscription_ask(&subscription, &scratch->arena, &request, now, &why));
}

static struct subscriber *find(struct scratch *scratch, const char *key)
{
    struct subscriber *found;
    must(subscriber_find(scratch->store, &scratch->arena, key, &found, &why));
    return found;
}

static int64_t mails(struct scratch *scratch, const char *kind)
{
    char sql[120];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM outgoing WHERE kind = '%s'", kind);
    return ask(scratch->store, sql);
}

static enum subscription_answer confirm(struct scratch *scratch, int64_t id, int64_t expires,
                                        int64_t now)
{
    struct subscription subscription = open_join(scratch);
    char token[TOKEN_TEXT];
    enum subscription_answer answer;
    struct subscriber *person;
    token_make(&keys, TOKEN_CONFIRM, id, expires / HOUR, token);
    must(subscription_confirm(&subscription, &scratch->arena, token, "link", "192.0.2.0/24", now,
                              &answer, &person, &why));
    return answer;
}

static enum subscription_answer leave(struct scratch *scratch, int64_t id)
{
    struct subscription subscription = open_join(scratch);
    char token[TOKEN_TEXT];
    enum subscription_answer answer;
    token_make(&keys, TOKEN_LEAVE, id, 0, token);
    must(subscription_leave(&subscription, &scratch->arena, token, "link", "", NOW, &answer, &why));
    return answer;
}

static enum subscription_answer come_back(struct scratch *scratch, int64_t id)
{
    struct subscription subscription = open_join(scratch);
    char token[TOKEN_TEXT];
    enum subscription_answer answer;
    token_make(&keys, TOKEN_LEAVE, id, 0, token);
    must(subscription_return(&subscription, &scratch->arena, token, "", NOW, &answer, &why));
    return answer;
}

/* Asks for the link to one's own page by the link of an issue, and gives the token that was mailed;
 * the answer where none was. */
static enum subscription_answer ask_own(struct scratch *scratch, int64_t id, int64_t now)
{
    struct subscription subscription = open_join(scratch);
    char token[TOKEN_TEXT];
    enum subscription_answer answer;
    token_make(&keys, TOKEN_PREFERENCES, id, 0, token);
    must(subscription_ask_own(&subscription, &scratch->arena, token, now, &answer, &why));
    return answer;
}

static void own_token(struct scratch *scratch, int64_t id, int64_t now, char token[TOKEN_TEXT])
{
    run_sql(scratch->store, "UPDATE outgoing SET created_at = 0 WHERE kind = 'own'");
    assert_int_equal(ask_own(scratch, id, now), SUBSCRIPTION_DONE);
    token_make(&keys, TOKEN_OWN, id,
               ask(scratch->store, "SELECT max(id) FROM outgoing WHERE kind = 'own'"), token);
}

static void suppress(struct scratch *scratch, const char *key, const char *reason)
{
    char hash[HASH_HEX];
    token_suppression_hash(&keys, key, hash);
    must(suppression_add(scratch->store, hash, reason, NOW, &why));
}

static void asking_writes_a_pending_person_a_consent_entry_and_one_mail(void **state)
{
    struct scratch *scratch = *state;
    sign_up(scratch, "Ann@Example.org", NOW);
    assert_int_equal(find(scratch, "ann@example.org")->status, SUBSCRIBER_PENDING);
    assert_string_equal(
        ask_text(scratch->store, "SELECT kind || wording || form || origin FROM consent"),
        "askedsend itsignup192.0.2.0/24");
    assert_int_equal(mails(scratch, "confirm"), 1);
    assert_string_equal(ask_text(scratch->store, "SELECT name || data FROM outgoing"), "{}");
}

/* Who is on the list is not told by how much is done. */
static void every_answer_runs_as_many_statements(void **state)
{
    static const struct {
        const char *name;
        int status; /* -1: nobody */
        const char *suppressed;
    } rows[] = {
        {"new", -1, NULL},
        {"pending", SUBSCRIBER_PENDING, NULL},
        {"confirmed", SUBSCRIBER_CONFIRMED, NULL},
        {"left", SUBSCRIBER_LEFT, NULL},
        {"bounced", SUBSCRIBER_BOUNCED, NULL},
        {"complained", SUBSCRIBER_COMPLAINED, "complained"},
        {"erased", -1, "erased"},
        {"put away", -1, "forgotten"},
        {"confirmed and put away", SUBSCRIBER_CONFIRMED, "forgotten"},
    };
    struct scratch *scratch = *state;
    int64_t expected = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char address[40];
        snprintf(address, sizeof address, "ann%zu@example.org", i);
        if (rows[i].status >= 0) {
            add_person(scratch->store, address, "", (enum subscriber_status)rows[i].status);
        }
        if (rows[i].suppressed != NULL) {
            suppress(scratch, address, rows[i].suppressed);
        }
        /* The second time a mail is written already. */
        for (int round = 0; round < 2; round++) {
            int64_t before = store_executed(scratch->store);
            sign_up(scratch, address, NOW + round);
            int64_t ran = store_executed(scratch->store) - before;
            expected = expected == 0 ? ran : expected;
            if (ran != expected) {
                fail_msg("%s, round %d: %lld statements, others %lld", rows[i].name, round,
                         (long long)ran, (long long)expected);
            }
        }
    }
    assert_true(expected > 0);
}

static void the_mail_that_answers_depends_on_who_asked(void **state)
{
    static const struct {
        enum subscriber_status status;
        const char *kind;
        int64_t again; /* seconds after which a second one is written */
    } rows[] = {
        {SUBSCRIBER_PENDING, "confirm", QUARTER},    {SUBSCRIBER_LEFT, "confirm", QUARTER},
        {SUBSCRIBER_BOUNCED, "confirm", QUARTER},    {SUBSCRIBER_CONFIRMED, "already", 30 * DAY},
        {SUBSCRIBER_COMPLAINED, "confirm", QUARTER},
    };
    struct scratch *scratch = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char address[40];
        snprintf(address, sizeof address, "ann%zu@example.org", i);
        run_sql(scratch->store, "DELETE FROM outgoing");
        add_person(scratch->store, address, "", rows[i].status);
        sign_up(scratch, address, NOW);
        assert_int_equal(ask(scratch->store, "SELECT count(*) FROM outgoing"), 1);
        assert_int_equal(mails(scratch, rows[i].kind), 1);
        assert_int_equal(find(scratch, address)->status, rows[i].status);
        sign_up(scratch, address, NOW + rows[i].again - 1);
        assert_int_equal(ask(scratch->store, "SELECT count(*) FROM outgoing"), 1);
        sign_up(scratch, address, NOW + rows[i].again);
        assert_int_equal(ask(scratch->store, "SELECT count(*) FROM outgoing"), 2);
    }
}

static void nothing_is_kept_of_whom_an_operator_has_put_away(void **state)
{
    struct scratch *scratch = *state;
    suppress(scratch, "ann@example.org", "erased");
    suppress(scratch, "ann@example.org", "forgotten");
    suppress(scratch, "ann@example.org", "complained");
    sign_up(scratch, "ann@example.org", NOW);
    assert_null(find(scratch, "ann@example.org"));
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM outgoing"), 0);
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM consent"), 0);
}

/* Whoever it is: three sign-ups by a stranger shut nobody out for longer than that. */
static void one_confirmation_a_quarter_of_an_hour_and_three_in_thirty_days(void **state)
{
    struct scratch *scratch = *state;
    static const struct {
        int64_t after;
        int64_t mails;
    } rows[] = {{0, 1},           {QUARTER - 1, 1},  {QUARTER, 2},  {2 * QUARTER, 3},
                {3 * QUARTER, 3}, {30 * DAY - 1, 3}, {30 * DAY, 4}, {30 * DAY + QUARTER, 5}};
    static const enum subscriber_status statuses[] = {SUBSCRIBER_PENDING, SUBSCRIBER_LEFT,
                                                      SUBSCRIBER_BOUNCED};
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        run_sql(scratch->store, "DELETE FROM outgoing");
        char address[40];
        snprintf(address, sizeof address, "ann%zu@example.org", i);
        add_person(scratch->store, address, "", statuses[i]);
        for (size_t j = 0; j < sizeof rows / sizeof rows[0]; j++) {
            sign_up(scratch, address, NOW + rows[j].after);
            assert_int_equal(mails(scratch, "confirm"), rows[j].mails);
        }
    }
}

static void who_leaves_and_comes_back_on_one_day_is_asked_to_confirm(void **state)
{
    struct scratch *scratch = *state;
    sign_up(scratch, "ann@example.org", NOW - HOUR);
    int64_t id = find(scratch, "ann@example.org")->id;
    assert_int_equal(confirm(scratch, id, NOW + HOUR, NOW - HOUR), SUBSCRIPTION_DONE);
    assert_int_equal(leave(scratch, id), SUBSCRIPTION_DONE);
    sign_up(scratch, "ann@example.org", NOW + 60);
    assert_int_equal(mails(scratch, "confirm"), 2);
}

static void only_a_pending_request_takes_what_is_typed(void **state)
{
    struct scratch *scratch = *state;
    add_person(scratch->store, "ann@example.org", "Design", SUBSCRIBER_CONFIRMED);
    run_sql(scratch->store, "UPDATE subscriber SET name = 'Her own'");
    sign_up(scratch, "ann@example.org", NOW);
    assert_string_equal(find(scratch, "ann@example.org")->name, "Her own");
    assert_string_equal(find(scratch, "ann@example.org")->topics, "Design");
}

static void a_link_confirms_once_and_expires(void **state)
{
    struct scratch *scratch = *state;
    sign_up(scratch, "ann@example.org", NOW);
    int64_t id = find(scratch, "ann@example.org")->id;
    assert_int_equal(confirm(scratch, id, NOW - 2 * HOUR, NOW), SUBSCRIPTION_EXPIRED);
    assert_int_equal(find(scratch, "ann@example.org")->status, SUBSCRIBER_PENDING);
    assert_int_equal(confirm(scratch, id + 1, NOW + HOUR, NOW), SUBSCRIPTION_UNKNOWN);
    assert_int_equal(confirm(scratch, id, NOW + HOUR, NOW), SUBSCRIPTION_DONE);
    assert_int_equal(find(scratch, "ann@example.org")->status, SUBSCRIBER_CONFIRMED);
    assert_int_equal(mails(scratch, "welcome"), 1);
    assert_int_equal(confirm(scratch, id, NOW + HOUR, NOW), SUBSCRIPTION_ALREADY);
    assert_int_equal(confirm(scratch, id, NOW - 2 * HOUR, NOW), SUBSCRIPTION_ALREADY);
    assert_int_equal(mails(scratch, "welcome"), 1);
}

/* Who keeps a copy of an old confirmation mail brings nobody back. */
static void who_is_gone_is_not_confirmed_by_a_link_of_before(void **state)
{
    static const enum subscriber_status statuses[] = {SUBSCRIBER_LEFT, SUBSCRIBER_BOUNCED,
                                                      SUBSCRIBER_COMPLAINED};
    struct scratch *scratch = *state;
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        char address[40];
        snprintf(address, sizeof address, "ann%zu@example.org", i);
        int64_t id = add_person(scratch->store, address, "", statuses[i]);
        run_sql(scratch->store, "UPDATE subscriber SET left_at = 1000000000");
        int64_t left = 1000000000;
        assert_int_equal(confirm(scratch, id, left + 71 * HOUR, left + 60), SUBSCRIPTION_EXPIRED);
        assert_int_equal(find(scratch, address)->status, statuses[i]);
        /* That of an invitation would work for longer, and nobody who has left gets one. */
        assert_int_equal(confirm(scratch, id, left + 300 * HOUR, left + 60), SUBSCRIPTION_EXPIRED);
        assert_int_equal(confirm(scratch, id, left + 72 * HOUR, left + 60), SUBSCRIPTION_DONE);
        assert_int_equal(find(scratch, address)->status, SUBSCRIBER_CONFIRMED);
    }
}

static void confirming_anew_lifts_a_complaint_and_an_erasure_alone(void **state)
{
    static const struct {
        const char *reason;
        int64_t left;
    } rows[] = {{"complained", 0}, {"erased", 0}, {"forgotten", 1}, {"moved", 1}};
    struct scratch *scratch = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char address[40];
        snprintf(address, sizeof address, "ann%zu@example.org", i);
        run_sql(scratch->store, "DELETE FROM suppression");
        int64_t id = add_person(scratch->store, address, "", SUBSCRIBER_PENDING);
        suppress(scratch, address, rows[i].reason);
        assert_int_equal(confirm(scratch, id, NOW + HOUR, NOW), SUBSCRIPTION_DONE);
        assert_int_equal(ask(scratch->store, "SELECT count(*) FROM suppression"), rows[i].left);
    }
}

static void leaving_works_once_and_can_be_taken_back(void **state)
{
    struct scratch *scratch = *state;
    int64_t id = add_person(scratch->store, "ann@example.org", "", SUBSCRIBER_CONFIRMED);
    assert_int_equal(leave(scratch, id), SUBSCRIPTION_DONE);
    assert_int_equal(leave(scratch, id), SUBSCRIPTION_ALREADY);
    assert_int_equal(find(scratch, "ann@example.org")->status, SUBSCRIBER_LEFT);
    assert_int_equal(come_back(scratch, id), SUBSCRIPTION_DONE);
    assert_int_equal(come_back(scratch, id), SUBSCRIPTION_ALREADY);
    assert_int_equal(find(scratch, "ann@example.org")->status, SUBSCRIBER_CONFIRMED);
    assert_int_equal(leave(scratch, id + 7), SUBSCRIPTION_UNKNOWN);
}

static void who_never_confirmed_has_nothing_to_come_back_to(void **state)
{
    struct scratch *scratch = *state;
    sign_up(scratch, "ann@example.org", NOW);
    int64_t id = find(scratch, "ann@example.org")->id;
    assert_int_equal(leave(scratch, id), SUBSCRIPTION_DONE);
    assert_int_equal(come_back(scratch, id), SUBSCRIPTION_UNKNOWN);
    assert_null(find(scratch, "ann@example.org"));
}

/* Nobody but a stranger may ever have wanted it: nothing is kept, and its mails count all the same,
 * or withdrawing would let the stranger begin anew. */
static void a_withdrawn_request_is_gone_and_its_mails_count(void **state)
{
    struct scratch *scratch = *state;
    sign_up(scratch, "ann@example.org", NOW);
    assert_int_equal(leave(scratch, find(scratch, "ann@example.org")->id), SUBSCRIPTION_DONE);
    assert_int_equal(ask(scratch->store, "SELECT (SELECT count(*) FROM consent) + "
                                         "(SELECT count(*) FROM outgoing)"),
                     0);
    sign_up(scratch, "ann@example.org", NOW + QUARTER - 1);
    assert_int_equal(mails(scratch, "confirm"), 0);
    sign_up(scratch, "ann@example.org", NOW + QUARTER);
    sign_up(scratch, "ann@example.org", NOW + 2 * QUARTER);
    sign_up(scratch, "ann@example.org", NOW + 3 * QUARTER);
    assert_int_equal(mails(scratch, "confirm"), 2);
}

static void who_was_imported_and_withdraws_is_remembered_as_having_left(void **state)
{
    struct scratch *scratch = *state;
    int64_t id = add_person(scratch->store, "ann@example.org", "", SUBSCRIBER_PENDING);
    run_sql(scratch->store, "UPDATE consent SET kind = 'imported'");
    assert_int_equal(leave(scratch, id), SUBSCRIPTION_DONE);
    assert_int_equal(find(scratch, "ann@example.org")->status, SUBSCRIBER_LEFT);
}

static void a_bounced_address_is_not_brought_back_by_the_leave_link(void **state)
{
    struct scratch *scratch = *state;
    int64_t id = add_person(scratch->store, "ann@example.org", "", SUBSCRIBER_BOUNCED);
    assert_int_equal(come_back(scratch, id), SUBSCRIPTION_UNKNOWN);
    /* Nor, once its reader has left, by anything else than the reader's confirming anew. */
    run_sql(scratch->store, "UPDATE subscriber SET confirmed_at = 1");
    assert_int_equal(leave(scratch, id), SUBSCRIPTION_DONE);
    assert_int_equal(find(scratch, "ann@example.org")->status, SUBSCRIBER_LEFT);
    assert_int_equal(come_back(scratch, id), SUBSCRIPTION_UNKNOWN);
}

/* What a copy of an issue can do for ever was done for ever: erase its reader, take the issue to
 * another address, read what is kept. */
static void the_links_of_an_issue_neither_erase_nor_show_nor_move(void **state)
{
    static const enum token_purpose purposes[] = {TOKEN_LEAVE,  TOKEN_PREFERENCES, TOKEN_CONFIRM,
                                                  TOKEN_BOUNCE, TOKEN_BOUNCE_MAIL, TOKEN_CHANGE,
                                                  TOKEN_OWN};
    struct scratch *scratch = *state;
    struct subscription subscription = open_join(scratch);
    struct address address;
    struct value *data;
    int64_t id = add_person(scratch->store, "ann@example.org", "", SUBSCRIBER_CONFIRMED);
    must(address_parse("new@example.org", &address, &why));
    for (size_t i = 0; i < sizeof purposes / sizeof purposes[0]; i++) {
        char token[TOKEN_TEXT];
        enum subscription_answer answer;
        token_make(&keys, purposes[i], id, 1, token);
        must(subscription_erase(&subscription, &scratch->arena, token, NOW, &answer, &why));
        assert_int_equal(answer, SUBSCRIPTION_UNKNOWN);
        must(subscription_data(&subscription, &scratch->arena, token, NOW, &answer, &data, &why));
        assert_null(data);
        must(subscription_move(&subscription, &scratch->arena, token, &address, "", NOW, &answer,
                               &why));
        assert_int_equal(answer, SUBSCRIPTION_UNKNOWN);
        must(subscription_rename(&subscription, &scratch->arena, token, "Mallory", "", NOW, &answer,
                                 &why));
        assert_int_equal(answer, SUBSCRIPTION_UNKNOWN);
    }
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM outgoing"), 0);
    assert_string_equal(find(scratch, "ann@example.org")->name, "");
}

static void a_link_to_ones_own_page_works_for_an_hour_and_one_change(void **state)
{
    struct scratch *scratch = *state;
    struct subscription subscription = open_join(scratch);
    struct value *data;
    struct subscriber *person;
    enum subscription_answer answer;
    char token[TOKEN_TEXT];
    int64_t id = add_person(scratch->store, "ann@example.org", "", SUBSCRIBER_CONFIRMED);
    own_token(scratch, id, NOW, token);
    must(subscription_verify_own(&subscription, &scratch->arena, token, NOW + HOUR, &answer,
                                 &person, &why));
    assert_int_equal(answer, SUBSCRIPTION_EXPIRED);
    must(subscription_erase(&subscription, &scratch->arena, token, NOW + HOUR, &answer, &why));
    assert_int_equal(answer, SUBSCRIPTION_EXPIRED);
    must(subscription_data(&subscription, &scratch->arena, token, NOW + HOUR - 1, &answer, &data,
                           &why));
    assert_non_null(data);
    must(subscription_rename(&subscription, &scratch->arena, token, "Ann", "", NOW + HOUR - 1,
                             &answer, &why));
    assert_int_equal(answer, SUBSCRIPTION_DONE);
    assert_string_equal(find(scratch, "ann@example.org")->name, "Ann");
    must(subscription_erase(&subscription, &scratch->arena, token, NOW, &answer, &why));
    assert_int_equal(answer, SUBSCRIPTION_ALREADY);
    must(subscription_verify_own(&subscription, &scratch->arena, token, NOW, &answer, &person,
                                 &why));
    assert_null(person);
    /* Mailed to an address that has been left since. */
    own_token(scratch, id, NOW, token);
    run_sql(scratch->store, "UPDATE subscriber SET address = 'new@example.org'");
    must(subscription_verify_own(&subscription, &scratch->arena, token, NOW, &answer, &person,
                                 &why));
    assert_int_equal(answer, SUBSCRIPTION_UNKNOWN);
}

static void one_such_link_is_sent_a_quarter_of_an_hour_and_six_a_day(void **state)
{
    struct scratch *scratch = *state;
    int64_t id = add_person(scratch->store, "ann@example.org", "", SUBSCRIBER_LEFT);
    for (int i = 0; i < 40; i++) {
        bool due = i % 2 == 0 && i / 2 < SUBSCRIPTION_OWN_A_DAY;
        assert_int_equal(ask_own(scratch, id, NOW + i * (QUARTER / 2)),
                         due ? SUBSCRIPTION_DONE : SUBSCRIPTION_ALREADY);
    }
    assert_int_equal(ask_own(scratch, id, NOW + DAY), SUBSCRIPTION_DONE);
    int64_t complained = add_person(scratch->store, "b@example.org", "", SUBSCRIBER_COMPLAINED);
    assert_int_equal(ask_own(scratch, complained, NOW), SUBSCRIPTION_UNKNOWN);
    assert_int_equal(mails(scratch, "own"), SUBSCRIPTION_OWN_A_DAY + 1);
}

/* For ever, and without a word to the reader, it put back who had left for good. */
static void leaving_can_be_taken_back_for_an_hour_and_the_reader_is_told(void **state)
{
    struct scratch *scratch = *state;
    struct subscription subscription = open_join(scratch);
    enum subscription_answer answer;
    char token[TOKEN_TEXT];
    int64_t id = add_person(scratch->store, "ann@example.org", "", SUBSCRIBER_CONFIRMED);
    token_make(&keys, TOKEN_LEAVE, id, 0, token);
    assert_int_equal(leave(scratch, id), SUBSCRIPTION_DONE);
    must(subscription_return(&subscription, &scratch->arena, token, "", NOW + HOUR, &answer, &why));
    assert_int_equal(answer, SUBSCRIPTION_UNKNOWN);
    assert_int_equal(find(scratch, "ann@example.org")->status, SUBSCRIBER_LEFT);
    must(subscription_return(&subscription, &scratch->arena, token, "", NOW + HOUR - 1, &answer,
                             &why));
    assert_int_equal(answer, SUBSCRIPTION_DONE);
    assert_int_equal(mails(scratch, "back"), 1);
    for (int i = 0; i < 9; i++) {
        leave(scratch, id);
        come_back(scratch, id);
    }
    assert_int_equal(mails(scratch, "back"), SUBSCRIPTION_RETURNS_A_DAY);
    assert_int_equal(find(scratch, "ann@example.org")->status, SUBSCRIBER_LEFT);
}

static void an_address_that_was_taken_meanwhile_is_not_taken_over(void **state)
{
    struct scratch *scratch = *state;
    struct subscription subscription = open_join(scratch);
    struct address address;
    enum subscription_answer answer;
    char token[TOKEN_TEXT];
    int64_t id = add_person(scratch->store, "ann@example.org", "", SUBSCRIBER_CONFIRMED);
    must(address_parse("new@example.org", &address, &why));
    own_token(scratch, id, NOW, token);
    must(
        subscription_move(&subscription, &scratch->arena, token, &address, "", NOW, &answer, &why));
    assert_int_equal(mails(scratch, "change"), 1);
    add_person(scratch->store, "new@example.org", "", SUBSCRIBER_CONFIRMED);
    token_make(&keys, TOKEN_CHANGE, id,
               ask(scratch->store, "SELECT max(id) FROM outgoing WHERE kind = 'change'"), token);
    must(subscription_moved(&subscription, &scratch->arena, token, "", NOW, &answer, &why));
    assert_int_equal(answer, SUBSCRIPTION_TAKEN);
    assert_int_equal(find(scratch, "ann@example.org")->id, id);
}

static int64_t move_to(struct scratch *scratch, int64_t id, const char *text)
{
    struct subscription subscription = open_join(scratch);
    struct address address;
    enum subscription_answer answer;
    char token[TOKEN_TEXT];
    must(address_parse(text, &address, &why));
    own_token(scratch, id, NOW, token);
    must(
        subscription_move(&subscription, &scratch->arena, token, &address, "", NOW, &answer, &why));
    assert_int_equal(answer, SUBSCRIPTION_DONE);
    return ask(scratch->store, "SELECT max(id) FROM outgoing WHERE kind = 'change'");
}

static enum subscription_answer moved(struct scratch *scratch, int64_t id, int64_t mail,
                                      int64_t now)
{
    struct subscription subscription = open_join(scratch);
    enum subscription_answer answer, looked;
    char token[TOKEN_TEXT];
    token_make(&keys, TOKEN_CHANGE, id, mail, token);
    must(subscription_verify_moved(&subscription, &scratch->arena, token, now, &looked, &why));
    must(subscription_moved(&subscription, &scratch->arena, token, "", now, &answer, &why));
    assert_int_equal(looked, answer);
    return answer;
}

static enum subscription_answer back(struct scratch *scratch, int64_t id, int64_t notice,
                                     int64_t now)
{
    struct subscription subscription = open_join(scratch);
    enum subscription_answer answer, looked;
    char token[TOKEN_TEXT];
    token_make(&keys, TOKEN_CHANGE, id, notice, token);
    must(subscription_verify_back(&subscription, &scratch->arena, token, now, &looked, &why));
    must(subscription_back(&subscription, &scratch->arena, token, "", now, &answer, &why));
    assert_int_equal(looked, answer);
    return answer;
}

/* A stranger with the reader's link moves on twice: the reader's own notice ends it all. */
static void the_notice_to_the_old_address_takes_the_change_back_for_three_days(void **state)
{
    struct scratch *scratch = *state;
    int64_t id = add_person(scratch->store, "ann@example.org", "", SUBSCRIBER_CONFIRMED);
    int64_t first = move_to(scratch, id, "one@example.com");
    assert_int_equal(moved(scratch, id, first, NOW), SUBSCRIPTION_DONE);
    int64_t own = ask(scratch->store, "SELECT max(id) FROM outgoing");
    int64_t second = move_to(scratch, id, "two@example.com");
    assert_int_equal(moved(scratch, id, second, NOW), SUBSCRIPTION_DONE);
    int64_t other = ask(scratch->store, "SELECT max(id) FROM outgoing");
    assert_int_equal(back(scratch, id, first, NOW), SUBSCRIPTION_UNKNOWN);
    assert_int_equal(back(scratch, id, own, NOW + 73 * HOUR), SUBSCRIPTION_EXPIRED);
    assert_int_equal(back(scratch, id, own, NOW + 71 * HOUR), SUBSCRIPTION_DONE);
    assert_int_equal(find(scratch, "ann@example.org")->id, id);
    assert_int_equal(back(scratch, id, own, NOW + 71 * HOUR), SUBSCRIPTION_ALREADY);
    assert_int_equal(back(scratch, id, other, NOW + 71 * HOUR), SUBSCRIPTION_ALREADY);
    assert_int_equal(mails(scratch, "moved"), 2);
}

static void an_old_address_that_is_taken_or_suppressed_does_not_come_back(void **state)
{
    struct scratch *scratch = *state;
    int64_t id = add_person(scratch->store, "ann@example.org", "", SUBSCRIBER_CONFIRMED);
    assert_int_equal(moved(scratch, id, move_to(scratch, id, "one@example.com"), NOW),
                     SUBSCRIPTION_DONE);
    int64_t notice = ask(scratch->store, "SELECT max(id) FROM outgoing");
    add_person(scratch->store, "ann@example.org", "", SUBSCRIBER_CONFIRMED);
    assert_int_equal(back(scratch, id, notice, NOW), SUBSCRIPTION_TAKEN);
    run_sql(scratch->store, "UPDATE subscriber SET status = 'left' WHERE address LIKE 'one%'");
    assert_int_equal(back(scratch, id, notice, NOW), SUBSCRIPTION_ALREADY);
}

/* Or a reader could move to a stranger's address with the mail to an address of their own. */
static void the_link_to_one_new_address_does_not_confirm_another(void **state)
{
    struct scratch *scratch = *state;
    int64_t id = add_person(scratch->store, "ann@example.org", "", SUBSCRIBER_CONFIRMED);
    int64_t own = move_to(scratch, id, "mine@example.org");
    int64_t other = move_to(scratch, id, "victim@example.org");
    assert_int_equal(moved(scratch, id, own, NOW), SUBSCRIPTION_ALREADY);
    assert_int_equal(moved(scratch, id, own + 7, NOW), SUBSCRIPTION_ALREADY);
    assert_int_equal(moved(scratch, id + 1, other, NOW), SUBSCRIPTION_UNKNOWN);
    assert_int_equal(find(scratch, "ann@example.org")->id, id);
    assert_int_equal(moved(scratch, id, other, NOW + 73 * HOUR), SUBSCRIPTION_EXPIRED);
    assert_int_equal(moved(scratch, id, other, NOW), SUBSCRIPTION_DONE);
    assert_int_equal(find(scratch, "victim@example.org")->id, id);
    assert_int_equal(moved(scratch, id, other, NOW), SUBSCRIPTION_ALREADY);
    assert_string_equal(
        ask_text(scratch->store, "SELECT address FROM outgoing WHERE kind = 'moved'"),
        "ann@example.org");
}

/* Nor is it told by how much is done whether a new address is somebody's. */
static void moving_runs_as_many_statements_to_any_address(void **state)
{
    struct scratch *scratch = *state;
    int64_t id = add_person(scratch->store, "ann@example.org", "", SUBSCRIBER_CONFIRMED);
    add_person(scratch->store, "taken@example.org", "", SUBSCRIBER_CONFIRMED);
    suppress(scratch, "gone@example.org", "forgotten");
    static const char *const addresses[] = {"free@example.org", "taken@example.org",
                                            "gone@example.org"};
    int64_t expected = 0;
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        int64_t before = store_executed(scratch->store);
        move_to(scratch, id, addresses[i]);
        int64_t ran = store_executed(scratch->store) - before;
        expected = i == 0 ? ran : expected;
        assert_int_equal(ran, expected);
    }
}

/* Nor by what becomes of an earlier wish of the asker's own: its link works or not, and how many
 * more are granted, whoever has the address that was asked for in between. */
static void an_earlier_wish_does_not_tell_who_is_on_the_list(void **state)
{
    struct scratch *scratch = *state;
    add_person(scratch->store, "taken@example.org", "", SUBSCRIBER_CONFIRMED);
    suppress(scratch, "gone@example.org", "forgotten");
    static const char *const addresses[] = {"free@example.org", "taken@example.org",
                                            "gone@example.org"};
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        char own[2][40], asker[40];
        snprintf(asker, sizeof asker, "asker%zu@example.org", i);
        snprintf(own[0], sizeof own[0], "first%zu@example.org", i);
        snprintf(own[1], sizeof own[1], "second%zu@example.org", i);
        int64_t id = add_person(scratch->store, asker, "", SUBSCRIBER_CONFIRMED);
        int64_t link = move_to(scratch, id, own[0]);
        move_to(scratch, id, addresses[i]);
        assert_int_equal(moved(scratch, id, link, NOW), SUBSCRIPTION_ALREADY);
        move_to(scratch, id, addresses[i]);
        link = ask(scratch->store, "SELECT max(id) FROM outgoing WHERE kind = 'change'");
        assert_int_equal(move_to(scratch, id, own[1]), link);
    }
    assert_int_equal(
        ask(scratch->store,
            "SELECT count(*) FROM address_change WHERE address_key <> 'free@example.org'"),
        0);
}

static void a_new_address_is_asked_three_times_a_day_at_most(void **state)
{
    struct scratch *scratch = *state;
    struct subscription subscription = open_join(scratch);
    char token[TOKEN_TEXT];
    int64_t id = add_person(scratch->store, "ann@example.org", "", SUBSCRIBER_CONFIRMED);
    for (int i = 0; i < 5; i++) {
        char text[40];
        struct address address;
        enum subscription_answer answer;
        snprintf(text, sizeof text, "new%d@example.org", i);
        must(address_parse(text, &address, &why));
        own_token(scratch, id, NOW, token);
        must(subscription_move(&subscription, &scratch->arena, token, &address, "", NOW, &answer,
                               &why));
        assert_int_equal(answer, SUBSCRIPTION_DONE);
    }
    assert_int_equal(mails(scratch, "change"), 3);
}

/* Or a machine that once woke up in another year would keep people at their old address until then,
 * and tell them that a mail is under way. */
static void a_clock_that_was_set_back_does_not_keep_a_new_address_away(void **state)
{
    struct scratch *scratch = *state;
    struct subscription subscription = open_join(scratch);
    char token[TOKEN_TEXT];
    struct address address;
    enum subscription_answer answer;
    int64_t id = add_person(scratch->store, "ann@example.org", "", SUBSCRIBER_CONFIRMED);
    must(address_parse("new@example.org", &address, &why));
    for (int i = 0; i < 4; i++) {
        own_token(scratch, id, NOW + 365 * DAY, token);
        must(subscription_move(&subscription, &scratch->arena, token, &address, "", NOW + 365 * DAY,
                               &answer, &why));
    }
    assert_int_equal(mails(scratch, "change"), 3);
    own_token(scratch, id, NOW, token);
    must(
        subscription_move(&subscription, &scratch->arena, token, &address, "", NOW, &answer, &why));
    assert_int_equal(mails(scratch, "change"), 4);
}

static void erasing_keeps_the_keyed_hash_alone(void **state)
{
    struct scratch *scratch = *state;
    struct subscription subscription = open_join(scratch);
    enum subscription_answer answer;
    char token[TOKEN_TEXT];
    int64_t id = add_person(scratch->store, "ann@example.org", "", SUBSCRIBER_CONFIRMED);
    own_token(scratch, id, NOW, token);
    must(subscription_erase(&subscription, &scratch->arena, token, NOW, &answer, &why));
    assert_int_equal(answer, SUBSCRIPTION_DONE);
    assert_null(find(scratch, "ann@example.org"));
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM suppression"), 1);
    sign_up(scratch, "ann@example.org", NOW);
    assert_int_equal(mails(scratch, "confirm"), 1);
    must(subscription_erase(&subscription, &scratch->arena, token, NOW, &answer, &why));
    assert_int_equal(answer, SUBSCRIPTION_UNKNOWN);
}

static void a_reminder_is_written_once_after_a_day_where_wanted(void **state)
{
    struct scratch *scratch = *state;
    int64_t count;
    sign_up(scratch, "ann@example.org", NOW);
    struct subscription subscription = open_join(scratch);
    must(remind_write(&subscription, &scratch->arena, NOW + DAY, &count, &why));
    assert_int_equal(count, 0); /* not wanted */
    settings.subscribe.reminder = true;
    must(remind_write(&subscription, &scratch->arena, NOW + DAY, &count, &why));
    assert_int_equal(count, 0); /* the confirmation mail has not left */
    run_sql(scratch->store, "UPDATE outgoing SET state = 'sent'");
    must(remind_write(&subscription, &scratch->arena, NOW + DAY - 1, &count, &why));
    assert_int_equal(count, 0);
    must(remind_write(&subscription, &scratch->arena, NOW + DAY, &count, &why));
    assert_int_equal(count, 1);
    must(remind_write(&subscription, &scratch->arena, NOW + DAY + 1, &count, &why));
    assert_int_equal(count, 0);
    assert_int_equal(mails(scratch, "reminder"), 1);
}

/* Pending by an operator's hand, one of them of an import that has not ended. */
static void people_who_wait_are_invited_at_a_pace_and_twice_a_year(void **state)
{
    struct scratch *scratch = *state;
    struct invite_result result;
    enum { HALF = 200 * DAY };
    for (int i = 0; i < 3; i++) {
        char address[40];
        snprintf(address, sizeof address, "p%d@example.org", i);
        add_person(scratch->store, address, "", SUBSCRIBER_PENDING);
    }
    add_person(scratch->store, "on@example.org", "", SUBSCRIBER_CONFIRMED);
    add_person(scratch->store, "left@example.org", "", SUBSCRIBER_LEFT);
    run_sql(scratch->store, "INSERT INTO import (id, verb, fingerprint, started_at) VALUES "
                            "(1, 'import', '', 0); UPDATE subscriber SET import_id = 1 "
                            "WHERE address = 'p2@example.org'");
    struct subscription subscription = open_join(scratch);
    settings.subscribe.invite_rate = (struct settings_rate){.count = 60, .seconds = 3600};
    must(invite_write(&subscription, 0, true, NOW, &result, &why));
    assert_int_equal(result.people, 2);
    assert_int_equal(mails(scratch, "invite"), 0);
    must(invite_write(&subscription, 0, false, NOW, &result, &why));
    assert_int_equal(result.people, 2);
    assert_int_equal(result.first, NOW);
    assert_int_equal(result.last, NOW + 60);
    must(invite_write(&subscription, 0, false, NOW, &result, &why));
    assert_int_equal(result.people, 0);
    run_sql(scratch->store, "UPDATE import SET finished_at = 1");
    must(invite_write(&subscription, 7, false, NOW, &result, &why));
    assert_int_equal(result.people, 0);
    must(invite_write(&subscription, 1, false, NOW, &result, &why));
    assert_int_equal(result.people, 1);
    assert_int_equal(result.first, NOW + 120); /* behind those that wait */
    must(invite_write(&subscription, 0, false, NOW + HALF, &result, &why));
    assert_int_equal(result.people, 3);
    must(invite_write(&subscription, 0, false, NOW + HALF + 2 * DAY, &result, &why));
    assert_int_equal(result.people, 0);
    must(invite_write(&subscription, 0, false, NOW + 2 * HALF, &result, &why));
    assert_int_equal(result.people, 3);
    /* Somebody who is invited today is not written to by the form too. */
    sign_up(scratch, "p0@example.org", NOW + 2 * HALF);
    assert_int_equal(mails(scratch, "confirm"), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, scratch_open, scratch_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(asking_writes_a_pending_person_a_consent_entry_and_one_mail),
        TEST(every_answer_runs_as_many_statements),
        TEST(the_mail_that_answers_depends_on_who_asked),
        TEST(nothing_is_kept_of_whom_an_operator_has_put_away),
        TEST(one_confirmation_a_quarter_of_an_hour_and_three_in_thirty_days),
        TEST(who_leaves_and_comes_back_on_one_day_is_asked_to_confirm),
        TEST(only_a_pending_request_takes_what_is_typed),
        TEST(a_link_confirms_once_and_expires),
        TEST(who_is_gone_is_not_confirmed_by_a_link_of_before),
        TEST(confirming_anew_lifts_a_complaint_and_an_erasure_alone),
        TEST(leaving_works_once_and_can_be_taken_back),
        TEST(who_never_confirmed_has_nothing_to_come_back_to),
        TEST(who_was_imported_and_withdraws_is_remembered_as_having_left),
        TEST(a_withdrawn_request_is_gone_and_its_mails_count),
        TEST(a_bounced_address_is_not_brought_back_by_the_leave_link),
        TEST(the_links_of_an_issue_neither_erase_nor_show_nor_move),
        TEST(a_link_to_ones_own_page_works_for_an_hour_and_one_change),
        TEST(one_such_link_is_sent_a_quarter_of_an_hour_and_six_a_day),
        TEST(leaving_can_be_taken_back_for_an_hour_and_the_reader_is_told),
        TEST(an_address_that_was_taken_meanwhile_is_not_taken_over),
        TEST(moving_runs_as_many_statements_to_any_address),
        TEST(an_earlier_wish_does_not_tell_who_is_on_the_list),
        TEST(the_link_to_one_new_address_does_not_confirm_another),
        TEST(the_notice_to_the_old_address_takes_the_change_back_for_three_days),
        TEST(an_old_address_that_is_taken_or_suppressed_does_not_come_back),
        TEST(a_new_address_is_asked_three_times_a_day_at_most),
        TEST(a_clock_that_was_set_back_does_not_keep_a_new_address_away),
        TEST(erasing_keeps_the_keyed_hash_alone),
        TEST(a_reminder_is_written_once_after_a_day_where_wanted),
        TEST(people_who_wait_are_invited_at_a_pace_and_twice_a_year),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
