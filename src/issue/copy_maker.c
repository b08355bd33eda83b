#include "issue/copy_maker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest/isolate.h"
#include "mail/dkim.h"
#include "mail/message.h"
#include "mustache/escape.h"
#include "subscribers/links.h"

enum { PROGRAMS_KEPT = 4, ESCAPED_MAX = 8192, NOTE_MAX = 1024 * 1024 };

/* The body of one choice of topics. */
struct kept_program {
    char *topics; /* NULL: free */
    struct residual body;
    int64_t used; /* of the press's counter, to find the oldest */
};

struct press {
    struct store *store;
    const struct token_keys *keys;
    struct arena arena;  /* the issue's */
    struct arena reader; /* one message's */
    struct issue issue;
    struct sender sender;
    const char *mark;
    const char *note; /* "": none */
    const char *feedback_id;
    const struct dkim_signer *signer;
    const struct issue_variant *given; /* not stored */
    size_t given_count;
    struct kept_program kept[PROGRAMS_KEPT];
    int64_t uses;
    struct reader_values values;
    struct links links;
};

static void copy_issue(struct press *press, const struct issue *issue)
{
    press->issue = *issue;
    press->issue.iso_week = arena_copy(&press->arena, issue->iso_week);
    press->issue.subject = arena_copy(&press->arena, issue->subject);
    press->issue.preheader = arena_copy(&press->arena, issue->preheader);
    press->mark = "";
    press->note = "";
}

bool press_open(struct store *store, const struct issue *issue, const struct sender *sender,
                const struct token_keys *keys, struct press **press, struct failure *why)
{
    struct press *made = memory_resize(NULL, sizeof *made);
    *made = (struct press){.store = store, .keys = keys};
    copy_issue(made, issue);
    if (sender != NULL) {
        made->sender = *sender;
    } else if (!sender_from_json(&made->arena, issue->sender, &made->sender, why)) {
        press_close(made);
        return false;
    }
    made->feedback_id = arena_format(&made->arena, "%s:%s:issue:verdicts", made->issue.iso_week,
                                     made->sender.list_id);
    *press = made;
    return true;
}

void press_close(struct press *press)
{
    if (press == NULL) {
        return;
    }
    for (size_t i = 0; i < PROGRAMS_KEPT; i++) {
        free(press->kept[i].topics);
        residual_free(&press->kept[i].body);
    }
    arena_free(&press->arena);
    arena_free(&press->reader);
    free(press);
}

void press_give_variants(struct press *press, const struct issue_variant *variants, size_t count)
{
    press->given = variants;
    press->given_count = count;
}

void press_sign_with(struct press *press, const struct dkim_signer *signer)
{
    press->signer = signer;
}

void press_mark_subject(struct press *press, const char *mark)
{
    press->mark = arena_copy(&press->arena, mark);
}

void press_set_note(struct press *press, const char *note)
{
    press->note = arena_copy(&press->arena, note);
}

static struct kept_program *find_kept(struct press *press, const char *topics)
{
    struct kept_program *oldest = &press->kept[0];
    for (size_t i = 0; i < PROGRAMS_KEPT; i++) {
        struct kept_program *kept = &press->kept[i];
        if (kept->topics != NULL && strcmp(kept->topics, topics) == 0) {
            return kept;
        }
        oldest = kept->used < oldest->used ? kept : oldest;
    }
    free(oldest->topics);
    oldest->topics = NULL;
    residual_free(&oldest->body);
    return oldest;
}

static bool find_variant(struct press *press, const char *topics,
                         const struct issue_variant **variant, struct failure *why)
{
    for (size_t i = 0; i < press->given_count; i++) {
        if (strcmp(press->given[i].topics, topics) == 0) {
            *variant = &press->given[i];
            return true;
        }
    }
    struct issue_variant *stored;
    bool good =
        issue_find_variant(press->store, &press->reader, press->issue.id, topics, &stored, why);
    *variant = good ? stored : NULL;
    return good;
}

static void note_in_text(const char *note, const struct residual *from, struct residual *to)
{
    residual_add_literal(to, note, strlen(note));
    residual_add_literal(to, "\n\n", 2);
    for (size_t i = 0; i < from->count; i++) {
        residual_add_op(to, from, &from->ops[i]);
    }
}

/* The note as a box of its own. */
static void note_box(const char *note, struct buf *box)
{
    buf_add_text(box, "\n<div role=\"note\" style=\"margin:0;padding:16px;background-color:#fff1bf;"
                      "font-family:Arial,sans-serif;font-size:16px;line-height:24px;"
                      "color:#24211c;\">");
    for (const char *line = note; *line != '\0';) {
        size_t len = strcspn(line, "\n");
        escape_html(box, line, len);
        line += len;
        if (*line == '\n') {
            buf_add_text(box, "<br>\n");
            line++;
        }
    }
    buf_add_text(box, "</div>");
}

/* Where in a literal the body begins: behind the tag; 0 where it does not. */
static size_t body_start(const char *bytes, size_t len)
{
    const char *tag = memmem(bytes, len, "<body", 5);
    const char *end = tag != NULL ? memchr(tag, '>', len - (size_t)(tag - bytes)) : NULL;
    return end != NULL ? (size_t)(end + 1 - bytes) : 0;
}

static void note_in_html(const char *note, const struct residual *from, struct residual *to)
{
    struct buf box;
    bool put = false;
    buf_init(&box, NOTE_MAX);
    note_box(note, &box);
    for (size_t i = 0; i < from->count; i++) {
        const struct residual_op *op = &from->ops[i];
        const char *bytes = from->text.data + op->offset;
        size_t start = !put && op->kind == RESIDUAL_LITERAL ? body_start(bytes, op->len) : 0;
        if (start > 0) {
            residual_add_literal(to, bytes, start);
            residual_add_literal(to, box.data, box.len);
            residual_add_literal(to, bytes + start, op->len - start);
            put = true;
        } else {
            residual_add_op(to, from, op);
        }
    }
    buf_free(&box);
}

/* The body of a copy with a note: made from the two parts, as edition_render() makes bodies. */
static bool make_noted(struct press *press, const struct issue_variant *variant,
                       struct residual *body, struct failure *why)
{
    struct residual parts[4];
    for (size_t i = 0; i < 4; i++) {
        residual_init(&parts[i]);
    }
    bool good = residual_load(&parts[0], variant->text, variant->text_len, why) &&
                residual_load(&parts[1], variant->html, variant->html_len, why);
    if (good) {
        note_in_text(press->note, &parts[0], &parts[2]);
        note_in_html(press->note, &parts[1], &parts[3]);
        good = message_body(&parts[2], &parts[3], press->sender.boundary, body, why);
    }
    for (size_t i = 0; i < 4; i++) {
        residual_free(&parts[i]);
    }
    return good;
}

static bool load_program(struct press *press, const char *topics, struct kept_program *kept,
                         struct failure *why)
{
    const struct issue_variant *variant;
    if (!find_variant(press, topics, &variant, why)) {
        return false;
    }
    if (variant == NULL || variant->body_len == 0) {
        return fail(why, FAILURE_INTERNAL, "issue %lld has no edition for the topics \"%.200s\"",
                    (long long)press->issue.number, topics);
    }
    residual_init(&kept->body);
    if (press->note[0] != '\0') {
        if (!make_noted(press, variant, &kept->body, why)) {
            return false;
        }
    } else if (!residual_load(&kept->body, variant->body, variant->body_len, why)) {
        return false;
    }
    kept->topics = memory_resize(NULL, strlen(topics) + 1);
    memcpy(kept->topics, topics, strlen(topics) + 1);
    return true;
}

static bool press_program(struct press *press, const char *topics, const struct residual **body,
                          struct failure *why)
{
    struct kept_program *kept = find_kept(press, topics);
    if (kept->topics == NULL && !load_program(press, topics, kept, why)) {
        return false;
    }
    kept->used = ++press->uses;
    *body = &kept->body;
    return true;
}

/* "Design\nWriting" as people read it. */
static const char *topics_in_words(struct arena *arena, const char *topics)
{
    struct buf words;
    buf_init(&words, ESCAPED_MAX);
    for (const char *c = topics; *c != '\0'; c++) {
        if (*c == '\n') {
            buf_add_text(&words, ", ");
        } else {
            buf_add_char(&words, *c);
        }
    }
    const char *copy = isolate_finish(arena, words.data);
    buf_free(&words);
    return copy;
}

static const char *escaped(struct arena *arena, const char *text)
{
    struct buf html;
    buf_init(&html, ESCAPED_MAX);
    escape_html(&html, text, strlen(text));
    const char *copy = arena_copy_bytes(arena, html.data, html.len);
    buf_free(&html);
    return copy;
}

const struct reader_values *press_reader(struct press *press, const struct delivery *row)
{
    struct arena *arena = &press->reader;
    links_make(arena, press->keys, press->sender.subscribe_url, press->sender.bounce_address,
               row->subscriber_id, press->issue.number, press->issue.iso_week, &press->links);
    const char **plain = press->values.text[RESIDUAL_PLAIN];
    plain[READER_NAME] = isolate_finish(arena, row->name);
    plain[READER_ADDRESS] = row->address;
    plain[READER_UNSUBSCRIBE_URL] = press->links.unsubscribe_url;
    plain[READER_PREFERENCES_URL] = press->links.preferences_url;
    plain[READER_VIEW_URL] = press->links.view_url;
    plain[READER_TOPICS] = topics_in_words(arena, row->topics);
    for (int field = 0; field < READER_FIELDS; field++) {
        press->values.text[RESIDUAL_HTML][field] = escaped(arena, plain[field]);
    }
    return &press->values;
}

static void fill_header(const struct press *press, const struct delivery *row, const char *subject,
                        struct message_header *header)
{
    *header = (struct message_header){
        .from_name = press->sender.from_name,
        .from_address = press->sender.from_address,
        .to_name = row->name,
        .to_address = row->address,
        .reply_to = press->sender.reply_to,
        .subject = subject,
        .message_id = row->message_id,
        .date = press->issue.date,
        .list_name = press->sender.list_name,
        .list_id = press->sender.list_id,
        .list_unsubscribe_url = press->links.unsubscribe_url,
        .list_unsubscribe_mailto =
            sender_reads_mail(&press->sender) ? press->links.unsubscribe_mailto : NULL,
        .feedback_id = press->feedback_id,
        .bulk = true,
        .boundary = press->sender.boundary,
    };
}

bool press_compose(void *context, const struct delivery *row, struct deliver_message *message,
                   struct failure *why)
{
    struct press *press = context;
    arena_reset(&press->reader);
    const struct residual *body;
    if (!press_program(press, row->topics, &body, why)) {
        return false;
    }
    const struct reader_values *reader = press_reader(press, row);
    const char *subject = press->issue.subject;
    if (press->mark[0] != '\0') {
        subject = arena_format(&press->reader, "%s%s", press->mark, subject);
    }
    struct message_header header;
    fill_header(press, row, subject, &header);
    snprintf(message->envelope_sender, sizeof message->envelope_sender, "%s",
             press->links.envelope_sender);
    return message_write(&header, body, reader, &message->bytes, why);
}

bool press_finish(const void *context, struct deliver_message *message, struct failure *why)
{
    const struct press *press = context;
    return press->signer == NULL ||
           dkim_sign_message(press->signer, &message->bytes, press->issue.date, why);
}
