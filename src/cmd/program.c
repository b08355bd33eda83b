#include "cmd/program.h"

#include <assert.h>
#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "cmd/common.h"
#include "cmd/libraries.h"
#include "cmd/verbs.h"

static const struct verb *const verbs[] = {
    &verb_init,        &verb_import,   &verb_pick,    &verb_comparison, &verb_issue,
    &verb_render,      &verb_preview,  &verb_check,   &verb_send,       &verb_weekly,
    &verb_hold,        &verb_release,  &verb_adopt,   &verb_serve,      &verb_bounces,
    &verb_subscribers, &verb_dkim_key, &verb_config,  &verb_status,     &verb_report,
    &verb_doctor,      &verb_backup,   &verb_archive, &verb_complete,   NULL,
};

enum { VERB_COUNT = sizeof verbs / sizeof verbs[0] - 1 };

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
    GLOBAL_JSON, /* the last: behind a verb it is the verb's own */
    GLOBAL_COUNT
};

static const struct option_spec global_specs[] = {
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

enum { ALL_OPTIONS_MAX = PROGRAM_OPTIONS_MAX, VERB_OPTIONS_MAX = 16 };
_Static_assert(VERB_OPTIONS_MAX + GLOBAL_COUNT + 1 <= ALL_OPTIONS_MAX, "PROGRAM_OPTIONS_MAX");

const struct verb *const *program_verbs(void)
{
    return verbs;
}

static struct program *signalled;

static void program_stop(int signal_number)
{
    (void)signal_number;
    signalled->stop = 1;
}

static void program_asked(int signal_number)
{
    (void)signal_number;
    signalled->asked = 1;
}

void program_complain(const struct failure *why)
{
    fprintf(stderr, "%sverdicts: %s\n", log_priority(LOG_LEVEL_ERROR), why->text);
}

static void program_help(void)
{
    printf(
        "usage: verdicts [global options] VERB [options]\n\n"
        "A weekly newsletter of tool comparisons: selects, renders, sends, and keeps the list.\n\n"
        "Verbs:\n");
    for (size_t i = 0; i < VERB_COUNT; i++) {
        printf("  %-12s %s\n", verbs[i]->name, verbs[i]->help);
    }
    printf("\nGlobal options:\n");
    options_help(stdout, global_specs);
    printf("\nExamples:\n"
           "  verdicts init newsletter && cd newsletter\n"
           "  verdicts import pages/*.txt\n"
           "  verdicts pick --explain\n"
           "  verdicts weekly\n\n"
           "`verdicts VERB --help` explains a verb; verdicts(1) explains all of them.\n");
}

/* The global table begins at the returned index: an option means the same on either side of the
 * verb. */
static size_t join_options(const struct verb *verb, struct option_spec specs[ALL_OPTIONS_MAX])
{
    size_t count = 0;
    for (const struct option_spec *spec = verb->options; spec != NULL && spec->name != NULL;
         spec++) {
        assert(count < VERB_OPTIONS_MAX);
        specs[count++] = *spec;
    }
    memcpy(specs + count, global_specs, GLOBAL_JSON * sizeof global_specs[0]);
    specs[count + GLOBAL_JSON] = (struct option_spec){0};
    return count;
}

void program_options(const struct verb *verb, struct option_spec specs[PROGRAM_OPTIONS_MAX])
{
    if (verb != NULL) {
        join_options(verb, specs);
    } else {
        memcpy(specs, global_specs, sizeof global_specs);
    }
}

static void program_verb_help(const struct verb *verb)
{
    struct option_spec specs[ALL_OPTIONS_MAX];
    size_t own = join_options(verb, specs);
    specs[own] = (struct option_spec){"help", 'h', NULL, "this text", false};
    specs[own + 1] = (struct option_spec){0};
    printf("usage: verdicts %s%s%s\n\n%s.\n\nOptions:\n", verb->name, verb->usage[0] ? " " : "",
           verb->usage, verb->help);
    options_help(stdout, specs);
    printf("\nExamples:\n%s", verb->examples);
}

static bool find_verb(const char *name, const struct verb **verb, struct failure *why)
{
    for (size_t i = 0; i < VERB_COUNT; i++) {
        if (strcmp(verbs[i]->name, name) == 0) {
            *verb = verbs[i];
            return true;
        }
    }
    return fail(why, FAILURE_USAGE, "there is no verb \"%.40s\"; `verdicts --help` lists them",
                name);
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

static bool set_globals(struct program *program, const struct option_value *globals,
                        struct failure *why)
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

/* Root may write where the newsletter's own user then cannot. SQLite gives files that it makes
 * beside a database to the database's owner; the word is for everything else. */
static void warn_of_root(const char *database)
{
    struct stat st;
    if (geteuid() == 0 && stat(database, &st) == 0 && st.st_uid != 0) {
        struct passwd *owner = getpwuid(st.st_uid);
        log_event(LOG_LEVEL_WARN, "program", "root",
                  LOG_STR("database_owner", owner != NULL ? owner->pw_name : NULL),
                  LOG_STR("advice", "run as the owner of the database, not as root"));
    }
}

bool program_read_settings(const struct program *program, struct arena *arena,
                           struct settings *settings, struct failure *why)
{
    const struct option_value *set = &program->globals[GLOBAL_SET];
    return settings_load(arena, program->settings_file, set->values, set->count, settings, why);
}

static bool open_settings(struct program *program, struct failure *why)
{
    const struct option_value *config = &program->globals[GLOBAL_CONFIG];
    program->settings_file =
        settings_find(&program->arena, config->count > 0 ? config->values[0] : NULL);
    return program_read_settings(program, &program->arena, &program->settings, why);
}

static bool is_given(const struct settings *settings)
{
    size_t i = 0;
    while (i < settings->row_count && strcmp(settings->rows[i].origin, "default") == 0) {
        i++;
    }
    return i < settings->row_count;
}

/* Settings by --set or the environment alone are enough for who gives them; defaults alone are
 * nobody's newsletter. */
static bool require_settings(struct program *program, struct failure *why)
{
    if (program->settings_file == NULL && !is_given(&program->settings)) {
        return fail(why, FAILURE_CONFIG,
                    "no settings file found; looked in %s; `verdicts init` makes one, --config "
                    "names one",
                    settings_places(&program->arena));
    }
    return true;
}

bool program_open(struct program *program, int needs, struct failure *why)
{
    if (needs != NEEDS_NOTHING && !open_settings(program, why)) {
        return false;
    }
    if ((needs & (NEEDS_STORE | NEEDS_READING | NEEDS_KEYS)) != 0 &&
        !require_settings(program, why)) {
        return false;
    }
    if ((needs & (NEEDS_STORE | NEEDS_READING)) != 0) {
        enum store_mode mode = needs & NEEDS_STORE ? STORE_DURABLE : STORE_READ_ONLY;
        warn_of_root(program->settings.database);
        if (!store_open(program->settings.database, mode, &program->store, why)) {
            return false;
        }
    }
    if ((needs & NEEDS_KEYS) != 0) {
        program->keys = arena_alloc(&program->arena, sizeof *program->keys);
        return token_keys_read(program->settings.secret_file, program->keys, why);
    }
    return true;
}

/* Adds what stands behind the verb to what stands before it. */
static bool add_globals(struct option_value *globals, const struct option_value *behind,
                        struct failure *why)
{
    for (size_t i = 0; i < GLOBAL_COUNT; i++) {
        size_t count = globals[i].count + behind[i].count;
        if (globals[i].count > 0 && count > globals[i].count && !global_specs[i].repeatable &&
            global_specs[i].argument != NULL) {
            return fail(why, FAILURE_USAGE, "--%s is given twice; give it once",
                        global_specs[i].name);
        }
        if (count > OPTION_VALUES_MAX) {
            return fail(why, FAILURE_USAGE, "--%s is given more than %d times",
                        global_specs[i].name, OPTION_VALUES_MAX);
        }
        memcpy(globals[i].values + globals[i].count, behind[i].values,
               behind[i].count * sizeof behind[i].values[0]);
        globals[i].count = count;
    }
    return true;
}

static bool read_verb_options(struct program *program, const struct verb *verb, int argc,
                              char **argv, struct option_value *globals, struct failure *why)
{
    struct option_spec specs[ALL_OPTIONS_MAX];
    size_t own = join_options(verb, specs);
    struct option_value *values = arena_array(&program->arena, ALL_OPTIONS_MAX, sizeof *values);
    int operands;
    if (!options_read(argc, argv, specs, false, values, &operands, why) ||
        !add_globals(globals, values + own, why)) {
        return fail_context(why, "%s", verb->name);
    }
    program->options = values;
    program->argc = argc - operands;
    program->argv = argv + operands;
    return true;
}

static void program_version(struct program *program)
{
    if (program->globals[GLOBAL_JSON].count == 0) {
        printf("verdicts %s\n", VERDICTS_VERSION);
        return;
    }
    struct value *object = value_object(&program->arena);
    struct value *libraries = value_object(&program->arena);
    value_set_text(&program->arena, object, "version", VERDICTS_VERSION);
    libraries_tell(&program->arena, libraries);
    value_set(&program->arena, object, "libraries", libraries);
    common_print_json(object);
}

static bool run_verb(struct program *program, int argc, char **argv, struct option_value *globals,
                     int *status, struct failure *why)
{
    const struct verb *verb;
    if (!find_verb(argv[0], &verb, why) ||
        !read_verb_options(program, verb, argc, argv, globals, why)) {
        return false;
    }
    program->verb = verb->name;
    if (globals[GLOBAL_HELP].count > 0) {
        program_verb_help(verb);
        return true;
    }
    if (globals[GLOBAL_VERSION].count > 0) {
        program_version(program);
        return true;
    }
    return set_globals(program, globals, why) && program_open(program, verb->needs, why) &&
           verb->run(program, status, why);
}

static bool program_start(struct program *program, int argc, char **argv, int *status,
                          struct failure *why)
{
    struct option_value *globals = arena_array(&program->arena, GLOBAL_COUNT, sizeof *globals);
    int verb;
    if (!options_read(argc, argv, global_specs, true, globals, &verb, why)) {
        return false;
    }
    program->globals = globals;
    if (globals[GLOBAL_VERSION].count > 0) {
        program_version(program);
        return true;
    }
    if (globals[GLOBAL_HELP].count > 0) {
        program_help();
        return true;
    }
    if (globals[GLOBAL_JSON].count > 0) {
        return fail(why, FAILURE_USAGE, "--json stands behind the verb, or with --version");
    }
    if (verb >= argc) {
        return fail(why, FAILURE_USAGE, "which verb? `verdicts --help` lists them");
    }
    return run_verb(program, argc - verb, argv + verb, globals, status, why);
}

static void program_catch_signals(struct program *program)
{
    signalled = program;
    struct sigaction stop = {.sa_handler = program_stop};
    sigemptyset(&stop.sa_mask);
    sigaction(SIGTERM, &stop, NULL);
    sigaction(SIGINT, &stop, NULL);
    struct sigaction asked = {.sa_handler = program_asked, .sa_flags = SA_RESTART};
    sigemptyset(&asked.sa_mask);
    sigaction(SIGUSR1, &asked, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* past a limit on file sizes writing fails, and is told so */
}

/* `| head` closes the pipe when it has seen enough: the output is cut, but nobody is in doubt. */
static bool reader_is_gone(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

static int program_end_output(int status)
{
    errno = 0;
    bool failed = fflush(stdout) != 0;
    if (!failed && !ferror(stdout)) {
        return status;
    }
    if (!reader_is_gone()) {
        fprintf(stderr, "verdicts: cannot write to standard output%s%s\n", failed ? ": " : "",
                failed ? strerror(errno) : "");
    }
    return status != 0 ? status : 74;
}

int program_run(int argc, char **argv)
{
    static struct program program;
    struct failure why = {0};
    int status = 0;
    /* Nothing that is written depends on the locale; the C locale says so to every library. */
    setlocale(LC_ALL, "C");
    hash_start();
    program_catch_signals(&program);
    if (!program_start(&program, argc, argv, &status, &why)) {
        program_complain(&why);
        status = failure_exit_code(why.kind);
    }
    store_close(program.store);
    arena_free(&program.arena);
    return program_end_output(status);
}
