/*
 * Wrapping of a program. The first byte is the width; then 0x01 to 0x06 are holes, 0x0e and 0x0f
 * begin branches, 0x10 ends one, and all else is text.
 */
#include <assert.h>
#include <string.h>

#include "../support/words_kept.h"
#include "digest/wrap.h"

static void build(struct residual *program, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        uint8_t byte = bytes[i];
        if (byte >= 1 && byte <= READER_FIELDS) {
            residual_add_hole(program, (enum reader_field)(byte - 1), RESIDUAL_PLAIN);
        } else if (byte == 0x0E || byte == 0x0F) {
            if (program->depth < 16) {
                residual_begin_if(program, READER_NAME, byte == 0x0E);
            }
        } else if (byte == 0x10) {
            if (program->depth > 0) {
                residual_end_if(program);
            }
        } else {
            residual_add_literal(program, (const char *)&bytes[i], 1);
        }
    }
    while (program->depth > 0) {
        residual_end_if(program);
    }
}

static void run(const struct residual *program, const char *name, struct buf *out)
{
    struct reader_values reader;
    for (int field = 0; field < READER_FIELDS; field++) {
        reader.text[RESIDUAL_PLAIN][field] = reader.text[RESIDUAL_HTML][field] = name;
    }
    residual_run(program, &reader, NULL, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    if (len == 0) {
        return 0;
    }
    struct residual in, out;
    residual_init(&in);
    residual_init(&out);
    build(&in, bytes + 1, len - 1);
    wrap_residual(&in, bytes[0], &out);
    for (int named = 0; residual_ok(&out) && named < 2; named++) {
        struct buf before, after;
        buf_init(&before, 100 * 1024 * 1024);
        buf_init(&after, 100 * 1024 * 1024);
        run(&in, named ? "x" : "", &before);
        run(&out, named ? "x" : "", &after);
        assert(words_kept(&before, &after));
        buf_free(&before);
        buf_free(&after);
    }
    residual_free(&in);
    residual_free(&out);
    return 0;
}
