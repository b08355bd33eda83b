/* Relays that are away or at rest, and the rows that wait for them. */
#include "base/clock.h"
#include "base/json.h"
#include "base/random.h"
#include "deliver/outbox_private.h"
#include "deliver/retry.h"

enum { DOMAINS_MAX = 1024 * 1024 };

bool outbox_find_rest(struct outbox *outbox, size_t relay, struct arena *arena, struct rest **rest,
                      struct failure *why)
{
    return rest_find(outbox->quick, arena, outbox->options.routes->list[relay].name,
                     outbox->options.queue, rest, why);
}

bool outbox_take_probe(struct outbox *outbox, const struct rest *rest, int64_t until, bool *taken,
                       struct failure *why)
{
    return rest_take_probe(outbox->quick, rest, clock_now(), until, taken, why);
}

bool outbox_find_absences(struct outbox *outbox, struct arena *arena, struct absence **absences,
                          size_t *count, struct failure *why)
{
    return absence_list(outbox->quick, arena, absences, count, why);
}

bool outbox_note_absence(struct outbox *outbox, const char *relay, const char *text,
                         struct failure *why)
{
    return absence_begin(outbox->quick, relay, clock_now(), text, why);
}

bool outbox_end_absence(struct outbox *outbox, const char *relay, struct failure *why)
{
    return absence_end(outbox->quick, relay, why);
}

/* --- rows that wait for a relay that is away --- */

static bool defer(struct outbox *outbox, size_t relay, const char *text, const char *domains,
                  bool others, struct failure *why)
{
    struct reply reply;
    int64_t deferred;
    int64_t now = clock_now();
    reply_say(&reply, "relay away: %s", text);
    const struct delivery_deferral deferral = {
        .domains = domains,
        .others = others,
        .away = true,
        .next_at = now + retry_delay(0, (int64_t)random_below(1000)),
        .max_age = outbox->options.settings->deliver.max_age,
        .reply = reply.text,
        .relay = outbox->options.routes->list[relay].name,
    };
    return delivery_defer_due(outbox->durable, outbox->options.queue, now, &deferral, &deferred,
                              why);
}

bool outbox_defer_all(struct outbox *outbox, size_t relay, const char *text, struct failure *why)
{
    return outbox_give_back(outbox, why) && defer(outbox, relay, text, NULL, false, why);
}

/* The relay whose absence keeps rows to that domain waiting: the first that may take them. -1 if
 * they do not wait, or one of their relays only rests. */
static int absent_for(const struct outbox *outbox, const char *domain, const char *const *away,
                      bool *rests)
{
    const struct routes *routes = outbox->options.routes;
    int first = -1;
    if (!routes_all_unavailable(routes, domain)) {
        return -1;
    }
    for (size_t i = 0; i < routes->count; i++) {
        if (!routes_may(routes, i, domain)) {
            continue;
        }
        if (away[i] == NULL) {
            *rests = true;
            return -1;
        }
        first = first < 0 ? (int)i : first;
    }
    return first;
}

/* Every domain that a relay names, a backup too; limited to those for which `relay` is absent,
 * unless it is -1. */
static const char *list_domains(const struct outbox *outbox, struct arena *arena,
                                const char *const *away, int relay, size_t *count)
{
    const struct routes *routes = outbox->options.routes;
    struct value *list = value_list(arena);
    struct buf json;
    bool ignored = false;
    *count = 0;
    for (size_t i = 0; i < routes->count; i++) {
        for (const char *const *at = routes->list[i].domains; at != NULL && *at != NULL; at++) {
            if (relay < 0 || absent_for(outbox, *at, away, &ignored) == relay) {
                value_add(list, value_text(arena, *at));
                ++*count;
            }
        }
    }
    buf_init(&json, DOMAINS_MAX);
    json_write(&json, list, JSON_COMPACT);
    const char *text = arena_copy(arena, json.data);
    buf_free(&json);
    return text;
}

/* Rows of the domains that are named, then of all others, for which "" stands. */
bool outbox_defer_unavailable(struct outbox *outbox, const char *const *away, bool *rests,
                              struct failure *why)
{
    const struct routes *routes = outbox->options.routes;
    struct arena arena = {0};
    size_t count;
    *rests = false;
    bool good = true;
    for (size_t i = 0; good && i < routes->count; i++) {
        const char *domains = list_domains(outbox, &arena, away, (int)i, &count);
        good = count == 0 || away[i] == NULL || defer(outbox, i, away[i], domains, false, why);
        for (const char *const *at = routes->list[i].domains; at != NULL && *at != NULL; at++) {
            (void)absent_for(outbox, *at, away, rests);
        }
    }
    int others = absent_for(outbox, "", away, rests);
    if (good && others >= 0) {
        const char *named = list_domains(outbox, &arena, away, -1, &count);
        good = defer(outbox, (size_t)others, away[others], named, true, why);
    }
    arena_free(&arena);
    return good;
}
