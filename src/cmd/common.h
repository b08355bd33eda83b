/* Shared by several verbs: looking up an issue, printing values and times. */
#ifndef CMD_COMMON_H
#define CMD_COMMON_H

#include "base/value.h"
#include "cmd/program.h"
#include "pick/week.h"
#include "store/issue.h"

/* Prints a value as indented JSON with a line end. */
void common_print_json(const struct value *value);

/* The issue of `--issue N`, or for NULL that of the due week, otherwise one that is unfinished,
 * otherwise the newest. FAILURE_USAGE if N is not a number, FAILURE_NO_INPUT if there is no such
 * issue. */
bool common_find_issue(struct program *program, const char *number, struct issue **issue,
                       struct failure *why) MUST_CHECK;

/* The issue whose number stands behind the word ("issue show N"); FAILURE_USAGE says which word. */
bool common_operand_issue(struct program *program, struct issue **issue,
                          struct failure *why) MUST_CHECK;

/* The week of `--week`, or the one at hand (issue/at_hand.h): *next is whether it is yet to be
 * due. */
bool common_find_week(struct program *program, const char *name, struct week *week, bool *next,
                      struct failure *why) MUST_CHECK;

/* Says on standard error that what follows is of the next issue, and when that is due. */
void common_say_next(struct program *program, const struct week *week, bool next);

/* "2026-11-20T09:00:00Z", or null / "" for 0. */
struct value *common_time(struct arena *arena, int64_t instant);

/* FAILURE_USAGE if there are operands left over. */
bool common_no_operands(const struct program *program, int allowed, struct failure *why) MUST_CHECK;

/* Finds the first operand among the words ("list", "show" …): its index. */
bool common_subverb(const struct program *program, const char *const *words, size_t count,
                    size_t *chosen, struct failure *why) MUST_CHECK;

/* Refuses options of the verb's table that the chosen word does not use: bit N of `fit` stands for
 * option N. An option that is silently ignored looks as if it worked. */
bool common_options_fit(const struct program *program, const struct option_spec *specs,
                        unsigned fit, struct failure *why) MUST_CHECK;

#endif
