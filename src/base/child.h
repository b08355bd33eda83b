/*
 * Runs a program of the operator's until it exits and returns its output.
 *
 * No shell interprets its arguments, and it has no input. When it exceeds its limit of time or
 * output, it is killed with everything that it has started. Its stderr is ours; its output may be a
 * secret and never appears in a failure.
 */
#ifndef BASE_CHILD_H
#define BASE_CHILD_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/failure.h"

/* `words` ends with NULL; the first is a path, or a name that is found in $PATH. `output` is
 * initialised, its limit is the most that may be printed. FAILURE_CONFIG where it cannot be run,
 * FAILURE_UNAVAILABLE where it fails, takes longer than `seconds` or prints too much, or where
 * another thread sets `stop` (may be NULL), which ends it at once. May be called from any thread.
 */
bool child_run(const char *const *words, int64_t seconds, const atomic_bool *stop,
               struct buf *output, struct failure *why) MUST_CHECK;

#endif
