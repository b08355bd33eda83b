/*
 * Parses the replies of an SMTP server (RFC 5321 4.2) incrementally.
 *
 * A reply is one or more lines, each a code, then '-' (more lines follow), ' ' or nothing (the last
 * line). Lines end in LF; a CR before it is dropped. The first 512 bytes of the text are kept,
 * however long it is. Bytes that are not a reply become one that is marked `garbage`, with these
 * bytes as its text; the connection cannot be trusted any further.
 */
#ifndef SMTP_REPLY_H
#define SMTP_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/failure.h"

enum {
    REPLY_TEXT = 512,          /* bytes of text that are kept */
    REPLY_ENHANCED = 12,       /* "5.123.123" and its terminator fit */
    REPLY_LIMIT = 1024 * 1024, /* a reply longer than this is garbage */
};

/* The progress of a message, in the order of the protocol. */
enum stage {
    STAGE_RSET, /* before the envelope: resets the previous transaction */
    STAGE_MAIL,
    STAGE_RCPT,
    STAGE_DATA,
    STAGE_CONTENT, /* 354 has arrived, the text is being sent; no reply is due */
    STAGE_DOT,     /* the last bytes of the final dot were passed to the socket */
    STAGE_QUIT,
};
const char *stage_name(enum stage stage); /* "MAIL", …, "the final dot" */

struct reply {
    int code;                      /* 200 to 599; 0 if garbage from the first line on */
    char enhanced[REPLY_ENHANCED]; /* RFC 3463, from the last line that has one; "" if none */
    char text[REPLY_TEXT + 1];     /* the lines with their codes, joined by spaces; valid UTF-8
                                      without control characters */
    bool mixed;                    /* the lines have different codes */
    bool garbage;
};

struct reply_parser {
    struct reply reply;
    size_t total;    /* bytes of this reply so far */
    size_t line;     /* bytes of this line so far, the line end left out */
    size_t text_len; /* of reply.text */
    char head[16];   /* the first bytes of this line: code, separator, enhanced code */
    bool complete;
};

/* Before the first reply, and after each complete one. */
void reply_start(struct reply_parser *parser);

/* Reads bytes until a reply is complete and returns how many were used. `parser->complete` says
 * whether it is; then `parser->reply` is valid until reply_start(). */
size_t reply_feed(struct reply_parser *parser, const char *bytes, size_t len);

/* Makes a reply that no server sent, with our own text and no code, cut at a whole character. */
void reply_say(struct reply *reply, const char *format, ...) FORMAT(2, 3);

/* Whether the code's first digit is `class_digit`, in a reply that can be trusted. */
bool reply_is(const struct reply *reply, int class_digit);

/* The id under which the server queued the message, in the forms that common servers use ("queued
 * as ID", "id=ID", "ID Message accepted for delivery"); "" if none is recognised. */
void reply_queue_id(const struct reply *reply, char *out, size_t size);

#endif
