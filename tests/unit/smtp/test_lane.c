/* What a lane makes of a socket that takes nothing. The test is libcurl: it says what comes and
 * goes. */
#include "smtp/lane.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What the server says next; NULL: nothing. */
static const char *heard;
static bool takes;

CURLcode curl_easy_recv(CURL *curl, void *buffer, size_t size, size_t *len)
{
    (void)curl;
    *len = heard != NULL ? strlen(heard) : 0;
    assert_true(*len <= size);
    memcpy(buffer, heard != NULL ? heard : "", *len);
    heard = NULL;
    return *len > 0 ? CURLE_OK : CURLE_AGAIN;
}

CURLcode curl_easy_send(CURL *curl, const void *buffer, size_t size, size_t *len)
{
    (void)curl, (void)buffer;
    *len = takes ? size : 0;
    return takes ? CURLE_OK : CURLE_AGAIN;
}

void curl_easy_cleanup(CURL *curl)
{
    (void)curl;
}

/* A message whose dot was to go when the socket took no more, and then the connection ends. */
static struct outcome end_at_the_dot(bool tls)
{
    static int handle;
    static const struct lane_limits limits = {1000, 1000, 1000};
    static int owner;
    struct connection connection = {.curl = &handle, .fd = -1, .tls = tls};
    struct failure why = {0};
    struct outcome outcome;
    enum trust trust = TRUST_UNPROVEN;
    struct lane lane;
    connection.offer.pipelining = true;
    lane_init(&lane, &trust, "relay", 1);
    lane_open(&lane, &connection);
    struct smtp_message *message = transaction_vacant(&lane.transaction);
    buf_add_text(&message->bytes, "text\r\n");
    snprintf(message->envelope_sender, sizeof message->envelope_sender, "b@list.example.org");
    takes = true;
    assert_true(transaction_begin(&lane.transaction, "one@example.org", &owner, &why));
    lane_work(&lane, false, &limits, 1);
    heard = "250 ok\r\n250 ok\r\n354 go\r\n";
    lane_work(&lane, true, &limits, 2);
    assert_int_equal(lane.transaction.phase, TRANSACTION_READY);
    assert_true(transaction_release(&lane.transaction, NULL, NULL, &why));
    takes = false;
    lane_work(&lane, false, &limits, 3);
    assert_true(lane.wants_write);
    lane_drop(&lane, OUTCOME_LOST, "gone");
    assert_true(transaction_take_outcome(&lane.transaction, &outcome));
    lane_free(&lane);
    return outcome;
}

static void a_dot_that_a_TLS_library_holds_may_have_left(void **state)
{
    (void)state;
    assert_true(end_at_the_dot(true).handed);
}

static void a_dot_that_a_plain_socket_did_not_take_is_still_ours(void **state)
{
    (void)state;
    assert_false(end_at_the_dot(false).handed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dot_that_a_TLS_library_holds_may_have_left),
        cmocka_unit_test(a_dot_that_a_plain_socket_did_not_take_is_still_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
