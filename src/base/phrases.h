/*
 * Finds which of many phrases occur in a text, in one pass over it (Aho and Corasick, 1975): the
 * time grows with the text and the matches, not with the number of phrases.
 *
 * A set of phrases is constant data: the states of the automaton in breadth-first order, so that
 * the children of a state are adjacent. It is generated at build time (bounce/phrases/compile.c).
 * Texts must be folded (base/fold.h), as the phrases are.
 *
 * A phrase is one piece, or a head and a tail with at most PHRASES_GAP bytes of anything between
 * them. A piece can be required to begin or end at a word boundary: an end of the text, or a byte
 * that is neither a letter nor a digit (bytes of non-ASCII scripts count as letters).
 */
#ifndef BASE_PHRASES_H
#define BASE_PHRASES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PHRASES_GAP = 90,
    PHRASES_HEADS = 384, /* heads of a set */
};

enum phrases_flag {
    PHRASES_LEFT = 1,   /* begins a word */
    PHRASES_RIGHT = 2,  /* ends one */
    PHRASES_FIRST = 4,  /* begins the text */
    PHRASES_LAST = 8,   /* ends it */
    PHRASES_HEAD = 16,  /* is the head of `other` */
    PHRASES_TAIL = 32,  /* is the tail of the head `other` */
    PHRASES_SHARE = 64, /* the blank that ends the head may be the one that begins the tail */
};

struct phrases_piece {
    uint16_t row, other;
    uint8_t len, flags;
};

struct phrases_set {
    const uint16_t *root;    /* by byte: the state that it leads to from the start; 0: none */
    const uint16_t *child;   /* by state: the first child; those of state s end before child[s+1] */
    const uint8_t *byte;     /* by state: the byte that leads to it */
    const uint16_t *fail;    /* by state: failure link, to the longest suffix that is a state */
    const uint16_t *shorter; /* by state: the next along these links that ends a piece; 0: none */
    const uint16_t *ends;    /* by state: its first piece; they end before ends[s+1] */
    const struct phrases_piece *pieces;
    const uint8_t *meaning;  /* by row */
    const uint8_t *head_len; /* by head */
    size_t states, rows, heads;
};

struct phrases_hit {
    int row, meaning;
    size_t start, end; /* of the text, in bytes */
};

/* One pass over a text, which must outlive it. */
struct phrases_scan {
    const struct phrases_set *set;
    const char *text;
    size_t len, at;
    uint16_t state, chain, piece;
    uint32_t heads[PHRASES_HEADS]; /* where each head ended last; 0: not yet */
};

void phrases_begin(struct phrases_scan *scan, const struct phrases_set *set, const char *text);

/* The next phrase found, in the order in which they end. False: no more. */
bool phrases_next(struct phrases_scan *scan, struct phrases_hit *hit);

#endif
