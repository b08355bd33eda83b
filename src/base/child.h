/*
 * A program of the operator's, run to its end for what it prints.
 *
 * No shell reads its arguments, it gets no input, it may take so long and print so much and no
 * more: then it is killed, with all that it has started. What it writes to stderr is for the
 * operator and goes where ours goes; what it prints may be a secret and stands in no failure.
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
