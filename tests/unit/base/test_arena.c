/* Arenas: zeroed, aligned, reused, and the process ends where memory does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"

#include <cmocka.h>

static void what_it_gives_is_zeroed_and_aligned(void **state)
{
    (void)state;
    struct arena arena = {0};
    for (size_t size = 0; size < 300; size++) {
        unsigned char *memory = arena_alloc(&arena, size);
        assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++) {
            assert_int_equal(memory[i], 0);
        }
        memset(memory, 0xFF, size);
    }
    arena_reset(&arena);
    unsigned char *again = arena_alloc(&arena, 1000);
    for (size_t i = 0; i < 1000; i++) {
        assert_int_equal(again[i], 0);
    }
    arena_free(&arena);
    arena_free(&arena);
}

static void pieces_do_not_overlap(void **state)
{
    (void)state;
    struct arena arena = {0};
    char *texts[2000];
    for (int i = 0; i < 2000; i++) {
        texts[i] = arena_format(&arena, "text %d %*s", i, i % 100, "");
    }
    char *large = arena_alloc(&arena, 100000);
    memset(large, 'x', 100000);
    for (int i = 0; i < 2000; i++) {
        assert_int_equal(strtol(texts[i] + 5, NULL, 10), i);
    }
    assert_true(arena.total > 100000);
    arena_free(&arena);
    assert_int_equal(arena.total, 0);
}

static void copies_are_terminated(void **state)
{
    (void)state;
    struct arena arena = {0};
    assert_string_equal(arena_copy(&arena, "abc"), "abc");
    assert_string_equal(arena_copy_bytes(&arena, "abcdef", 3), "abc");
    assert_string_equal(arena_copy_bytes(&arena, NULL, 0), "");
    assert_string_equal(arena_format(&arena, "%s%d", "a", 1), "a1");
    arena_free(&arena);
}

/* Runs `part` in a child; gives its exit status. */
static int run_child(void (*part)(void))
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (freopen("/dev/null", "w", stderr) == NULL) {
            _exit(1);
        }
        part();
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void take_too_many(void)
{
    struct arena arena = {0};
    arena_array(&arena, SIZE_MAX / 2, 3);
}

static void take_too_much(void)
{
    struct arena arena = {0};
    arena_alloc(&arena, SIZE_MAX - 4);
}

static void exhaust(void)
{
    memory_exhausted();
}

static void running_out_of_memory_ends_the_process_with_71(void **state)
{
    (void)state;
    assert_int_equal(run_child(take_too_many), 71);
    assert_int_equal(run_child(take_too_much), 71);
    assert_int_equal(run_child(exhaust), 71);
}

static void a_list_grows_and_keeps_what_it_has(void **state)
{
    (void)state;
    struct arena arena = {0};
    size_t room = 0;
    int *list = NULL;
    for (int i = 0; i < 1000; i++) {
        const int *before = list;
        bool full = (size_t)i == room;
        list = arena_more(&arena, list, (size_t)i, &room, sizeof *list);
        assert_true(full || list == before); /* moved only where there was no room */
        assert_true(room > (size_t)i);
        list[i] = i;
    }
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(list[i], i);
    }
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_grows_and_keeps_what_it_has),
        cmocka_unit_test(what_it_gives_is_zeroed_and_aligned),
        cmocka_unit_test(pieces_do_not_overlap),
        cmocka_unit_test(copies_are_terminated),
        cmocka_unit_test(running_out_of_memory_ends_the_process_with_71),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
