/*
 * The residual program: what is left of a rendered issue when only the reader is unknown.
 *
 * mustache/ makes one by partial evaluation, mail/ encodes its literals, store/ stores it as bytes,
 * and running it makes a reader's copy. A program is a flat list of instructions; IF and UNLESS
 * contain the index of their END. Literals are final bytes. A hole is filled with a value of the
 * reader, in its plain or in its HTML-escaped form. Every program that residual_load() accepts runs
 * to its end without reading out of bounds.
 */
#ifndef BASE_RESIDUAL_H
#define BASE_RESIDUAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/failure.h"

/* What a template may use of the reader: `reader.name` and so on. Stored programs contain the
 * numbers, so new fields go to the end. */
enum reader_field {
    READER_NAME, /* "" if not given */
    READER_ADDRESS,
    READER_UNSUBSCRIBE_URL, /* https link with the reader's token */
    READER_PREFERENCES_URL,
    READER_VIEW_URL, /* the issue on the web, without any token */
    READER_TOPICS,   /* "Design, Writing"; "" where all */
    READER_FIELDS
};

/* "name", "address", "unsubscribe_url" …; READER_FIELDS if there is none of that name. */
enum reader_field reader_field_find(const char *name, size_t len);
const char *reader_field_name(enum reader_field field);

enum residual_form { RESIDUAL_PLAIN, RESIDUAL_HTML };

/* One reader's values in both forms; no entry is NULL. */
struct reader_values {
    const char *text[2][READER_FIELDS]; /* [enum residual_form][enum reader_field] */
};

enum residual_kind {
    RESIDUAL_LITERAL, /* bytes offset … offset + len of the text */
    RESIDUAL_HOLE,    /* the field's value in `form` */
    RESIDUAL_IF,      /* up to its END only if the field's plain value is not empty */
    RESIDUAL_UNLESS,  /* … only if it is empty */
    RESIDUAL_END,
};

struct residual_op {
    enum residual_kind kind;
    enum residual_form form;
    enum reader_field field;
    uint32_t offset, len; /* of LITERAL */
    uint32_t end;         /* of IF, UNLESS: index of the END */
};

struct residual {
    struct residual_op *ops;
    size_t count, size;
    struct buf text;   /* the literals' bytes */
    uint32_t open[16]; /* IFs and UNLESSes not yet ended, while building */
    size_t depth;
    bool overflow; /* a limit was exceeded: of instructions, depth or text */
};

enum { RESIDUAL_TEXT_MAX = 16 * 1024 * 1024, RESIDUAL_OPS_MAX = 1000000 };

void residual_init(struct residual *residual);
void residual_free(struct residual *residual); /* accepts a zeroed struct */

/* Building a program. Adjacent literals are merged. Overflows are remembered: see residual_ok(). */
void residual_add_literal(struct residual *residual, const char *bytes, size_t len);
void residual_add_hole(struct residual *residual, enum reader_field field, enum residual_form form);
void residual_begin_if(struct residual *residual, enum reader_field field, bool wanted);
void residual_end_if(struct residual *residual);
/* Appends an instruction of another program. */
void residual_add_op(struct residual *residual, const struct residual *from,
                     const struct residual_op *op);
/* True if nothing overflowed and every IF has its END. */
bool residual_ok(const struct residual *residual);

/* The stored form: a version byte, then instructions in little-endian; see residual.c. */
void residual_save(const struct residual *residual, struct buf *bytes);
/* Parses and checks the stored form; `residual` is initialised and receives the program. */
bool residual_load(struct residual *residual, const char *bytes, size_t len,
                   struct failure *why) MUST_CHECK;

/* Appends a hole's value to the output: copies it, or encodes it. */
typedef void (*residual_put)(struct buf *out, const char *value, size_t len);

/* Runs the program. `put` NULL copies values as they are. */
void residual_run(const struct residual *residual, const struct reader_values *reader,
                  residual_put put, struct buf *out);

#endif
