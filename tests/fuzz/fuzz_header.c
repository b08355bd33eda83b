/* A value that somebody typed, in each kind of field: it is refused with a reason that holds, or it
 * reads back exactly from lines that keep every promise of mail/header.h. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "../support/mail_decode.h"
#include "base/utf8.h"
#include "mail/header.h"

static const char address[] = "ana@example.org";

/* Whether a header must refuse the text: not UTF-8, or a control character in it. */
static bool must_refuse(const char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        uint32_t point = 0;
        at += utf8_decode(text + at, len - at, &point);
        if (point < 0x20 || (point >= 0x7F && point < 0xA0)) {
            return true;
        }
    }
    return !utf8_valid(text, len, NULL);
}

static void check_text(const struct buf *out, const char *value)
{
    struct buf decoded;
    buf_init(&decoded, out->len + 1);
    assert(mail_decode_field(out->data, out->len, "Subject", &decoded));
    assert(strcmp(decoded.data, value) == 0);
    buf_free(&decoded);
}

static void check_phrase(const struct buf *out, const char *name, const char *value)
{
    struct buf decoded, phrase, angle;
    buf_init(&decoded, out->len + 1);
    buf_init(&phrase, out->len + 1);
    buf_init(&angle, out->len + 1);
    assert(mail_decode_field(out->data, out->len, name, &decoded));
    if (value[0] == '\0' && strcmp(name, "To") == 0) {
        assert(strcmp(decoded.data, address) == 0);
    } else if (value[0] == '\0') {
        assert(strcmp(decoded.data, "<ana@example.org>") == 0);
    } else {
        bool quoted = out->data[strlen(name) + 2] == '"';
        assert(mail_decode_phrase(&decoded, quoted, &phrase, &angle));
        assert(strcmp(phrase.data, value) == 0 && strcmp(angle.data, address) == 0);
    }
    buf_free(&decoded);
    buf_free(&phrase);
    buf_free(&angle);
}

static void check_lines(const struct buf *out)
{
    for (size_t i = 0; i < out->len; i++) {
        assert((out->data[i] >= ' ' && out->data[i] <= '~') || out->data[i] == '\r' ||
               out->data[i] == '\n');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    char *value = malloc(size);
    memcpy(value, data + 1, size - 1);
    value[size - 1] = '\0';
    size_t len = strlen(value);
    struct failure why = {0};
    struct buf out;
    buf_init(&out, 16 * size + 256);
    int kind = data[0] % 4;
    bool added = kind == 0   ? header_add_text(&out, "Subject", value, &why)
                 : kind == 1 ? header_add_mailbox(&out, "To", value, address, &why)
                 : kind == 2 ? header_add_list_id(&out, value, address, &why)
                             : header_add_plain(&out, "Subject", value, &why);
    assert(added || (why.kind == FAILURE_DATA && why.text[0] != '\0' && out.len == 0));
    assert(added || utf8_valid(why.text, strlen(why.text), NULL));
    assert(kind == 3 || added == !must_refuse(value, len));
    if (added) {
        assert(buf_ok(&out));
        check_lines(&out);
    }
    if (added && kind == 0) {
        check_text(&out, value);
    } else if (added && kind < 3) {
        check_phrase(&out, kind == 1 ? "To" : "List-Id", value);
    }
    /* As a mailbox's address the value must never make a second line. */
    buf_reset(&out);
    if (header_add_mailbox(&out, "From", "", value, &why)) {
        assert(memchr(out.data, '\n', out.len) == out.data + out.len - 1);
    }
    buf_free(&out);
    free(value);
    return 0;
}
