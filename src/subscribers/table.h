/*
 * Reads a table as other programs write it: CSV text, in rows of cells.
 *
 * table_open() first converts the file to clean text, in an unlinked temporary file: UTF-8 without
 * byte order marks, with '\n' as the only line end. A file in another encoding is refused as a
 * whole, unless the encoding is named. Then libcsv parses the text. The separator is the one that
 * the line "sep=" gives, otherwise the one that occurs most often in the header. A table can be
 * read more than once; memory is constant, and a row longer than 64 KB (an open quotation mark)
 * ends the reading. This module knows rows and cells, not what they mean.
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
    const char *name; /* for failures; belongs to the caller */
    char separator, quote;
    int64_t first_line;    /* of the header: after "sep=" it is 2 */
    long start;            /* offset of the header in `text` */
    char sha256[HASH_HEX]; /* of the clean text: equal lists have equal hashes */
};

struct table_row {
    int64_t line;        /* its first line, from 1 */
    struct arena *arena; /* for what lives as long as the row */
    /* Without leading and trailing white space of any script, zero-width characters and the
     * apostrophe that protects a formula. A line break inside stays, as '\n'. */
    const char *cells[TABLE_CELLS_MAX];
    int64_t cell_lines[TABLE_CELLS_MAX];
    size_t count;
    const char *bad; /* why the row cannot be read; or NULL */
};

/* `encoding` NULL: UTF-8, or UTF-16 by its byte order mark. FAILURE_DATA with file, line and the
 * probable encoding; FAILURE_USAGE for an unknown encoding; FAILURE_IO. */
bool table_open(FILE *in, const char *name, const char *encoding, struct table *table,
                struct failure *why) MUST_CHECK;
/* Treats a table that begins with an address as lines of one cell each, whatever separators they
 * contain: "Smith, Ann <ann@example.org>". */
void table_take_lines(struct table *table);
void table_close(struct table *table); /* accepts a zeroed struct */

/* Calls `visit` for every row with text, the header first; stops when it returns false.
 * FAILURE_DATA, with file and line, for a row that never ends. */
typedef bool (*table_visit)(void *context, struct table_row *row, struct failure *why);
bool table_each(const struct table *table, table_visit visit, void *context,
                struct failure *why) MUST_CHECK;

#endif
