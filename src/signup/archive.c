#include "signup/archive.h"

#include <string.h>

#include "signup/archive_issue.h"
#include "store/issue.h"

enum { KEEP = 300 /* seconds */, FEED_MAX = 50 /* issues */ };

/* The issues that were sent, newest first, at most `most`, as `issues` and `has_issues`. */
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
        if (archive_issue_is_listed(&issues[i])) {
            value_add(list, archive_issue_value(site, arena, &issues[i]));
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

/* A feed without entries needs a date too: the epoch never changes. */
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

/* One issue of which copies were sent, among all issues; `*variant` is NULL if it has none. */
struct found_issue {
    struct issue *issues, *issue;
    size_t count;
    struct issue_variant *variant;
};

static bool find_issue(const struct site *site, struct arena *arena, const char *week,
                       struct found_issue *found, struct failure *why)
{
    *found = (struct found_issue){0};
    if (!issue_list(site->store, arena, &found->issues, &found->count, why)) {
        return false;
    }
    for (size_t i = 0; i < found->count; i++) {
        if (strcmp(found->issues[i].iso_week, week) == 0 &&
            archive_issue_was_sent(&found->issues[i])) {
            found->issue = &found->issues[i];
            return issue_find_variant(site->store, arena, found->issue->id, "", &found->variant,
                                      why);
        }
    }
    return true;
}

static bool has_page(const struct found_issue *found)
{
    return found->variant != NULL && found->variant->html_len > 0;
}

static bool add_page(struct site *site, struct arena *arena, const struct found_issue *found,
                     struct buf *out, struct failure *why)
{
    return archive_issue_page(site, arena, found->issues, found->count, found->issue,
                              found->variant, out, why);
}

/* The page is a mail: its styles are inline, and its pictures may come from anywhere. */
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
    struct found_issue found;
    struct failure why = {0};
    if (!find_issue(site, request->arena, request->rest, &found, &why)) {
        site_say_failure(site, request, answer, &why);
    } else if (!has_page(&found)) {
        site_missing(site, request, answer);
    } else if (!add_page(site, request->arena, &found, &answer->body, &why)) {
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
    struct arena *arena; /* for one file */
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
    struct found_issue found;
    if (!find_issue(writing->site, writing->arena, week, &found, why)) {
        return false;
    }
    if (!has_page(&found)) {
        return true;
    }
    buf_reset(&writing->content);
    return add_page(writing->site, writing->arena, &found, &writing->content, why) &&
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
