#include "issue/source.h"

#include <stddef.h>
#include <string.h>

#include "base/json.h"
#include "base/share.h"

enum { TEMPLATE_MAX = 1024 * 1024 };

struct source_file {
    const char *name, *path, *text;
    size_t len;
    struct source_file *next;
};

struct source {
    struct arena *arena;
    struct settings settings;
    struct source_file *files;
};

/* The settings that appear in a rendered issue: the stored name and the offset in the struct. */
static const struct {
    const char *name;
    size_t offset;
} texts[] = {
    {"site.name", offsetof(struct settings, site.name)},
    {"site.url", offsetof(struct settings, site.url)},
    {"site.comparison_url", offsetof(struct settings, site.comparison_url)},
    {"site.postal_address", offsetof(struct settings, site.postal_address)},
    {"site.language", offsetof(struct settings, site.language)},
    {"site.direction", offsetof(struct settings, site.direction)},
    {"issue.timezone", offsetof(struct settings, issue.timezone)},
    {"subscribe.url", offsetof(struct settings, subscribe.url)},
};

enum { TEXTS = sizeof texts / sizeof *texts };

static const char **setting(struct source *source, size_t i)
{
    return (const char **)(void *)((char *)&source->settings + texts[i].offset);
}

struct source *source_open(struct arena *arena, const struct settings *settings)
{
    struct source *source = arena_alloc(arena, sizeof *source);
    *source = (struct source){.arena = arena, .settings = *settings};
    return source;
}

const struct settings *source_settings(const struct source *source)
{
    return &source->settings;
}

static void add_file(struct source *source, const char *name, const char *path, const char *text,
                     size_t len)
{
    struct source_file *file = arena_alloc(source->arena, sizeof *file);
    *file = (struct source_file){.name = arena_copy(source->arena, name),
                                 .path = path,
                                 .text = text,
                                 .len = len,
                                 .next = source->files};
    source->files = file;
}

bool source_read(struct source *source, const char *name, const char **path, const char **text,
                 size_t *len, struct failure *why)
{
    for (const struct source_file *file = source->files; file != NULL; file = file->next) {
        if (strcmp(file->name, name) == 0) {
            *path = file->path;
            *text = file->text;
            *len = file->len;
            return true;
        }
    }
    if (!share_read(source->arena, "templates", source->settings.templates_dir, name, TEMPLATE_MAX,
                    path, text, len, why)) {
        return false;
    }
    if (*text != NULL) {
        add_file(source, name, *path, *text, *len);
    }
    return true;
}

void source_save(const struct source *source, struct buf *out)
{
    struct source copy = *source;
    struct value *settings = value_object(source->arena);
    for (size_t i = 0; i < TEXTS; i++) {
        value_set_text(source->arena, settings, texts[i].name, *setting(&copy, i));
    }
    value_set_bool(source->arena, settings, "issue.unmatched",
                   source->settings.issue.lead_if_unmatched);
    struct value *files = value_object(source->arena);
    for (const struct source_file *file = source->files; file != NULL; file = file->next) {
        value_set(source->arena, files, file->name,
                  value_text_bytes(source->arena, file->text, file->len));
    }
    struct value *object = value_object(source->arena);
    value_set(source->arena, object, "settings", settings);
    value_set(source->arena, object, "files", files);
    json_write(out, object, JSON_COMPACT);
}

bool source_load(struct arena *arena, const struct settings *settings, const char *bytes,
                 size_t len, struct source **source, struct failure *why)
{
    struct value *object;
    if (!json_read(arena, "the issue's stored templates", bytes, len, &object, why)) {
        return false;
    }
    *source = source_open(arena, settings);
    const struct value *stored = value_find(object, "settings");
    for (size_t i = 0; i < TEXTS; i++) {
        const struct value *text = value_find(stored, texts[i].name);
        *setting(*source, i) = text != NULL && text->kind == VALUE_TEXT ? text->text : NULL;
    }
    const struct value *unmatched = value_find(stored, "issue.unmatched");
    (*source)->settings.issue.lead_if_unmatched =
        unmatched != NULL && unmatched->kind == VALUE_TRUE;
    const struct value *files = value_find(object, "files");
    for (const struct value *file = files != NULL ? files->first : NULL; file != NULL;
         file = file->next) {
        add_file(*source, file->name, file->name, file->text, file->len);
    }
    return true;
}
