#include "signup/signup_form.h"

#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/random.h"
#include "base/spelling.h"
#include "base/utf8.h"
#include "mail/address.h"
#include "subscribers/provider.h"

enum { TYPED_MAX = 500, NEXT_MAX = 1000 };

/* "gmail,com" and "gmail com" are typing errors for "gmail.com". */
static void tidy_domain(const char *domain, char out[ADDRESS_MAX + 1])
{
    size_t len = 0;
    for (const char *c = domain; *c != '\0' && len < ADDRESS_MAX; c++) {
        out[len++] = *c == ',' || *c == ';' || *c == ' ' ? '.' : *c;
    }
    out[len] = '\0';
}

/* The address with the domain that was probably meant; NULL if it is fine as it is. */
static const char *suggest(struct arena *arena, const char *typed)
{
    char domain[ADDRESS_MAX + 1];
    const char *at = strrchr(typed, '@');
    const char *nearest = NULL;
    if (at == NULL || at == typed) {
        return NULL;
    }
    tidy_domain(at + 1, domain);
    size_t len = strlen(domain);
    int best = len > 0 ? spelling_tolerance(len) : 0;
    for (size_t i = 0; i < PROVIDER_COUNT; i++) {
        if (strcasecmp(providers[i].domain, domain) == 0) {
            nearest = strcasecmp(providers[i].domain, at + 1) == 0 ? NULL : providers[i].domain;
            break;
        }
        if (spelling_is_near(domain, len, providers[i].domain, &best)) {
            nearest = providers[i].domain;
        }
    }
    return nearest != NULL ? arena_format(arena, "%.*s@%s", (int)(at - typed), typed, nearest)
                           : NULL;
}

/* The error in an address in words for readers, without details that only an operator needs. */
static const char *address_fault(const char *text)
{
    const char *at = strchr(text, '@');
    if (at == NULL) {
        return "form/email-no-at";
    }
    if (strchr(at + 1, '@') != NULL) {
        return "form/email-two-ats";
    }
    if (strpbrk(text, " \t") != NULL) {
        return "form/email-blank";
    }
    if (at == text || at[1] == '\0') {
        return at == text ? "form/email-no-name" : "form/email-no-domain";
    }
    return strchr(at, '.') == NULL ? "form/email-no-dot" : "form/email-other";
}

const char *signup_read_address(const struct site *site, const struct web_request *request,
                                const char *field, const char **typed, struct address *address)
{
    struct failure why = {0};
    const struct say say = site_sayer(site, request->arena);
    const char *text = site_field(request, field, TYPED_MAX);
    *typed = text != NULL ? text : "";
    if (text == NULL) {
        return say_text(&say, "form/email-no-text", NULL);
    }
    if (text[0] == '\0') {
        return say_text(&say, "form/email-empty", NULL);
    }
    char plain[ADDRESS_INPUT + 1];
    address_unwrap(text, plain, NULL);
    if (address_parse(plain, address, &why) && address_check_reach(address, &why)) {
        return NULL;
    }
    const char *fault = say_text(&say, address_fault(plain), NULL);
    const char *suggestion = suggest(request->arena, plain);
    return suggestion != NULL
               ? say_text(&say, "form/email-meant", HOLES({"fault", fault}, {"email", suggestion}))
               : fault;
}

/* Names have been used to put advertising into mails. */
static bool looks_like_link(const char *name)
{
    return strstr(name, "://") != NULL || strcasestr(name, "www.") != NULL ||
           strpbrk(name, "<>{}\\") != NULL;
}

/* Counts characters: letters of some scripts take two bytes and more. */
static bool is_long(const char *name)
{
    size_t len = strlen(name), count = 0;
    uint32_t point;
    for (size_t at = 0; at < len; count++) {
        at += utf8_decode(name + at, len - at, &point);
    }
    return count > SIGNUP_NAME_MAX || len > SIGNUP_NAME_BYTES_MAX;
}

const char *signup_read_name(const struct site *site, const struct web_request *request,
                             const char **name)
{
    const char *typed = site_field(request, "name", TYPED_MAX);
    char *text = typed != NULL ? arena_copy(request->arena, typed) : NULL;
    if (text != NULL) {
        utf8_fold_space(text);
    }
    *name = text != NULL ? text : "";
    if (text == NULL || is_long(text)) {
        const struct say say = site_sayer(site, request->arena);
        const char *most = arena_format(request->arena, "%d", SIGNUP_NAME_MAX);
        return say_text(&say, "form/name-long", HOLES({"most", most}));
    }
    return looks_like_link(text) ? site_words(site, request->arena, "form/name-link") : NULL;
}

/* A stamp may be written in upper or lower case; its uses are counted by its content. */
static void read_stamp(const struct site *site, struct arena *arena, int64_t now,
                       struct signup_form *form)
{
    int64_t made, chance;
    const char *stamp = form->stamp_text;
    if (!token_verify(site->keys, TOKEN_FORM, stamp, strlen(stamp), &made, &chance)) {
        form->stamp = SIGNUP_UNSTAMPED;
    } else if (now - made < SIGNUP_STAMP_YOUNGEST) {
        form->stamp = SIGNUP_TOO_YOUNG;
    } else if (now - made > SIGNUP_STAMP_OLDEST) {
        form->stamp = SIGNUP_TOO_OLD;
    } else {
        form->stamp = SIGNUP_STAMPED;
        form->stamp_name = arena_format(arena, "%lld:%lld", (long long)made, (long long)chance);
    }
}

static bool is_listed(const struct settings *settings, const char *host, size_t len)
{
    for (const char **listed = settings->subscribe.next_hosts; *listed != NULL; listed++) {
        if (strlen(*listed) == len && strncasecmp(*listed, host, len) == 0) {
            return true;
        }
    }
    return false;
}

/* "https://HOST…" with a host that the settings list; NULL for anything else. */
static const char *next_page(const struct site *site, const struct web_request *request)
{
    static const char scheme[] = "https://";
    const char *next = site_field(request, "next", NEXT_MAX);
    if (next == NULL || strncmp(next, scheme, sizeof scheme - 1) != 0) {
        return NULL;
    }
    for (const char *c = next; *c != '\0'; c++) {
        if ((unsigned char)*c <= 0x20 || (unsigned char)*c >= 0x7F || *c == '\\') {
            return NULL;
        }
    }
    const char *host = next + sizeof scheme - 1;
    return is_listed(site->settings, host, strcspn(host, "/?#")) ? next : NULL;
}

static const char *read_source(const struct web_request *request)
{
    const char *form = web_field_find(request->form, "form");
    if (request->json) {
        return "json";
    }
    return form != NULL && strcmp(form, "embed") == 0 ? "embed" : "signup";
}

/* The name is optional: bytes that are not text do not prevent the sign-up. */
static void read_name(const struct site *site, const struct web_request *request,
                      struct signup_form *form)
{
    form->typed_name = "";
    if (site_field(request, "name", TYPED_MAX) != NULL) {
        form->name_error = signup_read_name(site, request, &form->typed_name);
    }
}

void signup_form_read(const struct site *site, const struct web_request *request, int64_t now,
                      struct signup_form *form)
{
    const char *trap = web_field_find(request->form, "website");
    const char *stamp = site_field(request, "stamp", TOKEN_LEN);
    *form = (struct signup_form){.honeypot = trap != NULL && trap[0] != '\0'};
    form->email_error =
        signup_read_address(site, request, "email", &form->typed_email, &form->address);
    read_name(site, request, form);
    form->source = read_source(request);
    form->next = next_page(site, request);
    form->suggestion = suggest(request->arena, form->typed_email);
    form->stamp_text = stamp != NULL ? stamp : "";
    read_stamp(site, request->arena, now, form);
}

/* --- showing it --- */

/* Somebody who was too fast gets a stamp that is old enough, so that the second attempt works at
 * once. */
static void fresh_stamp(const struct site *site, bool works_at_once, char out[TOKEN_TEXT])
{
    int64_t made = clock_now() - (works_at_once ? SIGNUP_STAMP_YOUNGEST : 0);
    token_make(site->keys, TOKEN_FORM, made, (int64_t)random_below(UINT32_MAX), out);
}

static struct value *form_value(const struct site *site, struct arena *arena,
                                const struct signup_form *form)
{
    char stamp[TOKEN_TEXT];
    struct value *value = value_object(arena);
    if (form->stamp == SIGNUP_STAMPED) {
        value_set_text(arena, value, "stamp", form->stamp_text);
    } else {
        fresh_stamp(site, form->stamp != SIGNUP_UNSTAMPED, stamp);
        value_set_text(arena, value, "stamp", stamp);
    }
    value_set_text(arena, value, "form", form->source);
    value_set_text(arena, value, "next", form->next);
    value_set_text(arena, value, "email", form->typed_email);
    value_set_text(arena, value, "name", form->typed_name);
    value_set_text(arena, value, "email_error", form->email_error);
    value_set_text(arena, value, "name_error", form->name_error);
    return value;
}

/* Browsers apply form-action to the redirect after a form, too. */
static void allow_next(const struct web_request *request, struct web_answer *answer,
                       const char *next)
{
    size_t len = strlen("https://") + strcspn(next + strlen("https://"), "/?#");
    web_add_header(answer, "Content-Security-Policy",
                   arena_format(request->arena,
                                "default-src 'none'; style-src 'self'; img-src 'self'; "
                                "form-action 'self' %.*s; base-uri 'none'; frame-ancestors 'none'",
                                (int)len, next));
}

void signup_form_show(struct site *site, const struct web_request *request,
                      struct web_answer *answer, const struct signup_form *form, const char *notice,
                      int status)
{
    struct arena *arena = request->arena;
    const struct signup_form empty = {
        .typed_email = "", .typed_name = "", .source = "signup", .stamp_text = ""};
    const struct signup_form *shown = form != NULL ? form : &empty;
    struct value *data = value_object(arena), *issue;
    struct failure why = {0};
    if (!site_last_issue(site, arena, &issue, &why)) {
        issue = value_null(arena); /* the form matters more than the text above it */
    }
    value_set(arena, data, "last_issue", issue);
    struct value *errors = value_set(arena, data, "errors", value_list(arena));
    site_add_error(arena, errors, "email", shown->email_error);
    site_add_error(arena, errors, "name", shown->name_error);
    bool wrong = errors->count > 0;
    bool refused = status >= 400;
    value_set_bool(arena, data, "has_errors", wrong);
    value_set_text(arena, data, "notice", notice);
    value_set_text(arena, data, "consent", site->settings->subscribe.consent);
    value_set(arena, data, "form", form_value(site, arena, shown));
    if (shown->next != NULL) {
        allow_next(request, answer, shown->next);
    }
    const struct page page = {.status = status,
                              .name = "signup",
                              .title = site_title(site, arena, "page/signup", refused),
                              .message = wrong ? site_words(site, arena, "form/errors") : notice,
                              .data = data};
    site_show(site, request, answer, &page);
}
