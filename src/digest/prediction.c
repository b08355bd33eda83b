#include "digest/prediction.h"

#include <string.h>
#include <strings.h>

#include "base/zone.h"
#include "digest/due.h"
#include "digest/phrase.h"
#include "digest/quote.h"

enum { MONTHS = 12 };

int prediction_month(const char *timezone, int64_t instant)
{
    struct local_time local = zone_from_instant(timezone, instant);
    return (int)(local.year * MONTHS + local.month - 1);
}

/* Whether one of these words occurs in the text. */
static bool has_word(const struct lexicon *lexicon, enum time_word word, const char *text)
{
    for (size_t i = 0; i < lexicon->time_count; i++) {
        const struct lexicon_time *time = &lexicon->times[i];
        if (time->word == word && lexicon_find(text, time->phrase) != NULL) {
            return true;
        }
    }
    return false;
}

/* Whether the text between a time and an expectation separates the two. */
static bool has_parting(const struct lexicon *lexicon, const char *text)
{
    return has_word(lexicon, TIME_PARTS, text) || has_word(lexicon, TIME_IF, text);
}

/* Whether a comma, colon, semicolon, bracket or dash separates two clauses. */
static bool has_break(const char *text)
{
    return strpbrk(text, ",;:()") != NULL || strstr(text, " - ") != NULL ||
           strstr(text, "\xE2\x80\x93") != NULL || strstr(text, "\xE2\x80\x94") != NULL;
}

/* Whether the text has a past tense ("raised", "built"): what was done by then is over. */
static bool has_past(const struct lexicon *lexicon, const char *text)
{
    if (has_word(lexicon, TIME_PAST, text)) {
        return true;
    }
    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        if (len > 3 && strncasecmp(text + len - 2, "ed", 2) == 0) {
            return true;
        }
        text += len + strspn(text + len, " ");
    }
    return false;
}

/* Whether a time at `start` begins the clause. */
static bool begins_clause(const struct lexicon *lexicon, const char *sentence, size_t start)
{
    while (start > 0 && strchr(" \"'", sentence[start - 1]) != NULL) {
        start--;
    }
    if (start == 0 || strchr(":;", sentence[start - 1]) != NULL ||
        (start >= 3 && strncmp(sentence + start - 3, "\xE2\x80\x94", 3) == 0)) {
        return true;
    }
    for (size_t i = 0; i < lexicon->time_count; i++) {
        const struct lexicon_time *time = &lexicon->times[i];
        size_t len = strlen(time->phrase);
        if (time->word == TIME_LEADS && len < start && sentence[start - len - 1] == ' ' &&
            strncasecmp(sentence + start - len, time->phrase, len) == 0) {
            return true;
        }
    }
    return false;
}

/* The text between two positions of a sentence. */
#define BETWEEN_MAX 1024
static const char *between(char room[BETWEEN_MAX], const char *sentence, size_t from, size_t to)
{
    size_t len = to - from < BETWEEN_MAX ? to - from : BETWEEN_MAX - 1;
    memcpy(room, sentence + from, len);
    room[len] = '\0';
    return room;
}

/* Whether the clause that contains `start` is a condition: "If it will not run offline by 2028". */
static bool is_condition(const struct lexicon *lexicon, const char *sentence, size_t start)
{
    char room[BETWEEN_MAX];
    size_t from = start;
    while (from > 0 && strchr(",;:()", sentence[from - 1]) == NULL) {
        from--;
    }
    const char *text = between(room, sentence, from, start);
    return !has_break(text) && has_word(lexicon, TIME_IF, text);
}

/* Whether the word shows an expectation, before the time or in it: "I bet that by 2028". */
static bool expects(const struct lexicon *lexicon, const char *sentence, const struct due *due,
                    size_t start, size_t end)
{
    char room[BETWEEN_MAX];
    if (end > due->start) {
        return start >= due->start && end <= due->end;
    }
    const char *text = between(room, sentence, end, due->start);
    return !has_parting(lexicon, text) && !has_word(lexicon, TIME_PAST, text);
}

/* "will be gone by 2028", "By 2028 it will": in one clause with the time. */
static bool will(const struct lexicon *lexicon, const char *sentence, const struct due *due,
                 size_t start, size_t end)
{
    char room[BETWEEN_MAX];
    if (end <= due->start) {
        const char *text = between(room, sentence, end, due->start);
        return !has_break(text) && !has_parting(lexicon, text) &&
               !is_condition(lexicon, sentence, start);
    }
    if (start < due->end || !begins_clause(lexicon, sentence, due->start)) {
        return false;
    }
    const char *text = between(room, sentence, due->end, start);
    text += *text == ',';
    return !has_break(text) && !has_past(lexicon, text) && !has_parting(lexicon, text);
}

/* How clearly the sentence expects something by that time; 0: it does not. */
static int weigh(const struct lexicon *lexicon, const char *sentence, const struct due *due)
{
    int weight = 0;
    for (size_t i = 0; i < lexicon->time_count; i++) {
        const struct lexicon_time *time = &lexicon->times[i];
        if ((time->word != TIME_EXPECTS && time->word != TIME_WILL) || time->number <= weight) {
            continue;
        }
        const char *at = sentence;
        while ((at = lexicon_find(at, time->phrase)) != NULL) {
            size_t start = (size_t)(at - sentence);
            size_t end = start + lexicon_match(at, time->phrase);
            at++;
            if (time->word == TIME_EXPECTS ? expects(lexicon, sentence, due, start, end)
                                           : will(lexicon, sentence, due, start, end)) {
                weight = time->number;
            }
        }
    }
    return weight;
}

/* Its only time, and how clearly something is expected by then. */
static bool read_sentence(const struct lexicon *lexicon, const char *sentence, struct due *due,
                          int *weight)
{
    size_t length = phrase_length(sentence);
    struct due other;
    if (length < QUOTE_MIN || length > QUOTE_MAX || !quote_stands_alone(sentence) ||
        strchr(sentence, '?') != NULL || !due_find(lexicon, sentence, 0, due) ||
        due_find(lexicon, sentence, due->end, &other) || has_word(lexicon, TIME_NEVER, sentence)) {
        return false;
    }
    *weight = weigh(lexicon, sentence, due);
    return *weight > 0;
}

bool prediction_read(const struct lexicon *lexicon, const char *sentence, int said, int *due,
                     int *weight)
{
    struct due found;
    if (!read_sentence(lexicon, sentence, &found, weight)) {
        return false;
    }
    *due = due_month(&found, said);
    return *due > said && *due - said <= PREDICTION_MONTHS_MAX;
}

bool prediction_is_one(const struct lexicon *lexicon, const char *sentence)
{
    struct due due;
    int weight;
    return read_sentence(lexicon, sentence, &due, &weight);
}

/* --- those of an issue --- */

struct collected_predictions {
    struct arena *arena;
    const struct lexicon *lexicon;
    const char *timezone;
    int now; /* the month of the issue */
    struct prediction *list;
    const char **tools; /* the slugs of their tools */
    int *weights;
    size_t count;
};

static bool is_taken(const struct collected_predictions *found, const struct tool *tool)
{
    for (size_t i = 0; i < found->count; i++) {
        if (strcmp(found->tools[i], tool->slug) == 0) {
            return true;
        }
    }
    return false;
}

/* Inserts after predictions that are equally clear. */
static void insert(struct collected_predictions *found, const struct prediction *prediction,
                   const char *tool, int weight)
{
    size_t at = found->count++;
    for (; at > 0 && found->weights[at - 1] < weight; at--) {
        found->list[at] = found->list[at - 1];
        found->tools[at] = found->tools[at - 1];
        found->weights[at] = found->weights[at - 1];
    }
    found->list[at] = *prediction;
    found->tools[at] = tool;
    found->weights[at] = weight;
}

/* Takes the clearest sentence of one review if it is clearer than `weight`. */
static void try_review(const struct collected_predictions *found, const struct review *review,
                       struct prediction *best, int *weight)
{
    int said = prediction_month(found->timezone, best->said_at);
    const char *text = phrase_tidy(found->arena, review->quote);
    while (*text != '\0') {
        bool whole;
        size_t len = quote_sentence(text, &whole);
        const char *sentence = arena_copy_bytes(found->arena, text, len);
        int due, clear;
        if (whole && prediction_read(found->lexicon, sentence, said, &due, &clear) &&
            due > found->now && clear > *weight) {
            *weight = clear;
            best->sentence = sentence;
            best->reviewer = review->reviewer;
            best->due = due;
        }
        text += len + strspn(text + len, " ");
    }
}

static void try_tool(struct collected_predictions *found, const struct comparison *item,
                     const struct tool *tool)
{
    struct prediction best = {.tool = tool->name,
                              .category = tool->category,
                              .comparison_id = item->id,
                              .slug = item->slug,
                              .url = item->url,
                              .said_at = item->published_at,
                              .told_week = ""};
    int weight = 0;
    if (is_taken(found, tool)) {
        return;
    }
    for (size_t i = 0; i < tool->review_count; i++) {
        try_review(found, &tool->reviews[i], &best, &weight);
    }
    if (weight > 0) {
        insert(found, &best, tool->slug, weight);
    }
}

void predictions_of(struct arena *arena, const struct story *stories, size_t count,
                    const char *timezone, int64_t now, struct prediction **list, size_t *found)
{
    size_t room = 0;
    for (size_t i = 0; i < count; i++) {
        room += 2 * stories[i].count;
    }
    struct collected_predictions all = {.arena = arena,
                                        .lexicon = lexicon_english(arena),
                                        .timezone = timezone,
                                        .now = prediction_month(timezone, now),
                                        .list = arena_array(arena, room, sizeof *all.list),
                                        .tools = arena_array(arena, room, sizeof *all.tools),
                                        .weights = arena_array(arena, room, sizeof *all.weights)};
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < stories[i].count; j++) {
            const struct comparison *item = stories[i].items[j];
            try_tool(&all, item, model_rival(item, stories[i].shared));
            try_tool(&all, item, model_other(item, stories[i].shared));
        }
    }
    *list = all.list;
    *found = all.count;
}
