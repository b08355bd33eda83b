/* Leaving: by the button on our page, or by a mail program's one-click POST (RFC 8058); and undoing
 * it. */
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/log.h"
#include "signup/signup.h"

static void show_page(struct site *site, const struct web_request *request,
                      struct web_answer *answer, const char *name, const char *title,
                      const char *token, bool undo)
{
    struct value *data = value_object(request->arena);
    value_set_text(request->arena, data, "token", token);
    value_set_bool(request->arena, data, "undo", undo);
    const struct page page = {
        .name = name, .title = site_words(site, request->arena, title), .data = data};
    site_show(site, request, answer, &page);
}

/* Offers a pause instead, to somebody who receives issues. */
static void ask(struct site *site, const struct web_request *request, struct web_answer *answer,
                const struct subscriber *person)
{
    char preferences[TOKEN_TEXT];
    bool pause = person->status == SUBSCRIBER_CONFIRMED;
    struct value *data = value_object(request->arena);
    token_make(site->keys, TOKEN_PREFERENCES, person->id, 0, preferences);
    value_set_text(request->arena, data, "token", site_token(request));
    value_set_text(request->arena, data, "preferences_token", pause ? preferences : NULL);
    const struct page page = {
        .name = "leave", .title = site_words(site, request->arena, "page/leave"), .data = data};
    site_show(site, request, answer, &page);
}

/* The page of a person as recorded, which also says whether leaving can be undone. `left`: they
 * have just pressed the button; a request to join that was never confirmed leaves no record.
 * Otherwise the page was opened, which changes nothing. */
static void show_person(struct site *site, const struct web_request *request,
                        struct web_answer *answer, bool left)
{
    enum subscription_answer outcome;
    struct subscriber *person;
    if (!site_verify_token(site, request, answer, TOKEN_LEAVE, &outcome, &person)) {
        return;
    }
    if (person == NULL && !left) {
        site_say_unknown(site, request, answer);
    } else if (person == NULL || left || person->status == SUBSCRIBER_LEFT ||
               person->status == SUBSCRIBER_COMPLAINED) {
        show_page(site, request, answer, "left", "page/left", site_token(request),
                  person != NULL && subscription_may_return(person, clock_now()));
    } else {
        ask(site, request, answer, person);
    }
}

static void come_back(struct site *site, const struct web_request *request,
                      struct web_answer *answer)
{
    const struct subscription subscription = site_subscription(site);
    enum subscription_answer outcome;
    struct failure why = {0};
    if (!subscription_return(&subscription, request->arena, site_token(request),
                             site_network(request), clock_now(), &outcome, &why)) {
        site_say_failure(site, request, answer, &why);
    } else if (outcome == SUBSCRIPTION_UNKNOWN) {
        show_person(site, request, answer, false);
    } else {
        site_wake_mailer(site);
        show_page(site, request, answer, "back", "page/back", site_token(request), false);
    }
}

/* The client is a machine: a plain text, the same for invalid tokens. */
static void answer_one_click(struct web_answer *answer)
{
    answer->type = "text/plain; charset=utf-8";
    buf_add_text(&answer->body, "Unsubscribed.\n");
}

/* A request to leave is never refused: while the database is locked it is stored in a file beside
 * it. */
static bool leave(struct site *site, const struct web_request *request, const char *form,
                  enum subscription_answer *outcome, bool *kept, struct failure *why)
{
    const struct subscription subscription = site_subscription(site);
    const char *token = site_token(request), *origin = site_network(request);
    int64_t now = clock_now();
    struct failure late = {0};
    *kept = false;
    if (subscription_leave(&subscription, request->arena, token, form, origin, now, outcome, why)) {
        return true;
    }
    *kept = subscription_keep_leave(&subscription, token, form, origin, now, outcome, &late);
    if (*kept) {
        log_event(LOG_LEVEL_WARN, "web", "kept", LOG_STR("what", "a request to leave"),
                  LOG_STR("why", why->text));
        site_wake_mailer(site);
    } else {
        log_event(LOG_LEVEL_ERROR, "web", "failed", LOG_STR("why", late.text));
    }
    return *kept;
}

/* A stored request has not changed the record yet: there is nothing to undo. */
static void answer_button(struct site *site, const struct web_request *request,
                          struct web_answer *answer, enum subscription_answer outcome, bool kept)
{
    if (outcome == SUBSCRIPTION_UNKNOWN) {
        site_say_unknown(site, request, answer);
    } else if (kept) {
        show_page(site, request, answer, "left", "page/left", site_token(request), false);
    } else {
        show_person(site, request, answer, true);
    }
}

void leave_handle(void *context, const struct web_request *request, struct web_answer *answer)
{
    struct site *site = context;
    enum subscription_answer outcome;
    struct failure why = {0};
    bool kept;
    if (request->method == WEB_GET) {
        show_person(site, request, answer, false);
        return;
    }
    const char *action = web_field_find(request->form, "do");
    if (action != NULL && strcmp(action, "undo") == 0) {
        come_back(site, request, answer);
        return;
    }
    const char *click = web_field_find(request->form, "List-Unsubscribe");
    /* Our own button sends a form; any other body comes from a machine that asks to leave. */
    bool one_click = (click != NULL && strcasecmp(click, "One-Click") == 0) ||
                     (request->formless && !request->json);
    if (!leave(site, request, one_click ? "one-click" : "link", &outcome, &kept, &why)) {
        site_say_failure(site, request, answer, &why);
    } else if (one_click) {
        answer_one_click(answer);
    } else {
        answer_button(site, request, answer, outcome, kept);
    }
}
