#include "signup/archive.h"

#include <string.h>

#include "base/clock.h"
#include "base/residual.h"
#include "store/issue.h"

enum { KEEP = 300 /* seconds */, FEED_MAX = 50 /* issues */ };

/* Copies have left: the page that they link to must be there. */
static bool was_sent(const struct issue *issue)
{
    return issue->state == ISSUE_SENT || issue->state == ISSUE_SENDING ||
           (issue->state == ISSUE_CANCELLED && issue->started_at != 0);
}

static struct value *issue_value(const struct site *site, struct arena *arena,
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
    value_set_text(arena, value, "updated", arena_copy(arena, date));
    value_set_text(
        arena, value, "url",
        arena_format(arena, "%s/issues/%s", site->settings->subscribe.url, issue->iso_week));
    return value;
}

/* One that was cancelled on its way stays at its address, for those who have the mail; it is taken
 * back all the same, and nobody else is led there. */
static bool is_listed(const struct issue *issue)
{
    return was_sent(issue) && issue->state != ISSUE_CANCELLED;
}

/* The issues that were sent, newest first, at most so many, as `issues` and `has_issues`. */
static bool list_issues(const struct site *site, struct arena *arena, size_t most,
                        struct value **data, struct failure *why)
{
    struct issue *issues;
    size_t count;
    *data = value_object(arena);
    if (!issue_list(site->store, arena, &issues, &count, why)) {
        return false;
    }
    struct value *list = value_set(arena, *data, "issues", value_list(arena));
    for (size_t i = 0; i < count && list->count < most; i++) {
        if (is_listed(&issues[i])) {
            value_add(list, issue_value(site, arena, &issues[i]));
        }
    }
    value_set_bool(arena, *data, "has_issues", list->count > 0);
    return true;
}

static bool list_page(const struct site *site, struct arena *arena, struct page *page,
                      struct failure *why)
{
    *page = (struct page){.name = "issues", .title = site_words(site, arena, "page/issues")};
    return list_issues(site, arena, SIZE_MAX, &page->data, why);
}

void archive_handle_list(void *context, const struct web_request *request,
                         struct web_answer *answer)
{
    struct site *site = context;
    struct page page;
    struct failure why = {0};
    if (!list_page(site, request->arena, &page, &why)) {
        site_say_failure(site, request, answer, &why);
        return;
    }
    site_show(site, request, answer, &page);
}

/* A feed without an entry needs a date all the same: the beginning of time never changes. */
static const char *last_update(const struct value *data)
{
    const struct value *newest = value_find(data, "issues")->first;
    return newest != NULL ? value_find(newest, "updated")->text : "1970-01-01T00:00:00Z";
}

/* Atom (RFC 4287). */
static bool feed_page(const struct site *site, struct arena *arena, struct page *page,
                      struct failure *why)
{
    *page = (struct page){.name = "feed", .title = site->settings->site.name, .suffix = "xml"};
    if (!list_issues(site, arena, FEED_MAX, &page->data, why)) {
        return false;
    }
    value_set_text(arena, page->data, "home", site->settings->subscribe.url);
    value_set_text(arena, page->data, "updated", last_update(page->data));
    return true;
}

void archive_handle_feed(void *context, const struct web_request *request,
                         struct web_answer *answer)
{
    struct site *site = context;
    struct page page;
    struct failure why = {0};
    if (!feed_page(site, request->arena, &page, &why)) {
        site_say_failure(site, request, answer, &why);
        return;
    }
    site_show(site, request, answer, &page);
    if (answer->status == 200) {
        answer->type = "application/atom+xml; charset=utf-8";
        site_let_keep(request, answer, KEEP);
    }
}

/* Nobody reads: the templates leave out what would name a person, and say where to sign up. */
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

static bool render_issue(const struct site *site, struct arena *arena,
                         const struct issue_variant *variant, struct buf *out, struct failure *why)
{
    struct residual residual;
    residual_init(&residual);
    bool good = residual_load(&residual, variant->html, variant->html_len, why);
    if (good) {
        run_for_nobody(site, arena, &residual, out);
    }
    residual_free(&residual);
    return good;
}

static bool find_variant(const struct site *site, struct arena *arena, const char *week,
                         struct issue_variant **variant, struct failure *why)
{
    struct issue *issue;
    *variant = NULL;
    if (!issue_find_week(site->store, arena, week, &issue, why)) {
        return false;
    }
    return issue == NULL || !was_sent(issue) ||
           issue_find_variant(site->store, arena, issue->id, "", variant, why);
}

/* The page is a mail: its styles are inline, and its pictures may lie anywhere. */
static void add_headers(const struct web_request *request, struct web_answer *answer)
{
    site_let_keep(request, answer, KEEP);
    web_add_header(answer, "Content-Security-Policy",
                   "default-src 'none'; style-src 'unsafe-inline'; img-src https: 'self'; "
                   "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
}

void archive_handle_issue(void *context, const struct web_request *request,
                          struct web_answer *answer)
{
    struct site *site = context;
    struct issue_variant *variant;
    struct failure why = {0};
    if (!find_variant(site, request->arena, request->rest, &variant, &why)) {
        site_say_failure(site, request, answer, &why);
    } else if (variant == NULL || variant->html_len == 0) {
        site_missing(site, request, answer);
    } else if (!render_issue(site, request->arena, variant, &answer->body, &why)) {
        site_say_failure(site, request, answer, &why);
    } else {
        add_headers(request, answer);
    }
}

/* --- as files --- */

enum { FILE_LIMIT = 64 * 1024 * 1024 };

struct writing {
    struct site *site;
    archive_put put;
    void *context;
    struct arena *arena; /* of one file */
    struct buf content;
};

static bool put(struct writing *writing, const char *path, struct failure *why)
{
    return writing->put(writing->context, path, &writing->content, why);
}

static bool write_file(struct writing *writing, const char *path, struct failure *why)
{
    const struct template_source source = {writing->site->settings, &writing->site->pages};
    const char *text, *found;
    size_t len;
    if (!template_read(writing->arena, &source, arena_format(writing->arena, "pages/%s", path),
                       &text, &len, &found, why)) {
        return false;
    }
    buf_reset(&writing->content);
    buf_add(&writing->content, text, len);
    return put(writing, path, why);
}

static bool write_page(struct writing *writing, const struct page *page, const char *path,
                       struct failure *why)
{
    buf_reset(&writing->content);
    return site_render(writing->site, writing->arena, page, &writing->content, why) &&
           put(writing, path, why);
}

static bool write_issue(struct writing *writing, const char *week, struct failure *why)
{
    struct issue_variant *variant;
    if (!find_variant(writing->site, writing->arena, week, &variant, why)) {
        return false;
    }
    if (variant == NULL || variant->html_len == 0) {
        return true;
    }
    buf_reset(&writing->content);
    return render_issue(writing->site, writing->arena, variant, &writing->content, why) &&
           put(writing, arena_format(writing->arena, "issues/%s/index.html", week), why);
}

static bool write_issues(struct writing *writing, struct failure *why)
{
    struct arena list = {0}, *one = writing->arena;
    struct issue *issues;
    size_t count = 0;
    bool good = issue_list(writing->site->store, &list, &issues, &count, why);
    for (size_t i = 0; good && i < count; i++) {
        good = write_issue(writing, issues[i].iso_week, why);
        arena_reset(one);
    }
    arena_free(&list);
    return good;
}

bool archive_write(struct site *site, archive_put put_file, void *context, struct failure *why)
{
    struct arena arena = {0};
    struct writing writing = {.site = site, .put = put_file, .context = context, .arena = &arena};
    struct page page;
    buf_init(&writing.content, FILE_LIMIT);
    bool good = write_file(&writing, "style.css", why) &&
                write_file(&writing, "favicon.svg", why) && write_issues(&writing, why) &&
                list_page(site, &arena, &page, why) &&
                write_page(&writing, &page, "issues/index.html", why) &&
                feed_page(site, &arena, &page, why) && write_page(&writing, &page, "feed.xml", why);
    buf_free(&writing.content);
    arena_free(&arena);
    return good;
}
