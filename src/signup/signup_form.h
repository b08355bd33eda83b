/*
 * The signup form: what was typed into it, whether it is valid, and the form to show if it is not.
 */
#ifndef SIGNUP_SIGNUP_FORM_H
#define SIGNUP_SIGNUP_FORM_H

#include "mail/address.h"
#include "signup/site.h"

enum {
    SIGNUP_NAME_MAX = 120,       /* characters */
    SIGNUP_NAME_BYTES_MAX = 255, /* as in an import */
    SIGNUP_STAMP_YOUNGEST = 3,   /* seconds: nobody types an address faster */
    SIGNUP_STAMP_OLDEST = 86400, /* seconds */
};

/* Where a form comes from, judged by the hidden stamp of our own page. */
enum signup_stamp {
    SIGNUP_UNSTAMPED, /* an embedded form or a script; a forged stamp counts as none */
    SIGNUP_STAMPED,
    SIGNUP_TOO_YOUNG, /* sent by a program, or by a browser that fills in forms */
    SIGNUP_TOO_OLD,
};

struct signup_form {
    const char *typed_email; /* as it is shown again; "" if it cannot be */
    const char *typed_name;
    const char *email_error, *name_error; /* NULL: no error */
    struct address address;               /* if email_error is NULL */
    const char *source;                   /* "signup", "embed" or "json" */
    const char *next;                     /* NULL if there is none, or it is not allowed */
    const char *suggestion;               /* "ann@gmail.com", or NULL */
    const char *stamp_text;               /* as received; "" if absent */
    const char *stamp_name;               /* key for counting its uses; NULL: not SIGNUP_STAMPED */
    enum signup_stamp stamp;
    bool honeypot; /* the hidden field was filled in, as programs do */
};

void signup_form_read(const struct site *site, const struct web_request *request, int64_t now,
                      struct signup_form *form);

/* Checks an address typed into any of our forms; NULL, or what is wrong with it. */
const char *signup_read_address(const struct site *site, const struct web_request *request,
                                const char *field, const char **typed, struct address *address);
/* The same for a name. */
const char *signup_read_name(const struct site *site, const struct web_request *request,
                             const char **name);

/* Shows the form with `notice` (may be NULL) above it. `form` NULL: an empty one. */
void signup_form_show(struct site *site, const struct web_request *request,
                      struct web_answer *answer, const struct signup_form *form, const char *notice,
                      int status);

#endif
