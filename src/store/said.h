/*
 * Private to store/: what each source said last about a comparison, and which other source has
 * spoken since.
 *
 * A source that repeats itself says nothing new. The source that last changed a comparison's
 * content is its current source; a source that repeats what the current one has replaced is
 * superseded, and that is reported once.
 */
#ifndef STORE_SAID_H
#define STORE_SAID_H

#include "base/model.h"
#include "store/store.h"

enum { SOURCE_UNNAMED = -1 }; /* as the standing source */

struct said {
    int64_t standing;      /* the source whose content stands; 0: not known */
    int64_t standing_date; /* published_at as a source said it last; 0: none did */
    const char *last;      /* said_words() of this source's last import; "" where there is none */
    bool outdone;          /* another source has replaced something, and nobody has said so */
};

/* Of a stored comparison and a source (0: without a name). */
bool said_load(struct store *store, struct arena *arena, int64_t source_id, int64_t comparison_id,
               struct said *said, struct failure *why) MUST_CHECK;

/* A short hash of each field and of the date, in a fixed order, and of the withdrawal where the
 * source speaks of it. */
const char *said_words(struct arena *arena, const struct comparison *comparison);

/* Marks as silent what the source said last time in the same words, under the same date. */
void said_hush(struct comparison *comparison, const char *said, const char *last);

/* Whether the source says of the withdrawal what it did not say last time under the same date. */
bool said_withdrawal_anew(const char *said, const char *last);
/* How many other sources have said last whether it is withdrawn. */
bool said_withdrawal_elsewhere(struct store *store, int64_t source_id, int64_t comparison_id,
                               int64_t *others, struct failure *why) MUST_CHECK;

/* Another source's content stands now. `aloud`: it has been said what that changed. */
bool said_outdo(struct store *store, int64_t source_id, int64_t comparison_id, bool aloud,
                struct failure *why) MUST_CHECK;
/* It has been said now that the source is outdone. */
bool said_settle(struct store *store, int64_t source_id, int64_t comparison_id,
                 struct failure *why) MUST_CHECK;

#endif
