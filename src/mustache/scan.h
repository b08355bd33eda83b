/*
 * Finds the tags of a template: delimiters, sigils, names, and what surrounds a tag on its line. It
 * knows nothing of nesting. Private to mustache/.
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
    char open[DELIMITER_MAX + 1], close[DELIMITER_MAX + 1]; /* in force */
};

struct tag {
    char sigil; /* 0: a plain variable */
    struct span name;
    size_t start, stop; /* the tag with its delimiters */
    size_t lead;        /* where the white space before it begins, if `clean`; else `start` */
    size_t after;       /* where the next line begins, if `ends`; else `stop` */
    bool clean;         /* first thing on its line */
    bool ends;          /* last thing on its line */
};

/* Checks size and encoding of the unit's text, skips a byte order mark. */
bool scanner_init(struct scanner *scanner, struct unit *unit, struct failure *why) MUST_CHECK;

/* The next tag at or behind `at`; `*found` is false where there is none. */
bool scanner_next(struct scanner *scanner, size_t at, struct tag *tag, bool *found) MUST_CHECK;

/* Takes the delimiters that a tag of sigil "=" sets. */
bool scanner_set_delimiters(struct scanner *scanner, const struct tag *tag) MUST_CHECK;

/* True where nothing but the start of the text or a line end stands before `at`. */
bool scanner_at_line_start(const struct scanner *scanner, size_t at);

bool scan_is_space(char c);
struct span scan_trim(const char *text, size_t len);

#endif
