/* Checks an issue by the rules of check/: its copies, the values they are made from, and its
 * comparisons. */
#ifndef ISSUE_EXAMINE_H
#define ISSUE_EXAMINE_H

#include "check/check.h"
#include "issue/issue_view.h"

/* Checks one copy for every choice of topics, and one for a reader with a long name. The report is
 * in `arena`. */
bool examine(struct store *store, struct arena *arena, const struct settings *settings,
             const struct token_keys *keys, const struct issue_view *view,
             struct check_report *report, struct failure *why) MUST_CHECK;

/* FAILURE_DATA with one clear line if the report has errors: `weekly` then sends nothing, and
 * `issue approve` warns. */
bool examine_require_pass(const struct issue *issue, const struct check_report *report,
                          struct failure *why) MUST_CHECK;

#endif
