#include "deliver/classify.h"

#include <stdlib.h>
#include <string.h>

enum {
    AT_MAIL = 1 << STAGE_MAIL,
    AT_RCPT = 1 << STAGE_RCPT,
    AT_DATA = 1 << STAGE_DATA,
    AT_TEXT = 1 << STAGE_CONTENT | 1 << STAGE_DOT,
    AT_RECIPIENT = AT_RCPT | AT_DATA | AT_TEXT,
    AT_ALL = AT_MAIL | AT_RECIPIENT,
};

/* The first row that fits decides. `enhanced` is the enhanced code without its first digit: "1.1"
 * that one, "7." the whole subject, "" any or none, "-" only a reply that has none. */
struct row {
    int stages;
    int low, high; /* reply codes */
    const char *enhanced;
    enum delivery_state state;
    enum fault fault;
};

static const struct row rows[] = {
    /* RFC 5321 3.8, 4.2.1: the server leaves; it says nothing about the message. */
    {AT_ALL, 421, 421, "", DELIVERY_DEFERRED, FAULT_RELAY},
    /* RFC 5321 4.2.1: try again later. 4.7.x is about our authentication (Gmail's 4.7.23, 27, 29
     * to 32) or greylisting; either way later. */
    {AT_MAIL, 400, 499, "", DELIVERY_DEFERRED, FAULT_RELAY},
    {AT_RECIPIENT, 400, 499, "3.", DELIVERY_DEFERRED, FAULT_RELAY},
    {AT_RECIPIENT, 400, 499, "7.", DELIVERY_DEFERRED, FAULT_SENDER},
    {AT_RECIPIENT, 400, 499, "", DELIVERY_DEFERRED, FAULT_RECIPIENT},
    /* MAIL names the sender alone: whatever is refused there is not the recipient's. */
    {AT_MAIL, 500, 599, "", DELIVERY_DEFERRED, FAULT_SENDER},
    /* Recipients that are not there, RFC 3463 3.2 and 3.5: bad mailbox, bad domain, bad syntax,
     * moved, null MX (RFC 7505); 4.4 no route to the domain. */
    {AT_RECIPIENT, 500, 599, "1.1", DELIVERY_REFUSED, FAULT_RECIPIENT},
    {AT_RECIPIENT, 500, 599, "1.2", DELIVERY_REFUSED, FAULT_RECIPIENT},
    {AT_RECIPIENT, 500, 599, "1.3", DELIVERY_REFUSED, FAULT_RECIPIENT},
    {AT_RECIPIENT, 500, 599, "1.6", DELIVERY_REFUSED, FAULT_RECIPIENT},
    {AT_RECIPIENT, 500, 599, "1.10", DELIVERY_REFUSED, FAULT_RECIPIENT},
    {AT_RECIPIENT, 500, 599, "4.4", DELIVERY_REFUSED, FAULT_RECIPIENT},
    /* RFC 3463 3.2: 1.7 and 1.8 are about the sender's address. */
    {AT_RECIPIENT, 500, 599, "1.7", DELIVERY_DEFERRED, FAULT_SENDER},
    {AT_RECIPIENT, 500, 599, "1.8", DELIVERY_DEFERRED, FAULT_SENDER},
    /* RFC 3463 3.3: 2.1 disabled; 2.2 full, which passes: later. */
    {AT_RECIPIENT, 500, 599, "2.1", DELIVERY_REFUSED, FAULT_RECIPIENT},
    {AT_RECIPIENT, 500, 599, "2.2", DELIVERY_DEFERRED, FAULT_RECIPIENT},
    /* RFC 3463 3.4: a system that is full, takes no mail or is set up wrongly is so for all. */
    {AT_RECIPIENT, 500, 599, "3.1", DELIVERY_DEFERRED, FAULT_RELAY},
    {AT_RECIPIENT, 500, 599, "3.2", DELIVERY_DEFERRED, FAULT_RELAY},
    {AT_RECIPIENT, 500, 599, "3.5", DELIVERY_DEFERRED, FAULT_RELAY},
    /* Ours: 3.4 too big; 5.x protocol; 6.x content; 7.x policy and authentication, among them
     * Gmail's 5.7.25 to 30 and Microsoft's 5.7.515. */
    {AT_RECIPIENT, 500, 599, "3.4", DELIVERY_DEFERRED, FAULT_SENDER},
    {AT_RECIPIENT, 500, 599, "5.", DELIVERY_DEFERRED, FAULT_SENDER},
    {AT_RECIPIENT, 500, 599, "6.", DELIVERY_DEFERRED, FAULT_SENDER},
    {AT_RECIPIENT, 500, 599, "7.", DELIVERY_DEFERRED, FAULT_SENDER},
    /* Without an enhanced code, RFC 5321 4.2.3: 552 exceeded storage: the mailbox at RCPT, our
     * size later; 500 and 502 to 504 the server does not understand our commands; 530 to 538 it
     * wants authentication (RFC 4954 6); 555 it does not know our parameters. */
    {AT_RCPT, 552, 552, "-", DELIVERY_DEFERRED, FAULT_RECIPIENT},
    {AT_DATA | AT_TEXT, 552, 552, "-", DELIVERY_DEFERRED, FAULT_SENDER},
    {AT_RECIPIENT, 500, 500, "-", DELIVERY_DEFERRED, FAULT_RELAY},
    {AT_RECIPIENT, 502, 504, "-", DELIVERY_DEFERRED, FAULT_RELAY},
    {AT_RECIPIENT, 530, 538, "-", DELIVERY_DEFERRED, FAULT_SENDER},
    {AT_RECIPIENT, 555, 555, "-", DELIVERY_DEFERRED, FAULT_RELAY},
    /* Everything else that is for good was said about a transaction with this one recipient. */
    {AT_RECIPIENT, 500, 599, "", DELIVERY_REFUSED, FAULT_RECIPIENT},
};

const char *stage_name(enum stage stage)
{
    static const char *const names[] = {"RSET",     "MAIL",          "RCPT", "DATA",
                                        "the text", "the final dot", "QUIT"};
    return names[stage];
}

static bool enhanced_fits(const char *pattern, const char *enhanced)
{
    if (*pattern == '\0') {
        return true;
    }
    if (*pattern == '-' || *enhanced == '\0') {
        return *pattern == '-' && *enhanced == '\0';
    }
    size_t len = strlen(pattern);
    const char *code = enhanced + 2;
    return pattern[len - 1] == '.' ? strncmp(code, pattern, len) == 0 : strcmp(code, pattern) == 0;
}

static bool row_fits(const struct row *row, enum stage stage, const struct reply *reply)
{
    return (row->stages & 1 << stage) != 0 && reply->code >= row->low && reply->code <= row->high &&
           enhanced_fits(row->enhanced, reply->enhanced);
}

/* What cannot be read as an answer: in doubt once the dot is out, harmless before. */
static struct reply_class unreadable(enum stage stage)
{
    enum delivery_state state = stage == STAGE_DOT ? DELIVERY_IN_DOUBT : DELIVERY_DEFERRED;
    return (struct reply_class){state, FAULT_RELAY};
}

struct reply_class classify_reply(enum stage stage, const struct reply *reply)
{
    if (reply->garbage || reply->mixed) {
        return unreadable(stage);
    }
    if (stage == STAGE_DOT && reply->code / 100 == 2) {
        return (struct reply_class){.state = DELIVERY_SENT};
    }
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (row_fits(&rows[i], stage, reply)) {
            return (struct reply_class){rows[i].state, rows[i].fault};
        }
    }
    return unreadable(stage);
}
