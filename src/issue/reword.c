#include "issue/reword.h"

#include <stdlib.h>
#include <string.h>

#include "issue/note.h"
#include "issue/rebuild.h"
#include "issue/stored.h"
#include "issue/words.h"
#include "issue/writing.h"
#include "store/comparison.h"

/* A change under way. */
struct rewording {
    struct store *store;
    struct arena *arena;
    const struct issue *draft;
    const struct reword *change;
    int64_t now;
    struct failure *why;
};

static bool put(const struct rewording *work, enum issue_word_kind kind, const char *about,
                const char *text)
{
    const struct issue_word word = {.kind = kind, .about = about, .text = text, .at = work->now};
    return issue_word_set(work->store, work->draft->id, &word, work->why);
}

static bool take_back(const struct rewording *work, enum issue_word_kind kind, const char *about,
                      bool *there)
{
    return issue_word_clear(work->store, work->draft->id, kind, about, there, work->why);
}

static bool fail_nothing(const struct rewording *work, const char *what)
{
    return fail(work->why, FAILURE_NO_INPUT,
                "issue %lld has no editor's %s; `verdicts issue show %lld` lists what it has",
                (long long)work->draft->number, what, (long long)work->draft->number);
}

static bool reword_line(const struct rewording *work)
{
    const char *name = issue_word_kind_name(work->change->kind);
    const char *line;
    bool there;
    if (work->change->text == NULL) {
        return take_back(work, work->change->kind, "", &there) &&
               (there || fail_nothing(work, name));
    }
    return writing_check_line(work->arena, name, work->change->text, &line, work->why) &&
           put(work, work->change->kind, "", line);
}

/* --- notes --- */

static bool is_number(const char *text)
{
    return *text != '\0' && text[strspn(text, "0123456789")] == '\0';
}

/* The comparisons of the story that is meant: of that number, or with that slug. */
static bool find_story(const struct rewording *work, int64_t **ids, size_t *count)
{
    struct issue_item *items;
    size_t item_count;
    const char *wanted = work->change->story;
    int64_t story = is_number(wanted) ? strtoll(wanted, NULL, 10) : 0;
    *count = 0;
    if (!issue_items(work->store, work->arena, work->draft->id, &items, &item_count, work->why)) {
        return false;
    }
    for (size_t i = 0; i < item_count; i++) {
        story = strcmp(items[i].slug, wanted) == 0 ? items[i].story : story;
    }
    *ids = arena_array(work->arena, item_count, sizeof **ids);
    for (size_t i = 0; i < item_count; i++) {
        if (items[i].story == story) {
            (*ids)[(*count)++] = items[i].comparison_id;
        }
    }
    return true;
}

/* A comparison that has left the issue may have left a note behind. */
static bool find_left(const struct rewording *work, int64_t **ids, size_t *count)
{
    struct comparison *found;
    if (!comparison_find(work->store, work->arena, work->change->story, &found, work->why)) {
        return false;
    }
    if (found != NULL) {
        *ids = arena_array(work->arena, 1, sizeof **ids);
        (*ids)[(*count)++] = found->id;
    }
    return true;
}

static const char *digits(struct arena *arena, int64_t id)
{
    return arena_format(arena, "%lld", (long long)id);
}

/* A story has one note, whichever of its comparisons it was written for. */
static bool clear_story(const struct rewording *work, const int64_t *ids, size_t count, bool *any)
{
    bool good = true, there;
    *any = false;
    for (size_t i = 0; good && i < count; i++) {
        good = take_back(work, ISSUE_WORD_STORY_NOTE, digits(work->arena, ids[i]), &there);
        *any = *any || (good && there);
    }
    return good;
}

static bool reword_story_note(const struct rewording *work)
{
    int64_t *ids;
    size_t count;
    bool there, clears = work->change->text == NULL;
    if (!find_story(work, &ids, &count) ||
        (count == 0 && clears && !find_left(work, &ids, &count))) {
        return false;
    }
    if (count == 0) {
        return fail(work->why, FAILURE_NO_INPUT,
                    "issue %lld has no story \"%.200s\"; `verdicts issue show %lld` lists stories "
                    "and slugs",
                    (long long)work->draft->number, work->change->story,
                    (long long)work->draft->number);
    }
    if (!clear_story(work, ids, count, &there)) {
        return false;
    }
    return clears
               ? there || fail_nothing(work, "note on that story")
               : put(work, ISSUE_WORD_STORY_NOTE, digits(work->arena, ids[0]), work->change->text);
}

static bool reword_note(const struct rewording *work)
{
    const struct reword *change = work->change;
    struct note *ignored;
    bool there;
    if (change->text != NULL &&
        !note_read(work->arena, change->file, change->text, change->len, &ignored, work->why)) {
        return false;
    }
    if (change->kind == ISSUE_WORD_STORY_NOTE) {
        return reword_story_note(work);
    }
    return change->text != NULL ? put(work, ISSUE_WORD_NOTE, "", change->text)
                                : take_back(work, ISSUE_WORD_NOTE, "", &there) &&
                                      (there || fail_nothing(work, "note"));
}

/* --- quotes --- */

static bool fail_tool(const struct issue *issue, const char *tool, struct failure *why)
{
    return fail(why, FAILURE_NO_INPUT,
                "no story of issue %lld has a tool \"%.200s\"; `verdicts issue show %lld` lists "
                "its comparisons",
                (long long)issue->number, tool, (long long)issue->number);
}

bool reword_list_sentences(struct store *store, struct arena *arena, const struct issue *issue,
                           const char *tool, const struct tool **found,
                           struct voice_candidate **sentences, size_t *count, struct failure *why)
{
    struct story *stories;
    size_t story_count;
    if (!stored_stories(store, arena, issue->id, &stories, &story_count, why)) {
        return false;
    }
    *found = words_find_tool(arena, stories, story_count, tool);
    if (*found == NULL) {
        return fail_tool(issue, tool, why);
    }
    voice_candidates(arena, lexicon_english(arena), *found, sentences, count);
    return true;
}

/* A reader must not take who would skip the tool for one who speaks for it. */
static bool check_side(const struct rewording *work, const struct voice_candidate *sentence)
{
    bool against = work->change->kind == ISSUE_WORD_QUOTE_AGAINST;
    return (against ? sentence->may_against : sentence->may_for) ||
           fail(work->why, FAILURE_DATA,
                "sentence %zu is of a reviewer who would %s it, and cannot be quoted %s it",
                work->change->sentence, against ? "ship" : "skip", against ? "against" : "for");
}

static bool choose_quote(const struct rewording *work)
{
    const struct reword *change = work->change;
    const struct tool *tool;
    struct voice_candidate *sentences;
    size_t count;
    if (!reword_list_sentences(work->store, work->arena, work->draft, change->tool, &tool,
                               &sentences, &count, work->why)) {
        return false;
    }
    if (change->sentence > count) {
        return fail(work->why, FAILURE_NO_INPUT,
                    "%.200s has %zu sentence%s to be quoted, so there is no %zu; `verdicts issue "
                    "quote %lld %s` lists them",
                    tool->name, count, count == 1 ? "" : "s", change->sentence,
                    (long long)work->draft->number, tool->slug);
    }
    const struct voice_candidate *sentence = &sentences[change->sentence - 1];
    return check_side(work, sentence) && put(work, change->kind, tool->slug, sentence->text);
}

/* Both sides; also of a tool that is in no story any more, by its slug. */
static bool clear_quotes(const struct rewording *work)
{
    struct story *stories;
    size_t count;
    bool for_it, against_it;
    if (!stored_stories(work->store, work->arena, work->draft->id, &stories, &count, work->why)) {
        return false;
    }
    const struct tool *tool = words_find_tool(work->arena, stories, count, work->change->tool);
    const char *slug = tool != NULL ? tool->slug : work->change->tool;
    return take_back(work, ISSUE_WORD_QUOTE_FOR, slug, &for_it) &&
           take_back(work, ISSUE_WORD_QUOTE_AGAINST, slug, &against_it) &&
           (for_it || against_it || fail_nothing(work, "choice of quotes for that tool"));
}

static bool change_word(const struct rewording *work)
{
    switch (work->change->kind) {
    case ISSUE_WORD_NOTE:
    case ISSUE_WORD_STORY_NOTE:
        return reword_note(work);
    case ISSUE_WORD_QUOTE_FOR:
    case ISSUE_WORD_QUOTE_AGAINST:
        return work->change->sentence > 0 ? choose_quote(work) : clear_quotes(work);
    default:
        return reword_line(work);
    }
}

static bool change_and_build(struct store *store, struct arena *arena,
                             const struct settings *settings, const struct issue *issue,
                             const struct reword *change, int64_t now, struct failure *why)
{
    struct issue *draft;
    if (!rebuild_get_draft(store, arena, issue, "reworded", &draft, why)) {
        return false;
    }
    const struct rewording work = {store, arena, draft, change, now, why};
    return change_word(&work) && rebuild_draft(store, arena, settings, draft, now, why);
}

bool reword_issue(struct store *store, struct arena *arena, const struct settings *settings,
                  const struct issue *issue, const struct reword *change, int64_t now,
                  struct failure *why)
{
    bool ok = store_begin(store, why) &&
              change_and_build(store, arena, settings, issue, change, now, why);
    return store_end(store, ok, why);
}
