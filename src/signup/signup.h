/* The handlers of the signup service, one file per subject: signup, confirm, leave, preferences,
 * own, files; the archive has a header of its own. The pages contain the texts;
 * subscribers/subscription.h does the work. */
#ifndef SIGNUP_SIGNUP_H
#define SIGNUP_SIGNUP_H

#include "signup/site.h"

void signup_handle_form(void *context, const struct web_request *request,
                        struct web_answer *answer);
void signup_handle_subscribe(void *context, const struct web_request *request,
                             struct web_answer *answer);
/* The page "look into your mail": the same for everybody. `form` NULL: nothing was typed. */
struct signup_form;
void signup_show_check_mail(struct site *site, const struct web_request *request,
                            struct web_answer *answer, const char *address,
                            const struct signup_form *form);

void confirm_handle(void *context, const struct web_request *request, struct web_answer *answer);
void confirm_handle_address(void *context, const struct web_request *request,
                            struct web_answer *answer);
void leave_handle(void *context, const struct web_request *request, struct web_answer *answer);
void preferences_handle(void *context, const struct web_request *request,
                        struct web_answer *answer);
void preferences_handle_own(void *context, const struct web_request *request,
                            struct web_answer *answer);

#endif
