#include "base/phrases.h"

#include <string.h>

void phrases_begin(struct phrases_scan *scan, const struct phrases_set *set, const char *text)
{
    scan->set = set;
    scan->text = text;
    scan->len = strlen(text);
    scan->at = 0;
    scan->state = scan->chain = scan->piece = 0;
    memset(scan->met, 0, sizeof scan->met);
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

/* One byte further: at most as many fails as bytes were read. */
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

static void remember(struct phrases_scan *scan, uint16_t head)
{
    uint32_t *trail = scan->trail[head];
    uint64_t bit = UINT64_C(1) << head % 64;
    if ((scan->met[head / 64] & bit) == 0) {
        scan->met[head / 64] |= bit;
        memset(trail, 0, sizeof scan->trail[head]);
    } else if (trail[0] == scan->at) {
        return; /* one head of several phrases */
    }
    memmove(trail + 1, trail, (PHRASES_TRAIL - 1) * sizeof *trail);
    trail[0] = (uint32_t)scan->at;
}

/* Where the last head ends from which the gap reaches to `start`; 0: there is none. */
static size_t reach_back(const struct phrases_scan *scan, const struct phrases_piece *tail,
                         size_t start)
{
    const uint32_t *trail = scan->trail[tail->other];
    size_t latest = start + ((tail->flags & PHRASES_SHARE) != 0);
    if ((scan->met[tail->other / 64] & UINT64_C(1) << tail->other % 64) == 0) {
        return 0;
    }
    for (size_t i = 0; i < PHRASES_TRAIL && trail[i] != 0; i++) {
        if (trail[i] <= latest) {
            return start <= trail[i] + PHRASES_GAP ? trail[i] : 0;
        }
    }
    return 0;
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
        remember(scan, piece->other);
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
