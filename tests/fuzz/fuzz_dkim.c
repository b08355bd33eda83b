/* Any bytes as a message: taking apart and canonicalization stay inside them, agree with a plain
 * second implementation, change nothing when done twice, and a signature has whole lines. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "../support/dkim_slowly.h"
#include "../support/mail_decode.h"
#include "base/file.h"
#include "mail/dkim.h"
#include "mail/dkim_canon.h"

static struct dkim_signer *open_signer(void)
{
    char folder[] = "/tmp/verdicts-fuzz-XXXXXX";
    struct failure why = {0};
    struct arena arena = {0};
    struct dkim_signer *signer = NULL;
    struct buf pem, record;
    buf_init(&pem, 10000);
    buf_init(&record, 10000);
    bool made = mkdtemp(folder) != NULL;
    assert(made);
    char *path = file_join(&arena, folder, "key.pem");
    bool done = dkim_make_key(DKIM_ED25519, 0, &pem, &record, &why) &&
                file_create(path, pem.data, pem.len, 0600, &why) &&
                dkim_open(&(struct dkim_settings){.domain = "example.org",
                                                  .ed25519_selector = "s",
                                                  .ed25519_key_file = path},
                          &signer, &why);
    assert(done);
    unlink(path);
    rmdir(folder);
    arena_free(&arena);
    buf_free(&pem);
    buf_free(&record);
    return signer;
}

/* libFuzzer makes inputs of some thousand bytes: here each pair of them is a run of up to 16,000,
 * so that what waits in a buffer, fills it or passes it by meets in every order. */
static void check_large_body(const uint8_t *data, size_t size)
{
    struct buf body;
    buf_init(&body, DKIM_BODY_MAX + 1);
    for (size_t i = 0; i + 1 < size && body.len < DKIM_BODY_MAX; i += 2) {
        size_t len = data[i + 1] < 128 ? data[i + 1] : (size_t)(data[i + 1] - 127) * 125;
        body_add_run(&body, data[i], len);
    }
    assert(canon_agrees(body.data, body.len));
    buf_free(&body);
}

static void check_field(const struct dkim_field *field)
{
    struct buf out;
    buf_init(&out, 2 * field->len + 64);
    dkim_canon_field(field, &out);
    assert(buf_ok(&out) && out.len <= field->len + 2);
    assert(memmem(out.data, out.len - 2, "\r\n", 2) == NULL);
    assert(memmem(out.data, out.len, "  ", 2) == NULL && memchr(out.data, '\t', out.len) == NULL);
    buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct dkim_signer *signer;
    signer = signer != NULL ? signer : open_signer();
    const char *message = (const char *)data;
    struct dkim_field fields[DKIM_FIELDS_MAX];
    size_t count = 0, body = 0;
    assert(canon_agrees(message, size));
    check_large_body(data, size);
    if (dkim_split(message, size, fields, &count, &body)) {
        assert(count <= DKIM_FIELDS_MAX && body <= size);
        for (size_t i = 0; i < count; i++) {
            check_field(&fields[i]);
        }
    }
    struct failure why = {0};
    struct buf out;
    buf_init(&out, 1 << 20);
    if (dkim_sign(signer, message, size, 1795165200, &out, &why)) {
        size_t line = 0;
        for (size_t at = 0; at < out.len; at += line + 2) {
            assert(mail_line(out.data + at, out.len - at, &line) && line > 0);
        }
    } else {
        assert(why.kind == FAILURE_DATA && out.len == 0);
    }
    buf_free(&out);
    return 0;
}
