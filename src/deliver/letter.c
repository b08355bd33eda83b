#include "deliver/letter.h"

#include <string.h>

static struct judgement defer(void)
{
    return (struct judgement){.state = DELIVERY_DEFERRED};
}

/* The connection died, or spoke no SMTP, before the dot was out: the row is innocent, unless it
 * happens to it again and again. */
static struct judgement lost(const struct ending *ending)
{
    bool unproven = ending->pipelined && ending->stage <= STAGE_DATA;
    if (ending->letter->losses < LETTER_LOSSES) {
        return (struct judgement){.again = true, .distrust = unproven};
    }
    return defer();
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

static enum refusal_command command_of(enum stage stage)
{
    switch (stage) {
    case STAGE_RSET:
    case STAGE_MAIL:
        return REFUSAL_MAIL;
    case STAGE_RCPT:
        return REFUSAL_RCPT;
    case STAGE_DATA:
        return REFUSAL_DATA;
    case STAGE_CONTENT:
    case STAGE_DOT:
    case STAGE_QUIT:
        break;
    }
    return REFUSAL_TEXT;
}

/* Refused is what surely speaks of the recipient. All else waits: it says nothing about the
 * reader, and passes when somebody has mended it. */
static struct judgement refused(const struct ending *ending, const char *host)
{
    const struct reply *reply = &ending->reply;
    const struct refusal_question question = {.command = command_of(ending->stage),
                                              .code = reply->code,
                                              .enhanced = reply->enhanced,
                                              .words = reply->text,
                                              .host = host};
    struct refusal refusal = refusal_read(&question);
    return (struct judgement){.state = refusal.settles ? DELIVERY_REFUSED : DELIVERY_DEFERRED,
                              .refused = true,
                              .refusal = refusal};
}

/* What cannot be read as an answer: in doubt once the dot is out, harmless before. */
static struct judgement unreadable(const struct ending *ending)
{
    return ending->stage == STAGE_DOT ? (struct judgement){.state = DELIVERY_IN_DOUBT}
                                      : lost(ending);
}

static struct judgement replied(const struct ending *ending, const char *host)
{
    const struct reply *reply = &ending->reply;
    if (ending->stage == STAGE_DOT && reply_is(reply, 2)) {
        return (struct judgement){.state = DELIVERY_SENT};
    }
    if (reply->code == 421 && reply_is(reply, 4) && !ending->fresh && ending->letter->losses <= 1) {
        /* The server is tired of the connection, not of the message. */
        return (struct judgement){.again = true};
    }
    if (!reply_is(reply, 4) && !reply_is(reply, 5)) {
        return unreadable(ending);
    }
    if (reply_is(reply, 5) && lied(ending)) {
        return (struct judgement){.again = true, .distrust = true};
    }
    return refused(ending, host);
}

bool ending_is_loss(const struct ending *ending)
{
    return ending->fresh || ending->how != ENDED_LOST || ending->stage > STAGE_MAIL;
}

struct judgement ending_judge(const struct ending *ending, const char *host)
{
    switch (ending->how) {
    case ENDED_REPLIED:
        return replied(ending, host);
    case ENDED_UNSENT:
        return (struct judgement){.state = DELIVERY_REFUSED};
    case ENDED_OURS:
        return defer();
    case ENDED_UNWANTED:
        return (struct judgement){.state = DELIVERY_SKIPPED};
    case ENDED_LOST:
    case ENDED_TIMED_OUT:
        break;
    }
    if (ending->handed) {
        return (struct judgement){.state = DELIVERY_IN_DOUBT};
    }
    bool waited = ending->how == ENDED_TIMED_OUT;
    if (waited &&
        !(ending->pipelined && (ending->stage == STAGE_RCPT || ending->stage == STAGE_DATA))) {
        return defer();
    }
    return lost(ending);
}
