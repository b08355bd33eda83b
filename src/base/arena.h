/*
 * Memory that lives as long as one unit of work: an issue, a message, a request, a command.
 *
 * What is taken from an arena is never freed on its own; arena_reset() keeps the memory for the
 * next unit, arena_free() frees it. Running out of memory stops the process here, in one place,
 * with one line and exit code 71: no caller checks for NULL.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/failure.h"

struct arena_block;

/* Zero-initialise before use: `struct arena arena = {0};`. */
struct arena {
    struct arena_block *first; /* the block in use; older ones behind it */
    size_t total;              /* bytes handed out since the last reset */
};

/* `size` bytes of zeros, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t size);

/* `count` elements of `size` bytes, zeroed; the product is checked. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* Room for one more element: `list` while it has room for more than `count`, else a copy of it with
 * twice the room, which *room then says. A list begins as NULL without room. */
void *arena_more(struct arena *arena, void *list, size_t count, size_t *room, size_t size);

/* Copies of a terminated string, of `len` bytes (a terminator is added), of a formatted text. */
char *arena_copy(struct arena *arena, const char *text);
char *arena_copy_bytes(struct arena *arena, const char *bytes, size_t len);
char *arena_format(struct arena *arena, const char *format, ...) FORMAT(2, 3);

void arena_reset(struct arena *arena);
void arena_free(struct arena *arena);

/* Plain heap memory under the same rule: stops the process rather than return NULL. Libraries that
 * accept an allocator are given these, because not all of them report a NULL as lack of memory.
 * memory_copy() copies a terminated string. */
void *memory_get(size_t size);
void *memory_zeroed(size_t count, size_t size);
void *memory_resize(void *old, size_t size);
char *memory_copy(const char *text);
_Noreturn void memory_exhausted(void);
/* Stops the process, for lack of something that the system should always have. The only such place.
 * `line` ends with a line end. */
_Noreturn void memory_stop(const char *line);
/* Returns freed memory to the system: before a long stretch of work that needs little memory. */
void memory_trim(void);

#endif
