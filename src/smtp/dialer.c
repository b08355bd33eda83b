#include "smtp/dialer.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/secret.h"
#include "smtp/addresses.h"
#include "smtp/login.h"
#include "smtp/oauth.h"

enum { RESOLVE_MAX = 4096 };

struct dial {
    char key[HASH_HEX];
    pthread_mutex_t lock;
    struct login login;
    pthread_mutex_t token_lock; /* held while a new token is fetched: a lock of its own because
                                   that takes long */
    struct oauth_token token;
    int64_t paused_until_ms; /* after all mechanisms were refused: fail with `refusal` until then */
    struct failure refusal;
    struct backoffs backoffs;
    struct dial *next;
};

/* The state of one dial_connect() call. */
struct dialing {
    struct dial *dial;
    const struct relay *relay;
    struct addresses addresses;
    struct relay_attempt attempt;
    unsigned choice; /* mechanisms that we allow the server to choose from */
    int untried;     /* how many times it offered none of them */
    struct buf token;
    bool renewed; /* the token is the second one; the first was refused */
};

void dialer_free(struct dialer *dialer)
{
    while (dialer->first != NULL) {
        struct dial *dial = dialer->first;
        dialer->first = dial->next;
        backoffs_free(&dial->backoffs);
        pthread_mutex_destroy(&dial->lock);
        pthread_mutex_destroy(&dial->token_lock);
        oauth_token_wipe(&dial->token);
        free(dial);
    }
}

/* A hash, so that no password is stored here. A changed password gets a new key and so a fresh
 * state. */
static void make_key(const struct relay *relay, char key[HASH_HEX])
{
    struct arena arena = {0};
    const char *parts[] = {relay->name, relay->username, relay->password, relay->auth};
    const char *text = "";
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        text = arena_format(&arena, "%s%s\n", text, parts[i] != NULL ? parts[i] : "");
    }
    hash_sha256_hex(text, strlen(text), key);
    arena_free(&arena);
}

struct dial *dialer_find(struct dialer *dialer, const struct relay *relay)
{
    char key[HASH_HEX];
    make_key(relay, key);
    struct dial *dial = dialer->first;
    while (dial != NULL && strcmp(dial->key, key) != 0) {
        dial = dial->next;
    }
    if (dial == NULL) {
        dial = memory_resize(NULL, sizeof *dial);
        *dial = (struct dial){.next = dialer->first};
        memcpy(dial->key, key, sizeof key);
        pthread_mutex_init(&dial->lock, NULL);
        pthread_mutex_init(&dial->token_lock, NULL);
        backoffs_init(&dial->backoffs);
        oauth_token_init(&dial->token);
        login_init(&dial->login, relay->oauth != NULL, relay->auth, false);
        dialer->first = dial;
    }
    return dial;
}

/* --- login --- */

static bool has_login(const struct dialing *dialing)
{
    return dialing->relay->username != NULL;
}

/* Once the pause is over, refused mechanisms may be tried again, and what the server offered
 * earlier may have changed. False while all are refused. */
static bool begin_login(struct dialing *dialing, struct failure *why)
{
    struct dial *dial = dialing->dial;
    bool good = true;
    pthread_mutex_lock(&dial->lock);
    if (login_next(&dial->login) == 0) {
        good = !login_is_refused(&dial->login) || clock_monotonic_ms() >= dial->paused_until_ms;
        if (good) {
            dial->login.heard = false;
            dial->login.refused = 0;
        } else {
            *why = dial->refusal;
        }
    }
    pthread_mutex_unlock(&dial->lock);
    return good;
}

/* The mechanisms that the server may choose from now. */
static unsigned choose_login(struct dialing *dialing)
{
    pthread_mutex_lock(&dialing->dial->lock);
    unsigned choice = login_next(&dialing->dial->login);
    pthread_mutex_unlock(&dialing->dial->lock);
    return choice;
}

/* The failure when no mechanism is left to try. Always false. */
static bool fail_login(struct dialing *dialing, struct failure *why)
{
    const struct relay *relay = dialing->relay;
    const struct relay_offer *offer = &dialing->attempt.offer;
    struct buf ours;
    if (!offer->auth) {
        return fail(why, FAILURE_UNAVAILABLE, "the relay %s offers no AUTH, but username is set",
                    relay->label);
    }
    if (dialing->untried >= LOGIN_MECHANISMS) {
        return fail(why, FAILURE_UNAVAILABLE,
                    "the relay %s offers other mechanisms each time we ask, AUTH %s at last; set "
                    "auth to one that it always has, or let its hosts offer the same",
                    relay->label, offer->auth_words);
    }
    buf_init(&ours, 200);
    login_write_names(dialing->dial->login.ours, &ours);
    fail(why, FAILURE_UNAVAILABLE,
         "the relay %s offers no mechanism that we have: it offers AUTH %s, and we have %s%s",
         relay->label, offer->auth_words, ours.data, relay->auth != NULL ? " alone (auth)" : "");
    buf_free(&ours);
    return false;
}

/* Gets the token for this connection: the cached one, or a new one if that expires soon or is
 * `refused`. */
static bool take_token(struct dialing *dialing, const char *refused, struct failure *why)
{
    struct dial *dial = dialing->dial;
    struct oauth_token *token = &dial->token;
    pthread_mutex_lock(&dial->token_lock);
    bool good = token->text.len > 0 && token->expires_at > clock_now() + OAUTH_MARGIN &&
                (refused == NULL || strcmp(token->text.data, refused) != 0);
    good = good ||
           oauth_get(dialing->relay->oauth, dialing->relay->username, refused,
                     &dialing->attempt.stop->set, token, why) ||
           fail_context(why, "the relay %s: oauth", dialing->relay->label);
    if (good) {
        buf_reset(&dialing->token);
        buf_add_text(&dialing->token, token->text.data);
    }
    pthread_mutex_unlock(&dial->token_lock);
    return good;
}

/* A refused token may have been revoked before it expired, so a new one is fetched, once. */
static bool renew_token(struct dialing *dialing)
{
    struct failure none = {0};
    if (dialing->relay->oauth == NULL || dialing->renewed) {
        return false;
    }
    char *refused = memory_copy(dialing->token.data);
    dialing->renewed = true;
    bool good = take_token(dialing, refused, &none) && strcmp(refused, dialing->token.data) != 0;
    explicit_bzero(refused, strlen(refused));
    free(refused);
    if (none.kind != FAILURE_NONE) {
        log_event(LOG_LEVEL_WARN, "relay", "no_token", LOG_STR("why", none.text));
    }
    return good;
}

/* Every mechanism on offer was refused: nobody tries again for DIALER_LOGIN_PAUSE. */
static void pause_login(struct dialing *dialing, struct failure *why)
{
    struct dial *dial = dialing->dial;
    struct failure said = *why;
    const char *todo = "look at username and password_file";
    if (login_wants_token(&dial->login, dialing->attempt.offer.last)) {
        todo = "a password was refused: this provider wants OAuth, see the section oauth in "
               "verdicts.conf(5)";
    } else if (dial->login.token) {
        todo = "look at username and the section oauth";
    }
    fail(why, said.kind, "%.880s; %s", said.text, todo);
    dial->paused_until_ms = clock_monotonic_ms() + DIALER_LOGIN_PAUSE * 1000;
    dial->refusal = *why;
}

/* The server refused the mechanism that was tried. True if another one is left. */
static bool refuse_login(struct dialing *dialing, struct failure *why)
{
    struct dial *dial = dialing->dial;
    const struct relay_trace *trace = &dialing->attempt.trace;
    unsigned tried = login_find(trace->login, strlen(trace->login)) & dialing->choice;
    relay_fail(dialing->relay, &dialing->attempt, why);
    log_event(LOG_LEVEL_INFO, "relay", "login_refused", LOG_STR("relay", dialing->relay->name),
              LOG_STR("mechanism", trace->login), LOG_STR("reply", dialing->attempt.offer.last));
    if (renew_token(dialing)) {
        return true;
    }
    pthread_mutex_lock(&dial->lock);
    login_refuse(&dial->login, tried != 0 ? tried : dialing->choice);
    bool more = login_next(&dial->login) != 0;
    if (!more) {
        pause_login(dialing, why);
    }
    pthread_mutex_unlock(&dial->lock);
    return more;
}

static void hear_offer(struct dialing *dialing)
{
    const struct relay_attempt *attempt = &dialing->attempt;
    pthread_mutex_lock(&dialing->dial->lock);
    if (attempt->offer.ended) {
        login_hear(&dialing->dial->login, login_find_all(attempt->offer.auth_words));
    }
    if (relay_took_login(attempt)) {
        login_accept(&dialing->dial->login,
                     login_find(attempt->trace.login, strlen(attempt->trace.login)));
    }
    pthread_mutex_unlock(&dialing->dial->lock);
}

/* --- attempts --- */

enum attempt_end {
    OPENED,
    FAILED,  /* this address, or all of them, could not be reached */
    REFUSED, /* the server refused the login */
    UNTRIED, /* the server offers none of the mechanisms it could choose from, so no login was
              * tried */
};

/* Whether the refusal is permanent. A token may also be refused by a challenge that says what is
 * wrong with it (RFC 7628 3.2.2); libcurl does not answer an XOAUTH2 challenge and so never reads a
 * final reply. */
static bool refused_for_good(const struct relay_attempt *attempt)
{
    return attempt->offer.last[0] == '5' || relay_challenged_token(attempt);
}

static enum attempt_end attempt_once(struct dialing *dialing, struct buf *resolve, CURL **curl)
{
    struct relay_attempt *attempt = &dialing->attempt;
    struct relay_stop *stop = attempt->stop;
    struct buf options;
    buf_init(&options, 200);
    login_write_options(dialing->choice, &options);
    *attempt = (struct relay_attempt){
        .stop = stop,
        .options = has_login(dialing) ? options.data : NULL,
        .token = dialing->token.len > 0 ? dialing->token.data : NULL,
        .resolve = addresses_write(&dialing->addresses, dialing->relay, resolve)};
    *curl = relay_attempt(dialing->relay, attempt);
    buf_free(&options);
    bool tried = attempt->trace.login[0] != '\0';
    if (*curl == NULL && !(attempt->code == CURLE_LOGIN_DENIED && has_login(dialing))) {
        return FAILED;
    }
    if (has_login(dialing)) {
        hear_offer(dialing);
    }
    if (*curl == NULL) {
        return !tried ? UNTRIED : refused_for_good(attempt) ? REFUSED : FAILED;
    }
    if (!has_login(dialing) || relay_took_login(attempt)) {
        return OPENED;
    }
    /* libcurl goes on without a login if the server offers no mechanism that it may use. */
    curl_easy_cleanup(*curl);
    *curl = NULL;
    return UNTRIED;
}

/* The current address failed. If several fail, the failure of the last one is reported. */
static bool next_address(struct dialing *dialing, struct failure *why)
{
    bool more =
        addresses_drop(&dialing->addresses, &dialing->dial->backoffs, dialing->attempt.address);
    if (!more && dialing->addresses.found > 1) {
        char text[sizeof why->text];
        memcpy(text, why->text, sizeof text);
        fail(why, why->kind, "%.900s (the last of %zu addresses)", text, dialing->addresses.found);
    }
    return more && !atomic_load(&dialing->attempt.stop->set);
}

/* Tries another mechanism that the server does offer, else the next address. Hosts behind one name
 * may offer different mechanisms in turn, so the number of attempts is bounded. */
static bool next_choice(struct dialing *dialing, struct failure *why)
{
    unsigned choice = choose_login(dialing);
    fail_login(dialing, why);
    bool another = choice != 0 && choice != dialing->choice && dialing->untried < LOGIN_MECHANISMS;
    dialing->untried++;
    return another || next_address(dialing, why);
}

static bool go_on(struct dialing *dialing, enum attempt_end end, struct failure *why)
{
    switch (end) {
    case OPENED:
        return false;
    case REFUSED:
        return refuse_login(dialing, why);
    case UNTRIED:
        return next_choice(dialing, why);
    case FAILED:
        break;
    }
    relay_fail(dialing->relay, &dialing->attempt, why);
    return next_address(dialing, why);
}

static bool take_socket(struct dialing *dialing, struct dialed *dialed, struct failure *why)
{
    if (curl_easy_getinfo(dialed->curl, CURLINFO_ACTIVESOCKET, &dialed->fd) == CURLE_OK &&
        dialed->fd != CURL_SOCKET_BAD) {
        backoffs_clear(&dialing->dial->backoffs, dialing->attempt.address);
        return true;
    }
    curl_easy_cleanup(dialed->curl);
    dialed->curl = NULL;
    return fail(why, FAILURE_UNAVAILABLE, "the relay %s closed the connection at once",
                dialing->relay->label);
}

static bool try_all(struct dialing *dialing, struct dialed *dialed, struct failure *why)
{
    enum attempt_end end = FAILED;
    struct buf resolve;
    buf_init(&resolve, RESOLVE_MAX);
    bool more =
        (!has_login(dialing) || begin_login(dialing, why)) &&
        addresses_look_up(&dialing->addresses, &dialing->dial->backoffs, dialing->relay, why) &&
        (dialing->relay->oauth == NULL || take_token(dialing, NULL, why));
    while (more) {
        dialing->choice = has_login(dialing) ? choose_login(dialing) : 0;
        end = attempt_once(dialing, &resolve, &dialed->curl);
        more = go_on(dialing, end, why);
    }
    buf_free(&resolve);
    dialed->offer = dialing->attempt.offer;
    dialed->trace = dialing->attempt.trace;
    return end == OPENED && take_socket(dialing, dialed, why);
}

bool dial_connect(struct dial *dial, const struct relay *relay, struct relay_stop *stop,
                  struct dialed *dialed, struct failure *why)
{
    struct dialing *dialing = memory_zeroed(1, sizeof *dialing); /* on the heap: threads have
                                                                    small stacks */
    *dialed = (struct dialed){.fd = CURL_SOCKET_BAD};
    dialing->dial = dial;
    dialing->relay = relay;
    dialing->attempt.stop = stop;
    buf_init(&dialing->token, OAUTH_ANSWER_MAX);
    bool good = try_all(dialing, dialed, why);
    secret_wipe(&dialing->token);
    free(dialing);
    return good;
}

bool dial_knows_login(struct dial *dial, const struct relay *relay)
{
    if (relay->username == NULL) {
        return true;
    }
    pthread_mutex_lock(&dial->lock);
    bool knows = dial->login.working >= 0;
    pthread_mutex_unlock(&dial->lock);
    return knows;
}
