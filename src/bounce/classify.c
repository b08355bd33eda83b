#include "bounce/classify.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/fold.h"
#include "base/utf8.h"
#include "bounce/detect.h"
#include "bounce/quotes.h"
#include "bounce/status.h"
#include "bounce/verdict.h"
#include "bounce/voucher.h"
#include "bounce/words.h"

static void add_own(struct look *look, const struct split_fields *fields, const char *const *names)
{
    for (size_t n = 0; names[n] != NULL; n++) {
        const char *value = split_find(fields, names[n]);
        struct mention mention;
        while (value != NULL && look->own_count < LOOK_OWN &&
               mention_first(value, strlen(value), false, &mention)) {
            look->own[look->own_count++] = arena_copy(look->arena, mention.address);
            value += mention.end;
        }
    }
}

static void find_own(struct look *look)
{
    static const char *const top[] = {
        "to", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "from", "reply-to",
        NULL};
    static const char *const back[] = {"from",      "return-path",     "sender", "reply-to",
                                       "errors-to", "x-envelope-from", NULL};
    add_own(look, &look->split->fields, top);
    if (look->returned != NULL) {
        add_own(look, look->returned, back);
    }
    add_own(look, &look->signs.body.returned, back);
}

static void find_returned(struct look *look)
{
    for (size_t i = 0; i < look->split->count; i++) {
        const struct split_part *part = &look->split->parts[i];
        if (part->kind == SPLIT_RETURNED && part->fields.count > 0) {
            look->returned = &part->fields;
            return;
        }
    }
}

static void find_subject(struct look *look)
{
    const struct split_fields *named[] = {look->returned, &look->signs.body.returned};
    for (size_t i = 0; i < 2; i++) {
        const char *subject = named[i] == NULL ? NULL : split_find(named[i], "subject");
        if (subject != NULL) {
            quotes_take(look->arena, &look->signs.body, subject);
        }
    }
}

static bool look_feedback(struct look *look)
{
    const struct split_part *part = NULL;
    for (size_t i = 0; i < look->split->count && part == NULL; i++) {
        const struct split_part *other = &look->split->parts[i];
        part = other->kind == SPLIT_FEEDBACK && other->depth == 0 ? other : NULL;
    }
    if (part == NULL) {
        return false;
    }
    struct split_fields fields;
    split_read_fields(look->arena, part->text, part->len, &fields, NULL);
    const char *type = split_find(&fields, "feedback-type");
    enum bounce_class class;
    enum bounce_reason reason;
    look_feedback_type(type == NULL ? "abuse" : type, &class, &reason);
    look_answer(look, class, reason, DETECTOR_FEEDBACK);
    char address[BOUNCE_ADDRESS];
    if (look_only_address(split_find(&fields, "original-rcpt-to"), address) ||
        look_only_address(split_find(&fields, "removal-recipient"), address) ||
        look_returned_recipient(look, address)) {
        look_add(look, address, class, reason);
    }
    return true;
}

/* Feedback loops without a report part: the message itself comes back. */
static bool look_old_feedback(struct look *look)
{
    static const char *const senders[] = {"staff@hotmail.com", "staff@live.com", "scomp@aol.net",
                                          "scomp@aol.com", NULL};
    const char *path = split_find(&look->split->fields, "return-path");
    const char *original = split_find(&look->split->fields, "x-hmxmroriginalrecipient");
    if (original == NULL && look->returned != NULL) {
        original = split_find(look->returned, "x-hmxmroriginalrecipient");
    }
    bool known = original != NULL;
    for (size_t i = 0; senders[i] != NULL; i++) {
        known = known || strcasecmp(look->signs.from, senders[i]) == 0 ||
                (path != NULL && strcasestr(path, senders[i]) != NULL);
    }
    if (!known) {
        return false;
    }
    char address[BOUNCE_ADDRESS];
    look_answer(look, BOUNCE_COMPLAINT, REASON_ABUSE, DETECTOR_HEADER);
    if (look_only_address(original, address) || look_returned_recipient(look, address)) {
        look_add(look, address, BOUNCE_COMPLAINT, REASON_ABUSE);
    }
    return true;
}

static bool look_disposition(struct look *look)
{
    for (size_t i = 0; i < look->split->count; i++) {
        const struct split_part *part = &look->split->parts[i];
        if (part->kind == SPLIT_DISPOSITION && part->depth == 0) {
            struct split_fields fields;
            split_read_fields(look->arena, part->text, part->len, &fields, NULL);
            const char *final = split_find(&fields, "final-recipient");
            char address[BOUNCE_ADDRESS];
            look_answer(look, BOUNCE_AUTO_REPLY, REASON_RECEIPT, DETECTOR_DISPOSITION);
            if (final != NULL && mention_field(final, address)) {
                look_add(look, address, BOUNCE_AUTO_REPLY, REASON_RECEIPT);
            }
            return true;
        }
    }
    return false;
}

static bool look_challenge(struct look *look)
{
    const struct signs *signs = &look->signs;
    if (signs->list || (!words_say(MEANING_CHALLENGE, signs->subject) &&
                        !words_say(MEANING_CHALLENGE, signs->body.folded))) {
        return false;
    }
    look_answer(look, BOUNCE_CHALLENGE, REASON_NONE, DETECTOR_TEXT);
    look->report->automatic = true;
    return true;
}

static void add_sender(struct look *look, enum bounce_reason reason)
{
    if (look->signs.from[0] != '\0') {
        look_add(look, look->signs.from, look->report->class, reason);
    }
}

/* Whether the message came to PREFIX+something@ or PREFIX@. */
static bool sent_to(const struct look *look, const char *prefix)
{
    for (size_t i = 0; i < look->own_count; i++) {
        size_t len = strlen(prefix);
        const char *address = look->own[i];
        if (strncasecmp(address, prefix, len) == 0 && strchr("+@-", address[len]) != NULL) {
            return true;
        }
    }
    return false;
}

static bool answers_by_its_words(const struct look *look)
{
    const struct signs *signs = &look->signs;
    uint64_t said = words_meanings(SET_FORM, signs->body.folded);
    bool answer = (said & words_bit(MEANING_AUTO_TEXT)) != 0;
    bool automatic = answer || (said & words_bit(MEANING_AUTO_MACHINE)) != 0;
    bool machine = signs->automatic || signs->null_path;
    if (sent_to(look, "unsubscribe")) {
        return false; /* programs write that mail for the reader, and say so */
    }
    /* People write of their holidays too. */
    bool person = signs->letter && signs->quoting;
    return machine ? automatic : signs->reply && answer && !person;
}

static bool look_auto_reply(struct look *look)
{
    const struct signs *signs = &look->signs;
    enum bounce_detector detector = DETECTOR_NONE;
    if (signs->replied) {
        detector = DETECTOR_HEADER;
    } else if (!signs->list && signs->auto_subject) {
        detector = DETECTOR_SUBJECT;
    } else if (!signs->list && answers_by_its_words(look)) {
        detector = DETECTOR_TEXT;
    }
    if (detector == DETECTOR_NONE) {
        return false;
    }
    look_answer(look, BOUNCE_AUTO_REPLY, REASON_VACATION, detector);
    look->report->automatic = true;
    add_sender(look, REASON_VACATION);
    return true;
}

/* The first line of a short message. */
static const char *only_line(const struct look *look)
{
    const struct signs_text *body = &look->signs.body;
    size_t start = strspn(body->text, " \t\r\n");
    if (start >= body->len || strlen(body->folded) > 200) {
        return "";
    }
    size_t len = strcspn(body->text + start, ".!\n");
    return fold_text(look->arena, body->text + start, len, 200);
}

static bool look_unsubscribe(struct look *look)
{
    const struct signs *signs = &look->signs;
    enum bounce_detector detector = DETECTOR_NONE;
    if (sent_to(look, "unsubscribe")) {
        detector = DETECTOR_ENVELOPE;
    } else if (!signs->list && words_say(MEANING_LEAVE, signs->subject)) {
        detector = DETECTOR_SUBJECT;
    } else if (!signs->list && words_say(MEANING_LEAVE, only_line(look))) {
        detector = DETECTOR_TEXT;
    }
    if (detector == DETECTOR_NONE || (signs->daemon && detector != DETECTOR_ENVELOPE)) {
        return false;
    }
    look_answer(look, BOUNCE_UNSUBSCRIBE, REASON_OPT_OUT, detector);
    add_sender(look, REASON_OPT_OUT);
    return true;
}

/* An empty file, or noise: neither a header, if only that of the server which took it, nor a
 * letter that anybody could read. */
static bool says_nothing(const struct look *look)
{
    static const char *const names[] = {"from",       "sender",   "to",          "subject", "date",
                                        "message-id", "received", "return-path", NULL};
    const struct signs_text *body = &look->signs.body;
    bool said = false;
    for (size_t i = 0; names[i] != NULL && !said; i++) {
        said = split_find(&look->split->fields, names[i]) != NULL;
    }
    for (size_t i = 0; i < body->len && !said; i++) {
        said = isalnum((unsigned char)body->text[i]) || (unsigned char)body->text[i] >= 0x80;
    }
    return !said;
}

static void look_rest(struct look *look)
{
    const struct signs *signs = &look->signs;
    bool named = signs->daemon_address || signs->daemon_strong || signs->null_path ||
                 (signs->daemon && signs->bounce_subject != MEANING_NONE);
    bool letter = signs->letter && !signs->null_path && !signs->automatic && !signs->returned;
    bool machine =
        signs->daemon && named && !signs->reply && !signs->list && !signs->quoting && !letter;
    if (machine || look_machine(look) ||
        (signs->null_path && signs->bounce_subject != MEANING_NONE) || says_nothing(look)) {
        look_answer(look, BOUNCE_UNKNOWN, REASON_UNDETERMINED, DETECTOR_NONE);
    } else {
        look_answer(look, BOUNCE_MAIL, REASON_PERSON, DETECTOR_NONE);
    }
}

void classify(struct arena *arena, const struct split *split, struct bounce_report *report)
{
    struct look *look = arena_alloc(arena, sizeof *look);
    *look = (struct look){.arena = arena, .split = split, .report = report};
    *report = (struct bounce_report){0};
    signs_read(arena, split, &look->signs);
    find_returned(look);
    find_own(look);
    find_subject(look);
    look_tokens(look);
    if (!look_notice(look) && !look_aggregate(look) && !look_feedback(look) &&
        !look_old_feedback(look) && !look_disposition(look) && !look_dsn(look) &&
        !look_text(look) && !look_challenge(look) && !look_auto_reply(look) &&
        !look_unsubscribe(look)) {
        look_rest(look);
    }
    if (report->class == BOUNCE_COMPLAINT) {
        look_links(look);
    }
    voucher_read(arena, &split->fields, report);
}
