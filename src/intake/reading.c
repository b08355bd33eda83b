#include "intake/reading.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "intake/link.h"
#include "intake/text.h"

/* What reading passes down. */
struct reading {
    struct arena *arena;
    const struct json_source *source;
    struct failure
        *why; /* the first thing that is wrong; the rest is read on for unknown members */
    bool *failed;
};

/* RFC 6901, from the root down. */
static void path_add(struct buf *path, const struct step *step)
{
    if (step == NULL) {
        return;
    }
    path_add(path, step->up);
    buf_add_char(path, '/');
    if (step->name == NULL) {
        buf_addf(path, "%zu", step->index);
        return;
    }
    for (const char *c = step->name; *c != '\0'; c++) {
        if (*c == '~' || *c == '/') {
            buf_add_text(path, *c == '~' ? "~0" : "~1");
        } else {
            buf_add_char(path, *c);
        }
    }
}

static void locate(const struct json_source *source, const char *path, int *line, int *column)
{
    if (!json_locate(source->bytes, source->len, path, line, column)) {
        *line = *column = 1;
    }
    *column += *line == 1 ? source->column - 1 : 0;
    *line += source->line - 1;
}

enum { PATH_MAX_BYTES = 16 * 1024 * 1024 };

void reading_place(const struct json_source *source, const struct step *step, int *line,
                   int *column)
{
    struct buf path;
    buf_init(&path, PATH_MAX_BYTES);
    path_add(&path, step);
    locate(source, path.data, line, column);
    buf_free(&path);
}

/* A path as a message shows it: a name of a thousand letters is no help to anybody. */
enum { PATH_SHOWN = 200 };

static void write_failure(const struct json_source *source, const char *path, const char *text,
                          struct failure *why)
{
    struct arena arena = {0};
    const char *shown = text_excerpt(&arena, path, PATH_SHOWN);
    const char *colon = path[0] != '\0' ? ": " : "";
    if (source->name == NULL) {
        fail(why, FAILURE_DATA, "%s%s%s", shown, colon, text);
    } else {
        int line;
        int column;
        locate(source, path, &line, &column);
        fail(why, FAILURE_DATA, "%s:%d:%d: %s%s%s", source->name, line, column, shown, colon, text);
    }
    arena_free(&arena);
}

bool reading_fail(const struct json_source *source, const struct step *step, struct failure *why,
                  const char *format, ...)
{
    struct failure text;
    va_list args;
    va_start(args, format);
    vsnprintf(text.text, sizeof text.text, format, args);
    va_end(args);
    struct buf path;
    buf_init(&path, PATH_MAX_BYTES);
    path_add(&path, step);
    write_failure(source, path.data, text.text, why);
    buf_free(&path);
    return false;
}

#define REFUSE(reading, step, ...)                                                                 \
    (*(reading)->failed ? false                                                                    \
                        : (*(reading)->failed = true,                                              \
                           reading_fail((reading)->source, (step), (reading)->why, __VA_ARGS__)))

static const char *kind_name(const struct value *value)
{
    static const char *const names[] = {
        [VALUE_NULL] = "null",       [VALUE_FALSE] = "false", [VALUE_TRUE] = "true",
        [VALUE_NUMBER] = "a number", [VALUE_TEXT] = "a text", [VALUE_LIST] = "a list",
        [VALUE_OBJECT] = "an object"};
    return names[value->kind];
}

static bool refuse_kind(const struct reading *reading, const struct step *step,
                        const struct value *value, const char *wanted)
{
    return REFUSE(reading, step, "this is %s; write %s", kind_name(value), wanted);
}

static void note_marked(const struct reading *reading, const struct step *step, const char *text)
{
    struct way *way = reading->source->way;
    const char *complaint = way != NULL ? way_complaint(way, reading->arena, text) : NULL;
    if (complaint != NULL && way->marked_count++ == 0) {
        reading_fail(reading->source, step, &way->marked, "%s", complaint);
    }
}

/* Texts are put in order here, so that their limits count what will stand in the issue. */
static bool read_text(const struct reading *reading, const struct step *step,
                      const struct field *field, const struct value *value, const char **text)
{
    if (value->kind != VALUE_TEXT) {
        return refuse_kind(reading, step, value,
                           field->required ? "a text in quotes" : "a text in quotes, or null");
    }
    unsigned point = 0;
    const char *complaint;
    size_t len = value->len;
    const char *bytes = way_text(reading->source->way, reading->arena, value->text, &len);
    if (text_control(bytes, len, &point) != NULL) {
        complaint =
            arena_format(reading->arena, "has the control character U+%04X; take it out", point);
    } else {
        *text = text_tidy(reading->arena, bytes, len);
        note_marked(reading, step, *text);
        complaint = field_complaint(reading->arena, field, *text);
        /* Not what has come in already: a snapshot of an issue stays as it is. */
        if (complaint == NULL && field->kind == FIELD_URL && reading->source->name != NULL &&
            (*text)[0] != '\0') {
            complaint = link_read(reading->arena, *text, text);
        }
    }
    if (complaint != NULL) {
        return REFUSE(reading, step, "%s", complaint);
    }
    bool none = (*text)[0] == '\0' && field->kind != FIELD_TEXT;
    *text = none ? NULL : *text;
    return true;
}

/* Digits up to a limit past which nothing is in range anyway. False for other characters. */
static bool whole_number(const char *text, size_t len, int64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9' || *number > INT64_C(1000000000000000)) {
            return false;
        }
        *number = *number * 10 + text[i] - '0';
    }
    return len > 0;
}

#define PERCENT_WANTED "%.40s is out of range; write a number from 0 to 100, or null"

/* A percentage may come out of an average: 66.7 is 67. What looks like a share of one (0.75, 1.0)
 * is refused, because 1 % would be a wrong verdict and nobody would notice. */
static bool read_percent(const struct reading *reading, const struct step *step,
                         const struct value *value, int *percent)
{
    if (value->kind != VALUE_NUMBER) {
        return refuse_kind(reading, step, value, "a whole number from 0 to 100, or null");
    }
    size_t whole = strcspn(value->text, ".");
    const char *fraction = value->text + whole;
    int64_t number;
    if (!whole_number(value->text, whole, &number) || number > 100 ||
        (fraction[0] == '.' && strspn(fraction + 1, "0123456789") + 1 != strlen(fraction))) {
        return REFUSE(reading, step, PERCENT_WANTED, value->text);
    }
    bool above = strpbrk(fraction, "123456789") != NULL;
    if (fraction[0] == '.' && ((number == 0 && above) || number == 1)) {
        return REFUSE(reading, step, "%.40s looks like a share of one; write percent, as in 75",
                      value->text);
    }
    if (number == 100 && above) {
        return REFUSE(reading, step, PERCENT_WANTED, value->text);
    }
    number += fraction[0] == '.' && fraction[1] >= '5';
    *percent = (int)number;
    return true;
}

/* 0 where nobody is counted. */
static bool read_number(const struct reading *reading, const struct step *step,
                        const struct field *field, const struct value *value, int *number)
{
    int64_t whole;
    if (value->kind != VALUE_NUMBER) {
        return refuse_kind(reading, step, value, "a whole number, or null");
    }
    if (!whole_number(value->text, value->len, &whole) || whole > (int64_t)field->limit) {
        return REFUSE(reading, step,
                      "%.40s is out of range; write a whole number from 0 to %zu, or null",
                      value->text, field->limit);
    }
    *number = (int)whole;
    return true;
}

/* The last instant that RFC 3339 can write. */
static const int64_t TIME_LAST = INT64_C(253402300799);

static bool read_time(const struct reading *reading, const struct step *step,
                      const struct value *value, int64_t *instant)
{
    if (value->kind == VALUE_TEXT) {
        struct failure ignored = {0};
        if (strlen(value->text) == value->len && clock_parse(value->text, instant, &ignored) &&
            *instant > 0) {
            return true;
        }
        return REFUSE(
            reading, step,
            "\"%s\" is no time of the years 1970 to 9999; write it as 2026-11-20T09:00:00Z",
            text_excerpt(reading->arena, value->text, 40));
    }
    if (value->kind != VALUE_NUMBER) {
        return refuse_kind(reading, step, value,
                           "a time as \"2026-11-20T09:00:00Z\", UNIX seconds, or null");
    }
    if (!whole_number(value->text, value->len, instant) || *instant < 1 || *instant > TIME_LAST) {
        return REFUSE(reading, step,
                      "%.40s is out of range; write whole UNIX seconds (not milliseconds) or a "
                      "time as \"2026-11-20T09:00:00Z\"",
                      value->text);
    }
    return true;
}

static bool read_verdict(const struct reading *reading, const struct step *step,
                         const struct value *value, enum verdict *verdict)
{
    if (value->kind != VALUE_TEXT) {
        return refuse_kind(reading, step, value, "\"ship\", \"skip\" or null");
    }
    for (enum verdict known = VERDICT_SHIP; known <= VERDICT_SKIP; known++) {
        const char *name = fields_verdict_name(known);
        if (strlen(name) == value->len && strcmp(value->text, name) == 0) {
            *verdict = known;
            return true;
        }
    }
    return REFUSE(reading, step, "\"%s\" is no verdict; write \"ship\", \"skip\" or null",
                  text_excerpt(reading->arena, value->text, 40));
}

/* Rows of a database have 0 and 1 for it. */
static bool read_withdrawn(const struct reading *reading, const struct step *step,
                           const struct value *value, enum withdrawn *withdrawn)
{
    bool number = value->kind == VALUE_NUMBER &&
                  (strcmp(value->text, "0") == 0 || strcmp(value->text, "1") == 0);
    if (!number && value->kind != VALUE_TRUE && value->kind != VALUE_FALSE) {
        return refuse_kind(reading, step, value, "true, false, 1, 0 or null");
    }
    bool yes = number ? value->text[0] == '1' : value->kind == VALUE_TRUE;
    *withdrawn = yes ? WITHDRAWN_YES : WITHDRAWN_NO;
    return true;
}

static const struct field *find_field(const struct field *fields, const char *name)
{
    for (const struct field *field = fields; field->name != NULL; field++) {
        if (strcmp(field->name, name) == 0) {
            return field;
        }
    }
    return NULL;
}

/* The names of one table behind a prefix, into `names`; gives back how many. */
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

/* "left.reviews.qoute": where the member stands, whichever element of a list it is in. */
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

/* All of a file are refused at its end, in one go: it is read on as if the member were not there.
 */
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

/* What of a table an object has given, by the index of the field. */
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

/* A member that is a field of the table, in the struct at `base`. null is the same as left out. */
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

/* The fields of a table that were left out, as bits by their index. */
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
        return refuse_kind(reading, step, value, "an object");
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
        return refuse_kind(reading, step, value, "a list of reviews, or null");
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

/* What was first noticed inside a text is told by the place of the text. */
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

/* Reviews as a column of a database has them: a text with JSON in it. What is wrong inside is told
 * by the place of the text in the file and the path within. */
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
    case FIELD_PERCENT:
        return read_percent(reading, step, value, at);
    case FIELD_NUMBER:
        return read_number(reading, step, field, value, at);
    case FIELD_TIME:
        return read_time(reading, step, value, at);
    case FIELD_VERDICT:
        return read_verdict(reading, step, value, at);
    case FIELD_WITHDRAWN:
        return read_withdrawn(reading, step, value, at);
    case FIELD_TOOL:
        return read_object(reading, step, tool_fields, value, at);
    case FIELD_REVIEWS:
        return value->kind == VALUE_TEXT ? read_review_text(reading, step, value, base)
                                         : read_review_list(reading, step, value, base);
    case FIELD_TEXT:
    case FIELD_MAYBE:
    case FIELD_SLUG:
    case FIELD_URL:
        break;
    }
    return read_text(reading, step, field, value, at);
}

/* One side of a flat row: its prefix and what has come in of it. */
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

/* A member of a comparison that no field of its own has: a column of a side. */
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

/* Each side came in one form, and with what it needs. */
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
        return refuse_kind(&reading, step, value, "an object (one comparison)");
    }
    return read_members(&reading, step, value, comparison);
}
