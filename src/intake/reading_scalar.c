#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "intake/link.h"
#include "intake/reading_private.h"
#include "intake/text.h"

static const char *kind_name(const struct value *value)
{
    static const char *const names[] = {
        [VALUE_NULL] = "null",       [VALUE_FALSE] = "false", [VALUE_TRUE] = "true",
        [VALUE_NUMBER] = "a number", [VALUE_TEXT] = "a text", [VALUE_LIST] = "a list",
        [VALUE_OBJECT] = "an object"};
    return names[value->kind];
}

bool reading_refuse_kind(const struct reading *reading, const struct step *step,
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

/* Texts are tidied here, so that limits apply to the text that the issue will contain. */
static bool read_text(const struct reading *reading, const struct step *step,
                      const struct field *field, const struct value *value, const char **text)
{
    if (value->kind != VALUE_TEXT) {
        return reading_refuse_kind(reading, step, value,
                                   field->required ? "a text in quotes"
                                                   : "a text in quotes, or null");
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
        /* Not in a snapshot of an issue, which is kept as it was taken. */
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

/* Digits, up to a limit beyond which no field reaches. False for other characters. */
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

/* A percentage may come from an average: 66.7 is 67. What looks like a fraction (0.75, 1.0) is
 * refused: read as 1 % it would be a wrong verdict, and nobody would notice. */
static bool read_percent(const struct reading *reading, const struct step *step,
                         const struct value *value, int *percent)
{
    if (value->kind != VALUE_NUMBER) {
        return reading_refuse_kind(reading, step, value, "a whole number from 0 to 100, or null");
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

/* 0: nobody was counted */
static bool read_number(const struct reading *reading, const struct step *step,
                        const struct field *field, const struct value *value, int *number)
{
    int64_t whole;
    if (value->kind != VALUE_NUMBER) {
        return reading_refuse_kind(reading, step, value, "a whole number, or null");
    }
    if (!whole_number(value->text, value->len, &whole) || whole > (int64_t)field->limit) {
        return REFUSE(reading, step,
                      "%.40s is out of range; write a whole number from 0 to %zu, or null",
                      value->text, field->limit);
    }
    *number = (int)whole;
    return true;
}

/* The last instant that RFC 3339 can express. */
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
        return reading_refuse_kind(reading, step, value,
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
        return reading_refuse_kind(reading, step, value, "\"ship\", \"skip\" or null");
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

/* Rows of a database have 0 and 1 for false and true. */
static bool read_withdrawn(const struct reading *reading, const struct step *step,
                           const struct value *value, enum withdrawn *withdrawn)
{
    bool number = value->kind == VALUE_NUMBER &&
                  (strcmp(value->text, "0") == 0 || strcmp(value->text, "1") == 0);
    if (!number && value->kind != VALUE_TRUE && value->kind != VALUE_FALSE) {
        return reading_refuse_kind(reading, step, value, "true, false, 1, 0 or null");
    }
    bool yes = number ? value->text[0] == '1' : value->kind == VALUE_TRUE;
    *withdrawn = yes ? WITHDRAWN_YES : WITHDRAWN_NO;
    return true;
}

bool reading_scalar(const struct reading *reading, const struct step *step,
                    const struct field *field, const struct value *value, void *at)
{
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
    case FIELD_TEXT:
    case FIELD_MAYBE:
    case FIELD_SLUG:
    case FIELD_URL:
        break;
    case FIELD_TOOL:
    case FIELD_REVIEWS:
        assert(false); /* not scalars */
    }
    return read_text(reading, step, field, value, at);
}
