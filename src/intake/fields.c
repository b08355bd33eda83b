#include "intake/fields.h"

#include <string.h>

#include "base/clock.h"
#include "intake/text.h"

#define IN_COMPARISON(member) offsetof(struct comparison, member)
#define IN_TOOL(member)       offsetof(struct tool, member)
#define IN_REVIEW(member)     offsetof(struct review, member)

/* In the order of SILENT_… and of enum fact. */
const struct field comparison_fields[] = {
    {"slug", FIELD_SLUG, IN_COMPARISON(slug), 200, false, false},
    {"title", FIELD_TEXT, IN_COMPARISON(title), 500, false, false},
    {"question", FIELD_TEXT, IN_COMPARISON(question), 1000, false, false},
    {"url", FIELD_URL, IN_COMPARISON(url), 2000, false, false},
    {"published_at", FIELD_TIME, IN_COMPARISON(published_at), 0, false, false},
    {"withdrawn", FIELD_WITHDRAWN, IN_COMPARISON(withdrawn), 0, false, false},
    {"left", FIELD_TOOL, IN_COMPARISON(left), 0, true, false},
    {"right", FIELD_TOOL, IN_COMPARISON(right), 0, true, false},
    {NULL, FIELD_TEXT, 0, 0, false, false},
};

const struct field tool_fields[] = {
    {"name", FIELD_TEXT, IN_TOOL(name), 200, true, false},
    {"slug", FIELD_SLUG, IN_TOOL(slug), 200, false, false},
    {"category", FIELD_TEXT, IN_TOOL(category), 60, true, false},
    {"tagline", FIELD_TEXT, IN_TOOL(tagline), 500, false, false},
    {"description", FIELD_TEXT, IN_TOOL(description), 5000, false, false},
    {"price", FIELD_TEXT, IN_TOOL(price), 100, false, false},
    {"price_note", FIELD_TEXT, IN_TOOL(price_note), 100, false, false},
    {"url", FIELD_URL, IN_TOOL(url), 2000, false, false},
    {"panel_ship", FIELD_PERCENT, IN_TOOL(panel_ship), 0, false, false},
    {"community_ship", FIELD_PERCENT, IN_TOOL(community_ship), 0, false, false},
    {"reviews", FIELD_REVIEWS, IN_TOOL(reviews), 0, false, false},
    {"panel_size", FIELD_NUMBER, IN_TOOL(panel_size), 1000, false, true},
    {"community_votes", FIELD_NUMBER, IN_TOOL(community_votes), 1000000000, false, true},
    {"short_name", FIELD_MAYBE, IN_TOOL(short_name), 60, false, true},
    {NULL, FIELD_TEXT, 0, 0, false, false},
};

const struct field review_fields[] = {
    {"reviewer", FIELD_MAYBE, IN_REVIEW(reviewer), 100, false, false},
    {"verdict", FIELD_VERDICT, IN_REVIEW(verdict), 0, false, false},
    {"quote", FIELD_TEXT, IN_REVIEW(quote), 5000, true, false},
    {NULL, FIELD_TEXT, 0, 0, false, false},
};

const char *fields_verdict_name(enum verdict verdict)
{
    static const char *const names[] = {
        [VERDICT_UNKNOWN] = NULL, [VERDICT_SHIP] = "ship", [VERDICT_SKIP] = "skip"};
    return names[verdict];
}

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

static bool slug_fits(const char *slug)
{
    return strspn(slug, LETTERS) > 0 && slug[strspn(slug, LETTERS "-._~")] == '\0';
}

static bool url_fits(const char *url)
{
    bool web = strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0;
    const char *host = web ? strstr(url, "://") + 3 : url;
    return web && strspn(host, LETTERS "[") > 0 && strpbrk(url, " \t\r\n<>\"\\^`{|}") == NULL;
}

static const char *text_complaint(struct arena *arena, const struct field *field, const char *text)
{
    unsigned point = 0;
    size_t length = text_length(text);
    if (text_control(text, strlen(text), &point) != NULL) {
        return arena_format(arena, "has the control character U+%04X; take it out", point);
    }
    if (length > field->limit) {
        return arena_format(arena, "has %zu characters; shorten it to %zu", length, field->limit);
    }
    if (field->kind == FIELD_SLUG && !slug_fits(text)) {
        return arena_format(arena,
                            "\"%s\" is no slug; use letters, digits and \"-._~\", a letter or "
                            "digit first",
                            text_excerpt(arena, text, 60));
    }
    if (field->kind == FIELD_URL && !url_fits(text)) {
        return arena_format(arena, "\"%s\" is no web address; write it as https://example.org/path",
                            text_excerpt(arena, text, 60));
    }
    return NULL;
}

const char *field_complaint(struct arena *arena, const struct field *field, const char *text)
{
    if (text == NULL || text[0] == '\0') {
        return field->required ? "is empty; write at least one character" : NULL;
    }
    return text_complaint(arena, field, text);
}

static bool is_text(enum field_kind kind)
{
    return kind <= FIELD_URL;
}

static const void *field_at(const void *base, const struct field *field)
{
    return (const char *)base + field->offset;
}

/* The text of `field` in the struct at `base`. */
static const char *text_at(const void *base, const struct field *field)
{
    return *(const char *const *)field_at(base, field);
}

static bool check_texts(struct arena *arena, const struct field *fields, const void *base,
                        const char *prefix, struct failure *why)
{
    for (const struct field *field = fields; field->name != NULL; field++) {
        if (!is_text(field->kind)) {
            continue;
        }
        const char *complaint = field_complaint(arena, field, text_at(base, field));
        if (complaint != NULL) {
            return fail(why, FAILURE_DATA, "%s%s %s", prefix, field->name, complaint);
        }
    }
    return true;
}

static bool check_percent(const char *prefix, const char *name, int percent, struct failure *why)
{
    if (percent != PERCENT_NONE && (percent < 0 || percent > 100)) {
        return fail(why, FAILURE_DATA, "%s%s is %d; give a percentage from 0 to 100", prefix, name,
                    percent);
    }
    return true;
}

static bool check_numbers(const char *prefix, const struct tool *tool, struct failure *why)
{
    for (const struct field *field = tool_fields; field->name != NULL; field++) {
        int number = field->kind == FIELD_NUMBER ? *(const int *)field_at(tool, field) : 0;
        if (field->kind == FIELD_NUMBER && (number < 0 || (size_t)number > field->limit)) {
            return fail(why, FAILURE_DATA, "%s%s is %d; give a number from 0 to %zu", prefix,
                        field->name, number, field->limit);
        }
    }
    return true;
}

static bool check_tool(struct arena *arena, const struct tool *tool, const char *side,
                       struct failure *why)
{
    const char *prefix = arena_format(arena, "%s.", side);
    if (!check_texts(arena, tool_fields, tool, prefix, why) ||
        !check_percent(prefix, "panel_ship", tool->panel_ship, why) ||
        !check_percent(prefix, "community_ship", tool->community_ship, why) ||
        !check_numbers(prefix, tool, why)) {
        return false;
    }
    if (tool->review_count > FIELD_REVIEWS_MAX) {
        return fail(why, FAILURE_DATA, "%sreviews has %zu elements; keep at most %d", prefix,
                    tool->review_count, FIELD_REVIEWS_MAX);
    }
    for (size_t i = 0; i < tool->review_count; i++) {
        const char *inner = arena_format(arena, "%sreviews[%zu].", prefix, i);
        if (!check_texts(arena, review_fields, &tool->reviews[i], inner, why)) {
            return false;
        }
    }
    return true;
}

bool fields_check(struct arena *arena, const struct comparison *comparison, struct failure *why)
{
    return check_texts(arena, comparison_fields, comparison, "", why) &&
           check_tool(arena, &comparison->left, "left", why) &&
           check_tool(arena, &comparison->right, "right", why);
}

static struct value *write_fields(struct arena *arena, const struct field *fields,
                                  const void *base);

static struct value *write_reviews(struct arena *arena, const struct tool *tool)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < tool->review_count; i++) {
        value_add(list, write_fields(arena, review_fields, &tool->reviews[i]));
    }
    return list;
}

static struct value *write_time(struct arena *arena, int64_t instant)
{
    char text[CLOCK_TEXT];
    clock_format(instant, text);
    return instant == 0 ? value_null(arena) : value_text(arena, text);
}

/* A number that we have calculated is not written, because it does not come from the source. */
static struct value *write_percent(struct arena *arena, const struct field *field,
                                   const struct tool *tool)
{
    int percent = *(const int *)((const char *)tool + field->offset);
    bool counted = field->offset == offsetof(struct tool, panel_ship) && tool->panel_derived;
    return percent == PERCENT_NONE || counted ? value_null(arena) : value_int(arena, percent);
}

static struct value *write_field(struct arena *arena, const struct field *field, const void *base)
{
    const void *at = field_at(base, field);
    switch (field->kind) {
    case FIELD_PERCENT:
        return write_percent(arena, field, base);
    case FIELD_NUMBER:
        return *(const int *)at != 0 ? value_int(arena, *(const int *)at) : value_null(arena);
    case FIELD_TIME:
        return write_time(arena, *(const int64_t *)at);
    case FIELD_VERDICT:
        return value_text(arena, fields_verdict_name(*(const enum verdict *)at));
    case FIELD_TOOL:
        return write_fields(arena, tool_fields, at);
    case FIELD_REVIEWS:
        return write_reviews(arena, base);
    case FIELD_TEXT:
    case FIELD_MAYBE:
    case FIELD_SLUG:
    case FIELD_URL:
    case FIELD_WITHDRAWN:
        break;
    }
    return value_text(arena, text_at(base, field));
}

static struct value *write_fields(struct arena *arena, const struct field *fields, const void *base)
{
    struct value *object = value_object(arena);
    for (const struct field *field = fields; field->name != NULL; field++) {
        struct value *value =
            field->kind != FIELD_WITHDRAWN ? write_field(arena, field, base) : NULL;
        if (value != NULL && !(field->sparse && value->kind == VALUE_NULL)) {
            value_set(arena, object, field->name, value);
        }
    }
    return object;
}

struct value *fields_write(struct arena *arena, const struct comparison *comparison)
{
    return write_fields(arena, comparison_fields, comparison);
}

struct value *fields_write_tool(struct arena *arena, const struct tool *tool)
{
    return write_fields(arena, tool_fields, tool);
}
