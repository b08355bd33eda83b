/*
 * Command-line options: for each verb one table, from which getopt_long(3) and the help are made.
 */
#ifndef BASE_OPTIONS_H
#define BASE_OPTIONS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/failure.h"

struct option_spec {
    const char *name;     /* "config" for --config */
    char letter;          /* 'q' for -q as well; 0: none */
    const char *argument; /* "FILE"; NULL: none */
    const char *help;     /* one line */
    bool repeatable;
};

enum { OPTION_VALUES_MAX = 64 };

/* What was given for one option of the table. */
struct option_value {
    size_t count;                          /* how often */
    const char *values[OPTION_VALUES_MAX]; /* its arguments, if it takes one */
};

/* Reads options up to the first operand (`stop_early`, for the global ones) or anywhere. `specs`
 * ends with a NULL name, `values` has as many elements. `*operands` gets the index in argv of the
 * first operand; operands are moved behind the options. The failure (FAILURE_USAGE) names the
 * option, what is wrong, and the nearest known one where there is one. */
bool options_read(int argc, char **argv, const struct option_spec *specs, bool stop_early,
                  struct option_value *values, int *operands, struct failure *why) MUST_CHECK;

/* Prints "      --week YYYY-Www   the week to …", a line for each option. */
void options_help(FILE *out, const struct option_spec *specs);

/* Parses a whole number from `low` to `high`; FAILURE_USAGE names the option ("--issue" for the
 * name "issue" or "--issue"). */
bool options_number(const char *name, const char *text, int64_t low, int64_t high, int64_t *number,
                    struct failure *why) MUST_CHECK;

#endif
