/*
 * What finishing one reader's message costs: header and body of about 60 KB, without DKIM, with an
 * Ed25519 key, with RSA-2048, with both. Prints microseconds a message; asserts nothing.
 *
 *   bench_finish [MESSAGES]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "mail/dkim.h"
#include "mail/message.h"

enum { LIMIT = 4 * 1024 * 1024, BODY = 60 * 1024 };

static void stop(const struct failure *why)
{
    fprintf(stderr, "bench_finish: %s\n", why->text);
    exit(70);
}

/* Paragraphs of HTML with indentation, as templates make it, and a hole every 6 KB. */
static void fill(struct residual *html)
{
    static const char line[] =
        "    <td class=\"verdict\" style=\"padding: 8px 16px\">The panel would "
        "ship it, 3 of 4 \xE2\x80\x94 and says why.</td>\n";
    for (size_t len = 0; len < BODY; len += sizeof line - 1) {
        residual_add_literal(html, line, sizeof line - 1);
        if (len / 6000 != (len + sizeof line - 1) / 6000) {
            residual_add_hole(html, READER_UNSUBSCRIBE_URL, RESIDUAL_HTML);
        }
    }
}

static void make_body(struct residual *body, const char *boundary)
{
    struct residual text, html;
    struct failure why = {0};
    residual_init(&text);
    residual_init(&html);
    residual_init(body);
    residual_add_literal(&text, "Hello ", 6);
    residual_add_hole(&text, READER_NAME, RESIDUAL_PLAIN);
    residual_add_literal(&text, "\n", 1);
    fill(&html);
    if (!message_body(&text, &html, boundary, body, &why)) {
        stop(&why);
    }
    residual_free(&text);
    residual_free(&html);
}

static struct reader_values make_reader(void)
{
    struct reader_values reader;
    for (int field = 0; field < READER_FIELDS; field++) {
        const char *value =
            field == READER_NAME
                ? "Zo\xC3\xAB Mar\xC3\xADn"
                : "https://example.org/leave/abcdefghijklmnopqrstuvwxyz234567abcdefgh";
        reader.text[RESIDUAL_PLAIN][field] = value;
        reader.text[RESIDUAL_HTML][field] = value;
    }
    return reader;
}

static void make_key(enum dkim_kind kind, const char *path)
{
    struct failure why = {0};
    struct buf pem, record;
    buf_init(&pem, LIMIT);
    buf_init(&record, LIMIT);
    if (!dkim_make_key(kind, 2048, &pem, &record, &why) ||
        !file_create(path, pem.data, pem.len, 0600, &why)) {
        stop(&why);
    }
    buf_free(&pem);
    buf_free(&record);
}

static struct dkim_signer *open_signer(const char *folder, bool rsa, bool ed25519)
{
    struct failure why = {0};
    struct arena arena = {0};
    struct dkim_signer *signer = NULL;
    struct dkim_settings settings = {
        .domain = "example.org",
        .selector = "r1",
        .key_file = rsa ? file_join(&arena, folder, "rsa.pem") : NULL,
        .ed25519_selector = "e1",
        .ed25519_key_file = ed25519 ? file_join(&arena, folder, "ed25519.pem") : NULL,
    };
    if (!dkim_open(&settings, &signer, &why)) {
        stop(&why);
    }
    arena_free(&arena);
    return signer;
}

/* One message after the other, as a lane does it: buffers are kept. */
static void run(const char *name, const struct residual *body, const struct message_header *header,
                const struct dkim_signer *signer, long messages)
{
    struct reader_values reader = make_reader();
    struct failure why = {0};
    struct buf out, signature;
    buf_init(&out, LIMIT);
    buf_init(&signature, LIMIT);
    int64_t start = clock_monotonic_ms();
    for (long i = 0; i < messages; i++) {
        buf_reset(&out);
        buf_reset(&signature);
        if (!message_write(header, body, &reader, &out, &why) ||
            (signer != NULL &&
             !dkim_sign(signer, out.data, out.len, header->date, &signature, &why))) {
            stop(&why);
        }
    }
    double took = (double)(clock_monotonic_ms() - start);
    printf("%-22s %8ld messages of %zu bytes %10.2f us each\n", name, messages,
           out.len + signature.len, took * 1000 / (double)messages);
    buf_free(&out);
    buf_free(&signature);
}

static void run_signed(const char *folder, const char *name, const struct residual *body,
                       const struct message_header *header, bool rsa, bool ed25519, long messages)
{
    struct dkim_signer *signer = open_signer(folder, rsa, ed25519);
    run(name, body, header, signer, messages);
    dkim_close(signer);
}

static void remove_keys(struct arena *arena, const char *folder)
{
    unlink(file_join(arena, folder, "rsa.pem"));
    unlink(file_join(arena, folder, "ed25519.pem"));
    rmdir(folder);
}

int main(int argc, char **argv)
{
    long messages = argc > 1 ? strtol(argv[1], NULL, 10) : 20000;
    char folder[] = "/tmp/verdicts-bench-XXXXXX";
    char boundary[MESSAGE_BOUNDARY];
    struct arena arena = {0};
    struct residual body;
    if (messages < 1 || mkdtemp(folder) == NULL) {
        fputs("usage: bench_finish [MESSAGES]\n", stderr);
        return 64;
    }
    message_boundary("bench", boundary);
    make_body(&body, boundary);
    make_key(DKIM_RSA, file_join(&arena, folder, "rsa.pem"));
    make_key(DKIM_ED25519, file_join(&arena, folder, "ed25519.pem"));
    struct message_header header = {
        .from_name = "Verdicts",
        .from_address = "weekly@example.org",
        .to_name = "Zo\xC3\xAB Mar\xC3\xADn",
        .to_address = "ana@example.com",
        .subject = "Mistral 3 Small wins 4 of 4 \xE2\x80\x94 and four rivals",
        .message_id = "2026-W47.123456@example.org",
        .date = 1795165200,
        .list_name = "Verdicts weekly",
        .list_id = "weekly.example.org",
        .list_unsubscribe_url =
            "https://example.org/leave/abcdefghijklmnopqrstuvwxyz234567abcdefgh",
        .list_unsubscribe_mailto = "unsubscribe+abcdefghijklmnopqrstuvwxyz234567@example.org",
        .feedback_id = "2026-W47:weekly:verdicts:example.org",
        .bulk = true,
        .boundary = boundary,
    };
    run("finish", &body, &header, NULL, messages);
    run_signed(folder, "finish, Ed25519", &body, &header, false, true, messages / 10 + 1);
    run_signed(folder, "finish, RSA-2048", &body, &header, true, false, messages / 10 + 1);
    run_signed(folder, "finish, both", &body, &header, true, true, messages / 10 + 1);
    residual_free(&body);
    remove_keys(&arena, folder);
    arena_free(&arena);
    return 0;
}
