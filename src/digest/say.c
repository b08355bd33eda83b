#include "digest/say.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "digest/phrase.h"

enum { TEXT_MAX = 1024 * 1024 };

static char lower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

/* The text that fills the hole `name` of `len` bytes. */
static const char *fill_of(const struct say *say, const struct hole *holes, const char *name,
                           size_t len)
{
    for (const struct hole *hole = holes; hole != NULL && hole->name != NULL; hole++) {
        if (strlen(hole->name) == len && lower(*name) == *hole->name &&
            memcmp(name + 1, hole->name + 1, len - 1) == 0) {
            return *name == *hole->name ? hole->text : phrase_capital(say->arena, hole->text);
        }
    }
    return NULL;
}

static char *fill(const struct say *say, const char *text, const struct hole *holes)
{
    struct buf out;
    buf_init(&out, TEXT_MAX);
    for (const char *at = text; *at != '\0'; at++) {
        if (*at != '{' || at[1] == '{') {
            at += *at == '{' || (*at == '}' && at[1] == '}');
            buf_add_char(&out, *at);
            continue;
        }
        size_t len = strcspn(at + 1, "}");
        const char *filled = len > 0 ? fill_of(say, holes, at + 1, len) : NULL;
        assert(filled != NULL);
        buf_add_text(&out, filled);
        at += len + 1;
    }
    char *filled = arena_copy_bytes(say->arena, out.data, out.len);
    buf_free(&out);
    return filled;
}

char *say_text(const struct say *say, const char *id, const struct hole *holes)
{
    return say_count(say, id, 1, holes);
}

char *say_count(const struct say *say, const char *id, size_t number, const struct hole *holes)
{
    return fill(say, catalogue_text(say->catalogue, id, number), holes);
}

char *say_digits(const struct say *say, size_t number)
{
    char *text = arena_format(say->arena, "%zu", number);
    size_t len = strlen(text);
    if (len < 4) {
        return text;
    }
    const char *separator = say_text(say, "number/separator", NULL);
    char *parted = arena_copy_bytes(say->arena, text, (len - 1) % 3 + 1);
    for (size_t at = (len - 1) % 3 + 1; at < len; at += 3) {
        parted = arena_format(say->arena, "%s%s%.3s", parted, separator, text + at);
    }
    return parted;
}

char *say_number(const struct say *say, size_t number)
{
    return number > 10 ? say_digits(say, number)
                       : say_text(say, arena_format(say->arena, "number/%zu", number), NULL);
}

char *say_percent(const struct say *say, int percent)
{
    return say_text(say, "number/percent",
                    HOLES({"number", arena_format(say->arena, "%d", percent)}));
}

char *say_list(const struct say *say, const char *const *texts, size_t count)
{
    if (count == 0) {
        return arena_copy(say->arena, "");
    }
    char *list = arena_copy(say->arena, texts[0]);
    for (size_t i = 1; i + 1 < count; i++) {
        list = say_text(say, "list/more", HOLES({"list", list}, {"next", texts[i]}));
    }
    return count == 1
               ? list
               : say_text(say, "list/last", HOLES({"list", list}, {"last", texts[count - 1]}));
}

static char *month_name(const struct say *say, const struct local_time *local)
{
    return say_text(say, arena_format(say->arena, "month/%d", local->month), NULL);
}

static char *year_digits(const struct say *say, const struct local_time *local)
{
    return arena_format(say->arena, "%lld", (long long)local->year);
}

char *say_date(const struct say *say, const struct local_time *local)
{
    return say_text(say, "date/day",
                    HOLES({"day", arena_format(say->arena, "%d", local->day)},
                          {"month", month_name(say, local)}, {"year", year_digits(say, local)}));
}

char *say_month(const struct say *say, const struct local_time *local)
{
    return say_text(say, "date/month",
                    HOLES({"month", month_name(say, local)}, {"year", year_digits(say, local)}));
}

char *say_weekday(const struct say *say, int weekday)
{
    return say_text(say, arena_format(say->arena, "weekday/%d", weekday), NULL);
}

char *say_day(const struct say *say, const struct local_time *local)
{
    return say_text(
        say, "date/weekday",
        HOLES({"weekday", say_weekday(say, local->weekday)}, {"date", say_date(say, local)}));
}

/* Whether a tag belongs to a language: "en-GB" to "en". */
static bool is_of(const char *tag, const char *language)
{
    size_t len = strlen(language);
    return strncasecmp(tag, language, len) == 0 && (tag[len] == '\0' || tag[len] == '-');
}

struct value *say_language(const struct say *say, const char *page_language,
                           const char *page_direction)
{
    const struct catalogue *catalogue = say->catalogue;
    if (is_of(page_language, catalogue->language) &&
        strcmp(page_direction, catalogue->direction) == 0) {
        return value_null(say->arena);
    }
    struct value *words = value_object(say->arena);
    value_set_text(say->arena, words, "language", catalogue->language);
    value_set_text(say->arena, words, "direction", catalogue->direction);
    return words;
}

char *say_join(const struct say *say, const char *left, const char *right)
{
    return phrase_join(say->arena, left, right);
}
