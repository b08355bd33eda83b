/*
 * A parsed message: its header fields, and its parts as UTF-8 text. Made by the parser in the
 * sandbox (parse.h) and read by the classifier, which never sees the raw bytes of a message.
 */
#ifndef BOUNCE_SPLIT_H
#define BOUNCE_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct split_field {
    const char *name;  /* lowercase */
    const char *value; /* unfolded, without leading and trailing white space */
};

struct split_fields {
    struct split_field *list;
    size_t count;
};

enum split_kind {
    SPLIT_TEXT,        /* something that people read; HTML is converted to text */
    SPLIT_STATUS,      /* message/delivery-status */
    SPLIT_FEEDBACK,    /* message/feedback-report */
    SPLIT_DISPOSITION, /* message/disposition-notification */
    SPLIT_RETURNED,    /* the returned message or its header; has `fields` but no text */
    SPLIT_OTHER,       /* anything else; no text */
};

/* UTF-8, LF line ends, no NUL. */
struct split_part {
    enum split_kind kind;
    int depth; /* 0: of the report itself; higher: inside returned messages */
    bool html;
    const char *type; /* "text/plain", lowercase */
    const char *name; /* file name; "" if none */
    const char *text;
    size_t len;
    struct split_fields fields;
};

enum { SPLIT_PARTS = 64, SPLIT_FIELDS = 400 };

struct split {
    struct split_fields fields;
    const char *type;        /* "multipart/report", lowercase */
    const char *report_type; /* "delivery-status", lowercase; "" none */
    struct split_part parts[SPLIT_PARTS];
    size_t count;
};

/* Reads header fields from the start of `text` up to an empty line or a line that is not a field;
 * `*used` (may be NULL) is the length read. Encoded-words are not decoded. */
void split_read_fields(struct arena *arena, const char *text, size_t len,
                       struct split_fields *fields, size_t *used);

/* The value of the first field with that lowercase name; NULL if there is none. */
const char *split_find(const struct split_fields *fields, const char *name);

#endif
