/*
 * The growth of the list: who joined and who left it, in consecutive periods.
 *
 * Each person counts once in a period, however often they joined or left; leaving and undoing it
 * counts as neither. People whom an import added as having left were never on the list. Only people
 * who were confirmed can leave it.
 */
#ifndef STORE_GROWTH_H
#define STORE_GROWTH_H

#include "store/store.h"

/* Periods are in order; each ends where the next one begins. */
struct growth {
    int64_t start;
    int64_t joined;    /* asked to join, or were added or imported, confirmed or not */
    int64_t confirmed; /* came onto the list: confirmed, or added or imported as confirmed */
    int64_t left;      /* unsubscribed, or were erased */
    int64_t bounced, complained;
};

/* Fills all but `joined`. The last period ends before `end`. */
bool growth_read(struct store *store, struct growth *spans, size_t count, int64_t end,
                 struct failure *why) MUST_CHECK;
/* Fills `joined`: walks the whole list. */
bool growth_read_joined(struct store *store, struct growth *spans, size_t count, int64_t end,
                        struct failure *why) MUST_CHECK;

#endif
