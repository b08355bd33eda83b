/* clang-format off */
/*
 * An issue that is not sent any more: nobody wants the news of last month, and a copied or restored
 * database must not mail it.
 *
 *   the issue                                              what becomes of it
 *   -----------------------------------------------------  ---------------------------------------
 *   is approved or under way, and was due longer ago than  stale: no copy leaves but by
 *     issue.max_age_days, with readers still owed            `send --force`
 *   is under way and stale, or cannot be signed as it was  its rows give up once they have waited
 *     begun                                                  for deliver.max_age, counted from now
 *                                                            where none was tried; with the last
 *                                                            the issue has ended
 *   is approved and stale, and nothing of it has left      stays for somebody to decide
 */
/* clang-format on */
#ifndef ISSUE_EXPIRE_H
#define ISSUE_EXPIRE_H

#include "issue/run.h"
#include "store/issue.h"

/* `line` says that it is stale and what to do, as FAILURE_DATA. */
bool expire_is_stale(const struct issue_run *run, const struct issue *issue, bool *stale,
                     struct failure *line, struct failure *why) MUST_CHECK;

/* Lets rows that have waited too long give up; `reply` is what they say. `*finished` where that
 * were the last. The caller has joined the senders. */
bool expire_rows(const struct issue_run *run, const struct issue *issue, const char *reply,
                 bool *finished, struct failure *why) MUST_CHECK;

/* The same of an issue that is stale, under the senders' lock. Does nothing while somebody else
 * sends: it may be sent by force. */
bool expire_issue(const struct issue_run *run, const struct issue *issue, const char *reply,
                  bool *finished, struct failure *why) MUST_CHECK;

#endif
