/*
 * Parses in one pass over the text, with one token of lookahead.
 *
 * The grammar is stricter than that of libraries for such files: a text ends in its line, a
 * backslash has one meaning, and nothing is substituted from the environment, so that each error is
 * reported in the line in which it was made.
 */
#include "settings/tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* Settings need no more than a section within a section; deeper nesting is refused long before the
 * stack could overflow. */
enum { SECTIONS_DEEP = 4, SHOWN_MAX = 60 };

enum token_kind { TOKEN_KIND_END, TOKEN_KIND_WORD, TOKEN_KIND_QUOTED, TOKEN_KIND_SIGN };

struct tree_parse {
    struct arena *arena;
    const char *file;
    const char *at, *end;
    int line;
    const char *counted; /* the position up to which columns of this line are counted */
    int column;          /* the column of *counted */
    int depth;
    struct failure *why;
    /* The current token. */
    enum token_kind kind;
    char sign;
    const char *text; /* of words and quoted texts, in the arena */
    struct settings_spot spot;
};

bool settings_tree_fail(const struct settings_spot *spot, struct failure *why, const char *format,
                        ...)
{
    char text[sizeof why->text];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return fail(why, FAILURE_CONFIG, "%s:%d:%d: %s", spot->file, spot->line, spot->column, text);
}

/* `at` is not before `counted`. */
static struct settings_spot spot_of(const struct tree_parse *parse, const char *at)
{
    struct settings_spot spot = {parse->file, parse->line, parse->column};
    for (const char *c = parse->counted; c < at; c++) {
        spot.column += ((unsigned char)*c & 0xC0) != 0x80;
    }
    return spot;
}

static bool fail_at(const struct tree_parse *parse, const char *at, const char *text)
{
    struct settings_spot spot = spot_of(parse, at);
    return settings_tree_fail(&spot, parse->why, "%s", text);
}

static void end_line(struct tree_parse *parse, const char *at)
{
    parse->line++;
    parse->counted = at + 1;
    parse->column = 1;
}

/* Refuses bytes that are not allowed anywhere in the file. */
static bool check_bytes(struct tree_parse parse)
{
    size_t len = (size_t)(parse.end - parse.at);
    size_t bad_at = len;
    utf8_valid(parse.at, len, &bad_at);
    for (size_t i = 0; i < len; i++) {
        const char *at = parse.at + i;
        unsigned char byte = (unsigned char)*at;
        if (i == bad_at) {
            return fail_at(&parse, at, "this is not UTF-8; save the file as UTF-8");
        }
        if ((byte < 0x20 && byte != '\t' && byte != '\r' && byte != '\n') || byte == 0x7F) {
            struct settings_spot spot = spot_of(&parse, at);
            return settings_tree_fail(&spot, parse.why, "a control character (0x%02X) stands here",
                                      byte);
        }
        if (byte == '\n') {
            end_line(&parse, at);
        }
    }
    return true;
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("._/:@%~-", c) != NULL);
}

static void skip_blank(struct tree_parse *parse)
{
    bool comment = false;
    while (parse->at < parse->end && (comment || strchr(" \t\r\n#", *parse->at) != NULL)) {
        comment = *parse->at != '\n' && (comment || *parse->at == '#');
        if (*parse->at == '\n') {
            end_line(parse, parse->at);
        }
        parse->at++;
    }
}

/* Moves to the closing quotation mark. A backslash before anything but a quotation mark or another
 * backslash is refused, because programs differ in what it means; so is ${HOME} in double quotes,
 * whose author expects a shell. */
static bool skip_quoted(struct tree_parse *parse)
{
    const char *open = parse->at++;
    for (; parse->at < parse->end && *parse->at != *open && *parse->at != '\n'; parse->at++) {
        char next = parse->at + 1 < parse->end ? parse->at[1] : '\0';
        if (*open == '"' && *parse->at == '$' && next == '{') {
            return fail_at(parse, parse->at,
                           "${…} is not replaced from the environment; where it is meant as it "
                           "stands, use single quotes");
        }
        if (*parse->at == '\\' && next != '\\' && next != *open) {
            return fail_at(parse, parse->at,
                           "a backslash in a text is written twice; \\ stands only before a "
                           "quotation mark or another \\");
        }
        parse->at += *parse->at == '\\';
    }
    return (parse->at < parse->end && *parse->at == *open) ||
           fail_at(parse, open, "the text that begins here has no end in its line");
}

static bool read_quoted(struct tree_parse *parse)
{
    const char *from = parse->at + 1;
    if (!skip_quoted(parse)) {
        return false;
    }
    char *text = arena_alloc(parse->arena, (size_t)(parse->at - from) + 1);
    for (char *to = text; from < parse->at; from++) {
        from += *from == '\\';
        *to++ = *from;
    }
    parse->at++;
    parse->kind = TOKEN_KIND_QUOTED;
    parse->text = text;
    return true;
}

static bool fail_character(const struct tree_parse *parse)
{
    uint32_t point;
    size_t size = utf8_decode(parse->at, (size_t)(parse->end - parse->at), &point);
    return settings_tree_fail(&parse->spot, parse->why,
                              "'%.*s' cannot stand here; put quotes around the value", (int)size,
                              parse->at);
}

static bool read_word(struct tree_parse *parse)
{
    const char *start = parse->at;
    while (parse->at < parse->end && is_word(*parse->at)) {
        parse->at++;
    }
    size_t len = (size_t)(parse->at - start);
    if (len == 0) {
        return fail_character(parse);
    }
    if (len > 1 && start[0] == '/' && start[1] == '/') {
        return fail_at(parse, start, "a comment begins with #");
    }
    parse->kind = TOKEN_KIND_WORD;
    parse->text = arena_copy_bytes(parse->arena, start, len);
    return true;
}

static bool read_token(struct tree_parse *parse)
{
    skip_blank(parse);
    parse->kind = TOKEN_KIND_END;
    parse->sign = '\0';
    parse->spot = spot_of(parse, parse->at);
    parse->counted = parse->at;
    parse->column = parse->spot.column;
    if (parse->at == parse->end) {
        return true;
    }
    if (*parse->at == '\'' || *parse->at == '"') {
        return read_quoted(parse);
    }
    if (strchr("={},", *parse->at) == NULL) {
        return read_word(parse);
    }
    parse->kind = TOKEN_KIND_SIGN;
    parse->sign = *parse->at++;
    return true;
}

static bool is_value(const struct tree_parse *parse)
{
    return parse->kind == TOKEN_KIND_WORD || parse->kind == TOKEN_KIND_QUOTED;
}

/* The capacity doubles, so that a long list costs at most twice its memory. */
static void add_value(struct tree_parse *parse, struct settings_entry *entry)
{
    if ((entry->count & (entry->count + 1)) == 0) {
        const char **more = arena_array(parse->arena, 2 * entry->count + 1, sizeof *more);
        for (size_t i = 0; i < entry->count; i++) {
            more[i] = entry->values[i];
        }
        entry->values = more;
    }
    entry->values[entry->count++] = parse->text;
}

/* The current token is {. */
static bool parse_list(struct tree_parse *parse, struct settings_entry *entry)
{
    struct settings_spot open = parse->spot;
    entry->kind = SETTINGS_ENTRY_LIST;
    for (;;) {
        if (!read_token(parse)) {
            return false;
        }
        if (parse->sign == '}') {
            return read_token(parse);
        }
        if (!is_value(parse)) {
            return settings_tree_fail(&open, parse->why,
                                      "the list that begins here is written { 'a', 'b' }");
        }
        add_value(parse, entry);
        if (!read_token(parse)) {
            return false;
        }
        if (parse->sign == '}') {
            return read_token(parse);
        }
        if (parse->sign != ',') {
            return settings_tree_fail(&parse->spot, parse->why,
                                      "a comma or } is missing in the list");
        }
    }
}

/* The current token is =. */
static bool parse_setting(struct tree_parse *parse, struct settings_entry *entry)
{
    entry->kind = SETTINGS_ENTRY_BARE;
    if (!read_token(parse)) {
        return false;
    }
    if (parse->sign == '{') {
        return parse_list(parse, entry);
    }
    if (parse->sign == '=' || parse->sign == ',') {
        return settings_tree_fail(&parse->spot, parse->why,
                                  "'%c' cannot stand here; put quotes around the value",
                                  parse->sign);
    }
    if (!is_value(parse)) {
        return true;
    }
    entry->kind = SETTINGS_ENTRY_VALUE;
    add_value(parse, entry);
    return read_token(parse);
}

static bool parse_entries(struct tree_parse *parse, struct settings_entry **last);

/* The current token is {. */
static bool parse_section(struct tree_parse *parse, struct settings_entry *entry)
{
    entry->kind = SETTINGS_ENTRY_SECTION;
    if (++parse->depth > SECTIONS_DEEP) {
        return settings_tree_fail(&entry->spot, parse->why, "sections cannot nest that deep");
    }
    if (!read_token(parse) || !parse_entries(parse, &entry->first)) {
        return false;
    }
    parse->depth--;
    if (parse->sign != '}') {
        return settings_tree_fail(&entry->spot, parse->why, "the section %.*s has no } at its end",
                                  SHOWN_MAX, entry->key);
    }
    return read_token(parse);
}

/* The current token is the entry's key. */
static bool parse_entry(struct tree_parse *parse, struct settings_entry *entry)
{
    entry->key = parse->text;
    entry->spot = parse->spot;
    if (!read_token(parse)) {
        return false;
    }
    if (parse->sign == '=') {
        return parse_setting(parse, entry);
    }
    if (is_value(parse)) {
        entry->name = parse->text;
        if (!read_token(parse)) {
            return false;
        }
    }
    if (parse->sign != '{') {
        return settings_tree_fail(&entry->spot, parse->why, "a = is missing after %.*s", SHOWN_MAX,
                                  entry->key);
    }
    return parse_section(parse, entry);
}

/* Up to the token that ends the section or the file, which is the current one afterwards. */
static bool parse_entries(struct tree_parse *parse, struct settings_entry **last)
{
    while (parse->kind == TOKEN_KIND_WORD) {
        *last = arena_alloc(parse->arena, sizeof **last);
        if (!parse_entry(parse, *last)) {
            return false;
        }
        last = &(*last)->next;
    }
    return parse->kind == TOKEN_KIND_END || parse->sign == '}' ||
           settings_tree_fail(&parse->spot, parse->why, "a setting's name is missing here");
}

bool settings_tree_parse(struct arena *arena, const char *file, const char *text, size_t len,
                         struct settings_entry **first, struct failure *why)
{
    bool mark = len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0;
    struct tree_parse parse = {.arena = arena,
                               .file = arena_copy(arena, file),
                               .at = text + (mark ? 3 : 0),
                               .end = text + len,
                               .line = 1,
                               .column = 1,
                               .why = why};
    parse.counted = parse.at;
    *first = NULL;
    if (!check_bytes(parse) || !read_token(&parse) || !parse_entries(&parse, first)) {
        return false;
    }
    return parse.kind == TOKEN_KIND_END ||
           settings_tree_fail(&parse.spot, why, "a } that closes nothing");
}
