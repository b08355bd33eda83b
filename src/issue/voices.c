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
    struct voice_words words;
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

static const char *reason_for(const struct collected_voices *voices, const struct voice *voice)
{
    const char *cues = voice_cues(voices->arena, voices->words.lexicon, voice->text, voice->side);
    return voice->pinned ? arena_format(voices->arena, "chosen by an editor; %s", cues) : cues;
}

/* What tool_view quotes. */
static void add_tool(struct collected_voices *voices, const struct tool *tool)
{
    static const char *const sides[] = {
        [VOICE_FOR] = "for", [VOICE_AGAINST] = "against", [VOICE_DOUBT] = "a doubt"};
    const char *name = isolate_finish(voices->arena, tool->name);
    struct voice pair[SIDES];
    if (is_told(voices, name)) {
        return;
    }
    size_t count = voice_pair(voices->arena, &voices->words, tool, pair);
    for (size_t i = 0; i < count; i++) {
        voices->list[voices->count++] = (struct voice_choice){
            .tool = name,
            .text = pair[i].text,
            .side = sides[pair[i].side],
            .because = reason_for(voices, &pair[i]),
        };
    }
}

void voices_chosen(struct arena *arena, const struct story *stories, size_t count,
                   const struct newsletter_words *words, struct voice_choice **choices,
                   size_t *choice_count)
{
    size_t room = 0, comparisons = 0;
    for (size_t i = 0; i < count; i++) {
        room += SIDES * (stories[i].count + 1);
        comparisons += stories[i].count;
    }
    struct collected_voices voices = {.arena = arena,
                                      .words = {.lexicon = lexicon_english(arena),
                                                .pins = words->pins,
                                                .pin_count = words->pin_count},
                                      .list = arena_array(arena, room, sizeof *voices.list)};
    const struct story *tidy = tidy_stories(arena, stories, count);
    for (size_t i = 0; i < count && newsletter_is_full(comparisons, i); i++) {
        struct standing standing = standing_of(arena, &tidy[i]);
        struct reason reason = reason_of(voices.words.lexicon, &standing);
        voices.words.told = reason.kind;
        for (size_t j = 0; j < standing.count; j++) {
            add_tool(&voices, standing.tools[j]);
        }
    }
    *choices = voices.list;
    *choice_count = voices.count;
}
