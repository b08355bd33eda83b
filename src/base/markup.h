/*
 * Finds HTML in a text that should contain none: tags and character references that
 * content management systems leave behind ("Q&amp;A", "<b>new</b>"). Angle brackets
 * that are not an HTML element, as in "Vec<String>", and a lone "&" are text.
 */
#ifndef BASE_MARKUP_H
#define BASE_MARKUP_H

#include <stddef.h>

/* The first tag or reference of the text, with its length in bytes in `*len`; NULL for none. */
const char *markup_find(const char *text, size_t *len);

/* The length in bytes of the tag or comment that the text begins with, "<b>", "</p>", "<br/>",
 * "<a href=...>", "<!-- ... -->", a comment of 64 KiB at most; 0 for none. */
size_t markup_tag(const char *text);

/* The length of the "<![CDATA[" that the text begins with, as feeds have it around HTML; else 0. */
size_t markup_section(const char *text);

#endif
