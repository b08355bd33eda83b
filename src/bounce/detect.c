/* Shared by all detectors: naming recipients, and stating what was found. */
#include "bounce/detect.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"

void detect_answer(struct detection *detection, enum bounce_class class, enum bounce_reason reason,
                   enum bounce_detector detector)
{
    detection->report->class = class;
    detection->report->reason = reason;
    detection->report->detector = detector;
    detection->report->automatic = detection->evidence.automatic || detection->evidence.daemon ||
                                   detection->evidence.null_path;
}

bool detect_add(struct detection *detection, const char *address, enum bounce_class class,
                enum bounce_reason reason)
{
    struct bounce_recipient recipient = {.class = class, .reason = reason};
    snprintf(recipient.address, sizeof recipient.address, "%s", address);
    return bounce_report_add(detection->report, &recipient);
}

void detect_say(struct detection *detection, const char *text, size_t len)
{
    char *out = detection->report->text;
    size_t used = 0, start = 0;
    bool blank = false;
    while (start < len && text[start] != '\0' && strchr(" \t\n:;,.<>)", text[start]) != NULL) {
        start++; /* punctuation before the address */
    }
    for (size_t i = start; i < len && used + 8 < BOUNCE_TEXT;) {
        uint32_t point;
        size_t size = utf8_decode(text + i, len - i, &point);
        if (point <= ' ' || (point >= 0x7f && point < 0xa0) || point == '>') {
            blank = used > 0;
        } else {
            if (blank) {
                out[used++] = ' ';
            }
            blank = false;
            memcpy(out + used, text + i, size);
            used += size;
        }
        i += size;
    }
    while (used > 0 && strchr(" <(-", out[used - 1]) != NULL) {
        used--; /* the beginning of the next character */
    }
    out[utf8_tame(out, used)] = '\0';
}

/* Removes recipients without an address; their blocks have been read by now. */
static void drop_nameless(struct bounce_report *report)
{
    size_t kept = 0;
    for (size_t i = 0; i < report->recipient_count; i++) {
        if (report->recipients[i].address[0] != '\0') {
            report->recipients[kept++] = report->recipients[i];
        }
    }
    report->recipient_count = kept;
}

void detect_conclude(struct detection *detection, enum bounce_detector detector)
{
    struct bounce_report *report = detection->report;
    struct bounce_recipient *first = &report->recipients[0];
    for (size_t i = 1; i < report->recipient_count; i++) {
        enum bounce_class class = report->recipients[i].class;
        bool failed = first->class == BOUNCE_HARD || first->class == BOUNCE_SOFT;
        if (!failed && (class == BOUNCE_HARD || class == BOUNCE_SOFT)) {
            struct bounce_recipient other = *first;
            *first = report->recipients[i];
            report->recipients[i] = other;
        }
    }
    report->detector = detector;
    report->class = first->class;
    report->reason = first->reason;
    report->code = first->code;
    report->status = first->status;
    report->automatic = true;
    drop_nameless(report);
}

bool detect_only_address(const char *value, char out[BOUNCE_ADDRESS])
{
    struct candidate first, second;
    if (value == NULL || !candidate_first(value, strlen(value), false, &first)) {
        return false;
    }
    size_t used = first.end;
    bool several = candidate_first(value + used, strlen(value) - used, false, &second) &&
                   strcasecmp(first.address, second.address) != 0;
    memcpy(out, first.address, BOUNCE_ADDRESS);
    return !several && strncasecmp(first.address, "redacted@", 9) != 0;
}

static bool returned_field(const struct split_fields *fields, char out[BOUNCE_ADDRESS])
{
    static const char *const names[] = {"x-hmxmroriginalrecipient",
                                        "x-envelope-to",
                                        "x-original-to",
                                        "x-actual-recipient",
                                        "original-recipient",
                                        "apparently-to",
                                        "to",
                                        NULL};
    for (size_t i = 0; names[i] != NULL; i++) {
        if (detect_only_address(split_find(fields, names[i]), out)) {
            return true;
        }
    }
    for (size_t i = 0; i < fields->count; i++) {
        const char *value = fields->list[i].value;
        const char *at =
            strcmp(fields->list[i].name, "received") == 0 ? strstr(value, " for <") : NULL;
        if (at != NULL && candidate_field(at + 5, out)) {
            return true;
        }
    }
    return false;
}

bool detect_returned_recipient(const struct detection *detection, char out[BOUNCE_ADDRESS])
{
    if (detection->returned != NULL && returned_field(detection->returned, out)) {
        return true;
    }
    return returned_field(&detection->evidence.body.returned, out);
}

static bool is_ours(const struct detection *detection, const char *address)
{
    for (size_t i = 0; i < detection->own_count; i++) {
        if (strcasecmp(detection->own[i], address) == 0) {
            return strcasecmp(address, detection->evidence.from) != 0;
        }
    }
    return false;
}

bool detect_blames_us(const struct detection *detection, const char *said,
                      const struct bounce_recipient *recipient)
{
    bool ours = false;
    struct candidate candidate;
    if (recipient->class != BOUNCE_HARD || recipient->address[0] == '\0' ||
        is_ours(detection, recipient->address)) {
        return false;
    }
    while (candidate_first(said, strlen(said), false, &candidate)) {
        if (strcasecmp(candidate.address, recipient->address) == 0) {
            return false;
        }
        ours = ours || is_ours(detection, candidate.address);
        said += candidate.end;
    }
    return ours;
}

void detect_feedback_type(const char *type, enum bounce_class *class, enum bounce_reason *reason)
{
    *class = BOUNCE_COMPLAINT;
    *reason = REASON_ABUSE;
    if (strncasecmp(type, "opt-out", 7) == 0) {
        *class = BOUNCE_UNSUBSCRIBE;
        *reason = REASON_OPT_OUT;
    } else if (strncasecmp(type, "not-spam", 8) == 0) {
        *class = BOUNCE_AUTO_REPLY;
        *reason = REASON_NOT_SPAM;
    } else if (strncasecmp(type, "auth-failure", 12) == 0) {
        *class = BOUNCE_MAIL;
        *reason = REASON_AUTHENTICATION;
    }
}
