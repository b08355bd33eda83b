/* The archive: each issue that was sent as a web page, by the program that made the mails, run
 * without any reader. No token of anybody stands in it. */
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/residual.h"
#include "store/issue.h"
#include "web/signup.h"

enum { ISSUE_MAX = 16 * 1024 * 1024, ETAG_HEX = 32 };

/* Copies have left: the page that they link to must be there. */
static bool was_sent(const struct issue *issue)
{
    return issue->state == ISSUE_SENT || issue->state == ISSUE_SENDING ||
           (issue->state == ISSUE_CANCELLED && issue->started_at != 0);
}

void archive_handle_list(void *context, const struct web_request *request,
                         struct web_answer *answer)
{
    struct site *site = context;
    struct arena *arena = request->arena;
    struct issue *issues;
    size_t count;
    struct failure why = {0};
    if (!issue_list(site->store, arena, &issues, &count, &why)) {
        site_say_failure(site, request, answer, &why);
        return;
    }
    struct value *data = value_object(arena);
    struct value *list = value_set(arena, data, "issues", value_list(arena));
    for (size_t i = 0; i < count; i++) {
        if (was_sent(&issues[i])) {
            char date[CLOCK_TEXT];
            clock_format(issues[i].date, date);
            struct value *issue = value_add(list, value_object(arena));
            value_set_text(arena, issue, "week", issues[i].iso_week);
            value_set_int(arena, issue, "number", issues[i].number);
            value_set_text(arena, issue, "subject", issues[i].subject);
            value_set_text(arena, issue, "date", arena_format(arena, "%.10s", date));
        }
    }
    value_set_bool(arena, data, "has_issues", list->count > 0);
    const struct page page = {.name = "issues", .title = "Past issues", .data = data};
    site_show(site, request, answer, &page);
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
    char hash[HASH_HEX];
    hash_sha256_hex(answer->body.data, answer->body.len, hash);
    const char *tag = arena_format(request->arena, "\"%.*s\"", ETAG_HEX, hash);
    web_add_header(answer, "ETag", tag);
    web_add_header(answer, "Cache-Control", "public, max-age=300");
    web_add_header(answer, "Content-Security-Policy",
                   "default-src 'none'; style-src 'unsafe-inline'; img-src https: 'self'; "
                   "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    const char *known = request->header(request, "If-None-Match");
    if (known != NULL && strcmp(known, tag) == 0) {
        answer->status = 304;
        buf_reset(&answer->body);
    }
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
