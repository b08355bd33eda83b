/*
 * Sends one issue, or continues one that is being sent.
 *
 * Each step may end the run before a copy is sent, so the order of the steps is the policy:
 *
 *   step                                               source                 stops with
 *   -------------------------------------------------  ---------------------  --------------------
 *   no hold is in force, the issue is not paused       issue/obstacle.h       FAILURE_TRY_AGAIN
 *   the senders' lock is taken                         deliver/senders.h
 *   the rollback guard agrees; before claims are       deliver/guard.h        FAILURE_CONFIG
 *     settled, because open claims show where a
 *     database comes from
 *   claims of dead processes are settled               deliver/senders.h
 *   the signing keys are the issue's                   issue/signing.h        FAILURE_CONFIG
 *   an approved issue is due and not too old, or       issue/expire.h         FAILURE_DATA
 *     `force`; its ledger is created                   issue/build.h
 *   rows that are to be tried again are queued         options
 *   copies are sent                                    deliver/deliver.h      a hold or a pause
 *   if nothing is left, the issue is sent              issue/transition.h
 *   refusals are counted as bounces                    issue/bounces.h
 *
 * A draft and a cancelled issue are FAILURE_DATA. An issue that was sent has nothing left to send
 * except for rows that are tried again.
 */
#ifndef ISSUE_SEND_H
#define ISSUE_SEND_H

#include "issue/run.h"
#include "store/issue.h"

struct send_options {
    int64_t limit; /* messages; 0: all */
    bool retry_in_doubt, retry_gave_up, retry_refused;
    struct delivery_filter filter; /* for the rows that are tried again */
    bool force; /* send also an issue whose window is long past, or from a database that was
                   restored or copied */
};

struct send_result {
    struct deliver_result delivered; /* halted: by a hold or a pause, whose line is in relay_why */
    int64_t doubted;                 /* readers who may have it twice, as of delivery_doubted() */
    bool left;                       /* rows are waiting for a later run: deferred, in doubt,
                                        queued */
};

/* The failure names the issue. */
bool send_issue(const struct issue_run *run, int64_t issue_id, const struct send_options *options,
                struct send_result *result, struct failure *why) MUST_CHECK;

/* What the exit code says: why the password of one of several relays could not be read, whether or
 * not anything is left; FAILURE_NONE if nothing is left, FAILURE_UNAVAILABLE if the relay refused
 * everything that this run sent, otherwise FAILURE_TRY_AGAIN. */
enum failure_kind send_outcome(const struct send_result *result);

/* How many rows these options would queue again. */
bool send_count_retries(struct store *store, const struct issue *issue,
                        const struct send_options *options, int64_t *count,
                        struct failure *why) MUST_CHECK;

enum { SEND_SUMMARY = 320 };

/* "issue 3 (2026-W47): 500 readers: 498 sent, 2 refused": every state that is not 0, on one line;
 * the readers are the sum of all of them. If it applies, "1 of them may have it twice" follows. */
void send_summary(const struct issue *issue, const int64_t counts[DELIVERY_STATES], int64_t doubted,
                  char line[SEND_SUMMARY]);

#endif
