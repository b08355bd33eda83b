/*
 * Header fields (RFC 5322, RFC 2047): the only place where they are written.
 *
 * Folded at white space near 78 columns, never past 998; encoded-words of at most 75 characters
 * that never split a UTF-8 character. A value with a control character, such as CR or LF, is
 * refused with FAILURE_DATA, so nothing that a person typed can add a field. The output is ASCII.
 */
#ifndef MAIL_HEADER_H
#define MAIL_HEADER_H

#include "base/buf.h"
#include "base/failure.h"

/* Unstructured text: Subject. */
bool header_add_text(struct buf *out, const char *name, const char *value,
                     struct failure *why) MUST_CHECK;

/* One mailbox: From, To, Reply-To. `display` may be "". The address has passed address_parse(). A
 * local part that is not ASCII is written as UTF-8 (RFC 6532), which only servers with SMTPUTF8
 * accept. */
bool header_add_mailbox(struct buf *out, const char *name, const char *display, const char *address,
                        struct failure *why) MUST_CHECK;

/* List-Id (RFC 2919): `Name <weekly.example.org>`; `display` may be "". */
bool header_add_list_id(struct buf *out, const char *display, const char *id,
                        struct failure *why) MUST_CHECK;

/* A value that is ASCII and already follows its field's grammar (dates, ids, URIs in angle
 * brackets). Folded only at its spaces. */
bool header_add_plain(struct buf *out, const char *name, const char *value,
                      struct failure *why) MUST_CHECK;

#endif
