/*
 * What an issue says of all its verdicts together: the summary of the week in numbers, the
 * standfirst of a story, the preheader.
 */
#ifndef RENDER_SUMMARY_H
#define RENDER_SUMMARY_H

#include "base/arena.h"
#include "base/model.h"
#include "render/tally.h"

enum { SUMMARY_PREHEADER_MIN = 40, SUMMARY_PREHEADER_MAX = 130 };

/* One paragraph. */
char *summary_issue(struct arena *arena, const struct story *stories, const struct tally *tally);

/* "All five rivals beat A with the panel.", "A beats two of its five rivals, loses to two and ties
 * with one."; of a head-to-head its verdict. */
char *summary_story(struct arena *arena, const struct story *story);

/* 40 to 130 characters in whole sentences. */
char *summary_preheader(struct arena *arena, const struct story *stories,
                        const struct tally *tally);

#endif
