#include "deliver/disposition.h"

#include <string.h>

static struct disposition defer(void)
{
    return (struct disposition){.state = DELIVERY_DEFERRED};
}

/* The connection broke, or did not speak SMTP, before the dot was sent: the message is not at
 * fault, unless this happens to it repeatedly. */
static struct disposition lost(const struct outcome *outcome, int losses)
{
    bool unproven = outcome->pipelined && outcome->stage <= STAGE_DATA;
    if (losses < DISPOSITION_LOSSES) {
        return (struct disposition){.again = true, .distrust = unproven};
    }
    return defer();
}

/* A server that offers PIPELINING but does not support it answers the second command with "bad
 * sequence" or "improper use", or not at all. */
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

/* Only a refusal that is certainly about the recipient is final. Every other one waits: it says
 * nothing about the reader and ends when somebody has fixed the cause. */
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

/* The reply cannot be read: in doubt once the dot was sent, harmless before. */
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
        /* The server closes the connection; the message is fine. */
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
