/*
 * The little CSS that mail uses: style attributes, and style blocks with at most one level of
 * at-rules. Unknown syntax is skipped, never guessed.
 */
#ifndef CHECK_CSS_H
#define CHECK_CSS_H

#include "check/document.h"

struct declaration {
    const char *property; /* in lower case */
    const char *value;    /* trimmed, without !important */
    bool important;
    struct declaration *next;
};

struct css_rule {
    const char *media;    /* the at-rule around it: "@media (…)"; "" where none */
    const char *selector; /* one of the selector list, trimmed */
    struct declaration *declarations;
    struct css_rule *next;
};

struct css_sheet {
    struct css_rule *rules, *last;
    bool nested;         /* an at-rule inside an at-rule */
    const char *at_rule; /* the first at-rule that is not @media; NULL: none */
};

/* The content of a style attribute. */
struct declaration *css_declarations(struct arena *arena, const char *text);
/* Parses the style attributes of all elements of a document once. */
void css_read_style(struct arena *arena, struct node *document);
/* Adds the rules of a style block to a sheet. */
void css_read(struct arena *arena, const char *text, struct css_sheet *sheet);

/* The value of the last declaration of that property, an important one before others; NULL if
 * none. */
const char *css_value(const struct declaration *declarations, const char *property);

/* Whether a selector of one compound (tag, .class, both) matches the element; selectors with
 * several compounds, an attribute or a pseudo class never do. */
bool css_fits(const char *selector, const struct node *node);
/* Whether the at-rule selects dark mode. */
bool css_is_dark(const char *media);

/* Calls `each` for every class that a selector names. */
void css_classes(struct arena *arena, const char *selector,
                 void (*each)(void *context, const char *name), void *context);

/* A colour as 0xRRGGBB: hex of 3 or 6 digits, rgb(), and the names that mail uses. False for
 * "transparent", "inherit" and what is not known. */
bool css_color(const char *text, unsigned *rgb);
/* Contrast of two colours by WCAG 2.2: 1 to 21. */
double css_contrast(unsigned one, unsigned other);

#endif
