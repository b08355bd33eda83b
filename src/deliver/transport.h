/*
 * One relay during one run: its lanes, and what the run has learned of it.
 *
 * A relay can be, and route.h acts on it:
 *
 *   away       it cannot be reached, refuses our login, or drops connections before it answers
 *              MAIL. It is tried again in the run, after longer and longer pauses, and begins anew
 *              on trial
 *   unread     its password cannot be read: away, and not tried again in this run
 *   on trial   it was away and takes connections again: one message goes, and shows whether it
 *              works
 *   at rest    it answers everybody with one sentence (resting.h)
 *   waiting    its rate or its warm-up lets nothing go now (pace.h, warming.h)
 *
 * Away, at rest: both are unavailable, and other relays take their mail. What one relay does says
 * nothing about the others. The loop (loop.h) moves the lanes; the run (delivery_run.h) decides who
 * may begin.
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
    size_t in_hand; /* messages with its lanes */
    /* Is it there? */
    bool away; /* it cannot be used at present, */
    struct failure away_why;
    bool unread;        /* nor later in this run, as its password cannot be read */
    int64_t away_since; /* clock_now(), maybe of an earlier run; 0: it has not been away */
    bool trial;         /* a single message is to show whether it is there again */
    /* Its lanes; none of a local backend. */
    struct dialer *dialer; /* the caller's */
    struct connector *connector;
    struct lane *lanes;
    size_t lane_count;
    enum trust trust;
    struct lane_limits limits;
    bool opened_ever;
    int failures; /* openings that failed in a row, */
    int rounds;   /* and how often that left no connection */
    int deaths;   /* connections in a row on which MAIL was never answered */
    bool stalls;  /* the last of them was one that did not answer */
    bool starved; /* the last look for a message found none */
    int64_t most; /* messages that the relay takes on a connection, as it showed; 0: not yet */
    int64_t ended_after; /* so many the last connection had taken that the relay ended */
};

/* Lanes and connector, as the relay's settings say; relay_init() comes first. */
bool transport_start(struct transport *transport, struct failure *why) MUST_CHECK;
/* Closes what is open; messages in hand must have ended. Accepts one that was not started. */
void transport_stop(struct transport *transport);

size_t transport_count(const struct transport *transport, enum lane_state state);

/* A message ended on that lane. A relay that takes N messages a connection ends each of them after
 * N: once can be a restart; twice after the same number is a rule, and from then on we say goodbye
 * first. */
void transport_learn_most(struct transport *transport, const struct lane *lane,
                          const struct outcome *outcome);
/* The lane has carried what it may. */
bool transport_used_up(const struct transport *transport, const struct lane *lane);

/* Whether the lane's message has been left to the server, which has not answered. */
bool transport_awaits_answer(const struct lane *lane);

/* No lane is opened again before a while is over, longer with each of `times`; at most half a
 * minute, of a relay that is away at most eight. */
int64_t transport_back_off(const struct transport *transport, int times);
void transport_put_off(struct transport *transport);

#endif
