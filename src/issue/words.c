#include "issue/words.h"

#include <stdlib.h>
#include <string.h>

#include "issue/note.h"

static bool read_note(struct arena *arena, const struct issue_word *row, const struct note **note,
                      struct failure *why)
{
    struct note *read;
    const char *name =
        row->kind == ISSUE_WORD_NOTE
            ? "the issue's note"
            : arena_format(arena, "the note of the story of comparison %s", row->about);
    bool good = note_read(arena, name, row->text, strlen(row->text), &read, why);
    *note = good ? read : NULL;
    return good;
}

static bool add_story_note(struct arena *arena, const struct issue_word *row,
                           struct newsletter_story_note *notes, size_t *count, struct failure *why)
{
    struct newsletter_story_note *note = &notes[(*count)++];
    note->comparison_id = strtoll(row->about, NULL, 10);
    return read_note(arena, row, &note->note, why);
}

static bool take_in(struct arena *arena, const struct words *words, struct newsletter_words *told,
                    struct failure *why)
{
    struct newsletter_story_note *notes = arena_array(arena, words->count, sizeof *notes);
    struct voice_pin *pins = arena_array(arena, words->count, sizeof *pins);
    bool good = true;
    *told = (struct newsletter_words){.notes = notes, .pins = pins};
    for (size_t i = 0; good && i < words->count; i++) {
        const struct issue_word *row = &words->rows[i];
        switch (row->kind) {
        case ISSUE_WORD_SUBJECT:
            told->subject = row->text;
            break;
        case ISSUE_WORD_PREHEADER:
            told->preheader = row->text;
            break;
        case ISSUE_WORD_HEADLINE:
            told->headline = row->text;
            break;
        case ISSUE_WORD_NOTE:
            good = read_note(arena, row, &told->note, why);
            break;
        case ISSUE_WORD_STORY_NOTE:
            good = add_story_note(arena, row, notes, &told->note_count, why);
            break;
        case ISSUE_WORD_QUOTE_FOR:
        case ISSUE_WORD_QUOTE_AGAINST:
            pins[told->pin_count++] =
                (struct voice_pin){.tool = row->about,
                                   .against = row->kind == ISSUE_WORD_QUOTE_AGAINST,
                                   .text = row->text};
            break;
        case ISSUE_WORD_KINDS:
            break;
        }
    }
    return good;
}

bool words_read(struct store *store, struct arena *arena, int64_t issue_id, struct words *words,
                struct failure *why)
{
    struct issue_word *rows;
    *words = (struct words){.count = 0};
    if (issue_id == 0) {
        return true;
    }
    if (!issue_word_list(store, arena, issue_id, &rows, &words->count, why)) {
        return false;
    }
    words->rows = rows;
    return take_in(arena, words, &words->told, why);
}

/* The NULs are part of it, so that no two lists look alike. */
void words_write(const struct words *words, struct buf *out)
{
    for (size_t i = 0; i < words->count; i++) {
        const struct issue_word *row = &words->rows[i];
        const char *kind = issue_word_kind_name(row->kind);
        buf_add(out, kind, strlen(kind) + 1);
        buf_add(out, row->about, strlen(row->about) + 1);
        buf_add(out, row->text, strlen(row->text) + 1);
    }
}

const struct story *words_find_story(const struct story *stories, size_t count,
                                     int64_t comparison_id)
{
    for (size_t i = 0; i < count; i++) {
        if (model_story_holds(&stories[i], comparison_id)) {
            return &stories[i];
        }
    }
    return NULL;
}

struct newsletter_words words_follow(struct arena *arena, const struct newsletter_words *words,
                                     const struct story *all, size_t all_count,
                                     const struct story *chosen, size_t chosen_count)
{
    struct newsletter_words followed = *words;
    struct newsletter_story_note *notes = arena_array(arena, words->note_count, sizeof *notes);
    for (size_t i = 0; i < words->note_count; i++) {
        notes[i] = words->notes[i];
        const struct story *whole = words_find_story(all, all_count, notes[i].comparison_id);
        bool there = words_find_story(chosen, chosen_count, notes[i].comparison_id) != NULL;
        for (size_t j = 0; whole != NULL && !there && j < whole->count; j++) {
            there = words_find_story(chosen, chosen_count, whole->items[j]->id) != NULL;
            notes[i].comparison_id = there ? whole->items[j]->id : notes[i].comparison_id;
        }
    }
    followed.notes = notes;
    return followed;
}

static bool is_tool(struct arena *arena, const struct tool *tool, const char *wanted,
                    const char *key)
{
    return strcmp(tool->slug, wanted) == 0 || strcmp(model_name_key(arena, tool->name), key) == 0;
}

const struct tool *words_find_tool(struct arena *arena, const struct story *stories, size_t count,
                                   const char *slug_or_name)
{
    const char *key = model_name_key(arena, slug_or_name);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < stories[i].count; j++) {
            const struct comparison *item = stories[i].items[j];
            if (is_tool(arena, &item->left, slug_or_name, key)) {
                return &item->left;
            }
            if (is_tool(arena, &item->right, slug_or_name, key)) {
                return &item->right;
            }
        }
    }
    return NULL;
}

/* --- what has lost its place --- */

static bool stands(struct arena *arena, const struct lexicon *lexicon, const struct tool *tool,
                   const struct voice_pin *pin)
{
    struct voice_candidate *candidates;
    size_t count;
    voice_candidates(arena, lexicon, tool, &candidates, &count);
    for (size_t i = 0; i < count; i++) {
        bool may = pin->against ? candidates[i].may_against : candidates[i].may_for;
        if (may && strcmp(candidates[i].text, pin->text) == 0) {
            return true;
        }
    }
    return false;
}

/* NULL: it has its place. */
static const char *lost_pin(struct arena *arena, const struct lexicon *lexicon,
                            const struct voice_pin *pin, const struct story *stories, size_t count)
{
    const struct tool *tool = words_find_tool(arena, stories, count, pin->tool);
    const char *side = pin->against ? "against" : "for";
    if (tool == NULL) {
        return arena_format(arena,
                            "the quote chosen %s %s has no place: the tool is in no story; take it "
                            "back with `verdicts issue quote N %s --clear`",
                            side, pin->tool, pin->tool);
    }
    return stands(arena, lexicon, tool, pin)
               ? NULL
               : arena_format(arena,
                              "the quote chosen %s %s stands in no review any more, and another is "
                              "quoted; `verdicts issue quote N %s` lists what can be: \"%s\"",
                              side, tool->name, pin->tool, pin->text);
}

static const char *lost_note(struct arena *arena, const struct newsletter_story_note *note,
                             const struct story *stories, size_t count)
{
    if (words_find_story(stories, count, note->comparison_id) != NULL) {
        return NULL;
    }
    return arena_format(
        arena,
        "the note of a story that is not in the issue is not sent: \"%s\"; `verdicts "
        "issue show N` names it, `issue note N --story SLUG --clear` takes it back",
        note_view_text(arena, &note->note->blocks[0].lines[0]));
}

void words_find_lost(struct arena *arena, const struct words *words, const struct story *stories,
                     size_t count, const char *const **lost, size_t *lost_count)
{
    const struct newsletter_words *told = &words->told;
    const char **list = arena_array(arena, told->note_count + told->pin_count, sizeof *list);
    *lost_count = 0;
    for (size_t i = 0; i < told->note_count; i++) {
        const char *line = lost_note(arena, &told->notes[i], stories, count);
        if (line != NULL) {
            list[(*lost_count)++] = line;
        }
    }
    const struct lexicon *lexicon = told->pin_count > 0 ? lexicon_english(arena) : NULL;
    for (size_t i = 0; i < told->pin_count; i++) {
        const char *line = lost_pin(arena, lexicon, &told->pins[i], stories, count);
        if (line != NULL) {
            list[(*lost_count)++] = line;
        }
    }
    *lost = list;
}
