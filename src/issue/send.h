/* What `send` and `weekly` share: the senders' lock, one issue over the relay, the reckoning. */
#ifndef ISSUE_SEND_H
#define ISSUE_SEND_H

#include "cmd/program.h"
#include "deliver/deliver.h"
#include "store/issue.h"

enum { SENDING_LINE = 320 };

struct sending_options {
    int64_t limit; /* messages; 0: all */
    bool retry_in_doubt, retry_gave_up, retry_refused;
    struct delivery_filter filter; /* of the rows that are tried again */
    bool force; /* also an issue whose window is long past, or of a database put back or copied */
};

/* Sends an approved issue or resumes one under way. `*left` is true where rows wait for a later
 * run (deferred, in doubt, queued): exit code 75. Issues that are sent, cancelled or drafts are
 * FAILURE_DATA, and so is one that is stale; FAILURE_CONFIG as of guard_open() and
 * signing_open(). FAILURE_TRY_AGAIN under a hold or a pause, and nothing has changed; one that came
 * in the midst of the run is result->halted, with its line in relay_why. The failure names the
 * issue. `*doubted` as of
 * delivery_doubted(). */
bool sending_issue(struct program *program, int64_t issue_id, const struct sending_options *options,
                   struct deliver_result *result, int64_t *doubted, bool *left,
                   struct failure *why) MUST_CHECK;

/* An issue under way that is not sent any more: its rows give up when they have waited for longer
 * than deliver.max_age, which counts from now where none was tried. `*finished` when the last one
 * has. `reply` is what the rows say. */
bool sending_let_go(struct program *program, const struct issue *issue, const char *reply,
                    bool *finished, struct failure *why) MUST_CHECK;

/* Approved or under way, with readers still owed, and older than issue.max_age_days: `line` says so
 * and what to do. */
bool sending_is_stale(struct program *program, const struct issue *issue, bool *stale,
                      struct failure *line, struct failure *why) MUST_CHECK;

/* The exit code where rows wait for a later run: EXIT_TRY_AGAIN, or that of a relay out of reach
 * where it refused whatever this run sent. */
int sending_status(const struct deliver_result *result);

/* "issue 3 (2026-W47): 500 readers: 498 sent, 2 refused": every state that is not 0, on one line;
 * eligible = the sum of all of them. Behind it, where it is so: "1 may have it twice". */
void sending_summary(const struct issue *issue, const int64_t counts[DELIVERY_STATES],
                     int64_t doubted, char *line, size_t size);

#endif
