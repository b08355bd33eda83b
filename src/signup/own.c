/* A reader's own page, behind a link that was just mailed: name, another address, the stored data,
 * erasure. */
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "mail/address.h"
#include "signup/signup.h"
#include "signup/signup_form.h"

/* What was typed into the page's forms, and the errors in it. */
struct form_input {
    const char *name, *name_error;
    const char *email, *email_error;
};

static void show(struct site *site, const struct web_request *request, struct web_answer *answer,
                 const struct subscriber *person, const struct form_input *view)
{
    struct arena *arena = request->arena;
    struct value *data = value_object(arena);
    struct value *errors = value_set(arena, data, "errors", value_list(arena));
    site_add_error(arena, errors, "name", view->name_error);
    site_add_error(arena, errors, "email", view->email_error);
    bool wrong = errors->count > 0;
    value_set_bool(arena, data, "has_errors", wrong);
    value_set_bool(arena, data, "on_list", person->status == SUBSCRIBER_CONFIRMED);
    value_set_text(arena, data, "token", site_token(request));
    value_set_text(arena, data, "address", person->address);
    value_set_text(arena, data, "name", view->name != NULL ? view->name : person->name);
    value_set_text(arena, data, "name_error", view->name_error);
    value_set_text(arena, data, "email", view->email != NULL ? view->email : "");
    value_set_text(arena, data, "email_error", view->email_error);
    const struct page page = {.status = wrong ? 422 : 200,
                              .name = "own",
                              .title = site_title(site, arena, "page/own", wrong),
                              .data = data};
    site_show(site, request, answer, &page);
}

/* The page that says why a link does not work. */
static void show_closed(struct site *site, const struct web_request *request,
                        struct web_answer *answer, enum subscription_answer outcome)
{
    if (outcome == SUBSCRIPTION_EXPIRED || outcome == SUBSCRIPTION_ALREADY) {
        site_say(site, request, answer, 410,
                 outcome == SUBSCRIPTION_EXPIRED ? "page/expired" : "page/used-up",
                 "page/own-fresh", NULL);
    } else {
        site_say_unknown(site, request, answer);
    }
}

/* Writes the result of a change. */
static void show_outcome(struct site *site, const struct web_request *request,
                         struct web_answer *answer, enum subscription_answer outcome,
                         const char *heading, const char *message, const struct hole *holes)
{
    if (outcome == SUBSCRIPTION_DONE) {
        site_say(site, request, answer, 200, heading, message, holes);
    } else {
        show_closed(site, request, answer, outcome);
    }
}

static void rename_person(struct site *site, const struct web_request *request,
                          struct web_answer *answer, const struct subscriber *person)
{
    const struct subscription subscription = site_subscription(site);
    struct form_input view = {0};
    enum subscription_answer outcome;
    struct failure why = {0};
    view.name_error = signup_read_name(site, request, &view.name);
    if (view.name_error != NULL) {
        show(site, request, answer, person, &view);
    } else if (!subscription_rename(&subscription, request->arena, site_token(request), view.name,
                                    site_network(request), clock_now(), &outcome, &why)) {
        site_say_failure(site, request, answer, &why);
    } else {
        show_outcome(site, request, answer, outcome, "page/saved", "page/saved-name", NULL);
    }
}

static void move(struct site *site, const struct web_request *request, struct web_answer *answer,
                 const struct subscriber *person)
{
    const struct subscription subscription = site_subscription(site);
    const struct limits limits = site_limits(site);
    struct form_input view = {0};
    struct address address;
    enum subscription_answer outcome;
    enum limits_answer limit;
    int64_t wait;
    struct failure why = {0};
    const char *origin = site_network(request);
    const struct limits_origin networks = site_origin(request);
    view.email_error = signup_read_address(site, request, "email", &view.email, &address);
    if (view.email_error != NULL) {
        show(site, request, answer, person, &view);
        return;
    }
    if (!limits_take_form(&limits, &networks, clock_now(), &limit, &wait, &why)) {
        site_say_failure(site, request, answer, &why);
        return;
    }
    if (limit != LIMITS_PASS) {
        site_say_limit(site, request, answer, limit, wait);
        return;
    }
    if (!subscription_move(&subscription, request->arena, site_token(request), &address, origin,
                           clock_now(), &outcome, &why)) {
        site_say_failure(site, request, answer, &why);
        return;
    }
    site_wake_mailer(site);
    show_outcome(site, request, answer, outcome, "page/check-mail", "page/move-asked",
                 HOLES({"address", address.normal}));
}

static void erase(struct site *site, const struct web_request *request, struct web_answer *answer)
{
    const struct subscription subscription = site_subscription(site);
    enum subscription_answer outcome;
    struct failure why = {0};
    const char *sure = web_field_find(request->form, "sure");
    bool asked = sure != NULL && strcmp(sure, "1") == 0;
    if (!asked && request->json) {
        site_say(site, request, answer, 422, "page/erase-unsure", "page/erase-unsure-told", NULL);
        return;
    }
    if (!asked) {
        struct value *data = value_object(request->arena);
        value_set_text(request->arena, data, "token", site_token(request));
        const struct page page = {
            .name = "erase", .title = site_words(site, request->arena, "page/erase"), .data = data};
        site_show(site, request, answer, &page);
        return;
    }
    if (!subscription_erase(&subscription, request->arena, site_token(request), clock_now(),
                            &outcome, &why)) {
        site_say_failure(site, request, answer, &why);
        return;
    }
    site_wake_mailer(site);
    show_outcome(site, request, answer, outcome, "page/erased", "page/erased-told", NULL);
}

static void download(struct site *site, const struct web_request *request,
                     struct web_answer *answer)
{
    const struct subscription subscription = site_subscription(site);
    enum subscription_answer outcome;
    struct value *data;
    struct failure why = {0};
    if (!subscription_data(&subscription, request->arena, site_token(request), clock_now(),
                           &outcome, &data, &why)) {
        site_say_failure(site, request, answer, &why);
    } else if (data == NULL) {
        show_closed(site, request, answer, outcome);
    } else {
        answer->type = "application/json";
        web_add_header(answer, "Content-Disposition", "attachment; filename=\"my-data.json\"");
        json_write(&answer->body, data, JSON_INDENTED);
        buf_add_char(&answer->body, '\n');
    }
}

static void change(struct site *site, const struct web_request *request, struct web_answer *answer,
                   const struct subscriber *person)
{
    const char *action = web_field_find(request->form, "do");
    bool on_list = person->status == SUBSCRIBER_CONFIRMED;
    if (action != NULL && strcmp(action, "erase") == 0) {
        erase(site, request, answer);
    } else if (action == NULL || (strcmp(action, "move") != 0 && strcmp(action, "name") != 0)) {
        site_say(site, request, answer, 400, "page/unclear", "page/unclear-told", NULL);
    } else if (!on_list) { /* the person has left while the page was open */
        site_say(site, request, answer, 409, "page/off-list", "page/off-list-told", NULL);
    } else if (strcmp(action, "move") == 0) {
        move(site, request, answer, person);
    } else {
        rename_person(site, request, answer, person);
    }
}

void preferences_handle_own(void *context, const struct web_request *request,
                            struct web_answer *answer)
{
    struct site *site = context;
    const struct subscription subscription = site_subscription(site);
    const struct form_input nothing = {0};
    const char *below = strchr(request->rest, '/');
    enum subscription_answer outcome;
    struct subscriber *person;
    struct failure why = {0};
    if (below != NULL && (strcmp(below, "/data") != 0 || request->method != WEB_GET)) {
        site_missing(site, request, answer);
    } else if (!subscription_verify_own(&subscription, request->arena, site_token(request),
                                        clock_now(), &outcome, &person, &why)) {
        site_say_failure(site, request, answer, &why);
    } else if (person == NULL) {
        show_closed(site, request, answer, outcome);
    } else if (below != NULL) {
        download(site, request, answer);
    } else if (request->method == WEB_GET) {
        show(site, request, answer, person, &nothing);
    } else {
        change(site, request, answer, person);
    }
}
