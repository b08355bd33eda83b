/*
 * What reviews expect by a date: what issues have put on record, and what they have asked about.
 *
 * A prediction is on record once the issue that puts it there is approved or sent: what readers
 * never saw is not asked, and an issue that is cancelled takes its own along. It stands in the
 * table of its issue with told_number 0; a later issue that asks about it has a row with the number
 * of that first issue.
 */
#ifndef STORE_PREDICTION_H
#define STORE_PREDICTION_H

#include "base/model.h"
#include "store/store.h"

/* What issues before `week` have put on record that is due in the month `month` or earlier, of
 * comparisons that are not withdrawn, and that no other issue has asked about, in the order in
 * which they were told. At most `limit`. The comparison's slug and url are those of now. */
bool prediction_due(struct store *store, struct arena *arena, const char *week, int month,
                    size_t limit, struct prediction **list, size_t *count,
                    struct failure *why) MUST_CHECK;

/* Whether an issue before `week` has put the sentence on record. */
bool prediction_is_on_record(struct store *store, const char *week, const char *sentence,
                             bool *found, struct failure *why) MUST_CHECK;

/* Those of an issue, in its order: those it asks about, then those it puts on record. */
bool prediction_list(struct store *store, struct arena *arena, int64_t issue_id,
                     struct prediction **list, size_t *count, struct failure *why) MUST_CHECK;
/* Replaced when a draft is built again. */
bool prediction_replace(struct store *store, int64_t issue_id, const struct prediction *list,
                        size_t count, struct failure *why) MUST_CHECK;
/* The first comparison that an issue asks about and that is withdrawn; NULL: none is. */
bool prediction_withdrawn_of(struct store *store, struct arena *arena, int64_t issue_id,
                             const char **slug, struct failure *why) MUST_CHECK;

#endif
