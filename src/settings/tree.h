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

/* Where something stands in the file. */
struct settings_spot {
    const char *file;
    int line, column;
};

enum settings_entry_kind {
    SETTINGS_ENTRY_SECTION,
    SETTINGS_ENTRY_VALUE, /* key = value */
    SETTINGS_ENTRY_LIST,  /* key = { value, value } */
    SETTINGS_ENTRY_BARE,  /* key = and nothing that could be a value */
};

struct settings_entry {
    enum settings_entry_kind kind;
    const char *key;
    const char *name; /* a section's, as in key 'name' { … }; NULL: it has none */
    struct settings_spot spot;
    const char **values; /* of a VALUE one */
    size_t count;
    struct settings_entry *first; /* a section's entries */
    struct settings_entry *next;  /* what follows in the same section or file */
};

/* `text` needs no terminator; a byte order mark is passed over. *first is NULL for a file in which
 * nothing is set. All that is made lives in the arena, `file` included. */
bool settings_tree_parse(struct arena *arena, const char *file, const char *text, size_t len,
                         struct settings_entry **first, struct failure *why) MUST_CHECK;

/* "FILE:LINE:COLUMN: " and the text, as FAILURE_CONFIG. */
bool settings_tree_fail(const struct settings_spot *spot, struct failure *why, const char *format,
                        ...) FORMAT(3, 4);

#endif
