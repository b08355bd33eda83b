/*
 * DKIM signatures (RFC 6376, RFC 8301, RFC 8463) with libcrypto: rsa-sha256 and ed25519-sha256,
 * relaxed/relaxed, the whole body (no l=).
 *
 * A signer owns its parsed keys; it is read-only once open, and any number of threads may sign with
 * it at once. The same message, instant and keys give the same bytes: neither algorithm is
 * randomized. These fields are covered, each time they occur: From, Reply-To, To, Subject, Date,
 * Message-ID, every List-* field, Feedback-ID, MIME-Version, Content-Type,
 * Content-Transfer-Encoding. From, To, Subject, Date, List-Id, List-Unsubscribe and
 * List-Unsubscribe-Post, and each other List-* field of the message, are listed once more than they
 * occur, so that none can be added on the way.
 */
#ifndef MAIL_DKIM_H
#define MAIL_DKIM_H

#include <stdint.h>

#include "base/buf.h"
#include "base/failure.h"

/* As in the settings. A key file that is NULL is not used; at least one must be given.
 * `unsigned_fields`: names of the fields above that are neither covered nor listed, because the
 * relay rewrites them; joined by colons, NULL: none. `algorithms`: which keys sign: "rsa",
 * "ed25519" or both, joined by a colon; NULL: all that are given. */
struct dkim_settings {
    const char *domain;                              /* d=, ASCII */
    const char *selector, *key_file;                 /* an RSA key in PEM */
    const char *ed25519_selector, *ed25519_key_file; /* an Ed25519 key in PEM */
    const char *unsigned_fields, *algorithms;
};

struct dkim_signer;

/* Reads and checks the keys. FAILURE_CONFIG names the file and the remedy: a file that others can
 * read (mode & 077), a passphrase, the wrong kind of key, RSA below 1024 or above 4096 bits, a
 * domain or selector that is not valid in DNS, an unsigned field that must be signed. */
bool dkim_open(const struct dkim_settings *settings, struct dkim_signer **signer,
               struct failure *why) MUST_CHECK;
void dkim_close(struct dkim_signer *signer); /* accepts NULL */

enum dkim_kind { DKIM_RSA, DKIM_ED25519 };

/* The identity of a key: SHA-256 in hex over the public key (DER, SubjectPublicKeyInfo). NULL where
 * that kind is not used or the signer is NULL. Lives as long as the signer. */
const char *dkim_key_id(const struct dkim_signer *signer, enum dkim_kind kind);

/* What the operator should know although signing works: an RSA key has less than 2048 bits. NULL:
 * nothing. Lives as long as the signer. */
const char *dkim_warning(const struct dkim_signer *signer);

/* Appends the DKIM-Signature fields, RSA first, that go in front of `message`: a complete message
 * with CRLF line ends only and at most 200 header fields. `date` is t= of the signatures, the
 * issue's own date, so that a copy that is sent again is identical. FAILURE_DATA if it is no
 * message or has no From; nothing is appended then. */
bool dkim_sign(const struct dkim_signer *signer, const char *message, size_t len, int64_t date,
               struct buf *out, struct failure *why) MUST_CHECK;

/* The same for the message in `message`; inserts the signatures in front of it. */
bool dkim_sign_message(const struct dkim_signer *signer, struct buf *message, int64_t date,
                       struct failure *why) MUST_CHECK;

/* Generates a key: the private key in PEM (PKCS #8), and the content of its TXT record ("v=DKIM1;
 * k=…"). Both are appended. `bits` is for RSA, 1024 to 4096. The randomness is libcrypto's. */
bool dkim_make_key(enum dkim_kind kind, int bits, struct buf *pem, struct buf *record,
                   struct failure *why) MUST_CHECK;

/* Whether a selector or a domain is valid in the name of the record, by the rule of dkim_open();
 * FAILURE_CONFIG names `what`. */
bool dkim_check_name(const char *what, const char *name, struct failure *why) MUST_CHECK;

/* The record as a line of a zone file: `selector._domainkey.domain. IN TXT ( "…" "…" )`, in strings
 * of at most 255 characters (RFC 6376 3.6.2.2). */
void dkim_zone_line(const char *selector, const char *domain, const char *record, struct buf *out);

#endif
