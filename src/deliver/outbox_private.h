/*
 * What outbox*.c share: outbox.c claims and gives claims out, outbox_place.c chooses their relays,
 * outbox_write.c writes what became of them, outbox_unavailable.c tells of relays that are away or
 * at rest, outbox_warm.c counts what warm-ups allow.
 */
#ifndef DELIVER_OUTBOX_PRIVATE_H
#define DELIVER_OUTBOX_PRIVATE_H

#include "deliver/batch.h"
#include "deliver/outbox.h"
#include "deliver/warming.h"

enum { OUTBOX_LANE = 300, OUTBOX_RETURNED = 1024 };

/* A row that was given back with its dot noted, and how many connections had died under it. */
struct loss {
    int64_t id;
    int count;
};

/* What is kept of each relay. */
struct outbox_relay {
    const struct settings_relay *settings;
    int64_t dry_until_ms; /* no row was found for it; not looked for until then */
    int64_t until_ms;     /* its own pace, or the end of a day that has had its allowance */
    bool spent;           /* that is it */
    struct warming warming;
    int64_t newest; /* rows of lower numbers wait: those of later readers use up the allowance */
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
    struct batch ready;     /* claimed and not begun */
    int64_t paced_until_ms; /* when all that went back to the queue for pace is due again */
    struct claim **notes;
    size_t note_count, note_room;
    struct claim *settled, **settled_end;
    struct loss returned[OUTBOX_RETURNED]; /* each in the place that its id says; a later one may
                                              push it out */
    int64_t *answered;                     /* rows that go back to the queue, as the relay rests */
    size_t answered_count, answered_room;
    int64_t recorded[DELIVERY_STATES];
    bool sender_utf8;   /* our own address needs SMTPUTF8, and so does every row */
    int64_t doubted_ms; /* the last row of this run that went in doubt; 0: none */
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

/* A run begins: what relays that warm up may have today. */
bool outbox_warm_up(struct outbox *outbox, struct failure *why) MUST_CHECK;
/* From which row on the day's allowance lasts. */
bool outbox_find_newest(struct outbox *outbox, size_t relay, struct failure *why) MUST_CHECK;
/* routes_choose(), where to rows before `newest` a relay that warms up is one that waits. */
int outbox_choose(struct outbox *outbox, const struct claim *claim, int64_t now);
/* The claim's share of the day of its relay; one that it has of another goes back. `*taken` false:
 * nothing is left, and the relay waits for the next day. */
bool outbox_take_share(struct outbox *outbox, struct claim *claim, bool *taken,
                       struct failure *why) MUST_CHECK;
/* Gives it back where the claim was not accepted; outbox_regain_share() once that is committed. */
bool outbox_settle_share(struct outbox *outbox, const struct claim *claim,
                         struct failure *why) MUST_CHECK;
void outbox_regain_share(struct outbox *outbox, struct claim *claim);

/* The claim goes back to the queue, unsent, and is due then. */
void outbox_requeue(struct outbox *outbox, struct claim *claim, int64_t next_at);
/* Chooses the claim's relay. False: there is none for it now, and it is queued again or deferred.
 */
bool outbox_place(struct outbox *outbox, struct claim *claim, int64_t now);
/* One relay waits for its pace: the others take what they may have of it. */
void outbox_share_out(struct outbox *outbox, size_t relay);

/* The claim waits for outbox_commit(). */
void outbox_push_settled(struct outbox *outbox, struct claim *claim);
/* Claims that are settled: written, or given up with the outbox. */
void outbox_let_go(struct outbox *outbox);

#endif
