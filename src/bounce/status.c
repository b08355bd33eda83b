#include "bounce/status.h"

#include <ctype.h>
#include <string.h>

/* Rows are looked up from the top; -1 is any number. */
struct status_row {
    int class, subject, detail;
    enum bounce_reason reason;
    const char *source;
};

static const struct status_row status_rows[] = {
    {5, 1, 1, REASON_USER_UNKNOWN, "RFC 3463 3.2: bad destination mailbox address"},
    {5, 1, 2, REASON_HOST_UNKNOWN, "RFC 3463 3.2: bad destination system address"},
    {5, 1, 3, REASON_USER_UNKNOWN, "RFC 3463 3.2: bad destination address syntax"},
    {5, 1, 4, REASON_UNDETERMINED, "RFC 3463 3.2: ambiguous; the address may live"},
    {5, 1, 5, REASON_UNDETERMINED, "RFC 3463 3.2: destination valid"},
    {5, 1, 6, REASON_MOVED, "RFC 3463 3.2: moved, no forwarding address"},
    {5, 1, 7, REASON_SENDER, "RFC 3463 3.2: bad sender's address syntax"},
    {5, 1, 8, REASON_SENDER, "RFC 3463 3.2: bad sender's system address"},
    {5, 1, 9, REASON_PROTOCOL, "RFC 5248: message relayed to non-compliant mailer"},
    {5, 1, 10, REASON_NO_MAIL, "RFC 7505: null MX; Exchange Online: recipient not found"},
    {5, 1, 90, REASON_TOO_FAST, "Exchange Online: sender's daily limit"},
    {5, 1, 0, REASON_USER_UNKNOWN, "RFC 3463 3.2: other address status, of the recipient"},
    {5, 1, -1, REASON_UNDETERMINED, "not registered; Exchange gives them to senders"},
    {5, 2, 1, REASON_DISABLED, "RFC 3463 3.3: mailbox disabled"},
    {-1, 2, 2, REASON_MAILBOX_FULL, "RFC 3463 3.3: mailbox full"},
    {-1, 2, 3, REASON_TOO_BIG, "RFC 3463 3.3: length exceeds administrative limit"},
    {-1, 2, 4, REASON_SYSTEM, "RFC 3463 3.3: mailing list expansion problem"},
    {4, 2, 1, REASON_SUSPENDED, "RFC 3463 3.3: disabled, for a while"},
    {-1, 3, 1, REASON_MAILBOX_FULL, "RFC 3463 3.4: mail system full"},
    {-1, 3, 2, REASON_SYSTEM, "RFC 3463 3.4: not accepting messages now"},
    {-1, 3, 3, REASON_PROTOCOL, "RFC 3463 3.4: not capable of selected features"},
    {-1, 3, 4, REASON_TOO_BIG, "RFC 3463 3.4: message too big for system"},
    {-1, 3, 5, REASON_SYSTEM, "RFC 3463 3.4: system incorrectly configured"},
    {-1, 4, 1, REASON_NETWORK, "RFC 3463 3.5: no answer from host"},
    {-1, 4, 2, REASON_NETWORK, "RFC 3463 3.5: bad connection"},
    {-1, 4, 3, REASON_NETWORK, "RFC 3463 3.5: directory server failure"},
    {5, 4, 4, REASON_HOST_UNKNOWN, "RFC 3463 3.5: unable to route"},
    {4, 4, 4, REASON_NETWORK, "RFC 3463 3.5: unable to route, for a while"},
    {-1, 4, 5, REASON_SYSTEM, "RFC 3463 3.5: congestion"},
    {-1, 4, 6, REASON_LOOP, "RFC 3463 3.5: routing loop"},
    {-1, 4, 7, REASON_EXPIRED, "RFC 3463 3.5: delivery time expired"},
    {-1, 4, 14, REASON_LOOP, "Exchange Online: hop count exceeded"},
    {-1, 4, 300, REASON_EXPIRED, "Exchange Online: message expired"},
    {5, 4, 310, REASON_HOST_UNKNOWN, "Exchange Online: DNS domain does not exist"},
    {-1, 4, 316, REASON_EXPIRED, "Exchange Online: message expired, connection refused"},
    {-1, 4, -1, REASON_NETWORK, "RFC 3463 3.5: other network status"},
    {-1, 5, -1, REASON_PROTOCOL, "RFC 3463 3.6: protocol status"},
    {-1, 6, -1, REASON_CONTENT, "RFC 3463 3.7: content or media status"},
    {-1, 7, 20, REASON_AUTHENTICATION, "RFC 7372: no passing DKIM signature"},
    {-1, 7, 21, REASON_AUTHENTICATION, "RFC 7372: no acceptable DKIM signature"},
    {-1, 7, 22, REASON_AUTHENTICATION, "RFC 7372: DKIM author does not match"},
    {-1, 7, 23, REASON_AUTHENTICATION, "RFC 7372: SPF failed"},
    {-1, 7, 24, REASON_AUTHENTICATION, "RFC 7372: SPF error"},
    {-1, 7, 25, REASON_AUTHENTICATION, "RFC 7372: reverse DNS failed"},
    {-1, 7, 26, REASON_AUTHENTICATION, "RFC 7372: several checks failed; Gmail's sender rules"},
    {-1, 7, 27, REASON_AUTHENTICATION, "RFC 7505: sender has null MX; Gmail: SPF"},
    {-1, 7, 28, REASON_TOO_FAST, "IANA: mail flood; Gmail: rate"},
    {-1, 7, 29, REASON_AUTHENTICATION, "Gmail: TLS or ARC"},
    {-1, 7, 30, REASON_AUTHENTICATION, "IANA: REQUIRETLS; Gmail: DKIM"},
    {-1, 7, 515, REASON_AUTHENTICATION, "Outlook.com: sender's authentication level"},
    {-1, 7, -1, REASON_POLICY, "RFC 3463 3.8: security or policy status"},
    {0, 0, 0, REASON_NONE, NULL},
};

static bool row_fits(const struct status_row *row, const struct bounce_status *status)
{
    return (row->class == -1 || row->class == status->class) && row->subject == status->subject &&
           (row->detail == -1 || row->detail == status->detail);
}

enum bounce_reason status_reason(const struct bounce_status *status)
{
    for (const struct status_row *row = status_rows; row->source != NULL; row++) {
        if (status->class != 0 && row_fits(row, status)) {
            return row->reason;
        }
    }
    return REASON_NONE;
}

enum bounce_reason status_code_reason(int code)
{
    switch (code) {
    case 551: /* RFC 5321 4.2.3: user not local */
        return REASON_USER_UNKNOWN;
    case 452:
    case 552: /* exceeded storage allocation */
    case 522: /* what some write for it, from 5.2.2 */
        return REASON_MAILBOX_FULL;
    case 421:
    case 451:
        return REASON_SYSTEM;
    default:
        return REASON_NONE;
    }
}

bool status_generic(const struct bounce_status *status)
{
    if (status->detail == 0) {
        return true;
    }
    return status->subject == 7 && status->detail == 1;
}

enum bounce_class status_class(enum bounce_reason reason, bool permanent)
{
    bool dead = reason >= REASON_USER_UNKNOWN && reason <= REASON_UNAVAILABLE;
    return dead && permanent ? BOUNCE_HARD : BOUNCE_SOFT;
}

/* A number of at most three digits at `text`; -1 if there is none or it is longer. */
static int read_number(const char *text, const char *end, size_t *digits)
{
    int number = 0;
    size_t count = 0;
    while (text + count < end && isdigit((unsigned char)text[count]) && count < 4) {
        number = number * 10 + (text[count] - '0');
        count++;
    }
    *digits = count;
    return count == 0 || count > 3 ? -1 : number;
}

/* "5.1.1" at `text`; gives its length, 0 if it is none. */
static size_t read_status(const char *text, const char *end, struct bounce_status *status)
{
    if (text >= end || (*text != '2' && *text != '4' && *text != '5')) {
        return 0;
    }
    int numbers[3] = {*text - '0', 0, 0};
    const char *at = text + 1;
    for (int i = 1; i < 3; i++) {
        size_t digits;
        if (at >= end || *at != '.') {
            return 0;
        }
        numbers[i] = read_number(at + 1, end, &digits);
        if (numbers[i] < 0) {
            return 0;
        }
        at += 1 + digits;
    }
    *status = (struct bounce_status){numbers[0], numbers[1], numbers[2]};
    return (size_t)(at - text);
}

bool status_parse(const char *text, struct bounce_status *status)
{
    *status = (struct bounce_status){0};
    while (*text == ' ' || *text == '\t') {
        text++;
    }
    return read_status(text, text + strlen(text), status) > 0;
}

/* Part of a longer number, an IP address, a version, a word. */
static bool inside_number(const char *text, const char *start, const char *after, const char *end)
{
    if (start > text) {
        unsigned char before = (unsigned char)start[-1];
        if (isalnum(before) || before == '.' || before == '_' || before == '/' || before == '$') {
            return true;
        }
        /* "mail-5.1.1", but not "550-5.1.1". */
        if (before == '-' && (start - text < 2 || !isdigit((unsigned char)start[-2]))) {
            return true;
        }
    }
    if (after >= end) {
        return false;
    }
    bool point = *after == '.' && after + 1 < end && isdigit((unsigned char)after[1]);
    return point || isalnum((unsigned char)*after) || *after == '_';
}

/* A reply code stands at the start of a line or behind a word that announces it, and is followed
 * by a space, a hyphen or the end: "port 587" and "[192.0.2.5]" are none. */
static bool reply_code_here(const char *text, const char *start, const char *end)
{
    static const char *const unlikely[] = {"port ",    "line ", " id ",   "size ", "limit ",
                                           "version ", "than ", "after ", "of ",   NULL};
    for (size_t i = 0; unlikely[i] != NULL; i++) {
        size_t len = strlen(unlikely[i]);
        if ((size_t)(start - text) >= len && memcmp(start - len, unlikely[i], len) == 0) {
            return false;
        }
    }
    const char *after = start + 3;
    if (after < end && strchr(" -\t\r\n,;:#)(.'\"<", *after) == NULL) {
        return false;
    }
    return start == text || strchr(" \t\n\r:;(#[<>'\"-=", start[-1]) != NULL;
}

void status_scan(const char *text, size_t len, struct status_codes *codes)
{
    const char *end = text + len;
    *codes = (struct status_codes){0};
    for (const char *at = text; at < end; at++) {
        struct bounce_status status;
        size_t used = 0;
        if (codes->status.class == 0) {
            used = read_status(at, end, &status);
        }
        if (used > 0 && status.class != 2 && !inside_number(text, at, at + used, end)) {
            codes->status = status;
            at += used - 1;
            continue;
        }
        bool digits = (*at == '4' || *at == '5') && end - at >= 3 && at[1] >= '0' && at[1] <= '7' &&
                      isdigit((unsigned char)at[2]);
        if (codes->code == 0 && digits && !inside_number(text, at, at + 3, end) &&
            reply_code_here(text, at, end)) {
            codes->code = (*at - '0') * 100 + (at[1] - '0') * 10 + (at[2] - '0');
        }
    }
}
