#include "smtp/transaction.h"

#include <assert.h>
#include <string.h>

#include "base/log.h"

enum { TRANSACTION_MESSAGE_MAX = 64 * 1024 * 1024, TRANSACTION_OUT_MAX = 4096 };

void transaction_init(struct transaction *transaction, enum trust *trust, const char *connection)
{
    *transaction =
        (struct transaction){.phase = TRANSACTION_OVER, .trust = trust, .connection = connection};
    buf_init(&transaction->out, TRANSACTION_OUT_MAX);
    for (int i = 0; i < 2; i++) {
        buf_init(&transaction->slots[i].message.bytes, TRANSACTION_MESSAGE_MAX);
    }
}

void transaction_free(struct transaction *transaction)
{
    buf_free(&transaction->out);
    for (int i = 0; i < 2; i++) {
        buf_free(&transaction->slots[i].message.bytes);
    }
}

/* The only place that changes the phase; it logs each change. */
static void enter(struct transaction *transaction, enum transaction_phase phase, const char *cause)
{
    static const char *const names[] = {
        [TRANSACTION_IDLE] = "idle",       [TRANSACTION_ENVELOPE] = "envelope",
        [TRANSACTION_CONTENT] = "content", [TRANSACTION_READY] = "ready",
        [TRANSACTION_DOT] = "dot",         [TRANSACTION_CLEARING] = "clearing",
        [TRANSACTION_QUIT] = "quit",       [TRANSACTION_OVER] = "over",
    };
    log_event(LOG_LEVEL_DEBUG, "transaction", "enters",
              LOG_STR("connection", transaction->connection),
              LOG_STR("from", names[transaction->phase]), LOG_STR("to", names[phase]),
              LOG_STR("cause", cause));
    transaction->phase = phase;
}

void transaction_start(struct transaction *transaction, const struct relay_offer *offer)
{
    assert(transaction->slots[0].owner == NULL && transaction->slots[1].owner == NULL);
    assert(transaction->outcome_count == 0);
    enter(transaction, TRANSACTION_IDLE, "the connection is open");
    transaction->offer = *offer;
    transaction->now = 0;
    buf_reset(&transaction->out);
    transaction->out_at = 0;
    transaction->content_at = 0;
    transaction->reset_due = false;
    transaction->handed = false;
    transaction->completed = 0;
    transaction->awaited_count = 0;
}

static void await(struct transaction *transaction, enum stage stage, int slot, bool lone)
{
    assert(transaction->awaited_count < TRANSACTION_AWAITED);
    transaction->awaited[transaction->awaited_count++] =
        (struct awaited){.stage = stage, .lone = lone, .slot = slot};
}

static void say(struct transaction *transaction, enum stage stage, int slot)
{
    struct slot *in = slot >= 0 ? &transaction->slots[slot] : NULL;
    const char *sender = in != NULL ? in->message.envelope_sender : "";
    switch (stage) {
    case STAGE_RSET:
        buf_add_text(&transaction->out, "RSET\r\n");
        break;
    case STAGE_MAIL:
        buf_addf(&transaction->out, "MAIL FROM:<%s>", sender);
        if (transaction->offer.size) {
            buf_addf(&transaction->out, " SIZE=%zu", in->message.bytes.len);
        }
        if (content_check_needs_utf8(in->address, &in->message)) {
            buf_add_text(&transaction->out, " SMTPUTF8");
        }
        buf_add_text(&transaction->out, "\r\n");
        break;
    case STAGE_RCPT:
        buf_addf(&transaction->out, "RCPT TO:<%s>\r\n", in->address);
        break;
    case STAGE_DATA:
        buf_add_text(&transaction->out, "DATA\r\n");
        break;
    case STAGE_CONTENT:
    case STAGE_DOT:
        buf_add_text(&transaction->out, ".\r\n");
        break;
    case STAGE_QUIT:
        buf_add_text(&transaction->out, "QUIT\r\n");
        break;
    }
    assert(buf_ok(&transaction->out));
    await(transaction, stage, slot, stage == STAGE_DOT && in != NULL && in->failed);
}

static void end_slot(struct transaction *transaction, int index, enum outcome_kind kind,
                     enum stage stage, const struct reply *reply)
{
    struct slot *slot = &transaction->slots[index];
    assert(slot->owner != NULL && transaction->outcome_count < TRANSACTION_OUTCOMES);
    transaction->outcomes[transaction->outcome_count++] = (struct outcome){
        .owner = slot->owner,
        .kind = kind,
        .stage = stage,
        .reply = *reply,
        .handed = stage == STAGE_DOT && transaction->handed,
        .fresh = transaction->completed == 0,
        .pipelined = slot->pipelined && *transaction->trust != TRUST_PROVEN,
    };
    slot->owner = NULL;
}

static bool content_check(struct transaction *transaction, int index, bool *open,
                          struct failure *why)
{
    struct slot *slot = &transaction->slots[index];
    enum content_check_answer answer;
    const char *reason;
    if (!content_check_message(slot->address, &slot->message, &transaction->offer, &answer, &reason,
                               why)) {
        return false;
    }
    *open = answer == CONTENT_CHECK_OPEN;
    if (!*open) {
        bool utf8 = content_check_address(slot->address) && !transaction->offer.smtputf8 &&
                    content_check_needs_utf8(slot->address, &slot->message);
        struct reply reply;
        reply_say(&reply, "%s", reason);
        end_slot(transaction, index,
                 answer == CONTENT_CHECK_RECIPIENT ? OUTCOME_UNSENT : OUTCOME_OURS, STAGE_MAIL,
                 &reply);
        transaction->outcomes[transaction->outcome_count - 1].utf8 = utf8;
    }
    return true;
}

static void say_envelope(struct transaction *transaction, int index)
{
    struct slot *slot = &transaction->slots[index];
    slot->pipelined = transaction->offer.pipelining && *transaction->trust != TRUST_BROKEN;
    if (transaction->reset_due) {
        say(transaction, STAGE_RSET, -1);
    }
    if (slot->pipelined) {
        say(transaction, STAGE_MAIL, index);
        say(transaction, STAGE_RCPT, index);
        say(transaction, STAGE_DATA, index);
    } else if (!transaction->reset_due) {
        say(transaction, STAGE_MAIL, index);
    }
}

static bool take_message(struct transaction *transaction, int index, const char *address,
                         void *owner, bool *open, struct failure *why)
{
    struct slot *slot = &transaction->slots[index];
    slot->owner = owner;
    slot->address = address;
    slot->failed = false;
    if (!content_check(transaction, index, open, why)) {
        slot->owner = NULL;
        return false;
    }
    return true;
}

static int vacant(const struct transaction *transaction)
{
    return transaction->phase == TRANSACTION_IDLE ? transaction->now : 1 - transaction->now;
}

struct smtp_message *transaction_vacant(struct transaction *transaction)
{
    assert(transaction->slots[vacant(transaction)].owner == NULL);
    return &transaction->slots[vacant(transaction)].message;
}

bool transaction_begin(struct transaction *transaction, const char *address, void *owner,
                       struct failure *why)
{
    assert(transaction->phase == TRANSACTION_IDLE &&
           transaction->slots[transaction->now].owner == NULL);
    bool open;
    if (!take_message(transaction, transaction->now, address, owner, &open, why)) {
        return false;
    }
    if (open) {
        enter(transaction, TRANSACTION_ENVELOPE, "a message is begun");
        say_envelope(transaction, transaction->now);
    }
    return true;
}

bool transaction_may_ride(const struct transaction *transaction)
{
    return transaction->offer.pipelining && *transaction->trust == TRUST_PROVEN;
}

bool transaction_release(struct transaction *transaction, const char *address, void *owner,
                         struct failure *why)
{
    assert(transaction->phase == TRANSACTION_READY &&
           (owner == NULL || transaction_may_ride(transaction)));
    bool open = false;
    if (owner != NULL &&
        !take_message(transaction, vacant(transaction), address, owner, &open, why)) {
        return false;
    }
    enter(transaction, TRANSACTION_DOT, "the dot may go");
    say(transaction, STAGE_DOT, transaction->now);
    if (open) {
        say_envelope(transaction, 1 - transaction->now);
    }
    return true;
}

void transaction_quit(struct transaction *transaction)
{
    assert(transaction->phase == TRANSACTION_IDLE);
    enter(transaction, TRANSACTION_QUIT, "nothing more is to be sent");
    say(transaction, STAGE_QUIT, -1);
}

const char *transaction_output(const struct transaction *transaction, size_t *len)
{
    if (transaction->out_at < transaction->out.len) {
        *len = transaction->out.len - transaction->out_at;
        return transaction->out.data + transaction->out_at;
    }
    if (transaction->phase == TRANSACTION_CONTENT) {
        const struct buf *bytes = &transaction->slots[transaction->now].message.bytes;
        *len = bytes->len - transaction->content_at;
        return bytes->data + transaction->content_at;
    }
    *len = 0;
    return "";
}

bool transaction_output_is_dot(const struct transaction *transaction)
{
    return transaction->phase == TRANSACTION_DOT && !transaction->handed &&
           transaction->out.len > 0;
}

void transaction_hand_dot(struct transaction *transaction)
{
    assert(transaction_output_is_dot(transaction));
    transaction->handed = true;
}

void transaction_sent(struct transaction *transaction, size_t len)
{
    if (transaction->out_at < transaction->out.len) {
        transaction->handed =
            transaction->handed || (transaction->phase == TRANSACTION_DOT && len > 0);
        transaction->out_at += len;
        assert(transaction->out_at <= transaction->out.len);
        if (transaction->out_at == transaction->out.len) {
            buf_reset(&transaction->out);
            transaction->out_at = 0;
        }
        return;
    }
    assert(transaction->phase == TRANSACTION_CONTENT);
    transaction->content_at += len;
    if (transaction->content_at == transaction->slots[transaction->now].message.bytes.len) {
        enter(transaction, TRANSACTION_READY, "the text is out");
    }
}

/* The current message has its answer; the connection stays open. */
static void finish(struct transaction *transaction, const struct slot *slot, bool reset)
{
    int index = (int)(slot - transaction->slots);
    end_slot(transaction, index, OUTCOME_REPLIED, slot->stage, &slot->reply);
    transaction->completed++;
    transaction->reset_due = transaction->reset_due || reset;
    transaction->handed = false;
}

static void refuse(struct slot *slot, enum stage stage, const struct reply *reply)
{
    if (!slot->failed) {
        slot->failed = true;
        slot->stage = stage;
        slot->reply = *reply;
    }
}

static void on_envelope(struct transaction *transaction, const struct awaited *due,
                        const struct reply *reply)
{
    struct slot *slot = &transaction->slots[due->slot];
    if (!reply_is(reply, 2)) {
        refuse(slot, due->stage, reply);
    }
    if (slot->pipelined) {
        /* The server understood the second command of a group: its PIPELINING works. */
        bool proof = due->stage == STAGE_RCPT && !slot->failed;
        *transaction->trust =
            proof && *transaction->trust == TRUST_UNPROVEN ? TRUST_PROVEN : *transaction->trust;
        return;
    }
    if (slot->failed) {
        finish(transaction, slot, true);
        enter(transaction, TRANSACTION_IDLE, reply->text);
    } else {
        say(transaction, due->stage == STAGE_MAIL ? STAGE_RCPT : STAGE_DATA, due->slot);
    }
}

static void on_data(struct transaction *transaction, const struct awaited *due,
                    const struct reply *reply)
{
    struct slot *slot = &transaction->slots[due->slot];
    if (reply->code == 354 && !slot->failed) {
        enter(transaction, TRANSACTION_CONTENT, reply->text);
        transaction->content_at = 0;
        transaction->handed = false;
        return;
    }
    if (reply->code == 354) {
        say(transaction, STAGE_DOT, due->slot);
        enter(transaction, TRANSACTION_CLEARING, reply->text);
        finish(transaction, slot, true);
        return;
    }
    refuse(slot, STAGE_DATA, reply);
    finish(transaction, slot, true);
    enter(transaction, TRANSACTION_IDLE, slot->reply.text);
}

static void on_dot(struct transaction *transaction, const struct awaited *due,
                   const struct reply *reply)
{
    struct slot *slot = &transaction->slots[due->slot];
    if (due->lone) {
        enter(transaction, TRANSACTION_IDLE, reply->text);
        return;
    }
    slot->stage = STAGE_DOT;
    slot->reply = *reply;
    finish(transaction, slot, false);
    bool riding = transaction->slots[1 - transaction->now].owner != NULL;
    transaction->now = riding ? 1 - transaction->now : transaction->now;
    enter(transaction, riding ? TRANSACTION_ENVELOPE : TRANSACTION_IDLE, reply->text);
}

static void on_reset(struct transaction *transaction, const struct reply *reply)
{
    if (!reply_is(reply, 2)) {
        transaction_lost(transaction, OUTCOME_LOST, "RSET was refused");
        return;
    }
    transaction->reset_due = false;
    if (!transaction->slots[transaction->now].pipelined) {
        say(transaction, STAGE_MAIL, transaction->now);
    }
}

/* Whether the stage can get this reply at all. */
static bool makes_sense(enum stage stage, const struct reply *reply)
{
    if (reply->garbage || reply->mixed || reply->code == 421) {
        return false;
    }
    bool positive = stage == STAGE_DATA ? reply->code == 354 : reply->code / 100 == 2;
    return positive || reply->code / 100 >= 4;
}

/* The connection ends with this reply, which also answers the message it is about. */
static void end_with(struct transaction *transaction, enum stage stage, int index,
                     const struct reply *reply)
{
    if (index >= 0 && transaction->slots[index].owner != NULL) {
        struct slot *slot = &transaction->slots[index];
        refuse(slot, stage, reply);
        end_slot(transaction, index, OUTCOME_REPLIED, slot->stage, &slot->reply);
        transaction->handed = false;
    }
    transaction_lost(transaction, OUTCOME_LOST, reply->text);
}

static void on_unawaited(struct transaction *transaction, const struct reply *reply)
{
    bool flows =
        transaction->phase == TRANSACTION_CONTENT || transaction->phase == TRANSACTION_READY;
    end_with(transaction, STAGE_CONTENT, flows ? transaction->now : -1, reply);
}

void transaction_reply(struct transaction *transaction, const struct reply *reply)
{
    if (transaction->phase == TRANSACTION_OVER) {
        return;
    }
    if (transaction->awaited_count == 0) {
        on_unawaited(transaction, reply);
        return;
    }
    struct awaited due = transaction->awaited[0];
    transaction->awaited_count--;
    memmove(transaction->awaited, transaction->awaited + 1,
            transaction->awaited_count * sizeof due);
    if (!makes_sense(due.stage, reply) || due.stage == STAGE_QUIT) {
        end_with(transaction, due.stage, due.lone ? -1 : due.slot, reply);
        return;
    }
    switch (due.stage) {
    case STAGE_MAIL:
    case STAGE_RCPT:
        on_envelope(transaction, &due, reply);
        break;
    case STAGE_DATA:
        on_data(transaction, &due, reply);
        break;
    case STAGE_DOT:
        on_dot(transaction, &due, reply);
        break;
    case STAGE_RSET:
        on_reset(transaction, reply);
        break;
    case STAGE_CONTENT:
    case STAGE_QUIT:
        break;
    }
}

bool transaction_awaits(const struct transaction *transaction, enum stage *stage)
{
    if (transaction->phase == TRANSACTION_CONTENT) {
        *stage = STAGE_CONTENT;
        return true;
    }
    if (transaction->awaited_count == 0) {
        return false;
    }
    *stage = transaction->awaited[0].stage;
    return true;
}

static void lose_slot(struct transaction *transaction, int index, enum outcome_kind kind,
                      enum stage stage, const char *text)
{
    struct slot *slot = &transaction->slots[index];
    if (slot->failed) {
        /* The refusal is known; only the replies to the rest of the transaction are missing. */
        end_slot(transaction, index, OUTCOME_REPLIED, slot->stage, &slot->reply);
        return;
    }
    struct reply reply;
    if (kind == OUTCOME_UNWANTED) {
        reply_say(&reply, "%s", text);
    } else {
        reply_say(&reply, "%s (%s)", text, stage_name(stage));
    }
    end_slot(transaction, index, kind, stage, &reply);
}

void transaction_lost(struct transaction *transaction, enum outcome_kind kind, const char *text)
{
    enum stage stage = STAGE_CONTENT;
    transaction_awaits(transaction, &stage);
    int other = 1 - transaction->now;
    if (transaction->slots[transaction->now].owner != NULL) {
        lose_slot(transaction, transaction->now, kind, stage, text);
    }
    if (transaction->slots[other].owner != NULL) {
        lose_slot(transaction, other, OUTCOME_LOST, STAGE_MAIL, text);
    }
    enter(transaction, TRANSACTION_OVER, text);
    transaction->awaited_count = 0;
    buf_reset(&transaction->out);
    transaction->out_at = 0;
}

bool transaction_take_outcome(struct transaction *transaction, struct outcome *outcome)
{
    if (transaction->outcome_count == 0) {
        return false;
    }
    *outcome = transaction->outcomes[0];
    transaction->outcome_count--;
    memmove(transaction->outcomes, transaction->outcomes + 1,
            transaction->outcome_count * sizeof *outcome);
    return true;
}

void *transaction_owner(const struct transaction *transaction)
{
    return transaction->phase == TRANSACTION_IDLE || transaction->phase == TRANSACTION_OVER
               ? NULL
               : transaction->slots[transaction->now].owner;
}
