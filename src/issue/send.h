/*
 * Sends one issue, or goes on with one that is under way.
 *
 * Each step may end the run before a copy leaves, so the order is the policy:
 *
 *   step                                               source                 stops it
 *   -------------------------------------------------  --------------------- ----------------------
 *   no hold is in force, the issue is not paused       issue/obstacle.h       FAILURE_TRY_AGAIN
 *   the senders' lock is joined                        deliver/senders.h
 *   the rollback guard agrees, before claims are       deliver/guard.h        FAILURE_CONFIG
 *     settled: open claims tell where a database
 *     comes from
 *   claims of dead processes are settled               deliver/senders.h
 *   the signing keys are the issue's                   issue/signing.h        FAILURE_CONFIG
 *   an approved issue is due, and still news, or       issue/expire.h         FAILURE_DATA
 *     `force`; its ledger is made                      issue/build.h
 *   rows that are to be tried again are queued         options
 *   copies leave                                       deliver/deliver.h      a hold or a pause
 *   with nothing left the issue is sent                store/issue.h
 *   refusals are counted as bounces                    issue/bounces.h
 *
 * A draft and a cancelled issue are FAILURE_DATA. One that was sent has nothing left to send but
 * rows that are tried again.
 */
#ifndef ISSUE_SEND_H
#define ISSUE_SEND_H

#include "issue/run.h"
#include "store/issue.h"

struct send_options {
    int64_t limit; /* messages; 0: all */
    bool retry_in_doubt, retry_gave_up, retry_refused;
    struct delivery_filter filter; /* of the rows that are tried again */
    bool force; /* also an issue whose window is long past, or of a database put back or copied */
};

struct send_result {
    struct deliver_result delivered; /* halted: by a hold or a pause, whose line is in relay_why */
    int64_t doubted;                 /* readers who may have it twice, as of delivery_doubted() */
    bool left;                       /* rows wait for a later run: deferred, in doubt, queued */
};

/* The failure names the issue. */
bool send_issue(const struct issue_run *run, int64_t issue_id, const struct send_options *options,
                struct send_result *result, struct failure *why) MUST_CHECK;

/* What the exit code says: why the password of one of several relays could not be read, whether or
 * not anything is left; FAILURE_NONE where nothing is left, FAILURE_UNAVAILABLE where the relay
 * refused whatever this run sent, else FAILURE_TRY_AGAIN. */
enum failure_kind send_outcome(const struct send_result *result);

/* How many rows those options would queue again. */
bool send_count_retries(struct store *store, const struct issue *issue,
                        const struct send_options *options, int64_t *count,
                        struct failure *why) MUST_CHECK;

enum { SEND_SUMMARY = 320 };

/* "issue 3 (2026-W47): 500 readers: 498 sent, 2 refused": every state that is not 0, on one line;
 * the readers are the sum of all of them. Behind it, where it is so: "1 of them may have it twice".
 */
void send_summary(const struct issue *issue, const int64_t counts[DELIVERY_STATES], int64_t doubted,
                  char line[SEND_SUMMARY]);

#endif
