/*
 * Comparisons come in: from pages (.txt) and from JSON (one object, an array, JSON Lines), checked
 * at the door. A file is taken whole or not at all. Intake reads; the caller stores.
 *
 * A file's comparisons are handed over one by one, and the caller undoes what it has stored where a
 * later one is bad. So the memory in use is that of the file's bytes and of a list of its slugs,
 * however many comparisons there are.
 */
#ifndef INTAKE_INTAKE_H
#define INTAKE_INTAKE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/model.h"
#include "intake/way.h"

enum { INTAKE_FILE_MAX = 64 * 1024 * 1024, INTAKE_ITEMS_MAX = 100000 };

/* Gets a comparison, which lives in `arena` until the function returns. False ends the reading. */
typedef bool (*intake_take)(void *context, struct arena *arena, struct comparison *comparison,
                            struct failure *why);

/* Hands over the comparisons of a file's bytes in their order, a page or JSON by its first
 * character. One comparison twice in a file is an error: a slug of its own twice, two tools without
 * one twice, or what the one who takes them gave the same id. After a failure none of those that
 * were handed over counts. `way` says how to read, and gets what was noticed (NULL: as
 * it stands, and a member that is no field is refused where it is). */
bool intake_each(const char *name, const char *bytes, size_t len, struct way *way, intake_take take,
                 void *context, struct failure *why) MUST_CHECK;

/* Fills the title (where "": the two names with " vs " between), the slugs (where NULL: made
 * of title and names, and not own_slug) and content_hash of a comparison whose other texts are
 * there, and checks limits that hold for every source. The failure begins with the field:
 * "left.name is empty; …". */
bool intake_complete(struct arena *arena, struct comparison *comparison,
                     struct failure *why) MUST_CHECK;

/* JSON of a comparison in the documented form, and back: what an issue keeps as snapshot. */
struct value;
struct value *intake_to_value(struct arena *arena, const struct comparison *comparison);
bool intake_from_value(struct arena *arena, const struct value *value,
                       struct comparison *comparison, struct failure *why) MUST_CHECK;

#endif
