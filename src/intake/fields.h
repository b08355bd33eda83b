/*
 * The fields of a comparison, its tools and their reviews: one table each.
 *
 * The tables decide what JSON may contain (names, types, limits), what is written into a snapshot
 * and what the content hash covers. verdicts-import(5) documents them; a test compares the two.
 */
#ifndef INTAKE_FIELDS_H
#define INTAKE_FIELDS_H

#include "base/arena.h"
#include "base/model.h"
#include "base/value.h"

enum field_kind {
    FIELD_TEXT,      /* "" where none */
    FIELD_MAYBE,     /* a text, NULL where none */
    FIELD_SLUG,      /* letters, digits and "-._~", a letter or digit first; NULL where none */
    FIELD_URL,       /* http:// or https://; NULL where none */
    FIELD_PERCENT,   /* int, PERCENT_NONE where none */
    FIELD_NUMBER,    /* int up to the limit, 0 where none */
    FIELD_TIME,      /* int64_t, 0 where none */
    FIELD_VERDICT,   /* enum verdict */
    FIELD_WITHDRAWN, /* enum withdrawn; not content: neither written nor hashed */
    FIELD_TOOL,      /* struct tool */
    FIELD_REVIEWS,   /* the reviews of a tool */
};

struct field {
    const char *name;
    enum field_kind kind;
    size_t offset;
    size_t limit;  /* characters of a text; the largest number */
    bool required; /* must be present and not empty */
    bool sparse;   /* written only if not empty, because stored hashes are older than the field */
};

enum { FIELD_REVIEWS_MAX = 40 };

/* Each table ends with a NULL name. */
extern const struct field comparison_fields[];
extern const struct field tool_fields[];
extern const struct field review_fields[];

/* What is wrong with a text of this field, as the second half of a sentence ("is empty; …", in the
 * arena), or NULL if nothing is. `text` may be NULL. */
const char *field_complaint(struct arena *arena, const struct field *field, const char *text);

/* Whether every text, number and list keeps within its limits, wherever it was read from. The
 * failure begins with the field: "left.name is empty …". */
bool fields_check(struct arena *arena, const struct comparison *comparison,
                  struct failure *why) MUST_CHECK;

/* The documented nested form, every field of the content in the order of its table; published_at as
 * RFC 3339. */
struct value *fields_write(struct arena *arena, const struct comparison *comparison);

/* The same of one tool. */
struct value *fields_write_tool(struct arena *arena, const struct tool *tool);

/* "ship", "skip", or NULL where not known. */
const char *fields_verdict_name(enum verdict verdict);

#endif
