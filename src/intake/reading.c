#include "intake/reading.h"

#include <string.h>

#include "base/json.h"
#include "intake/reading_private.h"
#include "intake/text.h"

static const struct field *find_field(const struct field *fields, const char *name)
{
    for (const struct field *field = fields; field->name != NULL; field++) {
        if (strcmp(field->name, name) == 0) {
            return field;
        }
    }
    return NULL;
}

/* Writes the names of a table, with the prefix before each, into `names`; returns how many. */
static size_t list_names(struct arena *arena, const struct field *fields, const char *prefix,
                         const char **names)
{
    size_t count = 0;
    for (; fields[count].name != NULL; count++) {
        names[count] = arena_format(arena, "%s%s", prefix, fields[count].name);
    }
    return count;
}

enum { NAMES_MAX = 64 };

/* "left.reviews.qoute": the position of the member, without indexes of list elements. */
static const char *name_of(struct arena *arena, const struct step *step)
{
    if (step == NULL) {
        return "";
    }
    const char *up = name_of(arena, step->up);
    if (step->name == NULL) {
        return up;
    }
    return up[0] == '\0' ? step->name : arena_format(arena, "%s.%s", up, step->name);
}

static bool say_unknown(struct arena *arena, const struct json_source *source,
                        const struct step *step, const char *near, struct failure *why)
{
    const char *shown = text_excerpt(arena, step->name, 60);
    if (near != NULL) {
        return reading_fail(source, step, why, "there is no field \"%s\"; did you mean \"%s\"?",
                            shown, near);
    }
    return reading_fail(source, step, why,
                        "there is no field \"%s\"; leave it out, or see verdicts-import(5) for "
                        "those there are",
                        shown);
}

/* Unknown members of a file are all refused at its end, together: reading continues as if the
 * member did not exist. */
static void note_unknown(const struct reading *reading, const struct step *step, const char *near)
{
    struct way *way = reading->source->way;
    bool first = way->unknown_count == 0;
    if (way_note_name(way, reading->arena, name_of(reading->arena, step), near) && first) {
        say_unknown(reading->arena, reading->source, step, near, &way->unknown);
        reading_fail(reading->source, step, &way->place, "%s", "");
    }
}

static bool refuse_unknown(const struct reading *reading, const struct step *step,
                           const char *const *names)
{
    const char *near = text_nearest(step->name, names);
    if (reading->source->way == NULL) {
        return !*reading->failed &&
               (*reading->failed = true,
                say_unknown(reading->arena, reading->source, step, near, reading->why));
    }
    note_unknown(reading, step, near);
    return true;
}

static bool refuse_unknown_of(const struct reading *reading, const struct step *step,
                              const struct field *fields)
{
    const char *names[NAMES_MAX] = {NULL};
    list_names(reading->arena, fields, "", names);
    return refuse_unknown(reading, step, names);
}

/* Which fields of a table an object has given, by index. */
struct seen {
    bool fields[NAMES_MAX];
    bool any;
};

static bool check_required(const struct reading *reading, const struct step *step,
                           const struct field *fields, const char *prefix, const struct seen *seen)
{
    for (size_t i = 0; fields[i].name != NULL; i++) {
        if (fields[i].required && !seen->fields[i]) {
            return REFUSE(reading, step, "\"%s%s\" is missing; write it", prefix, fields[i].name);
        }
    }
    return true;
}

static bool read_field(const struct reading *reading, const struct step *step,
                       const struct field *field, const struct value *value, void *base);

/* Reads a member that is a field of the table, into the struct at `base`. null means left out. */
static bool read_known(const struct reading *reading, const struct step *step,
                       const struct field *fields, const struct field *field,
                       const struct value *value, void *base, struct seen *seen)
{
    if (value->kind == VALUE_NULL) {
        return true;
    }
    seen->fields[field - fields] = true;
    return read_field(reading, step, field, value, base);
}

/* The fields of a table that were left out, one bit for each index. */
static unsigned silent_fields(const struct field *fields, const struct seen *seen)
{
    unsigned silent = 0;
    for (size_t i = 0; fields[i].name != NULL; i++) {
        silent |= seen->fields[i] ? 0 : 1u << i;
    }
    return silent;
}

static bool read_object(const struct reading *reading, const struct step *step,
                        const struct field *fields, const struct value *value, void *base)
{
    struct seen seen = {0};
    bool good = true;
    if (value->kind != VALUE_OBJECT) {
        return reading_refuse_kind(reading, step, value, "an object");
    }
    for (const struct value *member = value->first; member != NULL; member = member->next) {
        struct step inner = {.up = step, .name = member->name};
        const struct field *field = find_field(fields, member->name);
        bool fine = field == NULL ? refuse_unknown_of(reading, &inner, fields)
                                  : read_known(reading, &inner, fields, field, member, base, &seen);
        good = fine && good;
    }
    if (fields == tool_fields) {
        ((struct tool *)base)->silent = silent_fields(fields, &seen);
    }
    return good && check_required(reading, step, fields, "", &seen);
}

static bool read_review_list(const struct reading *reading, const struct step *step,
                             const struct value *value, struct tool *tool)
{
    if (value->kind != VALUE_LIST) {
        return reading_refuse_kind(reading, step, value, "a list of reviews, or null");
    }
    if (value->count > FIELD_REVIEWS_MAX) {
        return REFUSE(reading, step, "there are %zu reviews; keep at most %d", value->count,
                      FIELD_REVIEWS_MAX);
    }
    bool good = true;
    tool->reviews = arena_array(reading->arena, value->count, sizeof *tool->reviews);
    for (const struct value *at = value->first; at != NULL; at = at->next) {
        struct step inner = {.up = step, .index = tool->review_count};
        struct review *review = &tool->reviews[tool->review_count++];
        review->quote = "";
        good = read_object(reading, &inner, review_fields, at, review) && good;
    }
    return good;
}

/* Reports what was noticed inside a text with the position of the text. */
static void place_notes(const struct reading *reading, const struct step *step, bool marked,
                        bool unknown)
{
    static const char inside[] = "in the JSON of this text: ";
    struct way *way = reading->source->way;
    struct failure inner;
    if (marked && way->marked_count > 0) {
        inner = way->marked;
        reading_fail(reading->source, step, &way->marked, "%s%s", inside, inner.text);
    }
    if (unknown && way->unknown_count > 0) {
        inner = way->unknown;
        reading_fail(reading->source, step, &way->unknown, "%s%s", inside, inner.text);
        reading_fail(reading->source, step, &way->place, "%s", inside);
    }
}

/* Reads reviews in the form of a database column: a text that contains JSON. A fault inside is
 * reported with the position of the text in the file and the path within it. */
static bool read_review_text(const struct reading *reading, const struct step *step,
                             const struct value *value, struct tool *tool)
{
    struct failure inner = {0};
    struct value *list = NULL;
    struct json_source source = {.name = NULL, .way = reading->source->way};
    bool marked = source.way != NULL && source.way->marked_count == 0;
    bool unknown = source.way != NULL && source.way->unknown_count == 0;
    bool failed = false;
    struct reading within = {
        .arena = reading->arena, .source = &source, .why = &inner, .failed = &failed};
    bool good = json_read(reading->arena, "text", value->text, value->len, &list, &inner) &&
                read_review_list(&within, NULL, list, tool);
    place_notes(reading, step, marked, unknown);
    return good || REFUSE(reading, step, "in the JSON of this text: %s", inner.text);
}

static void tool_clear(struct tool *tool)
{
    *tool = (struct tool){.name = "",
                          .category = "",
                          .tagline = "",
                          .description = "",
                          .price = "",
                          .price_note = "",
                          .panel_ship = PERCENT_NONE,
                          .community_ship = PERCENT_NONE};
}

static bool read_field(const struct reading *reading, const struct step *step,
                       const struct field *field, const struct value *value, void *base)
{
    void *at = (char *)base + field->offset;
    switch (field->kind) {
    case FIELD_TOOL:
        return read_object(reading, step, tool_fields, value, at);
    case FIELD_REVIEWS:
        return value->kind == VALUE_TEXT ? read_review_text(reading, step, value, base)
                                         : read_review_list(reading, step, value, base);
    default:
        return reading_scalar(reading, step, field, value, at);
    }
}

/* One side of a flat row: its prefix, and what was read of it. */
struct side {
    const char *prefix;
    struct tool *tool;
    struct seen seen;
};

static bool refuse_member(const struct reading *reading, const struct step *step)
{
    const char *names[NAMES_MAX] = {NULL};
    size_t count = list_names(reading->arena, comparison_fields, "", names);
    count += list_names(reading->arena, tool_fields, "left_", names + count);
    list_names(reading->arena, tool_fields, "right_", names + count);
    return refuse_unknown(reading, step, names);
}

/* Reads a member that is no field of the comparison itself: a column of one side. */
static bool read_column(const struct reading *reading, const struct step *step,
                        const struct value *value, struct side sides[2])
{
    for (struct side *side = sides; side < sides + 2; side++) {
        size_t skip = strlen(side->prefix);
        const struct field *field = strncmp(step->name, side->prefix, skip) == 0
                                        ? find_field(tool_fields, step->name + skip)
                                        : NULL;
        if (field != NULL) {
            side->seen.any = side->seen.any || value->kind != VALUE_NULL;
            return read_known(reading, step, tool_fields, field, value, side->tool, &side->seen);
        }
    }
    return refuse_member(reading, step);
}

/* Whether each side is given in one form, and is complete. */
static bool check_side(const struct reading *reading, const struct step *step,
                       const struct side *side, bool nested)
{
    if (!nested) {
        side->tool->silent = silent_fields(tool_fields, &side->seen);
    }
    if (nested && side->seen.any) {
        return REFUSE(reading, step, "\"%.*s\" is there as an object and as \"%s…\"; keep one",
                      (int)strlen(side->prefix) - 1, side->prefix, side->prefix);
    }
    return nested || check_required(reading, step, tool_fields, side->prefix, &side->seen);
}

static bool read_members(const struct reading *reading, const struct step *step,
                         const struct value *value, struct comparison *comparison)
{
    struct seen seen = {0};
    struct side sides[2] = {{.prefix = "left_", .tool = &comparison->left},
                            {.prefix = "right_", .tool = &comparison->right}};
    bool good = true;
    for (const struct value *member = value->first; member != NULL; member = member->next) {
        struct step inner = {.up = step, .name = member->name};
        const struct field *field = find_field(comparison_fields, member->name);
        bool fine = field != NULL ? read_known(reading, &inner, comparison_fields, field, member,
                                               comparison, &seen)
                                  : read_column(reading, &inner, member, sides);
        good = fine && good;
    }
    if (!good) {
        return false;
    }
    comparison->silent = silent_fields(comparison_fields, &seen);
    bool left = seen.fields[find_field(comparison_fields, "left") - comparison_fields];
    bool right = seen.fields[find_field(comparison_fields, "right") - comparison_fields];
    if ((!left && !sides[0].seen.any) || (!right && !sides[1].seen.any)) {
        return check_required(reading, step, comparison_fields, "", &seen);
    }
    return check_side(reading, step, &sides[0], left) &&
           check_side(reading, step, &sides[1], right);
}

bool reading_comparison(struct arena *arena, const struct json_source *source,
                        const struct step *step, const struct value *value,
                        struct comparison *comparison, struct failure *why)
{
    bool failed = false;
    struct reading reading = {.arena = arena, .source = source, .why = why, .failed = &failed};
    *comparison = (struct comparison){.title = "", .question = "", .revision = 0};
    tool_clear(&comparison->left);
    tool_clear(&comparison->right);
    if (value->kind != VALUE_OBJECT) {
        return reading_refuse_kind(&reading, step, value, "an object (one comparison)");
    }
    return read_members(&reading, step, value, comparison);
}

bool reading_tool(struct arena *arena, const struct json_source *source, const struct value *value,
                  struct tool *tool, struct failure *why)
{
    bool failed = false;
    struct reading reading = {.arena = arena, .source = source, .why = why, .failed = &failed};
    tool_clear(tool);
    return read_object(&reading, NULL, tool_fields, value, tool);
}
