#include "issue/stored.h"

#include <string.h>

#include "base/json.h"
#include "intake/intake.h"
#include "pick/pick.h"

bool stored_stories(struct store *store, struct arena *arena, int64_t issue_id,
                    struct story **stories, size_t *count, struct failure *why)
{
    struct issue_item *items;
    size_t item_count;
    if (!issue_items(store, arena, issue_id, &items, &item_count, why)) {
        return false;
    }
    const struct comparison **comparisons = arena_array(arena, item_count, sizeof *comparisons);
    for (size_t i = 0; i < item_count; i++) {
        struct value *value;
        struct comparison *comparison = arena_alloc(arena, sizeof *comparison);
        if (!json_read(arena, items[i].slug, items[i].snapshot, strlen(items[i].snapshot), &value,
                       why) ||
            !intake_from_value(arena, value, comparison, why)) {
            return fail_context(why, "the stored item %s", items[i].slug);
        }
        comparison->id = items[i].comparison_id;
        model_derive_panel(&comparison->left);
        model_derive_panel(&comparison->right);
        comparisons[i] = comparison;
    }
    *count = item_count > 0 ? (size_t)items[item_count - 1].story : 0;
    *stories = arena_array(arena, *count, sizeof **stories);
    for (size_t i = 0; i < item_count; i++) {
        struct story *story = &(*stories)[items[i].story - 1];
        story->items = story->count == 0 ? &comparisons[i] : story->items;
        story->count++;
    }
    pick_shared(*stories, *count);
    return true;
}

static bool load_templates(struct store *store, struct arena *arena,
                           const struct settings *settings, int64_t issue_id,
                           struct source **source, struct failure *why)
{
    const char *stored;
    size_t len;
    if (!issue_find_source(store, arena, issue_id, &stored, &len, why)) {
        return false;
    }
    *source = source_open(arena, settings);
    return stored == NULL || source_load(arena, settings, stored, len, source, why);
}

bool stored_source(struct store *store, struct arena *arena, const struct settings *settings,
                   const struct issue *issue, const struct sender *sender,
                   struct variant_source *source, struct failure *why)
{
    struct story *stories;
    *source = (struct variant_source){
        .week = issue->iso_week,
        .number = issue->number,
        .date = issue->window_end,
        .boundary = sender->boundary,
        .headline = {.subject = issue->subject, .preheader = issue->preheader},
    };
    if (!load_templates(store, arena, settings, issue->id, &source->templates, why) ||
        !stored_stories(store, arena, issue->id, &stories, &source->story_count, why) ||
        !moves_stored(store, arena, issue->id, &source->moves, why) ||
        !predictions_stored(store, arena, issue->id, &source->predictions, why) ||
        !words_read(store, arena, issue->id, &source->words, why)) {
        return false;
    }
    source->settings = source_settings(source->templates);
    source->stories = stories;
    return true;
}
