#include "deliver/letter.h"

#include <string.h>

static struct judgement defer(enum fault fault)
{
    return (struct judgement){.state = DELIVERY_DEFERRED, .fault = fault};
}

/* The connection died, or spoke no SMTP, before the dot was out: the row is innocent, unless it
 * happens to it again and again. */
static struct judgement lost(const struct ending *ending)
{
    bool unproven = ending->pipelined && ending->stage <= STAGE_DATA;
    if (ending->letter->losses < LETTER_LOSSES) {
        return (struct judgement){.again = true, .distrust = unproven};
    }
    return defer(FAULT_RELAY);
}

/* A server that says PIPELINING and cannot do it answers the second command with "bad sequence" or
 * "improper use", or not at all. */
static bool lied(const struct ending *ending)
{
    const struct reply *reply = &ending->reply;
    bool confused = (reply->code == 500 || reply->code == 503) && reply->enhanced[0] == '\0';
    return ending->pipelined && (ending->stage == STAGE_RCPT || ending->stage == STAGE_DATA) &&
           (confused || strncmp(reply->enhanced, "5.5.", 4) == 0);
}

static struct judgement replied(const struct ending *ending)
{
    const struct reply *reply = &ending->reply;
    if (reply->code == 421 && reply_is(reply, 4) && !ending->fresh && ending->letter->losses <= 1) {
        /* The server is tired of the connection, not of the message. */
        return (struct judgement){.again = true};
    }
    if (reply_is(reply, 5) && lied(ending)) {
        return (struct judgement){.again = true, .distrust = true};
    }
    struct reply_class class = classify_reply(ending->stage, reply);
    bool unread = class.state == DELIVERY_DEFERRED && !reply_is(reply, 4) && !reply_is(reply, 5);
    if (unread) {
        return lost(ending);
    }
    return (struct judgement){.state = class.state, .fault = class.fault};
}

bool ending_is_loss(const struct ending *ending)
{
    return ending->fresh || ending->how != ENDED_LOST || ending->stage > STAGE_MAIL;
}

struct judgement ending_judge(const struct ending *ending)
{
    switch (ending->how) {
    case ENDED_REPLIED:
        return replied(ending);
    case ENDED_UNSENT:
        return (struct judgement){.state = DELIVERY_REFUSED, .fault = FAULT_RECIPIENT};
    case ENDED_OURS:
        return defer(FAULT_SENDER);
    case ENDED_UNWANTED:
        return (struct judgement){.state = DELIVERY_SKIPPED};
    case ENDED_LOST:
    case ENDED_TIMED_OUT:
        break;
    }
    if (ending->handed) {
        return (struct judgement){.state = DELIVERY_IN_DOUBT, .fault = FAULT_RELAY};
    }
    bool waited = ending->how == ENDED_TIMED_OUT;
    if (waited &&
        !(ending->pipelined && (ending->stage == STAGE_RCPT || ending->stage == STAGE_DATA))) {
        return defer(FAULT_RELAY);
    }
    return lost(ending);
}
