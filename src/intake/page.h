/* The page format of the site: see the grammar below. (Grammar: to be worked out here.) */
#ifndef INTAKE_PAGE_H
#define INTAKE_PAGE_H

#include "base/arena.h"
#include "base/model.h"

/* Reads one comparison page. `name` (a path) stands in the failure with line and column. All
 * texts go to the arena. published_at is left 0, slugs and content_hash are filled. */
bool page_read(struct arena *arena, const char *name, const char *bytes, size_t len,
               struct comparison *comparison, struct failure *why) MUST_CHECK;

#endif
