#include "cmd/program.h"

#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/log.h"
#include "cmd/common.h"
#include "cmd/globals.h"
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

void program_warn(const char *text)
{
    fprintf(stderr, "%sverdicts: %s\n", log_priority(LOG_LEVEL_WARN), text);
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
    options_help(stdout, globals_specs);
    printf("\nExamples:\n"
           "  verdicts init newsletter && cd newsletter\n"
           "  verdicts import pages/*.txt\n"
           "  verdicts pick --explain\n"
           "  verdicts weekly\n\n"
           "`verdicts VERB --help` explains a verb; verdicts(1) explains all of them.\n");
}

static void program_verb_help(const struct verb *verb)
{
    struct option_spec specs[ALL_OPTIONS_MAX];
    size_t own = globals_join(verb, specs);
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

static bool read_verb_options(struct program *program, const struct verb *verb, int argc,
                              char **argv, struct option_value *globals, struct failure *why)
{
    struct option_spec specs[ALL_OPTIONS_MAX];
    size_t own = globals_join(verb, specs);
    struct option_value *values = arena_array(&program->arena, ALL_OPTIONS_MAX, sizeof *values);
    int operands;
    if (!options_read(argc, argv, specs, false, values, &operands, why) ||
        !globals_add(globals, values + own, why)) {
        return fail_context(why, "%s", verb->name);
    }
    program->options = values;
    program->argc = argc - operands;
    program->argv = argv + operands;
    return true;
}

static void program_version(struct program *program, bool json)
{
    if (!json) {
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

/* After a verb, --json is that verb's option, if it has one. */
static bool verb_json(const struct program *program, const struct verb *verb)
{
    for (size_t i = 0; verb->options != NULL && verb->options[i].name != NULL; i++) {
        if (strcmp(verb->options[i].name, "json") == 0) {
            return program->options[i].count > 0;
        }
    }
    return false;
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
        program_version(program, verb_json(program, verb));
        return true;
    }
    return globals_set(program, globals, why) && program_open(program, verb->needs, why) &&
           verb->run(program, status, why);
}

static bool program_start(struct program *program, int argc, char **argv, int *status,
                          struct failure *why)
{
    struct option_value *globals = arena_array(&program->arena, GLOBAL_COUNT, sizeof *globals);
    int verb;
    if (!options_read(argc, argv, globals_specs, true, globals, &verb, why)) {
        return false;
    }
    program->globals = globals;
    if (globals[GLOBAL_VERSION].count > 0) {
        program_version(program, globals[GLOBAL_JSON].count > 0);
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
    signal(SIGXFSZ, SIG_IGN); /* beyond a limit on file sizes write(2) then fails, which is
                                 reported */
}

/* `| head` closes the pipe when it has seen enough: the output is cut off on purpose, which is not
 * an error. */
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
        fprintf(stderr, "%sverdicts: cannot write to standard output%s%s\n",
                log_priority(LOG_LEVEL_ERROR), failed ? ": " : "", failed ? strerror(errno) : "");
    }
    return status != 0 ? status : 74;
}

int program_run(int argc, char **argv)
{
    static struct program program;
    struct failure why = {0};
    int status = 0;
    /* No output depends on the locale; the C locale makes sure that no library's does. */
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
