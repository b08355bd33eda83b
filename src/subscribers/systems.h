/*
 * Describes the exports of other newsletter systems, from systems.table.
 *
 * The code itself knows no system: which of its files contain people, what its columns are called
 * and what its statuses mean is in the table. A file that the table does not describe is
 * interpreted by its words (words.h).
 */
#ifndef SUBSCRIBERS_SYSTEMS_H
#define SUBSCRIBERS_SYSTEMS_H

#include "base/arena.h"
#include "base/failure.h"

struct list_system_line {
    const char *kind, *name, *meaning;
};

struct list_system {
    const char *name;
    const struct list_system_line *lines;
    size_t count;
};

/* FAILURE_USAGE lists the known systems. */
bool list_system_read(struct arena *arena, const char *name, struct list_system *system,
                      struct failure *why) MUST_CHECK;

/* What the table says about a column by its header, a status by its word, a file by its name
 * ("people", "left", "skip", "key"); NULL: nothing. `system` may be NULL. */
const char *list_system_column(const struct list_system *system, const char *header);
const char *list_system_word(const struct list_system *system, const char *cell);
const char *list_system_file(const struct list_system *system, const char *name);
/* What the export does not contain if none of the files matches, as a text; NULL: nothing. */
const char *list_system_note(const struct list_system *system, const char *const *names,
                             size_t count);
/* Whether its files have one address per line, with a name or without. */
bool list_system_has_lines(const struct list_system *system);

#endif
