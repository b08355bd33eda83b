#include "base/arena.h"

#include <malloc.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ARENA_BLOCK = 16 * 1024 };

struct arena_block {
    struct arena_block *next;
    size_t size;
    size_t used;
    alignas(max_align_t) unsigned char bytes[];
};

_Noreturn void memory_stop(const char *line)
{
    static atomic_flag said = ATOMIC_FLAG_INIT;
    while (atomic_flag_test_and_set(&said)) {
        pause(); /* another thread is reporting it, and ends the process */
    }
    ssize_t ignored = write(STDERR_FILENO, line, strlen(line));
    (void)ignored;
    _exit(71);
}

_Noreturn void memory_exhausted(void)
{
    memory_stop("verdicts: out of memory\n");
}

void *memory_get(size_t size)
{
    return memory_resize(NULL, size);
}

void *memory_zeroed(size_t count, size_t size)
{
    void *memory = calloc(count > 0 ? count : 1, size > 0 ? size : 1);
    if (memory == NULL) {
        memory_exhausted();
    }
    return memory;
}

char *memory_copy(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(memory_get(size), text, size);
}

void *memory_resize(void *old, size_t size)
{
    void *memory = realloc(old, size > 0 ? size : 1);
    if (memory == NULL) {
        memory_exhausted();
    }
    return memory;
}

void memory_trim(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

static struct arena_block *arena_grow(struct arena *arena, size_t size)
{
    size_t room = size > ARENA_BLOCK ? size : ARENA_BLOCK;
    if (room > SIZE_MAX - sizeof(struct arena_block)) {
        memory_exhausted();
    }
    struct arena_block *block = memory_resize(NULL, sizeof *block + room);
    block->next = arena->first;
    block->size = room;
    block->used = 0;
    arena->first = block;
    return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size_t align = alignof(max_align_t);
    if (size > SIZE_MAX - align) {
        memory_exhausted();
    }
    size = (size + align - 1) & ~(align - 1);
    struct arena_block *block = arena->first;
    if (block == NULL || block->size - block->used < size) {
        block = arena_grow(arena, size);
    }
    void *memory = block->bytes + block->used;
    block->used += size;
    arena->total += size;
    return memset(memory, 0, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    if (size > 0 && count > SIZE_MAX / size) {
        memory_exhausted();
    }
    return arena_alloc(arena, count * size);
}

void *arena_more(struct arena *arena, void *list, size_t count, size_t *room, size_t size)
{
    enum { FIRST = 8 };
    if (count < *room) {
        return list;
    }
    *room = *room > 0 ? 2 * *room : FIRST;
    void *more = arena_array(arena, *room, size);
    return count > 0 ? memcpy(more, list, count * size) : more;
}

char *arena_copy_bytes(struct arena *arena, const char *bytes, size_t len)
{
    if (len == SIZE_MAX) {
        memory_exhausted();
    }
    char *copy = arena_alloc(arena, len + 1);
    if (len > 0) {
        memcpy(copy, bytes, len);
    }
    return copy;
}

char *arena_copy(struct arena *arena, const char *text)
{
    return arena_copy_bytes(arena, text, strlen(text));
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = arena_alloc(arena, len < 0 ? 1 : (size_t)len + 1);
    if (len >= 0) {
        vsnprintf(text, (size_t)len + 1, format, again);
    }
    va_end(again);
    return text;
}

void arena_reset(struct arena *arena)
{
    if (arena->first == NULL) {
        return;
    }
    /* Keeps the newest block of ordinary size; what an unusually large unit of work needed is
     * freed. */
    struct arena_block *keep = NULL;
    for (struct arena_block *block = arena->first, *next; block != NULL; block = next) {
        next = block->next;
        if (keep == NULL && block->size == ARENA_BLOCK) {
            keep = block;
        } else {
            free(block);
        }
    }
    if (keep != NULL) {
        keep->next = NULL;
        keep->used = 0;
    }
    arena->first = keep;
    arena->total = 0;
}

void arena_free(struct arena *arena)
{
    for (struct arena_block *block = arena->first, *next; block != NULL; block = next) {
        next = block->next;
        free(block);
    }
    arena->first = NULL;
    arena->total = 0;
}
