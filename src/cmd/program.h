/*
 * The program: its table of verbs, and the only place that turns a failure into a line on stderr
 * and an exit code.
 */
#ifndef CMD_PROGRAM_H
#define CMD_PROGRAM_H

#include "base/arena.h"
#include "base/failure.h"
#include "base/options.h"
#include "base/token.h"
#include "settings/settings.h"
#include "store/store.h"

/* What a verb needs open before it runs. */
enum program_needs {
    NEEDS_NOTHING = 0,
    NEEDS_SETTINGS = 1 << 0, /* a settings file must be found and read */
    NEEDS_STORE = 1 << 1,    /* the database, opened for writing; implies settings */
    NEEDS_READING = 1 << 2,  /* the database, opened for reading only; implies settings */
    NEEDS_KEYS = 1 << 3,     /* the secret file */
};

/* A running command. */
struct program {
    struct arena arena;
    const char *verb;
    struct settings settings;
    const char *settings_file; /* NULL: none */
    struct store *store;
    struct token_keys *keys;
    bool quiet;
    int verbose;
    bool color;                         /* stderr may use colour */
    bool plain;                         /* no colour and no ornaments: --color never */
    bool terminal;                      /* stderr is a terminal */
    volatile int stop;                  /* set by SIGTERM and SIGINT */
    volatile int asked;                 /* set by SIGUSR1, which asks for the progress */
    const struct option_value *globals; /* of the program */
    const struct option_value *options; /* of the verb, in the order of its table */
    int argc;                           /* operands */
    char **argv;
};

/* Exit codes that are results rather than failures. */
enum { EXIT_FINE = 0, EXIT_BAD_DATA = 65, EXIT_TRY_AGAIN = 75 };

struct verb {
    const char *name;
    int needs;
    const struct option_spec *options; /* NULL: none */
    const char *usage;                 /* "[--week YYYY-Www] [--explain]" */
    const char *help;                  /* one line */
    const char *examples;              /* lines in --help */
    /* Returns false with a failure, or true with the exit code in `*status` (initially 0). */
    bool (*run)(struct program *program, int *status, struct failure *why);
};

int program_run(int argc, char **argv);

/* Every verb, ending with NULL. */
const struct verb *const *program_verbs(void);
/* The options of a verb and those that every verb has, or for NULL those of the program before a
 * verb; ends with one without a name. */
enum { PROGRAM_OPTIONS_MAX = 32 };
void program_options(const struct verb *verb, struct option_spec specs[PROGRAM_OPTIONS_MAX]);

/* Opens what `needs` (enum program_needs) names, for a verb whose needs depend on its operands. */
bool program_open(struct program *program, int needs, struct failure *why) MUST_CHECK;

/* Reads the settings again, from the same file with the same --set. */
bool program_read_settings(const struct program *program, struct arena *arena,
                           struct settings *settings, struct failure *why) MUST_CHECK;

/* "verdicts: text" on stderr, as an error. */
void program_complain(const struct failure *why);
/* The same as a warning: something that the operator has to know although the verb continues. */
void program_warn(const char *text);

#endif
