/*
 * `complete`: prints what could follow on a command line, for the completions of shells.
 *
 * Candidates come from the tables of verbs, options and settings; what a place takes comes from the
 * usage of the verb and the name of an option's argument (SLUG, N, FILE); slugs, tools, issues and
 * topics come from the newsletter. One that cannot be read offers none: somebody is typing, and a
 * message would only disturb.
 */
#include "cmd/complete.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/verbs.h"

/* --- the words so far --- */

static void take_argument(struct completing *completing, const char *text)
{
    /* From here on candidates come from that newsletter. */
    if (strcmp(completing->expected->name, "config") == 0) {
        int ignored = setenv("VERDICTS_CONFIG", text, 1);
        (void)ignored;
    }
    completing->expected = NULL;
}

static void take_option(struct completing *completing, const char *word)
{
    size_t len = strcspn(word, "=");
    const struct option_spec *option = complete_find_option(completing, word + 2, len - 2);
    if (option != NULL && option->argument != NULL) {
        completing->expected = option;
        if (word[len] == '=') {
            take_argument(completing, word + len + 1);
        }
    }
}

static const struct verb *find_verb(const char *name)
{
    const struct verb *const *verb = program_verbs();
    while (*verb != NULL && strcmp((*verb)->name, name) != 0) {
        verb++;
    }
    return *verb;
}

static void take_word(struct completing *completing, const char *word)
{
    if (completing->unknown) {
        return;
    }
    if (completing->expected != NULL) {
        take_argument(completing, word);
    } else if (!completing->only_operands && strcmp(word, "--") == 0) {
        completing->only_operands = true;
    } else if (!completing->only_operands && strncmp(word, "--", 2) == 0) {
        take_option(completing, word);
    } else if (!completing->only_operands && word[0] == '-' && word[1] != '\0') {
        return; /* letters take no arguments */
    } else if (completing->verb == NULL) {
        completing->verb = find_verb(word);
        completing->unknown = completing->verb == NULL;
        program_options(completing->verb, completing->options);
    } else {
        completing->operands[completing->operand_count++] = word;
    }
}

/* "--set=smtp." is an option and the beginning of its argument. */
static void split_word(struct completing *completing)
{
    const char *word = completing->word;
    size_t len = strcspn(word, "=");
    if (completing->expected != NULL || strncmp(word, "--", 2) != 0 || word[len] != '=') {
        return;
    }
    const struct option_spec *option = complete_find_option(completing, word + 2, len - 2);
    if (option != NULL && option->argument != NULL) {
        completing->expected = option;
        completing->before = arena_copy_bytes(&completing->program->arena, word, len + 1);
        completing->word = word + len + 1;
    }
}

static bool complete_run(struct program *program, int *status, struct failure *why)
{
    (void)status;
    if (program->argc == 0) {
        return fail(why, FAILURE_USAGE,
                    "complete takes the words so far, the last of which is to be completed: "
                    "`verdicts complete -- issue ''`");
    }
    struct completing completing = {.program = program,
                                    .word = program->argv[program->argc - 1],
                                    .before = "",
                                    .operands = arena_array(&program->arena, (size_t)program->argc,
                                                            sizeof *completing.operands)};
    program_options(NULL, completing.options);
    for (int i = 0; i < program->argc - 1; i++) {
        take_word(&completing, program->argv[i]);
    }
    if (completing.unknown) {
        return true;
    }
    if (!completing.only_operands) {
        split_word(&completing);
    }
    if (completing.expected != NULL) {
        complete_argument(&completing);
    } else if (!completing.only_operands && completing.word[0] == '-') {
        complete_options(&completing);
    } else if (completing.verb != NULL) {
        complete_operands(&completing);
    } else {
        for (const struct verb *const *verb = program_verbs(); *verb != NULL; verb++) {
            complete_offer(&completing, (*verb)->name, "", (*verb)->help);
        }
    }
    return true;
}

const struct verb verb_complete = {
    .name = "complete",
    .usage = "-- WORD...",
    .help = "What could stand next: for the completions of shells",
    .examples = "  verdicts complete -- issue show ''\n"
                "  verdicts complete -- send --is\n",
    .run = complete_run,
};
