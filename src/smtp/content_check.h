/*
 * The last check before a message is sent: refuses what would break the SMTP dialogue, whoever
 * wrote it.
 *
 * An address with CR or LF would become a command, a bare LF in the text is SMTP smuggling, a line
 * that starts with a dot would end the message. Earlier steps refuse all of these too.
 */
#ifndef SMTP_CONTENT_CHECK_H
#define SMTP_CONTENT_CHECK_H

#include "smtp/message.h"
#include "smtp/relay.h"

enum content_check_answer {
    CONTENT_CHECK_OPEN,
    CONTENT_CHECK_RECIPIENT, /* this relay cannot take mail to this address: it is refused */
    CONTENT_CHECK_SENDER,    /* the relay cannot take the message's size, or our own address */
};

/* RFC 5321 4.5.3.1: 64 octets, '@', 255 octets. */
enum { CONTENT_CHECK_ADDRESS_MAX = 320 };

/* No byte below 0x21, no 0x7F, '<' or '>'; not empty, not too long. */
bool content_check_address(const char *address);

/* Whether the address needs SMTPUTF8. */
bool content_check_address_needs_utf8(const char *address);

/* Whether the message needs SMTPUTF8 (RFC 6531): an address of the envelope is not ASCII, or a
 * header field is not (RFC 6532), such as From if mail.from has a non-ASCII local part. */
bool content_check_needs_utf8(const char *address, const struct smtp_message *message);

/* The position of the first byte that breaks the rules for a message: a bare CR, a bare LF, NUL, a
 * line that starts with a dot; `len` if only the CRLF at the end is missing; -1 if it is sound. */
long content_check_text(const char *bytes, size_t len);

/* `offer` is NULL for a local backend. `*reason` explains any answer but OPEN. False if the message
 * itself is broken: that is our bug, and nothing may be sent. */
bool content_check_message(const char *address, const struct smtp_message *message,
                           const struct relay_offer *offer, enum content_check_answer *answer,
                           const char **reason, struct failure *why) MUST_CHECK;

#endif
