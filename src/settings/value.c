/* Parses the text of a setting into its field. */
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/secret.h"
#include "base/utf8.h"
#include "base/zone.h"
#include "settings/table.h"

/* One line of UTF-8, which is fit for headers, mails and pages. */
static bool check_text(const struct taking *taking, const char *text)
{
    size_t len = strlen(text);
    if (len > SETTINGS_TEXT_MAX) {
        return fail(taking->why, FAILURE_CONFIG, "longer than %d bytes", SETTINGS_TEXT_MAX);
    }
    if (!utf8_valid(text, len, NULL)) {
        return fail(taking->why, FAILURE_CONFIG, "not UTF-8");
    }
    for (size_t at = 0; at < len;) {
        uint32_t point;
        at += utf8_decode(text + at, len - at, &point);
        if (point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x2028 || point == 0x2029) {
            return fail(taking->why, FAILURE_CONFIG,
                        "a control character (U+%04X) stands in it; it is text in one line", point);
        }
        if (!utf8_in_xml(point)) {
            return fail(taking->why, FAILURE_CONFIG,
                        "U+%04X stands in it, which no feed may hold; take it out", point);
        }
    }
    return true;
}

static bool take_text(const struct taking *taking)
{
    return taking_put(taking, taking->text);
}

static bool take_texts(const struct taking *taking)
{
    const char **list = arena_array(taking->arena, taking->count + 1, sizeof *list);
    for (size_t i = 0; i < taking->count; i++) {
        list[i] = taking->values[i];
    }
    *(const char ***)taking_field(taking) = list;
    return true;
}

static bool take_path(const struct taking *taking)
{
    return taking_put(taking, file_join(taking->arena, taking->folder, taking->text));
}

/* A credential is not a path: base/secret finds it where systemd puts it, when it is read. */
static bool take_secret(const struct taking *taking)
{
    const char *credential = secret_credential(taking->text);
    if (credential == NULL) {
        return take_path(taking);
    }
    for (const char *c = credential; *c != '\0'; c++) {
        if (!setting_is_alnum(*c) && strchr("._-", *c) == NULL) {
            return taking_fail_form(taking);
        }
    }
    return credential[0] != '\0' && credential[0] != '.' ? taking_put(taking, taking->text)
                                                         : taking_fail_form(taking);
}

static bool take_number(const struct taking *taking)
{
    int64_t number;
    const char *end;
    if (!setting_read_digits(taking->text, &number, &end) || *end != '\0' ||
        number < taking->spec->low || number > taking->spec->high) {
        return taking_fail_form(taking);
    }
    *(int64_t *)taking_field(taking) = number;
    return true;
}

/* "2", "1.5" or "1.25" in hundredths; a number that is far too large stays too large. */
static bool read_hundredths(const char *text, int64_t *hundredths)
{
    int64_t whole, part = 0;
    const char *end;
    if (!setting_read_digits(text, &whole, &end) || whole > INT32_MAX) {
        return false;
    }
    if (*end == '.') {
        const char *decimals = end + 1;
        if (!setting_read_digits(decimals, &part, &end) || end - decimals > 2) {
            return false;
        }
        part *= end - decimals == 1 ? 10 : 1;
    }
    *hundredths = whole * 100 + part;
    return *end == '\0';
}

static bool take_decimal(const struct taking *taking)
{
    int64_t hundredths;
    if (!read_hundredths(taking->text, &hundredths) || hundredths < taking->spec->low ||
        hundredths > taking->spec->high) {
        return taking_fail_form(taking);
    }
    *(int64_t *)taking_field(taking) = hundredths;
    return true;
}

static void describe_seconds(int64_t seconds, char out[32])
{
    static const struct {
        const char *unit;
        int64_t seconds;
    } units[] = {{"d", 86400}, {"h", 3600}, {"min", 60}, {"s", 1}};
    size_t i = 0;
    while (seconds % units[i].seconds != 0) {
        i++;
    }
    snprintf(out, 32, "%lld%s", (long long)(seconds / units[i].seconds), units[i].unit);
}

static bool take_duration(const struct taking *taking)
{
    int64_t unit = taking->spec->kind == SETTING_HOURS ? 3600 : 1;
    int64_t low = taking->spec->low * unit;
    int64_t high = taking->spec->high * unit;
    int64_t number;
    const char *end;
    if (!setting_read_digits(taking->text, &number, &end) || setting_unit_seconds(end) == 0) {
        return taking_fail_form(taking);
    }
    int64_t seconds = number > high
                          ? high + 1
                          : number * setting_unit_seconds(end); /* no overflow: high < 10^9 */
    if (seconds < low || seconds > high) {
        char least[32], most[32];
        describe_seconds(low, least);
        describe_seconds(high, most);
        return fail(taking->why, FAILURE_CONFIG, "%.40s is not between %s and %s", taking->text,
                    least, most);
    }
    if (seconds % unit != 0) {
        return fail(taking->why, FAILURE_CONFIG, "%.40s is not a whole number of hours",
                    taking->text);
    }
    *(int64_t *)taking_field(taking) = seconds / unit;
    return true;
}

static bool take_rate(const struct taking *taking)
{
    return setting_read_rate(taking->text, taking_field(taking)) || taking_fail_form(taking);
}

static size_t find_word_of(const struct taking *taking, const char *text)
{
    size_t i = 0;
    while (taking->spec->words[i] != NULL && strcasecmp(taking->spec->words[i], text) != 0) {
        i++;
    }
    return i;
}

static size_t find_word(const struct taking *taking)
{
    return find_word_of(taking, taking->text);
}

static bool take_choice(const struct taking *taking)
{
    size_t i = find_word(taking);
    if (taking->spec->words[i] == NULL) {
        return taking_fail_form(taking);
    }
    /* The enums in struct settings count from 0 in the order of their words. */
    unsigned number = (unsigned)i;
    _Static_assert(sizeof number == sizeof(enum settings_tls), "enums are unsigned");
    memcpy(taking_field(taking), &number, sizeof number);
    return true;
}

static bool take_word(const struct taking *taking)
{
    const char *word = taking->spec->words[find_word(taking)];
    return word != NULL ? taking_put(taking, word) : taking_fail_form(taking);
}

/* In the order of `words`, each once, in whatever order they were given. */
static bool take_words(const struct taking *taking)
{
    const char *const *words = taking->spec->words;
    unsigned given = 0;
    for (size_t i = 0; i < taking->count; i++) {
        size_t found = find_word_of(taking, taking->values[i]);
        if (words[found] == NULL) {
            const char *form = setting_form(taking->arena, taking->spec);
            return taking_fail(
                taking, taking->values[i],
                arena_format(taking->arena, "one of %s", form + strlen(SETTING_LIST_OF)));
        }
        given |= 1u << found;
    }
    const char *list = NULL;
    for (size_t i = 0; words[i] != NULL; i++) {
        if ((given & 1u << i) != 0) {
            list = arena_format(taking->arena, "%s%s%s", list != NULL ? list : "",
                                list != NULL ? ":" : "", words[i]);
        }
    }
    return taking_put(taking, list);
}

static bool take_switch(const struct taking *taking)
{
    size_t i = find_word(taking);
    *(bool *)taking_field(taking) = i == 1;
    return i < 2 || taking_fail_form(taking);
}

static bool take_clock(const struct taking *taking)
{
    const char *text = taking->text;
    const char *end;
    int64_t hour, minute;
    bool good = setting_read_digits(text, &hour, &end) && end - text <= 2 && *end == ':' &&
                strlen(end) == 3 && setting_read_digits(end + 1, &minute, &end) && *end == '\0' &&
                hour < 24 && minute < 60;
    if (!good) {
        return taking_fail_form(taking);
    }
    *(struct settings_clock *)taking_field(taking) = (struct settings_clock){hour, minute};
    return true;
}

static bool take_weekday(const struct taking *taking)
{
    static const char *const days[] = {"monday", "tuesday",  "wednesday", "thursday",
                                       "friday", "saturday", "sunday"};
    for (int64_t i = 0; i < 7; i++) {
        size_t len = strlen(taking->text);
        bool short_form = len == 3 && strncasecmp(taking->text, days[i], 3) == 0;
        bool digit = len == 1 && taking->text[0] == '1' + i;
        if (short_form || digit || strcasecmp(taking->text, days[i]) == 0) {
            *(int64_t *)taking_field(taking) = i + 1;
            return true;
        }
    }
    return taking_fail_form(taking);
}

static bool take_zone(const struct taking *taking)
{
    return zone_check(taking->text, taking->why) && taking_put(taking, taking->text);
}

static bool take_language(const struct taking *taking)
{
    size_t run = 0;
    for (const char *c = taking->text; *c != '\0'; c++) {
        run = *c == '-' ? 0 : run + 1;
        if ((*c != '-' && !setting_is_alnum(*c)) || run > 8 ||
            (*c == '-' && (c[1] == '-' || c[1] == '\0'))) {
            return taking_fail_form(taking);
        }
    }
    return strlen(taking->text) >= 2 && strlen(taking->text) <= 35 && taking->text[0] != '-'
               ? taking_put(taking, taking->text)
               : taking_fail_form(taking);
}

static bool (*const takers[])(const struct taking *taking) = {
    [SETTING_TEXT] = take_text,
    [SETTING_PATH] = take_path,
    [SETTING_SECRET] = take_secret,
    [SETTING_NUMBER] = take_number,
    [SETTING_DECIMAL] = take_decimal,
    [SETTING_DURATION] = take_duration,
    [SETTING_HOURS] = take_duration,
    [SETTING_RATE] = take_rate,
    [SETTING_CHOICE] = take_choice,
    [SETTING_WORD] = take_word,
    [SETTING_SWITCH] = take_switch,
    [SETTING_CLOCK] = take_clock,
    [SETTING_WEEKDAY] = take_weekday,
    [SETTING_ZONE] = take_zone,
    [SETTING_LANGUAGE] = take_language,
    [SETTING_WEB_URL] = setting_take_web_url,
    [SETTING_SLUG_URL] = setting_take_slug_url,
    [SETTING_PUBLIC_URL] = setting_take_public_url,
    [SETTING_RELAY] = setting_take_relay,
    [SETTING_MAILBOX_URL] = setting_take_mailbox_url,
    [SETTING_LISTEN] = setting_take_listen,
    [SETTING_NETWORKS] = setting_take_networks,
    [SETTING_SENDER] = setting_take_sender,
    [SETTING_BOUNCES] = setting_take_bounces,
    [SETTING_DOMAIN] = setting_take_domain,
    [SETTING_LABEL] = setting_take_label,
    [SETTING_ADDRESSES] = setting_take_addresses,
    [SETTING_DOMAIN_RATES] = setting_take_domain_rates,
    [SETTING_HOSTS] = setting_take_hosts,
    [SETTING_SOURCES] = setting_take_sources,
    [SETTING_TEXTS] = take_texts,
    [SETTING_WORDS] = take_words,
};

bool setting_take(struct arena *arena, const struct setting_spec *spec, const char *folder,
                  const char *const *values, size_t count, void *fields, struct failure *why)
{
    struct taking taking = {arena,  spec,  folder, count > 0 ? values[0] : "",
                            values, count, fields, why};
    for (size_t i = 0; i < count; i++) {
        if (!check_text(&taking, values[i])) {
            return false;
        }
    }
    /* An empty value unsets a setting that may be unset. */
    if (!setting_is_list(spec) && taking.text[0] == '\0') {
        return spec->initial[0] == '\0' || fail(why, FAILURE_CONFIG, "it is empty");
    }
    bool good = takers[spec->kind](&taking);
    if (!good && why->kind != FAILURE_CONFIG) {
        why->kind = FAILURE_CONFIG;
    }
    return good;
}
