#include "digest/derivation.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "digest/counting.h"
#include "digest/figure.h"
#include "digest/naming.h"
#include "digest/phrase.h"
#include "digest/quote.h"
#include "digest/superlative.h"
#include "digest/tally.h"
#include "digest/tidy.h"

/* READ replaces text that has been derived; no text contains it. */
enum { CLAIMS_MAX = 96, NAMINGS_MAX = 48, READ = '\x01' };

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
    const struct move *moves;
    size_t move_count;
    struct standing *standings; /* one for each story, then one for the present state of each tool
                                   that has changed */
    size_t count, story_count;
    char *text; /* derived parts are overwritten with READ */
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

/* `before`: as an earlier issue presented the tools that have changed. */
static const char *words_of_any(const struct deriving *deriving, const char *text, bool before)
{
    const char *from = NULL;
    for (size_t i = 0; from == NULL && i < deriving->move_count; i++) {
        const struct move *move = &deriving->moves[i];
        from = naming_words(deriving->arena, before ? &move->was : &move->now, text);
    }
    for (size_t i = 0; from == NULL && i < deriving->tally->tool_count; i++) {
        from = naming_words(deriving->arena, deriving->tally->tools[i], text);
    }
    return from;
}

/* Derives the text between quotation marks, without the "…" of a cut. */
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
        claim(deriving, inner, strlen(inner), words_of_any(deriving, inner, false));
        size_t len = (size_t)(close - at) + strlen(CLOSING);
        mark_read(at, len);
        at += len;
    }
}

/* The tool with the longest name at that position. */
static size_t name_at(const struct deriving *deriving, const char *at, struct naming *naming)
{
    size_t longest = 0;
    for (size_t i = 0; i < deriving->count; i++) {
        const struct standing *standing = &deriving->standings[i];
        for (size_t j = 0; j < standing->count; j++) {
            const struct tool *tool = standing->tools[j];
            size_t whole =
                naming_length(deriving->text, at, naming_plain(deriving->arena, tool->name));
            size_t brief =
                naming_length(deriving->text, at, naming_plain(deriving->arena, tool->short_name));
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

/* A clause of the text, and the tools that it mentions. */
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

/* The tools that are named, as that story has them. */
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

/* The first story with all tools that are named; otherwise the story of the first tool named. */
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
    struct clause clause = {
        start, end, {.arena = deriving->arena, .standing = &deriving->standings[0]}};
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

/* The tools that a number may belong to: those of the clause, all rivals, or all tools of the
 * story. */
struct holders {
    const struct tool *const *tools;
    size_t count;
    const struct tool *but; /* except this one */
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

/* Whether the number is an earlier figure: "was 2 of 4", "up from 2 of 4". */
static bool is_before(const struct clause *clause, const char *at)
{
    static const char *const words[] = {" was ", " up from ", " down from ", " instead of "};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t len = strlen(words[i]);
        if ((size_t)(at - clause->start) >= len && strncasecmp(at - len, words[i], len) == 0) {
            return true;
        }
    }
    return false;
}

/* Whose figure it was in an earlier issue, among the tools that the sentence names. */
static const char *holder_before(const struct deriving *deriving, const struct clause *sentence,
                                 const struct figure *figure)
{
    for (size_t i = 0; i < deriving->move_count; i++) {
        const struct move *move = &deriving->moves[i];
        const char *who =
            holds_all(&deriving->standings[deriving->story_count + i], &sentence->scope)
                ? figure_holder(figure, &move->was)
                : NULL;
        if (who != NULL) {
            return arena_format(deriving->arena, "%s of %s in issue %lld", who,
                                naming_plain(deriving->arena, move->was.name),
                                (long long)move->told_number);
        }
    }
    return NULL;
}

/* Whether the sentence is about that story: it has all tools that the sentence names, if any. */
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
                                naming_plain(deriving->arena, tool->name));
        }
    }
    return NULL;
}

/* NULL: the count is false; "": nothing is counted. */
static const char *count_source(const struct deriving *deriving, const struct clause *sentence,
                                const char *behind, size_t number)
{
    static const char *const nouns[] = {"comparison", "tool", "rival", "review", "stor"};
    bool counted = false;
    for (size_t i = 0; i < sizeof nouns / sizeof *nouns; i++) {
        counted = counted || counting_is_of(behind, nouns[i]);
    }
    if (!counted) {
        return "";
    }
    const struct tally *tally = deriving->tally;
    bool right = (counting_is_of(behind, "comparison") && number == tally->comparisons) ||
                 (counting_is_of(behind, "tool") && number > 0 && number == deriving->move_count) ||
                 (counting_is_of(behind, "tool") && number == tally->tool_count) ||
                 (counting_is_of(behind, "stor") && number == tally->stories);
    for (size_t i = 0; !right && i < deriving->count; i++) {
        const struct standing *standing = &deriving->standings[i];
        right = is_about(sentence, standing) && counting_fits(standing, behind, number);
    }
    return right ? "a count" : NULL;
}

/* The length up to the next space, without punctuation that ends a clause. */
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

/* Derives a single number: a count, or a word of the data such as "$20/mo". */
static const char *read_other(const struct deriving *deriving, const struct clause *clause,
                              const struct clause *sentence, const char *at, size_t *len)
{
    const char *behind = at;
    size_t number = figure_digits(&behind); /* 0 for "$20", which counts nothing */
    *len = token_length(at, clause->end);
    if (*behind == ' ') {
        const char *from = count_source(deriving, sentence, behind + 1, number);
        if (from == NULL || *from != '\0') {
            *len = (size_t)(behind - at);
            return from;
        }
    }
    const char *token = arena_copy_bytes(deriving->arena, at, *len);
    return words_of_any(deriving, token, is_before(clause, at));
}

static const char *holder_now(const struct deriving *deriving, const struct clause *clause,
                              const struct clause *sentence, const struct figure *figure)
{
    const char *from = NULL;
    for (size_t i = 0; from == NULL && i < deriving->count; i++) {
        const struct standing *standing = &deriving->standings[i];
        struct holders holders = holders_of(clause, sentence, standing);
        from = is_about(sentence, standing) ? holder_of(deriving, &holders, figure) : NULL;
    }
    return from;
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
        const char *from = deriving->move_count > 0 && is_before(clause, start)
                               ? holder_before(deriving, sentence, &figure)
                               : holder_now(deriving, clause, sentence, &figure);
        claim(deriving, start, (size_t)(*at - start), from);
        return;
    }
    while (start > clause->start && (start[-1] == '$' || (unsigned char)start[-1] >= 0x80)) {
        start--; /* include a currency sign */
    }
    const char *from = read_other(deriving, clause, sentence, start, &len);
    claim(deriving, start, len, from);
    *at = start + len;
}

/* A number word is derived only where it counts something. */
static void read_word(struct deriving *deriving, const struct clause *sentence, const char **at)
{
    static const char *const words[] = {"no",  "one",   "two",   "three", "four", "five",
                                        "six", "seven", "eight", "nine",  "ten"};
    const char *end = *at;
    while (isalpha((unsigned char)*end)) {
        end++;
    }
    for (size_t i = 0; *end == ' ' && i < sizeof words / sizeof *words; i++) {
        bool same = strlen(words[i]) == (size_t)(end - *at) &&
                    strncasecmp(words[i], *at, (size_t)(end - *at)) == 0;
        /* "No rival has more than …" counts nothing */
        bool counted = same && (i > 0 || counting_is_of(end + 1, "comparison"));
        const char *from = counted ? count_source(deriving, sentence, end + 1, i) : "";
        if (from == NULL || *from != '\0') {
            claim(deriving, *at, (size_t)(end - *at), from);
        }
    }
    *at = end;
}

/* Derives superlatives from the tools that the clause names; if it names none, from those of the
 * sentence. */
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
            scope.move =
                i >= deriving->story_count ? &deriving->moves[i - deriving->story_count] : NULL;
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
            while (at < end && naming_is_word(*at)) {
                at++; /* "B2B" is a word */
            }
        } else {
            at++;
        }
    }
}

/* The end of the part that begins at `start`: after one of the marks followed by a space, or
 * `end`. */
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

/* The standing of a tool that has changed: that tool alone, in its present state. */
static struct standing standing_of_move(struct arena *arena, const struct move *move)
{
    struct standing standing = {.tools = arena_array(arena, 1, sizeof *standing.tools),
                                .juries = arena_array(arena, 1, sizeof *standing.juries),
                                .count = 1};
    standing.tools[0] = &move->now;
    standing.juries[0] = jury_of(&move->now);
    standing.judged = standing.top = standing.level = move->now.panel_ship != PERCENT_NONE;
    return standing;
}

static void add_standings(struct deriving *deriving, const struct derivation_source *source,
                          const struct story *stories)
{
    struct arena *arena = deriving->arena;
    struct move *moves = arena_array(arena, source->move_count, sizeof *moves);
    deriving->story_count = source->count;
    deriving->count = source->count + source->move_count;
    deriving->standings = arena_array(arena, deriving->count, sizeof *deriving->standings);
    for (size_t i = 0; i < source->count; i++) {
        deriving->standings[i] = standing_of(arena, &stories[i]);
    }
    for (size_t i = 0; i < source->move_count; i++) {
        moves[i] = tidy_move(arena, &source->moves[i]);
        deriving->standings[source->count + i] = standing_of_move(arena, &moves[i]);
    }
    deriving->moves = moves;
    deriving->move_count = source->move_count;
}

struct derivation derivation_of(struct arena *arena, const struct derivation_source *source,
                                const char *text)
{
    assert(source->count + source->move_count > 0);
    struct derivation derivation = {.claims =
                                        arena_array(arena, CLAIMS_MAX, sizeof *derivation.claims)};
    struct story *tidy = tidy_stories(arena, source->stories, source->count);
    struct tally tally = tally_count(arena, tidy, source->count);
    struct deriving deriving = {.arena = arena,
                                .tally = &tally,
                                .text = naming_plain(arena, text),
                                .derivation = &derivation};
    add_standings(&deriving, source, tidy);
    read_quotes(&deriving);
    read_names(&deriving);
    read_sentences(&deriving);
    return derivation;
}
