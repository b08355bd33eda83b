/* The candidates for one place of a command line: from the tables, the verb's usage, the
 * newsletter. */
#include "cmd/complete.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cmd/verbs.h"

enum { TOKENS_MAX = 12 };

static void offer_settings(const struct completing *completing)
{
    struct settings_description setting;
    for (size_t i = 0; settings_describe(&completing->program->arena, i, &setting); i++) {
        if (strstr(setting.key, ".NAME.") == NULL) {
            complete_offer(completing, setting.key, "=", setting.purpose);
        }
    }
}

/* "auto|always|never": the alternatives in lower case. */
static void offer_choices(const struct completing *completing, const char *choices)
{
    while (*choices != '\0') {
        size_t len = strcspn(choices, "|");
        if (islower((unsigned char)choices[0])) {
            complete_offer(completing, arena_copy_bytes(&completing->program->arena, choices, len),
                           "", "");
        }
        choices += len + (choices[len] == '|');
    }
}

/* By the name that usage and options give it. */
static void offer_for(struct completing *completing, const char *place)
{
    bool week = strstr(place, "YYYY-Www") != NULL;
    if (strcmp(place, "SLUG") == 0) {
        complete_slugs(completing);
    } else if (strcmp(place, "TOOL") == 0) {
        complete_tools(completing);
    } else if (strcmp(place, "N") == 0 || week) {
        complete_issues(completing, place[0] == 'N', week);
    } else if (strcmp(place, "A,B") == 0) {
        complete_topics(completing);
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

/* A number is not always that of an issue. */
void complete_argument(struct completing *completing)
{
    const struct option_spec *option = completing->expected;
    if (strcmp(option->argument, "N") != 0 || strstr(option->name, "issue") != NULL) {
        offer_for(completing, option->argument);
    }
}

void complete_options(const struct completing *completing)
{
    for (const struct option_spec *spec = completing->options; spec->name != NULL; spec++) {
        complete_offer(completing, arena_format(&completing->program->arena, "--%s", spec->name),
                       "", spec->help);
    }
}

const struct option_spec *complete_find_option(const struct completing *completing,
                                               const char *name, size_t len)
{
    const struct option_spec *spec = completing->options;
    while (spec->name != NULL &&
           (strlen(spec->name) != len || memcmp(spec->name, name, len) != 0)) {
        spec++;
    }
    return spec->name != NULL ? spec : NULL;
}

/* The operands of one form of the verb's usage, without options and their arguments. `text` ends up
 * where the next form begins. */
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
            const struct option_spec *option = complete_find_option(completing, at + 2, len - 2);
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

void complete_operands(struct completing *completing)
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
