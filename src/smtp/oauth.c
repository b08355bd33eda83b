#include "smtp/oauth.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/http_client.h"
#include "base/json.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/utf8.h"
#include "smtp/oauth_file.h"

enum {
    LIFE = 300, /* assumed lifetime in seconds of a token whose source does not say */
    LIFE_MAX = 7 * 86400,
    SAID_MAX = 300,
};

/* The state of one oauth_get() call. */
struct asking {
    const struct settings_oauth *settings;
    const atomic_bool *stop;
    struct arena arena;
    struct oauth_kept kept; /* read from the file, then updated */
    char source[HASH_HEX];  /* hash of the operator's refresh token */
    bool told;              /* the source said how long the token lives */
};

void oauth_token_init(struct oauth_token *token)
{
    *token = (struct oauth_token){0};
    buf_init(&token->text, OAUTH_ANSWER_MAX);
}

void oauth_token_wipe(struct oauth_token *token)
{
    secret_wipe(&token->text);
    token->expires_at = 0;
}

bool oauth_is_set(const struct settings_oauth *settings)
{
    return settings->token_url != NULL ||
           (settings->command != NULL && settings->command[0] != NULL);
}

/* --- answers --- */

/* RFC 6750 2.1 and RFC 7628 require visible ASCII; anything else could end the command that carries
 * the token. */
static bool is_token(const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (*at <= ' ' || *at > '~') {
            return false;
        }
    }
    return text[0] != '\0';
}

static const char *text_of(const struct value *value, const char *name)
{
    const struct value *member = value_find(value, name);
    return member != NULL && member->kind == VALUE_TEXT ? member->text : NULL;
}

/* Some servers send the number as a string. */
static int64_t life_of(const struct value *value)
{
    const struct value *member = value_find(value, "expires_in");
    bool number = member != NULL && (member->kind == VALUE_NUMBER || member->kind == VALUE_TEXT);
    int64_t life = number ? strtoll(member->text, NULL, 10) : 0;
    return life < LIFE_MAX ? life : LIFE_MAX;
}

static bool take_access(struct asking *asking, const char *access, int64_t life,
                        struct failure *why)
{
    if (access == NULL || !is_token(access)) {
        return fail(why, FAILURE_UNAVAILABLE, "the answer holds no access token");
    }
    asking->told = life > 0;
    asking->kept.access = access;
    asking->kept.expires_at = clock_now() + (life > 0 ? life : LIFE);
    return true;
}

/* RFC 6749 5.1. jansson's own error text would quote a part of the answer, which is secret. */
static bool read_answer(struct asking *asking, const char *answer, size_t len, struct value **value,
                        struct failure *why)
{
    struct failure unread = {0};
    return json_read(&asking->arena, "answer", answer, len, value, &unread) ||
           fail(why, FAILURE_UNAVAILABLE, "the answer is no JSON");
}

/* --- a program --- */

/* The program prints either the token on its first line, or what a token server would answer. */
static bool take_output(struct asking *asking, struct buf *output, struct failure *why)
{
    struct value *value;
    if (output->data[0] == '{') {
        return read_answer(asking, output->data, output->len, &value, why) &&
               take_access(asking, text_of(value, "access_token"), life_of(value), why);
    }
    size_t len = strcspn(output->data, "\r\n");
    return take_access(asking, arena_copy_bytes(&asking->arena, output->data, len), 0, why);
}

static bool ask_program(struct asking *asking, struct failure *why)
{
    struct buf output;
    const char *const *words = asking->settings->command;
    buf_init(&output, OAUTH_ANSWER_MAX);
    bool good = child_run(words, OAUTH_SECONDS, asking->stop, &output, why);
    if (good && !take_output(asking, &output, why)) {
        good = fail_context(why, "%s", words[0]);
    }
    secret_wipe(&output);
    return good;
}

/* --- a token server --- */

static bool read_secret(struct asking *asking, const char *path, const char *what,
                        const char **secret, struct failure *why)
{
    struct buf line;
    *secret = NULL;
    if (path == NULL) {
        return true;
    }
    buf_init(&line, SECRET_LINE_MAX);
    bool good = secret_read_line(path, &line, why) || fail_context(why, "%s", what);
    *secret = good ? arena_copy(&asking->arena, line.data) : NULL;
    secret_wipe(&line);
    return good;
}

/* Reports the server's error without anything that could be a token. */
static bool fail_refused(const struct asking *asking, int status, const struct value *value,
                         struct failure *why)
{
    char said[SAID_MAX + 1] = "";
    const char *error = text_of(value, "error"), *description = text_of(value, "error_description");
    const char *url = asking->settings->token_url;
    if (error == NULL || strlen(error) > 60) {
        return fail(why, FAILURE_UNAVAILABLE, "%s answers with status %d and no token", url,
                    status);
    }
    if (description != NULL) {
        size_t len = utf8_cut(description, strlen(description), SAID_MAX);
        memcpy(said, description, len);
        said[utf8_tame(said, len)] = '\0';
    }
    bool grant = strcmp(error, "invalid_grant") == 0;
    return fail(why, FAILURE_UNAVAILABLE, "%s refuses a token: %s%s%s%s", url, error,
                said[0] != '\0' ? ": " : "", said,
                grant && asking->settings->refresh_token_file != NULL
                    ? "; obtain a new refresh token and write it into refresh_token_file"
                    : "");
}

static bool post(struct asking *asking, const struct http_field *fields, size_t count,
                 struct http_answer *answer, struct failure *why)
{
    static const char *const headers[] = {"Accept: application/json", NULL};
    struct buf form;
    buf_init(&form, OAUTH_ANSWER_MAX);
    http_write_form(fields, count, &form);
    const struct http_request request = {.url = asking->settings->token_url,
                                         .headers = headers,
                                         .body = form.data,
                                         .limit = OAUTH_ANSWER_MAX,
                                         .timeout_ms = OAUTH_SECONDS * 1000};
    bool good = http_ask(&asking->arena, &request, answer, why);
    secret_wipe(&form);
    return good &&
           (!answer->cut || fail(why, FAILURE_UNAVAILABLE, "%s answers with more than %d bytes",
                                 request.url, OAUTH_ANSWER_MAX));
}

/* When it fails with `*refused` set, the grant was refused and another one may be tried. */
static bool ask_server(struct asking *asking, const char *secret, const char *refresh,
                       bool *refused, struct failure *why)
{
    const struct settings_oauth *settings = asking->settings;
    const struct http_field fields[] = {
        {"grant_type", refresh != NULL ? "refresh_token" : "client_credentials"},
        {"refresh_token", refresh},
        {"client_id", settings->client_id},
        {"client_secret", secret},
        {"scope", settings->scope},
    };
    struct http_answer answer;
    struct value *value = NULL;
    *refused = false;
    if (!post(asking, fields, sizeof fields / sizeof fields[0], &answer, why)) {
        return false;
    }
    if (!read_answer(asking, answer.body, answer.len, &value, why) || answer.status != 200) {
        const char *error = text_of(value, "error");
        *refused = error != NULL && strcmp(error, "invalid_grant") == 0;
        return fail_refused(asking, answer.status, value, why);
    }
    const char *next = text_of(value, "refresh_token");
    if (next != NULL && refresh != NULL && strcmp(next, refresh) != 0) {
        asking->kept.refresh = next;
        asking->kept.source = asking->source;
    }
    return take_access(asking, text_of(value, "access_token"), life_of(value), why) ||
           fail_context(why, "%s", settings->token_url);
}

/* Tries the refresh token that the provider returned last, as long as the operator's file is still
 * the one that it replaced, then the operator's own. */
static bool ask_provider(struct asking *asking, struct failure *why)
{
    const struct settings_oauth *settings = asking->settings;
    const char *secret, *own;
    bool refused = true;
    if (!read_secret(asking, settings->client_secret_file, "client_secret_file", &secret, why) ||
        !read_secret(asking, settings->refresh_token_file, "refresh_token_file", &own, why)) {
        return false;
    }
    if (own != NULL) {
        hash_sha256_hex(own, strlen(own), asking->source);
    }
    const char *given = asking->kept.refresh;
    if (own == NULL || given == NULL || asking->kept.source == NULL ||
        strcmp(asking->kept.source, asking->source) != 0) {
        given = asking->kept.refresh = asking->kept.source = NULL;
    }
    if (given != NULL && ask_server(asking, secret, given, &refused, why)) {
        return true;
    }
    if (!refused) {
        return false;
    }
    asking->kept.refresh = asking->kept.source = NULL;
    *why = (struct failure){0};
    return ask_server(asking, secret, own, &refused, why);
}

/* --- the whole --- */

static bool is_good(const struct oauth_kept *kept, const char *refused)
{
    return kept->access != NULL && is_token(kept->access) &&
           kept->expires_at > clock_now() + OAUTH_MARGIN &&
           (refused == NULL || strcmp(kept->access, refused) != 0);
}

static bool ask(struct asking *asking, const char *path, struct failure *why)
{
    bool program = asking->settings->token_url == NULL;
    if (!(program ? ask_program(asking, why) : ask_provider(asking, why))) {
        return false;
    }
    if (asking->told || !program) {
        oauth_file_write(path, &asking->kept);
    }
    log_event(LOG_LEVEL_INFO, "oauth", "token",
              LOG_INT("seconds", asking->kept.expires_at - clock_now()));
    return true;
}

bool oauth_get(const struct settings_oauth *settings, const char *user, const char *refused,
               const atomic_bool *stop, struct oauth_token *token, struct failure *why)
{
    struct asking asking = {.settings = settings, .stop = stop};
    const char *path = oauth_file_path(settings, user, &asking.arena);
    oauth_file_read(path, &asking.arena, &asking.kept);
    bool good = is_good(&asking.kept, refused);
    if (!good) {
        int lock = oauth_file_lock(settings, path, stop);
        oauth_file_read(path, &asking.arena, &asking.kept); /* another process may just have
                                                               fetched one */
        good = is_good(&asking.kept, refused) || ask(&asking, path, why);
        if (lock >= 0) {
            close(lock);
        }
    }
    if (good) {
        buf_reset(&token->text);
        buf_add_text(&token->text, asking.kept.access);
        token->expires_at = asking.kept.expires_at;
    }
    arena_free(&asking.arena);
    return good;
}
