#include "bounce/report.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

const char *bounce_class_name(enum bounce_class class)
{
    static const char *const names[BOUNCE_CLASSES] = {
        [BOUNCE_UNKNOWN] = "unknown",
        [BOUNCE_MAIL] = "ordinary",
        [BOUNCE_HARD] = "hard",
        [BOUNCE_SOFT] = "soft",
        [BOUNCE_DELAYED] = "delayed",
        [BOUNCE_COMPLAINT] = "complaint",
        [BOUNCE_AUTO_REPLY] = "auto-reply",
        [BOUNCE_UNSUBSCRIBE] = "unsubscribe",
        [BOUNCE_CONFIRM] = "confirmation",
        [BOUNCE_CHALLENGE] = "challenge",
        [BOUNCE_REPORT] = "report",
    };
    assert(class < BOUNCE_CLASSES);
    return names[class];
}

const char *bounce_reason_name(enum bounce_reason reason)
{
    static const char *const names[REASON_COUNT] = {
        [REASON_NONE] = "none",
        [REASON_USER_UNKNOWN] = "user unknown",
        [REASON_HOST_UNKNOWN] = "domain unknown",
        [REASON_DISABLED] = "mailbox disabled",
        [REASON_MOVED] = "moved away",
        [REASON_NO_MAIL] = "domain takes no mail",
        [REASON_UNAVAILABLE] = "mailbox unavailable",
        [REASON_MAILBOX_FULL] = "mailbox full",
        [REASON_SUSPENDED] = "mailbox suspended",
        [REASON_SENDER] = "sender refused",
        [REASON_AUTHENTICATION] = "authentication failed",
        [REASON_BLOCKED] = "sending host blocked",
        [REASON_SPAM] = "taken for spam",
        [REASON_VIRUS] = "taken for a virus",
        [REASON_POLICY] = "refused by policy",
        [REASON_RELAYING] = "relaying denied",
        [REASON_TOO_BIG] = "message too big",
        [REASON_CONTENT] = "content refused",
        [REASON_TOO_FAST] = "too many messages",
        [REASON_GREYLISTED] = "greylisted",
        [REASON_EXPIRED] = "retries exhausted",
        [REASON_NETWORK] = "host out of reach",
        [REASON_LOOP] = "mail loop",
        [REASON_SYSTEM] = "system error",
        [REASON_PROTOCOL] = "protocol error",
        [REASON_UNDETERMINED] = "undetermined",
        [REASON_ABUSE] = "reported as spam",
        [REASON_OPT_OUT] = "asked to leave",
        [REASON_NOT_SPAM] = "reported as not spam",
        [REASON_RECEIPT] = "receipt",
        [REASON_VACATION] = "automatic reply",
        [REASON_PERSON] = "written by a person",
        [REASON_DMARC_REPORT] = "DMARC report",
        [REASON_TLS_REPORT] = "TLS report",
    };
    assert(reason < REASON_COUNT);
    return names[reason];
}

const char *bounce_detector_name(enum bounce_detector detector)
{
    static const char *const names[DETECTOR_COUNT] = {
        [DETECTOR_NONE] = "none",       [DETECTOR_ENVELOPE] = "envelope-token",
        [DETECTOR_DSN] = "dsn",         [DETECTOR_FEEDBACK] = "feedback",
        [DETECTOR_TEXT] = "text",       [DETECTOR_HEADER] = "header",
        [DETECTOR_SUBJECT] = "subject", [DETECTOR_DISPOSITION] = "mdn",
        [DETECTOR_NOTICE] = "notice",
    };
    assert(detector < DETECTOR_COUNT);
    return names[detector];
}

void bounce_status_format(const struct bounce_status *status, char out[BOUNCE_STATUS_TEXT])
{
    out[0] = '\0';
    if (status->class != 0) {
        snprintf(out, BOUNCE_STATUS_TEXT, "%d.%d.%d", status->class % 10, status->subject % 1000,
                 status->detail % 1000);
    }
}

struct bounce_recipient *bounce_report_find(struct bounce_report *report, const char *address)
{
    for (size_t i = 0; i < report->recipient_count; i++) {
        if (strcasecmp(report->recipients[i].address, address) == 0) {
            return &report->recipients[i];
        }
    }
    return NULL;
}

int bounce_outcome(enum bounce_class class)
{
    static const int outcomes[BOUNCE_CLASSES] = {
        [BOUNCE_HARD] = 1, [BOUNCE_SOFT] = 2, [BOUNCE_DELAYED] = 3, [BOUNCE_AUTO_REPLY] = 4};
    assert(class < BOUNCE_CLASSES);
    return outcomes[class];
}

bool bounce_report_add(struct bounce_report *report, const struct bounce_recipient *recipient)
{
    if (report->recipient_count == BOUNCE_PEOPLE ||
        bounce_report_find(report, recipient->address) != NULL) {
        return false;
    }
    report->recipients[report->recipient_count++] = *recipient;
    return true;
}
