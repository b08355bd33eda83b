/* SHA-256 and HMAC-SHA-256 with libcrypto, and their hexadecimal form. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { HASH_SIZE = 32, HASH_HEX = 65 };

/* Call it before anything else uses libcrypto: then lack of memory in libcrypto stops the process,
 * as everywhere else. */
void hash_start(void);

void hash_sha256(const void *bytes, size_t len, unsigned char out[HASH_SIZE]);
void hash_sha256_hex(const void *bytes, size_t len, char out[HASH_HEX]);
/* The hash of the rest of the file; false where it cannot be read. */
bool hash_sha256_file(FILE *file, char out[HASH_HEX]);
void hash_hmac(const unsigned char *key, size_t key_len, const void *bytes, size_t len,
               unsigned char out[HASH_SIZE]);
void hash_to_hex(const unsigned char *bytes, size_t len, char *out); /* 2 * len + 1 bytes */

/* Compares in constant time: the time does not depend on where the two differ. */
bool hash_equal(const void *left, const void *right, size_t len);

#endif
