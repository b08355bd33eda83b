#include "subscribers/systems.h"

#include <fnmatch.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"

extern const char embedded_systems[];

enum { NAMES_MAX = 1000 };

/* The next field of a line; `*rest` is what follows it. */
static const char *next_field(char **rest)
{
    const char *field = strsep(rest, "\t");
    return field != NULL ? field : "";
}

/* Adds the name to the known ones, once: the lines of a system are consecutive. */
static void note_name(struct buf *known, const char *name, const char *last)
{
    if (last == NULL || strcmp(last, name) != 0) {
        buf_addf(known, "%s%s", known->len > 0 ? ", " : "", name);
    }
}

static void read_lines(char *text, const char *name, struct list_system *system,
                       struct list_system_line *lines, struct buf *known)
{
    const char *last = NULL;
    for (char *line; (line = strsep(&text, "\n")) != NULL;) {
        if (line[0] == '\0' || line[0] == '#') {
            continue;
        }
        const char *owner = next_field(&line);
        note_name(known, owner, last);
        last = owner;
        if (strcasecmp(owner, name) == 0) {
            struct list_system_line *entry = &lines[system->count++];
            entry->kind = next_field(&line);
            entry->name = next_field(&line);
            entry->meaning = next_field(&line);
        }
    }
}

static size_t count_lines(const char *text)
{
    size_t count = 1;
    for (; *text != '\0'; text++) {
        count += *text == '\n';
    }
    return count;
}

bool list_system_read(struct arena *arena, const char *name, struct list_system *system,
                      struct failure *why)
{
    struct buf known;
    struct list_system_line *lines =
        arena_array(arena, count_lines(embedded_systems), sizeof *lines);
    *system = (struct list_system){.name = name, .lines = lines};
    buf_init(&known, NAMES_MAX);
    read_lines(arena_copy(arena, embedded_systems), name, system, lines, &known);
    bool found = system->count > 0 ||
                 fail(why, FAILURE_USAGE,
                      "--from \"%.40s\" is unknown (known: %s; other lists come in by subscribers "
                      "import)",
                      name, known.data);
    buf_free(&known);
    return found;
}

static const char *find(const struct list_system *system, const char *kind, const char *name)
{
    for (size_t i = 0; system != NULL && i < system->count; i++) {
        const struct list_system_line *line = &system->lines[i];
        if (strcmp(line->kind, kind) == 0 && strcasecmp(line->name, name) == 0) {
            return line->meaning;
        }
    }
    return NULL;
}

const char *list_system_column(const struct list_system *system, const char *header)
{
    return find(system, "column", header);
}

const char *list_system_word(const struct list_system *system, const char *cell)
{
    return find(system, "word", cell);
}

bool list_system_has_lines(const struct list_system *system)
{
    return find(system, "form", "lines") != NULL;
}

const char *list_system_file(const struct list_system *system, const char *name)
{
    for (size_t i = 0; i < system->count; i++) {
        const struct list_system_line *line = &system->lines[i];
        if (strcmp(line->kind, "file") == 0 && fnmatch(line->name, name, FNM_CASEFOLD) == 0) {
            return line->meaning;
        }
    }
    return NULL;
}

static bool fits_any(const char *pattern, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (fnmatch(pattern, names[i], FNM_CASEFOLD) == 0) {
            return true;
        }
    }
    return false;
}

const char *list_system_note(const struct list_system *system, const char *const *names,
                             size_t count)
{
    for (size_t i = 0; i < system->count; i++) {
        const struct list_system_line *line = &system->lines[i];
        if (strcmp(line->kind, "note") == 0 && !fits_any(line->name, names, count)) {
            return line->meaning;
        }
    }
    return NULL;
}
