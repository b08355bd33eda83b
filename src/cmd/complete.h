/*
 * A command line that somebody is typing: what its words so far have said (complete.c), and what
 * can stand next (complete_offer.c), a candidate a line on standard output.
 */
#ifndef CMD_COMPLETE_H
#define CMD_COMPLETE_H

#include "cmd/program.h"

struct completing {
    struct program *program;
    const char *word;        /* what stands there already */
    const char *before;      /* "--set=": stands in front of every candidate */
    const struct verb *verb; /* NULL: none yet */
    bool unknown;            /* what stands in its place is none: nothing can be offered */
    struct option_spec options[PROGRAM_OPTIONS_MAX]; /* that may stand there */
    const char **operands;                           /* of the verb, without the word */
    size_t operand_count;
    const struct option_spec *expected; /* the word is its argument; NULL: it is none */
    bool only_operands;                 /* "--" stands before */
};

/* Offers `text` where it begins as the word does; `end` follows it where more is to be typed. */
void complete_offer(const struct completing *completing, const char *text, const char *end,
                    const char *help);
/* The arguments of the option that expects one. */
void complete_argument(struct completing *completing);
/* The options that may stand there. */
void complete_options(const struct completing *completing);
/* The operands that the verb's usage has in this place. */
void complete_operands(struct completing *completing);

/* The option of that name among those that may stand there, or NULL. */
const struct option_spec *complete_find_option(const struct completing *completing,
                                               const char *name, size_t len);

#endif
