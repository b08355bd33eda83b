/* Any bytes, cut into fragments at NUL: what is encoded reads back, fragment by fragment, and keeps
 * every promise of mail/quoted_printable.h. */
#include <assert.h>
#include <stdint.h>

#include "../support/mail_decode.h"
#include "mail/quoted_printable.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf out, wanted, decoded;
    buf_init(&out, 16 * size + 64);
    buf_init(&wanted, 16 * size + 64);
    buf_init(&decoded, 16 * size + 64);
    const char *text = (const char *)data;
    for (size_t at = 0; at < size;) {
        /* The NUL itself is a fragment's first byte, so that it is encoded too. */
        const char *nul = memchr(text + at + 1, '\0', size - at - 1);
        size_t end = nul != NULL ? (size_t)(nul - text) : size;
        quoted_printable_add(&out, text + at, end - at);
        mail_crlf(text + at, end - at, &wanted);
        at = end;
    }
    assert(buf_ok(&out) && buf_ok(&wanted));
    assert(mail_decode_qp(out.data, out.len, &decoded));
    assert(decoded.len == wanted.len && memcmp(decoded.data, wanted.data, wanted.len) == 0);
    buf_free(&out);
    buf_free(&wanted);
    buf_free(&decoded);
    return 0;
}
