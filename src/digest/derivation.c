#include "digest/derivation.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "digest/figure.h"
#include "digest/phrase.h"
#include "digest/quote.h"
#include "digest/superlative.h"
#include "digest/tally.h"
#include "digest/tidy.h"

/* READ stands where something is derived already: no text has it. NAME_SEEN: so much of a name that
 * is cut is enough to know it by. */
enum { CLAIMS_MAX = 96, NAMINGS_MAX = 48, READ = '\x01', NAME_SEEN = 4 };

#define ELLIPSIS "\xE2\x80\xA6"
#define OPENING  "\xE2\x80\x9C"
#define CLOSING  "\xE2\x80\x9D"

struct naming {
    size_t at;
    const struct tool *tool;
    const struct standing *standing;
};

struct deriving {
    struct arena *arena;
    const struct tally *tally;
    struct standing *standings;
    size_t count;
    char *text; /* what is derived is overwritten */
    struct naming namings[NAMINGS_MAX];
    size_t naming_count;
    struct derivation *derivation;
};

static void claim(struct deriving *deriving, const char *words, size_t len, const char *from)
{
    struct derivation *derivation = deriving->derivation;
    if (derivation->count < CLAIMS_MAX) {
        derivation->claims[derivation->count++] =
            (struct statement){arena_copy_bytes(deriving->arena, words, len), from};
    }
}

static void mark_read(char *from, size_t len)
{
    memset(from, READ, len);
}

/* Without the characters that only set the direction. */
static char *plain(struct arena *arena, const char *text)
{
    char *copy = arena_copy(arena, text);
    size_t to = 0, len = strlen(text);
    for (size_t at = 0, bytes; at < len; at += bytes) {
        uint32_t point;
        bytes = utf8_decode(text + at, len - at, &point);
        if (!utf8_is_bidi_control(point)) {
            memcpy(copy + to, text + at, bytes);
            to += bytes;
        }
    }
    copy[to] = '\0';
    return copy;
}

/* Whether any words of the tool hold the text. */
static const char *words_of(struct arena *arena, const struct tool *tool, const char *text)
{
    const char *const own[] = {tool->tagline, tool->description, tool->price, tool->price_note,
                               tool->name};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (strcasestr(own[i], text) != NULL) {
            return arena_format(arena, "the words of %s", plain(arena, tool->name));
        }
    }
    for (size_t i = 0; i < tool->review_count; i++) {
        if (strcasestr(tool->reviews[i].quote, text) != NULL) {
            return arena_format(arena, "a review of %s", plain(arena, tool->name));
        }
    }
    return NULL;
}

static const char *words_of_any(const struct deriving *deriving, const char *text)
{
    const char *from = NULL;
    for (size_t i = 0; from == NULL && i < deriving->tally->tool_count; i++) {
        from = words_of(deriving->arena, deriving->tally->tools[i], text);
    }
    return from;
}

/* What stands between quotation marks, without the "…" of a cut. */
static void read_quotes(struct deriving *deriving)
{
    for (char *at = deriving->text; (at = strstr(at, OPENING)) != NULL;) {
        const char *start = at + strlen(OPENING);
        const char *close = quote_end(start);
        if (close == NULL) {
            return;
        }
        const char *end = close;
        start += strncmp(start, ELLIPSIS, 3) == 0 ? 3 : 0;
        end -= end - start >= 3 && strncmp(end - 3, ELLIPSIS, 3) == 0 ? 3 : 0;
        const char *inner = arena_copy_bytes(deriving->arena, start, (size_t)(end - start));
        inner = phrase_tidy(deriving->arena, inner);
        claim(deriving, inner, strlen(inner), words_of_any(deriving, inner));
        size_t len = (size_t)(close - at) + strlen(CLOSING);
        mark_read(at, len);
        at += len;
    }
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) != 0;
}

/* The bytes at `at` that are this name, whole or cut; 0 where it is another one. */
static size_t name_length(const char *text, const char *at, const char *name)
{
    size_t len = 0;
    while (name[len] != '\0' && name[len] == at[len]) {
        len++;
    }
    bool begins = at == text || !is_word(at[-1]) || !is_word(*name);
    bool whole = name[len] == '\0' && len > 0 && (!is_word(name[len - 1]) || !is_word(at[len]));
    if (begins && whole) {
        return len;
    }
    while (len > 0 && name[len - 1] == ' ') {
        len--;
    }
    bool cut = phrase_length(name) > NAME_SEEN && len >= NAME_SEEN / 2 &&
               strncmp(at + len, ELLIPSIS, 3) == 0;
    return begins && cut ? len + 3 : 0;
}

/* The tool with the longest name at that place. */
static size_t name_at(const struct deriving *deriving, const char *at, struct naming *naming)
{
    size_t longest = 0;
    for (size_t i = 0; i < deriving->count; i++) {
        const struct standing *standing = &deriving->standings[i];
        for (size_t j = 0; j < standing->count; j++) {
            const struct tool *tool = standing->tools[j];
            size_t whole = name_length(deriving->text, at, plain(deriving->arena, tool->name));
            size_t brief =
                name_length(deriving->text, at, plain(deriving->arena, tool->short_name));
            size_t len = whole > brief ? whole : brief;
            if (len > longest) {
                longest = len;
                *naming = (struct naming){(size_t)(at - deriving->text), tool, standing};
            }
        }
    }
    return longest;
}

static void read_names(struct deriving *deriving)
{
    for (char *at = deriving->text; *at != '\0'; at++) {
        struct naming naming;
        size_t len = *at == READ ? 0 : name_at(deriving, at, &naming);
        if (len > 0 && deriving->naming_count < NAMINGS_MAX) {
            deriving->namings[deriving->naming_count++] = naming;
            claim(deriving, at, len, "the name of a tool");
            mark_read(at, len);
            at += len - 1;
        }
    }
}

/* A clause of the text, and the tools that it is about. */
struct clause {
    char *start, *end;
    struct derivation_scope scope;
};

static bool holds_all(const struct standing *standing, const struct derivation_scope *scope)
{
    for (size_t i = 0; i < scope->named_count; i++) {
        if (standing_tool(standing, scope->named[i]) == NULL) {
            return false;
        }
    }
    return true;
}

/* What is named, as that story has it. */
static struct derivation_scope scope_within(const struct derivation_scope *scope,
                                            const struct standing *standing)
{
    struct derivation_scope within = *scope;
    within.standing = standing;
    within.named = arena_array(scope->arena, scope->named_count + 1, sizeof *within.named);
    for (size_t i = 0; i < scope->named_count; i++) {
        const struct tool *tool = standing_tool(standing, scope->named[i]);
        within.named[i] = tool != NULL ? tool : scope->named[i];
    }
    return within;
}

/* The first story that has every tool that is named, else that of the first of them. */
static const struct standing *standing_for(const struct deriving *deriving,
                                           const struct derivation_scope *scope)
{
    for (size_t i = 0; scope->named_count > 0 && i < deriving->count; i++) {
        if (holds_all(&deriving->standings[i], scope)) {
            return &deriving->standings[i];
        }
    }
    return scope->standing;
}

static struct clause clause_of(struct deriving *deriving, char *start, char *end)
{
    struct clause clause = {start, end, {deriving->arena, &deriving->standings[0], NULL, 0}};
    size_t from = (size_t)(start - deriving->text), to = (size_t)(end - deriving->text);
    clause.scope.named =
        arena_array(deriving->arena, deriving->naming_count + 1, sizeof *clause.scope.named);
    for (size_t i = 0; i < deriving->naming_count; i++) {
        const struct naming *naming = &deriving->namings[i];
        if (naming->at < from || naming->at >= to) {
            continue;
        }
        if (clause.scope.named_count == 0) {
            clause.scope.standing = naming->standing;
        }
        clause.scope.named[clause.scope.named_count++] = naming->tool;
    }
    clause.scope = scope_within(&clause.scope, standing_for(deriving, &clause.scope));
    return clause;
}

/* What a number may belong to: the tools of the clause, all rivals, or every tool of the story. */
struct holders {
    const struct tool *const *tools;
    size_t count;
    const struct tool *but; /* not this one */
};

static bool has_phrase(const struct clause *clause, const char *phrase)
{
    const char *found = strcasestr(clause->start, phrase);
    return found != NULL && found < clause->end;
}

static struct holders holders_of(const struct clause *clause, const struct clause *sentence,
                                 const struct standing *standing)
{
    if (has_phrase(sentence, "rivals of") || has_phrase(sentence, "no rival")) {
        return (struct holders){standing->tools, standing->count, standing->shared};
    }
    const struct derivation_scope *scope =
        clause->scope.named_count > 0 ? &clause->scope : &sentence->scope;
    return scope->named_count > 0 ? (struct holders){scope->named, scope->named_count, NULL}
                                  : (struct holders){standing->tools, standing->count, NULL};
}

/* A story that a sentence is about: one that has all tools it names; of no name any one. */
static bool is_about(const struct clause *sentence, const struct standing *standing)
{
    return sentence->scope.standing == standing || holds_all(standing, &sentence->scope);
}

static const char *holder_of(const struct deriving *deriving, const struct holders *holders,
                             const struct figure *figure)
{
    for (size_t i = 0; i < holders->count; i++) {
        const struct tool *tool = holders->tools[i];
        const char *who = tool != holders->but ? figure_holder(figure, tool) : NULL;
        if (who != NULL) {
            return arena_format(deriving->arena, "%s of %s", who,
                                plain(deriving->arena, tool->name));
        }
    }
    return NULL;
}

/* What is counted: "comparisons" behind a number. */
static bool counts(const char *at, const char *noun)
{
    static const char *const between[] = {"new ", "other ", "of the "};
    for (size_t i = 0; i < sizeof between / sizeof *between; i++) {
        at += strncasecmp(at, between[i], strlen(between[i])) == 0 ? strlen(between[i]) : 0;
    }
    return strncasecmp(at, noun, strlen(noun)) == 0;
}

static bool is_count_of_story(const struct standing *standing, const char *behind, size_t number)
{
    size_t reviews = 0;
    for (size_t i = 0; i < standing->count; i++) {
        struct jury jury = jury_of(standing->tools[i]);
        reviews += standing->tools[i]->review_count;
        if (counts(behind, "reviewer") && jury.size == number) {
            return true;
        }
    }
    return (counts(behind, "tool") &&
            (number == standing->count || number == standing->top || number == standing->judged)) ||
           (counts(behind, "rival") && number + 1 == standing->count) ||
           (counts(behind, "review") && !counts(behind, "reviewer") && number == reviews);
}

/* NULL: false; "" where nothing is counted. */
static const char *count_source(const struct deriving *deriving, const struct clause *sentence,
                                const char *behind, size_t number)
{
    static const char *const nouns[] = {"comparison", "tool", "rival", "review", "stor"};
    bool counted = false;
    for (size_t i = 0; i < sizeof nouns / sizeof *nouns; i++) {
        counted = counted || counts(behind, nouns[i]);
    }
    if (!counted) {
        return "";
    }
    const struct tally *tally = deriving->tally;
    bool right = (counts(behind, "comparison") && number == tally->comparisons) ||
                 (counts(behind, "tool") && number == tally->tool_count) ||
                 (counts(behind, "stor") && number == tally->stories);
    for (size_t i = 0; !right && i < deriving->count; i++) {
        const struct standing *standing = &deriving->standings[i];
        right = is_about(sentence, standing) && is_count_of_story(standing, behind, number);
    }
    return right ? "a count" : NULL;
}

/* Up to the next space, without what closes a clause. */
static size_t token_length(const char *at, const char *end)
{
    size_t len = 0;
    while (at + len < end && at[len] != ' ' && at[len] != READ) {
        len++;
    }
    while (len > 1 && strchr(".,;:!?)", at[len - 1]) != NULL) {
        len--;
    }
    return len;
}

/* A number by itself: a count, else a word of the data, "$20/mo". */
static const char *read_other(const struct deriving *deriving, const struct clause *sentence,
                              const char *at, const char *end, size_t *len)
{
    const char *behind = at;
    size_t number = figure_digits(&behind); /* of "$20" 0: it counts nothing */
    *len = token_length(at, end);
    if (*behind == ' ') {
        const char *from = count_source(deriving, sentence, behind + 1, number);
        if (from == NULL || *from != '\0') {
            *len = (size_t)(behind - at);
            return from;
        }
    }
    return words_of_any(deriving, arena_copy_bytes(deriving->arena, at, *len));
}

static void read_number(struct deriving *deriving, const struct clause *clause,
                        const struct clause *sentence, const char **at)
{
    bool readers = strcasestr(deriving->text, "reader") != NULL;
    bool here = has_phrase(clause, "reader") || has_phrase(clause, "of them");
    struct figure figure = {.readers = readers, .panel = !here};
    const char *start = *at;
    size_t len;
    if (figure_read(at, &figure)) {
        const char *from = NULL;
        for (size_t i = 0; from == NULL && i < deriving->count; i++) {
            const struct standing *standing = &deriving->standings[i];
            struct holders holders = holders_of(clause, sentence, standing);
            from = is_about(sentence, standing) ? holder_of(deriving, &holders, &figure) : NULL;
        }
        claim(deriving, start, (size_t)(*at - start), from);
        return;
    }
    while (start > clause->start && (start[-1] == '$' || (unsigned char)start[-1] >= 0x80)) {
        start--; /* a currency */
    }
    const char *from = read_other(deriving, sentence, start, clause->end, &len);
    claim(deriving, start, len, from);
    *at = start + len;
}

/* A number in letters is one where it counts something. */
static void read_word(struct deriving *deriving, const struct clause *sentence, const char **at)
{
    static const char *const words[] = {"one", "two",   "three", "four", "five",
                                        "six", "seven", "eight", "nine", "ten"};
    const char *end = *at;
    while (isalpha((unsigned char)*end)) {
        end++;
    }
    for (size_t i = 0; *end == ' ' && i < sizeof words / sizeof *words; i++) {
        bool same = strlen(words[i]) == (size_t)(end - *at) &&
                    strncasecmp(words[i], *at, (size_t)(end - *at)) == 0;
        const char *from = same ? count_source(deriving, sentence, end + 1, i + 1) : "";
        if (from == NULL || *from != '\0') {
            claim(deriving, *at, (size_t)(end - *at), from);
        }
    }
    *at = end;
}

/* Of the tools that its clause names, else of those of the sentence. */
static void read_superlatives(struct deriving *deriving, const struct clause *clause,
                              const struct clause *sentence)
{
    const char *at = clause->start, *end, *word;
    while ((word = superlative_find(deriving->text, &at, &end)) != NULL && at < clause->end) {
        bool listed = superlative_is_of_list(word) || clause->scope.named_count == 0;
        const char *from = NULL;
        for (size_t i = 0; from == NULL && i < deriving->count; i++) {
            struct derivation_scope scope =
                scope_within(listed ? &sentence->scope : &clause->scope, &deriving->standings[i]);
            from = is_about(sentence, scope.standing) ? superlative_source(&scope, word) : NULL;
        }
        claim(deriving, at, (size_t)(end - at), from);
        at = end;
    }
}

static void read_clause(struct deriving *deriving, const struct clause *sentence, char *start,
                        char *end)
{
    struct clause clause = clause_of(deriving, start, end);
    read_superlatives(deriving, &clause, sentence);
    for (const char *at = start; at < end;) {
        if (isdigit((unsigned char)*at)) {
            read_number(deriving, &clause, sentence, &at);
        } else if (isalpha((unsigned char)*at)) {
            read_word(deriving, sentence, &at);
            while (at < end && is_word(*at)) {
                at++; /* "B2B" is a word */
            }
        } else {
            at++;
        }
    }
}

/* The end of what begins at `start`: behind one of the marks with a space, or `end`. */
static char *next_end(char *start, char *end, const char *marks)
{
    for (char *at = start; at + 1 < end; at++) {
        if (strchr(marks, *at) != NULL && at[1] == ' ') {
            return at + 1;
        }
    }
    return end;
}

static void read_sentences(struct deriving *deriving)
{
    char *end = deriving->text + strlen(deriving->text);
    for (char *start = deriving->text, *stop; start < end; start = stop) {
        stop = next_end(start, end, ".?!");
        struct clause sentence = clause_of(deriving, start, stop);
        for (char *part = start, *next; part < stop; part = next) {
            next = next_end(part, stop, ",;");
            read_clause(deriving, &sentence, part, next);
        }
    }
}

struct derivation derivation_of(struct arena *arena, const struct story *stories, size_t count,
                                const char *text)
{
    struct derivation derivation = {.claims =
                                        arena_array(arena, CLAIMS_MAX, sizeof *derivation.claims)};
    struct story *tidy = tidy_stories(arena, stories, count);
    struct tally tally = tally_count(arena, tidy, count);
    struct deriving deriving = {.arena = arena,
                                .tally = &tally,
                                .standings = arena_array(arena, count, sizeof(struct standing)),
                                .count = count,
                                .text = plain(arena, text),
                                .derivation = &derivation};
    for (size_t i = 0; i < count; i++) {
        deriving.standings[i] = standing_of(arena, &tidy[i]);
    }
    read_quotes(&deriving);
    read_names(&deriving);
    read_sentences(&deriving);
    return derivation;
}
