/*
 * HTML as a tree of plain structs, each with its line and column.
 *
 * Parsed by gumbo, which follows the HTML5 rules of browsers and of the mail clients built on them,
 * and reports the position of each node; only document.c uses it.
 */
#ifndef CHECK_DOCUMENT_H
#define CHECK_DOCUMENT_H

#include "base/arena.h"

enum node_kind { NODE_ELEMENT, NODE_TEXT, NODE_COMMENT };

struct declaration; /* check/css.h */

struct attribute {
    const char *name; /* in lower case */
    const char *value;
    struct attribute *next;
};

struct node {
    enum node_kind kind;
    const char *tag;  /* of ELEMENT: in lower case; "" otherwise */
    const char *text; /* of TEXT, with references resolved, and COMMENT; "" otherwise */
    bool implied;     /* of ELEMENT: the parser added it, as it does with tbody */
    int line, column; /* from 1 */
    struct attribute *attributes;
    const struct declaration *style; /* of its style attribute: see css_read_style() */
    struct node *parent, *first, *last, *next;
    struct node *follow; /* the next node in document order */
};

/* The whole tree, in `arena`; never NULL: an empty document has html, head and body too. */
struct node *document_parse(struct arena *arena, const char *html, size_t len);

/* The attribute's value, or NULL. */
const char *node_attribute(const struct node *node, const char *name);

bool node_is(const struct node *node, const char *tag);
/* The nearest element of that tag around the node, or NULL. */
const struct node *node_within(const struct node *node, const char *tag);
/* The next node in document order that is not inside `node`; NULL at the end. */
const struct node *node_after(const struct node *node);

/* All text inside, with white space (also no-break spaces and joiners) folded into single
 * spaces. */
char *node_text(struct arena *arena, const struct node *node);
/* The same folding for any text. */
char *document_fold(struct arena *arena, const char *source);

/* Whether `word` is one of the words of `list`, which are separated by spaces. */
bool document_has_word(const char *list, const char *word);

#endif
