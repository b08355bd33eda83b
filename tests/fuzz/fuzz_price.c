/*
 * Two prices beside each other. The input is price, note, price and note, each ended by a line end.
 * Which of the two is cheaper does not depend on which comes first.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "digest/price.h"

/* The first line in an allocation of its own, so that nobody reads past it unseen. */
static char *next_line(const uint8_t **bytes, size_t *len)
{
    const uint8_t *end = memchr(*bytes, '\n', *len);
    size_t size = end != NULL ? (size_t)(end - *bytes) : *len;
    char *line = memory_resize(NULL, size + 1);
    memcpy(line, *bytes, size);
    line[size] = '\0';
    *bytes += size + (end != NULL);
    *len -= size + (end != NULL);
    return line;
}

static void read_pair(struct arena *arena, char *texts[4])
{
    const struct say say = {arena, catalogue_english(arena)};
    struct tool one = {.name = "A", .price = texts[0], .price_note = texts[1]};
    struct tool other = {.name = "B", .price = texts[2], .price_note = texts[3]};
    const char *said = price_read(&say, &one, &other);
    const char *back = price_read(&say, &other, &one);
    bool ranked = price_parse(arena, &one).kind == PRICE_AMOUNT &&
                  price_parse(arena, &other).kind == PRICE_AMOUNT &&
                  strncmp(said + 1, " is cheaper", strlen(" is cheaper")) == 0;
    assert(!ranked || strcmp(said, back) == 0);
    price_cell(&say, &one);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    char *texts[4];
    struct arena arena = {0};
    struct money money;
    struct price_unit unit = {0};
    if (memchr(bytes, '\0', len) != NULL || !utf8_valid((const char *)bytes, len, NULL)) {
        return 0;
    }
    for (size_t i = 0; i < 4; i++) {
        texts[i] = next_line(&bytes, &len);
        money_read(texts[i], &money);
        (void)price_unit_read(texts[i], &unit);
    }
    read_pair(&arena, texts);
    for (size_t i = 0; i < 4; i++) {
        free(texts[i]);
    }
    arena_free(&arena);
    return 0;
}
