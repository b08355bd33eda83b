/*
 * The search for phrases, against a plain search of every row: whatever the text, both find the
 * same rows. A byte 1 and the two behind it put the phrase of that number into the text, as noise
 * alone would hardly ever hold one; a byte 2 and the next one put that many letters.
 */
#include <assert.h>
#include <string.h>

#include "../unit/bounce/plain_search.h"
#include "base/buf.h"
#include "bounce/words.h"

enum { TEXT = 1500, ROWS = 8192 };

static struct plain_row *rows;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static struct arena arena;
    (void)argc;
    (void)argv;
    rows = arena_array(&arena, phrases_row_count, sizeof *rows);
    for (size_t i = 0; i < phrases_row_count; i++) {
        rows[i] = plain_row(&arena, &phrases_rows[i]);
    }
    return 0;
}

static void make_text(const uint8_t *data, size_t size, struct buf *text)
{
    for (size_t i = 0; i < size; i++) {
        if (data[i] == 1 && i + 2 < size) {
            size_t row = (size_t)(data[i + 1] << 8 | data[i + 2]) % phrases_row_count;
            buf_add_text(text, rows[row].head);
            buf_add_text(text, rows[row].tail == NULL ? "" : rows[row].tail);
            i += 2;
        } else if (data[i] == 2 && i + 1 < size) {
            for (int n = data[++i] % 100; n > 0; n--) {
                buf_add_char(text, 'x');
            }
        } else if (data[i] != 0) {
            buf_add_char(text, (char)data[i]);
        }
    }
}

static void find(const char *text)
{
    static struct phrases_scan scan;
    static bool found[SETS][ROWS];
    memset(found, 0, sizeof found);
    for (int set = 0; set < SETS; set++) {
        struct phrases_hit hit;
        size_t last = 0;
        phrases_begin(&scan, &words_sets[set], text);
        while (phrases_next(&scan, &hit)) {
            assert(hit.start < hit.end && hit.end <= strlen(text) && hit.end >= last);
            last = hit.end;
            found[set][hit.row] = true;
        }
    }
    for (size_t i = 0; i < phrases_row_count; i++) {
        const struct phrases_row *row = &phrases_rows[i];
        assert(found[row->set][row->row] == plain_stands(&rows[i], text));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct buf text;
    buf_init(&text, TEXT);
    make_text(data, size, &text);
    if (buf_ok(&text)) {
        find(text.data);
        const char *folded = fold_text(&arena, text.data, text.len, text.len);
        find(folded);
    }
    buf_free(&text);
    arena_free(&arena);
    return 0;
}
