/*
 * The signup service as the handlers see it: the newsletter's store, settings and keys, its pages,
 * and the one place where an answer is written.
 *
 * Handlers fill a struct page; people get the template of its name, scripts (JSON) its message.
 * What went wrong on our side is logged and answered with a page that says so.
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
    const struct catalogue *words; /* loaded and dropped with the pages */
};

/* Reads every page and compiles it; where one is broken, the pages from before stay. */
bool site_load_pages(struct site *site, struct failure *why) MUST_CHECK;
void site_drop_pages(struct site *site);
/* Whether the pages are there and whole, by the settings alone. */
bool site_check_pages(const struct settings *settings, struct failure *why) MUST_CHECK;

/* Tells the mailer that there may be mail. The same for every answer. */
void site_wake_mailer(const struct site *site);

/* The routes, and what answers no route and has the last hand on every answer. */
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
    const char *message; /* one sentence: what a script gets; NULL: the title */
    struct value *data;  /* the template's own variables; may be NULL */
};

/* The page's text alone, without an answer around it. */
bool site_render(struct site *site, struct arena *arena, const struct page *page, struct buf *out,
                 struct failure *why) MUST_CHECK;

void site_show(struct site *site, const struct web_request *request, struct web_answer *answer,
               const struct page *page);

/* Lets everybody keep the answer for so long, and answers 304 to who has it already. */
void site_let_keep(const struct web_request *request, struct web_answer *answer, int seconds);

/* --- sentences of the catalogue (site_words.c), pages that are one (site_say.c) --- */

struct say site_sayer(const struct site *site, struct arena *arena);
/* The message of that id, which has no holes. */
const char *site_words(const struct site *site, struct arena *arena, const char *id);
/* The same as the title of a window; one that tells of an error says so first. */
const char *site_title(const struct site *site, struct arena *arena, const char *id, bool wrong);
/* "27 November 2026", in the time zone of the issues. */
const char *site_date(const struct site *site, struct arena *arena, int64_t instant);

/* "Friday, 4 December 2026": when the next issue is due. */
const char *site_next_issue(const struct site *site, struct arena *arena);

/* A page of one heading and one sentence, by their ids; `holes` (may be NULL) are the sentence's.
 */
void site_say(struct site *site, const struct web_request *request, struct web_answer *answer,
              int status, const char *heading_id, const char *message_id, const struct hole *holes);
/* A token that is none of ours, or whose person is gone. */
void site_say_unknown(struct site *site, const struct web_request *request,
                      struct web_answer *answer);
/* A limit has tripped: what is said of it, and when to come back. */
const char *site_note_limit(const struct site *site, const struct web_request *request,
                            struct web_answer *answer, enum limits_answer limit, int64_t wait);
/* The same as a page of its own. */
void site_say_limit(struct site *site, const struct web_request *request, struct web_answer *answer,
                    enum limits_answer limit, int64_t wait);
/* Our own fault: logged in full, told in general. Gives the status: 503, with when to come back,
 * where another process keeps the database, 500 otherwise. */
int site_note_failure(const struct site *site, const struct web_request *request,
                      struct web_answer *answer, const struct failure *why, const char **told);
/* The same as a page of its own. */
void site_say_failure(struct site *site, const struct web_request *request,
                      struct web_answer *answer, const struct failure *why);
/* Adds to a page's list what is wrong with a field of its form; nothing where `message` is NULL. */
void site_add_error(struct arena *arena, struct value *errors, const char *field,
                    const char *message);

/* The first part of the path behind a route ("TOKEN/data" gives "TOKEN"), without what stuck to a
 * token's ends on its way ("<TOKEN>."). */
const char *site_token(const struct web_request *request);
/* What the token of this request's path is good for, and whose it is (subscription_verify);
 * `*person` NULL: nobody's. False where that cannot be told: then the answer is written. */
bool site_verify_token(struct site *site, const struct web_request *request,
                       struct web_answer *answer, enum token_purpose purpose,
                       enum subscription_answer *outcome, struct subscriber **person) MUST_CHECK;
/* The asker's network, as ledger and limits keep it. */
const char *site_network(const struct web_request *request);
/* The asker's networks, as limits count them. */
struct limits_origin site_origin(const struct web_request *request);
struct subscription site_subscription(const struct site *site);
struct limits site_limits(const struct site *site);

/* An object {week, subject, date in words} of the newest issue that was sent; null if none. */
bool site_last_issue(const struct site *site, struct arena *arena, struct value **issue,
                     struct failure *why) MUST_CHECK;

/* A field's text without the white space around it; "" where absent. A field that is not UTF-8,
 * has NUL or control characters, or is longer than `limit` bytes gives NULL. */
const char *site_field(const struct web_request *request, const char *name, size_t limit);

#endif
