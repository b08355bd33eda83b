/*
 * Shared by outbox*.c: outbox.c claims rows and hands claims out, outbox_place.c chooses their
 * relays, outbox_write.c writes their outcomes, outbox_unavailable.c deals with relays that are
 * away or at rest, outbox_warm.c with the allowances of relays that warm up.
 */
#ifndef DELIVER_OUTBOX_PRIVATE_H
#define DELIVER_OUTBOX_PRIVATE_H

#include "deliver/batch.h"
#include "deliver/outbox.h"
#include "deliver/warming.h"

enum { OUTBOX_LANE = 300, OUTBOX_RETURNED = 1024 };

/* A row that was given back with its dot noted, and how many connections had broken on it. */
struct loss {
    int64_t id;
    int count;
};

/* The state of each relay. */
struct outbox_relay {
    const struct settings_relay *settings;
    int64_t dry_until_ms; /* no row was found for it: do not look again before then */
    int64_t until_ms;     /* its pace, or the end of a day whose allowance is used up */
    bool spent;           /* it is the latter */
    struct warming warming;
    int64_t newest; /* rows with lower numbers wait: later readers use up the allowance */
    enum outbox_rest rest_change;
    struct rest rest;
};

struct outbox {
    struct outbox_options options;
    struct outbox_relay relays[SETTINGS_RELAYS];
    struct store *durable, *quick;
    char lane[OUTBOX_LANE];
    int64_t started_at; /* of the issue */
    int64_t lease_ms, lease_until, renew_ms;
    struct arena claims;
    struct batch ready;     /* claimed and not started */
    int64_t paced_until_ms; /* when everything that was queued again for pace is due */
    struct claim **notes;
    size_t note_count, note_room;
    struct claim *settled, **settled_end;
    struct loss returned[OUTBOX_RETURNED]; /* each at the index given by its id; a later one may
                                              overwrite it */
    int64_t *answered;                     /* rows to be queued again, because the relay rests */
    size_t answered_count, answered_room;
    int64_t recorded[DELIVERY_STATES];
    bool sender_utf8;   /* our own address needs SMTPUTF8, and so does every row */
    int64_t doubted_ms; /* when the last row of this run became doubtful; 0: none did */
};

static inline struct route_row outbox_row_of(const struct outbox *outbox, const struct claim *claim)
{
    const struct delivery *row = &claim->row;
    return (struct route_row){.domain = row->domain,
                              .doubted = row->doubted > 0 ? row->relay : NULL,
                              .utf8 = claim->utf8 || outbox->sender_utf8};
}

static inline bool outbox_has_several(const struct outbox *outbox)
{
    return outbox->options.routes->count > 1;
}

/* Call it when a run begins: finds today's allowances of relays that warm up. */
bool outbox_warm_up(struct outbox *outbox, struct failure *why) MUST_CHECK;
/* Finds the first row that is within the day's allowance. */
bool outbox_find_newest(struct outbox *outbox, size_t relay, struct failure *why) MUST_CHECK;
/* routes_choose(), except that for rows before `newest` a relay that warms up counts as waiting. */
int outbox_choose(struct outbox *outbox, const struct claim *claim, int64_t now);
/* Takes the claim's share of its relay's day, and gives back a share that it has of another relay.
 * `*taken` false: nothing is left, and the relay waits for the next day. */
bool outbox_take_share(struct outbox *outbox, struct claim *claim, bool *taken,
                       struct failure *why) MUST_CHECK;
/* Gives the share back if the claim was not accepted; call outbox_regain_share() once that is
 * committed. */
bool outbox_settle_share(struct outbox *outbox, const struct claim *claim,
                         struct failure *why) MUST_CHECK;
void outbox_regain_share(struct outbox *outbox, struct claim *claim);

/* Queues the claim again, unsent, due at next_at. */
void outbox_requeue(struct outbox *outbox, struct claim *claim, int64_t next_at);
/* Chooses the claim's relay. False if there is none for it now; it is queued again or deferred
 * then. */
bool outbox_place(struct outbox *outbox, struct claim *claim, int64_t now);
/* One relay waits for its pace: the others take those of its claims that they may have. */
void outbox_share_out(struct outbox *outbox, size_t relay);

/* Adds the claim to those that the next outbox_commit() writes. */
void outbox_push_settled(struct outbox *outbox, struct claim *claim);
/* Frees settled claims: they were written, or the outbox is closed. */
void outbox_free_settled(struct outbox *outbox);

#endif
