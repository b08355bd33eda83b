/*
 * A finished message: header fields and MIME body, reproducible byte for byte.
 *
 * An issue's body is made once, as a residual program; a reader's copy is a header and one run of
 * the program. The output has CRLF line ends only, also at its end, and no line starts with a dot.
 */
#ifndef MAIL_MESSAGE_H
#define MAIL_MESSAGE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/residual.h"

/* multipart/alternative, text first, both parts UTF-8 in quoted-printable; boundaries from
 * `boundary`, in a form that quoted-printable cannot contain. `body` is initialised. A body
 * without HTML (`html` NULL) is the text alone, for a header whose `boundary` is NULL. */
bool message_body(const struct residual *text, const struct residual *html, const char *boundary,
                  struct residual *body, struct failure *why) MUST_CHECK;

/* Derives the boundary of an issue from its id words alone ("issue", message id domain …). At most
 * 70 characters, contains "=_". */
enum { MESSAGE_BOUNDARY = 71 };
void message_boundary(const char *seed, char out[MESSAGE_BOUNDARY]);

/* What the header needs. Texts are UTF-8, addresses normal forms. NULL leaves a field out. */
struct message_header {
    const char *from_name, *from_address;
    const char *to_name, *to_address;
    const char *reply_to;
    const char *subject;
    const char *message_id; /* without angle brackets */
    int64_t date;
    const char *list_name, *list_id;
    const char *list_unsubscribe_url;    /* one-click; https:// adds List-Unsubscribe-Post */
    const char *list_unsubscribe_mailto; /* address */
    const char *list_archive_url;        /* the archive's page (RFC 2369 3.6) */
    const char *archived_at_url;         /* this very message's page there (RFC 5064) */
    const char *feedback_id;
    const char *content_language; /* a tag of BCP 47 (RFC 3282) */
    bool bulk;                    /* Precedence: bulk */
    bool auto_generated;          /* Auto-Submitted: auto-generated */
    const char *boundary;         /* NULL: the body is text alone */
};

/* Appends the whole message: header, blank line, and the output of the body program for this
 * reader. FAILURE_DATA, naming the field, for a value that a header cannot contain (control
 * characters, invalid UTF-8), and where the limit of `out` is reached; nothing is appended then.
 * Allocates nothing except in `out`; the order of the fields is fixed. */
bool message_write(const struct message_header *header, const struct residual *body,
                   const struct reader_values *reader, struct buf *out,
                   struct failure *why) MUST_CHECK;

#endif
