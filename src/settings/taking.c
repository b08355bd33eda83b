/* Shared by the functions that parse values: storing a value, refusing it, numbers and units. */
#include <string.h>

#include "settings/table.h"

void *taking_field(const struct taking *taking)
{
    return (char *)taking->fields + taking->spec->offset;
}

bool taking_put(const struct taking *taking, const char *text)
{
    *(const char **)taking_field(taking) = text;
    return true;
}

bool taking_fail(const struct taking *taking, const char *text, const char *wanted)
{
    return fail(taking->why, FAILURE_CONFIG, "\"%.100s\" is not %s", text, wanted);
}

bool taking_fail_form(const struct taking *taking)
{
    return taking_fail(taking, taking->text, setting_form(taking->arena, taking->spec));
}

bool setting_read_digits(const char *text, int64_t *number, const char **end)
{
    size_t len = strspn(text, "0123456789");
    *number = 0;
    for (size_t i = 0; i < len && len <= 15; i++) {
        *number = *number * 10 + (text[i] - '0');
    }
    *end = text + len;
    return len > 0 && len <= 15;
}

/* There is no unit "m", which could mean minutes or months. */
int64_t setting_unit_seconds(const char *unit)
{
    static const struct {
        const char *name;
        int64_t seconds;
    } units[] = {{"", 1}, {"s", 1}, {"min", 60}, {"h", 3600}, {"d", 86400}, {"w", 604800}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(units[i].name, unit) == 0) {
            return units[i].seconds;
        }
    }
    return 0;
}

bool setting_read_rate(const char *text, struct settings_rate *rate)
{
    const char *end;
    *rate = (struct settings_rate){0};
    if (strcmp(text, "none") == 0 || strcmp(text, "0") == 0) {
        return true;
    }
    if (!setting_read_digits(text, &rate->count, &end) || *end != '/' || end[1] == '\0') {
        return false;
    }
    rate->seconds = setting_unit_seconds(end + 1);
    return rate->count > 0 && rate->seconds > 0 && rate->seconds <= 86400;
}

bool setting_is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
