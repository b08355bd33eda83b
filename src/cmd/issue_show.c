#include "cmd/issue_show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "cmd/common.h"
#include "digest/phrase.h"
#include "store/comparison_life.h"
#include "store/issue_word.h"

enum { WORDS_SHOWN = 200 /* characters of each */ };

static struct value *issue_to_value(struct arena *arena, const struct issue *issue)
{
    struct value *object = value_object(arena);
    value_set_int(arena, object, "number", issue->number);
    value_set_text(arena, object, "week", issue->iso_week);
    value_set_text(arena, object, "state", issue_state_name(issue->state));
    value_set_text(arena, object, "subject", issue->subject);
    value_set_text(arena, object, "preheader", issue->preheader);
    value_set_int(arena, object, "items", issue->item_count);
    value_set(arena, object, "window_start", common_time(arena, issue->window_start));
    value_set(arena, object, "window_end", common_time(arena, issue->window_end));
    value_set(arena, object, "date", common_time(arena, issue->date));
    value_set(arena, object, "built_at", common_time(arena, issue->built_at));
    value_set(arena, object, "approved_at", common_time(arena, issue->approved_at));
    value_set(arena, object, "started_at", common_time(arena, issue->started_at));
    value_set(arena, object, "finished_at", common_time(arena, issue->finished_at));
    value_set(arena, object, "paused_at", common_time(arena, issue->paused_at));
    return object;
}

bool issue_show_list(struct program *program, bool json, struct failure *why)
{
    struct arena *arena = &program->arena;
    struct issue *issues;
    size_t count;
    if (!issue_list(program->store, arena, &issues, &count, why)) {
        return false;
    }
    struct value *list = value_list(arena);
    for (size_t i = 0; i < count; i++) {
        if (json) {
            value_add(list, issue_to_value(arena, &issues[i]));
        } else {
            const char *paused = issues[i].paused_at != 0 ? ", paused" : "";
            printf("%4lld  %s  %-9s  %s\n", (long long)issues[i].number, issues[i].iso_week,
                   arena_format(arena, "%s%s", issue_state_name(issues[i].state), paused),
                   issues[i].subject);
        }
    }
    if (json) {
        common_print_json(list);
    }
    return true;
}

static void show_json(struct arena *arena, const struct issue *issue, struct value *words,
                      const struct issue_item *items, size_t count)
{
    struct value *object = issue_to_value(arena, issue);
    value_set(arena, object, "words", words);
    struct value *list = value_list(arena);
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_object(arena);
        value_set_text(arena, row, "slug", items[i].slug);
        value_set_int(arena, row, "position", items[i].position);
        value_set_int(arena, row, "story", items[i].story);
        value_set_text(arena, row, "reason", items[i].reason);
        value_add(list, row);
    }
    value_set(arena, object, "item_list", list);
    struct value *derivation = NULL;
    struct failure ignored = {0};
    if (json_read(arena, "derivation", issue->derivation, strlen(issue->derivation), &derivation,
                  &ignored)) {
        value_set(arena, object, "derivation", derivation);
    }
    common_print_json(object);
}

/* What a word is about, as people name it. */
struct word_place {
    const char *about; /* slug of a tool, or of a comparison; "" */
    int64_t story;     /* 0: none */
};

static bool place_word(struct program *program, const struct issue_word *word,
                       const struct issue_item *items, size_t count, struct word_place *place,
                       struct failure *why)
{
    *place = (struct word_place){.about = word->about};
    if (word->kind != ISSUE_WORD_STORY_NOTE) {
        return true;
    }
    struct comparison_state state;
    int64_t id = strtoll(word->about, NULL, 10);
    if (!comparison_state(program->store, &program->arena, id, &state, why)) {
        return false;
    }
    place->about = state.slug;
    for (size_t i = 0; i < count; i++) {
        place->story = items[i].comparison_id == id ? items[i].story : place->story;
    }
    return true;
}

/* "note on story 2", "quote for otter". */
static const char *name_word(struct arena *arena, const struct issue_word *word,
                             const struct word_place *place)
{
    const char *kind = issue_word_kind_name(word->kind);
    if (place->story > 0) {
        return arena_format(arena, "note on story %lld", (long long)place->story);
    }
    if (word->kind == ISSUE_WORD_STORY_NOTE) {
        return arena_format(arena, "note on %s, which is not in it", place->about);
    }
    return *place->about != '\0' ? arena_format(arena, "%s %s", kind, place->about) : kind;
}

static void show_words(struct arena *arena, const struct issue_word *words,
                       const struct word_place *places, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        printf("by an editor: %s: %s\n", name_word(arena, &words[i], &places[i]),
               phrase_cut(arena, phrase_tidy(arena, words[i].text), WORDS_SHOWN));
    }
}

static struct value *words_value(struct arena *arena, const struct issue_word *words,
                                 const struct word_place *places, size_t count)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(list, value_object(arena));
        value_set_text(arena, row, "kind", issue_word_kind_name(words[i].kind));
        value_set_text(arena, row, "about", places[i].about);
        value_set(arena, row, "story",
                  places[i].story > 0 ? value_int(arena, places[i].story) : value_null(arena));
        value_set_text(arena, row, "text", words[i].text);
        value_set(arena, row, "written_at", common_time(arena, words[i].at));
    }
    return list;
}

static bool read_words(struct program *program, const struct issue *issue,
                       const struct issue_item *items, size_t item_count, struct issue_word **words,
                       struct word_place **places, size_t *count, struct failure *why)
{
    if (!issue_word_list(program->store, &program->arena, issue->id, words, count, why)) {
        return false;
    }
    *places = arena_array(&program->arena, *count, sizeof **places);
    bool good = true;
    for (size_t i = 0; good && i < *count; i++) {
        good = place_word(program, &(*words)[i], items, item_count, &(*places)[i], why);
    }
    return good;
}

bool issue_show_one(struct program *program, const struct issue *issue, bool json,
                    struct failure *why)
{
    struct arena *arena = &program->arena;
    struct issue_item *items;
    struct issue_word *words;
    struct word_place *places;
    size_t count, word_count;
    if (!issue_items(program->store, arena, issue->id, &items, &count, why) ||
        !read_words(program, issue, items, count, &words, &places, &word_count, why)) {
        return false;
    }
    if (json) {
        show_json(arena, issue, words_value(arena, words, places, word_count), items, count);
        return true;
    }
    char date[CLOCK_TEXT];
    clock_format(issue->date, date);
    printf("issue %lld, %s, %s\nsubject:   %s\npreheader: %s\ndate:      %s\n",
           (long long)issue->number, issue->iso_week, issue_state_name(issue->state),
           issue->subject, issue->preheader, date);
    show_words(arena, words, places, word_count);
    for (size_t i = 0; i < count; i++) {
        printf("%3lld  story %lld  %s: %s\n", (long long)items[i].position,
               (long long)items[i].story, items[i].slug, items[i].reason);
    }
    return true;
}
