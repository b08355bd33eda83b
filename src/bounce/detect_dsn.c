/* Delivery status notifications (RFC 3464). */
#include <string.h>

#include "base/fold.h"
#include "bounce/command.h"
#include "bounce/detect.h"
#include "bounce/dsn.h"
#include "bounce/recipient.h"
#include "bounce/status.h"
#include "bounce/words.h"

enum { WHOLE_MAX = 4000, NEAR_MAX = 900 };

/* Some reporters copy the sender's ORCPT verbatim, in which RFC 3461 writes '+' as "+2B" and '=' as
 * "+3D". */
static void decode_xtext(char address[BOUNCE_ADDRESS])
{
    char *to = address;
    for (const char *at = address; *at != '\0'; at++) {
        bool plus = strncmp(at, "+2B", 3) == 0, equals = strncmp(at, "+3D", 3) == 0;
        *to++ = (char)(equals ? '=' : *at);
        at += plus || equals ? 2 : 0;
    }
    *to = '\0';
}

/* The address that the block's own fields name. */
static bool named_address(const struct dsn_block *block, char out[BOUNCE_ADDRESS])
{
    if (block->original != NULL && candidate_field(block->original, out)) {
        decode_xtext(out);
        return true;
    }
    const char *fields[] = {block->final, block->actual};
    for (size_t i = 0; i < 2; i++) {
        if (fields[i] != NULL && candidate_field(fields[i], out)) {
            return true;
        }
    }
    return false;
}

static bool action_is(const struct dsn_block *block, const char *action)
{
    return block->action != NULL && strcmp(block->action, action) == 0;
}

/* The command that the server answered: Postfix and Exim name it in the human-readable part, after
 * the recipient; sendmail includes the session there. */
static enum refusal_command find_command(const struct detection *detection, const char *address,
                                         const char *said)
{
    const struct evidence_text *body = &detection->evidence.body;
    size_t len = body->len < WHOLE_MAX ? body->len : WHOLE_MAX;
    enum refusal_command command = command_in_transcript(body->said, len, said);
    const char *at = address[0] == '\0' ? NULL : strcasestr(body->said, address);
    if (command != REFUSAL_REPORT || at == NULL || at >= body->said + len) {
        return command;
    }
    const char *end = strstr(at, "\n\n");
    size_t near = end == NULL ? strlen(at) : (size_t)(end - at);
    near = near < NEAR_MAX ? near : NEAR_MAX;
    return words_command(fold_text(detection->arena, at, near, NEAR_MAX));
}

/* Uses the human-readable part if the fields give no reason. */
static void ask_text(struct detection *detection, enum refusal_command command,
                     const struct bounce_status *status, struct bounce_recipient *recipient)
{
    const struct evidence_text *body = &detection->evidence.body;
    struct bounce_recipient other = *recipient;
    size_t len = body->len < WHOLE_MAX ? body->len : WHOLE_MAX, start = 0;
    const char *at = memmem(body->said, len, recipient->address, strlen(recipient->address));
    if (at != NULL && recipient->address[0] != '\0') {
        start = (size_t)(at - body->said) + strlen(recipient->address);
    }
    recipient_classify(detection->arena, body->said + start, len - start, command, status, &other);
    if (other.reason == REASON_UNDETERMINED && start > 0) {
        recipient_classify(detection->arena, body->said, len, command, status, &other);
    }
    if (other.reason != REASON_UNDETERMINED) {
        *recipient = other;
        if (detection->report->text[0] == '\0') {
            detect_say(detection, body->said + start, len - start);
        }
    }
}

static void judge_block(struct detection *detection, const struct dsn_block *block,
                        struct bounce_recipient *recipient)
{
    struct bounce_status status = {0};
    const char *said = block->diagnostic != NULL ? block->diagnostic : "";
    if (block->status != NULL) {
        status_parse(block->status, &status);
        if (said[0] == '\0') {
            said = block->status; /* "5.4.4 (Illegal host/domain name found)" */
        }
    }
    enum refusal_command command = find_command(detection, recipient->address, said);
    recipient_classify(detection->arena, said, strlen(said), command, &status, recipient);
    if (recipient->reason == REASON_UNDETERMINED && block->category != NULL) {
        const char *words = arena_format(detection->arena, "%s %s", said, block->category);
        recipient_classify(detection->arena, words, strlen(words), command, &status, recipient);
    }
    bool vague = recipient->reason == REASON_UNDETERMINED ||
                 (block->diagnostic == NULL && status_generic(&status));
    if (vague) {
        ask_text(detection, command, &status, recipient);
    }
    if (detect_blames_us(detection, said, recipient)) {
        recipient->reason = REASON_SENDER;
        recipient->class = BOUNCE_SOFT;
    }
    if (detection->report->text[0] == '\0') {
        detect_say(detection, said, strlen(said));
    }
}

/* What a block reports about its recipient (RFC 3464 2.3.3). */
static void read_outcome(struct detection *detection, const struct dsn_block *block,
                         struct bounce_recipient *recipient)
{
    judge_block(detection, block, recipient);
    bool said_failed = action_is(block, "failed");
    bool warning = detection->evidence.bounce_subject == MEANING_SUBJECT_DELAYED && !said_failed;
    if (action_is(block, "delayed") || (block->action == NULL && warning)) {
        recipient->class = BOUNCE_DELAYED;
    } else if (action_is(block, "delivered") || action_is(block, "relayed") ||
               action_is(block, "expanded") || (!said_failed && recipient->status.class == 2)) {
        recipient->class = BOUNCE_AUTO_REPLY;
        recipient->reason = REASON_RECEIPT;
    }
}

/* Recipients are kept apart. Several blocks with one original recipient are the mailboxes of an
 * alias, or repeated attempts: the best of them decides, in whatever order they come. */
static void improve(struct detection *detection, const struct dsn_block *block,
                    struct bounce_recipient *recipient)
{
    struct bounce_report *report = detection->report;
    struct bounce_recipient again = {0};
    char said[BOUNCE_TEXT];
    memcpy(said, report->text, sizeof said);
    if (recipient == &report->recipients[0]) {
        report->text[0] = '\0';
    }
    memcpy(again.address, recipient->address, sizeof again.address);
    read_outcome(detection, block, &again);
    if (bounce_outcome(again.class) > bounce_outcome(recipient->class)) {
        *recipient = again;
    } else {
        memcpy(report->text, said, sizeof said);
    }
}

static void add_block(struct detection *detection, const struct dsn_block *block, bool named)
{
    struct bounce_report *report = detection->report;
    struct bounce_recipient recipient = {0};
    if (named_address(block, recipient.address) != named) {
        return;
    }
    /* If a block names nobody, or a program, the recipient is guessed. */
    if (!named && !detect_returned_recipient(detection, recipient.address)) {
        detect_sure_candidate(detection, recipient.address);
    }
    struct bounce_recipient *other = bounce_report_find(report, recipient.address);
    if (other != NULL && named) {
        improve(detection, block, other);
    } else if (other == NULL && report->recipient_count < BOUNCE_PEOPLE) {
        read_outcome(detection, block, &recipient);
        bounce_report_add(report, &recipient);
    }
}

/* Blocks that name their recipient come first: a guess adds nothing to what is known. */
static bool read_part(struct detection *detection, const char *text, size_t len)
{
    struct dsn_block *blocks = arena_array(detection->arena, DSN_BLOCKS, sizeof *blocks);
    size_t count = dsn_read(detection->arena, text, len, blocks);
    for (size_t i = 0; i < 2 * count; i++) {
        add_block(detection, &blocks[i % count], i < count);
    }
    return count > 0;
}

/* Reads the parts of the report itself, or, if it has none, of a report within it. */
static bool read_parts(struct detection *detection, bool machine)
{
    for (int depth = 0; depth <= (machine ? 3 : 0); depth++) {
        bool found = false;
        for (size_t i = 0; i < detection->split->count; i++) {
            const struct split_part *part = &detection->split->parts[i];
            if (part->kind == SPLIT_STATUS && part->depth == depth) {
                found = read_part(detection, part->text, part->len) || found;
            }
        }
        if (found) {
            return true;
        }
    }
    return false;
}

bool detect_dsn(struct detection *detection)
{
    const struct evidence *evidence = &detection->evidence;
    bool report = strcmp(detection->split->type, "multipart/report") == 0;
    bool machine = evidence_of_machine(evidence) && !(evidence->reply && !evidence->daemon);
    bool forwarded = evidence->reply && !evidence_of_machine(evidence);
    if ((evidence->list && !evidence->daemon && !evidence->null_path) || (!report && !machine) ||
        forwarded) {
        return false;
    }
    bool found = read_parts(detection, machine);
    if (!found && machine && evidence_of_bounce(evidence) && dsn_looks_like(evidence->body.text)) {
        found = read_part(detection, evidence->body.text, evidence->body.len);
    }
    if (!found) {
        return false;
    }
    detect_conclude(detection, DETECTOR_DSN);
    return true;
}
