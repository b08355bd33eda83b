#include "deliver/transaction.h"

#include <assert.h>
#include <string.h>

enum { TALK_MESSAGE_MAX = 64 * 1024 * 1024, TALK_OUT_MAX = 4096 };

void talk_init(struct talk *talk, enum trust *trust)
{
    *talk = (struct talk){.phase = TALK_OVER, .trust = trust};
    buf_init(&talk->out, TALK_OUT_MAX);
    for (int i = 0; i < 2; i++) {
        buf_init(&talk->parcels[i].message.bytes, TALK_MESSAGE_MAX);
    }
}

void talk_free(struct talk *talk)
{
    buf_free(&talk->out);
    for (int i = 0; i < 2; i++) {
        buf_free(&talk->parcels[i].message.bytes);
    }
}

void talk_start(struct talk *talk, const struct relay_offer *offer)
{
    assert(talk->parcels[0].letter == NULL && talk->parcels[1].letter == NULL);
    assert(talk->ending_count == 0);
    talk->phase = TALK_IDLE;
    talk->offer = *offer;
    talk->now = 0;
    buf_reset(&talk->out);
    talk->out_at = 0;
    talk->content_at = 0;
    talk->reset_due = false;
    talk->handed = false;
    talk->completed = 0;
    talk->awaited_count = 0;
}

static void await(struct talk *talk, enum stage stage, int parcel, bool lone)
{
    assert(talk->awaited_count < TALK_AWAITED);
    talk->awaited[talk->awaited_count++] =
        (struct awaited){.stage = stage, .lone = lone, .parcel = parcel};
}

static void say(struct talk *talk, enum stage stage, int parcel)
{
    struct parcel *in = parcel >= 0 ? &talk->parcels[parcel] : NULL;
    const char *sender = in != NULL ? in->message.envelope_sender : "";
    switch (stage) {
    case STAGE_RSET:
        buf_add_text(&talk->out, "RSET\r\n");
        break;
    case STAGE_MAIL:
        buf_addf(&talk->out, "MAIL FROM:<%s>", sender);
        if (talk->offer.size) {
            buf_addf(&talk->out, " SIZE=%zu", in->message.bytes.len);
        }
        if (content_check_needs_utf8(&in->letter->row, &in->message)) {
            buf_add_text(&talk->out, " SMTPUTF8");
        }
        buf_add_text(&talk->out, "\r\n");
        break;
    case STAGE_RCPT:
        buf_addf(&talk->out, "RCPT TO:<%s>\r\n", in->letter->row.address);
        break;
    case STAGE_DATA:
        buf_add_text(&talk->out, "DATA\r\n");
        break;
    case STAGE_CONTENT:
    case STAGE_DOT:
        buf_add_text(&talk->out, ".\r\n");
        break;
    case STAGE_QUIT:
        buf_add_text(&talk->out, "QUIT\r\n");
        break;
    }
    assert(buf_ok(&talk->out));
    await(talk, stage, parcel, stage == STAGE_DOT && in != NULL && in->failed);
}

static void end_parcel(struct talk *talk, int index, enum how how, enum stage stage,
                       const struct reply *reply)
{
    struct parcel *parcel = &talk->parcels[index];
    assert(parcel->letter != NULL && talk->ending_count < TALK_ENDINGS);
    talk->endings[talk->ending_count++] = (struct ending){
        .letter = parcel->letter,
        .how = how,
        .stage = stage,
        .reply = *reply,
        .handed = stage == STAGE_DOT && talk->handed,
        .fresh = talk->completed == 0,
        .pipelined = parcel->pipelined && *talk->trust != TRUST_PROVEN,
    };
    parcel->letter = NULL;
}

static bool content_check(struct talk *talk, int index, bool *open, struct failure *why)
{
    struct parcel *parcel = &talk->parcels[index];
    enum content_check_answer answer;
    const char *reason;
    if (!content_check_message(&parcel->letter->row, &parcel->message, &talk->offer, &answer,
                               &reason, why)) {
        return false;
    }
    *open = answer == CONTENT_CHECK_OPEN;
    if (!*open) {
        struct reply reply;
        reply_say(&reply, "%s", reason);
        end_parcel(talk, index, answer == CONTENT_CHECK_RECIPIENT ? ENDED_UNSENT : ENDED_OURS,
                   STAGE_MAIL, &reply);
    }
    return true;
}

static void say_envelope(struct talk *talk, int index)
{
    struct parcel *parcel = &talk->parcels[index];
    parcel->pipelined = talk->offer.pipelining && *talk->trust != TRUST_BROKEN;
    if (talk->reset_due) {
        say(talk, STAGE_RSET, -1);
    }
    if (parcel->pipelined) {
        say(talk, STAGE_MAIL, index);
        say(talk, STAGE_RCPT, index);
        say(talk, STAGE_DATA, index);
    } else if (!talk->reset_due) {
        say(talk, STAGE_MAIL, index);
    }
}

static bool take_letter(struct talk *talk, int index, struct letter *letter, bool *open,
                        struct failure *why)
{
    struct parcel *parcel = &talk->parcels[index];
    parcel->letter = letter;
    parcel->failed = false;
    if (!content_check(talk, index, open, why)) {
        parcel->letter = NULL;
        return false;
    }
    return true;
}

static int vacant(const struct talk *talk)
{
    return talk->phase == TALK_IDLE ? talk->now : 1 - talk->now;
}

struct deliver_message *talk_vacant(struct talk *talk)
{
    assert(talk->parcels[vacant(talk)].letter == NULL);
    return &talk->parcels[vacant(talk)].message;
}

bool talk_begin(struct talk *talk, struct letter *letter, struct failure *why)
{
    assert(talk->phase == TALK_IDLE && talk->parcels[talk->now].letter == NULL);
    bool open;
    if (!take_letter(talk, talk->now, letter, &open, why)) {
        return false;
    }
    if (open) {
        talk->phase = TALK_ENVELOPE;
        say_envelope(talk, talk->now);
    }
    return true;
}

bool talk_may_ride(const struct talk *talk)
{
    return talk->offer.pipelining && *talk->trust == TRUST_PROVEN;
}

bool talk_release(struct talk *talk, struct letter *ahead, struct failure *why)
{
    assert(talk->phase == TALK_READY && (ahead == NULL || talk_may_ride(talk)));
    bool open = false;
    if (ahead != NULL && !take_letter(talk, vacant(talk), ahead, &open, why)) {
        return false;
    }
    talk->phase = TALK_DOT;
    say(talk, STAGE_DOT, talk->now);
    if (open) {
        say_envelope(talk, 1 - talk->now);
    }
    return true;
}

void talk_quit(struct talk *talk)
{
    assert(talk->phase == TALK_IDLE);
    talk->phase = TALK_QUIT;
    say(talk, STAGE_QUIT, -1);
}

const char *talk_output(const struct talk *talk, size_t *len)
{
    if (talk->out_at < talk->out.len) {
        *len = talk->out.len - talk->out_at;
        return talk->out.data + talk->out_at;
    }
    if (talk->phase == TALK_CONTENT) {
        const struct buf *bytes = &talk->parcels[talk->now].message.bytes;
        *len = bytes->len - talk->content_at;
        return bytes->data + talk->content_at;
    }
    *len = 0;
    return "";
}

bool talk_output_is_dot(const struct talk *talk)
{
    return talk->phase == TALK_DOT && !talk->handed && talk->out.len > 0;
}

void talk_hand_dot(struct talk *talk)
{
    assert(talk_output_is_dot(talk));
    talk->handed = true;
}

void talk_sent(struct talk *talk, size_t len)
{
    if (talk->out_at < talk->out.len) {
        talk->handed = talk->handed || (talk->phase == TALK_DOT && len > 0);
        talk->out_at += len;
        assert(talk->out_at <= talk->out.len);
        if (talk->out_at == talk->out.len) {
            buf_reset(&talk->out);
            talk->out_at = 0;
        }
        return;
    }
    assert(talk->phase == TALK_CONTENT);
    talk->content_at += len;
    if (talk->content_at == talk->parcels[talk->now].message.bytes.len) {
        talk->phase = TALK_READY;
    }
}

/* The letter in hand has its answer; the connection goes on. */
static void finish(struct talk *talk, const struct parcel *parcel, bool reset)
{
    int index = (int)(parcel - talk->parcels);
    end_parcel(talk, index, ENDED_REPLIED, parcel->stage, &parcel->reply);
    talk->completed++;
    talk->reset_due = talk->reset_due || reset;
    talk->handed = false;
}

static void refuse(struct parcel *parcel, enum stage stage, const struct reply *reply)
{
    if (!parcel->failed) {
        parcel->failed = true;
        parcel->stage = stage;
        parcel->reply = *reply;
    }
}

static void on_envelope(struct talk *talk, const struct awaited *due, const struct reply *reply)
{
    struct parcel *parcel = &talk->parcels[due->parcel];
    if (!reply_is(reply, 2)) {
        refuse(parcel, due->stage, reply);
    }
    if (parcel->pipelined) {
        /* The second command of a group was understood: the server can do it. */
        bool proof = due->stage == STAGE_RCPT && !parcel->failed;
        *talk->trust = proof && *talk->trust == TRUST_UNPROVEN ? TRUST_PROVEN : *talk->trust;
        return;
    }
    if (parcel->failed) {
        finish(talk, parcel, true);
        talk->phase = TALK_IDLE;
    } else {
        say(talk, due->stage == STAGE_MAIL ? STAGE_RCPT : STAGE_DATA, due->parcel);
    }
}

static void on_data(struct talk *talk, const struct awaited *due, const struct reply *reply)
{
    struct parcel *parcel = &talk->parcels[due->parcel];
    if (reply->code == 354 && !parcel->failed) {
        talk->phase = TALK_CONTENT;
        talk->content_at = 0;
        talk->handed = false;
        return;
    }
    if (reply->code == 354) {
        say(talk, STAGE_DOT, due->parcel);
        talk->phase = TALK_CLEARING;
        finish(talk, parcel, true);
        return;
    }
    refuse(parcel, STAGE_DATA, reply);
    finish(talk, parcel, true);
    talk->phase = TALK_IDLE;
}

static void on_dot(struct talk *talk, const struct awaited *due, const struct reply *reply)
{
    struct parcel *parcel = &talk->parcels[due->parcel];
    if (due->lone) {
        talk->phase = TALK_IDLE;
        return;
    }
    parcel->stage = STAGE_DOT;
    parcel->reply = *reply;
    finish(talk, parcel, false);
    bool riding = talk->parcels[1 - talk->now].letter != NULL;
    talk->now = riding ? 1 - talk->now : talk->now;
    talk->phase = riding ? TALK_ENVELOPE : TALK_IDLE;
}

static void on_reset(struct talk *talk, const struct reply *reply)
{
    if (!reply_is(reply, 2)) {
        talk_lost(talk, ENDED_LOST, "RSET was refused");
        return;
    }
    talk->reset_due = false;
    if (!talk->parcels[talk->now].pipelined) {
        say(talk, STAGE_MAIL, talk->now);
    }
}

/* Whether the reply is one that the stage can have. */
static bool makes_sense(enum stage stage, const struct reply *reply)
{
    if (reply->garbage || reply->mixed || reply->code == 421) {
        return false;
    }
    bool positive = stage == STAGE_DATA ? reply->code == 354 : reply->code / 100 == 2;
    return positive || reply->code / 100 >= 4;
}

/* The connection ends with this reply: it is the answer to the letter it speaks of. */
static void end_with(struct talk *talk, enum stage stage, int index, const struct reply *reply)
{
    if (index >= 0 && talk->parcels[index].letter != NULL) {
        struct parcel *parcel = &talk->parcels[index];
        refuse(parcel, stage, reply);
        end_parcel(talk, index, ENDED_REPLIED, parcel->stage, &parcel->reply);
        talk->handed = false;
    }
    talk_lost(talk, ENDED_LOST, reply->text);
}

static void on_unawaited(struct talk *talk, const struct reply *reply)
{
    bool flows = talk->phase == TALK_CONTENT || talk->phase == TALK_READY;
    end_with(talk, STAGE_CONTENT, flows ? talk->now : -1, reply);
}

void talk_reply(struct talk *talk, const struct reply *reply)
{
    if (talk->phase == TALK_OVER) {
        return;
    }
    if (talk->awaited_count == 0) {
        on_unawaited(talk, reply);
        return;
    }
    struct awaited due = talk->awaited[0];
    talk->awaited_count--;
    memmove(talk->awaited, talk->awaited + 1, talk->awaited_count * sizeof due);
    if (!makes_sense(due.stage, reply) || due.stage == STAGE_QUIT) {
        end_with(talk, due.stage, due.lone ? -1 : due.parcel, reply);
        return;
    }
    switch (due.stage) {
    case STAGE_MAIL:
    case STAGE_RCPT:
        on_envelope(talk, &due, reply);
        break;
    case STAGE_DATA:
        on_data(talk, &due, reply);
        break;
    case STAGE_DOT:
        on_dot(talk, &due, reply);
        break;
    case STAGE_RSET:
        on_reset(talk, reply);
        break;
    case STAGE_CONTENT:
    case STAGE_QUIT:
        break;
    }
}

bool talk_awaits(const struct talk *talk, enum stage *stage)
{
    if (talk->phase == TALK_CONTENT) {
        *stage = STAGE_CONTENT;
        return true;
    }
    if (talk->awaited_count == 0) {
        return false;
    }
    *stage = talk->awaited[0].stage;
    return true;
}

static void lose_parcel(struct talk *talk, int index, enum how how, enum stage stage,
                        const char *text)
{
    struct parcel *parcel = &talk->parcels[index];
    if (parcel->failed) {
        /* The refusal is known, only the rest of the transaction is not. */
        end_parcel(talk, index, ENDED_REPLIED, parcel->stage, &parcel->reply);
        return;
    }
    struct reply reply;
    if (how == ENDED_UNWANTED) {
        reply_say(&reply, "%s", text);
    } else {
        reply_say(&reply, "%s (%s)", text, stage_name(stage));
    }
    end_parcel(talk, index, how, stage, &reply);
}

void talk_lost(struct talk *talk, enum how how, const char *text)
{
    enum stage stage = STAGE_CONTENT;
    talk_awaits(talk, &stage);
    int other = 1 - talk->now;
    if (talk->parcels[talk->now].letter != NULL) {
        lose_parcel(talk, talk->now, how, stage, text);
    }
    if (talk->parcels[other].letter != NULL) {
        lose_parcel(talk, other, ENDED_LOST, STAGE_MAIL, text);
    }
    talk->phase = TALK_OVER;
    talk->awaited_count = 0;
    buf_reset(&talk->out);
    talk->out_at = 0;
}

bool talk_take_ending(struct talk *talk, struct ending *ending)
{
    if (talk->ending_count == 0) {
        return false;
    }
    *ending = talk->endings[0];
    talk->ending_count--;
    memmove(talk->endings, talk->endings + 1, talk->ending_count * sizeof *ending);
    return true;
}

struct letter *talk_letter(const struct talk *talk)
{
    return talk->phase == TALK_IDLE || talk->phase == TALK_OVER ? NULL
                                                                : talk->parcels[talk->now].letter;
}
