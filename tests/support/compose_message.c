/*
 * Composes messages for tests in other languages.
 *
 * Reads requests from standard input, each a run of lines "KEY LENGTH", each followed by that many
 * bytes and a line end, closed by a line "write". Answers each with "ok LENGTH" and the message,
 * or "refused LENGTH" and the failure's text, followed by a line end. The keys are the fields of
 * struct message_header, and `text`, `html` (a literal piece of that part), `text_hole`,
 * `html_hole` (the name of a reader's field) and `reader.NAME` (its value; plain and HTML alike).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "mail/message.h"

enum { MESSAGE_LIMIT = 64 * 1024 * 1024 };

struct request {
    struct arena arena;
    struct message_header header;
    struct residual text, html, body;
    struct reader_values reader;
};

static void request_begin(struct request *request)
{
    *request = (struct request){.header.from_address = "weekly@example.org"};
    residual_init(&request->text);
    residual_init(&request->html);
    residual_init(&request->body);
    for (int field = 0; field < READER_FIELDS; field++) {
        request->reader.text[RESIDUAL_PLAIN][field] = "";
        request->reader.text[RESIDUAL_HTML][field] = "";
    }
}

static void request_end(struct request *request)
{
    residual_free(&request->text);
    residual_free(&request->html);
    residual_free(&request->body);
    arena_free(&request->arena);
}

static void reject(const char *what)
{
    fprintf(stderr, "compose_message: %s\n", what);
    exit(64);
}

static bool set_header_text(struct message_header *header, const char *key, const char *value)
{
    const struct {
        const char *key;
        const char **field;
    } fields[] = {
        {"from_name", &header->from_name},
        {"from_address", &header->from_address},
        {"to_name", &header->to_name},
        {"to_address", &header->to_address},
        {"reply_to", &header->reply_to},
        {"subject", &header->subject},
        {"message_id", &header->message_id},
        {"list_name", &header->list_name},
        {"list_id", &header->list_id},
        {"list_unsubscribe_url", &header->list_unsubscribe_url},
        {"list_unsubscribe_mailto", &header->list_unsubscribe_mailto},
        {"feedback_id", &header->feedback_id},
        {"boundary", &header->boundary},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (strcmp(fields[i].key, key) == 0) {
            *fields[i].field = value;
            return true;
        }
    }
    return false;
}

static enum reader_field reader_field(const char *name)
{
    enum reader_field field = reader_field_find(name, strlen(name));
    if (field == READER_FIELDS) {
        reject("no such reader field");
    }
    return field;
}

static void request_set(struct request *request, const char *key, const char *value, size_t len)
{
    if (strcmp(key, "text") == 0) {
        residual_add_literal(&request->text, value, len);
    } else if (strcmp(key, "html") == 0) {
        residual_add_literal(&request->html, value, len);
    } else if (strcmp(key, "text_hole") == 0) {
        residual_add_hole(&request->text, reader_field(value), RESIDUAL_PLAIN);
    } else if (strcmp(key, "html_hole") == 0) {
        residual_add_hole(&request->html, reader_field(value), RESIDUAL_HTML);
    } else if (strncmp(key, "reader.", 7) == 0) {
        request->reader.text[RESIDUAL_PLAIN][reader_field(key + 7)] = value;
        request->reader.text[RESIDUAL_HTML][reader_field(key + 7)] = value;
    } else if (strcmp(key, "date") == 0) {
        request->header.date = strtoll(value, NULL, 10);
    } else if (strcmp(key, "bulk") == 0) {
        request->header.bulk = true;
    } else if (strcmp(key, "auto_generated") == 0) {
        request->header.auto_generated = true;
    } else if (!set_header_text(&request->header, key, value)) {
        reject(key);
    }
}

static void request_write(struct request *request)
{
    struct failure why = {0};
    struct buf out;
    buf_init(&out, MESSAGE_LIMIT);
    const char *boundary = request->header.boundary;
    bool written = message_body(&request->text, boundary != NULL ? &request->html : NULL, boundary,
                                &request->body, &why) &&
                   message_write(&request->header, &request->body, &request->reader, &out, &why);
    size_t len = written ? out.len : strlen(why.text);
    printf("%s %zu\n", written ? "ok" : "refused", len);
    fwrite(written ? out.data : why.text, 1, len, stdout);
    putchar('\n');
    fflush(stdout);
    buf_free(&out);
}

/* Reads one "KEY LENGTH" and its bytes; false at "write". */
static bool read_pair(struct request *request, const char *line)
{
    char key[64];
    size_t len = 0;
    if (sscanf(line, "%63s %zu", key, &len) != 2) {
        return false;
    }
    char *value = arena_alloc(&request->arena, len + 1);
    if (fread(value, 1, len, stdin) != len || getchar() != '\n') {
        reject("a value is cut short");
    }
    request_set(request, key, value, len);
    return true;
}

int main(void)
{
    struct request request;
    char line[128];
    request_begin(&request);
    while (fgets(line, sizeof line, stdin) != NULL) {
        if (!read_pair(&request, line)) {
            request_write(&request);
            request_end(&request);
            request_begin(&request);
        }
    }
    request_end(&request);
    return 0;
}
