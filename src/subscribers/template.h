/* Loads and compiles the templates of subscribers/, from the operator's folder or the installed
 * one. */
#ifndef SUBSCRIBERS_TEMPLATE_H
#define SUBSCRIBERS_TEMPLATE_H

#include "base/arena.h"
#include "mustache/mustache.h"
#include "settings/settings.h"

/* Template texts that were read before. A service keeps them until it is told to reload; for a
 * single mail there is no cache. Zero-initialise. */
struct template_cache {
    struct arena arena;
    struct template_kept *first;
};
void template_cache_drop(struct template_cache *cache);

struct template_source {
    const struct settings *settings;
    struct template_cache *cache; /* NULL: read from the files each time */
};

/* The text of subscribers/`name`; FAILURE_NO_INPUT if neither folder has it. */
bool template_read(struct arena *arena, const struct template_source *source, const char *name,
                   const char **text, size_t *len, const char **path,
                   struct failure *why) MUST_CHECK;

/* Renders subscribers/FOLDER/NAME.mustache; a partial {{> part.html}} is
 * FOLDER/partials/part.html.mustache. A name that the data does not contain is an error. */
bool template_render(struct arena *arena, const struct template_source *source, const char *folder,
                     const char *name, enum mustache_escape escape, const struct value *data,
                     struct buf *out, struct failure *why) MUST_CHECK;

/* Loads and compiles it with all its partials, to check that it could be rendered. */
bool template_check(struct arena *arena, const struct template_source *source, const char *folder,
                    const char *name, enum mustache_escape escape, struct failure *why) MUST_CHECK;

#endif
