/* Pages that consist of a heading and a sentence. */
#include "base/clock.h"
#include "base/log.h"
#include "signup/site.h"

enum { MINUTE = 60, HOUR = 3600 };

static void show(struct site *site, const struct web_request *request, struct web_answer *answer,
                 int status, const char *template, const char *heading_id, const char *message)
{
    struct arena *arena = request->arena;
    struct value *data = value_object(arena);
    value_set_text(arena, data, "heading", site_words(site, arena, heading_id));
    value_set_text(arena, data, "message", message);
    const struct page page = {.status = status,
                              .name = template,
                              .title = site_title(site, arena, heading_id, status >= 400),
                              .message = message,
                              .data = data};
    site_show(site, request, answer, &page);
}

void site_say(struct site *site, const struct web_request *request, struct web_answer *answer,
              int status, const char *heading_id, const char *message_id, const struct hole *holes)
{
    const struct say say = site_sayer(site, request->arena);
    show(site, request, answer, status, status >= 400 ? "error" : "message", heading_id,
         say_text(&say, message_id, holes));
}

void site_say_unknown(struct site *site, const struct web_request *request,
                      struct web_answer *answer)
{
    show(site, request, answer, 404, "not-found", "page/unknown",
         site_words(site, request->arena, "page/unknown-told"));
}

void site_missing(void *context, const struct web_request *request, struct web_answer *answer)
{
    show(context, request, answer, 404, "not-found", "page/missing",
         site_words(context, request->arena, "page/missing-told"));
}

/* How long to wait, rounded up. */
static const char *wait_words(const struct say *say, int64_t seconds)
{
    const char *id = "wait/seconds";
    int64_t number = seconds;
    if (seconds > 90 * MINUTE) {
        id = "wait/hours";
        number = (seconds + HOUR - 1) / HOUR;
    } else if (seconds > MINUTE) {
        id = "wait/minutes";
        number = (seconds + MINUTE - 1) / MINUTE;
    }
    return say_count(say, id, (size_t)number,
                     HOLES({"count", arena_format(say->arena, "%lld", (long long)number)}));
}

const char *site_note_limit(const struct site *site, const struct web_request *request,
                            struct web_answer *answer, enum limits_answer limit, int64_t wait)
{
    static const char *const reasons[] = {
        [LIMITS_NETWORK] = "limit/network", [LIMITS_ADDRESS] = "limit/address",
        [LIMITS_DOMAIN] = "limit/domain",   [LIMITS_ALL] = "limit/all",
        [LIMITS_UNSTAMPED] = "limit/all",   [LIMITS_STAMP] = "limit/stamp"};
    struct arena *arena = request->arena;
    const struct say say = site_sayer(site, arena);
    wait = wait < 1 ? 1 : wait;
    web_add_header(answer, "Retry-After", arena_format(arena, "%lld", (long long)wait));
    return say_join(&say, say_text(&say, reasons[limit], NULL), wait_words(&say, wait));
}

void site_say_limit(struct site *site, const struct web_request *request, struct web_answer *answer,
                    enum limits_answer limit, int64_t wait)
{
    const char *told = site_note_limit(site, request, answer, limit, wait);
    show(site, request, answer, 429, "error", "page/later", told);
}

int site_note_failure(const struct site *site, const struct web_request *request,
                      struct web_answer *answer, const struct failure *why, const char **told)
{
    log_event(LOG_LEVEL_ERROR, "web", "failed", LOG_STR("why", why->text));
    if (why->kind != FAILURE_TRY_AGAIN) {
        *told = site_words(site, request->arena, "page/our-fault");
        return 500;
    }
    *told = site_words(site, request->arena, "page/busy");
    web_add_header(answer, "Retry-After", "60");
    return 503;
}

void site_say_failure(struct site *site, const struct web_request *request,
                      struct web_answer *answer, const struct failure *why)
{
    const char *told;
    int status = site_note_failure(site, request, answer, why, &told);
    show(site, request, answer, status, "error", "page/later", told);
}

bool site_verify_token(struct site *site, const struct web_request *request,
                       struct web_answer *answer, enum token_purpose purpose,
                       enum subscription_answer *outcome, struct subscriber **person)
{
    const struct subscription subscription = site_subscription(site);
    struct failure why = {0};
    if (!subscription_verify(&subscription, request->arena, purpose, site_token(request),
                             clock_now(), outcome, person, &why)) {
        site_say_failure(site, request, answer, &why);
        return false;
    }
    return true;
}

void site_add_error(struct arena *arena, struct value *errors, const char *field,
                    const char *message)
{
    if (message != NULL) {
        struct value *error = value_add(errors, value_object(arena));
        value_set_text(arena, error, "field", field);
        value_set_text(arena, error, "message", message);
    }
}
