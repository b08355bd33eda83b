/* The table of routes, the few files that pages need, and a word on health. */
#include <string.h>

#include "base/hash.h"
#include "store/bucket.h"
#include "web/signup.h"

enum { ETAG_HEX = 32 };

const struct web_route site_routes[] = {
    {"/", WEB_GET, signup_handle_form},
    {"/subscribe", WEB_POST, signup_handle_subscribe},
    {"/confirm/*", WEB_GET | WEB_POST, confirm_handle},
    {"/address/*", WEB_GET | WEB_POST, confirm_handle_address},
    {"/preferences/*", WEB_GET | WEB_POST, preferences_handle},
    {"/leave/*", WEB_GET | WEB_POST, leave_handle},
    {"/issues", WEB_GET, archive_handle_list},
    {"/issues/*", WEB_GET, archive_handle_issue},
    {"/style.css", WEB_GET, files_handle},
    {"/favicon.svg", WEB_GET, files_handle},
    {"/robots.txt", WEB_GET, files_handle},
    {"/healthz", WEB_GET, files_handle_health},
    {NULL, 0, NULL},
};

static const char *type_of(const char *path)
{
    const char *dot = strrchr(path, '.');
    if (dot != NULL && strcmp(dot, ".css") == 0) {
        return "text/css; charset=utf-8";
    }
    return dot != NULL && strcmp(dot, ".svg") == 0 ? "image/svg+xml" : "text/plain; charset=utf-8";
}

/* The routes name the files: nothing that a stranger sends becomes a path. */
void files_handle(void *context, const struct web_request *request, struct web_answer *answer)
{
    struct site *site = context;
    const struct template_source source = {site->settings, &site->pages};
    const char *text, *path;
    size_t len;
    char hash[HASH_HEX];
    struct failure why = {0};
    const char *name = arena_format(request->arena, "pages%s", request->path);
    if (!template_read(request->arena, &source, name, &text, &len, &path, &why)) {
        site_say_failure(site, request, answer, &why);
        return;
    }
    hash_sha256_hex(text, len, hash);
    const char *tag = arena_format(request->arena, "\"%.*s\"", ETAG_HEX, hash);
    const char *known = request->header(request, "If-None-Match");
    answer->type = type_of(request->path);
    web_add_header(answer, "ETag", tag);
    web_add_header(answer, "Cache-Control", "public, max-age=86400");
    if (known != NULL && strcmp(known, tag) == 0) {
        answer->status = 304;
    } else {
        buf_add(&answer->body, text, len);
    }
}

/* The service is well where the database answers. */
void files_handle_health(void *context, const struct web_request *request,
                         struct web_answer *answer)
{
    struct site *site = context;
    struct bucket bucket;
    bool found;
    struct failure why = {0};
    if (!bucket_find(site->store, "signup:all", &bucket, &found, &why)) {
        site_say_failure(site, request, answer, &why);
        return;
    }
    answer->type = "text/plain; charset=utf-8";
    buf_add_text(&answer->body, "ok\n");
}
