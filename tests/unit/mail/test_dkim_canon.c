/* The relaxed body against a plain second implementation, over bodies of every size. */
#include <string.h>

#include "../../support/dkim_slowly.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* After ours: cmocka has a macro fail(). */
#include <cmocka.h>

/* A small generator of random numbers, the same everywhere. */
static uint32_t roll(uint64_t *seed, uint32_t sides)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33) % sides;
}

/* Short runs, runs about as long as a buffer or half of one, and any. */
static size_t roll_length(uint64_t *seed)
{
    static const uint32_t edges[] = {4096, 8192, 16384, 65536};
    switch (roll(seed, 4)) {
    case 0:
        return 1 + roll(seed, 20);
    case 1:
        return edges[roll(seed, 4)] - 3 + roll(seed, 7);
    case 2:
        return 1 + roll(seed, 1000);
    default:
        return 1 + roll(seed, 20000);
    }
}

static void random_bodies_agree_with_a_plain_implementation(void **state)
{
    (void)state;
    struct buf body;
    buf_init(&body, DKIM_BODY_MAX + 1);
    for (uint64_t first = 1; first <= 120; first++) {
        uint64_t seed = first;
        size_t size = roll(&seed, 3) == 0 ? DKIM_BODY_MAX : roll(&seed, 40000);
        buf_reset(&body);
        while (body.len < size) {
            uint32_t kind = roll(&seed, 100);
            body_add_run(&body, kind, roll_length(&seed));
        }
        if (!canon_agrees(body.data, body.len)) {
            print_error("seed %d, %zu bytes\n", (int)first, body.len);
        }
        assert_true(canon_agrees(body.data, body.len));
    }
    buf_free(&body);
}

/* Two blanks in front of a run of each length: what waits must not be overtaken by what follows. */
static void a_run_of_any_length_keeps_its_place(void **state)
{
    (void)state;
    static const size_t lengths[] = {4094, 4095, 4096, 4097, 4098, 8188,  8189,  8190,
                                     8191, 8192, 8193, 8194, 8195, 16384, 65536, 300000};
    struct buf body;
    buf_init(&body, 2 * DKIM_BODY_MAX);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        buf_reset(&body);
        buf_add_text(&body, "Hello Ann  Bee,\r\n");
        body_add_run(&body, 0, lengths[i]);
        buf_add_text(&body, "  end\r\n");
        assert_true(canon_agrees(body.data, body.len));
    }
    buf_free(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_of_any_length_keeps_its_place),
        cmocka_unit_test(random_bodies_agree_with_a_plain_implementation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
