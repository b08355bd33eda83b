#include "bounce/status.h"

#include <ctype.h>
#include <string.h>

enum bounce_reason status_refusal(const struct refusal *refusal)
{
    static const enum bounce_reason names[REFUSAL_REASONS] = {
        [REFUSAL_UNDETERMINED] = REASON_UNDETERMINED,
        [REFUSAL_USER_UNKNOWN] = REASON_USER_UNKNOWN,
        [REFUSAL_HOST_UNKNOWN] = REASON_HOST_UNKNOWN,
        [REFUSAL_DISABLED] = REASON_DISABLED,
        [REFUSAL_MOVED] = REASON_MOVED,
        [REFUSAL_NO_MAIL] = REASON_NO_MAIL,
        [REFUSAL_UNAVAILABLE] = REASON_UNAVAILABLE,
        [REFUSAL_MAILBOX_FULL] = REASON_MAILBOX_FULL,
        [REFUSAL_SUSPENDED] = REASON_SUSPENDED,
        [REFUSAL_MAILBOX_LIMIT] = REASON_TOO_BIG,
        [REFUSAL_GREYLISTED] = REASON_GREYLISTED,
        [REFUSAL_AUTHENTICATION] = REASON_AUTHENTICATION,
        [REFUSAL_BLOCKED] = REASON_BLOCKED,
        [REFUSAL_TOO_FAST] = REASON_TOO_FAST,
        [REFUSAL_POLICY] = REASON_POLICY,
        [REFUSAL_QUOTA] = REASON_TOO_FAST,
        [REFUSAL_ACCOUNT] = REASON_SENDER,
        [REFUSAL_LOGIN] = REASON_AUTHENTICATION,
        [REFUSAL_SENDER] = REASON_SENDER,
        [REFUSAL_UNVERIFIED] = REASON_SENDER,
        [REFUSAL_RELAYING] = REASON_RELAYING,
        [REFUSAL_LOOP] = REASON_LOOP,
        [REFUSAL_NETWORK] = REASON_NETWORK,
        [REFUSAL_EXPIRED] = REASON_EXPIRED,
        [REFUSAL_SYSTEM] = REASON_SYSTEM,
        [REFUSAL_PROTOCOL] = REASON_PROTOCOL,
        [REFUSAL_SPAM] = REASON_SPAM,
        [REFUSAL_VIRUS] = REASON_VIRUS,
        [REFUSAL_BODY] = REASON_CONTENT,
        [REFUSAL_TOO_BIG] = REASON_TOO_BIG,
        [REFUSAL_SIGNATURE] = REASON_CONTENT,
    };
    return refusal->source[0] == '\0' ? REASON_NONE : names[refusal->reason];
}

static enum bounce_reason ask(int code, const char *enhanced)
{
    const struct refusal_question question = {
        .command = REFUSAL_REPORT, .code = code, .enhanced = enhanced};
    struct refusal refusal = refusal_read(&question);
    return status_refusal(&refusal);
}

enum bounce_reason status_reason(const struct bounce_status *status)
{
    char enhanced[BOUNCE_STATUS_TEXT];
    bounce_status_format(status, enhanced);
    return status->class == 0 ? REASON_NONE : ask(0, enhanced);
}

enum bounce_reason status_code_reason(int code)
{
    return ask(code, "");
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

/* "5.1.1" at `text`; returns its length, 0 if it is not a status code. */
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

/* Whether it is part of a longer number, an IP address, a version or a word. */
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

/* A reply code is at the start of a line or after a word that announces it, and is followed by a
 * space, a hyphen or the end: "port 587" and "[192.0.2.5]" are not reply codes. */
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
