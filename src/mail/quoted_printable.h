/*
 * Quoted-printable (RFC 2045, 6.7) in fragments.
 *
 * A fragment starts at column 0 and ends either with a line end of the text or with a soft break,
 * so that encoded literals and encoded values of holes can be put side by side in any order. Lines
 * have at most 76 characters; bytes are pure CRLF; a dot at the start of a line is written =2E, so
 * that SMTP's dot stuffing never has anything to do; "From " at the start of a line is written
 * =46rom.
 */
#ifndef MAIL_QUOTED_PRINTABLE_H
#define MAIL_QUOTED_PRINTABLE_H

#include "base/buf.h"
#include "base/residual.h"

/* Appends the encoded fragment. LF, CRLF and a lone CR in the text are line ends. */
void quoted_printable_add(struct buf *out, const char *text, size_t len);

/* The program with its literals encoded; run its holes with quoted_printable_add. */
void quoted_printable_residual(const struct residual *in, struct residual *out);

#endif
