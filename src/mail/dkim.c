#include "mail/dkim.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/arena.h"
#include "mail/dkim_canon.h"
#include "mail/dkim_key.h"

enum {
    RSA_BITS_GOOD = 2048,
    DNS_NAME_MAX = 253,
    SHA256_SIZE = 32,
    SIGNATURE_MAX = DKIM_RSA_BITS_MAX / 8,
    LINE_WANTED = 78,
};

/* The field names in h=, in this order; other List-* fields follow the last of these. */
static const struct covered {
    const char *name;
    bool oversigned; /* listed once more than it occurs (RFC 6376 8.15) */
    bool may_be_left_out;
} covered[] = {
    {"From", true, false},
    {"Reply-To", false, true},
    {"To", true, true},
    {"Subject", true, false},
    {"Date", true, true},
    {"Message-ID", false, true},
    {"Feedback-ID", false, true},
    {"MIME-Version", false, true},
    {"Content-Type", false, false},
    {"Content-Transfer-Encoding", false, false},
    {"List-Id", true, true},
    {"List-Unsubscribe", true, false},
    {"List-Unsubscribe-Post", true, false},
};

enum { COVERED = sizeof covered / sizeof covered[0] };

struct dkim_key {
    EVP_PKEY *key; /* NULL: not used */
    char selector[DNS_NAME_MAX + 1];
    char id[2 * SHA256_SIZE + 1];
};

struct dkim_signer {
    char domain[DNS_NAME_MAX + 1];
    struct dkim_key keys[2]; /* by enum dkim_kind */
    EVP_MD *sha256; /* fetched once: looking it up by name costs more than a short digest */
    bool left_out[COVERED];
    char warning[512];
};

/* --- opening --- */

bool dkim_check_name(const char *what, const char *name, struct failure *why)
{
    size_t len = name != NULL ? strlen(name) : 0;
    if (len == 0) {
        return fail(why, FAILURE_CONFIG, "%s is not set: DKIM needs it", what);
    }
    size_t good = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");
    if (good < len || len > DNS_NAME_MAX || name[0] == '.' || name[len - 1] == '.' ||
        strstr(name, "..") != NULL) {
        return fail(why, FAILURE_CONFIG, "%s \"%s\" cannot stand in a DNS name", what, name);
    }
    return true;
}

static bool copy_dns_name(const char *setting, const char *value, char out[DNS_NAME_MAX + 1],
                          struct failure *why)
{
    if (!dkim_check_name(setting, value, why)) {
        return false;
    }
    memcpy(out, value, strlen(value) + 1);
    return true;
}

static bool check_rsa(struct dkim_signer *signer, const char *path, int bits, struct failure *why)
{
    if (bits < DKIM_RSA_BITS_MIN) {
        return fail(why, FAILURE_CONFIG,
                    "the DKIM key %s has %d bits: receivers ignore less than %d; make a new one "
                    "with `verdicts dkim-key`",
                    path, bits, DKIM_RSA_BITS_MIN);
    }
    if (bits > DKIM_RSA_BITS_MAX) {
        return fail(why, FAILURE_CONFIG,
                    "the DKIM key %s has %d bits: receivers need not accept more than %d", path,
                    bits, DKIM_RSA_BITS_MAX);
    }
    if (bits < RSA_BITS_GOOD) {
        snprintf(signer->warning, sizeof signer->warning,
                 "the DKIM key %.200s has %d bits: %d are what receivers expect", path, bits,
                 RSA_BITS_GOOD);
    }
    return true;
}

static bool identify_key(struct dkim_key *key, const EVP_MD *sha256, struct failure *why)
{
    unsigned char *der = NULL, digest[SHA256_SIZE];
    int len = i2d_PUBKEY(key->key, &der);
    bool good = len > 0 && EVP_Digest(der, (size_t)len, digest, NULL, sha256, NULL) == 1;
    OPENSSL_free(der);
    if (!good) {
        return dkim_key_fail(why, "read the public key");
    }
    for (size_t i = 0; i < SHA256_SIZE; i++) {
        snprintf(key->id + 2 * i, 3, "%02x", digest[i]);
    }
    return true;
}

static bool open_key(struct dkim_signer *signer, enum dkim_kind kind, const char *selector,
                     const char *path, struct failure *why)
{
    static const struct {
        const char *setting;
        const char *name;
        int type;
    } kinds[] = {
        [DKIM_RSA] = {"dkim.selector", "RSA", EVP_PKEY_RSA},
        [DKIM_ED25519] = {"dkim.ed25519_selector", "Ed25519", EVP_PKEY_ED25519},
    };
    struct dkim_key *key = &signer->keys[kind];
    if (path == NULL) {
        return true;
    }
    if (!copy_dns_name(kinds[kind].setting, selector, key->selector, why) ||
        !dkim_key_read(path, &key->key, why)) {
        return false;
    }
    if (EVP_PKEY_get_base_id(key->key) != kinds[kind].type) {
        return fail(why, FAILURE_CONFIG, "%s is no key of the kind %s", path, kinds[kind].name);
    }
    if (!identify_key(key, signer->sha256, why)) {
        return false;
    }
    return kind != DKIM_RSA || check_rsa(signer, path, EVP_PKEY_get_bits(key->key), why);
}

static bool uses(const struct dkim_settings *settings, const char *algorithm)
{
    return settings->algorithms == NULL || strstr(settings->algorithms, algorithm) != NULL;
}

static bool leave_out(struct dkim_signer *signer, const char *names, struct failure *why)
{
    for (const char *name = names; name != NULL && *name != '\0';) {
        size_t i = 0;
        const struct dkim_field field = {.text = name, .name_len = strcspn(name, ":")};
        while (i < COVERED && !dkim_field_named(&field, covered[i].name)) {
            i++;
        }
        if (i == COVERED || !covered[i].may_be_left_out) {
            return fail(why, FAILURE_CONFIG, "dkim.unsigned: %.80s cannot be left out", name);
        }
        signer->left_out[i] = true;
        name += field.name_len + (name[field.name_len] == ':');
    }
    return true;
}

bool dkim_open(const struct dkim_settings *settings, struct dkim_signer **signer,
               struct failure *why)
{
    *signer = NULL;
    const char *rsa = uses(settings, "rsa") ? settings->key_file : NULL;
    const char *ed25519 = uses(settings, "ed25519") ? settings->ed25519_key_file : NULL;
    if (rsa == NULL && ed25519 == NULL) {
        return fail(why, FAILURE_CONFIG, "dkim.key_file is not set: DKIM needs a key");
    }
    struct dkim_signer *made = memory_resize(NULL, sizeof *made);
    *made = (struct dkim_signer){.sha256 = EVP_MD_fetch(NULL, "SHA256", NULL)};
    bool good = made->sha256 != NULL || dkim_key_fail(why, "find SHA-256");
    good = good && copy_dns_name("dkim.domain", settings->domain, made->domain, why) &&
           leave_out(made, settings->unsigned_fields, why) &&
           open_key(made, DKIM_RSA, settings->selector, rsa, why) &&
           open_key(made, DKIM_ED25519, settings->ed25519_selector, ed25519, why);
    if (!good) {
        dkim_close(made);
        return false;
    }
    *signer = made;
    return true;
}

void dkim_close(struct dkim_signer *signer)
{
    if (signer != NULL) {
        EVP_PKEY_free(signer->keys[DKIM_RSA].key);
        EVP_PKEY_free(signer->keys[DKIM_ED25519].key);
        EVP_MD_free(signer->sha256);
        free(signer);
    }
}

const char *dkim_key_id(const struct dkim_signer *signer, enum dkim_kind kind)
{
    return signer != NULL && signer->keys[kind].key != NULL ? signer->keys[kind].id : NULL;
}

const char *dkim_warning(const struct dkim_signer *signer)
{
    return signer->warning[0] != '\0' ? signer->warning : NULL;
}

/* --- signing --- */

/* The state of signing one message; the input of both signatures is prepared once. */
struct dkim_signing {
    const struct dkim_signer *signer;
    struct dkim_field fields[DKIM_FIELDS_MAX];
    size_t count;
    struct buf names;                        /* of h=, joined by colons and ended by a semicolon */
    struct buf canon;                        /* the covered fields in their canonical form */
    struct buf done;                         /* the signatures so far */
    char body_hash[SHA256_SIZE / 3 * 4 + 8]; /* base64 */
    int64_t date;
};

static bool is_covered(const struct dkim_field *field)
{
    for (size_t i = 0; i < COVERED; i++) {
        if (dkim_field_named(field, covered[i].name)) {
            return true;
        }
    }
    return false;
}

static void add_name(struct dkim_signing *signing, const char *name)
{
    if (signing->names.len > 0) {
        buf_add_char(&signing->names, ':');
    }
    buf_add_text(&signing->names, name);
}

/* Covers every field with that name, the last one first (RFC 6376 5.4.2). */
static void cover(struct dkim_signing *signing, const char *name, bool oversigned)
{
    for (size_t i = signing->count; i > 0; i--) {
        if (dkim_field_named(&signing->fields[i - 1], name)) {
            add_name(signing, name);
            dkim_canon_field(&signing->fields[i - 1], &signing->canon);
        }
    }
    if (oversigned) {
        add_name(signing, name);
    }
}

/* Covers the List-* fields that are not in the table; all with the same name at once. */
static void cover_other_list(struct dkim_signing *signing, size_t index)
{
    const struct dkim_field *field = &signing->fields[index];
    char name[80];
    if (field->name_len < 5 || field->name_len >= sizeof name ||
        strncasecmp(field->text, "List-", 5) != 0 || is_covered(field)) {
        return;
    }
    memcpy(name, field->text, field->name_len);
    name[field->name_len] = '\0';
    for (size_t i = index + 1; i < signing->count; i++) {
        if (dkim_field_named(&signing->fields[i], name)) {
            return;
        }
    }
    cover(signing, name, true);
}

static void cover_all(struct dkim_signing *signing)
{
    for (size_t i = 0; i < COVERED; i++) {
        if (!signing->signer->left_out[i]) {
            cover(signing, covered[i].name, covered[i].oversigned);
        }
    }
    for (size_t i = signing->count; i > 0; i--) {
        cover_other_list(signing, i - 1);
    }
    buf_add_char(&signing->names, ';');
}

static void digest_put(void *context, const char *bytes, size_t len)
{
    int added = EVP_DigestUpdate(context, bytes, len);
    assert(added == 1);
}

static bool hash_body(struct dkim_signing *signing, const char *body, size_t len,
                      struct failure *why)
{
    unsigned char hash[SHA256_SIZE];
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    bool done = digest != NULL && EVP_DigestInit_ex2(digest, signing->signer->sha256, NULL) == 1;
    if (done) {
        dkim_canon_body(body, len, digest_put, digest);
        done = EVP_DigestFinal_ex(digest, hash, NULL) == 1;
    }
    EVP_MD_CTX_free(digest);
    if (!done) {
        return dkim_key_fail(why, "hash a message");
    }
    EVP_EncodeBlock((unsigned char *)signing->body_hash, hash, SHA256_SIZE);
    return true;
}

/* Writes a piece of the field, on a new line if it does not fit. */
static void put_piece(struct buf *out, size_t *column, const char *space, const char *piece,
                      size_t len)
{
    if (*column + strlen(space) + len > LINE_WANTED) {
        buf_add(out, "\r\n", 2);
        space = " ";
        *column = 0;
    }
    buf_add_text(out, space);
    buf_add(out, piece, len);
    *column += strlen(space) + len;
}

static void put_tag(struct buf *out, size_t *column, const char *name, const char *value)
{
    char tag[DNS_NAME_MAX + 8];
    int len = snprintf(tag, sizeof tag, "%s=%s;", name, value);
    put_piece(out, column, " ", tag, (size_t)len);
}

/* h= may be folded after its colons (RFC 6376 3.5). `names` ends with a semicolon. */
static void put_names(struct buf *out, size_t *column, const char *names)
{
    put_piece(out, column, " ", "h=", 2);
    for (const char *name = names; *name != '\0';) {
        size_t len = strcspn(name, ":;") + 1;
        put_piece(out, column, "", name, len);
        name += len;
    }
}

/* The field up to "b=", after which the signature follows. */
static void put_unsigned(const struct dkim_signing *signing, enum dkim_kind kind, struct buf *out)
{
    char date[24];
    size_t column = strlen("DKIM-Signature:");
    snprintf(date, sizeof date, "%lld", (long long)signing->date);
    buf_add_text(out, "DKIM-Signature:");
    put_tag(out, &column, "v", "1");
    put_tag(out, &column, "a", kind == DKIM_RSA ? "rsa-sha256" : "ed25519-sha256");
    put_tag(out, &column, "c", "relaxed/relaxed");
    put_tag(out, &column, "d", signing->signer->domain);
    put_tag(out, &column, "s", signing->signer->keys[kind].selector);
    put_tag(out, &column, "t", date);
    put_names(out, &column, signing->names.data);
    put_tag(out, &column, "bh", signing->body_hash);
    buf_add_text(out, "\r\n b=");
}

static bool sign_rsa(const struct dkim_signer *signer, const unsigned char hash[SHA256_SIZE],
                     unsigned char *signature, size_t *len, struct failure *why)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(signer->keys[DKIM_RSA].key, NULL);
    bool done = context != NULL && EVP_PKEY_sign_init(context) == 1 &&
                EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
                EVP_PKEY_CTX_set_signature_md(context, signer->sha256) == 1 &&
                EVP_PKEY_sign(context, signature, len, hash, SHA256_SIZE) == 1;
    EVP_PKEY_CTX_free(context);
    return done || dkim_key_fail(why, "sign with RSA");
}

/* RFC 8463 3: what Ed25519 signs is the SHA-256 of the header. */
static bool sign_ed25519(const struct dkim_signer *signer, const unsigned char hash[SHA256_SIZE],
                         unsigned char *signature, size_t *len, struct failure *why)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY *key = signer->keys[DKIM_ED25519].key;
    bool done = context != NULL && EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
                EVP_DigestSign(context, signature, len, hash, SHA256_SIZE) == 1;
    EVP_MD_CTX_free(context);
    return done || dkim_key_fail(why, "sign with Ed25519");
}

/* SHA-256 of the covered fields and of the DKIM-Signature field itself without its signature and
 * CRLF (RFC 6376 3.7). The canonical fields are unchanged afterwards. */
static bool hash_header(struct dkim_signing *signing, const char *field, size_t len,
                        unsigned char hash[SHA256_SIZE], struct failure *why)
{
    size_t before = signing->canon.len;
    dkim_canon_field(&(struct dkim_field){field, len, strlen("DKIM-Signature")}, &signing->canon);
    bool done = EVP_Digest(signing->canon.data, signing->canon.len - 2, hash, NULL,
                           signing->signer->sha256, NULL) == 1;
    buf_truncate(&signing->canon, before);
    return done || dkim_key_fail(why, "hash a header");
}

static void put_signature(struct buf *out, const unsigned char *signature, size_t len)
{
    enum { STEP = 72 };
    char text[SIGNATURE_MAX / 3 * 4 + 8];
    size_t total = (size_t)EVP_EncodeBlock((unsigned char *)text, signature, (int)len);
    for (size_t at = 0; at < total; at += STEP) {
        buf_add_text(out, at > 0 ? "\r\n " : "");
        buf_add(out, text + at, total - at < STEP ? total - at : STEP);
    }
    buf_add(out, "\r\n", 2);
}

static bool sign_with(struct dkim_signing *signing, enum dkim_kind kind, struct failure *why)
{
    struct buf *out = &signing->done;
    unsigned char hash[SHA256_SIZE];
    unsigned char signature[SIGNATURE_MAX];
    size_t len = sizeof signature;
    size_t start = out->len;
    if (signing->signer->keys[kind].key == NULL) {
        return true;
    }
    put_unsigned(signing, kind, out);
    if (!hash_header(signing, out->data + start, out->len - start, hash, why)) {
        return false;
    }
    bool done = kind == DKIM_RSA ? sign_rsa(signing->signer, hash, signature, &len, why)
                                 : sign_ed25519(signing->signer, hash, signature, &len, why);
    if (done) {
        put_signature(out, signature, len);
    }
    return done;
}

static bool has_from(const struct dkim_signing *signing)
{
    for (size_t i = 0; i < signing->count; i++) {
        if (dkim_field_named(&signing->fields[i], "From")) {
            return true;
        }
    }
    return false;
}

static void signing_free(struct dkim_signing *signing)
{
    buf_free(&signing->names);
    buf_free(&signing->canon);
    buf_free(&signing->done);
}

bool dkim_sign(const struct dkim_signer *signer, const char *message, size_t len, int64_t date,
               struct buf *out, struct failure *why)
{
    struct dkim_signing signing = {.signer = signer, .date = date};
    size_t body = 0;
    if (!dkim_split(message, len, signing.fields, &signing.count, &body) || !has_from(&signing)) {
        return fail(why, FAILURE_DATA, "DKIM signs whole messages with a From alone");
    }
    /* A name is listed at most twice per occurrence; no canonical form is longer. */
    buf_init(&signing.names, 2 * len + 1024);
    buf_init(&signing.canon, 4 * len + 8192);
    buf_init(&signing.done, 8 * len + 16384);
    cover_all(&signing);
    bool done = hash_body(&signing, message + body, len - body, why) &&
                sign_with(&signing, DKIM_RSA, why) && sign_with(&signing, DKIM_ED25519, why);
    assert(buf_ok(&signing.names) && buf_ok(&signing.canon) && buf_ok(&signing.done));
    if (done) {
        buf_add(out, signing.done.data, signing.done.len);
        done = buf_ok(out) ||
               fail(why, FAILURE_DATA, "the signed message is larger than %zu bytes", out->limit);
    }
    signing_free(&signing);
    return done;
}

bool dkim_sign_message(const struct dkim_signer *signer, struct buf *message, int64_t date,
                       struct failure *why)
{
    struct buf fields;
    buf_init(&fields, message->limit);
    bool done = dkim_sign(signer, message->data, message->len, date, &fields, why);
    if (done && !buf_reserve(message, fields.len)) {
        done =
            fail(why, FAILURE_DATA, "the signed message is larger than %zu bytes", message->limit);
    }
    if (done) {
        memmove(message->data + fields.len, message->data, message->len + 1);
        memcpy(message->data, fields.data, fields.len);
        message->len += fields.len;
    }
    buf_free(&fields);
    return done;
}
