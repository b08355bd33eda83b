/*
 * Predictions: what reviews expect by a date, as issues have recorded it and asked about it.
 *
 * A prediction is recorded once the issue that contains it is approved or sent: predictions that
 * readers never saw are not asked about, and a cancelled issue takes its own with it. Its row has
 * the issue that records it and told_number 0; a later issue that asks about it has a row with the
 * number of that first issue.
 */
#ifndef STORE_PREDICTION_H
#define STORE_PREDICTION_H

#include "base/model.h"
#include "store/store.h"

/* The predictions that issues before `week` have recorded, that are due in the month `month` or
 * earlier, whose comparisons are not withdrawn, and that no other issue has asked about, in the
 * order in which they were recorded. At most `limit`. The comparison's slug and url are the present
 * ones. */
bool prediction_due(struct store *store, struct arena *arena, const char *week, int month,
                    size_t limit, struct prediction **list, size_t *count,
                    struct failure *why) MUST_CHECK;

/* Whether an issue before `week` has recorded the sentence. */
bool prediction_is_on_record(struct store *store, const char *week, const char *sentence,
                             bool *found, struct failure *why) MUST_CHECK;

/* The predictions of an issue, in its order: those that it asks about, then those that it
 * records. */
bool prediction_list(struct store *store, struct arena *arena, int64_t issue_id,
                     struct prediction **list, size_t *count, struct failure *why) MUST_CHECK;
/* Replaces them when a draft is rebuilt. */
bool prediction_replace(struct store *store, int64_t issue_id, const struct prediction *list,
                        size_t count, struct failure *why) MUST_CHECK;
/* The first withdrawn comparison that an issue asks about; NULL: there is none. */
bool prediction_withdrawn_of(struct store *store, struct arena *arena, int64_t issue_id,
                             const char **slug, struct failure *why) MUST_CHECK;

#endif
