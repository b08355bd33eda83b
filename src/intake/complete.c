/* Completes a comparison from any source before it is passed on: title, slugs, hash. */
#include <assert.h>
#include <string.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/latin.h"
#include "base/value.h"
#include "intake/fields.h"
#include "intake/intake.h"

/* A generated slug is a proposal: the store makes it unique. */
static void fill_slug(struct arena *arena, const char **slug, bool *own, const char *text)
{
    *own = *slug != NULL && (*slug)[0] != '\0';
    *slug = *own ? *slug : model_slug(arena, latin_words(arena, text));
}

static bool is_plain_title(struct arena *arena, const struct comparison *comparison)
{
    return strcmp(comparison->title, arena_format(arena, "%s vs %s", comparison->left.name,
                                                  comparison->right.name)) == 0;
}

/* In a slug, a name that consists of symbols is spelled out as one word, not symbol by symbol as in
 * a title. */
static const char *slug_text(struct arena *arena, const struct comparison *comparison)
{
    return is_plain_title(arena, comparison)
               ? arena_format(arena, "%s vs %s", latin_words(arena, comparison->left.name),
                              latin_words(arena, comparison->right.name))
               : comparison->title;
}

static void fill_title(struct arena *arena, struct comparison *comparison)
{
    if (comparison->title[0] == '\0') {
        comparison->title =
            arena_format(arena, "%s vs %s", comparison->left.name, comparison->right.name);
    }
}

/* A generated slug without its transliterated words, so that comparisons imported by versions
 * without transliteration keep their hash. */
static const char *hashed_slug(struct arena *arena, const char *slug, bool own, const char *text)
{
    return own ? slug : model_slug(arena, text);
}

/* The canonical serialisation is the documented JSON form, compact, with published_at null: every
 * field in the order of its table. */
static void hash_content(struct arena *arena, struct comparison *comparison)
{
    struct comparison content = *comparison;
    content.published_at = 0;
    content.slug = hashed_slug(arena, content.slug, content.own_slug, content.title);
    content.left.slug =
        hashed_slug(arena, content.left.slug, content.left.own_slug, content.left.name);
    content.right.slug =
        hashed_slug(arena, content.right.slug, content.right.own_slug, content.right.name);
    struct buf text;
    buf_init(&text, INTAKE_FILE_MAX);
    json_write(&text, fields_write(arena, &content), JSON_COMPACT);
    assert(buf_ok(&text));
    hash_sha256_hex(text.data, text.len, comparison->content_hash);
    buf_free(&text);
}

static bool same_name(struct arena *arena, const struct tool *left, const struct tool *right)
{
    return strcmp(model_name_key(arena, left->name), model_name_key(arena, right->name)) == 0;
}

bool intake_complete(struct arena *arena, struct comparison *comparison, struct failure *why)
{
    struct tool *left = &comparison->left;
    struct tool *right = &comparison->right;
    if (!fields_check(arena, comparison, why)) {
        return false;
    }
    fill_title(arena, comparison);
    fill_slug(arena, &left->slug, &left->own_slug, left->name);
    fill_slug(arena, &right->slug, &right->own_slug, right->name);
    fill_slug(arena, &comparison->slug, &comparison->own_slug, slug_text(arena, comparison));
    if (left->own_slug && right->own_slug && strcmp(left->slug, right->slug) == 0) {
        return fail(why, FAILURE_DATA,
                    "both tools have the slug \"%.100s\"; a comparison is of two different tools",
                    left->slug);
    }
    if (!left->own_slug && !right->own_slug && same_name(arena, left, right)) {
        return fail(why, FAILURE_DATA,
                    "both tools are called \"%.100s\"; a comparison is of two different tools",
                    left->name);
    }
    hash_content(arena, comparison);
    return true;
}
