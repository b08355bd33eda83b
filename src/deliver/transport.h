/*
 * One relay during one run: its lanes, and what the run has learned about it.
 *
 * The states of a relay, on which route.h acts:
 *
 *   away       it cannot be reached, refuses our login, or drops connections before it answers
 *              MAIL. It is tried again during the run, after longer and longer pauses, and starts
 *              again on trial
 *   unread     its password cannot be read: away, and not tried again in this run
 *   on trial   it was away and accepts connections again: one message is sent, which shows whether
 *              it works
 *   at rest    it gives everybody the same refusal (resting.h)
 *   waiting    its rate or its warm-up allows nothing now (pace.h, warming.h)
 *
 * A relay that is away or at rest is unavailable, and other relays take its mail. The behaviour of
 * one relay says nothing about the others. The loop (loop.h) moves the lanes; the run
 * (delivery_run.h) decides which relay may start a message.
 */
#ifndef DELIVER_TRANSPORT_H
#define DELIVER_TRANSPORT_H

#include "deliver/resting.h"
#include "smtp/connector.h"
#include "smtp/lane.h"

struct transport {
    size_t number; /* in the order of settings_relay(), and of routes */
    struct relay relay;
    struct resting resting;
    size_t in_hand; /* messages that its lanes have */
    /* Whether it can be used. */
    bool away; /* not at present, */
    struct failure away_why;
    bool unread;        /* nor later in this run, because its password cannot be read */
    int64_t away_since; /* clock_now(), possibly of an earlier run; 0: it has not been away */
    bool trial;         /* a single message is to show whether it works again */
    /* Its lanes; unused for a local backend. */
    struct dialer *dialer; /* the caller's */
    struct connector *connector;
    struct lane *lanes;
    size_t lane_count;
    enum trust trust;
    struct lane_limits limits;
    bool opened_ever;
    int failures;        /* openings in a row that failed, */
    int rounds;          /* and how often that left no connection */
    int deaths;          /* connections in a row on which MAIL was never answered */
    bool stalls;         /* the last of them did not answer in time */
    bool starved;        /* the last request for a message found none */
    int64_t most;        /* the most messages that the relay takes per connection, as observed; 0:
                            unknown */
    int64_t ended_after; /* how many messages the connection that the relay closed last had taken */
};

/* Creates lanes and connector by the relay's settings; call relay_init() first. */
bool transport_start(struct transport *transport, struct failure *why) MUST_CHECK;
/* Closes what is open; no message may be in hand. Accepts one that was not started. */
void transport_stop(struct transport *transport);

size_t transport_count(const struct transport *transport, enum lane_state state);

/* Call it when a message has ended on that lane. A relay that takes N messages per connection
 * closes each of them after N: once can be a restart; twice after the same number is a rule, and
 * from then on we send QUIT first. */
void transport_learn_most(struct transport *transport, const struct lane *lane,
                          const struct outcome *outcome);
/* Whether the lane has carried its most messages. */
bool transport_used_up(const struct transport *transport, const struct lane *lane);

/* Whether the lane's message was sent completely and the server has not answered yet. */
bool transport_awaits_answer(const struct lane *lane);

/* Returns when a lane may be opened again: later with each of `times`, in at most half a minute, or
 * about eight minutes for a relay that is away. */
int64_t transport_back_off(const struct transport *transport, int times);
void transport_put_off(struct transport *transport);

#endif
