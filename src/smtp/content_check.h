/*
 * The content check before the wire: what may not leave, whoever wrote it.
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
    CONTENT_CHECK_RECIPIENT, /* this address cannot be mailed over this relay: refused */
    CONTENT_CHECK_SENDER, /* the message is too big for the relay, or our own address is nothing for
                    it: ours to mend */
};

/* RFC 5321 4.5.3.1: 64 octets, '@', 255 octets. */
enum { CONTENT_CHECK_ADDRESS_MAX = 320 };

/* No byte below 0x21, no 0x7F, '<' or '>'; not empty, not too long. */
bool content_check_address(const char *address);

/* Whether the address can go with SMTPUTF8 alone. */
bool content_check_address_needs_utf8(const char *address);

/* Whether the message can go with SMTPUTF8 alone (RFC 6531): an address of the envelope is not
 * ASCII, or a header field is (RFC 6532), as From is where mail.from has a local part that is not.
 */
bool content_check_needs_utf8(const char *address, const struct smtp_message *message);

/* The first byte at which `bytes` is not a message: bare CR, bare LF, NUL, a line that starts with
 * a dot, or `len` if only the CRLF at the end is missing; -1 if all is well. */
long content_check_text(const char *bytes, size_t len);

/* `offer` NULL: a local backend. `*reason` has a sentence where the answer is not OPEN. False
 * where the message itself is broken: our bug, nothing may be sent. */
bool content_check_message(const char *address, const struct smtp_message *message,
                           const struct relay_offer *offer, enum content_check_answer *answer,
                           const char **reason, struct failure *why) MUST_CHECK;

#endif
