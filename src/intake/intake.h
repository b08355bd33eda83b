/*
 * Comparisons come in from pages (.txt) and from JSON (one object, an array, JSON Lines), and are
 * checked on the way. A file is taken whole or not at all. Intake reads; ingest.h stores.
 *
 * A file's comparisons are handed over one by one, and the caller undoes what it has stored if a
 * later one is bad. So memory holds the file's bytes and a list of its slugs, however many
 * comparisons there are.
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

/* Hands over the comparisons of a file's bytes in their order; the first character tells a page
 * from JSON. A duplicate within the file is an error: a slug of its own twice, two tools without
 * one twice, or two that the callback gave the same id. After a failure none of those that were
 * handed over counts. `way` says how to read and receives what was noticed (NULL: texts as they
 * stand, and a member that is no field is refused at once). */
bool intake_each(const char *name, const char *bytes, size_t len, struct way *way, intake_take take,
                 void *context, struct failure *why) MUST_CHECK;

/* Fills the title ("": the two names with " vs " between), the slugs (NULL: made from title and
 * names, and not own_slug) and content_hash of a comparison whose other texts are set, and checks
 * the limits that hold for every source. The failure begins with the field: "left.name is empty;
 * …". */
bool intake_complete(struct arena *arena, struct comparison *comparison,
                     struct failure *why) MUST_CHECK;

/* A comparison in the documented JSON form, and back: what an issue keeps as its snapshot. */
struct value;
struct value *intake_to_value(struct arena *arena, const struct comparison *comparison);
bool intake_from_value(struct arena *arena, const struct value *value,
                       struct comparison *comparison, struct failure *why) MUST_CHECK;
/* The same of one tool, which has its slug. */
struct value *intake_tool_to_value(struct arena *arena, const struct tool *tool);
bool intake_tool_from_value(struct arena *arena, const struct value *value, struct tool *tool,
                            struct failure *why) MUST_CHECK;

#endif
