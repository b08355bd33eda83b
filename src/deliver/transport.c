#include "deliver/transport.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"

enum {
    TRANSPORT_QUIT_MS = 2000, /* how long to wait for the reply to QUIT */
    BACK_OFF_THERE = 6,       /* doublings of a second, */
    BACK_OFF_AWAY = 10        /* also for a relay that is away */
};

bool transport_start(struct transport *transport, struct failure *why)
{
    const struct settings_relay *settings = transport->relay.settings;
    transport->lane_count = settings->connections > 0 ? (size_t)settings->connections : 1;
    transport->limits = (struct lane_limits){.reply_ms = settings->reply_timeout * 1000,
                                             .dot_ms = settings->dot_timeout * 1000,
                                             .quit_ms = TRANSPORT_QUIT_MS};
    transport->lanes = memory_resize(NULL, transport->lane_count * sizeof *transport->lanes);
    for (size_t i = 0; i < transport->lane_count; i++) {
        lane_init(&transport->lanes[i], &transport->trust, transport->relay.name, i + 1);
    }
    return connector_start(&transport->relay, transport->dialer, &transport->connector, why);
}

void transport_stop(struct transport *transport)
{
    connector_stop(transport->connector);
    transport->connector = NULL;
    for (size_t i = 0; i < transport->lane_count; i++) {
        lane_free(&transport->lanes[i]);
    }
    free(transport->lanes);
    transport->lanes = NULL;
    transport->lane_count = 0;
}

size_t transport_count(const struct transport *transport, enum lane_state state)
{
    size_t count = 0;
    for (size_t i = 0; i < transport->lane_count; i++) {
        count += transport->lanes[i].state == state;
    }
    return count;
}

void transport_learn_most(struct transport *transport, const struct lane *lane,
                          const struct outcome *outcome)
{
    bool tired = outcome->kind == OUTCOME_REPLIED && outcome->reply.code == 421;
    bool left = outcome->kind == OUTCOME_LOST && outcome->stage <= STAGE_MAIL;
    int64_t taken = lane->transaction.completed;
    if (outcome->fresh || (!tired && !left)) {
        return;
    }
    if (taken == transport->ended_after && (transport->most == 0 || taken < transport->most)) {
        transport->most = taken;
        log_event(LOG_LEVEL_INFO, "relay", "messages_per_connection",
                  LOG_STR("relay", transport->relay.name), LOG_INT("most", taken));
    }
    transport->ended_after = taken;
}

bool transport_used_up(const struct transport *transport, const struct lane *lane)
{
    int64_t limit = transport->relay.settings->messages_per_connection;
    return (limit > 0 && lane->begun >= limit) ||
           (transport->most > 0 && lane->begun >= transport->most);
}

bool transport_awaits_answer(const struct lane *lane)
{
    return lane->state == LANE_OPEN && lane->transaction.phase == TRANSACTION_DOT &&
           lane->transaction.handed;
}

int64_t transport_back_off(const struct transport *transport, int times)
{
    int most = transport->away ? BACK_OFF_AWAY : BACK_OFF_THERE;
    return clock_monotonic_ms() + (1000LL << ((times < most ? times : most) - 1));
}

void transport_put_off(struct transport *transport)
{
    for (size_t i = 0; i < transport->lane_count; i++) {
        transport->lanes[i].reopen_ms = transport_back_off(transport, transport->rounds);
    }
}
