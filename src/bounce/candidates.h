/*
 * Finds the addresses in a text that may be the recipient a report is about, and weighs each.
 *
 * Used only if the text is a known bounce. An address alone on its line, or behind a word that
 * announces a recipient, probably is one; the addresses of the sender, of the reporting system and
 * of people who offer help are not.
 */
#ifndef BOUNCE_CANDIDATES_H
#define BOUNCE_CANDIDATES_H

#include "base/arena.h"
#include "bounce/report.h"

struct candidate {
    char address[BOUNCE_ADDRESS];
    size_t start, end; /* byte offsets in the text */
    int weight;        /* above 0: probably a recipient */
};

enum { CANDIDATES_MAX = 200, CANDIDATE_SURE = 4 };

/* The first address in `len` bytes; false if there is none. `domain_dot`: its domain must contain a
 * dot, because many things in texts contain an '@'. */
bool candidate_first(const char *text, size_t len, bool domain_dot, struct candidate *candidate);

/* All addresses of the text in order, weighed; `own` (NULL-terminated) lists addresses that the
 * report cannot be about. Returns their number. */
size_t candidates_find(struct arena *arena, const char *text, size_t len, const char *const *own,
                       struct candidate candidates[CANDIDATES_MAX]);

/* The recipient that a field of a report names: "rfc822;a@b", "<a@b>", "rfc822; @relay:a@b". */
bool candidate_field(const char *value, char out[BOUNCE_ADDRESS]);

/* The recipient inside a VERP address, "list-bounces+user=example.org@…"; false if there is
 * none. */
bool candidate_verp(const char *address, char out[BOUNCE_ADDRESS]);

#endif
