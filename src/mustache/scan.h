/*
 * Finds the tags of a template: delimiters, sigils, names, and what surrounds a tag on its line.
 * Ignores nesting. Private to mustache/.
 */
#ifndef MUSTACHE_SCAN_H
#define MUSTACHE_SCAN_H

#include "mustache/program.h"

enum { DELIMITER_MAX = 16 };

struct scanner {
    struct unit *unit;
    struct failure *why;
    const char *text;
    size_t len;
    char open[DELIMITER_MAX + 1], close[DELIMITER_MAX + 1]; /* those in effect */
};

struct tag {
    char sigil; /* 0: an ordinary variable */
    struct span name;
    size_t start, stop; /* the tag with its delimiters */
    size_t lead;        /* where the white space before it begins, if `clean`; else `start` */
    size_t after;       /* where the next line begins, if `ends`; else `stop` */
    bool clean;         /* first thing on its line */
    bool ends;          /* last thing on its line */
};

/* Checks size and encoding of the unit's text, skips a byte order mark. */
bool scanner_init(struct scanner *scanner, struct unit *unit, struct failure *why) MUST_CHECK;

/* The next tag at or after `at`; `*found` is false if there is none. */
bool scanner_next(struct scanner *scanner, size_t at, struct tag *tag, bool *found) MUST_CHECK;

/* Sets the delimiters of a tag with sigil "=". */
bool scanner_set_delimiters(struct scanner *scanner, const struct tag *tag) MUST_CHECK;

/* True if `at` is at the start of the text or of a line. */
bool scanner_at_line_start(const struct scanner *scanner, size_t at);

bool scan_is_space(char c);
struct span scan_trim(const char *text, size_t len);

#endif
