#include "intake/way.h"

#include <string.h>

#include "base/markup.h"
#include "intake/html.h"
#include "intake/text.h"

const char *way_text(const struct way *way, struct arena *arena, const char *bytes, size_t *len)
{
    return way != NULL && way->html ? html_decode(arena, bytes, *len, len) : bytes;
}

enum { MARK_SHOWN = 40 };

const char *way_complaint(const struct way *way, struct arena *arena, const char *text)
{
    size_t len;
    const char *at = text != NULL ? markup_find(text, &len) : NULL;
    if (at == NULL) {
        return NULL;
    }
    const char *mark = text_excerpt(arena, arena_copy_bytes(arena, at, len), MARK_SHOWN);
    return arena_format(arena,
                        way->html ? "\"%s\" is left of text that was HTML twice, and readers would "
                                    "see it as it stands; mend its source"
                                  : "\"%s\" is HTML, and readers would see it as it stands; import "
                                    "the file with --html",
                        mark);
}

bool way_note_name(struct way *way, struct arena *arena, const char *name, const char *near)
{
    const char *quoted = arena_format(arena, "\"%s\"", text_excerpt(arena, name, 60));
    if (strstr(way->names, quoted) != NULL) {
        return false;
    }
    size_t used = strlen(way->names);
    const char *entry = arena_format(arena, "%s%s%s%s%s", used > 0 ? ", " : "", quoted,
                                     near != NULL ? " (did you mean \"" : "",
                                     near != NULL ? near : "", near != NULL ? "\"?)" : "");
    static const char more[] = ", …";
    bool fits = used + strlen(entry) + strlen(more) < sizeof way->names;
    entry = fits ? entry : more;
    if (fits || strstr(way->names, more) == NULL) {
        memcpy(way->names + used, entry, strlen(entry) + 1);
        way->unknown_count++;
    }
    return true;
}

bool way_refuse_unknown(const struct way *way, struct failure *why)
{
    if (way->unknown_count == 1) {
        *why = way->unknown;
        return false;
    }
    return fail(why, FAILURE_DATA,
                "%sthere are no fields %s; leave them out, or import the rest with "
                "--ignore-unknown",
                way->place.text, way->names);
}
