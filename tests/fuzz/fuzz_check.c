/*
 * The rules over a message that is any bytes: parts are parted by 0x00 (HTML, text, message,
 * subject, preheader). Each finding has to lie inside its part.
 */
#include <assert.h>
#include <string.h>

#include "check/check.h"

enum { PARTS = 5 };

static void split(struct arena *arena, const uint8_t *bytes, size_t len, const char *parts[PARTS])
{
    for (size_t i = 0; i < PARTS; i++) {
        const uint8_t *end = len > 0 ? memchr(bytes, 0, len) : NULL;
        size_t run = end != NULL ? (size_t)(end - bytes) : len;
        parts[i] = arena_copy_bytes(arena, (const char *)bytes, run);
        run += end != NULL ? 1 : 0;
        bytes += run;
        len -= run;
    }
}

static int lines_of(const char *text)
{
    int lines = 1;
    for (const char *c = text; *c != '\0'; c++) {
        lines += *c == '\n' ? 1 : 0;
    }
    return lines;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct arena arena = {0};
    const char *parts[PARTS];
    split(&arena, bytes, len, parts);
    const struct check_copy copy = {
        .label = "any",
        .html = parts[0],
        .html_len = strlen(parts[0]),
        .text = parts[1],
        .text_len = strlen(parts[1]),
        .message = parts[2],
        .message_len = strlen(parts[2]),
        .address = "ann@example.org",
        .unsubscribe_url = "https://news.example.org/leave/x",
        .preferences_url = "https://news.example.org/preferences/x",
    };
    const struct check_input input = {
        .copies = &copy,
        .copy_count = 1,
        .subject = parts[3],
        .preheader = parts[4],
        .postal_address = "1 Example Street",
        .message_id_domain = "example.org",
    };
    struct check_report report;
    struct buf out;
    check_run(&arena, &input, &report);
    size_t count = 0;
    for (const struct check_finding *f = report.findings; f != NULL; f = f->next) {
        assert(f->line >= 0 && f->column >= 0 && strchr(f->message, '\n') == NULL);
        assert(strcmp(f->part, "text") != 0 || f->line <= lines_of(parts[1]));
        assert(strcmp(f->part, "message") != 0 || f->line <= lines_of(parts[2]) || f->line == 1);
        count++;
    }
    assert(count ==
           report.counts[CHECK_INFO] + report.counts[CHECK_WARNING] + report.counts[CHECK_ERROR]);
    buf_init(&out, 16 * 1024 * 1024);
    check_print(&out, &report);
    buf_free(&out);
    arena_free(&arena);
    return 0;
}
