/*
 * What reviewers expect by a date: put on record by the issue that tells their comparison, asked
 * about by the first issue whose window ends in the month in which it is due, or later.
 *
 * PREDICTIONS_MAX of each in one issue; what is due beside them waits for the next one, and never
 * makes an issue by itself. A sentence is on record once, and asked about once.
 */
#ifndef ISSUE_PREDICTIONS_H
#define ISSUE_PREDICTIONS_H

#include "base/model.h"
#include "pick/week.h"
#include "settings/settings.h"
#include "store/issue.h"

enum { PREDICTIONS_MAX = 2 };

struct predictions {
    struct prediction *list; /* what it asks about, then what it puts on record */
    size_t count;
};

/* Those of an issue of that week with these stories. */
bool predictions_find(struct store *store, struct arena *arena, const struct settings *settings,
                      const struct week *week, const struct story *stories, size_t count,
                      struct predictions *predictions, struct failure *why) MUST_CHECK;

/* Those of a stored issue, and their place in it. */
bool predictions_stored(struct store *store, struct arena *arena, int64_t issue_id,
                        struct predictions *predictions, struct failure *why) MUST_CHECK;
bool predictions_save(struct store *store, int64_t issue_id, const struct predictions *predictions,
                      struct failure *why) MUST_CHECK;

/* Fails with FAILURE_DATA where the issue asks about a comparison that is withdrawn since. */
bool predictions_refuse_withdrawn(struct store *store, struct arena *arena,
                                  const struct issue *issue, struct failure *why) MUST_CHECK;

/* Of a copy for `topics` (as in subscriber.topics; "" is everything) that tells these stories: new
 * ones of them, and those due of tools of one of the categories. */
struct predictions predictions_of_topics(struct arena *arena, const struct predictions *predictions,
                                         const char *topics, const struct story *stories,
                                         size_t count);

/* "The Builder on Otter, on the record until May 2028: “…”" */
const char *predictions_words(struct arena *arena, const struct prediction *prediction,
                              const char *timezone);

#endif
