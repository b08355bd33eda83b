/*
 * DKIM for tests in other languages.
 *
 *   dkim_tool make rsa|ed25519 BITS FILE SELECTOR DOMAIN
 *       writes a fresh private key to FILE (0600); prints the record and, on a second line, its
 *       line of a zone file
 *   dkim_tool sign DATE DOMAIN SELECTOR KEY ED25519_SELECTOR ED25519_KEY
 *       reads a message from standard input and prints it with its signatures in front; "" leaves
 *       a key out; a warning goes to standard error
 *   dkim_tool sign-each …
 *       the same for many messages, each behind a line with its length, in and out
 *
 * A failure is one line on standard error, and exit code 1.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "mail/dkim.h"

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

/* Signs one message and prints it. */
static bool sign_message(const struct dkim_signer *signer, const char *date, const char *message,
                         size_t len, bool framed, struct failure *why)
{
    struct buf out;
    buf_init(&out, LIMIT);
    bool done = dkim_sign(signer, message, len, strtoll(date, NULL, 10), &out, why);
    if (done && framed) {
        printf("%zu\n", out.len + len);
    }
    if (done) {
        fwrite(out.data, 1, out.len, stdout);
        fwrite(message, 1, len, stdout);
    }
    buf_free(&out);
    return done;
}

static bool sign_each(const struct dkim_signer *signer, const char *date, const struct buf *input,
                      struct failure *why)
{
    bool done = true;
    for (size_t at = 0; done && at < input->len;) {
        char *text = NULL;
        size_t len = strtoul(input->data + at, &text, 10);
        at = (size_t)(text + 1 - input->data);
        if (*text != '\n' || len > input->len - at) {
            return fail(why, FAILURE_USAGE, "no length at byte %zu", at);
        }
        done = sign_message(signer, date, input->data + at, len, true, why);
        at += len;
    }
    return done;
}

static int sign(char **argv, bool each)
{
    struct failure why = {0};
    struct dkim_signer *signer = NULL;
    struct buf input;
    struct dkim_settings settings = {.domain = argv[1],
                                     .selector = or_null(argv[2]),
                                     .key_file = or_null(argv[3]),
                                     .ed25519_selector = or_null(argv[4]),
                                     .ed25519_key_file = or_null(argv[5])};
    buf_init(&input, LIMIT);
    bool done = file_read_stdin(LIMIT, &input, &why) && dkim_open(&settings, &signer, &why) &&
                (each ? sign_each(signer, argv[0], &input, &why)
                      : sign_message(signer, argv[0], input.data, input.len, false, &why));
    if (signer != NULL && dkim_warning(signer) != NULL) {
        fprintf(stderr, "%s\n", dkim_warning(signer));
    }
    dkim_close(signer);
    buf_free(&input);
    return done ? 0 : complain(&why);
}

int main(int argc, char **argv)
{
    if (argc == 7 && strcmp(argv[1], "make") == 0) {
        return make(argv + 2);
    }
    if (argc == 8 && (strcmp(argv[1], "sign") == 0 || strcmp(argv[1], "sign-each") == 0)) {
        return sign(argv + 2, strcmp(argv[1], "sign-each") == 0);
    }
    fputs("usage: dkim_tool make|sign|sign-each ...\n", stderr);
    return 64;
}
