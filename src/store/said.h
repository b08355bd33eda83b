/*
 * Private to store/: what each source last stated about a comparison, and which other source has
 * changed it since.
 *
 * A source that repeats itself says nothing new. The source that last changed a comparison's
 * content is its current source; a source that repeats what the current one has replaced is
 * superseded, and that is reported once.
 */
#ifndef STORE_SAID_H
#define STORE_SAID_H

#include "base/model.h"
#include "store/store.h"

enum { SOURCE_UNNAMED = -1 }; /* as the current source */

struct said {
    int64_t standing;      /* the current source; 0: not known */
    int64_t standing_date; /* published_at as a source last stated it; 0: none did */
    const char *last;      /* said_words() of this source's last import; "" if there is none */
    bool outdone; /* another source has replaced something, and that has not been reported */
};

/* Loads it for a stored comparison and a source (0: without a name). */
bool said_load(struct store *store, struct arena *arena, int64_t source_id, int64_t comparison_id,
               struct said *said, struct failure *why) MUST_CHECK;

/* A short hash of each field and of the date, in a fixed order, and of the withdrawal if the source
 * mentions it. */
const char *said_words(struct arena *arena, const struct comparison *comparison);

/* Marks as silent the fields that the source stated with the same value and date last time. */
void said_hush(struct comparison *comparison, const char *said, const char *last);

/* Whether what the source says about the withdrawal differs from the last time, or its date
 * does. */
bool said_withdrawal_anew(const char *said, const char *last);
/* How many other sources said at their last import whether it is withdrawn. */
bool said_withdrawal_elsewhere(struct store *store, int64_t source_id, int64_t comparison_id,
                               int64_t *others, struct failure *why) MUST_CHECK;

/* Makes another source the current one. `aloud`: the changes have been reported. */
bool said_outdo(struct store *store, int64_t source_id, int64_t comparison_id, bool aloud,
                struct failure *why) MUST_CHECK;
/* Records that the source was reported as superseded. */
bool said_settle(struct store *store, int64_t source_id, int64_t comparison_id,
                 struct failure *why) MUST_CHECK;

#endif
