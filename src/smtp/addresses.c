#include "smtp/addresses.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

void backoffs_init(struct backoffs *backoffs)
{
    *backoffs = (struct backoffs){0};
    pthread_mutex_init(&backoffs->lock, NULL);
}

void backoffs_free(struct backoffs *backoffs)
{
    pthread_mutex_destroy(&backoffs->lock);
}

static struct backoff *find(struct backoffs *backoffs, const char *address)
{
    for (size_t i = 0; i < backoffs->count; i++) {
        if (strcmp(backoffs->list[i].text, address) == 0) {
            return &backoffs->list[i];
        }
    }
    return NULL;
}

void backoffs_clear(struct backoffs *backoffs, const char *address)
{
    pthread_mutex_lock(&backoffs->lock);
    struct backoff *backoff = find(backoffs, address);
    if (backoff != NULL) {
        backoff->failures = 0;
        backoff->until_ms = 0;
    }
    pthread_mutex_unlock(&backoffs->lock);
}

static void back_off(struct backoffs *backoffs, const char *address)
{
    pthread_mutex_lock(&backoffs->lock);
    struct backoff *backoff = find(backoffs, address);
    if (backoff == NULL && backoffs->count < ADDRESSES_MAX) {
        backoff = &backoffs->list[backoffs->count++];
        *backoff = (struct backoff){0};
        snprintf(backoff->text, sizeof backoff->text, "%s", address);
    }
    if (backoff != NULL) {
        backoff->failures += backoff->failures < 6;
        backoff->until_ms = clock_monotonic_ms() + (1000LL << (backoff->failures - 1));
    }
    pthread_mutex_unlock(&backoffs->lock);
}

static void leave_out(struct addresses *addresses, struct backoffs *backoffs)
{
    int64_t now_ms = clock_monotonic_ms();
    size_t kept = 0;
    struct addresses left = {.found = addresses->found};
    pthread_mutex_lock(&backoffs->lock);
    for (size_t i = 0; i < addresses->count; i++) {
        const struct backoff *backoff = find(backoffs, addresses->list[i]);
        if (backoff == NULL || backoff->until_ms <= now_ms) {
            memcpy(left.list[kept++], addresses->list[i], ADDRESS_TEXT);
        }
    }
    pthread_mutex_unlock(&backoffs->lock);
    if (kept > 0) {
        left.count = kept;
        *addresses = left;
    }
}

bool addresses_look_up(struct addresses *addresses, struct backoffs *backoffs,
                       const struct relay *relay, struct failure *why)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    if (relay->host == NULL) {
        return true;
    }
    int error = getaddrinfo(relay->host, relay->port, &hints, &list);
    if (error != 0) {
        return fail(why, FAILURE_UNAVAILABLE, "the relay %s is not found: %s", relay->label,
                    gai_strerror(error));
    }
    for (const struct addrinfo *at = list; at != NULL && addresses->count < ADDRESSES_MAX;
         at = at->ai_next) {
        if (getnameinfo(at->ai_addr, at->ai_addrlen, addresses->list[addresses->count],
                        ADDRESS_TEXT, NULL, 0, NI_NUMERICHOST) == 0) {
            addresses->count++;
        }
    }
    freeaddrinfo(list);
    addresses->found = addresses->count;
    leave_out(addresses, backoffs);
    return true;
}

bool addresses_drop(struct addresses *addresses, struct backoffs *backoffs, const char *address)
{
    size_t at = 0;
    while (at < addresses->count && strcmp(addresses->list[at], address) != 0) {
        at++;
    }
    if (at == addresses->count) {
        addresses->count = 0;
        return false;
    }
    back_off(backoffs, address);
    addresses->count--;
    memmove(addresses->list[at], addresses->list[at + 1], (addresses->count - at) * ADDRESS_TEXT);
    return addresses->count > 0;
}

const char *addresses_write(const struct addresses *addresses, const struct relay *relay,
                            struct buf *out)
{
    buf_reset(out);
    if (addresses->count == 0) {
        return NULL;
    }
    buf_addf(out, "%s:%s:", relay->host, relay->port);
    for (size_t i = 0; i < addresses->count; i++) {
        const char *address = addresses->list[i];
        bool six = strchr(address, ':') != NULL;
        buf_addf(out, "%s%s%s%s", i > 0 ? "," : "", six ? "[" : "", address, six ? "]" : "");
    }
    return out->data;
}
