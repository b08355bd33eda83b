/* The program's global options: their table, and what most of them set. */
#ifndef CMD_GLOBALS_H
#define CMD_GLOBALS_H

#include "cmd/program.h"

enum global {
    GLOBAL_CONFIG,
    GLOBAL_SET,
    GLOBAL_NOW,
    GLOBAL_QUIET,
    GLOBAL_VERBOSE,
    GLOBAL_LOG_FORMAT,
    GLOBAL_COLOR,
    GLOBAL_HELP,
    GLOBAL_VERSION,
    GLOBAL_JSON, /* the last: after a verb it is the verb's own */
    GLOBAL_COUNT
};

enum { ALL_OPTIONS_MAX = PROGRAM_OPTIONS_MAX, VERB_OPTIONS_MAX = 16 };

extern const struct option_spec globals_specs[GLOBAL_COUNT + 1];

/* The verb's table followed by the global one, which begins at the returned index: an option means
 * the same before and after the verb. */
size_t globals_join(const struct verb *verb, struct option_spec specs[ALL_OPTIONS_MAX]);

/* Adds the global options after the verb to those before it. */
bool globals_add(struct option_value *globals, const struct option_value *behind,
                 struct failure *why) MUST_CHECK;

/* Sets the clock, the log, and what the program knows of its terminal. --config and --set are read
 * by program_open(). */
bool globals_set(struct program *program, const struct option_value *globals,
                 struct failure *why) MUST_CHECK;

#endif
