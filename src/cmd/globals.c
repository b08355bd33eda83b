#include "cmd/globals.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

const struct option_spec globals_specs[GLOBAL_COUNT + 1] = {
    [GLOBAL_CONFIG] = {"config", 0, "FILE",
                       "the settings; else $VERDICTS_CONFIG, ./verdicts.conf, "
                       "the XDG place, /etc/verdicts/verdicts.conf",
                       false},
    [GLOBAL_SET] = {"set", 0, "SECTION.KEY=VALUE", "a setting that wins over the file", true},
    [GLOBAL_NOW] = {"now", 0, "TIME",
                    "replaces the clock (RFC 3339); what is due then is really sent", false},
    [GLOBAL_QUIET] = {"quiet", 'q', NULL, "errors only", false},
    [GLOBAL_VERBOSE] = {"verbose", 'v', NULL, "log more; twice: with addresses", true},
    [GLOBAL_LOG_FORMAT] = {"log-format", 0, "logfmt|json", "the form of log lines", false},
    [GLOBAL_COLOR] = {"color", 0, "auto|always|never", "NO_COLOR is honoured", false},
    [GLOBAL_HELP] = {"help", 'h', NULL, "this text; after a verb: that verb's", false},
    [GLOBAL_VERSION] = {"version", 0, NULL, "the program's version", false},
    [GLOBAL_JSON] = {"json", 0, NULL, "of --version: as JSON, with those of the libraries", false},
    [GLOBAL_COUNT] = {0},
};

_Static_assert(VERB_OPTIONS_MAX + GLOBAL_COUNT + 1 <= ALL_OPTIONS_MAX, "PROGRAM_OPTIONS_MAX");

size_t globals_join(const struct verb *verb, struct option_spec specs[ALL_OPTIONS_MAX])
{
    size_t count = 0;
    for (const struct option_spec *spec = verb->options; spec != NULL && spec->name != NULL;
         spec++) {
        assert(count < VERB_OPTIONS_MAX);
        specs[count++] = *spec;
    }
    memcpy(specs + count, globals_specs, GLOBAL_JSON * sizeof globals_specs[0]);
    specs[count + GLOBAL_JSON] = (struct option_spec){0};
    return count;
}

void program_options(const struct verb *verb, struct option_spec specs[PROGRAM_OPTIONS_MAX])
{
    if (verb != NULL) {
        globals_join(verb, specs);
    } else {
        memcpy(specs, globals_specs, sizeof globals_specs);
    }
}

bool globals_add(struct option_value *globals, const struct option_value *behind,
                 struct failure *why)
{
    for (size_t i = 0; i < GLOBAL_COUNT; i++) {
        size_t count = globals[i].count + behind[i].count;
        if (globals[i].count > 0 && count > globals[i].count && !globals_specs[i].repeatable &&
            globals_specs[i].argument != NULL) {
            return fail(why, FAILURE_USAGE, "--%s is given twice; give it once",
                        globals_specs[i].name);
        }
        if (count > OPTION_VALUES_MAX) {
            return fail(why, FAILURE_USAGE, "--%s is given more than %d times",
                        globals_specs[i].name, OPTION_VALUES_MAX);
        }
        memcpy(globals[i].values + globals[i].count, behind[i].values,
               behind[i].count * sizeof behind[i].values[0]);
        globals[i].count = count;
    }
    return true;
}

static bool set_color(struct program *program, const struct option_value *given,
                      struct failure *why)
{
    const char *color = given->count > 0 ? given->values[0] : "auto";
    program->terminal = isatty(STDERR_FILENO) == 1;
    program->plain = strcmp(color, "never") == 0;
    const char *no_color = getenv("NO_COLOR");
    if (strcmp(color, "always") == 0) {
        program->color = true;
    } else if (strcmp(color, "auto") == 0) {
        program->color = program->terminal && (no_color == NULL || no_color[0] == '\0');
    } else if (!program->plain) {
        return fail(why, FAILURE_USAGE, "--color takes auto, always or never, not \"%.40s\"",
                    color);
    }
    return true;
}

static bool set_log(struct program *program, const struct option_value *globals,
                    struct failure *why)
{
    const struct option_value *format = &globals[GLOBAL_LOG_FORMAT];
    enum log_format shape = LOG_FORMAT_LOGFMT;
    if (format->count > 0 && strcmp(format->values[0], "json") == 0) {
        shape = LOG_FORMAT_JSON;
    } else if (format->count > 0 && strcmp(format->values[0], "logfmt") != 0) {
        return fail(why, FAILURE_USAGE, "--log-format takes logfmt or json, not \"%.40s\"",
                    format->values[0]);
    }
    program->quiet = globals[GLOBAL_QUIET].count > 0;
    program->verbose = (int)globals[GLOBAL_VERBOSE].count;
    enum log_level level = program->quiet         ? LOG_LEVEL_ERROR
                           : program->verbose > 1 ? LOG_LEVEL_DEBUG
                           : program->verbose > 0 ? LOG_LEVEL_INFO
                                                  : LOG_LEVEL_WARN;
    log_open(level, shape, STDERR_FILENO);
    return true;
}

bool globals_set(struct program *program, const struct option_value *globals, struct failure *why)
{
    if (globals[GLOBAL_NOW].count > 0) {
        int64_t now;
        if (!clock_parse(globals[GLOBAL_NOW].values[0], &now, why)) {
            why->kind = FAILURE_USAGE;
            return fail_context(why, "--now");
        }
        clock_set_now(now);
    }
    return set_log(program, globals, why) && set_color(program, &globals[GLOBAL_COLOR], why);
}
