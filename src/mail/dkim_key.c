#include "mail/dkim_key.h"

#include <assert.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/arena.h"
#include "base/secret.h"
#include "mail/dkim.h"

enum {
    KEY_FILE_MAX = 64 * 1024,
    ED25519_SIZE = 32,
    DNS_STRING_MAX = 255, /* a character-string of a TXT record */
};

bool dkim_key_fail(struct failure *why, const char *what)
{
    unsigned long code = ERR_get_error();
    const char *reason = ERR_reason_error_string(code);
    ERR_clear_error();
    return fail(why, FAILURE_INTERNAL, "libcrypto could not %s: %s", what,
                reason != NULL ? reason : "no reason given");
}

/* Otherwise libcrypto would ask for a passphrase on the terminal. */
static int no_passphrase(char *text, int size, int writing, void *asked)
{
    (void)text;
    (void)size;
    (void)writing;
    *(bool *)asked = true;
    return -1;
}

static EVP_PKEY *parse_pem(const char *pem, size_t len, bool *asked)
{
    BIO *bio = BIO_new_mem_buf(pem, (int)len);
    if (bio == NULL) {
        memory_exhausted();
    }
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, asked);
    BIO_free(bio);
    ERR_clear_error();
    return key;
}

bool dkim_key_read(const char *path, EVP_PKEY **key, struct failure *why)
{
    struct buf pem;
    bool asked = false;
    bool done = false;
    buf_init(&pem, KEY_FILE_MAX);
    if (!secret_read(path, KEY_FILE_MAX, &pem, why)) {
        why->kind = FAILURE_CONFIG;
        (void)fail_context(why, "the DKIM key");
        goto done;
    }
    *key = parse_pem(pem.data, pem.len, &asked);
    if (*key == NULL) {
        (void)fail(why, FAILURE_CONFIG, "the DKIM key %s %s", path,
                   asked ? "has a passphrase: nobody is there to type it; take it off with "
                           "`openssl pkey`"
                         : "is no private key in PEM form");
        goto done;
    }
    done = true;
done:
    secret_wipe(&pem);
    return done;
}

static bool write_pem(EVP_PKEY *key, struct buf *pem)
{
    BIO *bio = BIO_new(BIO_s_secmem());
    char *bytes = NULL;
    bool done = bio != NULL && PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1;
    if (done) {
        long len = BIO_get_mem_data(bio, &bytes);
        buf_add(pem, bytes, (size_t)len);
    }
    BIO_free(bio);
    return done;
}

/* p= in the record: SubjectPublicKeyInfo for RSA (RFC 6376 3.6.1), the bare key for Ed25519 (RFC
 * 8463 4.2). */
static bool write_record(EVP_PKEY *key, enum dkim_kind kind, struct buf *record)
{
    unsigned char raw[ED25519_SIZE];
    unsigned char *bytes = NULL;
    size_t len = sizeof raw;
    bool done = false;
    if (kind == DKIM_RSA) {
        int der = i2d_PUBKEY(key, &bytes);
        done = der > 0;
        len = done ? (size_t)der : 0;
    } else {
        done = EVP_PKEY_get_raw_public_key(key, raw, &len) == 1;
    }
    if (done) {
        unsigned char text[1024];
        assert((len + 2) / 3 * 4 < sizeof text);
        EVP_EncodeBlock(text, bytes != NULL ? bytes : raw, (int)len);
        buf_addf(record, "v=DKIM1; k=%s; p=%s", kind == DKIM_RSA ? "rsa" : "ed25519",
                 (const char *)text);
    }
    OPENSSL_free(bytes);
    return done;
}

bool dkim_make_key(enum dkim_kind kind, int bits, struct buf *pem, struct buf *record,
                   struct failure *why)
{
    if (kind == DKIM_RSA && (bits < DKIM_RSA_BITS_MIN || bits > DKIM_RSA_BITS_MAX)) {
        return fail(why, FAILURE_USAGE, "an RSA key for DKIM has %d to %d bits, not %d",
                    DKIM_RSA_BITS_MIN, DKIM_RSA_BITS_MAX, bits);
    }
    EVP_PKEY *key =
        kind == DKIM_RSA ? EVP_RSA_gen((unsigned)bits) : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    bool done = key != NULL && write_pem(key, pem) && write_record(key, kind, record);
    EVP_PKEY_free(key);
    return done || dkim_key_fail(why, "make a key");
}

void dkim_zone_line(const char *selector, const char *domain, const char *record, struct buf *out)
{
    buf_addf(out, "%s._domainkey.%s. IN TXT (", selector, domain);
    size_t len = strlen(record);
    for (size_t at = 0; at < len; at += DNS_STRING_MAX) {
        size_t part = len - at < DNS_STRING_MAX ? len - at : DNS_STRING_MAX;
        buf_add_text(out, " \"");
        buf_add(out, record + at, part);
        buf_add_text(out, "\"");
    }
    buf_add_text(out, " )\n");
}
