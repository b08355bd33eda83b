/*
 * A whole message from any subject, name, programs and reader: both parts read back exactly, the
 * header ends where it should, and every line keeps to its promises.
 *
 * The input is cut at 0xFF: subject, display name, reader's name, then pieces of the two programs
 * that start with a letter: t, h a literal of text or HTML; n, m the name's hole; i an IF around
 * what follows in the text until e.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "../support/mail_decode.h"
#include "mail/message.h"

enum { LIMIT = 32 * 1024 * 1024 };

static const char boundary[] = "=_fuzz";

struct input {
    const char *at, *end;
};

/* The next piece, terminated; NUL and CR become line ends, so that no piece ends inside one. */
static char *next_piece(struct input *input)
{
    const char *cut = memchr(input->at, 0xFF, (size_t)(input->end - input->at));
    const char *end = cut != NULL ? cut : input->end;
    size_t len = (size_t)(end - input->at);
    char *piece = malloc(len + 1);
    for (size_t i = 0; i < len; i++) {
        piece[i] = input->at[i] == '\r' || input->at[i] == '\0' ? '\n' : input->at[i];
    }
    piece[len] = '\0';
    input->at = cut != NULL ? cut + 1 : input->end;
    return piece;
}

static void add_piece(struct residual *text, struct residual *html, const char *piece)
{
    switch (piece[0]) {
    case 't':
        residual_add_literal(text, piece + 1, strlen(piece + 1));
        break;
    case 'h':
        residual_add_literal(html, piece + 1, strlen(piece + 1));
        break;
    case 'n':
        residual_add_hole(text, READER_NAME, RESIDUAL_PLAIN);
        break;
    case 'm':
        residual_add_hole(html, READER_NAME, RESIDUAL_HTML);
        break;
    case 'i':
        if (text->depth < 8) {
            residual_begin_if(text, READER_NAME, piece[1] != 'u');
        }
        break;
    case 'e':
        if (text->depth > 0) {
            residual_end_if(text);
        }
        break;
    default:
        break;
    }
}

/* The part that starts at `at` behind its own header; gives where the next boundary stands. */
static const char *check_part(const char *at, const struct residual *program,
                              const struct reader_values *reader)
{
    const char *body = strstr(at, "\r\n\r\n") + 4;
    const char *end = strstr(body, "\r\n--=_fuzz");
    struct buf plain, wanted, decoded;
    buf_init(&plain, LIMIT);
    buf_init(&wanted, LIMIT);
    buf_init(&decoded, LIMIT);
    residual_run(program, reader, NULL, &plain);
    mail_crlf(plain.data, plain.len, &wanted);
    assert(end != NULL && mail_decode_qp(body, (size_t)(end - body), &decoded));
    assert(decoded.len == wanted.len && memcmp(decoded.data, wanted.data, wanted.len) == 0);
    buf_free(&plain);
    buf_free(&wanted);
    buf_free(&decoded);
    return end + 2;
}

static void check_message(const struct buf *out, const struct residual *text,
                          const struct residual *html, const struct reader_values *reader)
{
    const char *head = strstr(out->data, "\r\n\r\n");
    assert(head != NULL);
    for (size_t at = 0, line = 0; at < out->len; at += line + 2) {
        assert(mail_line(out->data + at, out->len - at, &line));
        assert(line <= 998 && (line == 0 || out->data[at] != '.'));
    }
    const char *first = head + 4;
    assert(strncmp(first, "--=_fuzz\r\nContent-Type: text/plain", 34) == 0);
    const char *second = check_part(first, text, reader);
    assert(strncmp(second, "--=_fuzz\r\nContent-Type: text/html", 33) == 0);
    const char *last = check_part(second, html, reader);
    assert(strcmp(last, "--=_fuzz--\r\n") == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {(const char *)data, (const char *)data + size};
    char *subject = next_piece(&input), *name = next_piece(&input), *value = next_piece(&input);
    struct residual text, html, body;
    residual_init(&text);
    residual_init(&html);
    residual_init(&body);
    while (input.at < input.end) {
        char *piece = next_piece(&input);
        add_piece(&text, &html, piece);
        free(piece);
    }
    while (text.depth > 0) {
        residual_end_if(&text);
    }
    struct reader_values reader;
    for (int field = 0; field < READER_FIELDS; field++) {
        reader.text[RESIDUAL_PLAIN][field] = reader.text[RESIDUAL_HTML][field] = value;
    }
    struct message_header header = {.from_name = name,
                                    .from_address = "weekly@example.org",
                                    .to_name = value,
                                    .to_address = "ana@example.com",
                                    .subject = subject,
                                    .list_unsubscribe_url = name,
                                    .boundary = boundary};
    struct failure why = {0};
    struct buf out;
    buf_init(&out, LIMIT);
    assert(message_body(&text, &html, boundary, &body, &why));
    if (!message_write(&header, &body, &reader, &out, &why)) {
        assert(why.kind == FAILURE_DATA && out.len == 0);
        header =
            (struct message_header){.from_address = "weekly@example.org", .boundary = boundary};
        assert(message_write(&header, &body, &reader, &out, &why));
    }
    check_message(&out, &text, &html, &reader);
    buf_free(&out);
    residual_free(&text);
    residual_free(&html);
    residual_free(&body);
    free(subject);
    free(name);
    free(value);
    return 0;
}
