/* clang-format off */
/*
 * An issue that is too old to be sent: nobody wants last month's news, and a copied or restored
 * database must not mail it.
 *
 *   the issue                                              what happens to it
 *   -----------------------------------------------------  ---------------------------------------
 *   is approved or being sent, was due longer ago than     stale: no copy is sent except by
 *     issue.max_age_days, and is still owed to readers       `send --force`
 *   is being sent and stale, or cannot be signed as it     its rows give up once they have waited
 *     was begun                                              for deliver.max_age, counted from now
 *                                                            if none was tried; with the last of
 *                                                            them the issue has ended
 *   is approved and stale, and no copy was sent            stays until somebody decides
 */
/* clang-format on */
#ifndef ISSUE_EXPIRE_H
#define ISSUE_EXPIRE_H

#include "issue/run.h"
#include "store/issue.h"

/* `line` says, as FAILURE_DATA, that it is stale and what to do. */
bool expire_is_stale(const struct issue_run *run, const struct issue *issue, bool *stale,
                     struct failure *line, struct failure *why) MUST_CHECK;

/* Makes rows that have waited too long give up; `reply` is their reason. `*finished` is whether
 * those were the last. The caller must have joined the senders. */
bool expire_rows(const struct issue_run *run, const struct issue *issue, const char *reply,
                 bool *finished, struct failure *why) MUST_CHECK;

/* The same for a stale issue, under the senders' lock. Does nothing while somebody else is sending:
 * it may be sent by force. */
bool expire_issue(const struct issue_run *run, const struct issue *issue, const char *reply,
                  bool *finished, struct failure *why) MUST_CHECK;

#endif
