#include "deliver/dialer.h"

#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "smtp/login.h"

enum { ADDRESSES = 24, ADDRESS_TEXT = 64, RESOLVE_MAX = 4096 };

/* An address that has failed, and when it may be tried again. */
struct stander {
    char text[ADDRESS_TEXT];
    int failures;
    int64_t until_ms;
};

struct dial {
    char key[HASH_HEX];
    pthread_mutex_t lock;
    struct login login;
    int64_t paused_until_ms; /* all mechanisms were refused: `refusal` until then */
    struct failure refusal;
    struct stander standers[ADDRESSES];
    size_t stander_count;
    struct dial *next;
};

/* One call of dial_connect(). */
struct dialing {
    struct dial *dial;
    const struct relay *relay;
    char addresses[ADDRESSES][ADDRESS_TEXT]; /* not tried yet, in the order of the resolver */
    size_t address_count;
    size_t found; /* how many there were */
    struct relay_attempt attempt;
    unsigned choice; /* mechanisms that the server could choose from */
};

void dialer_free(struct dialer *dialer)
{
    while (dialer->first != NULL) {
        struct dial *dial = dialer->first;
        dialer->first = dial->next;
        pthread_mutex_destroy(&dial->lock);
        free(dial);
    }
}

/* With another password everything begins anew, and none is kept here. */
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
        login_init(&dial->login, false, relay->auth, false);
        dialer->first = dial;
    }
    return dial;
}

/* --- addresses --- */

static bool look_up(struct dialing *dialing, struct failure *why)
{
    const struct relay *relay = dialing->relay;
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    if (relay->host == NULL) {
        return true;
    }
    int error = getaddrinfo(relay->host, relay->port, &hints, &list);
    if (error != 0) {
        return fail(why, FAILURE_UNAVAILABLE, "the relay %s is not found: %s", relay->name,
                    gai_strerror(error));
    }
    for (const struct addrinfo *at = list; at != NULL && dialing->address_count < ADDRESSES;
         at = at->ai_next) {
        if (getnameinfo(at->ai_addr, at->ai_addrlen, dialing->addresses[dialing->address_count],
                        ADDRESS_TEXT, NULL, 0, NI_NUMERICHOST) == 0) {
            dialing->address_count++;
        }
    }
    freeaddrinfo(list);
    dialing->found = dialing->address_count;
    return true;
}

static struct stander *find_stander(struct dial *dial, const char *address)
{
    for (size_t i = 0; i < dial->stander_count; i++) {
        if (strcmp(dial->standers[i].text, address) == 0) {
            return &dial->standers[i];
        }
    }
    return NULL;
}

/* Those that have failed a moment ago are left out, where there are others. */
static void leave_out_standers(struct dialing *dialing)
{
    int64_t now_ms = clock_monotonic_ms();
    size_t kept = 0;
    bool stands[ADDRESSES];
    pthread_mutex_lock(&dialing->dial->lock);
    for (size_t i = 0; i < dialing->address_count; i++) {
        const struct stander *stander = find_stander(dialing->dial, dialing->addresses[i]);
        stands[i] = stander != NULL && stander->until_ms > now_ms;
        kept += !stands[i];
    }
    pthread_mutex_unlock(&dialing->dial->lock);
    if (kept == 0) {
        return;
    }
    kept = 0;
    for (size_t i = 0; i < dialing->address_count; i++) {
        if (!stands[i]) {
            memmove(dialing->addresses[kept++], dialing->addresses[i], ADDRESS_TEXT);
        }
    }
    dialing->address_count = kept;
}

static void stand_back(struct dialing *dialing, const char *address)
{
    struct dial *dial = dialing->dial;
    pthread_mutex_lock(&dialing->dial->lock);
    struct stander *stander = find_stander(dial, address);
    if (stander == NULL && dial->stander_count < ADDRESSES) {
        stander = &dial->standers[dial->stander_count++];
        *stander = (struct stander){0};
        snprintf(stander->text, sizeof stander->text, "%s", address);
    }
    if (stander != NULL) {
        stander->failures += stander->failures < 6;
        stander->until_ms = clock_monotonic_ms() + (1000LL << (stander->failures - 1));
    }
    pthread_mutex_unlock(&dialing->dial->lock);
}

static void stand_up(struct dialing *dialing, const char *address)
{
    pthread_mutex_lock(&dialing->dial->lock);
    struct stander *stander = find_stander(dialing->dial, address);
    if (stander != NULL) {
        stander->failures = 0;
        stander->until_ms = 0;
    }
    pthread_mutex_unlock(&dialing->dial->lock);
}

/* The attempt has failed for reasons of its address; true where others are left. Nobody answered
 * at all: libcurl has tried every one. */
static bool drop_address(struct dialing *dialing)
{
    const char *address = dialing->attempt.address;
    size_t at = 0;
    while (at < dialing->address_count && strcmp(dialing->addresses[at], address) != 0) {
        at++;
    }
    if (at == dialing->address_count) {
        dialing->address_count = 0;
        return false;
    }
    stand_back(dialing, address);
    dialing->address_count--;
    memmove(dialing->addresses[at], dialing->addresses[at + 1],
            (dialing->address_count - at) * ADDRESS_TEXT);
    return dialing->address_count > 0;
}

static const char *write_resolve(const struct dialing *dialing, struct buf *out)
{
    buf_reset(out);
    if (dialing->address_count == 0) {
        return NULL;
    }
    buf_addf(out, "%s:%s:", dialing->relay->host, dialing->relay->port);
    for (size_t i = 0; i < dialing->address_count; i++) {
        const char *address = dialing->addresses[i];
        bool six = strchr(address, ':') != NULL;
        buf_addf(out, "%s%s%s%s", i > 0 ? "," : "", six ? "[" : "", address, six ? "]" : "");
    }
    return out->data;
}

/* --- login --- */

static bool has_login(const struct dialing *dialing)
{
    return dialing->relay->username != NULL;
}

/* What was refused some time ago may be tried again, and what the server offered then may have
 * changed. False while all are refused. */
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

/* Which mechanisms the server may choose from now. */
static unsigned choose_login(struct dialing *dialing)
{
    pthread_mutex_lock(&dialing->dial->lock);
    unsigned choice = login_next(&dialing->dial->login);
    pthread_mutex_unlock(&dialing->dial->lock);
    return choice;
}

/* What is left once nothing can be chosen any more. Always false. */
static bool fail_login(struct dialing *dialing, struct failure *why)
{
    const struct relay *relay = dialing->relay;
    const struct relay_offer *offer = &dialing->attempt.offer;
    struct buf ours;
    if (!offer->auth) {
        return fail(why, FAILURE_UNAVAILABLE,
                    "the relay %s offers no AUTH, but smtp.username is set", relay->name);
    }
    buf_init(&ours, 200);
    login_write_names(dialing->dial->login.ours, &ours);
    fail(why, FAILURE_UNAVAILABLE,
         "the relay %s offers no mechanism that we have: it offers AUTH %s, and we have %s%s",
         relay->name, offer->auth_words, ours.data,
         relay->auth != NULL ? " alone (smtp.auth)" : "");
    buf_free(&ours);
    return false;
}

/* The server has refused what was tried. True where another mechanism is left. */
static bool refuse_login(struct dialing *dialing, struct failure *why)
{
    struct dial *dial = dialing->dial;
    const struct relay_trace *trace = &dialing->attempt.trace;
    unsigned tried = login_find(trace->login, strlen(trace->login)) & dialing->choice;
    relay_fail(dialing->relay, &dialing->attempt, why);
    pthread_mutex_lock(&dialing->dial->lock);
    login_refuse(&dial->login, tried != 0 ? tried : dialing->choice);
    unsigned next = login_next(&dial->login);
    if (next == 0) {
        dial->paused_until_ms = clock_monotonic_ms() + DIALER_LOGIN_PAUSE * 1000;
        dial->refusal = *why;
    }
    pthread_mutex_unlock(&dialing->dial->lock);
    log_event(LOG_LEVEL_INFO, "relay", "login_refused", LOG_STR("relay", dialing->relay->name),
              LOG_STR("mechanism", trace->login), LOG_STR("reply", dialing->attempt.offer.last));
    return next != 0;
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

enum outcome {
    OPENED,
    FAILED,  /* this address, or all of them */
    REFUSED, /* the login */
    UNTRIED, /* the server offers none of what it could choose from, and was not asked */
};

static enum outcome attempt_once(struct dialing *dialing, struct buf *resolve, CURL **curl)
{
    struct relay_attempt *attempt = &dialing->attempt;
    struct relay_stop *stop = attempt->stop;
    struct buf options;
    buf_init(&options, 200);
    login_write_options(dialing->choice, &options);
    *attempt = (struct relay_attempt){.stop = stop,
                                      .options = has_login(dialing) ? options.data : NULL,
                                      .resolve = write_resolve(dialing, resolve)};
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
        bool final = attempt->offer.last[0] == '5';
        return !tried ? UNTRIED : final ? REFUSED : FAILED;
    }
    if (!has_login(dialing) || relay_took_login(attempt)) {
        return OPENED;
    }
    /* libcurl goes on without a login where the server offers none that it may use. */
    curl_easy_cleanup(*curl);
    *curl = NULL;
    return UNTRIED;
}

/* The address is of no use; the failure of the last one is told. */
static bool next_address(struct dialing *dialing, struct failure *why)
{
    bool more = drop_address(dialing);
    if (!more && dialing->found > 1) {
        char text[sizeof why->text];
        memcpy(text, why->text, sizeof text);
        fail(why, why->kind, "%.900s (the last of %zu addresses)", text, dialing->found);
    }
    return more && !atomic_load(&dialing->attempt.stop->set);
}

/* Another mechanism that the server does offer; else the next address. */
static bool next_choice(struct dialing *dialing, struct failure *why)
{
    unsigned choice = choose_login(dialing);
    fail_login(dialing, why);
    return (choice != 0 && choice != dialing->choice) || next_address(dialing, why);
}

static bool go_on(struct dialing *dialing, enum outcome outcome, struct failure *why)
{
    switch (outcome) {
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
        stand_up(dialing, dialing->attempt.address);
        return true;
    }
    curl_easy_cleanup(dialed->curl);
    dialed->curl = NULL;
    return fail(why, FAILURE_UNAVAILABLE, "the relay %s closed the connection at once",
                dialing->relay->name);
}

static bool try_all(struct dialing *dialing, struct dialed *dialed, struct failure *why)
{
    enum outcome outcome = FAILED;
    struct buf resolve;
    buf_init(&resolve, RESOLVE_MAX);
    bool more = (!has_login(dialing) || begin_login(dialing, why)) && look_up(dialing, why);
    if (more) {
        leave_out_standers(dialing);
    }
    while (more) {
        dialing->choice = has_login(dialing) ? choose_login(dialing) : 0;
        outcome = attempt_once(dialing, &resolve, &dialed->curl);
        more = go_on(dialing, outcome, why);
    }
    buf_free(&resolve);
    dialed->offer = dialing->attempt.offer;
    dialed->trace = dialing->attempt.trace;
    return outcome == OPENED && take_socket(dialing, dialed, why);
}

bool dial_connect(struct dial *dial, const struct relay *relay, struct relay_stop *stop,
                  struct dialed *dialed, struct failure *why)
{
    struct dialing *dialing = memory_zeroed(1, sizeof *dialing); /* threads have small stacks */
    *dialed = (struct dialed){.fd = CURL_SOCKET_BAD};
    dialing->dial = dial;
    dialing->relay = relay;
    dialing->attempt.stop = stop;
    bool good = try_all(dialing, dialed, why);
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
