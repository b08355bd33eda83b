#include "subscribers/template.h"

#include <string.h>

#include "base/share.h"

enum { TEMPLATE_MAX = 1024 * 1024 };

/* A file's text; NULL if the file does not exist. */
struct template_kept {
    const char *name, *text, *path;
    size_t len;
    struct template_kept *next;
};

struct partials {
    const struct template_source *source;
    const char *folder;
};

void template_cache_drop(struct template_cache *cache)
{
    arena_free(&cache->arena);
    cache->first = NULL;
}

static bool load(struct arena *arena, const struct settings *settings, const char *name,
                 struct template_kept *kept, struct failure *why)
{
    *kept = (struct template_kept){.name = arena_copy(arena, name)};
    return share_read(arena, "subscribers", settings->pages_dir, name, TEMPLATE_MAX, &kept->path,
                      &kept->text, &kept->len, why);
}

/* Names come from templates, not from strangers, so the cache does not grow with requests. */
static bool find(struct arena *arena, const struct template_source *source, const char *name,
                 const struct template_kept **found, struct failure *why)
{
    struct template_cache *cache = source->cache;
    for (struct template_kept *kept = cache != NULL ? cache->first : NULL; kept != NULL;
         kept = kept->next) {
        if (strcmp(kept->name, name) == 0) {
            *found = kept;
            return true;
        }
    }
    struct arena *home = cache != NULL ? &cache->arena : arena;
    struct template_kept *kept = arena_alloc(home, sizeof *kept);
    if (!load(home, source->settings, name, kept, why)) {
        return false;
    }
    if (cache != NULL) {
        kept->next = cache->first;
        cache->first = kept;
    }
    *found = kept;
    return true;
}

bool template_read(struct arena *arena, const struct template_source *source, const char *name,
                   const char **text, size_t *len, const char **path, struct failure *why)
{
    const struct template_kept *kept;
    if (!find(arena, source, name, &kept, why)) {
        return false;
    }
    *text = kept->text;
    *len = kept->len;
    *path = kept->path;
    return *text != NULL ||
           fail(why, FAILURE_NO_INPUT, "%s is neither in pages_dir nor in %s/subscribers", name,
                share_directory(arena));
}

static bool load_partial(void *context, struct arena *arena, const char *name, const char **text,
                         size_t *len, const char **path, struct failure *why)
{
    const struct partials *partials = context;
    const struct template_kept *kept;
    const char *file = arena_format(arena, "%s/partials/%s.mustache", partials->folder, name);
    if (!find(arena, partials->source, file, &kept, why)) {
        return false;
    }
    *text = kept->text;
    *len = kept->len;
    *path = kept->path;
    return true;
}

static bool compile(struct arena *arena, const struct template_source *source, const char *folder,
                    const char *name, enum mustache_escape escape, struct mustache **template,
                    struct failure *why)
{
    struct partials partials = {source, folder};
    const struct mustache_options options = {
        .escape = escape, .strict = true, .load = load_partial, .load_context = &partials};
    const char *file = arena_format(arena, "%s/%s.mustache", folder, name);
    const char *text, *path;
    size_t len;
    return template_read(arena, source, file, &text, &len, &path, why) &&
           mustache_compile(arena, path, text, len, &options, template, why);
}

bool template_render(struct arena *arena, const struct template_source *source, const char *folder,
                     const char *name, enum mustache_escape escape, const struct value *data,
                     struct buf *out, struct failure *why)
{
    struct mustache *template;
    return compile(arena, source, folder, name, escape, &template, why) &&
           mustache_render(template, data, out, why);
}

bool template_check(struct arena *arena, const struct template_source *source, const char *folder,
                    const char *name, enum mustache_escape escape, struct failure *why)
{
    struct mustache *template;
    return compile(arena, source, folder, name, escape, &template, why);
}
