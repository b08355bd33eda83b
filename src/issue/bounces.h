/*
 * Connects bounce/ with subscribers/, which do not see each other: the judge of bounces needs to
 * take people off the list, which only subscribers/ can do, and gets that as a callback here.
 */
#ifndef ISSUE_BOUNCES_H
#define ISSUE_BOUNCES_H

#include "bounce/run.h"

struct bounces {
    struct store *store;
    const struct settings *settings;
    const struct token_keys *keys;
};

/* Reads the mailbox and judges; see bounce_run_locked(). Of `run` the fields stop, progress and
 * context are used. Storms are in result->judged. */
bool bounces_read(const struct bounces *bounces, const struct bounce_run *run, struct arena *arena,
                  struct bounce_run_result *result, struct failure *why) MUST_CHECK;

/* Counts the bounces of a domain that a storm held back; see judge_release(). */
bool bounces_release(const struct bounces *bounces, struct arena *arena, const char *domain,
                     struct judge_result *result, struct failure *why) MUST_CHECK;

/* Counts what servers refused while the issue was sent; see judge_refusals(). */
bool bounces_count_refusals(const struct bounces *bounces, struct arena *arena, int64_t issue_id,
                            struct judge_result *result, struct failure *why) MUST_CHECK;

#endif
