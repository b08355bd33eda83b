/* Confirms an address, or a new address, by the button on the page that a mail links to. */
#include <string.h>

#include "base/clock.h"
#include "signup/signup.h"

static void show_token_page(struct site *site, const struct web_request *request,
                            struct web_answer *answer, const char *name, const char *title,
                            int status)
{
    struct value *data = value_object(request->arena);
    value_set_text(request->arena, data, "token", site_token(request));
    const struct page page = {.status = status,
                              .name = name,
                              .title = site_words(site, request->arena, title),
                              .data = data};
    site_show(site, request, answer, &page);
}

static void show_confirmed(struct site *site, const struct web_request *request,
                           struct web_answer *answer, const struct subscriber *person, bool already)
{
    char token[TOKEN_TEXT];
    struct arena *arena = request->arena;
    struct value *data = value_object(arena), *issue;
    struct failure why = {0};
    if (!site_last_issue(site, arena, &issue, &why)) {
        site_say_failure(site, request, answer, &why);
        return;
    }
    token_make(site->keys, TOKEN_PREFERENCES, person->id, 0, token);
    value_set_text(arena, data, "token", token);
    value_set_bool(arena, data, "already", already);
    value_set(arena, data, "last_issue", issue);
    value_set_text(arena, data, "next_issue", site_next_issue(site, arena));
    const struct page page = {
        .name = "confirmed",
        .title = site_words(site, arena, already ? "page/confirmed-before" : "page/confirmed"),
        .data = data};
    site_show(site, request, answer, &page);
}

static void show_outcome(struct site *site, const struct web_request *request,
                         struct web_answer *answer, enum subscription_answer outcome,
                         const struct subscriber *person)
{
    switch (outcome) {
    case SUBSCRIPTION_DONE:
    case SUBSCRIPTION_ALREADY:
        show_confirmed(site, request, answer, person, outcome == SUBSCRIPTION_ALREADY);
        return;
    case SUBSCRIPTION_EXPIRED:
        show_token_page(site, request, answer, "expired", "page/expired", 410);
        return;
    case SUBSCRIPTION_UNKNOWN:
    case SUBSCRIPTION_TAKEN:
        break;
    }
    site_say_unknown(site, request, answer);
}

/* Opening the page changes nothing: mail scanners open it too. */
static void show_question(struct site *site, const struct web_request *request,
                          struct web_answer *answer)
{
    enum subscription_answer outcome;
    struct subscriber *person;
    if (!site_verify_token(site, request, answer, TOKEN_CONFIRM, &outcome, &person)) {
        return;
    }
    if (person == NULL) {
        site_say_unknown(site, request, answer);
    } else if (person->status == SUBSCRIBER_CONFIRMED) {
        show_confirmed(site, request, answer, person, true);
    } else if (outcome == SUBSCRIPTION_EXPIRED) {
        show_outcome(site, request, answer, outcome, person);
    } else {
        show_token_page(site, request, answer, "confirm", "page/confirm", 200);
    }
}

static void ask_again(struct site *site, const struct web_request *request,
                      struct web_answer *answer)
{
    const struct subscription subscription = site_subscription(site);
    const struct limits limits = site_limits(site);
    enum subscription_answer outcome;
    enum limits_answer limit;
    int64_t wait;
    struct failure why = {0};
    const char *origin = site_network(request);
    const struct limits_origin networks = site_origin(request);
    if (!limits_take_form(&limits, &networks, clock_now(), &limit, &wait, &why)) {
        site_say_failure(site, request, answer, &why);
    } else if (limit != LIMITS_PASS) {
        site_say_limit(site, request, answer, limit, wait);
    } else if (!subscription_ask_again(&subscription, request->arena, site_token(request), origin,
                                       clock_now(), &outcome, &why)) {
        site_say_failure(site, request, answer, &why);
    } else if (outcome == SUBSCRIPTION_UNKNOWN) {
        site_say_unknown(site, request, answer);
    } else {
        site_wake_mailer(site);
        signup_show_check_mail(site, request, answer,
                               site_words(site, request->arena, "page/your-address"), NULL);
    }
}

void confirm_handle(void *context, const struct web_request *request, struct web_answer *answer)
{
    struct site *site = context;
    const struct subscription subscription = site_subscription(site);
    enum subscription_answer outcome;
    struct subscriber *person;
    struct failure why = {0};
    if (request->method == WEB_GET) {
        show_question(site, request, answer);
        return;
    }
    const char *action = web_field_find(request->form, "do");
    if (action != NULL && strcmp(action, "fresh") == 0) {
        ask_again(site, request, answer);
        return;
    }
    if (!subscription_confirm(&subscription, request->arena, site_token(request), "link",
                              site_network(request), clock_now(), &outcome, &person, &why)) {
        site_say_failure(site, request, answer, &why);
        return;
    }
    site_wake_mailer(site);
    show_outcome(site, request, answer, outcome, person);
}

/* --- a new address --- */

/* The page links to the other preferences. */
static void show_in_use(struct site *site, const struct web_request *request,
                        struct web_answer *answer, const char *heading)
{
    struct value *data = value_object(request->arena);
    char token[TOKEN_TEXT];
    const char *given = site_token(request);
    int64_t person = 0;
    bool ours = token_verify(site->keys, TOKEN_CHANGE, given, strlen(given), &person, NULL);
    token_make(site->keys, TOKEN_PREFERENCES, ours ? person : 0, 0, token);
    heading = site_words(site, request->arena, heading);
    value_set_text(request->arena, data, "heading", heading);
    value_set_text(request->arena, data, "message",
                   site_words(site, request->arena, "page/moved-told"));
    value_set_text(request->arena, data, "preferences_token", token);
    const struct page page = {.name = "moved", .title = heading, .data = data};
    site_show(site, request, answer, &page);
}

static void show_moved(struct site *site, const struct web_request *request,
                       struct web_answer *answer, enum subscription_answer outcome, bool back)
{
    switch (outcome) {
    case SUBSCRIPTION_DONE:
        show_in_use(site, request, answer, back ? "page/moved-back" : "page/moved");
        return;
    case SUBSCRIPTION_ALREADY:
        site_say(site, request, answer, 200, "page/move-done", "page/move-done-told", NULL);
        return;
    case SUBSCRIPTION_TAKEN:
        site_say(site, request, answer, 409, back ? "page/back-taken" : "page/move-taken",
                 back ? "page/back-taken-told" : "page/move-taken-told", NULL);
        return;
    case SUBSCRIPTION_EXPIRED:
        site_say(site, request, answer, 410, "page/expired",
                 back ? "page/back-expired" : "page/move-expired", NULL);
        return;
    case SUBSCRIPTION_UNKNOWN:
        break;
    }
    site_say_unknown(site, request, answer);
}

/* The token of a notice to the old address undoes the change; any other CHANGE token confirms one.
 */
static bool act_on_address(struct site *site, const struct web_request *request,
                           enum subscription_answer *outcome, bool *back, struct failure *why)
{
    const struct subscription subscription = site_subscription(site);
    struct arena *arena = request->arena;
    const char *token = site_token(request), *network = site_network(request);
    int64_t now = clock_now();
    if (!subscription_verify_back(&subscription, arena, token, now, outcome, why)) {
        return false;
    }
    *back = *outcome != SUBSCRIPTION_UNKNOWN;
    if (request->method == WEB_GET) {
        return *back || subscription_verify_moved(&subscription, arena, token, now, outcome, why);
    }
    return *back ? subscription_back(&subscription, arena, token, network, now, outcome, why)
                 : subscription_moved(&subscription, arena, token, network, now, outcome, why);
}

void confirm_handle_address(void *context, const struct web_request *request,
                            struct web_answer *answer)
{
    struct site *site = context;
    enum subscription_answer outcome;
    struct failure why = {0};
    bool back;
    if (!act_on_address(site, request, &outcome, &back, &why)) {
        site_say_failure(site, request, answer, &why);
    } else if (request->method == WEB_GET && outcome == SUBSCRIPTION_DONE) {
        show_token_page(site, request, answer, "address",
                        back ? "page/bring-back" : "page/confirm-new", 200);
    } else {
        site_wake_mailer(site);
        show_moved(site, request, answer, outcome, back);
    }
}
