/*
 * Shared by loop*.c: loop.c makes the turns, loop_open.c opens connections, loop_claims.c gives
 * claims to idle lanes and sends dots, loop_lanes.c moves a lane on and takes its outcomes.
 */
#ifndef DELIVER_LOOP_PRIVATE_H
#define DELIVER_LOOP_PRIVATE_H

#include <poll.h>

#include "deliver/delivery_run.h"

enum {
    LOOP_DEATHS = 5,        /* connections in a row on which MAIL was never answered: the relay
                               is away, */
    LOOP_DEATHS_SHARED = 2, /* and the same if another relay can take the claims
                               (DISPOSITION_LOSSES) */
};

struct loop {
    struct delivery_run *run;
    size_t lane_count;      /* over all relays */
    struct pollfd *polls;   /* one per relay for its connector, then one per lane */
    struct claim **fetched; /* of one round of loop_give_claims(), one per lane */
    struct smtp_message **messages;
    int64_t wait_ms;        /* until the pace allows a message; -1: none is waiting for it */
    bool failed;            /* the database failed where no error could be returned: */
    struct failure failure; /* this error */
};

/* Iterates over every lane of every relay; `number` counts them all. Start with a zeroed struct. */
struct seat {
    struct transport *transport;
    struct lane *lane;
    size_t number;
    size_t next; /* index of the next lane of this relay */
};
bool loop_next_seat(const struct loop *loop, struct seat *seat);

/* Passes the outcomes of the lane to the run. */
void loop_take_outcomes(struct loop *loop, struct transport *transport, struct lane *lane);
/* Moves the lane on, then takes its outcomes. */
void loop_work(struct loop *loop, struct transport *transport, struct lane *lane, bool readable);
/* Closes the lane, then takes its outcomes. */
void loop_drop(struct loop *loop, struct transport *transport, struct lane *lane,
               enum outcome_kind kind, const char *text);
void loop_drop_all(struct loop *loop, const char *text);
bool loop_lane_is_idle(const struct lane *lane);
/* Sends QUIT on an idle lane. */
void loop_quit(struct loop *loop, struct transport *transport, struct lane *lane);
size_t loop_count_open(const struct loop *loop);

/* Takes over connections that were opened, judges which relays are away, and starts openings for
 * claims that need them. */
bool loop_open_relays(struct loop *loop, struct failure *why) MUST_CHECK;

/* Gives a claim to every idle lane, in rounds, because a message may end at once and leave its lane
 * idle again. The messages of a round are signed together. */
bool loop_give_claims(struct loop *loop, struct failure *why) MUST_CHECK;
/* Notes the dots of messages whose text has been sent, in one transaction with all outcomes. */
bool loop_note_dots(struct loop *loop, struct failure *why) MUST_CHECK;
/* Sends the dots that were noted; a message whose claim was lost must not be sent. */
bool loop_release_dots(struct loop *loop, struct failure *why) MUST_CHECK;

#endif
