/*
 * A parsed message: its header fields, and its parts as UTF-8 text. Made by the parser in the
 * sandbox (parse.h) and read by the classifier, which never sees a raw byte of a message.
 */
#ifndef BOUNCE_SPLIT_H
#define BOUNCE_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct split_field {
    const char *name;  /* lowercase */
    const char *value; /* unfolded, white space at the ends taken away */
};

struct split_fields {
    struct split_field *list;
    size_t count;
};

enum split_kind {
    SPLIT_TEXT,        /* something that people read; HTML has become text */
    SPLIT_STATUS,      /* message/delivery-status */
    SPLIT_FEEDBACK,    /* message/feedback-report */
    SPLIT_DISPOSITION, /* message/disposition-notification */
    SPLIT_RETURNED,    /* the returned message or its header; `fields` are read, no text */
    SPLIT_OTHER,       /* anything else; no text */
};

/* UTF-8, LF line ends, no NUL. */
struct split_part {
    enum split_kind kind;
    int depth; /* 0: of the report itself; more: within returned messages */
    bool html;
    const char *type; /* "text/plain", lowercase */
    const char *name; /* of the file, "" none */
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

/* Reads header fields from the start of `text` up to an empty line or a line that is no field;
 * `*used` (may be NULL) gets the length read. Encoded-words are not decoded. */
void split_read_fields(struct arena *arena, const char *text, size_t len,
                       struct split_fields *fields, size_t *used);

/* The value of the first field of that lowercase name; NULL: there is none. */
const char *split_find(const struct split_fields *fields, const char *name);

#endif
