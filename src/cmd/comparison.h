/* Shared by the files of the verb `comparison`. */
#ifndef CMD_COMPARISON_H
#define CMD_COMPARISON_H

#include "cmd/program.h"
#include "store/comparison.h"

enum comparison_option {
    OPTION_JSON,
    OPTION_NEVER_SENT,
    OPTION_IN_ISSUE,
    OPTION_WITHDRAWN,
    OPTION_SINCE,
    OPTION_TOOL
};

/* The argument of the option; NULL if it was not given. */
const char *comparison_option(const struct program *program, enum comparison_option which);

/* FAILURE_USAGE unless there are `least` to `most` operands after the word; `wanted` names them. */
bool comparison_check_operands(const struct program *program, int least, int most,
                               const char *wanted, struct failure *why) MUST_CHECK;

/* The comparison with that slug, or the tool with that name or slug; FAILURE_NO_INPUT if there is
 * none. */
bool comparison_get_named(struct program *program, const char *slug, struct comparison **found,
                          struct failure *why) MUST_CHECK;
bool comparison_get_tool(struct program *program, const char *name, int64_t *id,
                         struct failure *why) MUST_CHECK;
bool comparison_fail_missing(const char *slug, struct failure *why);

/* The words that only read. */
bool comparison_list(struct program *program, struct failure *why) MUST_CHECK;
bool comparison_show(struct program *program, struct failure *why) MUST_CHECK;

#endif
