/* What headers and cells of other programs' exports say about a person's wish. */
#include "subscribers/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *header;
    enum list_column column;
} headers[] = {
    {"status", LIST_STATUS},
    {"Subscription Status", LIST_STATUS},
    {"emailStatus", LIST_STATUS},
    {"unsubscribe_status", LIST_STATUS},
    {"type", LIST_TYPE},
    {"subscriber type", LIST_TYPE},
    {"state", LIST_TYPE},
    {"payment status", LIST_TYPE},
    {"email_disabled", LIST_LEFT},
    {"blacklisted", LIST_LEFT},
    {"opt_out", LIST_LEFT},
    {"Opted Out", LIST_LEFT},
    {"OptOut_Date", LIST_LEFT},
    {"UNSUB_TIME", LIST_LEFT},
    {"UNSUB_REASON", LIST_LEFT},
    {"UNSUB_CAMPAIGN_TITLE", LIST_LEFT},
    {"unsubscribedAt", LIST_LEFT},
    {"unsubscribedat", LIST_LEFT},
    {"EMAILBLACKLISTED", LIST_LEFT},
    {"hardbouncedat", LIST_BOUNCED},
    {"deleted_at", LIST_LEFT},
    {"left_at", LIST_LEFT},
    {"left_reason", LIST_LEFT},
    {"globalUnsubscribe", LIST_LEFT},
    {"do not email", LIST_LEFT},
    {"No e-mail", LIST_LEFT},
    {"Not subscribed", LIST_LEFT},
    {"Abgemeldet am", LIST_LEFT},
    {"CLEAN_TIME", LIST_BOUNCED},
    {"hard bounced", LIST_BOUNCED},
    {"undeliverability date", LIST_BOUNCED},
    {"marked_as_spam", LIST_COMPLAINED},
    {"spam_reported_at", LIST_COMPLAINED},
    {"complaint", LIST_COMPLAINED},
    {"subscribed_to_emails", LIST_SUBSCRIBED},
    {"Subscribed", LIST_SUBSCRIBED},
    {"is_active", LIST_SUBSCRIBED},
    {"accepts_marketing", LIST_SUBSCRIBED},
    {"opt-in", LIST_SUBSCRIBED},
    {"confirmed", LIST_PROVEN},
    {"double opt-in", LIST_PROVEN},
    {"unconfirmed", LIST_WAITING},
    {"left eye", LIST_UNSURE},
    {"days left", LIST_UNSURE},
    {"cancelled plan", LIST_UNSURE},
    {"unsubscribe_url", LIST_OTHER},
    {"bounce_count", LIST_OTHER},
    {"bounce_score", LIST_OTHER},
    {"soft bounces", LIST_OTHER},
    {"last_bounce_at", LIST_OTHER},
    {"active_subscription", LIST_OTHER},
    {"OPTIN_TIME", LIST_OTHER},
    {"CONFIRM_TIME", LIST_OTHER},
    {"subscribed_at", LIST_OTHER},
    {"confirmed_at", LIST_OTHER},
    {"created_at", LIST_OTHER},
    {"MEMBER_RATING", LIST_OTHER},
    {"note", LIST_OTHER},
    {"Last Name", LIST_OTHER},
    {"No", LIST_OTHER},
    {"id", LIST_OTHER},
    {"", LIST_OTHER},
};

static void a_header_is_known_by_its_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        bool text;
        enum list_column column = words_header(headers[i].header, &text);
        if (column != headers[i].column) {
            fail_msg("%s: %d instead of %d", headers[i].header, column, headers[i].column);
        }
    }
}

static const struct {
    const char *cell;
    enum words_answer answer;
} answers[] = {
    {"", WORDS_EMPTY},
    {"false", WORDS_NO},
    {"FALSE", WORDS_NO},
    {"0", WORDS_NO},
    {"nein", WORDS_NO},
    {"NULL", WORDS_NO},
    {"0000-00-00 00:00:00", WORDS_NO},
    {"true", WORDS_YES},
    {"1", WORDS_YES},
    {"X", WORDS_YES},
    {"ja", WORDS_YES},
    {"2024-01-01", WORDS_TIME},
    {"2024-06-01T00:00:00.000Z", WORDS_TIME},
    {"1 Jan 2024 10:00 am", WORDS_TIME},
    {"01/02/2024", WORDS_TIME},
    {"1704067200", WORDS_TIME},
    {"2", WORDS_TEXT},
    {"maybe", WORDS_TEXT},
    {"NORMAL (No longer interested)", WORDS_TEXT},
    {"ann2024@example.org", WORDS_TEXT},
};

static void a_cell_says_yes_no_or_when(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        enum words_answer answer = words_answer(answers[i].cell);
        if (answer != answers[i].answer) {
            fail_msg("%s: %d instead of %d", answers[i].cell, answer, answers[i].answer);
        }
    }
}

#define UNKNOWN SUBSCRIBER_FORGOTTEN

static const struct {
    const char *cell;
    enum subscriber_status status, sure;
} statuses[] = {
    {"Subscribed", SUBSCRIBER_CONFIRMED, UNKNOWN},
    {"enabled", SUBSCRIBER_CONFIRMED, UNKNOWN},
    {"unconfirmed", SUBSCRIBER_PENDING, SUBSCRIBER_PENDING},
    {"unactivated", SUBSCRIBER_PENDING, SUBSCRIBER_PENDING},
    {"unsubscribed", SUBSCRIBER_LEFT, SUBSCRIBER_LEFT},
    {"Opted-Out", SUBSCRIBER_LEFT, SUBSCRIBER_LEFT},
    {"non-subscribed", SUBSCRIBER_LEFT, SUBSCRIBER_LEFT},
    {"unsubscribed by admin", SUBSCRIBER_LEFT, SUBSCRIBER_LEFT},
    {"cancelled", SUBSCRIBER_LEFT, UNKNOWN},
    {"inactive", SUBSCRIBER_LEFT, UNKNOWN},
    {"spammy", SUBSCRIBER_LEFT, UNKNOWN},
    {"cleaned", SUBSCRIBER_BOUNCED, SUBSCRIBER_BOUNCED},
    {"hard_bounced", SUBSCRIBER_BOUNCED, SUBSCRIBER_BOUNCED},
    {"unreachable", SUBSCRIBER_BOUNCED, SUBSCRIBER_BOUNCED},
    {"junk", SUBSCRIBER_COMPLAINED, SUBSCRIBER_COMPLAINED},
    {"gebounct", SUBSCRIBER_BOUNCED, SUBSCRIBER_BOUNCED},
    {"Spam complaint", SUBSCRIBER_COMPLAINED, SUBSCRIBER_COMPLAINED},
    {"not bounced", UNKNOWN, UNKNOWN},
    {"soft bounce", UNKNOWN, UNKNOWN},
    {"Bavaria", UNKNOWN, UNKNOWN},
    {"", UNKNOWN, UNKNOWN},
};

static void a_status_is_known_by_its_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        enum subscriber_status status = UNKNOWN, sure = UNKNOWN;
        status = words_status(statuses[i].cell, false, &status) ? status : UNKNOWN;
        sure = words_status(statuses[i].cell, true, &sure) ? sure : UNKNOWN;
        if (status != statuses[i].status || sure != statuses[i].sure) {
            fail_msg("%s: %d and %d", statuses[i].cell, status, sure);
        }
    }
}

static void of_two_statuses_the_stricter_counts(void **state)
{
    static const enum subscriber_status order[] = {SUBSCRIBER_CONFIRMED, SUBSCRIBER_PENDING,
                                                   SUBSCRIBER_BOUNCED, SUBSCRIBER_LEFT,
                                                   SUBSCRIBER_COMPLAINED};
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        for (size_t j = 0; j < 5; j++) {
            assert_int_equal(words_stricter(order[i], order[j]), order[i > j ? i : j]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_is_known_by_its_words),
        cmocka_unit_test(a_cell_says_yes_no_or_when),
        cmocka_unit_test(a_status_is_known_by_its_words),
        cmocka_unit_test(of_two_statuses_the_stricter_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
