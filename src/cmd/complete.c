/*
 * `complete`: what could stand next on a command line, for the completions of shells.
 *
 * Words come from the tables of verbs, options and settings; what a place takes, from the usage of
 * the verb and the name of an option's argument (SLUG, N, FILE); slugs, issues and topics, from the
 * newsletter. One that cannot be read has none to offer: somebody is typing, and no message has a
 * place there.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/common.h"
#include "cmd/verbs.h"
#include "store/comparison.h"
#include "store/comparison_life.h"
#include "store/issue.h"

enum { TOKENS_MAX = 12 };

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

/* `end` follows the candidate where more is to be typed. */
static void offer(const struct completing *completing, const char *text, const char *end,
                  const char *help)
{
    if (strncmp(text, completing->word, strlen(completing->word)) != 0) {
        return;
    }
    printf("%s%s%s\t", completing->before, text, end);
    for (const char *c = help; *c != '\0'; c++) {
        putchar(iscntrl((unsigned char)*c) ? ' ' : *c);
    }
    putchar('\n');
}

/* --- what the newsletter has --- */

static bool open_newsletter(const struct completing *completing)
{
    struct failure ignored = {0};
    struct program *program = completing->program;
    return program->store != NULL || program_open(program, NEEDS_READING, &ignored);
}

static bool offer_slug(void *context, const struct comparison_state *state, struct failure *why)
{
    (void)why;
    offer(context, state->slug, "", state->title);
    return true;
}

static void offer_slugs(struct completing *completing)
{
    const struct comparison_filter every = {.since = INT64_MIN};
    struct failure ignored = {0};
    if (open_newsletter(completing) &&
        !comparison_each(completing->program->store, &every, offer_slug, completing, &ignored)) {
        return;
    }
}

static void offer_issues(const struct completing *completing, bool numbers, bool weeks)
{
    struct program *program = completing->program;
    struct issue *issues;
    size_t count;
    struct failure ignored = {0};
    if (!open_newsletter(completing) ||
        !issue_list(program->store, &program->arena, &issues, &count, &ignored)) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const char *help = arena_format(&program->arena, "%s, %s", issues[i].iso_week,
                                        issue_state_name(issues[i].state));
        if (numbers) {
            offer(completing, arena_format(&program->arena, "%lld", (long long)issues[i].number),
                  "", help);
        }
        if (weeks) {
            offer(completing, issues[i].iso_week, "", issue_state_name(issues[i].state));
        }
    }
}

/* The last of a list that commas part. */
static void offer_topics(struct completing *completing)
{
    struct program *program = completing->program;
    const char **topics;
    size_t count;
    struct failure ignored = {0};
    const char *comma = strrchr(completing->word, ',');
    if (comma != NULL) {
        completing->before = arena_format(&program->arena, "%s%.*s", completing->before,
                                          (int)(comma + 1 - completing->word), completing->word);
        completing->word = comma + 1;
    }
    if (!open_newsletter(completing) ||
        !comparison_categories(program->store, &program->arena, &topics, &count, &ignored)) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        offer(completing, topics[i], "", "");
    }
}

/* --- what a place takes --- */

static void offer_settings(const struct completing *completing)
{
    struct settings_description setting;
    for (size_t i = 0; settings_describe(&completing->program->arena, i, &setting); i++) {
        if (strstr(setting.key, ".NAME.") == NULL) {
            offer(completing, setting.key, "=", setting.purpose);
        }
    }
}

/* "auto|always|never": those in small letters. */
static void offer_choices(const struct completing *completing, const char *choices)
{
    while (*choices != '\0') {
        size_t len = strcspn(choices, "|");
        if (islower((unsigned char)choices[0])) {
            offer(completing, arena_copy_bytes(&completing->program->arena, choices, len), "", "");
        }
        choices += len + (choices[len] == '|');
    }
}

/* By the name that usage and options give it. */
static void offer_for(struct completing *completing, const char *place)
{
    bool week = strstr(place, "YYYY-Www") != NULL;
    if (strcmp(place, "SLUG") == 0) {
        offer_slugs(completing);
    } else if (strcmp(place, "N") == 0 || week) {
        offer_issues(completing, place[0] == 'N', week);
    } else if (strcmp(place, "A,B") == 0) {
        offer_topics(completing);
    } else if (strcmp(place, "SECTION.KEY=VALUE") == 0) {
        offer_settings(completing);
    } else if (strncmp(place, "FILE", 4) == 0 || strcmp(place, "PATH") == 0 ||
               strcmp(place, "TEMPLATE") == 0) {
        printf(":files\t%s\n", completing->before);
    } else if (strcmp(place, "DIR") == 0) {
        printf(":folders\t%s\n", completing->before);
    } else {
        offer_choices(completing, place);
    }
}

/* Not every number is an issue's. */
static void offer_argument(struct completing *completing)
{
    const struct option_spec *option = completing->expected;
    if (strcmp(option->argument, "N") != 0 || strstr(option->name, "issue") != NULL) {
        offer_for(completing, option->argument);
    }
}

static void offer_options(const struct completing *completing)
{
    for (const struct option_spec *spec = completing->options; spec->name != NULL; spec++) {
        offer(completing, arena_format(&completing->program->arena, "--%s", spec->name), "",
              spec->help);
    }
}

static const struct option_spec *find_option(const struct completing *completing, const char *name,
                                             size_t len)
{
    const struct option_spec *spec = completing->options;
    while (spec->name != NULL &&
           (strlen(spec->name) != len || memcmp(spec->name, name, len) != 0)) {
        spec++;
    }
    return spec->name != NULL ? spec : NULL;
}

/* The operands of one way to call the verb: options and their arguments are left out. `text` ends
 * where the next way begins. */
static size_t read_way(const struct completing *completing, const char **text,
                       char *tokens[TOKENS_MAX])
{
    size_t count = 0;
    int depth = 0;
    bool argument = false;
    const char *at = *text;
    while (*at != '\0' && !(depth == 0 && strncmp(at, "| ", 2) == 0)) {
        size_t len = strcspn(at, " []");
        if (len > 2 && strncmp(at, "--", 2) == 0) {
            const struct option_spec *option = find_option(completing, at + 2, len - 2);
            argument = option != NULL && option->argument != NULL;
        } else if (len > 0 && at[0] != '|') {
            if (!argument && count < TOKENS_MAX) {
                tokens[count++] = arena_copy_bytes(&completing->program->arena, at, len);
            }
            argument = false;
        }
        at += len;
        depth += *at == '[';
        depth -= *at == ']';
        at += *at != '\0';
    }
    *text = *at == '|' ? at + 2 : at;
    return count;
}

/* "SLUG..." stands for any number of them. */
static bool cut_dots(char *token)
{
    size_t len = strlen(token);
    bool dots = len > 3 && strcmp(token + len - 3, "...") == 0;
    if (dots) {
        token[len - 3] = '\0';
    }
    return dots;
}

static const char *find_place(const struct completing *completing, char *tokens[TOKENS_MAX],
                              size_t count)
{
    bool more = count > 0 && cut_dots(tokens[count - 1]);
    for (size_t i = 0; i < completing->operand_count && i < count; i++) {
        if (islower((unsigned char)tokens[i][0]) &&
            strcmp(tokens[i], completing->operands[i]) != 0) {
            return NULL;
        }
    }
    if (completing->operand_count < count) {
        return tokens[completing->operand_count];
    }
    return more ? tokens[count - 1] : NULL;
}

static void offer_operands(struct completing *completing)
{
    const char *before = "";
    for (const char *text = completing->verb->usage; *text != '\0';) {
        char *tokens[TOKENS_MAX];
        size_t count = read_way(completing, &text, tokens);
        const char *place = find_place(completing, tokens, count);
        if (place != NULL && strcmp(place, before) != 0) {
            offer_for(completing, place);
            before = place;
        }
    }
}

/* --- the words so far --- */

static void take_argument(struct completing *completing, const char *text)
{
    /* From here on that newsletter is asked. */
    if (strcmp(completing->expected->name, "config") == 0) {
        int ignored = setenv("VERDICTS_CONFIG", text, 1);
        (void)ignored;
    }
    completing->expected = NULL;
}

static void take_option(struct completing *completing, const char *word)
{
    size_t len = strcspn(word, "=");
    const struct option_spec *option = find_option(completing, word + 2, len - 2);
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
    const struct option_spec *option = find_option(completing, word + 2, len - 2);
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
        offer_argument(&completing);
    } else if (!completing.only_operands && completing.word[0] == '-') {
        offer_options(&completing);
    } else if (completing.verb != NULL) {
        offer_operands(&completing);
    } else {
        for (const struct verb *const *verb = program_verbs(); *verb != NULL; verb++) {
            offer(&completing, (*verb)->name, "", (*verb)->help);
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
