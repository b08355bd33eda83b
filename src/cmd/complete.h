/*
 * Shell completion: what the words of a command line typed so far mean (complete.c), and what can
 * follow (complete_offer.c) and what the newsletter has of it (complete_newsletter.c), one
 * candidate per line on standard output (complete_print.c).
 */
#ifndef CMD_COMPLETE_H
#define CMD_COMPLETE_H

#include "cmd/program.h"

struct completing {
    struct program *program;
    const char *word;        /* what is typed already */
    const char *before;      /* "--set=": precedes every candidate */
    const struct verb *verb; /* NULL: none yet */
    bool unknown;            /* the word in its place is not a verb: nothing can be offered */
    struct option_spec options[PROGRAM_OPTIONS_MAX]; /* that may be used there */
    const char **operands;                           /* of the verb, without the current word */
    size_t operand_count;
    const struct option_spec *expected; /* the option whose argument the word is; NULL: none */
    bool only_operands;                 /* "--" precedes */
};

/* Offers `text` if it begins like the word; `end` follows it if more has to be typed. */
void complete_offer(const struct completing *completing, const char *text, const char *end,
                    const char *help);
/* What the newsletter has: slugs of comparisons, names of tools, issues by number or week, and the
 * last of a list of topics that commas part. */
void complete_slugs(struct completing *completing);
void complete_tools(const struct completing *completing);
void complete_issues(const struct completing *completing, bool numbers, bool weeks);
void complete_topics(struct completing *completing);

/* The arguments of the option that expects one. */
void complete_argument(struct completing *completing);
/* The options that may be used there. */
void complete_options(const struct completing *completing);
/* The operands that the verb's usage has in this place. */
void complete_operands(struct completing *completing);

/* The option with that name among those that may be used there, or NULL. */
const struct option_spec *complete_find_option(const struct completing *completing,
                                               const char *name, size_t len);

#endif
