#include "bounce/words.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>

#include "base/buf.h"
#include "base/utf8.h"

/* Latin accents; the marks that tell Japanese syllables apart stay. */
static bool is_accent(uint32_t point)
{
    return point >= 0x300 && point <= 0x36f;
}

static bool is_blank(uint32_t point)
{
    return point <= 0x20 || point == 0x7f || point == 0x85 || point == 0xa0 || point == 0xad ||
           point == 0x3000 || (point >= 0x2000 && point <= 0x200f) || point == 0x2028 ||
           point == 0x2029 || point == 0x202f || point == 0xfeff;
}

static uint32_t plain_quote(uint32_t point)
{
    if (point == 0x2018 || point == 0x2019 || point == 0x201b || point == 0x60 || point == 0xb4) {
        return '\'';
    }
    return point == 0x201c || point == 0x201d || point == 0xab || point == 0xbb ? '"' : point;
}

static void squeeze(const uint8_t *text, size_t len, struct buf *out)
{
    bool blank = false;
    for (size_t i = 0; i < len;) {
        uint32_t point;
        i += utf8_decode((const char *)text + i, len - i, &point);
        if (is_accent(point)) {
            continue;
        }
        if (is_blank(point)) {
            blank = out->len > 0;
            continue;
        }
        if (blank) {
            buf_add_char(out, ' ');
            blank = false;
        }
        char bytes[4];
        buf_add(out, bytes, utf8_encode(plain_quote(point), bytes));
    }
}

const char *words_fold(struct arena *arena, const char *text, size_t len, size_t limit)
{
    len = utf8_cut(text, len, limit);
    size_t folded_len = 0;
    uint8_t *folded =
        u8_casefold((const uint8_t *)text, len, NULL, UNINORM_NFKD, NULL, &folded_len);
    if (folded == NULL) {
        if (errno == ENOMEM) {
            memory_exhausted();
        }
        return arena_copy(arena, "");
    }
    struct buf out;
    buf_init(&out, folded_len + 1);
    squeeze(folded, folded_len, &out);
    free(folded);
    const char *copy = arena_copy_bytes(arena, out.data, out.len);
    buf_free(&out);
    return copy;
}

/* A blank at an end of a phrase stands for the end of a word: "ube" is in German words. */
static const char *fold_phrase(struct arena *arena, const char *phrase)
{
    size_t len = strlen(phrase);
    const char *folded = words_fold(arena, phrase, len, len);
    return arena_format(arena, "%s%s%s", phrase[0] == ' ' ? " " : "", folded,
                        phrase[len - 1] == ' ' ? " " : "");
}

static void fold_table(struct arena *arena, const struct word *rows, struct words_table *table)
{
    table->rows = rows;
    while (rows[table->count].phrase != NULL) {
        table->count++;
    }
    table->folded = arena_array(arena, table->count, sizeof *table->folded);
    for (size_t i = 0; i < table->count; i++) {
        table->folded[i] = fold_phrase(arena, rows[i].phrase);
        assert(strspn(table->folded[i], " ") < strlen(table->folded[i]));
    }
}

const struct lexicon *lexicon_make(struct arena *arena)
{
    struct lexicon *lexicon = arena_alloc(arena, sizeof *lexicon);
    fold_table(arena, words_excuses, &lexicon->excuses);
    fold_table(arena, words_senders, &lexicon->senders);
    fold_table(arena, words_reasons, &lexicon->reasons);
    fold_table(arena, words_reach, &lexicon->reach);
    fold_table(arena, words_foreign, &lexicon->foreign);
    fold_table(arena, words_absent, &lexicon->absent);
    fold_table(arena, words_idle, &lexicon->idle);
    fold_table(arena, words_commands, &lexicon->commands);
    fold_table(arena, words_subjects, &lexicon->subjects);
    fold_table(arena, words_openings, &lexicon->openings);
    fold_table(arena, words_markers, &lexicon->markers);
    fold_table(arena, words_daemons, &lexicon->daemons);
    fold_table(arena, words_daemon_names, &lexicon->daemon_names);
    fold_table(arena, words_machines, &lexicon->machines);
    fold_table(arena, words_devices, &lexicon->devices);
    fold_table(arena, words_notices, &lexicon->notices);
    fold_table(arena, words_auto_subjects, &lexicon->auto_subjects);
    fold_table(arena, words_auto_texts, &lexicon->auto_texts);
    fold_table(arena, words_leave, &lexicon->leave);
    fold_table(arena, words_greetings, &lexicon->greetings);
    fold_table(arena, words_closings, &lexicon->closings);
    fold_table(arena, words_challenges, &lexicon->challenges);
    return lexicon;
}

/* Where the phrase begins in `len` bytes of text; NULL if it is not there. What stands behind a
 * star is looked for no further than the gap reaches, so that no text makes this slow. */
static const char *find_within(const char *text, size_t len, const char *phrase)
{
    const char *star = strchr(phrase, '*');
    if (star == NULL) {
        return memmem(text, len, phrase, strlen(phrase));
    }
    size_t head = (size_t)(star - phrase), reach = WORDS_GAP + strlen(star + 1);
    const char *end = text + len;
    for (;;) {
        const char *at = memmem(text, (size_t)(end - text), phrase, head);
        if (at == NULL) {
            return NULL;
        }
        size_t rest = (size_t)(end - at) - head;
        if (find_within(at + head, rest < reach ? rest : reach, star + 1) != NULL) {
            return at;
        }
        text = at + 1;
    }
}

static const char *find_phrase(const char *text, const char *phrase)
{
    return find_within(text, strlen(text), phrase);
}

const struct word *words_find(const struct words_table *table, const char *folded, const char **at)
{
    for (size_t i = 0; i < table->count; i++) {
        const char *found = find_phrase(folded, table->folded[i]);
        if (found != NULL) {
            if (at != NULL) {
                *at = found;
            }
            return &table->rows[i];
        }
    }
    return NULL;
}

const struct word *words_begins(const struct words_table *table, const char *folded)
{
    for (size_t i = 0; i < table->count; i++) {
        if (strncmp(folded, table->folded[i], strlen(table->folded[i])) == 0) {
            return &table->rows[i];
        }
    }
    return NULL;
}

const struct word *words_equals(const struct words_table *table, const char *folded)
{
    for (size_t i = 0; i < table->count; i++) {
        if (strcmp(folded, table->folded[i]) == 0) {
            return &table->rows[i];
        }
    }
    return NULL;
}

static void mark_reasons(const struct words_table *table, const char *folded,
                         bool found[REASON_COUNT])
{
    for (size_t i = 0; i < table->count; i++) {
        int meaning = table->rows[i].meaning;
        if (!found[meaning] && find_phrase(folded, table->folded[i]) != NULL) {
            found[meaning] = true;
        }
    }
}

enum bounce_reason words_reason(const struct lexicon *lexicon, const char *folded)
{
    bool found[REASON_COUNT] = {false};
    if (folded[0] == '\0') {
        return REASON_NONE;
    }
    const struct word *idle = words_find(&lexicon->idle, folded, NULL);
    if (idle != NULL) {
        return (enum bounce_reason)idle->meaning;
    }
    mark_reasons(&lexicon->excuses, folded, found);
    mark_reasons(&lexicon->senders, folded, found);
    mark_reasons(&lexicon->reasons, folded, found);
    mark_reasons(&lexicon->reach, folded, found);
    mark_reasons(&lexicon->foreign, folded, found);
    mark_reasons(&lexicon->absent, folded, found);
    for (const enum bounce_reason *reason = words_reason_order; *reason != REASON_NONE; reason++) {
        if (found[*reason]) {
            return *reason;
        }
    }
    return REASON_NONE;
}
