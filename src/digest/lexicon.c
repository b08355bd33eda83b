#include "digest/lexicon.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { DENIAL_WORDS = 3 };

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* Typographic quotation marks and dashes do not belong to words: U+2018, U+2019, U+2014 begin with
 * E2 80. */
static bool is_mark(const char *at)
{
    return strncmp(at, "\xE2\x80", 2) == 0;
}

bool lexicon_begins_word(const char *text, const char *at)
{
    bool behind_mark = at >= text + 3 && is_mark(at - 3);
    return at == text || behind_mark || !is_word(at[-1]);
}

static bool ends_word(const char *at)
{
    return !is_word(*at) || is_mark(at);
}

/* ' matches ’ too. */
size_t lexicon_match(const char *at, const char *phrase)
{
    size_t used = 0;
    for (; *phrase != '\0' && *phrase != '*'; phrase++) {
        if (*phrase == '\'' && strncmp(at + used, "\xE2\x80\x99", 3) == 0) {
            used += 3;
        } else if (tolower((unsigned char)at[used]) == *phrase) {
            used++;
        } else {
            return 0;
        }
    }
    return *phrase == '*' || ends_word(at + used) ? used : 0;
}

/* Moves from one occurrence of the phrase's first letter to the next. */
const char *lexicon_find(const char *text, const char *phrase)
{
    assert(*phrase != '\0');
    char upper = (char)toupper((unsigned char)*phrase);
    const char first[] = {*phrase, *phrase == '\'' ? '\xE2' : upper, '\0'};
    for (const char *at = text; (at = strpbrk(at, first)) != NULL; at++) {
        if (lexicon_begins_word(text, at) && lexicon_match(at, phrase) > 0) {
            return at;
        }
    }
    return NULL;
}

/* Visits the words of the text once and tries at each only the cues that begin with the same byte:
 * every sentence of every review is searched for some hundred cues, and searching for one after the
 * other took a third of the time that an issue needs to start. */
const bool *lexicon_cues(struct arena *arena, const struct lexicon *lexicon, const char *text)
{
    bool *stands = arena_array(arena, lexicon->cue_count, sizeof *stands);
    for (const char *at = text; *at != '\0'; at++) {
        if (!lexicon_begins_word(text, at)) {
            continue;
        }
        int first = strncmp(at, "\xE2\x80\x99", 3) == 0 ? '\'' : tolower((unsigned char)*at);
        for (const struct lexicon_cue *cue = lexicon->by_first[first]; cue != NULL;
             cue = cue->next) {
            stands[cue - lexicon->cues] |= lexicon_match(at, cue->phrase) > 0;
        }
    }
    return stands;
}

bool lexicon_has(const char *text, const char *const *phrases)
{
    for (; *phrases != NULL; phrases++) {
        if (lexicon_find(text, *phrases) != NULL) {
            return true;
        }
    }
    return false;
}

static bool denies(const char *word, size_t len)
{
    static const char *const words[] = {
        "no",      "not",     "without", "never", "lacks",   "lack", "lacking", "isn't", "isn’t",
        "doesn't", "doesn’t", "cannot",  "nor",   "neither", "zero", "don't",   "don’t"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strlen(words[i]) == len && strncasecmp(words[i], word, len) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether one of the few words before `at`, in the same sentence, negates what follows. */
static bool is_denied(const char *text, const char *at)
{
    for (int words = 0; words < DENIAL_WORDS && at > text; words++) {
        const char *end = at;
        while (end > text && (end[-1] == ' ' || end[-1] == '(' || end[-1] == '"')) {
            end--;
        }
        if (end > text && strchr(".;:!?", end[-1]) != NULL) {
            return false;
        }
        at = end;
        while (at > text && at[-1] != ' ') {
            at--;
        }
        size_t len = (size_t)(end - at);
        len -= len > 0 && at[len - 1] == ',';
        if (denies(at, len)) {
            return true;
        }
    }
    return false;
}

bool lexicon_names(const char *text, const char *const *phrases)
{
    for (; *phrases != NULL; phrases++) {
        const char *at = text;
        while ((at = lexicon_find(at, *phrases)) != NULL) {
            if (!is_denied(text, at)) {
                return true;
            }
            at++;
        }
    }
    return false;
}

/* --- the tables --- */

/* The next part of a line up to `stop`, trimmed; NULL at the end. */
static const char *next_part(struct arena *arena, const char **at, char stop)
{
    if (*at == NULL) {
        return NULL;
    }
    const char *start = *at + strspn(*at, " ");
    const char *end = strchr(start, stop);
    size_t len = end != NULL ? (size_t)(end - start) : strlen(start);
    *at = end != NULL ? end + 1 : NULL;
    while (len > 0 && start[len - 1] == ' ') {
        len--;
    }
    return arena_copy_bytes(arena, start, len);
}

static const char *const *read_phrases(struct arena *arena, const char *text)
{
    size_t count = 0;
    const char **phrases = arena_array(arena, strlen(text) + 2, sizeof *phrases);
    for (const char *part = next_part(arena, &text, ','); part != NULL;
         part = next_part(arena, &text, ',')) {
        phrases[count++] = part;
    }
    return phrases;
}

static void read_cue(struct arena *arena, struct lexicon *lexicon, const char *line)
{
    struct lexicon_cue *cue = &lexicon->cues[lexicon->cue_count++];
    const char *kind = next_part(arena, &line, ' ');
    const char *weight = next_part(arena, &line, ' ');
    assert(weight != NULL && line != NULL);
    cue->cue = strcmp(kind, "for") == 0       ? CUE_FOR
               : strcmp(kind, "against") == 0 ? CUE_AGAINST
                                              : CUE_NEVER;
    cue->weight = (int)strtol(weight, NULL, 10);
    cue->phrase = arena_copy(arena, line);
    const struct lexicon_cue **first = &lexicon->by_first[(unsigned char)*line];
    cue->next = *first;
    *first = cue;
}

static struct lexicon_kind *find_kind(struct lexicon *lexicon, const char *key)
{
    for (size_t i = 0; i < lexicon->kind_count; i++) {
        if (strcmp(lexicon->kinds[i].key, key) == 0) {
            return &lexicon->kinds[i];
        }
    }
    return NULL;
}

enum { VALUES_MAX = 16 };

static void read_fact(struct arena *arena, struct lexicon *lexicon, const char *line)
{
    const char *word = next_part(arena, &line, ' ');
    const char *names = next_part(arena, &line, ':');
    const char *key = next_part(arena, &names, ' ');
    assert(key != NULL && *key != '\0');
    struct lexicon_kind *kind = find_kind(lexicon, key);
    if (strcmp(word, "kind") == 0) {
        assert(kind == NULL && line == NULL);
        kind = &lexicon->kinds[lexicon->kind_count++];
        kind->key = key;
        kind->name = arena_format(arena, "fact/%s", key);
        kind->column = arena_format(arena, "fact-column/%s", key);
        kind->values = arena_array(arena, VALUES_MAX, sizeof *kind->values);
        return;
    }
    assert(kind != NULL && line != NULL);
    if (strcmp(word, "says") == 0) {
        kind->says = read_phrases(arena, line);
        return;
    }
    assert(strcmp(word, "value") == 0 && kind->count < VALUES_MAX);
    struct lexicon_value *value = &kind->values[kind->count++];
    value->key = names != NULL ? arena_format(arena, "%s/%s", kind->name, names) : kind->name;
    value->phrases = read_phrases(arena, line);
}

static enum when_base read_base(const char *word)
{
    static const char *const names[] = {[WHEN_NONE] = "none",
                                        [WHEN_SAID] = "said",
                                        [WHEN_THIS_YEAR] = "this",
                                        [WHEN_YEAR] = "year",
                                        [WHEN_MONTH] = "month"};
    size_t base = 0;
    while (strcmp(names[base], word) != 0) {
        base++;
        assert(base < sizeof names / sizeof names[0]);
    }
    return (enum when_base)base;
}

static void read_time(struct arena *arena, struct lexicon *lexicon, const char *line)
{
    static const struct {
        const char *name;
        enum time_word word;
        bool numbered;
    } rows[] = {
        {"number", TIME_NUMBER, true},   {"month", TIME_MONTH, true},
        {"counts", TIME_COUNTS, false},  {"leads", TIME_LEADS, false},
        {"expects", TIME_EXPECTS, true}, {"will", TIME_WILL, true},
        {"parts", TIME_PARTS, false},    {"if", TIME_IF, false},
        {"past", TIME_PAST, false},      {"never", TIME_NEVER, false},
    };
    const char *word = next_part(arena, &line, ' ');
    if (strcmp(word, "when") == 0) {
        struct lexicon_when *when = &lexicon->whens[lexicon->when_count++];
        when->base = read_base(next_part(arena, &line, ' '));
        when->months = (int)strtol(next_part(arena, &line, ' '), NULL, 10);
        when->phrase = next_part(arena, &line, '\n');
        assert(when->phrase != NULL);
        return;
    }
    size_t row = 0;
    while (strcmp(rows[row].name, word) != 0) {
        row++;
        assert(row < sizeof rows / sizeof rows[0]);
    }
    struct lexicon_time *time = &lexicon->times[lexicon->time_count++];
    time->word = rows[row].word;
    time->number = rows[row].numbered ? (int)strtol(next_part(arena, &line, ' '), NULL, 10) : 0;
    time->phrase = next_part(arena, &line, '\n');
    assert(time->phrase != NULL);
}

static void each_line(struct arena *arena, struct lexicon *lexicon, const char *text,
                      void (*read)(struct arena *, struct lexicon *, const char *))
{
    while (*text != '\0') {
        size_t len = strcspn(text, "\n");
        if (len > 0 && *text != '#') {
            read(arena, lexicon, arena_copy_bytes(arena, text, len));
        }
        text += len + (text[len] == '\n');
    }
}

static size_t count_lines(const char *text)
{
    size_t lines = 1;
    for (; *text != '\0'; text++) {
        lines += *text == '\n';
    }
    return lines;
}

extern const char embedded_lexicon_cues[];
extern const char embedded_lexicon_facts[];
extern const char embedded_lexicon_times[];

const struct lexicon *lexicon_english(struct arena *arena)
{
    struct lexicon *lexicon = arena_alloc(arena, sizeof *lexicon);
    lexicon->cues = arena_array(arena, count_lines(embedded_lexicon_cues), sizeof *lexicon->cues);
    lexicon->kinds =
        arena_array(arena, count_lines(embedded_lexicon_facts), sizeof *lexicon->kinds);
    lexicon->whens =
        arena_array(arena, count_lines(embedded_lexicon_times), sizeof *lexicon->whens);
    lexicon->times =
        arena_array(arena, count_lines(embedded_lexicon_times), sizeof *lexicon->times);
    each_line(arena, lexicon, embedded_lexicon_cues, read_cue);
    each_line(arena, lexicon, embedded_lexicon_facts, read_fact);
    each_line(arena, lexicon, embedded_lexicon_times, read_time);
    return lexicon;
}
