/* Any bytes as a message: taking apart and canonicalization stay inside them, agree with a plain
 * second implementation, change nothing when done twice, and a signature has whole lines. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "../support/mail_decode.h"
#include "base/file.h"
#include "compose/dkim.h"
#include "compose/dkim_canon.h"

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

static void collect(void *context, const char *bytes, size_t len)
{
    buf_add(context, bytes, len);
}

/* RFC 6376 3.4.4 word by word: line by line, no haste. */
static void canon_slowly(const char *body, size_t len, struct buf *out)
{
    size_t keep = 0; /* the length up to the last line that is not empty */
    for (size_t at = 0; at < len;) {
        bool blank = false;
        size_t start = out->len;
        for (; at < len && !(body[at] == '\r' && at + 1 < len && body[at + 1] == '\n'); at++) {
            if (body[at] == ' ' || body[at] == '\t') {
                blank = true;
                continue;
            }
            if (blank) {
                buf_add_char(out, ' ');
            }
            blank = false;
            buf_add_char(out, body[at]);
        }
        at += 2;
        size_t content = out->len - start;
        buf_add(out, "\r\n", 2);
        keep = content > 0 ? out->len : keep;
    }
    buf_truncate(out, keep);
}

static void check_body(const char *body, size_t len)
{
    struct buf fast, slow, again;
    buf_init(&fast, 2 * len + 64);
    buf_init(&slow, 4 * len + 64);
    buf_init(&again, 2 * len + 64);
    dkim_canon_body(body, len, collect, &fast);
    canon_slowly(body, len, &slow);
    dkim_canon_body(fast.data, fast.len, collect, &again);
    assert(buf_ok(&fast) && buf_ok(&slow) && buf_ok(&again));
    assert(fast.len == slow.len && memcmp(fast.data, slow.data, slow.len) == 0);
    assert(fast.len == again.len && memcmp(fast.data, again.data, again.len) == 0);
    buf_free(&fast);
    buf_free(&slow);
    buf_free(&again);
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
    check_body(message, size);
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
