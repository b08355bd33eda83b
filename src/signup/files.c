/* The table of routes, the few files that pages need, and a word on health. */
#include <string.h>

#include "signup/archive.h"
#include "signup/signup.h"
#include "store/bucket.h"

enum { DAY = 86400 };

static const char *type_of(const char *path)
{
    const char *dot = strrchr(path, '.');
    if (dot != NULL && strcmp(dot, ".css") == 0) {
        return "text/css; charset=utf-8";
    }
    return dot != NULL && strcmp(dot, ".svg") == 0 ? "image/svg+xml" : "text/plain; charset=utf-8";
}

/* Only the routes name files: nothing that a stranger sends becomes a path. */
static void answer_file(void *context, const struct web_request *request, struct web_answer *answer)
{
    struct site *site = context;
    const struct template_source source = {site->settings, &site->pages};
    const char *text, *path;
    size_t len;
    struct failure why = {0};
    const char *name = arena_format(request->arena, "pages%s", request->path);
    if (!template_read(request->arena, &source, name, &text, &len, &path, &why)) {
        site_say_failure(site, request, answer, &why);
        return;
    }
    answer->type = type_of(request->path);
    buf_add(&answer->body, text, len);
    site_let_keep(request, answer, DAY);
}

/* The service is healthy if the database answers. */
static void answer_health(void *context, const struct web_request *request,
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

const struct web_route site_routes[] = {
    {"/", WEB_GET, signup_handle_form},
    {"/subscribe", WEB_POST, signup_handle_subscribe},
    {"/confirm/*", WEB_GET | WEB_POST, confirm_handle},
    {"/address/*", WEB_GET | WEB_POST, confirm_handle_address},
    {"/preferences/*", WEB_GET | WEB_POST, preferences_handle},
    {"/own/*", WEB_GET | WEB_POST, preferences_handle_own},
    {"/leave/*", WEB_GET | WEB_POST | WEB_ANY_BODY, leave_handle},
    {"/issues", WEB_GET, archive_handle_list},
    {"/issues/*", WEB_GET, archive_handle_issue},
    {"/feed.xml", WEB_GET, archive_handle_feed},
    {"/style.css", WEB_GET, answer_file},
    {"/favicon.svg", WEB_GET, answer_file},
    {"/robots.txt", WEB_GET, answer_file},
    {"/healthz", WEB_GET, answer_health},
    {NULL, 0, NULL},
};
