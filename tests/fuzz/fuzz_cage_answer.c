/* The reader of the sandbox's answer: whatever comes through the pipe, what is believed is in form
 * and says the same when it is written again. */
#include <assert.h>
#include <string.h>

#include "bounce/answer.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct bounce_report report, again;
    if (!answer_read((const char *)data, size, &report)) {
        assert(report.recipient_count == 0 && report.token_count == 0);
        return 0;
    }
    assert(report.class < BOUNCE_CLASSES && report.recipient_count <= BOUNCE_PEOPLE);
    struct buf bytes;
    buf_init(&bytes, ANSWER_MAX);
    answer_write(&report, &bytes);
    assert(buf_ok(&bytes) && bytes.len == size && memcmp(bytes.data, data, size) == 0);
    assert(answer_read(bytes.data, bytes.len, &again));
    buf_free(&bytes);
    return 0;
}
