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

/* As in the settings; a key file that is NULL is not used, one of the two must be there.
 * `unsigned_fields`: names of the fields above that are neither covered nor named, since the relay
 * writes them anew, joined by colons; NULL: none. `algorithms`: which keys sign, "rsa", "ed25519"
 * or both, joined so; NULL: all that are there. */
struct dkim_settings {
    const char *domain;                              /* d=, ASCII */
    const char *selector, *key_file;                 /* an RSA key in PEM */
    const char *ed25519_selector, *ed25519_key_file; /* an Ed25519 key in PEM */
    const char *unsigned_fields, *algorithms;
};

struct dkim_signer;

/* Reads and checks the keys. FAILURE_CONFIG names the file and what mends it: one that others can
 * read (mode & 077), one with a passphrase, the wrong kind of key, RSA below 1024 or above 4096
 * bits, a domain or selector that cannot stand in DNS, a field to be left out that must be signed.
 */
bool dkim_open(const struct dkim_settings *settings, struct dkim_signer **signer,
               struct failure *why) MUST_CHECK;
void dkim_close(struct dkim_signer *signer); /* accepts NULL */

enum dkim_kind { DKIM_RSA, DKIM_ED25519 };

/* Which key it is: SHA-256 in hex over the public one (DER, SubjectPublicKeyInfo). NULL where that
 * kind is not used, or the signer is NULL. Lives as long as the signer. */
const char *dkim_key_id(const struct dkim_signer *signer, enum dkim_kind kind);

/* What the operator should hear although signing works: an RSA key below 2048 bits. NULL: nothing.
 * Lives as long as the signer. */
const char *dkim_warning(const struct dkim_signer *signer);

/* Appends the DKIM-Signature fields, RSA first, that go in front of `message`: a whole message in
 * pure CRLF with at most 200 header fields. `date` is the t= of the signatures, the issue's own, so
 * that a copy sent again is the same to the byte. FAILURE_DATA for what is no message or has no
 * From; then nothing is appended. */
bool dkim_sign(const struct dkim_signer *signer, const char *message, size_t len, int64_t date,
               struct buf *out, struct failure *why) MUST_CHECK;

/* The same for the message in `message`, whose signatures are put in front of it there. */
bool dkim_sign_message(const struct dkim_signer *signer, struct buf *message, int64_t date,
                       struct failure *why) MUST_CHECK;

/* A fresh key: the private key in PEM (PKCS #8), and what its TXT record says ("v=DKIM1; k=…").
 * Both are appended. `bits` is of RSA, 1024 to 4096. The key's chance is libcrypto's own. */
bool dkim_make_key(enum dkim_kind kind, int bits, struct buf *pem, struct buf *record,
                   struct failure *why) MUST_CHECK;

/* Whether a selector or a domain can stand in the record's name, as dkim_open() wants them;
 * FAILURE_CONFIG names `what`. */
bool dkim_check_name(const char *what, const char *name, struct failure *why) MUST_CHECK;

/* The record as a line of a zone file: `selector._domainkey.domain. IN TXT ( "…" "…" )`, in strings
 * of at most 255 characters (RFC 6376 3.6.2.2). */
void dkim_zone_line(const char *selector, const char *domain, const char *record, struct buf *out);

#endif
