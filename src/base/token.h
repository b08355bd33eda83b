/*
 * Tokens in links and envelope addresses that say "this person, for this purpose".
 *
 * A token is 40 characters of lowercase base32 (RFC 4648 alphabet, no padding; read without regard
 * to case, because mail systems change it): 10 octets of key number, person and detail, and 15
 * octets of HMAC-SHA-256 over the purpose and these octets. Every bit counts: except for case, each
 * token has one spelling. Nothing is stored for a token, so unsubscribe links work forever.
 *
 * The secret file (0600) has one key a line: "NUMBER HEX64". The last one signs, all verify: to
 * rotate keys, add a line. The line "suppression HEX64" is the key that hashes suppressed
 * addresses; it never changes. Lines that start with '#' are comments.
 */
#ifndef BASE_TOKEN_H
#define BASE_TOKEN_H

#include <stdint.h>

#include "base/buf.h"
#include "base/failure.h"
#include "base/hash.h"

enum { TOKEN_LEN = 40, TOKEN_TEXT = TOKEN_LEN + 1, TOKEN_KEYS_MAX = 200 };

/* The purpose is part of what is signed: never reuse a number. */
enum token_purpose {
    TOKEN_LEAVE = 1,       /* unsubscribe link and List-Unsubscribe mailto; detail: issue id or 0 */
    TOKEN_PREFERENCES = 2, /* detail: 0 */
    TOKEN_CONFIRM = 3,     /* detail: hour (Unix time / 3600) after which it has expired */
    TOKEN_BOUNCE = 4,      /* VERP of issues; detail: issue id */
    TOKEN_BOUNCE_MAIL = 5, /* VERP of other mails; detail: outgoing id */
    TOKEN_CHANGE = 6,      /* confirmation of a new address; detail: outgoing id */
    TOKEN_FORM = 7,        /* a form that was handed out; person: Unix time, detail: chance */
    TOKEN_OWN = 8,         /* actions that a forwarded copy must not allow; detail: outgoing id */
};

struct token_keys {
    struct {
        uint8_t number;
        unsigned char key[HASH_SIZE];
    } keys[TOKEN_KEYS_MAX];
    size_t count;
    unsigned char suppression[HASH_SIZE];
};

/* Text of a new secret file with one fresh key. */
void token_keys_make(struct buf *text);
/* Reads such a file; a failure names the file and the line. A file that others can read (mode &
 * 077) is refused with FAILURE_CONFIG, and the message says which chmod mends it. */
bool token_keys_read(const char *path, struct token_keys *keys, struct failure *why) MUST_CHECK;

/* `person` is a subscriber id below 2^40, `detail` below 2^32. */
void token_make(const struct token_keys *keys, enum token_purpose purpose, int64_t person,
                int64_t detail, char out[TOKEN_TEXT]);

/* True if the token is one of ours for that purpose; then `person` and `detail` (may be NULL) are
 * filled. Constant time in the MAC. Expiry is the caller's matter. */
bool token_verify(const struct token_keys *keys, enum token_purpose purpose, const char *text,
                  size_t len, int64_t *person, int64_t *detail);

/* The keyed hash, in hex, by which a suppressed address is recognised after its row is deleted. */
void token_suppression_hash(const struct token_keys *keys, const char *address_key,
                            char out[HASH_HEX]);

#endif
