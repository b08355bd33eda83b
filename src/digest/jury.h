/*
 * What a panel's share stands for: "3 of 4" where it is known who judged, else a percentage.
 *
 * Every tool is judged alone, by a jury of its own. The jury is known where each review has a
 * verdict and these give exactly the share, and where the reviews are those of a page, which
 * prints its whole panel and names nobody. A source may say how many sit on it; a share that so
 * many cannot give, or that the verdicts at hand speak against, is told in percent.
 */
#ifndef DIGEST_JURY_H
#define DIGEST_JURY_H

#include "base/model.h"
#include "digest/say.h"

enum { JURY_LEVEL = 5 /* points within which two shares are level */ };

struct jury {
    int percent;       /* PERCENT_NONE: not judged */
    size_t ship, size; /* `size` 0: it is not known how many judged */
};

struct jury jury_of(const struct tool *tool);

/* Whether so many of `size` are exactly this percentage, and then how many. */
bool jury_count(int percent, size_t size, size_t *ship);

/* Whether two shares are as good as level: within JURY_LEVEL points, or within one reviewer of
 * juries of two and more, unless one of them, of three and more, is unanimous. Both are judged. */
bool jury_is_level(const struct jury *one, const struct jury *other);

/* Whether all said yes, none did. */
bool jury_is_whole(const struct jury *jury);
bool jury_is_none(const struct jury *jury);

/* Two that stand in one sentence are both counted or both in percent. */
void jury_match(struct jury *one, struct jury *other);

/* "3 of 4", "75%". */
char *jury_figure(const struct say *say, const struct jury *jury);

/* "3 of 4 reviewers", "both reviewers", "none of 4 reviewers", "75% of the panel", "the whole
 * panel"; before "would ship". */
char *jury_who(const struct say *say, const struct jury *jury);

/* The same behind jury_who() of `first`, matched with it: "2 of 4", "50%" where that has just said
 * of whom. */
char *jury_who_else(const struct say *say, const struct jury *jury, const struct jury *first);

#endif
