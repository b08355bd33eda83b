#include "digest/voice.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "digest/phrase.h"
#include "digest/prediction.h"
#include "digest/quote.h"

/* How much clearer a sentence must be if its reviewer gives no verdict. */
enum { CLEAR = 3, NOT_QUOTED = -1000 };

static bool is_any(const char *word, size_t len, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (strlen(*words) == len && strncasecmp(*words, word, len) == 0) {
            return true;
        }
    }
    return false;
}

static size_t word_length(const char *at)
{
    size_t len = 0;
    while (isalnum((unsigned char)at[len]) || (unsigned char)at[len] >= 0x80) {
        len++;
    }
    return len;
}

/* Whether the word at `at`, the object of "ship", begins something other than the tool. */
static bool is_other_product(const char *at, const struct tool *tool)
{
    static const char *const words[] = {"a",       "an",   "the",  "its",  "their",
                                        "our",     "his",  "her",  "next", "new",
                                        "another", "some", "real", "more", NULL};
    size_t len = word_length(at);
    bool capital = isupper((unsigned char)*at) || isdigit((unsigned char)*at);
    char word[64] = "";
    if (len == 0 || len >= sizeof word) {
        return false;
    }
    memcpy(word, at, len);
    return is_any(at, len, words) || (capital && strstr(tool->name, word) == NULL);
}

static bool ships_another(const char *text, const struct tool *tool)
{
    static const char *const verbs[] = {"ship", "ships", "shipped", "shipping", NULL};
    for (const char *at = text; *at != '\0';) {
        size_t len = word_length(at);
        if (len > 0 && is_any(at, len, verbs) && at[len] == ' ' &&
            is_other_product(at + len + 1, tool)) {
            return true;
        }
        at += len > 0 ? len : 1;
    }
    return false;
}

/* The offset of the last dash or semicolon before which enough remains that also fits; 0 for
 * none. */
static size_t cut_place(struct arena *arena, const char *text)
{
    static const char *const marks[] = {" — ", "; ", " – ", "—"};
    size_t best = 0;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        for (const char *at = strstr(text, marks[i]); at != NULL; at = strstr(at + 1, marks[i])) {
            size_t end = (size_t)(at - text);
            size_t length = phrase_length(arena_copy_bytes(arena, text, end));
            if (length >= QUOTE_MIN && length + 2 <= QUOTE_MAX && end > best) {
                best = end;
            }
        }
    }
    return best;
}

/* The part after a colon, if it is a sentence by itself and fits; otherwise NULL. */
static const char *behind_colon(struct arena *arena, const char *text)
{
    const char *at = strstr(text, ": ");
    if (at == NULL) {
        return NULL;
    }
    size_t length = phrase_length(at + 2);
    bool begins = isupper((unsigned char)at[2]) || isdigit((unsigned char)at[2]);
    return begins && length >= QUOTE_MIN && length + 2 <= QUOTE_MAX
               ? arena_format(arena, "… %s", at + 2)
               : NULL;
}

/* The sentence in the form in which it may be quoted; NULL if it may not. */
static const char *fit(struct arena *arena, const char *sentence)
{
    size_t length = phrase_length(sentence);
    if (length <= QUOTE_MAX) {
        return length >= QUOTE_MIN ? sentence : NULL;
    }
    size_t end = cut_place(arena, sentence);
    while (end > 0 && sentence[end - 1] == ' ') {
        end--;
    }
    return end > 0 ? arena_format(arena, "%.*s …", (int)end, sentence)
                   : behind_colon(arena, sentence);
}

/* The score of a sentence by its cues: those for the side, minus `less` times those against it.
 * NOT_QUOTED if it may not be quoted. */
static int score_of(struct arena *arena, const struct lexicon *lexicon, const char *text,
                    enum voice_side side, int less)
{
    const bool *stands = lexicon_cues(arena, lexicon, text);
    int score = 0;
    for (size_t i = 0; i < lexicon->cue_count; i++) {
        const struct lexicon_cue *cue = &lexicon->cues[i];
        if (!stands[i]) {
            continue;
        }
        if (cue->cue == CUE_NEVER) {
            return NOT_QUOTED;
        }
        bool own = (cue->cue == CUE_FOR) == (side == VOICE_FOR);
        bool faint = side != VOICE_FOR && cue->weight < CLEAR; /* as "fast" in "hits a wall fast" */
        score += own ? cue->weight : faint ? 0 : -less * cue->weight;
    }
    return score;
}

static bool may_speak(const struct review *review, enum voice_side side)
{
    switch (review->verdict) {
    case VERDICT_SHIP:
        return side == VOICE_FOR;
    case VERDICT_SKIP:
        return side == VOICE_AGAINST;
    case VERDICT_UNKNOWN:
        break;
    }
    return side != VOICE_AGAINST;
}

/* A sentence that can be quoted, whatever it speaks for, unless it is a prediction; NULL: not this
 * one. Whether it is one costs far more than the rest and is asked last. */
static const char *quotable(struct arena *arena, const struct tool *tool, const char *sentence)
{
    const char *text = fit(arena, sentence);
    return text == NULL || !quote_stands_alone(text) || ships_another(text, tool) ? NULL : text;
}

typedef void (*visit_sentence)(void *context, const struct review *review, const char *sentence);

/* Every whole sentence of the tool's reviews. */
static void each_sentence(struct arena *arena, const struct tool *tool, visit_sentence visit,
                          void *context)
{
    for (size_t i = 0; i < tool->review_count; i++) {
        const char *text = phrase_tidy(arena, tool->reviews[i].quote);
        while (*text != '\0') {
            bool whole;
            size_t len = quote_sentence(text, &whole);
            if (whole) {
                visit(context, &tool->reviews[i], arena_copy_bytes(arena, text, len));
            }
            text += len + strspn(text + len, " ");
        }
    }
}

/* What is looked for, and the best so far. */
struct search {
    struct arena *arena;
    const struct lexicon *lexicon;
    const struct tool *tool;
    enum voice_side side;
    const struct lexicon_kind *told;
    struct voice best;
};

/* Of a reviewer who gives no verdict what speaks against the side weighs three times. */
static int score_by(struct arena *arena, const struct lexicon *lexicon, const char *text,
                    enum voice_side side, const struct review *review)
{
    return score_of(arena, lexicon, text, side, review->verdict == VERDICT_UNKNOWN ? 3 : 1);
}

static void try_sentence(void *context, const struct review *review, const char *sentence)
{
    struct search *search = context;
    const char *text =
        may_speak(review, search->side) ? quotable(search->arena, search->tool, sentence) : NULL;
    if (text == NULL || (search->told != NULL && lexicon_has(text, search->told->says))) {
        return;
    }
    int score = score_by(search->arena, search->lexicon, text, search->side, review);
    int needed = review->verdict == VERDICT_UNKNOWN ? CLEAR : 0;
    if (score >= needed && (search->best.text == NULL || score > search->best.score) &&
        !prediction_is_one(search->lexicon, sentence)) {
        search->best =
            (struct voice){.text = text, .review = review, .score = score, .side = search->side};
    }
}

struct voice voice_find(struct arena *arena, const struct lexicon *lexicon, const struct tool *tool,
                        enum voice_side side, const struct lexicon_kind *told)
{
    struct search search = {arena, lexicon, tool, side, told, {.text = NULL}};
    each_sentence(arena, tool, try_sentence, &search);
    return search.best;
}

/* --- what an editor chooses --- */

struct collection {
    struct arena *arena;
    const struct lexicon *lexicon;
    const struct tool *tool;
    struct voice_candidate *list;
    size_t count, room;
};

static bool is_collected(const struct collection *collection, const char *text)
{
    for (size_t i = 0; i < collection->count; i++) {
        if (strcmp(collection->list[i].text, text) == 0) {
            return true;
        }
    }
    return false;
}

static void collect_sentence(void *context, const struct review *review, const char *sentence)
{
    struct collection *found = context;
    const char *text = quotable(found->arena, found->tool, sentence);
    bool unknown = review->verdict == VERDICT_UNKNOWN;
    if (text == NULL || is_collected(found, text) ||
        score_of(found->arena, found->lexicon, text, VOICE_FOR, 1) == NOT_QUOTED ||
        prediction_is_one(found->lexicon, sentence)) {
        return;
    }
    found->list =
        arena_more(found->arena, found->list, found->count, &found->room, sizeof *found->list);
    found->list[found->count++] = (struct voice_candidate){
        .text = text,
        .review = review,
        .may_for = may_speak(review, VOICE_FOR),
        .may_against = may_speak(review, unknown ? VOICE_DOUBT : VOICE_AGAINST),
        .for_it = score_by(found->arena, found->lexicon, text, VOICE_FOR, review),
        .against_it = score_by(found->arena, found->lexicon, text, VOICE_AGAINST, review),
    };
}

void voice_candidates(struct arena *arena, const struct lexicon *lexicon, const struct tool *tool,
                      struct voice_candidate **candidates, size_t *count)
{
    struct collection found = {.arena = arena, .lexicon = lexicon, .tool = tool};
    each_sentence(arena, tool, collect_sentence, &found);
    *candidates = found.list;
    *count = found.count;
}

static struct voice voice_of_candidate(const struct voice_candidate *candidate, bool against)
{
    bool unknown = candidate->review->verdict == VERDICT_UNKNOWN;
    return (struct voice){
        .text = candidate->text,
        .review = candidate->review,
        .score = against ? candidate->against_it : candidate->for_it,
        .side = !against  ? VOICE_FOR
                : unknown ? VOICE_DOUBT
                          : VOICE_AGAINST,
        .pinned = true,
    };
}

/* text NULL: an editor has chosen none, or none that stands. */
static struct voice find_pinned(struct arena *arena, const struct voice_words *words,
                                const struct tool *tool, bool against)
{
    for (size_t i = 0; i < words->pin_count; i++) {
        const struct voice_pin *pin = &words->pins[i];
        struct voice_candidate *candidates;
        size_t count;
        if (pin->against != against || strcmp(pin->tool, tool->slug) != 0) {
            continue;
        }
        voice_candidates(arena, words->lexicon, tool, &candidates, &count);
        for (size_t j = 0; j < count; j++) {
            bool may = against ? candidates[j].may_against : candidates[j].may_for;
            if (may && strcmp(candidates[j].text, pin->text) == 0) {
                return voice_of_candidate(&candidates[j], against);
            }
        }
    }
    return (struct voice){.text = NULL};
}

static bool is_same(const struct voice *one, const struct voice *other)
{
    return one->text != NULL && other->text != NULL && strcmp(one->text, other->text) == 0;
}

static struct voice find_against(struct arena *arena, const struct voice_words *words,
                                 const struct tool *tool, const struct voice *seen)
{
    struct voice voice = voice_find(arena, words->lexicon, tool, VOICE_AGAINST, words->told);
    if (voice.text == NULL || is_same(&voice, seen)) {
        voice = voice_find(arena, words->lexicon, tool, VOICE_DOUBT, words->told);
    }
    return voice;
}

size_t voice_pair(struct arena *arena, const struct voice_words *words, const struct tool *tool,
                  struct voice pair[2])
{
    struct voice first = find_pinned(arena, words, tool, false);
    struct voice second = find_pinned(arena, words, tool, true);
    if (first.text == NULL) {
        first = voice_find(arena, words->lexicon, tool, VOICE_FOR, words->told);
        first.text = is_same(&first, &second) ? NULL : first.text;
    }
    if (second.text == NULL) {
        second = find_against(arena, words, tool, &first);
    }
    second.text = is_same(&first, &second) ? NULL : second.text;
    size_t count = 0;
    if (first.text != NULL) {
        pair[count++] = first;
    }
    if (second.text != NULL) {
        pair[count++] = second;
    }
    return count;
}

const char *voice_cues(struct arena *arena, const struct lexicon *lexicon, const char *text,
                       enum voice_side side)
{
    const bool *stands = lexicon_cues(arena, lexicon, text);
    const char *list = "";
    for (size_t i = 0; i < lexicon->cue_count; i++) {
        const struct lexicon_cue *cue = &lexicon->cues[i];
        if (cue->cue != CUE_NEVER && stands[i]) {
            bool own = (cue->cue == CUE_FOR) == (side == VOICE_FOR);
            list = arena_format(arena, "%s%s%s %c%d", list, *list != '\0' ? ", " : "", cue->phrase,
                                own ? '+' : '-', cue->weight);
        }
    }
    return *list != '\0' ? list : "no cue; the first that fits";
}
