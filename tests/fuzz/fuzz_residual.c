/* Any bytes as a stored program: what is taken runs to its end inside itself, and is stored again
 * as a program that does the same. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/residual.h"

static const struct reader_values somebody = {
    .text = {
        [RESIDUAL_PLAIN] = {"Ann & Bob", "ann@example.org", "https://u", "https://p", "", "A"},
        [RESIDUAL_HTML] = {"Ann &amp; Bob", "ann@example.org", "https://u", "https://p", "", "A"}}};
static const struct reader_values nobody = {
    .text = {
        [RESIDUAL_PLAIN] = {"", "", "", "", "", ""}, [RESIDUAL_HTML] = {"", "", "", "", "", ""}}};

static void compare(const struct residual *one, const struct residual *two,
                    const struct reader_values *reader)
{
    struct buf left, right;
    buf_init(&left, 1 << 20);
    buf_init(&right, 1 << 20);
    residual_run(one, reader, NULL, &left);
    residual_run(two, reader, NULL, &right);
    assert(left.len == right.len && memcmp(left.data, right.data, left.len) == 0);
    buf_free(&left);
    buf_free(&right);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct residual program, again;
    struct failure why = {0};
    residual_init(&program);
    residual_init(&again);
    if (residual_load(&program, (const char *)data, size, &why)) {
        struct buf bytes;
        buf_init(&bytes, 1 << 24);
        residual_save(&program, &bytes);
        assert(buf_ok(&bytes));
        bool good = residual_load(&again, bytes.data, bytes.len, &why);
        assert(good);
        compare(&program, &again, &somebody);
        compare(&program, &again, &nobody);
        buf_free(&bytes);
    } else {
        assert(why.kind == FAILURE_DATA);
    }
    residual_free(&program);
    residual_free(&again);
    return 0;
}
