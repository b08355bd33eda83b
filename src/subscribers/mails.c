#include "subscribers/mails.h"

#include <stdio.h>
#include <string.h>

#include "base/value.h"
#include "digest/say.h"
#include "digest/wrap.h"
#include "mail/message.h"
#include "store/issue.h"
#include "subscribers/subscription.h"
#include "subscribers/template.h"

enum { PART_MAX = 1024 * 1024 };

static const char *const kinds[] = {"confirm", "already", "welcome", "reminder", "invite", "change",
                                    "moved",   "own",     "back",    "left",     "erased"};

bool mails_know(const char *kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i], kind) == 0) {
            return true;
        }
    }
    return false;
}

/* The state of one message. */
struct mail {
    const struct mails *mails;
    const struct settings *settings;
    struct arena *arena;
    const struct delivery *row;
    char confirm[TOKEN_TEXT], leave[TOKEN_TEXT], preferences[TOKEN_TEXT], bounce[TOKEN_TEXT];
    const char *subject;
};

static bool is_kind(const struct mail *mail, const char *kind)
{
    return strcmp(mail->row->kind, kind) == 0;
}

/* Whether it goes to an address that is not, or no longer, the reader's. */
static bool goes_elsewhere(const struct mail *mail)
{
    return is_kind(mail, "change") || is_kind(mail, "moved");
}

/* Whether there is nothing to leave, or not any more: the reader has left, or is nobody of ours. */
static bool says_farewell(const struct mail *mail)
{
    return is_kind(mail, "left") || is_kind(mail, "erased");
}

/* Somebody who did not ask today cannot be expected to read it today. */
static int confirm_hours(const struct mail *mail)
{
    return is_kind(mail, "invite") ? SUBSCRIPTION_INVITE_HOURS : SUBSCRIPTION_CONFIRM_HOURS;
}

/* Tokens are derived from the row: another attempt makes the same ones. Bounces from another
 * address are not the reader's fault. */
static void make_tokens(struct mail *mail)
{
    const struct token_keys *keys = mail->mails->keys;
    const struct delivery *row = mail->row;
    if (goes_elsewhere(mail)) { /* confirms the change, or undoes it */
        token_make(keys, TOKEN_CHANGE, row->subscriber_id, row->id, mail->confirm);
    } else if (is_kind(mail, "own")) {
        token_make(keys, TOKEN_OWN, row->subscriber_id, row->id, mail->confirm);
    } else {
        token_make(keys, TOKEN_CONFIRM, row->subscriber_id,
                   row->created_at / 3600 + confirm_hours(mail), mail->confirm);
    }
    token_make(keys, TOKEN_LEAVE, row->subscriber_id, 0, mail->leave);
    token_make(keys, TOKEN_PREFERENCES, row->subscriber_id, 0, mail->preferences);
    token_make(keys, TOKEN_BOUNCE_MAIL, goes_elsewhere(mail) ? 0 : row->subscriber_id, row->id,
               mail->bounce);
}

static struct value *issue_value(const struct mail *mail, const char *subject, const char *week)
{
    struct value *value = value_object(mail->arena);
    value_set_text(mail->arena, value, "subject", subject);
    value_set_text(mail->arena, value, "url",
                   arena_format(mail->arena, "%s/issues/%s", mail->settings->subscribe.url, week));
    return value;
}

/* The newest issue that readers have; null if there is none. */
static bool last_issue(const struct mail *mail, struct value **value, struct failure *why)
{
    struct issue *issues;
    size_t count;
    *value = value_null(mail->arena);
    if (!issue_list(mail->mails->store, mail->arena, &issues, &count, why)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (issues[i].state == ISSUE_SENT || issues[i].state == ISSUE_SENDING) {
            *value = issue_value(mail, issues[i].subject, issues[i].iso_week);
            return true;
        }
    }
    return true;
}

static void set_link(const struct mail *mail, struct value *data, const char *name,
                     const char *path, const char *token)
{
    value_set_text(
        mail->arena, data, name,
        arena_format(mail->arena, "%s/%s/%s", mail->settings->subscribe.url, path, token));
}

/* The page behind `confirm_url`. */
static const char *confirm_path(const struct mail *mail)
{
    return goes_elsewhere(mail) ? "address" : is_kind(mail, "own") ? "own" : "confirm";
}

static struct value *variables(const struct mail *mail, struct value *last_issue)
{
    struct arena *arena = mail->arena;
    const struct settings *settings = mail->settings;
    const struct say say = {arena, catalogue_english(arena)};
    struct value *data = value_object(arena);
    struct value *site = value_set(arena, data, "site", value_object(arena));
    value_set_text(arena, site, "name", settings->site.name);
    value_set_text(arena, site, "url", settings->site.url);
    value_set_text(arena, site, "language", settings->site.language);
    value_set_text(arena, site, "direction", settings->site.direction);
    value_set_text(arena, site, "postal_address", settings->site.postal_address);
    value_set(arena, data, "words",
              say_language(&say, settings->site.language, settings->site.direction));
    value_set(arena, data, "last_issue", last_issue);
    value_set_int(arena, data, "days", confirm_hours(mail) / 24);
    value_set_text(arena, data, "weekday", say_weekday(&say, settings->issue.weekday));
    value_set_text(arena, data, "subscribe_url", settings->subscribe.url);
    set_link(mail, data, "confirm_url", confirm_path(mail), mail->confirm);
    set_link(mail, data, "leave_url", "leave", mail->leave);
    set_link(mail, data, "preferences_url", "preferences", mail->preferences);
    return data;
}

static bool fail_subject(const struct mail *mail, struct failure *why)
{
    const struct template_source source = {.settings = mail->settings};
    const char *name = arena_format(mail->arena, "mails/%s.txt.mustache", mail->row->kind);
    const char *text, *path;
    size_t len;
    return template_read(mail->arena, &source, name, &text, &len, &path, why) &&
           fail(why, FAILURE_DATA, "%s:1:1: the first line must be \"Subject: …\"", path);
}

/* "Subject: …" is the first line of the text; blank lines after it are dropped. */
static bool split_subject(struct mail *mail, const struct buf *text, const char **body,
                          struct failure *why)
{
    static const char word[] = "Subject: ";
    const char *end = memchr(text->data, '\n', text->len);
    if (end == NULL || strncmp(text->data, word, sizeof word - 1) != 0) {
        return fail_subject(mail, why);
    }
    const char *start = text->data + sizeof word - 1;
    mail->subject = arena_copy_bytes(mail->arena, start, (size_t)(end - start));
    *body = end + strspn(end, "\n");
    return true;
}

static bool make_text(struct mail *mail, const struct value *data, struct residual *out,
                      struct failure *why)
{
    const struct template_source source = {.settings = mail->settings};
    struct buf text, wrapped;
    const char *body;
    buf_init(&text, PART_MAX);
    buf_init(&wrapped, PART_MAX);
    bool good = template_render(mail->arena, &source, "mails",
                                arena_format(mail->arena, "%s.txt", mail->row->kind),
                                MUSTACHE_PLAIN, data, &text, why) &&
                split_subject(mail, &text, &body, why);
    if (good) {
        wrap_text(body, text.len - (size_t)(body - text.data), WRAP_COLUMNS, &wrapped);
        residual_add_literal(out, wrapped.data, wrapped.len);
    }
    buf_free(&wrapped);
    buf_free(&text);
    return good;
}

static bool make_html(const struct mail *mail, const struct value *data, struct residual *out,
                      struct failure *why)
{
    const struct template_source source = {.settings = mail->settings};
    struct buf html;
    buf_init(&html, PART_MAX);
    bool good = template_render(mail->arena, &source, "mails",
                                arena_format(mail->arena, "%s.html", mail->row->kind),
                                MUSTACHE_HTML, data, &html, why);
    if (good) {
        residual_add_literal(out, html.data, html.len);
    }
    buf_free(&html);
    return good;
}

static bool make_parts(struct mail *mail, const struct value *data, struct residual *text,
                       struct residual *html, struct failure *why)
{
    return make_text(mail, data, text, why) && make_html(mail, data, html, why);
}

static bool try_kind(struct mail *mail, struct value *issue, struct failure *why)
{
    struct residual text, html;
    residual_init(&text);
    residual_init(&html);
    bool good = make_parts(mail, variables(mail, issue), &text, &html, why);
    residual_free(&html);
    residual_free(&text);
    return good;
}

/* A missing name would only show when a mail is made, and then somebody is waiting for it. */
bool mails_check(const struct settings *settings, struct failure *why)
{
    struct arena arena = {0};
    bool good = true;
    for (size_t i = 0; good && i < sizeof kinds / sizeof kinds[0]; i++) {
        const struct delivery row = {.kind = kinds[i]};
        struct mail mail = {.settings = settings,
                            .arena = &arena,
                            .row = &row,
                            .confirm = "TOKEN",
                            .leave = "TOKEN",
                            .preferences = "TOKEN"};
        good = try_kind(&mail, value_null(&arena), why) &&
               try_kind(&mail, issue_value(&mail, "Last week's issue", "2026-W01"), why);
    }
    arena_free(&arena);
    return good;
}

/* An address that is not the reader's must not be able to unsubscribe the reader. */
static void offer_leaving(const struct mail *mail, struct message_header *header)
{
    if (goes_elsewhere(mail) || says_farewell(mail)) {
        return;
    }
    header->list_unsubscribe_url =
        arena_format(mail->arena, "%s/leave/%s", mail->settings->subscribe.url, mail->leave);
    if (mail->mails->leave_by_mail) {
        header->list_unsubscribe_mailto = arena_format(mail->arena, "unsubscribe+%s%s", mail->leave,
                                                       strrchr(mail->mails->bounce_address, '@'));
    }
}

static void fill_header(const struct mail *mail, struct message_header *header)
{
    const struct delivery *row = mail->row;
    *header = (struct message_header){
        .from_name = mail->mails->from_name,
        .from_address = mail->mails->from_address,
        .to_name = "",
        .to_address = row->address,
        .reply_to = mail->settings->mail.reply_to,
        .subject = mail->subject,
        .message_id = row->message_id,
        .date = row->created_at,
        .list_name = mail->settings->site.name,
        .list_id = mail->settings->mail.list_id,
        .auto_generated = true,
        .boundary = mail->mails->boundary,
    };
    offer_leaving(mail, header);
}

static bool write_message(struct mail *mail, const struct residual *body, struct buf *message,
                          struct failure *why)
{
    static const struct reader_values nobody = {
        .text = {{"", "", "", "", "", ""}, {"", "", "", "", "", ""}}};
    struct message_header header;
    fill_header(mail, &header);
    return message_write(&header, body, &nobody, message, why);
}

bool mails_compose(const struct mails *mails, struct arena *arena, const struct delivery *row,
                   struct buf *message, char envelope_sender[MAILS_ENVELOPE], struct failure *why)
{
    struct mail mail = {.mails = mails, .settings = mails->settings, .arena = arena, .row = row};
    const char *bounce = mails->bounce_address;
    struct value *issue;
    struct residual text, html, body;
    residual_init(&text);
    residual_init(&html);
    residual_init(&body);
    make_tokens(&mail);
    bool good = last_issue(&mail, &issue, why) &&
                make_parts(&mail, variables(&mail, issue), &text, &html, why) &&
                message_body(&text, &html, mails->boundary, &body, why) &&
                write_message(&mail, &body, message, why);
    snprintf(envelope_sender, MAILS_ENVELOPE, "%.*s+%s%s", (int)(strrchr(bounce, '@') - bounce),
             bounce, mail.bounce, strrchr(bounce, '@'));
    residual_free(&text);
    residual_free(&html);
    residual_free(&body);
    return good;
}
