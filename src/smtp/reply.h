/*
 * Replies of an SMTP server (RFC 5321 4.2), read a piece at a time.
 *
 * A reply is one or more lines, each a code, then '-' (more follow), ' ' or nothing (the last).
 * Lines end in LF, a CR before it is dropped. The code decides; of the text the first 512 bytes
 * are kept, whatever the server says beyond them. What is no reply is one too: `garbage`, with
 * the bytes that were seen as its text; the connection cannot be trusted any further.
 */
#ifndef SMTP_REPLY_H
#define SMTP_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/failure.h"

enum {
    REPLY_TEXT = 512,          /* bytes of text that are kept */
    REPLY_ENHANCED = 12,       /* "5.123.123" and its terminator fit */
    REPLY_LIMIT = 1024 * 1024, /* a reply without an end is garbage from here on */
};

/* How far a message has got. The order is that of the wire. */
enum stage {
    STAGE_RSET, /* before the envelope: the transaction before is cleared away */
    STAGE_MAIL,
    STAGE_RCPT,
    STAGE_DATA,
    STAGE_CONTENT, /* 354 is there, the text flows; no reply is due */
    STAGE_DOT,     /* the last bytes of the final dot were handed to the socket */
    STAGE_QUIT,
};
const char *stage_name(enum stage stage); /* "MAIL", …, "the final dot" */

struct reply {
    int code;                      /* 200 to 599; 0 if garbage from the first line on */
    char enhanced[REPLY_ENHANCED]; /* RFC 3463, of the last line that has one; "" none */
    char text[REPLY_TEXT + 1];     /* the lines with their codes, joined by spaces; valid UTF-8
                                      without control characters */
    bool mixed;                    /* the lines carry different codes */
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

/* Reads bytes until a reply is complete; returns how many were used. `parser->complete` tells;
 * then `parser->reply` is good until reply_start(). */
size_t reply_feed(struct reply_parser *parser, const char *bytes, size_t len);

/* A reply that no server gave, in our own words: the text alone, cut at a whole character. */
void reply_say(struct reply *reply, const char *format, ...) FORMAT(2, 3);

/* True for 2xx, 3xx, 4xx, 5xx of a reply that can be trusted. */
bool reply_is(const struct reply *reply, int class_digit);

/* The id under which the server queued the message, as common servers write it ("queued as ID",
 * "id=ID", "ID Message accepted for delivery"); "" if none is seen. */
void reply_queue_id(const struct reply *reply, char *out, size_t size);

#endif
