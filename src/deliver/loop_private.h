/*
 * What loop*.c share: loop.c makes the turns, loop_open.c opens connections, loop_claims.c gives
 * claims to idle lanes and lets dots go, loop_lanes.c moves a lane and takes its outcomes.
 */
#ifndef DELIVER_LOOP_PRIVATE_H
#define DELIVER_LOOP_PRIVATE_H

#include <poll.h>

#include "deliver/delivery_run.h"

enum {
    LOOP_DEATHS = 5,        /* connections in a row on which MAIL was never answered, */
    LOOP_DEATHS_SHARED = 2, /* and where another relay can take the claims (DISPOSITION_LOSSES) */
};

struct loop {
    struct delivery_run *run;
    size_t lane_count;      /* of all relays */
    struct pollfd *polls;   /* one a relay for its connector, then one a lane */
    struct claim **fetched; /* of a round of loop_give_claims(), one a lane */
    struct smtp_message **messages;
    int64_t wait_ms;        /* until the pace lets something go; -1: nothing waits for it */
    bool failed;            /* the database failed where nobody could be told: */
    struct failure failure; /* how */
};

/* Every lane of every relay, in order; `number` counts them all. Begin with a zeroed one. */
struct seat {
    struct transport *transport;
    struct lane *lane;
    size_t number;
    size_t next; /* of its relay */
};
bool loop_next_seat(const struct loop *loop, struct seat *seat);

/* What has ended on the lane goes to the run. */
void loop_take_outcomes(struct loop *loop, struct transport *transport, struct lane *lane);
/* Moves the lane on, then takes its outcomes. */
void loop_work(struct loop *loop, struct transport *transport, struct lane *lane, bool readable);
/* Closes the lane, then takes its outcomes. */
void loop_drop(struct loop *loop, struct transport *transport, struct lane *lane,
               enum outcome_kind kind, const char *text);
void loop_drop_all(struct loop *loop, const char *text);
bool loop_lane_is_idle(const struct lane *lane);
/* Says QUIT on an idle lane. */
void loop_part(struct loop *loop, struct transport *transport, struct lane *lane);
size_t loop_count_open(const struct loop *loop);

/* Takes over what has opened, judges who is away, and begins the openings that claims wait for. */
bool loop_open_relays(struct loop *loop, struct failure *why) MUST_CHECK;

/* A claim for every idle lane, round after round, as a message may end at once and its lane be idle
 * again. The messages of a round are signed together. */
bool loop_give_claims(struct loop *loop, struct failure *why) MUST_CHECK;
/* Notes the dots of messages whose text is out, in one transaction with all outcomes. */
bool loop_note_dots(struct loop *loop, struct failure *why) MUST_CHECK;
/* What was noted may go; a message whose claim is lost must not. */
bool loop_release_dots(struct loop *loop, struct failure *why) MUST_CHECK;

#endif
