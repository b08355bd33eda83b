#include "signup/signup.h"

#include <string.h>

#include "base/clock.h"
#include "signup/signup_form.h"

void signup_handle_form(void *context, const struct web_request *request, struct web_answer *answer)
{
    signup_form_show(context, request, answer, NULL, NULL, 200);
}

void signup_show_check_mail(struct site *site, const struct web_request *request,
                            struct web_answer *answer, const char *address,
                            const struct signup_form *form)
{
    struct arena *arena = request->arena;
    struct value *data = value_object(arena);
    value_set_text(arena, data, "address", address);
    value_set_text(arena, data, "suggestion", form != NULL ? form->suggestion : NULL);
    value_set_text(arena, data, "name", form != NULL ? form->typed_name : "");
    value_set_text(arena, data, "form", form != NULL ? form->source : "");
    value_set_text(arena, data, "stamp", form != NULL ? form->stamp_text : "");
    const struct page page = {.name = "check-your-mail",
                              .title = site_words(site, arena, "page/check-mail"),
                              .message = site_words(site, arena, "page/check-mail-told"),
                              .data = data};
    site_show(site, request, answer, &page);
}

static void show_success(struct site *site, const struct web_request *request,
                         struct web_answer *answer, const struct signup_form *form)
{
    if (form->next != NULL && !request->json) {
        answer->status = 303;
        answer->type = "text/plain; charset=utf-8";
        web_add_header(answer, "Location", form->next);
        return;
    }
    signup_show_check_mail(site, request, answer, form->typed_email, form);
}

/* Nothing was stored, so the form is shown again with what was typed, ready to be sent once more.
 */
static void show_failure(struct site *site, const struct web_request *request,
                         struct web_answer *answer, const struct signup_form *form,
                         const struct failure *why)
{
    const char *told;
    int status = site_note_failure(site, request, answer, why, &told);
    signup_form_show(site, request, answer, form, told, status);
}

/* Checks that need no write. True if the request may proceed. */
static bool pass_stamp(struct site *site, const struct web_request *request,
                       struct web_answer *answer, const struct signup_form *form)
{
    if (form->email_error != NULL || form->name_error != NULL) {
        signup_form_show(site, request, answer, form, NULL, 422);
        return false;
    }
    if (form->stamp == SIGNUP_TOO_YOUNG || form->stamp == SIGNUP_TOO_OLD) {
        signup_form_show(
            site, request, answer, form,
            site_words(site, request->arena,
                       form->stamp == SIGNUP_TOO_YOUNG ? "form/too-young" : "form/too-old"),
            422);
        return false;
    }
    return true;
}

/* During a flood of forms without stamps only our own form works: it is shown, to be sent once
 * more. */
static bool pass_limits(struct site *site, const struct web_request *request,
                        struct web_answer *answer, const struct signup_form *form, int64_t now)
{
    const struct limits limits = site_limits(site);
    const struct limits_origin origin = site_origin(request);
    struct signup_form again = *form;
    enum limits_answer limit;
    int64_t wait;
    struct failure why = {0};
    if (!limits_take_signup(&limits, &origin, &form->address, form->stamp_name, now, &limit, &wait,
                            &why)) {
        show_failure(site, request, answer, form, &why);
        return false;
    }
    if (limit == LIMITS_UNSTAMPED && !request->json) {
        signup_form_show(site, request, answer, form,
                         site_words(site, request->arena, "form/flood"), 422);
        return false;
    }
    if (limit == LIMITS_STAMP) {
        again.stamp = SIGNUP_TOO_OLD;
        signup_form_show(site, request, answer, &again,
                         site_words(site, request->arena, "form/often"), 422);
        return false;
    }
    if (limit != LIMITS_PASS) {
        const char *told = site_note_limit(site, request, answer, limit, wait);
        signup_form_show(site, request, answer, form, told, 429);
        return false;
    }
    return true;
}

/* Limits and request are one transaction: one flush to disk, and a request that fails uses up no
 * limit. False if the answer has been written. */
static bool write_request(struct site *site, const struct web_request *request,
                          struct web_answer *answer, const struct signup_form *form, int64_t now)
{
    const struct subscription subscription = site_subscription(site);
    const struct subscription_request ask = {.address = form->address,
                                             .name = form->typed_name,
                                             .topics = "",
                                             .wording = site->settings->subscribe.consent,
                                             .form = form->source,
                                             .origin = site_network(request)};
    struct failure why = {0};
    if (!store_begin(site->store, &why)) {
        show_failure(site, request, answer, form, &why);
        return false;
    }
    if (!pass_limits(site, request, answer, form, now)) {
        store_rollback(site->store);
        return false;
    }
    if (!subscription_ask(&subscription, request->arena, &ask, now, &why) ||
        !store_commit(site->store, &why)) {
        store_rollback(site->store);
        show_failure(site, request, answer, form, &why);
        return false;
    }
    return true;
}

void signup_handle_subscribe(void *context, const struct web_request *request,
                             struct web_answer *answer)
{
    struct site *site = context;
    struct signup_form form;
    int64_t now = clock_now();
    signup_form_read(site, request, now, &form);
    if (form.honeypot) {
        show_success(site, request, answer, &form);
        return;
    }
    if (!pass_stamp(site, request, answer, &form) ||
        !write_request(site, request, answer, &form, now)) {
        return;
    }
    site_wake_mailer(site);
    show_success(site, request, answer, &form);
}
