/*
 * Comparisons as JSON: any bytes give comparisons whose snapshots read back as the same, or one
 * clear failure.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "base/value.h"
#include "intake/intake.h"

#include "../support/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct failure why = {0};
    struct intake intake;
    if (intake_read(&arena, "in.json", (const char *)data, size, &intake, &why)) {
        for (size_t i = 0; i < intake.count; i++) {
            struct comparison back;
            const struct value *value = intake_to_value(&arena, &intake.items[i]);
            assert(intake_from_value(&arena, value, &back, &why));
            assert(strcmp(back.content_hash, intake.items[i].content_hash) == 0);
            assert(back.published_at == intake.items[i].published_at);
        }
    } else {
        assert(why.kind == FAILURE_DATA);
        assert(strncmp(why.text, "in.json:", 8) == 0);
        assert(utf8_valid(why.text, strlen(why.text), NULL));
    }
    arena_free(&arena);
    return 0;
}
