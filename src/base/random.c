#include "base/random.h"

#include <assert.h>
#include <errno.h>
#include <sys/random.h>

#include "base/arena.h"

void random_bytes(void *bytes, size_t len)
{
    unsigned char *at = bytes;
    while (len > 0) {
        ssize_t got = getrandom(at, len, 0);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            memory_exhausted();
        }
        at += got;
        len -= (size_t)got;
    }
}

uint64_t random_below(uint64_t bound)
{
    assert(bound > 0);
    /* Numbers past the last whole multiple of `bound` are discarded, so that the result has no
     * bias. */
    uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    uint64_t value;
    do {
        random_bytes(&value, sizeof value);
    } while (value >= limit);
    return value % bound;
}
