/*
 * The program's only definition of a valid address: practical RFC 5321 as amended by RFC 6531.
 *
 * Accepted: dot-atom local part, 1 to 64 octets, UTF-8 allowed (NFC); a domain of at least two
 * labels, each 1 to 63 octets of letters, digits and hyphens after conversion to A-labels (libidn2:
 * non-transitional, NFC, STD3), 253 octets in all; 254 octets in all. The last label must not be
 * all digits. Refused: quoted local parts, domain literals, comments, display names, source routes,
 * white space and other invisible characters, every byte below 0x21, 0x7F, '<' and '>' (a CR or LF
 * in an address would become an SMTP command).
 *
 * The normal form keeps the local part as typed and has the domain in lowercase A-labels. The key,
 * by which two addresses are the same, has the local part's case folded, too.
 */
#ifndef MAIL_ADDRESS_H
#define MAIL_ADDRESS_H

#include <stddef.h>

#include "base/failure.h"

enum { ADDRESS_MAX = 254 };

struct address {
    char normal[ADDRESS_MAX + 1];  /* what is used in SMTP and header fields */
    char key[2 * ADDRESS_MAX + 1]; /* the same for all spellings; case folding may lengthen it */
    size_t at;                     /* offset of '@' in `normal` */
    bool ascii;                    /* false: only servers that offer SMTPUTF8 accept it */
};

/* White space around `text` is not part of the address and is an error like any other byte:
 * callers that read forms trim first. The failure says what is wrong in words for the person who
 * typed it ("the part after @ has no dot"). */
bool address_parse(const char *text, struct address *address, struct failure *why) MUST_CHECK;

/* Extracts the address from what a person pasted: without white space of any script and invisible
 * characters around it, "mailto:", angle brackets, and a name in front of them, which goes to
 * `name` ("" if none; may be NULL). `out` receives text for address_parse(), which decides whether
 * it is valid; text without such a form is copied as it is, cut at ADDRESS_INPUT bytes. */
enum { ADDRESS_INPUT = 1025 };
void address_unwrap(const char *text, char out[ADDRESS_INPUT + 1], char name[256]);

/* Whether mail can reach the domain at all: names such as "example.local", which exist only within
 * a network (RFC 6761, RFC 7686), are refused in words for the person who typed them. */
bool address_check_reach(const struct address *address, struct failure *why) MUST_CHECK;

/* The same rule for a domain alone (a Message-ID's domain, a list's id). */
bool address_domain(const char *text, char out[ADDRESS_MAX + 1], struct failure *why) MUST_CHECK;

/* "Name <a@b>" or "a@b", as in the setting mail.from. `name` gets the display name, "" if none
 * (at most 255 bytes, UTF-8, no control characters). */
bool address_parse_mailbox(const char *text, char name[256], struct address *address,
                           struct failure *why) MUST_CHECK;

#endif
