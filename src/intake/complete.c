/* What a comparison of every source gets before it is handed on: title, slugs, hash. */
#include <assert.h>
#include <string.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/value.h"
#include "intake/fields.h"
#include "intake/intake.h"

enum { SLUG_MAX = 200, SLUG_KEPT = 167, SLUG_MARK = 32 };

/* A slug stands in addresses and file names, so a very long one is cut; the hash behind it keeps
 * two long names apart. */
static const char *make_slug(struct arena *arena, const char *text)
{
    char *slug = model_slug(arena, text);
    size_t len = strlen(slug);
    if (len <= SLUG_MAX) {
        return slug;
    }
    char hash[HASH_HEX];
    hash_sha256_hex(slug, len, hash);
    return arena_format(arena, "%.*s-%.*s", SLUG_KEPT, slug, SLUG_MARK, hash);
}

static void fill_slug(struct arena *arena, const char **slug, const char *text)
{
    if (*slug == NULL || (*slug)[0] == '\0') {
        *slug = make_slug(arena, text);
    }
}

static void fill_title(struct arena *arena, struct comparison *comparison)
{
    if (comparison->title[0] == '\0') {
        comparison->title =
            arena_format(arena, "%s vs %s", comparison->left.name, comparison->right.name);
    }
}

/* The canonical serialisation is the documented JSON form, compact, with published_at null: every
 * field in the order of its table. */
static void hash_content(struct arena *arena, struct comparison *comparison)
{
    struct comparison content = *comparison;
    content.published_at = 0;
    struct buf text;
    buf_init(&text, INTAKE_FILE_MAX);
    json_write(&text, fields_write(arena, &content), JSON_COMPACT);
    assert(buf_ok(&text));
    hash_sha256_hex(text.data, text.len, comparison->content_hash);
    buf_free(&text);
}

bool intake_complete(struct arena *arena, struct comparison *comparison, struct failure *why)
{
    if (!fields_check(arena, comparison, why)) {
        return false;
    }
    fill_title(arena, comparison);
    fill_slug(arena, &comparison->left.slug, comparison->left.name);
    fill_slug(arena, &comparison->right.slug, comparison->right.name);
    fill_slug(arena, &comparison->slug, comparison->title);
    if (strcmp(comparison->left.slug, comparison->right.slug) == 0) {
        return fail(why, FAILURE_DATA,
                    "both tools have the slug \"%.100s\"; a comparison is of two different tools",
                    comparison->left.slug);
    }
    hash_content(arena, comparison);
    return true;
}
