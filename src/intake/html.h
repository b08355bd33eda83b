/* Plain text of HTML, for `import --html`: only html.c speaks gumbo. */
#ifndef INTAKE_HTML_H
#define INTAKE_HTML_H

#include <stddef.h>

#include "base/arena.h"

/* The text with its references decoded and its tags dropped, and a space where a block or a line
 * ends; scripts and styles are dropped too. A text that does not look like HTML (base/markup) is
 * returned unchanged. Its length goes to `*text_len`; `bytes` are valid UTF-8. */
const char *html_decode(struct arena *arena, const char *bytes, size_t len, size_t *text_len);

#endif
