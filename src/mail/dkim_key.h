/*
 * Private DKIM keys: read from files and generated. Used only by mail/dkim; the functions for
 * others, dkim_make_key() and dkim_zone_line(), are declared in mail/dkim.h.
 */
#ifndef MAIL_DKIM_KEY_H
#define MAIL_DKIM_KEY_H

#include <openssl/types.h>

#include "base/failure.h"

/* RFC 8301 3.2: signers must not use less than 1024 bits; verifiers need not support more than
 * 4096. */
enum { DKIM_RSA_BITS_MIN = 1024, DKIM_RSA_BITS_MAX = 4096 };

/* Reads the private key from a PEM file that nobody else can read. FAILURE_CONFIG names the file.
 * The caller frees the key with EVP_PKEY_free(). */
bool dkim_key_read(const char *path, EVP_PKEY **key, struct failure *why) MUST_CHECK;

/* FAILURE_INTERNAL with libcrypto's reason: "libcrypto could not WHAT: …". Always false. */
bool dkim_key_fail(struct failure *why, const char *what);

#endif
