#include "signup/site.h"

#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/log.h"
#include "base/utf8.h"
#include "http/origin.h"
#include "mustache/escape.h"
#include "store/issue.h"

enum { STYLE_HASH = 12, ETAG_HEX = 32 };

static const char *const page_names[] = {
    "address.html",  "back.html",        "check-your-mail.html",
    "confirm.html",  "confirmed.html",   "erase.html",
    "error.html",    "expired.html",     "feed.xml",
    "issues.html",   "issue-head.html",  "issue-nav.html",
    "leave.html",    "left.html",        "own.html",
    "message.html",  "moved.html",       "not-found.html",
    "own-data.html", "preferences.html", "signup.html"};

static const char *const file_names[] = {"pages/style.css", "pages/favicon.svg",
                                         "pages/robots.txt"};

static bool load_pages(const struct template_source *source, struct failure *why)
{
    struct arena arena = {0};
    const char *text, *path;
    size_t len;
    bool good = true;
    for (size_t i = 0; good && i < sizeof page_names / sizeof page_names[0]; i++) {
        good = template_check(&arena, source, "pages", page_names[i], MUSTACHE_HTML, why);
    }
    for (size_t i = 0; good && i < sizeof file_names / sizeof file_names[0]; i++) {
        good = template_read(&arena, source, file_names[i], &text, &len, &path, why);
    }
    arena_free(&arena);
    return good;
}

bool site_load_pages(struct site *site, struct failure *why)
{
    struct template_cache fresh = {0};
    const struct template_source source = {site->settings, &fresh};
    if (!load_pages(&source, why)) {
        template_cache_drop(&fresh);
        return false;
    }
    site_drop_pages(site);
    site->pages = fresh;
    site->words = catalogue_english(&site->pages.arena);
    return true;
}

bool site_check_pages(const struct settings *settings, struct failure *why)
{
    const struct template_source source = {.settings = settings};
    return load_pages(&source, why);
}

void site_drop_pages(struct site *site)
{
    template_cache_drop(&site->pages);
}

void site_wake_mailer(const struct site *site)
{
    /* If the pipe is full the mailer will wake up anyway. */
    if (site->wake_fd >= 0 && write(site->wake_fd, "m", 1) < 0) {
        return;
    }
}

struct subscription site_subscription(const struct site *site)
{
    return (struct subscription){site->store, site->settings, site->keys};
}

struct limits site_limits(const struct site *site)
{
    return (struct limits){site->store, site->settings, site->keys};
}

/* Mail programs and people often send more than the token: the full stop after a link, the bracket
 * around it, the end of a line. */
const char *site_token(const struct web_request *request)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const char *token = request->rest + strcspn(request->rest, letters);
    if (strspn(token, letters) == TOKEN_LEN) {
        return arena_copy_bytes(request->arena, token, TOKEN_LEN);
    }
    return arena_copy_bytes(request->arena, request->rest, strcspn(request->rest, "/"));
}

const char *site_network(const struct web_request *request)
{
    char network[ORIGIN_TEXT];
    origin_network(request->origin, network);
    return arena_copy(request->arena, network);
}

struct limits_origin site_origin(const struct web_request *request)
{
    _Static_assert((int)LIMITS_NETWORKS == (int)ORIGIN_NETWORKS, "one for one");
    struct limits_origin origin;
    char networks[ORIGIN_NETWORKS][ORIGIN_TEXT];
    origin_networks(request->origin, networks);
    for (size_t i = 0; i < LIMITS_NETWORKS; i++) {
        origin.networks[i] = arena_copy(request->arena, networks[i]);
    }
    return origin;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* C0 and C1 controls, and characters that change the text direction or end a line. */
static bool has_control(const char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        uint32_t point;
        at += utf8_decode(text + at, len - at, &point);
        if (point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x2028 || point == 0x2029 ||
            (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069)) {
            return true;
        }
    }
    return false;
}

static const struct web_field *find_field(const struct web_field *field, const char *name)
{
    while (field != NULL && strcmp(field->name, name) != 0) {
        field = field->next;
    }
    return field;
}

const char *site_field(const struct web_request *request, const char *name, size_t limit)
{
    const struct web_field *field = find_field(request->form, name);
    if (field == NULL) {
        return "";
    }
    const char *text = field->value;
    size_t len = field->len;
    utf8_trim(&text, &len);
    if (len > limit || memchr(text, '\0', len) != NULL || !utf8_valid(text, len, NULL) ||
        has_control(text, len)) {
        return NULL;
    }
    return arena_copy_bytes(request->arena, text, len);
}

bool site_last_issue(const struct site *site, struct arena *arena, struct value **issue,
                     struct failure *why)
{
    struct issue_newest newest;
    *issue = value_null(arena);
    if (!issue_find_newest_sent(site->store, arena, &newest, why)) {
        return false;
    }
    if (newest.iso_week != NULL) {
        *issue = value_object(arena);
        value_set_text(arena, *issue, "week", newest.iso_week);
        value_set_text(arena, *issue, "date", site_date(site, arena, newest.date));
        value_set_text(arena, *issue, "subject", newest.subject);
    }
    return true;
}

/* --- writing answers --- */

/* "https://news.example.org/list" gives "/list": the prefix of links. */
static const char *base_path(const struct settings *settings)
{
    const char *host = strstr(settings->subscribe.url, "://");
    const char *path = host != NULL ? strchr(host + 3, '/') : NULL;
    return path != NULL ? path : "";
}

static const char *host_of(struct arena *arena, const char *url)
{
    const char *host = strstr(url, "://");
    host = host != NULL ? host + 3 : url;
    return arena_copy_bytes(arena, host, strcspn(host, "/"));
}

/* The style sheet's URL contains a hash of its content, so that a new one is fetched at once. */
static bool style_hash(struct site *site, struct arena *arena, char out[HASH_HEX],
                       struct failure *why)
{
    const struct template_source source = {site->settings, &site->pages};
    const char *text, *path;
    size_t len;
    if (!template_read(arena, &source, "pages/style.css", &text, &len, &path, why)) {
        return false;
    }
    hash_sha256_hex(text, len, out);
    out[STYLE_HASH] = '\0';
    return true;
}

static bool common_data(struct site *site, struct arena *arena, const struct page *page,
                        struct value **data, struct failure *why)
{
    const struct settings *settings = site->settings;
    char style[HASH_HEX];
    *data = page->data != NULL ? page->data : value_object(arena);
    if (!style_hash(site, arena, style, why)) {
        return false;
    }
    struct value *names = value_set(arena, *data, "site", value_object(arena));
    value_set_text(arena, names, "name", settings->site.name);
    value_set_text(arena, names, "url", settings->site.url);
    value_set_text(arena, names, "host", host_of(arena, settings->site.url));
    value_set_text(arena, names, "language", settings->site.language);
    value_set_text(arena, names, "direction", settings->site.direction);
    value_set_text(arena, names, "postal_address", settings->site.postal_address);
    const struct say say = site_sayer(site, arena);
    value_set(arena, *data, "words",
              say_language(&say, settings->site.language, settings->site.direction));
    value_set_text(arena, *data, "base", base_path(settings));
    value_set_text(arena, *data, "style", style);
    value_set_text(arena, *data, "title", page->title);
    return true;
}

static void show_json(const struct web_request *request, struct web_answer *answer,
                      const struct page *page)
{
    struct arena *arena = request->arena;
    struct value *object = value_object(arena);
    value_set_bool(arena, object, "ok", answer->status < 400);
    value_set_text(arena, object, "message", page->message != NULL ? page->message : page->title);
    const struct value *errors = value_find(page->data, "errors");
    if (errors != NULL && errors->count > 0) {
        struct value *list = value_set(arena, object, "errors", value_list(arena));
        for (const struct value *error = errors->first; error != NULL; error = error->next) {
            struct value *copy = value_add(list, value_object(arena));
            value_set_text(arena, copy, "field", value_find(error, "field")->text);
            value_set_text(arena, copy, "message", value_find(error, "message")->text);
        }
    }
    answer->type = "application/json";
    json_write(&answer->body, object, JSON_COMPACT);
    buf_add_char(&answer->body, '\n');
}

/* Whether the list of entity tags in If-None-Match contains this one. Weak ones count too (RFC 9110
 * 13.1.2): a web server in front of us that compresses makes them weak. */
static bool has_tag(const char *list, const char *tag)
{
    size_t len = strlen(tag);
    for (const char *at = list; *at != '\0';) {
        at += strspn(at, ", \t");
        at += strncmp(at, "W/", 2) == 0 ? 2 : 0;
        size_t word = strcspn(at, ",");
        size_t end = word;
        while (end > 0 && is_blank(at[end - 1])) {
            end--;
        }
        if ((end == len && memcmp(at, tag, len) == 0) || (end == 1 && at[0] == '*')) {
            return true;
        }
        at += word;
    }
    return false;
}

void site_let_keep(const struct web_request *request, struct web_answer *answer, int seconds)
{
    char hash[HASH_HEX];
    hash_sha256_hex(answer->body.data, answer->body.len, hash);
    const char *tag = arena_format(request->arena, "\"%.*s\"", ETAG_HEX, hash);
    const char *known = request->header(request, "If-None-Match");
    web_add_header(answer, "ETag", tag);
    web_add_header(answer, "Cache-Control",
                   arena_format(request->arena, "public, max-age=%d", seconds));
    if (known != NULL && has_tag(known, tag)) {
        answer->status = 304; /* Content-Length is sent, but no body */
    }
}

static void say_plainly(const struct site *site, const struct web_request *request,
                        struct web_answer *answer)
{
    buf_reset(&answer->body);
    answer->status = 500;
    answer->type = "text/plain; charset=utf-8";
    buf_addf(&answer->body, "%s\n", site_words(site, request->arena, "page/broken"));
}

bool site_render(struct site *site, struct arena *arena, const struct page *page, struct buf *out,
                 struct failure *why)
{
    const struct template_source source = {site->settings, &site->pages};
    const char *suffix = page->suffix != NULL ? page->suffix : "html";
    const char *name = arena_format(arena, "%s.%s", page->name, suffix);
    struct value *data;
    size_t start = out->len;
    if (!common_data(site, arena, page, &data, why) ||
        !template_render(arena, &source, "pages", name, MUSTACHE_HTML, data, out, why)) {
        return false;
    }
    if (strcmp(suffix, "xml") == 0) {
        const char *xml = arena_copy_bytes(arena, out->data + start, out->len - start);
        size_t len = out->len - start;
        buf_truncate(out, start);
        escape_xml_forbidden(out, xml, len);
    }
    return true;
}

void site_show(struct site *site, const struct web_request *request, struct web_answer *answer,
               const struct page *page)
{
    struct failure why = {0};
    answer->status = page->status != 0 ? page->status : 200;
    buf_reset(&answer->body);
    if (request->json) {
        show_json(request, answer, page);
    } else if (!site_render(site, request->arena, page, &answer->body, &why)) {
        log_event(LOG_LEVEL_ERROR, "web", "failed", LOG_STR("why", why.text));
        say_plainly(site, request, answer);
    }
}

static bool has_header(const struct web_answer *answer, const char *name)
{
    for (size_t i = 0; i < answer->header_count; i++) {
        if (strcmp(answer->headers[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* Pages of a token and answers to forms are private: not cached, not indexed. */
static bool is_public(const struct web_request *request)
{
    return strcmp(request->path, "/") == 0 || strncmp(request->path, "/issues", 7) == 0;
}

void site_finish(void *context, const struct web_request *request, struct web_answer *answer)
{
    (void)context;
    web_add_header(answer, "X-Content-Type-Options", "nosniff");
    web_add_header(answer, "Referrer-Policy", "no-referrer");
    if (!has_header(answer, "Content-Security-Policy")) {
        web_add_header(answer, "Content-Security-Policy",
                       "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
                       "form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    }
    if (!has_header(answer, "Cache-Control")) {
        web_add_header(answer, "Cache-Control", "no-store");
        if (!is_public(request)) {
            web_add_header(answer, "X-Robots-Tag", "noindex");
        }
    }
}
