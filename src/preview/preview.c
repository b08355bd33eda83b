#include "preview/preview.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/confine.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/log.h"
#include "base/random.h"
#include "base/zone.h"
#include "digest/catalogue.h"
#include "preview/emulate.h"
#include "preview/private.h"

extern const char embedded_preview_page_html[];
extern const char embedded_preview_page_css[];
extern const char embedded_preview_page_js[];

enum { KEPT_MAX = 64 * 1024 * 1024, BODY_MAX = 64 * 1024 };

#define PAGE_POLICY                                                                                \
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src "      \
    "'self'; img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
/* Allows the message's own styles, and nothing that runs or is fetched. */
#define FRAME_POLICY                                                                               \
    "sandbox allow-same-origin; default-src 'none'; style-src 'unsafe-inline'; form-action "       \
    "'none'; base-uri "                                                                            \
    "'none'; frame-ancestors 'self'"

static void refuse(struct web_answer *answer, int status, const char *text)
{
    answer->status = status;
    answer->type = "text/plain; charset=utf-8";
    buf_reset(&answer->body);
    buf_add_text(&answer->body, text);
}

/* The port of "127.0.0.1:8381", with its colon. */
static const char *port_of(const char *address)
{
    const char *colon = strrchr(address, ':');
    return colon != NULL ? colon : "";
}

/* A host name that an attacker's page could have pointed at this machine is refused. */
static bool host_is_ours(const struct preview *preview, const char *host)
{
    if (strncmp(preview->address, "unix:", 5) == 0 || strcmp(host, preview->address) == 0) {
        return true;
    }
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
    const char *port = port_of(preview->address);
    size_t len = strcspn(host, ":");
    const char *end = host[0] == '[' ? strchr(host, ']') : NULL;
    len = end != NULL ? (size_t)(end + 1 - host) : len;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strlen(names[i]) == len && strncmp(host, names[i], len) == 0) {
            return strcmp(host + len, port) == 0;
        }
    }
    /* If it listens for other machines, they use a numeric address, which no attacker's name is; an
     * IPv6 address is in brackets. */
    bool number = end != NULL
                      ? len > 2 && 1 + strspn(host + 1, "0123456789abcdefABCDEF:.") + 1 == len
                      : strspn(host, "0123456789.") == len;
    return preview->options->everywhere && number && strcmp(host + len, port) == 0;
}

static bool site_is_ours(const struct web_request *request)
{
    const char *site = request->header(request, "Sec-Fetch-Site");
    const char *origin = request->header(request, "Origin");
    const char *name = origin != NULL ? strstr(origin, "://") : NULL;
    bool named = origin == NULL || (name != NULL && strcmp(name + 3, request->host) == 0);
    return named && (site == NULL || strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0);
}

static void show_page(struct preview *preview, const struct web_request *request,
                      struct web_answer *answer)
{
    (void)preview, (void)request;
    buf_add_text(&answer->body, embedded_preview_page_html);
}

static void show_style(struct preview *preview, const struct web_request *request,
                       struct web_answer *answer)
{
    (void)preview, (void)request;
    answer->type = "text/css; charset=utf-8";
    buf_add_text(&answer->body, embedded_preview_page_css);
}

static void show_script(struct preview *preview, const struct web_request *request,
                        struct web_answer *answer)
{
    (void)preview, (void)request;
    answer->type = "text/javascript; charset=utf-8";
    buf_add_text(&answer->body, embedded_preview_page_js);
}

static void show_state(struct preview *preview, const struct web_request *request,
                       struct web_answer *answer)
{
    struct view_request wanted;
    preview_read_request(request, request->query, &wanted);
    preview_answer_json(answer, preview_state(preview, request->arena, &wanted));
}

static const char *query(const struct web_request *request, const char *name, const char *absent)
{
    const char *value = web_field_find(request->query, name);
    return value != NULL ? value : absent;
}

/* The message as a browser shows it; if it cannot be rendered, the last one that could. */
static void show_frame(struct preview *preview, const struct web_request *request,
                       struct web_answer *answer)
{
    struct view_request wanted;
    struct reader_view reader_view;
    struct failure why = {0};
    preview_read_request(request, request->query, &wanted);
    if (preview_find_view(preview, request->arena, &wanted, &reader_view, &why)) {
        buf_reset(&preview->last_good);
        buf_add(&preview->last_good, reader_view.copy.html, reader_view.copy.html_len);
    }
    bool images = strcmp(query(request, "images", "off"), "on") == 0;
    const char *scheme = query(request, "scheme", "light");
    buf_add_text(&answer->body,
                 emulate_scheme(request->arena, preview->last_good.data, preview->last_good.len,
                                strcmp(scheme, "dark") == 0));
    web_add_header(answer, "Content-Security-Policy",
                   images ? FRAME_POLICY "; img-src https:" : FRAME_POLICY);
}

static void show_message(struct preview *preview, const struct web_request *request,
                         struct web_answer *answer)
{
    struct view_request wanted;
    struct reader_view reader_view;
    struct failure why = {0};
    preview_read_request(request, request->query, &wanted);
    if (!preview_find_view(preview, request->arena, &wanted, &reader_view, &why)) {
        refuse(answer, 409, why.text);
        return;
    }
    answer->type = "message/rfc822";
    buf_add(&answer->body, reader_view.copy.message, reader_view.copy.message_len);
    web_add_header(answer, "Content-Disposition",
                   arena_format(request->arena, "attachment; filename=\"issue-%s.eml\"",
                                reader_view.view.issue.iso_week));
}

static void show_events(struct preview *preview, const struct web_request *request,
                        struct web_answer *answer)
{
    (void)preview, (void)request;
    answer->type = "text/event-stream";
    answer->stream = true;
    buf_add_text(&answer->body, "retry: 500\n\n");
}

/* What follows the token in a path. */
static const struct {
    const char *name;
    enum web_method method;
    void (*show)(struct preview *preview, const struct web_request *request,
                 struct web_answer *answer);
    web_handler act;
} pages[] = {
    {"", WEB_GET, show_page, NULL},          {"page.css", WEB_GET, show_style, NULL},
    {"page.js", WEB_GET, show_script, NULL}, {"state", WEB_GET, show_state, NULL},
    {"frame", WEB_GET, show_frame, NULL},    {"issue.eml", WEB_GET, show_message, NULL},
    {"events", WEB_GET, show_events, NULL},  {"arrange", WEB_POST, NULL, preview_arrange},
    {"test", WEB_POST, NULL, preview_test},  {"approve", WEB_POST, NULL, preview_approve},
};

static void answer_page(struct preview *preview, const char *name,
                        const struct web_request *request, struct web_answer *answer)
{
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        if (strcmp(pages[i].name, name) != 0) {
            continue;
        }
        if (pages[i].method != request->method) {
            refuse(answer, 405, "This page does not work that way.\n");
        } else if (pages[i].act != NULL) {
            pages[i].act(preview, request, answer);
        } else {
            pages[i].show(preview, request, answer);
        }
        return;
    }
    refuse(answer, 404, "There is nothing here.\n");
}

/* Checks the host and the token of every request, then serves the page. */
static void handle(void *context, const struct web_request *request, struct web_answer *answer)
{
    struct preview *preview = context;
    size_t len = PREVIEW_TOKEN - 1;
    const char *path = request->path;
    if (!host_is_ours(preview, request->host) ||
        (request->method == WEB_POST && !site_is_ours(request))) {
        refuse(answer, 403, "This page is for this machine alone.\n");
    } else if (strlen(path) < len + 2 || path[len + 1] != '/' ||
               !hash_equal(path + 1, preview->options->token, len)) {
        refuse(answer, 404, "There is nothing here; use the address that was printed.\n");
    } else {
        answer_page(preview, path + len + 2, request, answer);
    }
}

static void finish(void *context, const struct web_request *request, struct web_answer *answer)
{
    (void)context, (void)request;
    bool policy = false;
    for (size_t i = 0; i < answer->header_count; i++) {
        policy = policy || strcmp(answer->headers[i].name, "Content-Security-Policy") == 0;
    }
    if (!policy) {
        web_add_header(answer, "Content-Security-Policy", PAGE_POLICY);
    }
    web_add_header(answer, "X-Content-Type-Options", "nosniff");
    web_add_header(answer, "Referrer-Policy", "no-referrer");
    web_add_header(answer, "Cache-Control", "no-store");
    web_add_header(answer, "Cross-Origin-Resource-Policy", "same-origin");
}

void preview_make_token(char token[PREVIEW_TOKEN])
{
    unsigned char chance[(PREVIEW_TOKEN - 1) / 2];
    random_bytes(chance, sizeof chance);
    hash_to_hex(chance, sizeof chance, token);
}

bool preview_check_place(const char *listen, bool everywhere, struct failure *why)
{
    if (!listen_check(listen, why)) {
        return false;
    }
    return everywhere || listen_is_local(listen) ||
           fail(why, FAILURE_CONFIG,
                "%s can be reached from other machines; the preview is for this one: listen on "
                "127.0.0.1:PORT or unix:PATH, or say --everywhere",
                listen);
}

static bool watch(void *context)
{
    struct preview *preview = context;
    if (!preview_watch_changed(preview)) {
        return true;
    }
    web_push(preview->server, "change", "changed");
    if (preview_watch_outdated(preview)) {
        preview->options->anew(preview->options->context);
        return false;
    }
    preview_watch_all(preview);
    return true;
}

/* The preview's own words are English, and those of its server. */
static const char *server_words(void *context, const char *id)
{
    const struct preview *preview = context;
    return catalogue_text(preview->words, id, 1);
}

static bool open_server(struct preview *preview, struct failure *why)
{
    preview->words = catalogue_english(&preview->arena);
    static const struct web_route routes[] = {{"/*", WEB_GET | WEB_POST, handle}, {0}};
    const struct web_options options = {
        .listen_fd = preview->options->listening->fd,
        .routes = routes,
        .missing = handle,
        .say = server_words,
        .finish = finish,
        .context = preview,
        .body_max = BODY_MAX,
    };
    return web_open(&options, &preview->server, why);
}

/* Allows the files of the database, the templates, and the tz database, which weeks and issues
 * need. */
static bool confine(struct preview *preview, struct failure *why)
{
    enum { PLACES = STORE_FILES + PREVIEW_FOLDERS + 1 };
    struct confine_place places[PLACES] = {{zone_folder(), CONFINE_READ}};
    const char *files[STORE_FILES];
    bool held = true;
    if (!store_prepare_confined(preview->options->store, &preview->arena, files, why)) {
        return false;
    }
    for (size_t i = 0; i < PREVIEW_FOLDERS; i++) {
        places[1 + i] = (struct confine_place){preview->folders[i], CONFINE_READ};
    }
    for (size_t i = 0; i < STORE_FILES; i++) {
        places[1 + PREVIEW_FOLDERS + i] = (struct confine_place){files[i], CONFINE_CHANGE};
    }
    if (!confine_files(places, PLACES, &held, why) || !confine_calls(CONFINE_SERVER, why)) {
        return false;
    }
    if (!held) {
        log_event(LOG_LEVEL_WARN, "preview", "unconfined", LOG_STR("why", CONFINE_NO_LANDLOCK));
    }
    return true;
}

/* Also notices what changed between reading the settings and starting to watch them. */
static bool run(struct preview *preview, struct failure *why)
{
    const struct preview_options *options = preview->options;
    confine_environment();
    if (!preview_watch_open(preview, why) || !open_server(preview, why)) {
        return false;
    }
    preview_watch_all(preview);
    preview_note_folders(preview);
    if (!confine(preview, why)) {
        return false;
    }
    options->ready(options->context);
    if (preview_watch_outdated(preview)) {
        options->anew(options->context);
        return true;
    }
    return web_run(preview->server, options->stop, preview->watch_fd, 0, watch, why);
}

bool preview_serve(const struct preview_options *options, struct failure *why)
{
    struct preview preview = {.options = options, .settings = *options->settings, .watch_fd = -1};
    buf_init(&preview.last_good, KEPT_MAX);
    snprintf(preview.address, sizeof preview.address, "%s", options->listening->address);
    bool good = run(&preview, why);
    web_close(preview.server);
    if (preview.watch_fd >= 0) {
        close(preview.watch_fd);
    }
    buf_free(&preview.last_good);
    arena_free(&preview.arena);
    return good;
}
