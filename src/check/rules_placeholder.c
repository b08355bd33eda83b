/* Rules on what was left open: tags, placeholders, empty cells. */
#include <string.h>

#include "check/rules.h"

/* Placeholders for something to come, and forms of a missing value. Compared with case: "TK" is a
 * note, "tk" a domain. Some are written in two parts, so that no search for unfinished work finds
 * them here. */
static const char *const words[] = {"TK",
                                    "TKTK",
                                    "TO"
                                    "DO",
                                    "TBD",
                                    "FIX"
                                    "ME",
                                    "XX"
                                    "X",
                                    "null",
                                    "NULL",
                                    "undefined",
                                    "NaN",
                                    "nan",
                                    "(null)",
                                    "Lorem ipsum",
                                    "[object Object]"};

enum { WORDS = sizeof words / sizeof words[0] };

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || (unsigned char)c >= 0x80;
}

/* Finds the word where it is a word by itself; NULL if it is not there. */
static const char *find_word(const char *text, const char *word)
{
    size_t len = strlen(word);
    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word)) {
        if ((at == text || !is_word_byte(at[-1])) && !is_word_byte(at[len])) {
            return at;
        }
    }
    return NULL;
}

struct text_position {
    const char *part;
    int line, column;
};

static void inspect_tags(struct checking *checking, const char *text,
                         const struct text_position *place)
{
    const char *open = strstr(text, "{{");
    open = open != NULL ? open : strstr(text, "}}");
    if (open == NULL) {
        return;
    }
    const char *close = strstr(open, "}}");
    size_t len = close != NULL ? (size_t)(close + 2 - open) : strcspn(open, " \n");
    const char *tag = arena_copy_bytes(checking->arena, open, len);
    /* Braces that are in a comparison's text are no placeholder. */
    if (!check_from_data(checking, tag)) {
        check_note(checking, RULE_TAG_UNRESOLVED, place->part, place->line, place->column,
                   "a template tag is left: %s", check_quote(checking->arena, tag));
    }
}

static void inspect_words(struct checking *checking, const char *text,
                          const struct text_position *place)
{
    const char *folded = document_fold(checking->arena, text);
    for (size_t i = 0; i < WORDS; i++) {
        /* "TBD" may be the price on the maker's own page, so it is only a warning. */
        if (strcmp(folded, words[i]) == 0 && strcmp(folded, "TBD") != 0) {
            check_note(checking, RULE_PLACEHOLDER_VALUE, place->part, place->line, place->column,
                       "a value is \"%s\"", words[i]);
            return;
        }
    }
    for (size_t i = 0; i < WORDS; i++) {
        const char *at = find_word(folded, words[i]);
        if (at != NULL) {
            check_note(checking, RULE_PLACEHOLDER_WORD, place->part, place->line, place->column,
                       "\"%s\" stands in: %s", words[i], check_quote(checking->arena, folded));
        }
    }
}

static void inspect_html(struct checking *checking)
{
    for (const struct node *n = checking->document; n != NULL; n = n->follow) {
        struct text_position place = {"html", n->line, n->column};
        if (n->kind == NODE_TEXT && n->parent != NULL && !node_is(n->parent, "style")) {
            inspect_tags(checking, n->text, &place);
            inspect_words(checking, n->text, &place);
        }
        for (const struct attribute *a = n->attributes; a != NULL; a = a->next) {
            inspect_tags(checking, a->value, &place);
        }
    }
}

static void inspect_text(struct checking *checking)
{
    const char *line = checking->copy->text;
    for (int number = 1; *line != '\0'; number++) {
        size_t len = strcspn(line, "\n");
        struct text_position place = {"text", number, 1};
        const char *copy = arena_copy_bytes(checking->arena, line, len);
        inspect_tags(checking, copy, &place);
        inspect_words(checking, copy, &place);
        line += len + (line[len] == '\n' ? 1 : 0);
    }
}

/* A cell without content; a no-break space marks an intentional spacer, but is no value in a data
 * table. */
static void inspect_cell(struct checking *checking, const struct node *cell)
{
    const struct node *table = node_within(cell, "table");
    const char *role = table != NULL ? node_attribute(table, "role") : NULL;
    bool data = role == NULL || strcmp(role, "presentation") != 0;
    bool blank = true, bare = true;
    const struct node *end = node_after(cell);
    for (const struct node *n = cell->follow; n != NULL && n != end; n = n->follow) {
        if (n->kind == NODE_TEXT) {
            blank = blank && document_fold(checking->arena, n->text)[0] == '\0';
            bare = bare && strspn(n->text, " \t\r\n\f") == strlen(n->text);
        } else if (node_is(n, "img") || node_is(n, "table")) {
            return;
        }
    }
    if (data ? blank : bare) {
        check_note_node(checking, RULE_CELL_EMPTY, cell,
                        data ? "a cell of a table of data says nothing"
                             : "a cell is empty; write &nbsp; into a spacer");
    }
}

void rules_placeholder(struct checking *checking)
{
    inspect_html(checking);
    inspect_text(checking);
    for (const struct node *n = checking->document; n != NULL; n = n->follow) {
        if (node_is(n, "td") || node_is(n, "th")) {
            inspect_cell(checking, n);
        }
    }
}
