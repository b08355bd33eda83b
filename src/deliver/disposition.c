#include "deliver/disposition.h"

#include <string.h>

static struct disposition defer(void)
{
    return (struct disposition){.state = DELIVERY_DEFERRED};
}

/* The connection died, or spoke no SMTP, before the dot was out: the message is not to blame,
 * unless it happens to it again and again. */
static struct disposition lost(const struct outcome *outcome, int losses)
{
    bool unproven = outcome->pipelined && outcome->stage <= STAGE_DATA;
    if (losses < DISPOSITION_LOSSES) {
        return (struct disposition){.again = true, .distrust = unproven};
    }
    return defer();
}

/* A server that says PIPELINING and cannot do it answers the second command with "bad sequence" or
 * "improper use", or not at all. */
static bool lied(const struct outcome *outcome)
{
    const struct reply *reply = &outcome->reply;
    bool confused = (reply->code == 500 || reply->code == 503) && reply->enhanced[0] == '\0';
    return outcome->pipelined && (outcome->stage == STAGE_RCPT || outcome->stage == STAGE_DATA) &&
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
static struct disposition refused(const struct outcome *outcome, const char *host)
{
    const struct reply *reply = &outcome->reply;
    const struct refusal_question question = {.command = command_of(outcome->stage),
                                              .code = reply->code,
                                              .enhanced = reply->enhanced,
                                              .words = reply->text,
                                              .host = host};
    struct refusal refusal = refusal_read(&question);
    return (struct disposition){.state = refusal.settles ? DELIVERY_REFUSED : DELIVERY_DEFERRED,
                                .refused = true,
                                .refusal = refusal};
}

/* What cannot be read as an answer: in doubt once the dot is out, harmless before. */
static struct disposition unreadable(const struct outcome *outcome, int losses)
{
    return outcome->stage == STAGE_DOT ? (struct disposition){.state = DELIVERY_IN_DOUBT}
                                       : lost(outcome, losses);
}

static struct disposition replied(const struct outcome *outcome, int losses, const char *host)
{
    const struct reply *reply = &outcome->reply;
    if (outcome->stage == STAGE_DOT && reply_is(reply, 2)) {
        return (struct disposition){.state = DELIVERY_SENT};
    }
    if (reply->code == 421 && reply_is(reply, 4) && !outcome->fresh && losses <= 1) {
        /* The server is tired of the connection, not of the message. */
        return (struct disposition){.again = true};
    }
    if (!reply_is(reply, 4) && !reply_is(reply, 5)) {
        return unreadable(outcome, losses);
    }
    if (reply_is(reply, 5) && lied(outcome)) {
        return (struct disposition){.again = true, .distrust = true};
    }
    return refused(outcome, host);
}

bool disposition_counts_loss(const struct outcome *outcome)
{
    return outcome->fresh || outcome->kind != OUTCOME_LOST || outcome->stage > STAGE_MAIL;
}

struct disposition disposition_of(const struct outcome *outcome, int losses, const char *host)
{
    switch (outcome->kind) {
    case OUTCOME_REPLIED:
        return replied(outcome, losses, host);
    case OUTCOME_UNSENT:
        return (struct disposition){.state = DELIVERY_REFUSED};
    case OUTCOME_OURS:
        return defer();
    case OUTCOME_UNWANTED:
        return (struct disposition){.state = DELIVERY_SKIPPED};
    case OUTCOME_LOST:
    case OUTCOME_TIMED_OUT:
        break;
    }
    if (outcome->handed) {
        return (struct disposition){.state = DELIVERY_IN_DOUBT};
    }
    bool waited = outcome->kind == OUTCOME_TIMED_OUT;
    if (waited &&
        !(outcome->pipelined && (outcome->stage == STAGE_RCPT || outcome->stage == STAGE_DATA))) {
        return defer();
    }
    return lost(outcome, losses);
}
