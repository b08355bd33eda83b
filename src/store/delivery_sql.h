/*
 * Shared by the statements on delivery and outgoing.
 *
 * One text serves both tables. Each statement is a macro over T, which is OUTGOING or DELIVERY;
 * BOTH() makes the pair, and delivery_pick() chooses. ?1 is always the issue (0 for single mails),
 * and in a statement on a single row ?2 is its id unless noted otherwise.
 */
#ifndef STORE_DELIVERY_SQL_H
#define STORE_DELIVERY_SQL_H

#include "store/private.h"

#define BOTH(name, TEXT) static const char *const name[2] = {TEXT(OUTGOING), TEXT(DELIVERY)}

#define OUTGOING_TABLE     "outgoing"
#define OUTGOING_ID        "id"
#define OUTGOING_ALL       "?1 = 0"
#define OUTGOING_TOPICS    "''"
#define OUTGOING_OF_TOPICS "?2 = ''"
#define OUTGOING_EXTRA     "kind, data, created_at"
#define OUTGOING_CANCELLED "0"

#define DELIVERY_TABLE     "delivery"
#define DELIVERY_ID        "subscriber_id"
#define DELIVERY_ALL       "issue_id = ?1"
#define DELIVERY_TOPICS    "topics"
#define DELIVERY_OF_TOPICS "topics = ?2"
#define DELIVERY_EXTRA     "NULL, NULL, NULL"
#define DELIVERY_CANCELLED "(SELECT i.state = 'cancelled' FROM issue i WHERE i.id = ?1)"

/* For statements on open rows only: without statistics the planner would walk all rows of an issue
 * by its key, and that while it holds the writers' lock. */
#define OUTGOING_OPEN_TABLE "outgoing INDEXED BY outgoing_open"
#define DELIVERY_OPEN_TABLE "delivery INDEXED BY delivery_open"

#define ROW(T) T##_ALL " AND " T##_ID " = ?2"
#define COLUMNS(T)                                                                                 \
    T##_ID ", subscriber_id, address, domain, name, " T##_TOPICS                                   \
        ", message_id, state, attempts, "                                                          \
        "next_at, first_at, generation, dot_noted, doubted, code, enhanced, reply, relay, "        \
        "done_at, fault, " T##_EXTRA

#define RELEASED "lane = NULL, boot_id = NULL, lease = NULL"

static inline const char *delivery_pick(const char *const texts[2], struct delivery_queue queue)
{
    return texts[queue.issue_id != 0];
}

/* Reads COLUMNS() from column `first` on. Texts are in `arena`, or, if it is NULL, valid until the
 * next step. */
void delivery_read(struct query *query, int first, struct arena *arena, struct delivery *row);

#endif
