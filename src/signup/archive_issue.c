#include "signup/archive_issue.h"

#include <string.h>

#include "base/clock.h"
#include "base/residual.h"

enum { MAIL_MAX = 64 * 1024 * 1024 };

bool archive_issue_was_sent(const struct issue *issue)
{
    return issue->state == ISSUE_SENT || issue->state == ISSUE_SENDING ||
           (issue->state == ISSUE_CANCELLED && issue->started_at != 0);
}

bool archive_issue_is_listed(const struct issue *issue)
{
    return archive_issue_was_sent(issue) && issue->state != ISSUE_CANCELLED;
}

struct value *archive_issue_value(const struct site *site, struct arena *arena,
                                  const struct issue *issue)
{
    struct value *value = value_object(arena);
    char date[CLOCK_TEXT];
    clock_format(issue->date, date);
    value_set_text(arena, value, "week", issue->iso_week);
    value_set_int(arena, value, "number", issue->number);
    value_set_text(arena, value, "subject", issue->subject);
    value_set_text(arena, value, "preheader", issue->preheader);
    value_set_text(arena, value, "date", arena_format(arena, "%.10s", date));
    value_set_text(arena, value, "date_words", site_date(site, arena, issue->date));
    value_set_text(arena, value, "updated", arena_copy(arena, date));
    value_set_text(
        arena, value, "url",
        arena_format(arena, "%s/issues/%s", site->settings->subscribe.url, issue->iso_week));
    return value;
}

/* Without a reader the templates leave out what would name a person, and say where to sign up. */
static void run_for_nobody(const struct site *site, struct arena *arena,
                           const struct residual *residual, struct buf *out)
{
    struct reader_values nobody;
    for (int field = 0; field < READER_FIELDS; field++) {
        nobody.text[RESIDUAL_PLAIN][field] = "";
        nobody.text[RESIDUAL_HTML][field] = "";
    }
    const char *form = arena_format(arena, "%s/", site->settings->subscribe.url);
    nobody.text[RESIDUAL_PLAIN][READER_PREFERENCES_URL] = form;
    nobody.text[RESIDUAL_HTML][READER_PREFERENCES_URL] = form;
    residual_run(residual, &nobody, NULL, out);
}

/* The previous and the next listed issue, whether or not this one is listed itself. */
static struct value *neighbours(const struct site *site, struct arena *arena,
                                const struct issue *issues, size_t count, const struct issue *issue)
{
    const struct issue *newer = NULL, *older = NULL;
    for (size_t i = 0; i < count; i++) {
        if (!archive_issue_is_listed(&issues[i]) || issues[i].id == issue->id) {
            continue;
        }
        if (strcmp(issues[i].iso_week, issue->iso_week) > 0) {
            newer = &issues[i];
        } else if (older == NULL) {
            older = &issues[i];
        }
    }
    struct value *data = value_object(arena);
    value_set(arena, data, "issue", archive_issue_value(site, arena, issue));
    value_set(arena, data, "previous",
              older != NULL ? archive_issue_value(site, arena, older) : value_null(arena));
    value_set(arena, data, "next",
              newer != NULL ? archive_issue_value(site, arena, newer) : value_null(arena));
    return data;
}

/* The parts of a mail from `text` to `end`; its title is from `title` to `title_end`. */
struct mail_page {
    const char *text, *end;
    const char *title, *title_end;
    const char *head_end;        /* before </head> */
    const char *body, *body_end; /* after <body …>, before </body> */
};

static const char *find_last(const char *from, const char *end, const char *word)
{
    const char *last = NULL;
    size_t len = strlen(word);
    for (const char *at = from; (at = memmem(at, (size_t)(end - at), word, len)) != NULL; at++) {
        last = at;
    }
    return last;
}

static const char *find_first(const char *from, const char *end, const char *word)
{
    return from != NULL ? memmem(from, (size_t)(end - from), word, strlen(word)) : NULL;
}

/* False if the mail has no place for a frame, or a <main> of its own. */
static bool take_apart(const struct buf *mail, struct mail_page *page)
{
    *page = (struct mail_page){.text = mail->data, .end = mail->data + mail->len};
    page->title = find_first(page->text, page->end, "<title>");
    page->title_end = find_first(page->title, page->end, "</title>");
    page->head_end = find_first(page->title_end, page->end, "</head>");
    const char *tag = find_first(page->head_end, page->end, "<body");
    page->body = find_first(tag, page->end, ">");
    if (page->body == NULL || find_first(page->body, page->end, "<main") != NULL) {
        return false;
    }
    page->body++;
    page->body_end = find_last(page->body, page->end, "</body>");
    return page->body_end != NULL;
}

static bool add_frame(struct site *site, struct arena *arena, const char *name, const char *title,
                      struct value *data, struct buf *out, struct failure *why)
{
    const struct page page = {.name = name, .title = title, .data = data};
    return site_render(site, arena, &page, out, why);
}

static void add_piece(struct buf *out, const char *from, const char *to)
{
    buf_add(out, from, (size_t)(to - from));
}

static bool frame(struct site *site, struct arena *arena, const struct buf *mail,
                  const char *subject, struct value *data, struct buf *out, struct failure *why)
{
    struct mail_page page;
    if (!take_apart(mail, &page)) {
        buf_add(out, mail->data, mail->len);
        return true;
    }
    add_piece(out, page.text, page.title);
    add_piece(out, page.title_end + strlen("</title>"), page.head_end);
    if (!add_frame(site, arena, "issue-head", subject, data, out, why)) {
        return false;
    }
    add_piece(out, page.head_end, page.body);
    buf_add_text(out, "\n<main>");
    add_piece(out, page.body, page.body_end);
    buf_add_text(out, "</main>\n");
    if (!add_frame(site, arena, "issue-nav", subject, data, out, why)) {
        return false;
    }
    add_piece(out, page.body_end, page.end);
    return true;
}

bool archive_issue_page(struct site *site, struct arena *arena, const struct issue *issues,
                        size_t count, const struct issue *issue,
                        const struct issue_variant *variant, struct buf *out, struct failure *why)
{
    struct residual residual;
    struct buf mail;
    residual_init(&residual);
    buf_init(&mail, MAIL_MAX);
    bool good = residual_load(&residual, variant->html, variant->html_len, why);
    if (good) {
        run_for_nobody(site, arena, &residual, &mail);
        good = frame(site, arena, &mail, issue->subject,
                     neighbours(site, arena, issues, count, issue), out, why);
    }
    buf_free(&mail);
    residual_free(&residual);
    return good;
}
