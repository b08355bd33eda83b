/*
 * The variables of one story: its title, its table of tools in order of rank, the tool that all
 * comparisons share, and its entries.
 */
#ifndef DIGEST_STORY_VIEW_H
#define DIGEST_STORY_VIEW_H

#include "base/model.h"
#include "base/value.h"
#include "digest/say.h"
#include "digest/voice.h"

/* `comparison_url` has {slug} in it. `given` is without what the story tells, which is found here.
 */
struct value *story_view_make(const struct say *say, const struct voice_words *given,
                              const struct story *story, const char *comparison_url);

/* The comparison's own https link, or `comparison_url` with {slug} replaced; NULL if there is
 * neither. */
char *story_view_link(struct arena *arena, const struct comparison *comparison,
                      const char *comparison_url);

#endif
