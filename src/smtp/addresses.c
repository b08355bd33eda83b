#include "smtp/addresses.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

void standers_init(struct standers *standers)
{
    *standers = (struct standers){0};
    pthread_mutex_init(&standers->lock, NULL);
}

void standers_free(struct standers *standers)
{
    pthread_mutex_destroy(&standers->lock);
}

static struct stander *find(struct standers *standers, const char *address)
{
    for (size_t i = 0; i < standers->count; i++) {
        if (strcmp(standers->list[i].text, address) == 0) {
            return &standers->list[i];
        }
    }
    return NULL;
}

void standers_clear(struct standers *standers, const char *address)
{
    pthread_mutex_lock(&standers->lock);
    struct stander *stander = find(standers, address);
    if (stander != NULL) {
        stander->failures = 0;
        stander->until_ms = 0;
    }
    pthread_mutex_unlock(&standers->lock);
}

static void stand_back(struct standers *standers, const char *address)
{
    pthread_mutex_lock(&standers->lock);
    struct stander *stander = find(standers, address);
    if (stander == NULL && standers->count < ADDRESSES_MAX) {
        stander = &standers->list[standers->count++];
        *stander = (struct stander){0};
        snprintf(stander->text, sizeof stander->text, "%s", address);
    }
    if (stander != NULL) {
        stander->failures += stander->failures < 6;
        stander->until_ms = clock_monotonic_ms() + (1000LL << (stander->failures - 1));
    }
    pthread_mutex_unlock(&standers->lock);
}

static void leave_out(struct addresses *addresses, struct standers *standers)
{
    int64_t now_ms = clock_monotonic_ms();
    size_t kept = 0;
    struct addresses left = {.found = addresses->found};
    pthread_mutex_lock(&standers->lock);
    for (size_t i = 0; i < addresses->count; i++) {
        const struct stander *stander = find(standers, addresses->list[i]);
        if (stander == NULL || stander->until_ms <= now_ms) {
            memcpy(left.list[kept++], addresses->list[i], ADDRESS_TEXT);
        }
    }
    pthread_mutex_unlock(&standers->lock);
    if (kept > 0) {
        left.count = kept;
        *addresses = left;
    }
}

bool addresses_look_up(struct addresses *addresses, struct standers *standers,
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
    leave_out(addresses, standers);
    return true;
}

bool addresses_drop(struct addresses *addresses, struct standers *standers, const char *address)
{
    size_t at = 0;
    while (at < addresses->count && strcmp(addresses->list[at], address) != 0) {
        at++;
    }
    if (at == addresses->count) {
        addresses->count = 0;
        return false;
    }
    stand_back(standers, address);
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
