#include "doctor/webcheck.h"

#include <string.h>

#include "base/http_client.h"

enum { ANSWER_MAX = 64 * 1024, TIMEOUT_MS = 15000 };

/* Has the form of one of our tokens, with no valid signature. */
#define MADE_UP "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* What our pages say about an invalid link, and about an unknown path (signup/site). */
static const char no_link[] = "This link does not work";
static const char no_page[] = "There is no such page";
/* The answer to a one-click POST, whatever its token (signup/leave). */
static const char one_click[] = "Unsubscribed.";

/* "https://news.example.org/list" without a trailing slash, and its path, "/list" or "". */
struct base_url {
    const char *base, *path;
};

static struct base_url read_place(struct arena *arena, const char *url)
{
    size_t len = strlen(url);
    while (len > 0 && url[len - 1] == '/') {
        len--;
    }
    const char *base = arena_copy_bytes(arena, url, len);
    const char *host = strstr(base, "://");
    const char *path = host != NULL ? strchr(host + 3, '/') : NULL;
    return (struct base_url){.base = base, .path = path != NULL ? path : ""};
}

static bool ask(struct arena *arena, const char *url, const char *body, struct http_answer *answer,
                struct failure *why)
{
    const struct http_request request = {
        .url = url, .body = body, .limit = ANSWER_MAX, .timeout_ms = TIMEOUT_MS};
    return http_ask(arena, &request, answer, why) ||
           fail_context(why, "nobody answers (is serve running, and the web server before it?)");
}

/* The operator may have rewritten a page's text; its title is ours. */
static bool says(const struct http_answer *answer, const char *words)
{
    return memmem(answer->body, answer->len, words, strlen(words)) != NULL;
}

/* Explains what is wrong between here and serve, judged by an unexpected answer. */
static bool fail_way(const struct base_url *place, const char *url,
                     const struct http_answer *answer, struct failure *why)
{
    if (answer->location != NULL) {
        return fail(
            why, FAILURE_CONFIG,
            "%s is redirected to %s, and mail programs do not follow when they unsubscribe; "
            "give subscribe.url the address that answers itself",
            url, answer->location);
    }
    if (says(answer, no_page)) {
        return fail(why, FAILURE_CONFIG,
                    "%s reaches serve as another path: the web server passes \"%s\" on with it; in "
                    "nginx write location %s/ { proxy_pass http://...:/; }, each with its slash at "
                    "the end",
                    url, place->path, place->path);
    }
    if (answer->status == 502 || answer->status == 504) {
        return fail(why, FAILURE_UNAVAILABLE,
                    "%s is answered %d: the web server does not reach serve; is it running, and "
                    "does proxy_pass name its subscribe.listen?",
                    url, answer->status);
    }
    return fail(why, FAILURE_CONFIG,
                "%s is answered %d, and not by serve: the web server passes %s/ on to nobody, or "
                "something before it holds it back",
                url, answer->status, place->path);
}

static bool check_health(struct arena *arena, const struct base_url *place, struct failure *why)
{
    struct http_answer answer;
    const char *url = arena_format(arena, "%s/healthz", place->base);
    if (!ask(arena, url, NULL, &answer, why)) {
        return false;
    }
    return (answer.status == 200 && strncmp(answer.body, "ok", 2) == 0) ||
           fail_way(place, url, &answer, why);
}

/* A page that the operator has rewritten may lack our words; the answer to a one-click POST has
 * them. */
static bool check_leaving(struct arena *arena, const struct base_url *place, struct failure *why)
{
    struct http_answer page, pressed;
    const char *url = arena_format(arena, "%s/leave/%s", place->base, MADE_UP);
    if (!ask(arena, url, NULL, &page, why)) {
        return false;
    }
    if (page.status != 404 || says(&page, no_page)) {
        return fail_way(place, url, &page, why);
    }
    if (!ask(arena, url, "List-Unsubscribe=One-Click", &pressed, why)) {
        return false;
    }
    if (pressed.status == 200 && says(&pressed, one_click)) {
        return true;
    }
    if (!says(&page, no_link)) {
        return fail_way(place, url, &page, why);
    }
    return fail(why, FAILURE_CONFIG,
                "a page to leave opens, but a POST to it is answered %d and not by serve: mail "
                "programs unsubscribe by POST (RFC 8058); let it through",
                pressed.status);
}

/* nginx's "location /list" also matches /listen and /list-price, and what it passes on begins with
 * two slashes. */
static bool check_slash(struct arena *arena, const struct base_url *place, const char **warning,
                        struct failure *why)
{
    struct http_answer answer;
    if (place->path[0] == '\0') {
        return true;
    }
    const char *beside = arena_format(arena, "%s-doctor/healthz", place->base);
    if (!ask(arena, beside, NULL, &answer, why)) {
        return false;
    }
    if (says(&answer, no_page)) {
        *warning = arena_format(arena,
                                "the web server's location %s has no slash at its end: it passes "
                                "%s-doctor on too; in nginx write location %s/ { proxy_pass "
                                "http://...:/; }",
                                place->path, place->path, place->path);
    }
    return true;
}

bool webcheck_run(struct arena *arena, const char *url, struct webcheck *check, struct failure *why)
{
    const struct base_url place = read_place(arena, url);
    *check = (struct webcheck){
        .fine = arena_format(arena, "%s/ passes links on, by page and by one-click", place.base)};
    return check_health(arena, &place, why) && check_leaving(arena, &place, why) &&
           check_slash(arena, &place, &check->warning, why);
}
