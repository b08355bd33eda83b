#include "preview/emulate.h"

#include <string.h>

#include "base/buf.h"

enum { EMULATED_MAX = 64 * 1024 * 1024 };

/* The length of "prefers-color-scheme: dark" at `text`, 0 if it is not there; `*dark` is whether it
 * says dark. */
static size_t query_length(const char *text, size_t len, bool *dark)
{
    static const char name[] = "prefers-color-scheme";
    size_t at = sizeof name - 1;
    if (len < at + 5 || memcmp(text, name, at) != 0) {
        return 0;
    }
    while (at < len && (text[at] == ' ' || text[at] == ':')) {
        at++;
    }
    *dark = len - at >= 4 && memcmp(text + at, "dark", 4) == 0;
    bool light = len - at >= 5 && memcmp(text + at, "light", 5) == 0;
    return *dark ? at + 4 : light ? at + 5 : 0;
}

char *emulate_scheme(struct arena *arena, const char *html, size_t len, bool dark)
{
    static const char both[] = "light dark";
    const char *head_end = memmem(html, len, "</head>", 7);
    struct buf out;
    buf_init(&out, EMULATED_MAX);
    for (size_t i = 0; i < len;) {
        bool wants_dark = false;
        bool in_head = head_end == NULL || html + i < head_end;
        size_t query = in_head && html[i] == 'p' ? query_length(html + i, len - i, &wants_dark) : 0;
        if (query > 0) {
            buf_add_text(&out, wants_dark == dark ? "min-width: 0px" : "max-width: 0px");
            i += query;
        } else if (in_head && html[i] == 'l' && len - i >= sizeof both - 1 &&
                   memcmp(html + i, both, sizeof both - 1) == 0) {
            buf_add_text(&out, dark ? "dark" : "light");
            i += sizeof both - 1;
        } else {
            buf_add_char(&out, html[i++]);
        }
    }
    char *copy = arena_copy_bytes(arena, out.data, out.len);
    buf_free(&out);
    return copy;
}
