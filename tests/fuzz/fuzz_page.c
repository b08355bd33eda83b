/* Comparison pages: any bytes give a comparison that keeps to its limits, or one clear failure. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "intake/fields.h"
#include "intake/page.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct failure why = {0};
    struct comparison comparison;
    if (page_read(&arena, "page.txt", (const char *)data, size, NULL, &comparison, &why)) {
        assert(fields_check(&arena, &comparison, &why));
        assert(comparison.left.review_count == comparison.right.review_count);
        assert(comparison.left.review_count > 0);
        assert(strcmp(comparison.left.slug, comparison.right.slug) != 0);
        assert(utf8_valid(comparison.question, strlen(comparison.question), NULL));
    } else {
        assert(why.kind == FAILURE_DATA);
        assert(strncmp(why.text, "page.txt:", 9) == 0);
        assert(utf8_valid(why.text, strlen(why.text), NULL));
    }
    arena_free(&arena);
    return 0;
}
