#include "bounce/classify.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/fold.h"
#include "base/utf8.h"
#include "bounce/auth_results.h"
#include "bounce/detect.h"
#include "bounce/quotes.h"
#include "bounce/recipient.h"
#include "bounce/status.h"
#include "bounce/words.h"

static void add_own(struct detection *detection, const struct split_fields *fields,
                    const char *const *names)
{
    for (size_t n = 0; names[n] != NULL; n++) {
        const char *value = split_find(fields, names[n]);
        struct candidate candidate;
        while (value != NULL && detection->own_count < DETECT_OWN &&
               candidate_first(value, strlen(value), false, &candidate)) {
            detection->own[detection->own_count++] =
                arena_copy(detection->arena, candidate.address);
            value += candidate.end;
        }
    }
}

static void find_own(struct detection *detection)
{
    static const char *const top[] = {
        "to", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "from", "reply-to",
        NULL};
    static const char *const back[] = {"from",      "return-path",     "sender", "reply-to",
                                       "errors-to", "x-envelope-from", NULL};
    add_own(detection, &detection->split->fields, top);
    if (detection->returned != NULL) {
        add_own(detection, detection->returned, back);
    }
    add_own(detection, &detection->evidence.body.returned, back);
}

static void find_returned(struct detection *detection)
{
    for (size_t i = 0; i < detection->split->count; i++) {
        const struct split_part *part = &detection->split->parts[i];
        if (part->kind == SPLIT_RETURNED && part->fields.count > 0) {
            detection->returned = &part->fields;
            return;
        }
    }
}

static void find_subject(struct detection *detection)
{
    const struct split_fields *named[] = {detection->returned, &detection->evidence.body.returned};
    for (size_t i = 0; i < 2; i++) {
        const char *subject = named[i] == NULL ? NULL : split_find(named[i], "subject");
        if (subject != NULL) {
            quotes_take(detection->arena, &detection->evidence.body, subject);
        }
    }
}

static bool detect_feedback(struct detection *detection)
{
    const struct split_part *part = NULL;
    for (size_t i = 0; i < detection->split->count && part == NULL; i++) {
        const struct split_part *other = &detection->split->parts[i];
        part = other->kind == SPLIT_FEEDBACK && other->depth == 0 ? other : NULL;
    }
    if (part == NULL) {
        return false;
    }
    struct split_fields fields;
    split_read_fields(detection->arena, part->text, part->len, &fields, NULL);
    const char *type = split_find(&fields, "feedback-type");
    enum bounce_class class;
    enum bounce_reason reason;
    detect_feedback_type(type == NULL ? "abuse" : type, &class, &reason);
    detect_answer(detection, class, reason, DETECTOR_FEEDBACK);
    char address[BOUNCE_ADDRESS];
    if (detect_only_address(split_find(&fields, "original-rcpt-to"), address) ||
        detect_only_address(split_find(&fields, "removal-recipient"), address) ||
        detect_returned_recipient(detection, address)) {
        detect_add(detection, address, class, reason);
    }
    return true;
}

/* Feedback loops without a report part: the message itself is sent back. */
static bool detect_old_feedback(struct detection *detection)
{
    static const char *const senders[] = {"staff@hotmail.com", "staff@live.com", "scomp@aol.net",
                                          "scomp@aol.com", NULL};
    const char *path = split_find(&detection->split->fields, "return-path");
    const char *original = split_find(&detection->split->fields, "x-hmxmroriginalrecipient");
    if (original == NULL && detection->returned != NULL) {
        original = split_find(detection->returned, "x-hmxmroriginalrecipient");
    }
    bool known = original != NULL;
    for (size_t i = 0; senders[i] != NULL; i++) {
        known = known || strcasecmp(detection->evidence.from, senders[i]) == 0 ||
                (path != NULL && strcasestr(path, senders[i]) != NULL);
    }
    if (!known) {
        return false;
    }
    char address[BOUNCE_ADDRESS];
    detect_answer(detection, BOUNCE_COMPLAINT, REASON_ABUSE, DETECTOR_HEADER);
    if (detect_only_address(original, address) || detect_returned_recipient(detection, address)) {
        detect_add(detection, address, BOUNCE_COMPLAINT, REASON_ABUSE);
    }
    return true;
}

static bool detect_disposition(struct detection *detection)
{
    for (size_t i = 0; i < detection->split->count; i++) {
        const struct split_part *part = &detection->split->parts[i];
        if (part->kind == SPLIT_DISPOSITION && part->depth == 0) {
            struct split_fields fields;
            split_read_fields(detection->arena, part->text, part->len, &fields, NULL);
            const char *final = split_find(&fields, "final-recipient");
            char address[BOUNCE_ADDRESS];
            detect_answer(detection, BOUNCE_AUTO_REPLY, REASON_RECEIPT, DETECTOR_DISPOSITION);
            if (final != NULL && candidate_field(final, address)) {
                detect_add(detection, address, BOUNCE_AUTO_REPLY, REASON_RECEIPT);
            }
            return true;
        }
    }
    return false;
}

static bool detect_challenge(struct detection *detection)
{
    const struct evidence *evidence = &detection->evidence;
    if (evidence->list || (!words_say(MEANING_CHALLENGE, evidence->subject) &&
                           !words_say(MEANING_CHALLENGE, evidence->body.folded))) {
        return false;
    }
    detect_answer(detection, BOUNCE_CHALLENGE, REASON_NONE, DETECTOR_TEXT);
    detection->report->automatic = true;
    return true;
}

static void add_sender(struct detection *detection, enum bounce_reason reason)
{
    if (detection->evidence.from[0] != '\0') {
        detect_add(detection, detection->evidence.from, detection->report->class, reason);
    }
}

/* Whether the message came to PREFIX+something@ or PREFIX@. */
static bool sent_to(const struct detection *detection, const char *prefix)
{
    for (size_t i = 0; i < detection->own_count; i++) {
        size_t len = strlen(prefix);
        const char *address = detection->own[i];
        if (strncasecmp(address, prefix, len) == 0 && strchr("+@-", address[len]) != NULL) {
            return true;
        }
    }
    return false;
}

static bool answers_by_its_words(const struct detection *detection)
{
    const struct evidence *evidence = &detection->evidence;
    uint64_t said = words_meanings(SET_FORM, evidence->body.folded);
    bool answer = (said & words_bit(MEANING_AUTO_TEXT)) != 0;
    bool automatic = answer || (said & words_bit(MEANING_AUTO_MACHINE)) != 0;
    bool machine = evidence->automatic || evidence->null_path;
    if (sent_to(detection, "unsubscribe")) {
        return false; /* programs write such a mail on the reader's behalf, and say so */
    }
    /* People mention their holidays too. */
    bool person = evidence->letter && evidence->quoting;
    return machine ? automatic : evidence->reply && answer && !person;
}

static bool detect_auto_reply(struct detection *detection)
{
    const struct evidence *evidence = &detection->evidence;
    enum bounce_detector detector = DETECTOR_NONE;
    if (evidence->replied) {
        detector = DETECTOR_HEADER;
    } else if (!evidence->list && evidence->auto_subject) {
        detector = DETECTOR_SUBJECT;
    } else if (!evidence->list && answers_by_its_words(detection)) {
        detector = DETECTOR_TEXT;
    }
    if (detector == DETECTOR_NONE) {
        return false;
    }
    detect_answer(detection, BOUNCE_AUTO_REPLY, REASON_VACATION, detector);
    detection->report->automatic = true;
    add_sender(detection, REASON_VACATION);
    return true;
}

/* The first line of a short message. */
static const char *only_line(const struct detection *detection)
{
    const struct evidence_text *body = &detection->evidence.body;
    size_t start = strspn(body->text, " \t\r\n");
    if (start >= body->len || strlen(body->folded) > 200) {
        return "";
    }
    size_t len = strcspn(body->text + start, ".!\n");
    return fold_text(detection->arena, body->text + start, len, 200);
}

static bool detect_unsubscribe(struct detection *detection)
{
    const struct evidence *evidence = &detection->evidence;
    enum bounce_detector detector = DETECTOR_NONE;
    if (sent_to(detection, "unsubscribe")) {
        detector = DETECTOR_ENVELOPE;
    } else if (!evidence->list && words_say(MEANING_LEAVE, evidence->subject)) {
        detector = DETECTOR_SUBJECT;
    } else if (!evidence->list && words_say(MEANING_LEAVE, only_line(detection))) {
        detector = DETECTOR_TEXT;
    }
    if (detector == DETECTOR_NONE || (evidence->daemon && detector != DETECTOR_ENVELOPE)) {
        return false;
    }
    detect_answer(detection, BOUNCE_UNSUBSCRIBE, REASON_OPT_OUT, detector);
    add_sender(detection, REASON_OPT_OUT);
    return true;
}

/* An empty file, or noise: no header except that of the server that accepted it, and no readable
 * letter. */
static bool says_nothing(const struct detection *detection)
{
    static const char *const names[] = {"from",       "sender",   "to",          "subject", "date",
                                        "message-id", "received", "return-path", NULL};
    const struct evidence_text *body = &detection->evidence.body;
    bool said = false;
    for (size_t i = 0; names[i] != NULL && !said; i++) {
        said = split_find(&detection->split->fields, names[i]) != NULL;
    }
    for (size_t i = 0; i < body->len && !said; i++) {
        said = isalnum((unsigned char)body->text[i]) || (unsigned char)body->text[i] >= 0x80;
    }
    return !said;
}

static void detect_rest(struct detection *detection)
{
    const struct evidence *evidence = &detection->evidence;
    bool named = evidence->daemon_address || evidence->daemon_strong || evidence->null_path ||
                 (evidence->daemon && evidence->bounce_subject != MEANING_NONE);
    bool letter =
        evidence->letter && !evidence->null_path && !evidence->automatic && !evidence->returned;
    bool machine = evidence->daemon && named && !evidence->reply && !evidence->list &&
                   !evidence->quoting && !letter;
    if (machine || detect_machine(detection) ||
        (evidence->null_path && evidence->bounce_subject != MEANING_NONE) ||
        says_nothing(detection)) {
        detect_answer(detection, BOUNCE_UNKNOWN, REASON_UNDETERMINED, DETECTOR_NONE);
    } else {
        detect_answer(detection, BOUNCE_MAIL, REASON_PERSON, DETECTOR_NONE);
    }
}

/* In the order in which they are called; the first that recognises the message decides. */
static bool (*const detectors[])(struct detection *detection) = {
    detect_notice,    /* a mail service's JSON */
    detect_aggregate, /* reports about our domain: DMARC, TLS (RFC 9990, 8460) */
    detect_feedback,  /* RFC 5965 */
    detect_old_feedback, detect_disposition, /* RFC 8098 */
    detect_dsn,                              /* RFC 3464 */
    detect_text,                             /* a bounce recognised by its words */
    detect_challenge,    detect_auto_reply,  detect_unsubscribe,
};
enum { DETECTORS_ASKED = sizeof detectors / sizeof detectors[0] };

void classify(struct arena *arena, const struct split *split, struct bounce_report *report)
{
    struct detection *detection = arena_alloc(arena, sizeof *detection);
    *detection = (struct detection){.arena = arena, .split = split, .report = report};
    *report = (struct bounce_report){0};
    evidence_read(arena, split, &detection->evidence);
    find_returned(detection);
    find_own(detection);
    find_subject(detection);
    detect_tokens(detection);
    size_t at = 0;
    while (at < DETECTORS_ASKED && !detectors[at](detection)) {
        at++;
    }
    if (at == DETECTORS_ASKED) {
        detect_rest(detection);
    }
    if (report->class == BOUNCE_COMPLAINT) {
        detect_links(detection);
    }
    auth_results_read(arena, &split->fields, report);
}
