/* Converts a report's HTML to the text that a person would see: accurate enough to find words in.
 */
#ifndef BOUNCE_HTML_H
#define BOUNCE_HTML_H

#include <stddef.h>

#include "base/arena.h"

/* `html` is UTF-8. Blocks and line breaks become LF; styles, scripts and comments are removed. */
const char *html_text(struct arena *arena, const char *html, size_t len, size_t *out_len);

#endif
