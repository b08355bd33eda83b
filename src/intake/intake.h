/*
 * Comparisons come in: from pages (.txt) and from JSON (one object, an array, JSON Lines), checked
 * at the door. A file is taken whole or not at all. Intake reads; the caller stores.
 */
#ifndef INTAKE_INTAKE_H
#define INTAKE_INTAKE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/model.h"

enum { INTAKE_FILE_MAX = 64 * 1024 * 1024, INTAKE_ITEMS_MAX = 100000 };

struct intake {
    struct comparison *items;
    size_t count;
};

/* Reads the file's bytes, a page or JSON by its first character. Several comparisons of one slug in
 * one file are an error. */
bool intake_read(struct arena *arena, const char *name, const char *bytes, size_t len,
                 struct intake *intake, struct failure *why) MUST_CHECK;

/* Fills the title (where "": the two names with " vs " between), the slugs (where NULL: of title
 * and names) and content_hash of a comparison whose other texts are there, and checks limits that
 * hold for every source. The failure begins with the field: "left.name is empty; …". */
bool intake_complete(struct arena *arena, struct comparison *comparison,
                     struct failure *why) MUST_CHECK;

/* JSON of a comparison in the documented form, and back: what an issue keeps as snapshot. */
struct value;
struct value *intake_to_value(struct arena *arena, const struct comparison *comparison);
bool intake_from_value(struct arena *arena, const struct value *value,
                       struct comparison *comparison, struct failure *why) MUST_CHECK;

#endif
