/* Delivery status notifications (RFC 3464). */
#include <string.h>

#include "base/fold.h"
#include "bounce/command.h"
#include "bounce/dsn.h"
#include "bounce/detect.h"
#include "bounce/status.h"
#include "bounce/verdict.h"
#include "bounce/words.h"

enum { WHOLE_MAX = 4000, NEAR_MAX = 900 };

/* Some copy the sender's ORCPT as it came, in which RFC 3461 writes '+' as "+2B", '=' as "+3D". */
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
    if (block->original != NULL && mention_field(block->original, out)) {
        decode_xtext(out);
        return true;
    }
    const char *fields[] = {block->final, block->actual};
    for (size_t i = 0; i < 2; i++) {
        if (fields[i] != NULL && mention_field(fields[i], out)) {
            return true;
        }
    }
    return false;
}

static bool action_is(const struct dsn_block *block, const char *action)
{
    return block->action != NULL && strcmp(block->action, action) == 0;
}

/* The command that the server answered: Postfix and Exim name it in the human part, behind the
 * recipient, sendmail puts the session there. */
static enum refusal_command find_command(const struct look *look, const char *address,
                                         const char *said)
{
    const struct signs_text *body = &look->signs.body;
    size_t len = body->len < WHOLE_MAX ? body->len : WHOLE_MAX;
    enum refusal_command command = command_in_transcript(body->said, len, said);
    const char *at = address[0] == '\0' ? NULL : strcasestr(body->said, address);
    if (command != REFUSAL_REPORT || at == NULL || at >= body->said + len) {
        return command;
    }
    const char *end = strstr(at, "\n\n");
    size_t near = end == NULL ? strlen(at) : (size_t)(end - at);
    near = near < NEAR_MAX ? near : NEAR_MAX;
    return words_command(fold_text(look->arena, at, near, NEAR_MAX));
}

/* What the human part says, where the fields say nothing. */
static void ask_text(struct look *look, enum refusal_command command,
                     const struct bounce_status *status, struct bounce_recipient *recipient)
{
    const struct signs_text *body = &look->signs.body;
    struct bounce_recipient other = *recipient;
    size_t len = body->len < WHOLE_MAX ? body->len : WHOLE_MAX, start = 0;
    const char *at = memmem(body->said, len, recipient->address, strlen(recipient->address));
    if (at != NULL && recipient->address[0] != '\0') {
        start = (size_t)(at - body->said) + strlen(recipient->address);
    }
    verdict_make(look->arena, body->said + start, len - start, command, status, &other);
    if (other.reason == REASON_UNDETERMINED && start > 0) {
        verdict_make(look->arena, body->said, len, command, status, &other);
    }
    if (other.reason != REASON_UNDETERMINED) {
        *recipient = other;
        if (look->report->text[0] == '\0') {
            look_say(look, body->said + start, len - start);
        }
    }
}

static void judge_block(struct look *look, const struct dsn_block *block,
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
    enum refusal_command command = find_command(look, recipient->address, said);
    verdict_make(look->arena, said, strlen(said), command, &status, recipient);
    if (recipient->reason == REASON_UNDETERMINED && block->category != NULL) {
        const char *words = arena_format(look->arena, "%s %s", said, block->category);
        verdict_make(look->arena, words, strlen(words), command, &status, recipient);
    }
    bool vague = recipient->reason == REASON_UNDETERMINED ||
                 (block->diagnostic == NULL && status_generic(&status));
    if (vague) {
        ask_text(look, command, &status, recipient);
    }
    if (look_blames_us(look, said, recipient)) {
        recipient->reason = REASON_SENDER;
        recipient->class = BOUNCE_SOFT;
    }
    if (look->report->text[0] == '\0') {
        look_say(look, said, strlen(said));
    }
}

/* What a block says of its recipient (RFC 3464 2.3.3). */
static void read_outcome(struct look *look, const struct dsn_block *block,
                         struct bounce_recipient *recipient)
{
    judge_block(look, block, recipient);
    bool said_failed = action_is(block, "failed");
    bool warning = look->signs.bounce_subject == MEANING_SUBJECT_DELAYED && !said_failed;
    if (action_is(block, "delayed") || (block->action == NULL && warning)) {
        recipient->class = BOUNCE_DELAYED;
    } else if (action_is(block, "delivered") || action_is(block, "relayed") ||
               action_is(block, "expanded") || (!said_failed && recipient->status.class == 2)) {
        recipient->class = BOUNCE_AUTO_REPLY;
        recipient->reason = REASON_RECEIPT;
    }
}

/* Recipients are separate; several blocks of one original recipient are its alias's mailboxes, or
 * attempts, and the best of them decides, in whatever order they stand. */
static void improve(struct look *look, const struct dsn_block *block,
                    struct bounce_recipient *recipient)
{
    struct bounce_report *report = look->report;
    struct bounce_recipient again = {0};
    char said[BOUNCE_TEXT];
    memcpy(said, report->text, sizeof said);
    if (recipient == &report->recipients[0]) {
        report->text[0] = '\0';
    }
    memcpy(again.address, recipient->address, sizeof again.address);
    read_outcome(look, block, &again);
    if (bounce_outcome(again.class) > bounce_outcome(recipient->class)) {
        *recipient = again;
    } else {
        memcpy(report->text, said, sizeof said);
    }
}

static void add_block(struct look *look, const struct dsn_block *block, bool named)
{
    struct bounce_report *report = look->report;
    struct bounce_recipient recipient = {0};
    if (named_address(block, recipient.address) != named) {
        return;
    }
    /* Of one that names nobody, or a program, the recipient is guessed. */
    if (!named && !look_returned_recipient(look, recipient.address)) {
        look_sure_mention(look, recipient.address);
    }
    struct bounce_recipient *other = bounce_report_find(report, recipient.address);
    if (other != NULL && named) {
        improve(look, block, other);
    } else if (other == NULL && report->recipient_count < BOUNCE_PEOPLE) {
        read_outcome(look, block, &recipient);
        bounce_report_add(report, &recipient);
    }
}

/* Those that name their recipient come first: a guess adds nothing to what is known. */
static bool read_part(struct look *look, const char *text, size_t len)
{
    struct dsn_block *blocks = arena_array(look->arena, DSN_BLOCKS, sizeof *blocks);
    size_t count = dsn_read(look->arena, text, len, blocks);
    for (size_t i = 0; i < 2 * count; i++) {
        add_block(look, &blocks[i % count], i < count);
    }
    return count > 0;
}

/* Parts of the report itself; of a report within a report where the outer one has none. */
static bool read_parts(struct look *look, bool machine)
{
    for (int depth = 0; depth <= (machine ? 3 : 0); depth++) {
        bool found = false;
        for (size_t i = 0; i < look->split->count; i++) {
            const struct split_part *part = &look->split->parts[i];
            if (part->kind == SPLIT_STATUS && part->depth == depth) {
                found = read_part(look, part->text, part->len) || found;
            }
        }
        if (found) {
            return true;
        }
    }
    return false;
}

bool look_dsn(struct look *look)
{
    const struct signs *signs = &look->signs;
    bool report = strcmp(look->split->type, "multipart/report") == 0;
    bool machine = signs_are_machine(signs) && !(signs->reply && !signs->daemon);
    bool forwarded = signs->reply && !signs_are_machine(signs);
    if ((signs->list && !signs->daemon && !signs->null_path) || (!report && !machine) ||
        forwarded) {
        return false;
    }
    bool found = read_parts(look, machine);
    if (!found && machine && signs_are_bounce(signs) && dsn_looks_like(signs->body.text)) {
        found = read_part(look, signs->body.text, signs->body.len);
    }
    if (!found) {
        return false;
    }
    look_conclude(look, DETECTOR_DSN);
    return true;
}
