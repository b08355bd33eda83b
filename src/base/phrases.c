#include "base/phrases.h"

#include <string.h>

void phrases_begin(struct phrases_scan *scan, const struct phrases_set *set, const char *text)
{
    scan->set = set;
    scan->text = text;
    scan->len = strlen(text);
    scan->at = 0;
    scan->state = scan->chain = scan->piece = 0;
    memset(scan->heads, 0, set->heads * sizeof *scan->heads);
}

static uint16_t child_of(const struct phrases_set *set, uint16_t state, uint8_t byte)
{
    for (uint16_t child = set->child[state]; child < set->child[state + 1]; child++) {
        if (set->byte[child] == byte) {
            return child;
        }
    }
    return 0;
}

/* Reads one byte. Failure links are followed at most as often as bytes have been read. */
static void step(struct phrases_scan *scan)
{
    const struct phrases_set *set = scan->set;
    uint8_t byte = (uint8_t)scan->text[scan->at++];
    uint16_t state = scan->state, next = 0;
    while (state != 0 && (next = child_of(set, state, byte)) == 0) {
        state = set->fail[state];
    }
    scan->state = state == 0 ? set->root[byte] : next;
    bool ends = set->ends[scan->state] < set->ends[scan->state + 1];
    scan->chain = ends ? scan->state : set->shorter[scan->state];
    scan->piece = set->ends[scan->chain];
}

static bool in_word(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
           (byte >= 'A' && byte <= 'Z') || (unsigned char)byte >= 0x80;
}

static bool stands(const struct phrases_scan *scan, const struct phrases_piece *piece)
{
    size_t end = scan->at, start = end - piece->len;
    if (((piece->flags & PHRASES_FIRST) != 0 && start > 0) ||
        ((piece->flags & PHRASES_LAST) != 0 && end < scan->len)) {
        return false;
    }
    bool left = (piece->flags & PHRASES_LEFT) == 0 || start == 0 || !in_word(scan->text[start - 1]);
    return left &&
           ((piece->flags & PHRASES_RIGHT) == 0 || end == scan->len || !in_word(scan->text[end]));
}

/* Where the latest head within the gap before `start` ends; 0: there is none. The latest is enough,
 * because no head can end within its own tail (automaton.c refuses such phrases). */
static size_t reach_back(const struct phrases_scan *scan, const struct phrases_piece *tail,
                         size_t start)
{
    size_t head = scan->heads[tail->other];
    bool share = (tail->flags & PHRASES_SHARE) != 0;
    return head <= start + share && start <= head + PHRASES_GAP ? head : 0;
}

/* Whether the piece completes a phrase. */
static bool complete(struct phrases_scan *scan, const struct phrases_piece *piece,
                     struct phrases_hit *hit)
{
    if (!stands(scan, piece)) {
        return false;
    }
    size_t start = scan->at - piece->len;
    if ((piece->flags & PHRASES_HEAD) != 0) {
        scan->heads[piece->other] = (uint32_t)scan->at;
        return false;
    }
    if ((piece->flags & PHRASES_TAIL) != 0) {
        size_t head = reach_back(scan, piece, start);
        if (head == 0) {
            return false;
        }
        start = head - scan->set->head_len[piece->other];
    }
    *hit = (struct phrases_hit){.row = piece->row,
                                .meaning = scan->set->meaning[piece->row],
                                .start = start,
                                .end = scan->at};
    return true;
}

bool phrases_next(struct phrases_scan *scan, struct phrases_hit *hit)
{
    const struct phrases_set *set = scan->set;
    for (;;) {
        while (scan->chain != 0) {
            while (scan->piece < set->ends[scan->chain + 1]) {
                if (complete(scan, &set->pieces[scan->piece++], hit)) {
                    return true;
                }
            }
            scan->chain = set->shorter[scan->chain];
            scan->piece = set->ends[scan->chain];
        }
        if (scan->at == scan->len) {
            return false;
        }
        step(scan);
    }
}
