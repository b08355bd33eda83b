/*
 * Whatever a server says, from the first byte of its first reply on: the parser's promises hold,
 * and a transaction that hears it ends every message exactly once and lets no dot out unreleased.
 *
 * The first byte chooses the offer; the rest is what the server says, cut into pieces.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "deliver/claim.h"
#include "deliver/disposition.h"
#include "smtp/transaction.h"

static void check_reply(const struct reply *reply)
{
    assert(strlen(reply->text) <= REPLY_TEXT);
    assert(utf8_valid(reply->text, strlen(reply->text), NULL));
    assert(reply->garbage || (reply->code >= 200 && reply->code <= 599));
    for (const char *c = reply->text; *c != '\0'; c++) {
        assert((unsigned char)*c >= 0x20 && *c != 0x7F);
    }
    char id[32];
    reply_queue_id(reply, id, sizeof id);
    for (int command = REFUSAL_REPORT; command <= REFUSAL_TEXT; command++) {
        const struct refusal_question question = {(enum refusal_command)command, reply->code,
                                                  reply->enhanced, reply->text, "example.org:25"};
        struct refusal refusal = refusal_read(&question);
        assert(!refusal.settles || (command != REFUSAL_MAIL && command != REFUSAL_HELO));
        assert(refusal.settles <= (refusal.fault == REFUSAL_RECIPIENT));
    }
}

/* Sends all that may be sent; lets the dot go when it may. */
static void push(struct transaction *transaction, struct claim *ahead, size_t *begun)
{
    struct failure why = {0};
    size_t len;
    transaction_output(transaction, &len);
    while (len > 0) {
        transaction_sent(transaction, len);
        transaction_output(transaction, &len);
    }
    if (transaction->phase == TRANSACTION_READY) {
        struct claim *rides = NULL;
        if (transaction_may_ride(transaction)) {
            struct smtp_message *message = transaction_vacant(transaction);
            buf_reset(&message->bytes);
            buf_add_text(&message->bytes, "ahead\r\n");
            memcpy(message->envelope_sender, "b@example.org", 14);
            rides = ahead;
            (*begun)++;
        }
        assert(transaction_release(transaction, ahead->row.address, rides, &why));
        push(transaction, ahead, begun);
    }
}

static size_t drain(struct transaction *transaction)
{
    struct outcome outcome;
    size_t count = 0;
    while (transaction_take_outcome(transaction, &outcome)) {
        struct disposition disposition = disposition_of(&outcome, 1, "example.org:25");
        assert(disposition.again || disposition.state != DELIVERY_SENT || outcome.handed);
        count++;
    }
    return count;
}

static void begin(struct transaction *transaction, struct claim *claim, size_t *begun)
{
    struct failure why = {0};
    if (transaction->phase == TRANSACTION_IDLE) {
        struct smtp_message *message = transaction_vacant(transaction);
        buf_reset(&message->bytes);
        buf_add_text(&message->bytes, "text\r\n");
        memcpy(message->envelope_sender, "b@example.org", 14);
        assert(transaction_begin(transaction, claim->row.address, claim, &why));
        (*begun)++;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    struct claim claims[2] = {{.row = {.address = "one@example.org"}},
                              {.row = {.address = "two@example.org"}}};
    enum trust trust = TRUST_UNPROVEN;
    struct relay_offer offer = {.pipelining = data[0] & 1, .size = data[0] & 2};
    size_t piece = (data[0] >> 2) + 1u;
    struct transaction transaction;
    struct reply_parser parser;
    size_t begun = 0, ended = 0;
    transaction_init(&transaction, &trust, "fuzz/1");
    transaction_start(&transaction, &offer);
    reply_start(&parser);
    const char *bytes = (const char *)data + 1;
    size_t left = size - 1;
    while (left > 0 && transaction.phase != TRANSACTION_OVER) {
        begin(&transaction, &claims[0], &begun);
        push(&transaction, &claims[1], &begun);
        size_t part = left < piece ? left : piece;
        size_t used = reply_feed(&parser, bytes, part);
        assert(used <= part && (used == part || parser.complete));
        bytes += used;
        left -= used;
        if (parser.complete) {
            check_reply(&parser.reply);
            transaction_reply(&transaction, &parser.reply);
            reply_start(&parser);
            ended += drain(&transaction);
        }
    }
    if (transaction.phase != TRANSACTION_OVER) {
        transaction_lost(&transaction, OUTCOME_LOST, "the end");
        ended += drain(&transaction);
    }
    assert(begun == ended);
    transaction_free(&transaction);
    return 0;
}
