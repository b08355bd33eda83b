/*
 * The classifier and what it stands on (charsets, encoded-words, HTML, fields, addresses, codes,
 * words), as the process in the sandbox runs them, on messages that are split already: libetpan,
 * which splits them there, is known to die of some and is what the sandbox is for.
 *
 * Parts are separated by byte 1; the first byte of each tells what it is: 'H' the header, 'R' a
 * returned header, 'T' text, 'J' text in ISO-2022-JP, 'M' HTML, 'S' a delivery status, 'F' a
 * feedback report, 'D' a disposition notification, 'A' the name of an attached file; lowercase:
 * within a returned message.
 */
#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "base/utf8.h"
#include "bounce/answer.h"
#include "bounce/classify.h"
#include "bounce/html.h"
#include "bounce/parse.h"

static struct charsets *charsets;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static struct arena arena;
    (void)argc;
    (void)argv;
    charsets = charsets_open(&arena);
    return 0;
}

static enum split_kind kind_of(char letter)
{
    switch (toupper((unsigned char)letter)) {
    case 'S':
        return SPLIT_STATUS;
    case 'F':
        return SPLIT_FEEDBACK;
    case 'D':
        return SPLIT_DISPOSITION;
    case 'R':
        return SPLIT_RETURNED;
    case 'A':
        return SPLIT_OTHER;
    default:
        return SPLIT_TEXT;
    }
}

static void decode_fields(struct arena *arena, struct split_fields *fields)
{
    for (size_t i = 0; i < fields->count; i++) {
        fields->list[i].value = charset_decode_words(arena, charsets, fields->list[i].value);
        assert(utf8_valid(fields->list[i].value, strlen(fields->list[i].value), NULL));
    }
}

static void add_part(struct arena *arena, struct split *split, const char *bytes, size_t len)
{
    const char *name = bytes[0] == 'J' ? "iso-2022-jp" : "shift_jis";
    size_t text_len;
    const char *text = charset_decode(arena, charsets, name, bytes + 1, len - 1, &text_len);
    assert(utf8_valid(text, text_len, NULL) && memchr(text, '\0', text_len) == NULL);
    if (bytes[0] == 'H') {
        split_read_fields(arena, text, text_len, &split->fields, NULL);
        decode_fields(arena, &split->fields);
        return;
    }
    if (split->count == SPLIT_PARTS) {
        return;
    }
    struct split_part *part = &split->parts[split->count++];
    *part = (struct split_part){.kind = kind_of(bytes[0]),
                                .depth = islower((unsigned char)bytes[0]) != 0,
                                .type = "application/gzip",
                                .name = "",
                                .text = text,
                                .len = text_len};
    if (part->kind == SPLIT_OTHER) {
        part->name = text;
    }
    if (toupper((unsigned char)bytes[0]) == 'M') {
        part->html = true;
        part->text = html_text(arena, text, text_len, &part->len);
        assert(utf8_valid(part->text, part->len, NULL));
    }
    if (part->kind == SPLIT_RETURNED) {
        split_read_fields(arena, text, text_len, &part->fields, NULL);
        decode_fields(arena, &part->fields);
    }
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct arena arena = {0};
    struct split *split = arena_alloc(&arena, sizeof *split);
    struct bounce_report report, again;
    const char *bytes = (const char *)data;
    split->type = size > 0 && bytes[0] == 'H' ? "multipart/report" : "text/plain";
    split->report_type = "";
    for (size_t at = 0; at < size;) {
        const char *end = memchr(bytes + at, 1, size - at);
        size_t len = end == NULL ? size - at : (size_t)(end - bytes) - at;
        if (len > 0) {
            add_part(&arena, split, bytes + at, len);
        }
        at += len + 1;
    }
    classify(&arena, split, &report);
    /* What the classifier says can always be answered with. */
    struct buf answer;
    buf_init(&answer, ANSWER_MAX);
    answer_write(&report, &answer);
    assert(buf_ok(&answer) && answer_read(answer.data, answer.len, &again));
    buf_free(&answer);
    arena_free(&arena);
    return 0;
}
