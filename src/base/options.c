#include "base/options.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/spelling.h"

/* getopt_long() returns LONG_BASE + index for a long option, and the letter for a short one. */
enum { LONG_BASE = 256 };

static size_t count_specs(const struct option_spec *specs)
{
    size_t count = 0;
    while (specs[count].name != NULL) {
        count++;
    }
    return count;
}

static struct option *make_long_options(struct arena *arena, const struct option_spec *specs,
                                        size_t count)
{
    struct option *options = arena_array(arena, count + 1, sizeof *options);
    for (size_t i = 0; i < count; i++) {
        options[i].name = specs[i].name;
        options[i].has_arg = specs[i].argument != NULL ? required_argument : no_argument;
        options[i].val = LONG_BASE + (int)i;
    }
    return options;
}

static char *make_letters(struct arena *arena, const struct option_spec *specs, size_t count,
                          bool stop_early)
{
    /* ':' makes getopt distinguish a missing argument from an unknown option. */
    char *letters = arena_alloc(arena, 2 * count + 3);
    char *at = letters;
    if (stop_early) {
        *at++ = '+';
    }
    *at++ = ':';
    for (size_t i = 0; i < count; i++) {
        if (specs[i].letter != 0) {
            *at++ = specs[i].letter;
            if (specs[i].argument != NULL) {
                *at++ = ':';
            }
        }
    }
    return letters;
}

static size_t find_spec(const struct option_spec *specs, size_t count, int code)
{
    if (code >= LONG_BASE) {
        return (size_t)(code - LONG_BASE);
    }
    size_t i = 0;
    while (i < count && specs[i].letter != code) {
        i++;
    }
    return i;
}

static const char *find_nearest(const struct option_spec *specs, const char *word, size_t len)
{
    const char *nearest = NULL;
    int best = spelling_tolerance(len);
    for (size_t i = 0; specs[i].name != NULL; i++) {
        if (spelling_is_near(word, len, specs[i].name, &best)) {
            nearest = specs[i].name;
        }
    }
    return nearest;
}

static size_t count_beginning(const struct option_spec *specs, const char *word, size_t len)
{
    size_t count = 0;
    for (size_t i = 0; specs[i].name != NULL; i++) {
        count += strncmp(specs[i].name, word, len) == 0;
    }
    return count;
}

static bool fail_unknown(const struct option_spec *specs, const char *given, int letter,
                         struct failure *why)
{
    if (letter != 0) {
        return fail(why, FAILURE_USAGE, "unknown option -%c; --help shows the known ones", letter);
    }
    const char *word = given + strspn(given, "-");
    size_t len = strcspn(word, "=");
    if (len > 0 && count_beginning(specs, word, len) > 1) {
        return fail(why, FAILURE_USAGE, "--%.*s could be several options; write it out", (int)len,
                    word);
    }
    const char *nearest = find_nearest(specs, word, len);
    if (nearest != NULL) {
        return fail(why, FAILURE_USAGE, "unknown option --%.*s; did you mean --%s?", (int)len, word,
                    nearest);
    }
    return fail(why, FAILURE_USAGE, "unknown option --%.*s; --help shows the known ones", (int)len,
                word);
}

static bool take_value(const struct option_spec *spec, struct option_value *value,
                       struct failure *why)
{
    /* A switch may be given twice: that means the same as once, or more of it (-v -v). */
    if (value->count > 0 && !spec->repeatable && spec->argument != NULL) {
        return fail(why, FAILURE_USAGE, "--%s is given twice; give it once", spec->name);
    }
    if (value->count == OPTION_VALUES_MAX) {
        return fail(why, FAILURE_USAGE, "--%s is given more than %d times", spec->name,
                    OPTION_VALUES_MAX);
    }
    value->values[value->count++] = optarg;
    return true;
}

/* What getopt's '?' or ':' means, in words. */
static bool fail_answer(const struct option_spec *specs, size_t count, int answer, char **argv,
                        struct failure *why)
{
    size_t i = optopt != 0 ? find_spec(specs, count, optopt) : count;
    if (i == count) {
        return fail_unknown(specs, argv[optind - 1], optopt, why);
    }
    if (answer == ':') {
        return fail(why, FAILURE_USAGE, "--%s needs an argument: --%s %s", specs[i].name,
                    specs[i].name, specs[i].argument);
    }
    return fail(why, FAILURE_USAGE, "--%s takes no argument", specs[i].name);
}

bool options_read(int argc, char **argv, const struct option_spec *specs, bool stop_early,
                  struct option_value *values, int *operands, struct failure *why)
{
    struct arena arena = {0};
    size_t count = count_specs(specs);
    struct option *long_options = make_long_options(&arena, specs, count);
    char *letters = make_letters(&arena, specs, count, stop_early);
    memset(values, 0, count * sizeof *values);
    bool good = true;
    optind = 0; /* restarts getopt: global options and a verb's are parsed one after the other */
    opterr = 0;
    while (good) {
        int answer = getopt_long(argc, argv, letters, long_options, NULL);
        if (answer == -1) {
            break;
        }
        if (answer == '?' || answer == ':') {
            good = fail_answer(specs, count, answer, argv, why);
        } else {
            size_t i = find_spec(specs, count, answer);
            assert(i < count);
            good = take_value(&specs[i], &values[i], why);
        }
    }
    *operands = optind;
    arena_free(&arena);
    return good;
}

static void format_left(const struct option_spec *spec, struct buf *left)
{
    buf_reset(left);
    if (spec->letter != 0) {
        buf_addf(left, "  -%c, --%s", spec->letter, spec->name);
    } else {
        buf_addf(left, "      --%s", spec->name);
    }
    if (spec->argument != NULL) {
        buf_addf(left, " %s", spec->argument);
    }
}

void options_help(FILE *out, const struct option_spec *specs)
{
    enum { WIDEST = 34 };
    struct buf left;
    buf_init(&left, 200);
    size_t width = 0;
    for (size_t i = 0; specs[i].name != NULL; i++) {
        format_left(&specs[i], &left);
        if (left.len > width && left.len <= WIDEST) {
            width = left.len;
        }
    }
    for (size_t i = 0; specs[i].name != NULL; i++) {
        format_left(&specs[i], &left);
        if (left.len > width) {
            fprintf(out, "%s\n%*s%s\n", left.data, (int)width + 3, "", specs[i].help);
        } else {
            fprintf(out, "%-*s   %s\n", (int)width, left.data, specs[i].help);
        }
    }
    buf_free(&left);
}

bool options_number(const char *name, const char *text, int64_t low, int64_t high, int64_t *number,
                    struct failure *why)
{
    char *end;
    name += strspn(name, "-");
    errno = 0;
    long long value = strtoll(text, &end, 10);
    bool plain =
        text[0] == '-' ? text[1] >= '0' && text[1] <= '9' : text[0] >= '0' && text[0] <= '9';
    if (!plain || *end != '\0') {
        return fail(why, FAILURE_USAGE, "--%s: \"%.60s\" is not a whole number", name, text);
    }
    if (errno != 0 || value < low || value > high) {
        return fail(why, FAILURE_USAGE, "--%s: %.60s is not between %lld and %lld", name, text,
                    (long long)low, (long long)high);
    }
    *number = value;
    return true;
}
