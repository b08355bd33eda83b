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
    char *topics;  /* NULL: free */
    char *subject; /* "": the issue's */
    struct residual body;
    int64_t used; /* by the copy maker's counter, to find the oldest */
};

struct copy_maker {
    struct store *store;
    const struct token_keys *keys;
    struct arena arena;  /* for the issue */
    struct arena reader; /* for one message */
    struct issue issue;
    struct sender sender;
    const char *mark;
    const char *note; /* "": none */
    const char *feedback_id;
    const char *archived_at; /* NULL: not named */
    const struct dkim_signer *signer;
    const struct issue_variant *given; /* not stored */
    size_t given_count;
    struct kept_program kept[PROGRAMS_KEPT];
    int64_t uses;
    struct reader_values values;
    struct links links;
};

static void copy_issue(struct copy_maker *maker, const struct issue *issue)
{
    maker->issue = *issue;
    maker->issue.iso_week = arena_copy(&maker->arena, issue->iso_week);
    maker->issue.subject = arena_copy(&maker->arena, issue->subject);
    maker->issue.preheader = arena_copy(&maker->arena, issue->preheader);
    maker->mark = "";
    maker->note = "";
}

bool copy_maker_open(struct store *store, const struct issue *issue, const struct sender *sender,
                     const struct token_keys *keys, struct copy_maker **maker, struct failure *why)
{
    struct copy_maker *made = memory_resize(NULL, sizeof *made);
    *made = (struct copy_maker){.store = store, .keys = keys};
    copy_issue(made, issue);
    if (sender != NULL) {
        made->sender = *sender;
    } else if (!sender_from_json(&made->arena, issue->sender, &made->sender, why)) {
        copy_maker_close(made);
        return false;
    }
    const char *archive = made->sender.archive_url, *week = made->issue.iso_week;
    made->feedback_id = sender_feedback_id(&made->arena, &made->sender, week);
    made->archived_at = archive != NULL ? arena_format(&made->arena, "%s/%s", archive, week) : NULL;
    *maker = made;
    return true;
}

void copy_maker_close(struct copy_maker *maker)
{
    if (maker == NULL) {
        return;
    }
    for (size_t i = 0; i < PROGRAMS_KEPT; i++) {
        free(maker->kept[i].topics);
        free(maker->kept[i].subject);
        residual_free(&maker->kept[i].body);
    }
    arena_free(&maker->arena);
    arena_free(&maker->reader);
    free(maker);
}

void copy_maker_give_variants(struct copy_maker *maker, const struct issue_variant *variants,
                              size_t count)
{
    maker->given = variants;
    maker->given_count = count;
}

void copy_maker_sign_with(struct copy_maker *maker, const struct dkim_signer *signer)
{
    maker->signer = signer;
}

void copy_maker_mark_subject(struct copy_maker *maker, const char *mark)
{
    maker->mark = arena_copy(&maker->arena, mark);
}

void copy_maker_set_note(struct copy_maker *maker, const char *note)
{
    maker->note = arena_copy(&maker->arena, note);
}

static struct kept_program *find_kept(struct copy_maker *maker, const char *topics)
{
    struct kept_program *oldest = &maker->kept[0];
    for (size_t i = 0; i < PROGRAMS_KEPT; i++) {
        struct kept_program *kept = &maker->kept[i];
        if (kept->topics != NULL && strcmp(kept->topics, topics) == 0) {
            return kept;
        }
        oldest = kept->used < oldest->used ? kept : oldest;
    }
    free(oldest->topics);
    free(oldest->subject);
    oldest->topics = oldest->subject = NULL;
    residual_free(&oldest->body);
    return oldest;
}

static bool find_variant(struct copy_maker *maker, const char *topics,
                         const struct issue_variant **variant, struct failure *why)
{
    for (size_t i = 0; i < maker->given_count; i++) {
        if (strcmp(maker->given[i].topics, topics) == 0) {
            *variant = &maker->given[i];
            return true;
        }
    }
    struct issue_variant *stored;
    bool good =
        issue_find_variant(maker->store, &maker->reader, maker->issue.id, topics, &stored, why);
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

/* The note in a box of its own. */
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

/* Where in a literal the body begins: after the tag; 0 if it is not in this literal. */
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

/* The body of a copy with a note: composed from the two parts, as variant_render() composes bodies.
 */
static bool make_noted(struct copy_maker *maker, const struct issue_variant *variant,
                       struct residual *body, struct failure *why)
{
    struct residual parts[4];
    for (size_t i = 0; i < 4; i++) {
        residual_init(&parts[i]);
    }
    bool good = residual_load(&parts[0], variant->text, variant->text_len, why) &&
                residual_load(&parts[1], variant->html, variant->html_len, why);
    if (good) {
        note_in_text(maker->note, &parts[0], &parts[2]);
        note_in_html(maker->note, &parts[1], &parts[3]);
        good = message_body(&parts[2], &parts[3], maker->sender.boundary, body, why);
    }
    for (size_t i = 0; i < 4; i++) {
        residual_free(&parts[i]);
    }
    return good;
}

static char *own_copy(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(memory_resize(NULL, size), text, size);
}

static bool load_program(struct copy_maker *maker, const char *topics, struct kept_program *kept,
                         struct failure *why)
{
    const struct issue_variant *variant;
    if (!find_variant(maker, topics, &variant, why)) {
        return false;
    }
    if (variant == NULL || variant->body_len == 0) {
        return fail(why, FAILURE_INTERNAL, "issue %lld has no variant for the topics \"%.200s\"",
                    (long long)maker->issue.number, topics);
    }
    residual_init(&kept->body);
    if (maker->note[0] != '\0') {
        if (!make_noted(maker, variant, &kept->body, why)) {
            return false;
        }
    } else if (!residual_load(&kept->body, variant->body, variant->body_len, why)) {
        return false;
    }
    kept->topics = own_copy(topics);
    kept->subject = own_copy(variant->subject != NULL ? variant->subject : "");
    return true;
}

static bool copy_maker_program(struct copy_maker *maker, const char *topics,
                               const struct kept_program **program, struct failure *why)
{
    struct kept_program *kept = find_kept(maker, topics);
    if (kept->topics == NULL && !load_program(maker, topics, kept, why)) {
        return false;
    }
    kept->used = ++maker->uses;
    *program = kept;
    return true;
}

/* "Design\nWriting" in a form for people. */
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

const struct reader_values *copy_maker_reader(struct copy_maker *maker, const struct delivery *row)
{
    struct arena *arena = &maker->reader;
    links_make(arena, maker->keys, maker->sender.subscribe_url, maker->sender.bounce_address,
               row->subscriber_id, maker->issue.number, maker->issue.iso_week, &maker->links);
    const char **plain = maker->values.text[RESIDUAL_PLAIN];
    plain[READER_NAME] = isolate_finish(arena, row->name);
    plain[READER_ADDRESS] = row->address;
    plain[READER_UNSUBSCRIBE_URL] = maker->links.unsubscribe_url;
    plain[READER_PREFERENCES_URL] = maker->links.preferences_url;
    plain[READER_VIEW_URL] = maker->links.view_url;
    plain[READER_TOPICS] = topics_in_words(arena, row->topics);
    for (int field = 0; field < READER_FIELDS; field++) {
        maker->values.text[RESIDUAL_HTML][field] = escaped(arena, plain[field]);
    }
    return &maker->values;
}

static void fill_header(const struct copy_maker *maker, const struct delivery *row,
                        const char *subject, struct message_header *header)
{
    *header = (struct message_header){
        .from_name = maker->sender.from_name,
        .from_address = maker->sender.from_address,
        .to_name = row->name,
        .to_address = row->address,
        .reply_to = maker->sender.reply_to,
        .subject = subject,
        .message_id = row->message_id,
        .date = maker->issue.date,
        .list_name = maker->sender.list_name,
        .list_id = maker->sender.list_id,
        .list_unsubscribe_url = maker->links.unsubscribe_url,
        .list_unsubscribe_mailto =
            sender_reads_mail(&maker->sender) ? maker->links.unsubscribe_mailto : NULL,
        .list_archive_url = maker->sender.archive_url,
        .archived_at_url = maker->archived_at,
        .feedback_id = maker->feedback_id,
        .content_language = maker->sender.content_language,
        .bulk = true,
        .boundary = maker->sender.boundary,
    };
}

bool copy_maker_compose(void *context, const struct delivery *row, struct smtp_message *message,
                        struct failure *why)
{
    struct copy_maker *maker = context;
    arena_reset(&maker->reader);
    const struct kept_program *program;
    if (!copy_maker_program(maker, row->topics, &program, why)) {
        return false;
    }
    const struct reader_values *reader = copy_maker_reader(maker, row);
    const char *subject = *program->subject != '\0' ? program->subject : maker->issue.subject;
    if (maker->mark[0] != '\0') {
        subject = arena_format(&maker->reader, "%s%s", maker->mark, subject);
    }
    struct message_header header;
    fill_header(maker, row, subject, &header);
    snprintf(message->envelope_sender, sizeof message->envelope_sender, "%s",
             maker->links.envelope_sender);
    return message_write(&header, &program->body, reader, &message->bytes, why);
}

bool copy_maker_finish(const void *context, struct smtp_message *message, struct failure *why)
{
    const struct copy_maker *maker = context;
    return maker->signer == NULL ||
           dkim_sign_message(maker->signer, &message->bytes, maker->issue.date, why);
}
