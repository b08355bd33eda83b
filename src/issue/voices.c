#include "issue/voices.h"

#include <string.h>

#include "digest/isolate.h"
#include "digest/newsletter.h"
#include "digest/reason.h"
#include "digest/tidy.h"
#include "digest/voice.h"

enum { SIDES = 2 };

struct collected_voices {
    struct arena *arena;
    const struct lexicon *lexicon;
    struct voice_choice *list;
    size_t count;
};

static bool is_told(const struct collected_voices *voices, const char *name)
{
    for (size_t i = 0; i < voices->count; i++) {
        if (strcmp(voices->list[i].tool, name) == 0) {
            return true;
        }
    }
    return false;
}

static bool add_side(struct collected_voices *voices, const struct tool *tool, const char *name,
                     enum voice_side side, const struct lexicon_kind *told, const char *seen)
{
    static const char *const sides[] = {
        [VOICE_FOR] = "for", [VOICE_AGAINST] = "against", [VOICE_DOUBT] = "a doubt"};
    struct voice voice = voice_find(voices->arena, voices->lexicon, tool, side, told);
    if (voice.text == NULL || strcmp(voice.text, seen) == 0) {
        return false;
    }
    voices->list[voices->count++] = (struct voice_choice){
        .tool = name,
        .text = voice.text,
        .side = sides[side],
        .because = voice_cues(voices->arena, voices->lexicon, voice.text, side),
    };
    return true;
}

/* What tool_view quotes: one for it, and one against it or a doubt. */
static void add_tool(struct collected_voices *voices, const struct tool *tool,
                     const struct lexicon_kind *told)
{
    const char *name = isolate_finish(voices->arena, tool->name);
    if (is_told(voices, name)) {
        return;
    }
    bool first = add_side(voices, tool, name, VOICE_FOR, told, "");
    const char *seen = first ? voices->list[voices->count - 1].text : "";
    if (!add_side(voices, tool, name, VOICE_AGAINST, told, seen)) {
        add_side(voices, tool, name, VOICE_DOUBT, told, seen);
    }
}

void voices_chosen(struct arena *arena, const struct story *stories, size_t count,
                   struct voice_choice **choices, size_t *choice_count)
{
    size_t room = 0, comparisons = 0;
    for (size_t i = 0; i < count; i++) {
        room += SIDES * (stories[i].count + 1);
        comparisons += stories[i].count;
    }
    struct collected_voices voices = {.arena = arena,
                                      .lexicon = lexicon_english(arena),
                                      .list = arena_array(arena, room, sizeof *voices.list)};
    const struct story *tidy = tidy_stories(arena, stories, count);
    for (size_t i = 0; i < count && newsletter_is_full(comparisons, i); i++) {
        struct standing standing = standing_of(arena, &tidy[i]);
        struct reason reason = reason_of(voices.lexicon, &standing);
        for (size_t j = 0; j < standing.count; j++) {
            add_tool(&voices, standing.tools[j], reason.kind);
        }
    }
    *choices = voices.list;
    *choice_count = voices.count;
}
