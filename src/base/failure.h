/*
 * How a function that can fail reports why.
 *
 * Such a function returns bool and takes `struct failure *why` as its last parameter. The text is
 * in a fixed buffer, so that reporting a failure cannot itself fail. fail() or fail_errno() writes
 * the first failure; each layer above may put its context in front, once, with fail_context().
 * Nobody logs a failure and returns it as well: only cmd/ prints and exits.
 *
 * There is a kind for each case in which a caller acts differently; the names follow sysexits(3).
 */
#ifndef BASE_FAILURE_H
#define BASE_FAILURE_H

#include <stdbool.h>

#define MUST_CHECK           __attribute__((warn_unused_result))
#define FORMAT(string, args) __attribute__((format(printf, string, args)))

enum failure_kind {
    FAILURE_NONE,
    FAILURE_USAGE,         /* the command was called wrongly */
    FAILURE_DATA,          /* input or template is wrong */
    FAILURE_NO_INPUT,      /* an input file is not there or cannot be read */
    FAILURE_UNAVAILABLE,   /* relay or mailbox out of reach */
    FAILURE_INTERNAL,      /* our bug */
    FAILURE_SYSTEM,        /* out of memory or another fault of the operating system */
    FAILURE_CANNOT_CREATE, /* an output file cannot be made */
    FAILURE_IO,            /* reading or writing went wrong on the way */
    FAILURE_TRY_AGAIN,     /* another process holds the lock, or work is left for a later run */
    FAILURE_PERMISSION,    /* not allowed */
    FAILURE_CONFIG,        /* a setting is missing or wrong */
};

/* Zero-initialise before use: `struct failure why = {0};`. */
struct failure {
    enum failure_kind kind;
    char text[1024]; /* one line of UTF-8 without a line end; cut at a character when too long */
};

/* Records kind and text; control characters in the text become '?'. Always returns false. */
bool fail(struct failure *why, enum failure_kind kind, const char *format, ...) FORMAT(3, 4);

/* Like fail(), with ": " and the text of the current errno behind. */
bool fail_errno(struct failure *why, enum failure_kind kind, const char *format, ...) FORMAT(3, 4);

/* Puts the formatted text and ": " in front of what is there. Always returns false. */
bool fail_context(struct failure *why, const char *format, ...) FORMAT(2, 3);

/* The exit code of sysexits(3) that a kind stands for; 0 for FAILURE_NONE. */
int failure_exit_code(enum failure_kind kind);

#endif
