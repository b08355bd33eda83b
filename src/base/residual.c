#include "base/residual.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

/*
 * Stored form. Byte 0 is the version. Then, until the bytes end, one record for each instruction:
 *   'L' u32 len, then len bytes        a literal
 *   'H' u8 field, u8 form              a hole
 *   'I' u8 field / 'U' u8 field        if, unless
 *   'E'                                end
 */
enum { RESIDUAL_VERSION = 1 };

static const char *const field_names[READER_FIELDS] = {
    [READER_NAME] = "name",
    [READER_ADDRESS] = "address",
    [READER_UNSUBSCRIBE_URL] = "unsubscribe_url",
    [READER_PREFERENCES_URL] = "preferences_url",
    [READER_VIEW_URL] = "view_url",
    [READER_TOPICS] = "topics",
};

enum reader_field reader_field_find(const char *name, size_t len)
{
    for (int field = 0; field < READER_FIELDS; field++) {
        if (strlen(field_names[field]) == len && memcmp(field_names[field], name, len) == 0) {
            return (enum reader_field)field;
        }
    }
    return READER_FIELDS;
}

const char *reader_field_name(enum reader_field field)
{
    assert(field < READER_FIELDS);
    return field_names[field];
}

void residual_init(struct residual *residual)
{
    *residual = (struct residual){0};
    buf_init(&residual->text, RESIDUAL_TEXT_MAX);
}

void residual_free(struct residual *residual)
{
    free(residual->ops);
    buf_free(&residual->text);
    *residual = (struct residual){0};
}

static struct residual_op *residual_add(struct residual *residual, enum residual_kind kind)
{
    if (residual->count >= RESIDUAL_OPS_MAX) {
        residual->overflow = true;
        return NULL;
    }
    if (residual->count == residual->size) {
        residual->size = residual->size == 0 ? 64 : residual->size * 2;
        residual->ops = memory_resize(residual->ops, residual->size * sizeof *residual->ops);
    }
    struct residual_op *op = &residual->ops[residual->count++];
    *op = (struct residual_op){.kind = kind};
    return op;
}

void residual_add_literal(struct residual *residual, const char *bytes, size_t len)
{
    if (len == 0) {
        return;
    }
    size_t offset = residual->text.len;
    buf_add(&residual->text, bytes, len);
    if (!buf_ok(&residual->text)) {
        residual->overflow = true;
        return;
    }
    struct residual_op *last = residual->count > 0 ? &residual->ops[residual->count - 1] : NULL;
    if (last != NULL && last->kind == RESIDUAL_LITERAL) {
        last->len += (uint32_t)len;
        return;
    }
    struct residual_op *op = residual_add(residual, RESIDUAL_LITERAL);
    if (op != NULL) {
        op->offset = (uint32_t)offset;
        op->len = (uint32_t)len;
    }
}

void residual_add_hole(struct residual *residual, enum reader_field field, enum residual_form form)
{
    assert(field < READER_FIELDS);
    struct residual_op *op = residual_add(residual, RESIDUAL_HOLE);
    if (op != NULL) {
        op->field = field;
        op->form = form;
    }
}

void residual_begin_if(struct residual *residual, enum reader_field field, bool wanted)
{
    assert(field < READER_FIELDS);
    if (residual->depth == sizeof residual->open / sizeof residual->open[0]) {
        residual->overflow = true;
        return;
    }
    struct residual_op *op = residual_add(residual, wanted ? RESIDUAL_IF : RESIDUAL_UNLESS);
    if (op != NULL) {
        op->field = field;
        residual->open[residual->depth++] = (uint32_t)(residual->count - 1);
    }
}

void residual_end_if(struct residual *residual)
{
    /* After an overflow the pairs may not match; residual_ok() refuses the program anyway. */
    if (residual->overflow) {
        return;
    }
    assert(residual->depth > 0);
    struct residual_op *op = residual_add(residual, RESIDUAL_END);
    if (op != NULL) {
        residual->ops[residual->open[--residual->depth]].end = (uint32_t)(residual->count - 1);
    }
}

void residual_add_op(struct residual *residual, const struct residual *from,
                     const struct residual_op *op)
{
    switch (op->kind) {
    case RESIDUAL_LITERAL:
        residual_add_literal(residual, from->text.data + op->offset, op->len);
        break;
    case RESIDUAL_HOLE:
        residual_add_hole(residual, op->field, op->form);
        break;
    case RESIDUAL_IF:
    case RESIDUAL_UNLESS:
        residual_begin_if(residual, op->field, op->kind == RESIDUAL_IF);
        break;
    case RESIDUAL_END:
        residual_end_if(residual);
        break;
    }
}

bool residual_ok(const struct residual *residual)
{
    return !residual->overflow && residual->depth == 0;
}

static void add_u32(struct buf *bytes, uint32_t number)
{
    for (int i = 0; i < 4; i++) {
        buf_add_char(bytes, (char)(number >> (8 * i) & 0xFF));
    }
}

void residual_save(const struct residual *residual, struct buf *bytes)
{
    assert(residual_ok(residual));
    buf_add_char(bytes, RESIDUAL_VERSION);
    for (size_t i = 0; i < residual->count; i++) {
        const struct residual_op *op = &residual->ops[i];
        switch (op->kind) {
        case RESIDUAL_LITERAL:
            buf_add_char(bytes, 'L');
            add_u32(bytes, op->len);
            buf_add(bytes, residual->text.data + op->offset, op->len);
            break;
        case RESIDUAL_HOLE:
            buf_add_char(bytes, 'H');
            buf_add_char(bytes, (char)op->field);
            buf_add_char(bytes, (char)op->form);
            break;
        case RESIDUAL_IF:
        case RESIDUAL_UNLESS:
            buf_add_char(bytes, op->kind == RESIDUAL_IF ? 'I' : 'U');
            buf_add_char(bytes, (char)op->field);
            break;
        case RESIDUAL_END:
            buf_add_char(bytes, 'E');
            break;
        }
    }
}

/* Reads one record at `at`; returns its length, or 0 if it is incomplete or unknown. */
static size_t load_record(struct residual *residual, const unsigned char *at, size_t left)
{
    if (at[0] == 'L' && left >= 5) {
        size_t len = (size_t)at[1] | (size_t)at[2] << 8 | (size_t)at[3] << 16 | (size_t)at[4] << 24;
        if (len == 0 || len > left - 5) {
            return 0;
        }
        residual_add_literal(residual, (const char *)at + 5, len);
        return 5 + len;
    }
    if (at[0] == 'H' && left >= 3 && at[1] < READER_FIELDS && at[2] <= RESIDUAL_HTML) {
        residual_add_hole(residual, (enum reader_field)at[1], (enum residual_form)at[2]);
        return 3;
    }
    if ((at[0] == 'I' || at[0] == 'U') && left >= 2 && at[1] < READER_FIELDS) {
        residual_begin_if(residual, (enum reader_field)at[1], at[0] == 'I');
        return 2;
    }
    if (at[0] == 'E' && residual->depth > 0) {
        residual_end_if(residual);
        return 1;
    }
    return 0;
}

bool residual_load(struct residual *residual, const char *bytes, size_t len, struct failure *why)
{
    const unsigned char *at = (const unsigned char *)bytes;
    if (len == 0 || at[0] != RESIDUAL_VERSION) {
        return fail(why, FAILURE_DATA, "a stored issue has a form this program does not know");
    }
    for (size_t done = 1; done < len;) {
        size_t took = load_record(residual, at + done, len - done);
        if (took == 0 || residual->overflow) {
            return fail(why, FAILURE_DATA, "a stored issue is damaged at byte %zu", done);
        }
        done += took;
    }
    if (!residual_ok(residual)) {
        return fail(why, FAILURE_DATA, "a stored issue is damaged at its end");
    }
    return true;
}

void residual_run(const struct residual *residual, const struct reader_values *reader,
                  residual_put put, struct buf *out)
{
    for (size_t i = 0; i < residual->count; i++) {
        const struct residual_op *op = &residual->ops[i];
        if (op->kind == RESIDUAL_LITERAL) {
            buf_add(out, residual->text.data + op->offset, op->len);
        } else if (op->kind == RESIDUAL_HOLE) {
            const char *value = reader->text[op->form][op->field];
            if (put != NULL) {
                put(out, value, strlen(value));
            } else {
                buf_add_text(out, value);
            }
        } else if (op->kind != RESIDUAL_END) {
            bool empty = reader->text[RESIDUAL_PLAIN][op->field][0] == '\0';
            if (empty == (op->kind == RESIDUAL_IF)) {
                i = op->end;
            }
        }
    }
}
