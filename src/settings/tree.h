/*
 * The grammar of a settings file: parses its text into a tree of sections and settings.
 *
 * It does not know the settings: give.c compares the tree with the table. An error is one line
 * "FILE:LINE:COLUMN: what is wrong"; columns count characters from 1.
 *
 *   file    = { entry }
 *   entry   = WORD "=" ( value | "{" [ value { "," value } [ "," ] ] "}" )
 *           | WORD [ value ] "{" { entry } "}"
 *   value   = WORD | 'text with \' and \\' | "text with \" and \\"
 *
 * A WORD consists of letters, digits and . _ / : @ % ~ - only. A comment runs from # to the end of
 * its line.
 */
#ifndef SETTINGS_TREE_H
#define SETTINGS_TREE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/failure.h"

/* A position in the file. */
struct settings_spot {
    const char *file;
    int line, column;
};

enum settings_entry_kind {
    SETTINGS_ENTRY_SECTION,
    SETTINGS_ENTRY_VALUE, /* key = value */
    SETTINGS_ENTRY_LIST,  /* key = { value, value } */
    SETTINGS_ENTRY_BARE,  /* key = without a value */
};

struct settings_entry {
    enum settings_entry_kind kind;
    const char *key;
    const char *name; /* of a section, as in key 'name' { … }; NULL: it has none */
    struct settings_spot spot;
    const char **values; /* one for a VALUE */
    size_t count;
    struct settings_entry *first; /* a section's entries */
    struct settings_entry *next;  /* the next entry of the same section or file */
};

/* `text` needs no terminator; a byte order mark is skipped. *first is NULL for a file that sets
 * nothing. The whole tree is in the arena, `file` included. */
bool settings_tree_parse(struct arena *arena, const char *file, const char *text, size_t len,
                         struct settings_entry **first, struct failure *why) MUST_CHECK;

/* "FILE:LINE:COLUMN: " and the text, as FAILURE_CONFIG. */
bool settings_tree_fail(const struct settings_spot *spot, struct failure *why, const char *format,
                        ...) FORMAT(3, 4);

#endif
