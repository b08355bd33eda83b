#include "bounce/evidence.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/fold.h"
#include "bounce/candidates.h"
#include "bounce/quotes.h"
#include "bounce/status.h"
#include "bounce/words.h"

enum {
    TEXT_MAX = 64 * 1024,
    OPENING_MAX = 6000,
    BEGINNING = 36,
    MARKER_LINE = 160,
    MARKER_START = 30,
    SUBJECT_MAX = 1000
};

/* All text of the report itself. HTML is used only if there is hardly any other text. */
static void join_text(const struct split *split, struct buf *out)
{
    for (int html = 0; html < 2; html++) {
        for (size_t i = 0; i < split->count; i++) {
            const struct split_part *part = &split->parts[i];
            if (part->kind == SPLIT_TEXT && part->depth == 0 && part->html == (html == 1) &&
                out->len < TEXT_MAX / 2) {
                size_t room = TEXT_MAX - 2 - out->len;
                buf_add(out, part->text, part->len < room ? part->len : room);
                buf_add_char(out, '\n');
            }
        }
        if (out->len > 60) {
            return;
        }
    }
}

static bool is_rule(char byte)
{
    return byte != '\0' && strchr("-=_*#+~", byte) != NULL;
}

/* Whether a line announces the returned message: between rules, or alone on its line. */
static bool is_marker(struct arena *arena, const char *line, size_t len)
{
    size_t start = 0, end = len;
    while (start < end && (is_rule(line[start]) || line[start] == ' ' || line[start] == '\t')) {
        start++;
    }
    bool ruled = start >= 2 && is_rule(line[start - 1] == ' ' ? line[0] : line[start - 1]);
    while (end > start && (is_rule(line[end - 1]) || strchr(" \t.:>", line[end - 1]) != NULL)) {
        end--;
    }
    if (end - start < 4 || end - start > MARKER_LINE) {
        return false;
    }
    const char *folded = fold_text(arena, line + start, end - start, MARKER_LINE);
    struct phrases_scan scan;
    struct phrases_hit hit;
    bool marks = false;
    phrases_begin(&scan, &words_sets[SET_LINE], folded);
    while (!marks && phrases_next(&scan, &hit)) {
        marks = hit.meaning == MEANING_RETURNED &&
                (ruled || (hit.start < MARKER_START && hit.end + 2 >= scan.len));
    }
    return marks && strstr(folded, "was received") == NULL;
}

/* The first line of a header that was pasted into the text without an introduction. */
static bool is_header_start(const char *line, size_t len)
{
    static const char *const starts[] = {"Received: from ", "Received: by ", "Received: (",
                                         "Return-Path: ",   "Return-path: ", NULL};
    for (size_t i = 0; starts[i] != NULL; i++) {
        if (len > strlen(starts[i]) && memcmp(line, starts[i], strlen(starts[i])) == 0) {
            return true;
        }
    }
    return false;
}

static void cut_text(struct arena *arena, struct evidence_text *body)
{
    bool words = false;
    for (size_t at = 0; at < body->len;) {
        const char *line = body->text + at;
        const char *end = memchr(line, '\n', body->len - at);
        size_t len = end == NULL ? body->len - at : (size_t)(end - line);
        bool header = words && is_header_start(line, len);
        if (words && (header || is_marker(arena, line, len))) {
            size_t rest = at + (header || end == NULL ? 0 : len + 1);
            while (rest < body->len && strchr(" \t\n-=_", body->text[rest]) != NULL) {
                rest++;
            }
            split_read_fields(arena, body->text + rest, body->len - rest, &body->returned, NULL);
            body->marked = true;
            body->len = at;
            return;
        }
        words = words || strspn(line, " \t\r\n-=_") < len;
        at += len + 1;
    }
}

/* The first words, without quoted lines, which somebody else wrote. */
static void fold_opening(struct arena *arena, struct evidence_text *body, bool *quoting)
{
    struct buf own;
    buf_init(&own, OPENING_MAX + 1);
    for (size_t at = 0; at < body->len && own.len < OPENING_MAX;) {
        const char *line = body->text + at;
        const char *end = memchr(line, '\n', body->len - at);
        size_t len = end == NULL ? body->len - at : (size_t)(end - line) + 1;
        size_t room = OPENING_MAX - own.len;
        bool quoted = line[0] == '>' && !(len > 2 && line[1] == '>' && line[2] == '>');
        if (quoted) {
            *quoting = true;
        } else {
            buf_add(&own, line, len < room ? len : room);
        }
        at += len;
    }
    body->folded = fold_text(arena, own.data, own.len, OPENING_MAX);
    buf_free(&own);
}

static enum meaning opening_of(uint64_t said)
{
    static const enum meaning order[] = {MEANING_OPENING_DELAYED, MEANING_OPENING_FAILED,
                                         MEANING_OPENING_TERSE};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        if ((said & words_bit(order[i])) != 0) {
            return order[i];
        }
    }
    return MEANING_NONE;
}

static void read_opening(struct arena *arena, struct evidence *evidence, uint64_t said)
{
    const char *folded = evidence->body.folded;
    size_t beginning = strlen(folded) < BEGINNING ? strlen(folded) : BEGINNING;
    const char *start = arena_copy_bytes(arena, folded, beginning);
    enum meaning first = opening_of(words_meanings(SET_FORM, start));
    evidence->opens = first != MEANING_NONE;
    evidence->opening = opening_of(said);
    if (evidence->opening == MEANING_OPENING_TERSE) {
        evidence->opening = first;
    }
}

static void read_body(struct arena *arena, const struct split *split, struct evidence *evidence)
{
    struct buf text;
    buf_init(&text, TEXT_MAX);
    join_text(split, &text);
    struct evidence_text *body = &evidence->body;
    *body = (struct evidence_text){.text = arena_copy_bytes(arena, text.data, text.len),
                                   .len = text.len};
    buf_free(&text);
    cut_text(arena, body);
    quotes_blank(arena, body);
    fold_opening(arena, body, &evidence->quoting);
    uint64_t said = words_meanings(SET_FORM, body->folded);
    uint64_t letter = words_bit(MEANING_GREETING) | words_bit(MEANING_CLOSING);
    read_opening(arena, evidence, said);
    evidence->letter = (said & letter) == letter;
    struct status_codes codes;
    status_scan(body->text, body->len < OPENING_MAX ? body->len : OPENING_MAX, &codes);
    evidence->coded = codes.code != 0 || codes.status.class != 0;
    evidence->told = words_reason(body->folded) != REASON_NONE;
    for (size_t i = 0; i < split->count; i++) {
        const struct split_part *part = &split->parts[i];
        evidence->returned =
            evidence->returned || (part->kind == SPLIT_RETURNED && part->depth == 0);
    }
}

static void read_from(struct arena *arena, const struct split *split, struct evidence *evidence)
{
    const char *from = split_find(&split->fields, "from");
    struct candidate candidate;
    evidence->from = "";
    if (from == NULL) {
        return;
    }
    size_t name_len = strlen(from);
    if (candidate_first(from, strlen(from), false, &candidate)) {
        evidence->from = arena_copy(arena, candidate.address);
        name_len = candidate.start;
    } else if (strchr(from, '<') != NULL) {
        name_len = strcspn(from, "<");
    }
    size_t local_len = strcspn(evidence->from, "@");
    const char *local = fold_text(arena, evidence->from, local_len, local_len);
    const char *name = fold_text(arena, from, name_len, SUBJECT_MAX);
    const char *bare = fold_text(arena, from, strlen(from), SUBJECT_MAX);
    const char *word = arena_copy_bytes(arena, bare, strcspn(bare, " (<@"));
    bool called = words_say(MEANING_DAEMON_NAME, name);
    evidence->daemon_address = words_say(MEANING_DAEMON, local) ||
                               strncmp(local, "microsoftexchange", 17) == 0; /* followed by a
                                                                                long number */
    evidence->daemon = evidence->daemon_address || called ||
                       (evidence->from[0] == '\0' && words_say(MEANING_DAEMON, word)) ||
                       strstr(bare, "(mail delivery") != NULL;
    /* "PMDF e-Mail Interconnect" is not a person's name. */
    bool thing = called || words_say(MEANING_THING, name);
    evidence->personal = strcspn(name, "abcdefghijklmnopqrstuvwxyz") < strlen(name) && !thing;
    evidence->device = words_say(MEANING_DEVICE, name) || words_are(MEANING_DEVICE, local);
    evidence->daemon_weak = words_say(MEANING_MACHINE, local);
    evidence->daemon_strong = strstr(bare, "mailer-daemon") != NULL ||
                              (evidence->daemon_address && strstr(bare, "mail delivery s") != NULL);
}

/* "Re: ", "AW[2]: ", "Fwd: ": returns the prefix's length, 0 if there is none. */
static size_t reply_prefix(const char *subject)
{
    struct phrases_scan scan;
    struct phrases_hit hit;
    phrases_begin(&scan, &words_sets[SET_FORM], subject);
    while (phrases_next(&scan, &hit)) {
        size_t colon = hit.end + strspn(subject + hit.end, "[]0123456789 ");
        if (hit.meaning == MEANING_REPLY_PREFIX && subject[colon] == ':') {
            return colon + 1;
        }
    }
    return 0;
}

static void read_subject(struct arena *arena, const struct split *split, struct evidence *evidence)
{
    const char *subject = split_find(&split->fields, "subject");
    subject = subject == NULL ? "" : fold_text(arena, subject, strlen(subject), SUBJECT_MAX);
    size_t prefix;
    while ((prefix = reply_prefix(subject)) > 0) {
        evidence->reply = true;
        subject += prefix;
        subject += strspn(subject, " ");
    }
    evidence->subject = subject;
    uint64_t said = words_meanings(SET_FORM, subject);
    bool delayed = (said & words_bit(MEANING_SUBJECT_DELAYED)) != 0;
    bool failed = (said & words_bit(MEANING_SUBJECT_FAILED)) != 0;
    evidence->bounce_subject = delayed  ? MEANING_SUBJECT_DELAYED
                               : failed ? MEANING_SUBJECT_FAILED
                                        : MEANING_NONE;
    evidence->auto_subject = (said & words_bit(MEANING_AUTO_SUBJECT)) != 0;
}

static bool field_is(const struct split *split, const char *name, const char *start)
{
    const char *value = split_find(&split->fields, name);
    return value != NULL && strncasecmp(value, start, strlen(start)) == 0;
}

static bool has(const struct split *split, const char *name)
{
    return split_find(&split->fields, name) != NULL;
}

/* RFC 3834, and what programs wrote before it. */
static void read_automatic(const struct split *split, struct evidence *evidence)
{
    static const char *const only_machines[] = {
        "x-autoreply",      "x-autorespond",      "x-autoresponder", "x-auto-responder",
        "x-autoreply-from", "x-mail-autoreply",   "x-vacation",      "x-autoreplied",
        "x-autogenerated",  "x-autorespond-type", "x-auto-reply",    NULL};
    evidence->replied = field_is(split, "auto-submitted", "auto-replied") ||
                        field_is(split, "precedence", "auto_reply") ||
                        field_is(split, "precedence", "auto-reply") ||
                        field_is(split, "x-precedence", "auto_reply") ||
                        field_is(split, "delivered-to", "autoresponder");
    for (size_t i = 0; only_machines[i] != NULL; i++) {
        evidence->replied = evidence->replied || has(split, only_machines[i]);
    }
    evidence->bulk = field_is(split, "precedence", "bulk") ||
                     field_is(split, "precedence", "junk") || field_is(split, "precedence", "list");
    const char *submitted = split_find(&split->fields, "auto-submitted");
    evidence->automatic =
        evidence->replied || (submitted != NULL && strncasecmp(submitted, "no", 2) != 0) ||
        has(split, "x-auto-response-suppress") || has(split, "x-ms-exchange-inbox-rules-loop");
}

/* Some systems write "<MAILER-DAEMON>" for the null path. */
static void read_path(struct arena *arena, const struct split *split, struct evidence *evidence)
{
    const char *path = split_find(&split->fields, "return-path");
    struct candidate candidate;
    if (path == NULL) {
        return;
    }
    evidence->null_path = strcmp(path, "<>") == 0 || path[0] == '\0' ||
                          strcasecmp(path, "<MAILER-DAEMON>") == 0 ||
                          strcasecmp(path, "MAILER-DAEMON") == 0;
    if (candidate_first(path, strlen(path), false, &candidate)) {
        size_t local_len = strcspn(candidate.address, "@");
        const char *local = fold_text(arena, candidate.address, local_len, local_len);
        evidence->enveloped = !words_say(MEANING_DAEMON, local);
    }
}

void evidence_read(struct arena *arena, const struct split *split, struct evidence *evidence)
{
    *evidence = (struct evidence){0};
    read_from(arena, split, evidence);
    read_subject(arena, split, evidence);
    read_automatic(split, evidence);
    read_path(arena, split, evidence);
    evidence->failed_header = has(split, "x-failed-recipients");
    evidence->list = has(split, "list-id") || has(split, "list-unsubscribe") ||
                     has(split, "list-post") || has(split, "list-help") ||
                     field_is(split, "precedence", "list");
    read_body(arena, split, evidence);
}

bool evidence_of_machine(const struct evidence *evidence)
{
    return evidence->daemon || evidence->null_path || evidence->failed_header;
}

/* Addresses of other machines send bounces too; such a message needs all the other evidence. */
static bool weak_bounce(const struct evidence *evidence)
{
    return (evidence->daemon_weak || evidence->automatic) &&
           evidence->bounce_subject != MEANING_NONE && evidence->opening != MEANING_NONE &&
           (evidence->returned || evidence->body.marked) && !evidence->reply &&
           !evidence->quoting && !evidence->list;
}

/* A person's own program answers from the person's address, although RFC 3834 requires the null
 * path. Exchange marks its answers as auto-generated, and only the subject shows what they are: the
 * out-of-office text of somebody who left ("could not be delivered, this address no longer exists")
 * reads like a bounce. */
static bool person_answers(const struct evidence *evidence)
{
    return (evidence->replied || evidence->auto_subject) && !evidence->daemon &&
           !evidence->failed_header && !evidence->returned && !evidence->body.marked &&
           (evidence->auto_subject || evidence->bounce_subject == MEANING_NONE);
}

bool evidence_of_bounce(const struct evidence *evidence)
{
    if (person_answers(evidence)) {
        return false;
    }
    int sender = (evidence->daemon ? 2 : 0) + (evidence->daemon_strong ? 1 : 0) +
                 (evidence->null_path ? 1 : 0) + (evidence->failed_header ? 3 : 0);
    bool told = evidence->told && (evidence->coded || (evidence->daemon && evidence->null_path));
    int words = (evidence->bounce_subject != MEANING_NONE && !evidence->reply ? 2 : 0) +
                (evidence->opening != MEANING_NONE ? 2 : 0) +
                (evidence->body.marked || evidence->returned) +
                (evidence->daemon_address && told && !evidence->reply);
    /* A postmaster may be a person: one who answers quotes no code. */
    bool letter =
        evidence->reply && !evidence->daemon_strong && (!evidence->daemon || !evidence->coded);
    int person = (evidence->list ? 3 : 0) + (letter ? 3 : 0) +
                 (evidence->quoting && !evidence->daemon_strong ? 2 : 0);
    bool strong = sender >= 1 && words >= 2 && sender + words + evidence->automatic - person >= 4;
    return strong || weak_bounce(evidence);
}
