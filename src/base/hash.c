#include "base/hash.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

#include "base/arena.h"

static void *crypto_get(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return memory_get(size);
}

static void *crypto_resize(void *old, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    if (size == 0) {
        free(old);
        return NULL;
    }
    return memory_resize(old, size);
}

static void crypto_drop(void *memory, const char *file, int line)
{
    (void)file;
    (void)line;
    free(memory);
}

void hash_start(void)
{
    /* libcrypto refuses this once it has allocated memory; it then keeps its own allocator. */
    CRYPTO_set_mem_functions(crypto_get, crypto_resize, crypto_drop);
}

void hash_sha256(const void *bytes, size_t len, unsigned char out[HASH_SIZE])
{
    unsigned int size = 0;
    int good = EVP_Digest(bytes, len, out, &size, EVP_sha256(), NULL);
    assert(good == 1 && size == HASH_SIZE);
}

void hash_to_hex(const unsigned char *bytes, size_t len, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
    *out = '\0';
}

void hash_sha256_hex(const void *bytes, size_t len, char out[HASH_HEX])
{
    unsigned char digest[HASH_SIZE];
    hash_sha256(bytes, len, digest);
    hash_to_hex(digest, HASH_SIZE, out);
}

bool hash_sha256_file(FILE *file, char out[HASH_HEX])
{
    unsigned char digest[HASH_SIZE], piece[16 * 1024];
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL) {
        memory_exhausted();
    }
    int good = EVP_DigestInit_ex(context, EVP_sha256(), NULL);
    for (size_t len; good == 1 && (len = fread(piece, 1, sizeof piece, file)) > 0;) {
        good = EVP_DigestUpdate(context, piece, len);
    }
    good = good == 1 ? EVP_DigestFinal_ex(context, digest, NULL) : good;
    assert(good == 1);
    EVP_MD_CTX_free(context);
    hash_to_hex(digest, HASH_SIZE, out);
    return !ferror(file);
}

void hash_hmac(const unsigned char *key, size_t key_len, const void *bytes, size_t len,
               unsigned char out[HASH_SIZE])
{
    unsigned int size = 0;
    assert(key_len <= 1024);
    unsigned char *done = HMAC(EVP_sha256(), key, (int)key_len, bytes, len, out, &size);
    assert(done != NULL && size == HASH_SIZE);
}

bool hash_equal(const void *left, const void *right, size_t len)
{
    return CRYPTO_memcmp(left, right, len) == 0;
}
