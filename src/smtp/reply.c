#include "smtp/reply.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

const char *stage_name(enum stage stage)
{
    static const char *const names[] = {"RSET",     "MAIL",          "RCPT", "DATA",
                                        "the text", "the final dot", "QUIT"};
    return names[stage];
}

void reply_start(struct reply_parser *parser)
{
    *parser = (struct reply_parser){0};
}

static void keep(struct reply_parser *parser, char byte)
{
    if (parser->text_len < REPLY_TEXT) {
        parser->reply.text[parser->text_len++] = byte;
    }
}

/* Drops a character that the length limit cut in two, and everything that a terminal would
 * interpret. */
static void tidy(struct reply_parser *parser)
{
    char *text = parser->reply.text;
    size_t len = parser->text_len;
    size_t bad = 0;
    if (len == REPLY_TEXT && !utf8_valid(text, len, &bad) && len - bad < 4 &&
        (unsigned char)text[bad] >= 0xC0) {
        len = bad;
    }
    len = utf8_tame(text, len);
    while (len > 0 && text[len - 1] == ' ') {
        len--;
    }
    text[len] = '\0';
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The length of ".ddd" (one to three digits) at `at`; 0 if there is none. */
static size_t dotted_number(const char *at)
{
    size_t digits = at[0] == '.' ? strspn(at + 1, "0123456789") : 0;
    return digits >= 1 && digits <= 3 ? digits + 1 : 0;
}

/* "C.SSS.DDD", where C is the code's own first digit (RFC 3463 2, RFC 2034 4), then a space or the
 * end of the line. */
static void read_enhanced(struct reply_parser *parser)
{
    const char *at = parser->head + 4;
    if (parser->line <= 4 || *at != parser->head[0]) {
        return;
    }
    size_t subject = dotted_number(at + 1);
    size_t detail = subject > 0 ? dotted_number(at + 1 + subject) : 0;
    size_t len = 1 + subject + detail;
    if (detail > 0 && (at[len] == '\0' || at[len] == ' ')) {
        snprintf(parser->reply.enhanced, REPLY_ENHANCED, "%.*s", (int)len, at);
    }
}

static void end_in_garbage(struct reply_parser *parser)
{
    parser->reply.garbage = true;
    parser->complete = true;
    tidy(parser);
}

static void end_line(struct reply_parser *parser)
{
    const char *head = parser->head;
    char separator = parser->line > 3 ? head[3] : ' ';
    bool good = parser->line >= 3 && head[0] >= '2' && head[0] <= '5' && digit(head[1]) &&
                digit(head[2]) && (separator == ' ' || separator == '-');
    if (!good) {
        end_in_garbage(parser);
        return;
    }
    int code = (head[0] - '0') * 100 + (head[1] - '0') * 10 + head[2] - '0';
    parser->reply.mixed |= parser->reply.code != 0 && parser->reply.code != code;
    parser->reply.code = code;
    read_enhanced(parser);
    parser->line = 0;
    memset(parser->head, 0, sizeof parser->head);
    if (separator == ' ') {
        parser->complete = true;
        tidy(parser);
    } else {
        keep(parser, ' ');
    }
}

/* The CR of a line end is not part of the text: it is removed when the LF arrives. */
static void drop_cr(struct reply_parser *parser)
{
    if (parser->line > 0 && parser->line <= sizeof parser->head - 1 &&
        parser->head[parser->line - 1] == '\r') {
        parser->head[--parser->line] = '\0';
    }
}

static void take_byte(struct reply_parser *parser, char byte)
{
    if (byte == '\n') {
        drop_cr(parser);
        end_line(parser);
        return;
    }
    if (parser->line < sizeof parser->head - 1) {
        parser->head[parser->line] = byte;
    }
    parser->line++;
    if (byte != '\r') {
        keep(parser, byte);
    }
}

size_t reply_feed(struct reply_parser *parser, const char *bytes, size_t len)
{
    size_t used = 0;
    while (used < len && !parser->complete) {
        take_byte(parser, bytes[used++]);
        if (++parser->total >= REPLY_LIMIT && !parser->complete) {
            end_in_garbage(parser);
        }
    }
    return used;
}

void reply_say(struct reply *reply, const char *format, ...)
{
    char text[2 * REPLY_TEXT];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    *reply = (struct reply){0};
    size_t len = utf8_tame(text, strlen(text));
    memcpy(reply->text, text, utf8_cut(text, len, REPLY_TEXT));
}

bool reply_is(const struct reply *reply, int class_digit)
{
    return !reply->garbage && !reply->mixed && reply->code / 100 == class_digit;
}

static void copy_word(const char *at, char *out, size_t size)
{
    size_t len = strcspn(at, " ;,()<>[]\"");
    while (len > 0 && at[len - 1] == '.') {
        len--;
    }
    snprintf(out, size, "%.*s", (int)(len < size ? len : 0), at);
}

void reply_queue_id(const struct reply *reply, char *out, size_t size)
{
    static const char *const marks[] = {"queued as ", "queued mail ", "id="};
    out[0] = '\0';
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        const char *at = strstr(reply->text, marks[i]);
        if (at != NULL) {
            copy_word(at + strlen(marks[i]), out, size);
            return;
        }
    }
    /* sendmail: "250 2.0.0 ID Message accepted for delivery". */
    const char *accepted = strstr(reply->text, " Message accepted for delivery");
    if (accepted != NULL) {
        const char *word = accepted;
        while (word > reply->text && word[-1] != ' ') {
            word--;
        }
        copy_word(word, out, size);
    }
}
