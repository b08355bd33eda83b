/*
 * A table as other programs write it: CSV text in rows of cells.
 *
 * table_open() first makes clean text of the file, in a nameless file of its own: UTF-8 without
 * byte order marks, each line end one '\n'. A file in another encoding is refused as a whole,
 * unless the encoding is named. Then libcsv parses the text. The separator is what the line "sep="
 * says, else the sign that occurs most often in the header. A table can be walked more than once;
 * memory is constant, and a row that grows past 64 KB (an open quotation mark) ends the walk. This
 * module knows rows and cells, not what they mean.
 */
#ifndef SUBSCRIBERS_TABLE_H
#define SUBSCRIBERS_TABLE_H

#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/failure.h"
#include "base/hash.h"

enum { TABLE_CELLS_MAX = 200 };

struct table {
    FILE *text;
    const char *name; /* for failures; the caller's */
    char separator, quote;
    int64_t first_line;    /* of the header: behind "sep=" it is 2 */
    long start;            /* offset of the header in `text` */
    char sha256[HASH_HEX]; /* of the clean text: the same list has the same */
};

struct table_row {
    int64_t line;        /* where it begins, from 1 */
    struct arena *arena; /* what lives as long as the row */
    /* Blanks of any script, zero-width characters and the apostrophe that guards a formula are
     * trimmed. A line break inside stays, as '\n'. */
    const char *cells[TABLE_CELLS_MAX];
    int64_t cell_lines[TABLE_CELLS_MAX];
    size_t count;
    const char *bad; /* why the row cannot be read; NULL */
};

/* `encoding` NULL: UTF-8, or UTF-16 by its byte order mark. FAILURE_DATA with file, line and the
 * encoding it is likely to be in; FAILURE_USAGE for an encoding that nobody knows; FAILURE_IO. */
bool table_open(FILE *in, const char *name, const char *encoding, struct table *table,
                struct failure *why) MUST_CHECK;
/* Treats a table that begins with an address as lines of one cell each, whatever signs are in them:
 * "Smith, Ann <ann@example.org>". */
void table_take_lines(struct table *table);
void table_close(struct table *table); /* accepts a zeroed struct */

/* Calls `visit` for every row with text, the header first; stops when it returns false.
 * FAILURE_DATA, with file and line, for a row that never ends. */
typedef bool (*table_visit)(void *context, struct table_row *row, struct failure *why);
bool table_each(const struct table *table, table_visit visit, void *context,
                struct failure *why) MUST_CHECK;

#endif
