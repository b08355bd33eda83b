#include "intake/intake.h"

#include <string.h>

#include "base/value.h"
#include "intake/document.h"
#include "intake/fields.h"
#include "intake/page.h"
#include "intake/reading.h"

/* JSON begins with a bracket, and no page does. */
static bool looks_like_json(const char *bytes, size_t len)
{
    size_t at = len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (at < len && (bytes[at] == ' ' || (bytes[at] >= '\t' && bytes[at] <= '\r'))) {
        at++;
    }
    return at < len && (bytes[at] == '{' || bytes[at] == '[');
}

static bool page_each(const char *name, const char *bytes, size_t len, struct way *way,
                      intake_take take, void *context, struct failure *why)
{
    struct arena arena = {0};
    struct comparison comparison;
    bool good = page_read(&arena, name, bytes, len, way, &comparison, why) &&
                take(context, &arena, &comparison, why);
    arena_free(&arena);
    return good;
}

bool intake_each(const char *name, const char *bytes, size_t len, struct way *way, intake_take take,
                 void *context, struct failure *why)
{
    return looks_like_json(bytes, len) ? document_each(name, bytes, len, way, take, context, why)
                                       : page_each(name, bytes, len, way, take, context, why);
}

struct value *intake_to_value(struct arena *arena, const struct comparison *comparison)
{
    return fields_write(arena, comparison);
}

bool intake_from_value(struct arena *arena, const struct value *value,
                       struct comparison *comparison, struct failure *why)
{
    struct json_source source = {.name = NULL};
    return reading_comparison(arena, &source, NULL, value, comparison, why) &&
           intake_complete(arena, comparison, why);
}

struct value *intake_tool_to_value(struct arena *arena, const struct tool *tool)
{
    return fields_write_tool(arena, tool);
}

bool intake_tool_from_value(struct arena *arena, const struct value *value, struct tool *tool,
                            struct failure *why)
{
    struct json_source source = {.name = NULL};
    return reading_tool(arena, &source, value, tool, why);
}
