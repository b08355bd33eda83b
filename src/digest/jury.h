/*
 * How a panel's share is presented: "3 of 4" if the panel is known, otherwise as a percentage.
 *
 * Every tool is judged alone, by a jury of its own. The jury is known if each review has a verdict
 * and these give exactly the share, or if the reviews are those of a page, which prints its whole
 * panel without names. A source may state the size of the panel; a share that is impossible with
 * that size, or that the known verdicts contradict, is presented as a percentage.
 */
#ifndef DIGEST_JURY_H
#define DIGEST_JURY_H

#include "base/model.h"
#include "digest/say.h"

enum { JURY_LEVEL = 5 /* points within which two shares are level */ };

struct jury {
    int percent;       /* PERCENT_NONE: no verdict */
    size_t ship, size; /* `size` 0: the number of judges is not known */
    bool doubted;      /* a known verdict contradicts a share of 0 or 100 % */
};

struct jury jury_of(const struct tool *tool);

/* Whether a whole number of `size` gives exactly this percentage; *ship is that number. */
bool jury_count(int percent, size_t size, size_t *ship);

/* Whether two shares are practically level: within JURY_LEVEL points, or within one reviewer for
 * juries of two and more, unless one of them, of three and more, is unanimous. Both have a
 * verdict. */
bool jury_is_level(const struct jury *one, const struct jury *other);

/* Whether all reviewers said yes; whether none did. Neither holds of a share that is doubted. */
bool jury_is_whole(const struct jury *jury);
bool jury_is_none(const struct jury *jury);

/* In one sentence both juries are counted, or both are given in percent. */
void jury_match(struct jury *one, struct jury *other);

/* "3 of 4", "75%". */
char *jury_figure(const struct say *say, const struct jury *jury);

/* "3 of 4 reviewers", "both reviewers", "none of 4 reviewers", "75% of the panel", "the whole
 * panel"; before "would ship". */
char *jury_who(const struct say *say, const struct jury *jury);

/* The same after jury_who() of `first`, with which it is matched: "2 of 4", "50%", because that has
 * just said of whom. */
char *jury_who_else(const struct say *say, const struct jury *jury, const struct jury *first);

#endif
