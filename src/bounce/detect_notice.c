/*
 * Notices of mail services in JSON, by mail: those of Amazon SES, as SES publishes them to SNS and
 * SNS forwards them, bare or in SNS's own envelope ("Message" is a string of JSON). A footer of SNS
 * may follow. The names are those of "Contents of Amazon SNS notifications for Amazon SES" and of
 * its event publishing.
 */
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "bounce/detect.h"
#include "bounce/recipient.h"
#include "bounce/status.h"

static const char *text_of(const struct value *object, const char *name)
{
    const struct value *value = value_find(object, name);
    return value != NULL && value->kind == VALUE_TEXT ? value->text : "";
}

static const struct value *first_of(const struct value *object, const char *name)
{
    const struct value *list = value_find(object, name);
    return list != NULL && list->kind == VALUE_LIST ? list->first : NULL;
}

/* The length of the object that begins at `text`; 0 if it does not end. */
static size_t object_length(const char *text, size_t len)
{
    size_t depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < len; i++) {
        if (quoted && text[i] == '\\') {
            i++;
        } else if (quoted) {
            quoted = text[i] != '"';
        } else if (text[i] == '"') {
            quoted = true;
        } else if (text[i] == '{') {
            depth++;
        } else if (text[i] == '}' && --depth == 0) {
            return i + 1;
        }
    }
    return 0;
}

static const struct value *read_object(struct detection *detection, const char *text, size_t len)
{
    struct value *value = NULL;
    struct failure none = {0};
    size_t start = 0;
    while (start < len && strchr(" \t\n", text[start]) != NULL) {
        start++;
    }
    if (start == len || text[start] != '{') {
        return NULL;
    }
    len = object_length(text + start, len - start);
    return len > 0 && json_read(detection->arena, "", text + start, len, &value, &none) ? value
                                                                                        : NULL;
}

static const char *kind_of(const struct value *notice)
{
    const char *kind = text_of(notice, "notificationType");
    return kind[0] != '\0' ? kind : text_of(notice, "eventType");
}

/* The notice in the message; NULL if there is none. */
static const struct value *find_notice(struct detection *detection)
{
    for (size_t i = 0; i < detection->split->count; i++) {
        const struct split_part *part = &detection->split->parts[i];
        if (part->kind != SPLIT_TEXT || part->depth != 0) {
            continue;
        }
        const struct value *notice = read_object(detection, part->text, part->len);
        const char *message = text_of(notice, "Message");
        if (message[0] != '\0') {
            notice = read_object(detection, message, strlen(message));
        }
        const struct value *mail = value_find(notice, "mail");
        if (mail != NULL && mail->kind == VALUE_OBJECT && kind_of(notice)[0] != '\0') {
            return notice;
        }
    }
    return NULL;
}

/* A recipient is an object with an address, or the address alone. */
static const char *address_of(const struct value *recipient)
{
    return recipient->kind == VALUE_TEXT ? recipient->text : text_of(recipient, "emailAddress");
}

/* Uses SES's own type if the server's words give no reason. */
static void take_type(const struct value *bounce, struct bounce_recipient *recipient)
{
    static const struct {
        const char *subtype;
        enum bounce_reason reason;
    } subtypes[] = {{"NoEmail", REASON_USER_UNKNOWN},
                    {"Suppressed", REASON_DISABLED},
                    {"OnAccountSuppressionList", REASON_DISABLED},
                    {"MailboxFull", REASON_MAILBOX_FULL},
                    {"MessageTooLarge", REASON_TOO_BIG},
                    {"ContentRejected", REASON_CONTENT},
                    {"AttachmentRejected", REASON_CONTENT}};
    bool permanent = strcmp(text_of(bounce, "bounceType"), "Permanent") == 0;
    const char *subtype = text_of(bounce, "bounceSubType");
    for (size_t i = 0; i < sizeof subtypes / sizeof subtypes[0]; i++) {
        if (strcmp(subtype, subtypes[i].subtype) == 0) {
            recipient->reason = subtypes[i].reason;
        }
    }
    recipient->class = status_class(recipient->reason, permanent);
}

static void judge_bounced(struct detection *detection, const struct value *bounce,
                          const struct value *bounced, struct bounce_recipient *recipient)
{
    struct bounce_status status = {0};
    const char *said = text_of(bounced, "diagnosticCode");
    status_parse(text_of(bounced, "status"), &status);
    recipient_classify(detection->arena, said, strlen(said), REFUSAL_REPORT, &status, recipient);
    bool permanent = strcmp(text_of(bounce, "bounceType"), "Permanent") == 0;
    bool listed = strcasestr(text_of(bounce, "bounceSubType"), "suppress") != NULL;
    if (listed || recipient->reason == REASON_UNDETERMINED) {
        take_type(bounce, recipient); /* SES does not try to deliver to an address on its
                                         suppression list */
    } else if (!permanent && recipient->class == BOUNCE_HARD) {
        recipient->class = BOUNCE_SOFT;
    }
    if (detection->report->text[0] == '\0') {
        detect_say(detection, said, strlen(said));
    }
}

static void read_bounce(struct detection *detection, const struct value *bounce)
{
    for (const struct value *one = first_of(bounce, "bouncedRecipients"); one != NULL;
         one = one->next) {
        struct bounce_recipient recipient = {0};
        if (detect_only_address(address_of(one), recipient.address)) {
            judge_bounced(detection, bounce, one, &recipient);
            bounce_report_add(detection->report, &recipient);
        }
    }
    detect_conclude(detection, DETECTOR_NOTICE);
}

static void read_list(struct detection *detection, const struct value *first,
                      enum bounce_class class, enum bounce_reason reason)
{
    char address[BOUNCE_ADDRESS];
    detect_answer(detection, class, reason, DETECTOR_NOTICE);
    for (const struct value *one = first; one != NULL; one = one->next) {
        if (detect_only_address(address_of(one), address)) {
            detect_add(detection, address, class, reason);
        }
    }
}

static void read_complaint(struct detection *detection, const struct value *complaint)
{
    enum bounce_class class = BOUNCE_COMPLAINT;
    enum bounce_reason reason = REASON_ABUSE;
    const char *type = text_of(complaint, "complaintFeedbackType");
    if (type[0] != '\0') {
        detect_feedback_type(type, &class, &reason);
    }
    read_list(detection, first_of(complaint, "complainedRecipients"), class, reason);
}

/* Reads our tokens from the envelope sender and from the header as it was sent. */
static void read_tokens(struct detection *detection, const struct value *mail)
{
    static const char *const names[] = {"Return-Path", "List-Unsubscribe", "Message-ID"};
    detect_token_value(detection, text_of(mail, "source"));
    for (const struct value *field = first_of(mail, "headers"); field != NULL;
         field = field->next) {
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            if (strcasecmp(text_of(field, "name"), names[i]) == 0) {
                detect_token_value(detection, text_of(field, "value"));
            }
        }
    }
}

bool detect_notice(struct detection *detection)
{
    const struct value *notice = detection->evidence.reply ? NULL : find_notice(detection);
    if (notice == NULL) {
        return false;
    }
    const struct value *mail = value_find(notice, "mail");
    const char *kind = kind_of(notice);
    read_tokens(detection, mail);
    if (strcmp(kind, "Bounce") == 0) {
        read_bounce(detection, value_find(notice, "bounce"));
    } else if (strcmp(kind, "Complaint") == 0) {
        read_complaint(detection, value_find(notice, "complaint"));
    } else if (strcmp(kind, "Delivery") == 0) {
        read_list(detection, first_of(value_find(notice, "delivery"), "recipients"),
                  BOUNCE_AUTO_REPLY, REASON_RECEIPT);
    } else if (strcmp(kind, "DeliveryDelay") == 0) {
        read_list(detection, first_of(value_find(notice, "deliveryDelay"), "delayedRecipients"),
                  BOUNCE_DELAYED, REASON_UNDETERMINED);
    } else if (strcmp(kind, "Reject") == 0) {
        read_list(detection, first_of(mail, "destination"), BOUNCE_SOFT, REASON_VIRUS);
    } else {
        detect_answer(detection, BOUNCE_UNKNOWN, REASON_UNDETERMINED, DETECTOR_NOTICE);
    }
    detection->report->automatic = true;
    return true;
}
