/*
 * DKIM for tests in other languages.
 *
 *   dkim_tool make rsa|ed25519 BITS FILE SELECTOR DOMAIN
 *       writes a fresh private key to FILE (0600); prints the record and, on a second line, its
 *       line of a zone file
 *   dkim_tool sign DATE DOMAIN SELECTOR KEY ED25519_SELECTOR ED25519_KEY
 *       reads a message from standard input and prints it with its signatures in front; "" leaves
 *       a key out; a warning goes to standard error
 *
 * A failure is one line on standard error, and exit code 1.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "compose/dkim.h"

enum { LIMIT = 64 * 1024 * 1024 };

static int complain(const struct failure *why)
{
    fprintf(stderr, "%s\n", why->text);
    return 1;
}

static const char *or_null(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

static int make(char **argv)
{
    struct failure why = {0};
    struct buf pem, record, zone;
    buf_init(&pem, LIMIT);
    buf_init(&record, LIMIT);
    buf_init(&zone, LIMIT);
    enum dkim_kind kind = strcmp(argv[0], "rsa") == 0 ? DKIM_RSA : DKIM_ED25519;
    bool done = dkim_make_key(kind, (int)strtol(argv[1], NULL, 10), &pem, &record, &why) &&
                file_create(argv[2], pem.data, pem.len, 0600, &why);
    dkim_zone_line(argv[3], argv[4], record.data, &zone);
    if (done) {
        printf("%s\n%s", record.data, zone.data);
    }
    buf_free(&pem);
    buf_free(&record);
    buf_free(&zone);
    return done ? 0 : complain(&why);
}

static int sign(char **argv)
{
    struct failure why = {0};
    struct dkim_signer *signer = NULL;
    struct buf message, out;
    struct dkim_settings settings = {.domain = argv[1],
                                     .selector = or_null(argv[2]),
                                     .key_file = or_null(argv[3]),
                                     .ed25519_selector = or_null(argv[4]),
                                     .ed25519_key_file = or_null(argv[5])};
    buf_init(&message, LIMIT);
    buf_init(&out, LIMIT);
    bool done =
        file_read_stdin(LIMIT, &message, &why) && dkim_open(&settings, &signer, &why) &&
        dkim_sign(signer, message.data, message.len, strtoll(argv[0], NULL, 10), &out, &why);
    if (done) {
        fwrite(out.data, 1, out.len, stdout);
        fwrite(message.data, 1, message.len, stdout);
    }
    if (signer != NULL && dkim_warning(signer) != NULL) {
        fprintf(stderr, "%s\n", dkim_warning(signer));
    }
    dkim_close(signer);
    buf_free(&message);
    buf_free(&out);
    return done ? 0 : complain(&why);
}

int main(int argc, char **argv)
{
    if (argc == 7 && strcmp(argv[1], "make") == 0) {
        return make(argv + 2);
    }
    if (argc == 8 && strcmp(argv[1], "sign") == 0) {
        return sign(argv + 2);
    }
    fputs("usage: dkim_tool make|sign ...\n", stderr);
    return 64;
}
