/*
 * What the handlers of the signup service share: the newsletter's store, settings and keys, its
 * pages, and the functions that write answers.
 *
 * Handlers fill in a struct page; people get the template of its name, scripts (JSON) its message.
 * Our own failures are logged and answered with a page that says so.
 */
#ifndef SIGNUP_SITE_H
#define SIGNUP_SITE_H

#include "base/token.h"
#include "base/value.h"
#include "digest/say.h"
#include "http/server.h"
#include "settings/settings.h"
#include "subscribers/limits.h"
#include "subscribers/subscription.h"
#include "subscribers/template.h"

struct site {
    struct store *store;
    const struct settings *settings;
    const struct token_keys *keys;
    int wake_fd; /* a byte written here wakes the mailer; -1: none */
    struct template_cache pages;
    const struct catalogue *words; /* loaded and freed with the pages */
};

/* Reads and compiles every page; if one is broken, the previous pages stay in use. */
bool site_load_pages(struct site *site, struct failure *why) MUST_CHECK;
void site_drop_pages(struct site *site);
/* Checks that the pages exist and compile, by the settings alone. */
bool site_check_pages(const struct settings *settings, struct failure *why) MUST_CHECK;

/* Tells the mailer that there may be mail; called for every answer alike. */
void site_wake_mailer(const struct site *site);

/* The routes, the answer for unknown paths, and the function that completes every answer. */
extern const struct web_route site_routes[];
void site_missing(void *context, const struct web_request *request, struct web_answer *answer);
/* What the server says by itself. */
const char *site_server_words(void *context, const char *id);
void site_finish(void *context, const struct web_request *request, struct web_answer *answer);

struct page {
    int status;          /* 0: 200 */
    const char *name;    /* the template */
    const char *suffix;  /* of the template's name; NULL: html */
    const char *title;   /* of the window */
    const char *message; /* one sentence for scripts; NULL: the title */
    struct value *data;  /* variables of the template; may be NULL */
};

/* The page's text alone. */
bool site_render(struct site *site, struct arena *arena, const struct page *page, struct buf *out,
                 struct failure *why) MUST_CHECK;

void site_show(struct site *site, const struct web_request *request, struct web_answer *answer,
               const struct page *page);

/* Allows everybody to cache the answer for so long, and answers 304 to clients that have it
 * already. */
void site_let_keep(const struct web_request *request, struct web_answer *answer, int seconds);

/* --- sentences of the catalogue (site_words.c), and pages that consist of one (site_say.c) --- */

struct say site_sayer(const struct site *site, struct arena *arena);
/* The message with that id, which has no placeholders. */
const char *site_words(const struct site *site, struct arena *arena, const char *id);
/* The same as a window title; if `wrong`, it begins by saying that there is an error. */
const char *site_title(const struct site *site, struct arena *arena, const char *id, bool wrong);
/* "27 November 2026", in the time zone of the issues. */
const char *site_date(const struct site *site, struct arena *arena, int64_t instant);

/* "Friday, 4 December 2026": when the next issue is due. */
const char *site_next_issue(const struct site *site, struct arena *arena);

/* A page of one heading and one sentence, by their ids; `holes` (may be NULL) fill the sentence's
 * placeholders. */
void site_say(struct site *site, const struct web_request *request, struct web_answer *answer,
              int status, const char *heading_id, const char *message_id, const struct hole *holes);
/* The page for an invalid token, or one whose person is gone. */
void site_say_unknown(struct site *site, const struct web_request *request,
                      struct web_answer *answer);
/* A limit was exceeded: what to say about it, and when to try again. */
const char *site_note_limit(const struct site *site, const struct web_request *request,
                            struct web_answer *answer, enum limits_answer limit, int64_t wait);
/* The same as a page. */
void site_say_limit(struct site *site, const struct web_request *request, struct web_answer *answer,
                    enum limits_answer limit, int64_t wait);
/* Our own failure: logged in full, described in general terms. Returns the status: 503, with the
 * time to try again, if another process holds the database's lock, otherwise 500. */
int site_note_failure(const struct site *site, const struct web_request *request,
                      struct web_answer *answer, const struct failure *why, const char **told);
/* The same as a page. */
void site_say_failure(struct site *site, const struct web_request *request,
                      struct web_answer *answer, const struct failure *why);
/* Adds an error in a field of the form to the page's list; nothing if `message` is NULL. */
void site_add_error(struct arena *arena, struct value *errors, const char *field,
                    const char *message);

/* The first part of the path after a route ("TOKEN/data" gives "TOKEN"), without characters that
 * were attached to a token on its way ("<TOKEN>."). */
const char *site_token(const struct web_request *request);
/* Checks the token of this request's path (subscription_verify); `*person` is NULL if it is
 * nobody's. False if that cannot be determined; the answer has been written then. */
bool site_verify_token(struct site *site, const struct web_request *request,
                       struct web_answer *answer, enum token_purpose purpose,
                       enum subscription_answer *outcome, struct subscriber **person) MUST_CHECK;
/* The client's network, in the form that ledger and limits use. */
const char *site_network(const struct web_request *request);
/* The client's networks, for the limits. */
struct limits_origin site_origin(const struct web_request *request);
struct subscription site_subscription(const struct site *site);
struct limits site_limits(const struct site *site);

/* An object {week, subject, date in words} of the newest issue that was sent; null if none. */
bool site_last_issue(const struct site *site, struct arena *arena, struct value **issue,
                     struct failure *why) MUST_CHECK;

/* A field's text without surrounding white space; "" if absent. NULL for a field that is not UTF-8,
 * contains NUL or control characters, or is longer than `limit` bytes. */
const char *site_field(const struct web_request *request, const char *name, size_t limit);

#endif
