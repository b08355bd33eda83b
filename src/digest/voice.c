#include "digest/voice.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "digest/phrase.h"
#include "digest/prediction.h"
#include "digest/quote.h"

/* How much clearer a sentence must speak whose reviewer gives no verdict. */
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

/* Whether the word at `at` begins what is shipped, and is another thing than the tool. */
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

/* The offset of the last dash or semicolon that leaves enough and fits; 0 for none. */
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

/* What stands behind a colon, where that is a sentence by itself and fits; NULL where none does. */
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

/* The sentence as it may be quoted; NULL where it may not. */
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

/* What a sentence says by its cues: what speaks for the side, minus `less` times what speaks
 * against it. NOT_QUOTED where it may not be quoted. */
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
        bool faint = side != VOICE_FOR && cue->weight < CLEAR; /* "fast" is no praise of a wall */
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

/* What is looked for, and the best so far. */
struct search {
    struct arena *arena;
    const struct lexicon *lexicon;
    const struct tool *tool;
    enum voice_side side;
    const struct lexicon_kind *told;
    struct voice best;
};

static void try_sentence(struct search *search, const struct review *review, const char *sentence)
{
    const char *text = fit(search->arena, sentence);
    if (text == NULL || !quote_stands_alone(text) || ships_another(text, search->tool) ||
        (search->told != NULL && lexicon_has(text, search->told->says))) {
        return;
    }
    bool unknown = review->verdict == VERDICT_UNKNOWN;
    int score = score_of(search->arena, search->lexicon, text, search->side, unknown ? 3 : 1);
    int needed = unknown ? CLEAR : 0;
    if (score >= needed && (search->best.text == NULL || score > search->best.score) &&
        !prediction_is_one(search->lexicon, sentence)) {
        search->best = (struct voice){text, review, score};
    }
}

struct voice voice_find(struct arena *arena, const struct lexicon *lexicon, const struct tool *tool,
                        enum voice_side side, const struct lexicon_kind *told)
{
    struct search search = {arena, lexicon, tool, side, told, {.text = NULL}};
    for (size_t i = 0; i < tool->review_count; i++) {
        const struct review *review = &tool->reviews[i];
        const char *text = phrase_tidy(arena, review->quote);
        while (may_speak(review, side) && *text != '\0') {
            bool whole;
            size_t len = quote_sentence(text, &whole);
            if (whole) {
                try_sentence(&search, review, arena_copy_bytes(arena, text, len));
            }
            text += len + strspn(text + len, " ");
        }
    }
    return search.best;
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
