/*
 * Reads comparisons from pages (.txt) and from JSON (one object, an array, JSON Lines), and checks
 * them. A file is accepted as a whole or not at all. Intake only reads; ingest.h stores.
 *
 * A file's comparisons are passed to the caller one by one, and the caller undoes what it has
 * stored if a later one is bad. So memory holds the file's bytes and a list of its slugs, however
 * many comparisons there are.
 */
#ifndef INTAKE_INTAKE_H
#define INTAKE_INTAKE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/model.h"
#include "intake/way.h"

enum { INTAKE_FILE_MAX = 64 * 1024 * 1024, INTAKE_ITEMS_MAX = 100000 };

/* Receives a comparison, which lives in `arena` until the function returns. Returning false ends
 * the reading. */
typedef bool (*intake_take)(void *context, struct arena *arena, struct comparison *comparison,
                            struct failure *why);

/* Passes the comparisons of a file to the callback in order; the first character distinguishes a
 * page from JSON. A duplicate within the file is an error: two comparisons with the same own slug,
 * with the same two tools and no own slug, or with the same id set by the callback. After a failure
 * none of the comparisons counts. `way` says how to read, and receives what was noticed (NULL:
 * texts are read as they are, and an unknown member is refused at once). */
bool intake_each(const char *name, const char *bytes, size_t len, struct way *way, intake_take take,
                 void *context, struct failure *why) MUST_CHECK;

/* Fills the title (if "": the two names with " vs " between), the slugs (if NULL: made from title
 * and names, and not own_slug) and content_hash of a comparison whose other texts are set, and
 * checks the limits that hold for every source. The failure begins with the field: "left.name is
 * empty; …". */
bool intake_complete(struct arena *arena, struct comparison *comparison,
                     struct failure *why) MUST_CHECK;

/* A comparison in the documented JSON form, and back: the form of an issue's snapshots. */
struct value;
struct value *intake_to_value(struct arena *arena, const struct comparison *comparison);
bool intake_from_value(struct arena *arena, const struct value *value,
                       struct comparison *comparison, struct failure *why) MUST_CHECK;
/* The same for one tool, which has its slug. */
struct value *intake_tool_to_value(struct arena *arena, const struct tool *tool);
bool intake_tool_from_value(struct arena *arena, const struct value *value, struct tool *tool,
                            struct failure *why) MUST_CHECK;

#endif
