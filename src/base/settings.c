/* Finding the file, reading it by libconfuse, and putting file, --set and defaults together. */
#include "base/settings.h"

#include <assert.h>
#include <confuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/address.h"
#include "base/file.h"
#include "base/settings_table.h"

/* Where a setting's value comes from. */
struct given {
    const char **values;
    size_t count;
    const char *origin; /* NULL: nowhere yet */
    const char *folder; /* where its paths start */
    bool by_default;
};

enum { PLACES = 3 };

/* Of the person's place NULL where it has no name. */
static void list_places(struct arena *arena, const char *places[PLACES])
{
    const char *xdg = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    places[0] = "verdicts.conf";
    places[1] = NULL;
    places[2] = "/etc/verdicts/verdicts.conf";
    if (xdg != NULL && xdg[0] == '/') {
        places[1] = arena_format(arena, "%s/verdicts/verdicts.conf", xdg);
    } else if (home != NULL && home[0] == '/') {
        places[1] = arena_format(arena, "%s/.config/verdicts/verdicts.conf", home);
    }
}

const char *settings_find(struct arena *arena, const char *given)
{
    const char *named = getenv("VERDICTS_CONFIG");
    if (given != NULL) {
        return given;
    }
    if (named != NULL && named[0] != '\0') {
        return named;
    }
    const char *places[PLACES];
    list_places(arena, places);
    for (size_t i = 0; i < PLACES; i++) {
        if (places[i] != NULL && access(places[i], F_OK) == 0) {
            return places[i];
        }
    }
    return NULL;
}

const char *settings_places(struct arena *arena)
{
    const char *places[PLACES];
    list_places(arena, places);
    return arena_format(arena, "./%s%s%s, %s", places[0], places[1] != NULL ? ", " : "",
                        places[1] != NULL ? places[1] : "", places[2]);
}

/* libconfuse hands its error function no pointer of ours, so the place for its words is static; it
 * is set while a file is parsed and at no other time. */
static struct {
    struct failure *why;
    const char *name;
} parsing;

__attribute__((format(printf, 2, 0))) static void note_error(cfg_t *cfg, const char *format,
                                                             va_list args)
{
    char text[300];
    vsnprintf(text, sizeof text, format, args);
    if (parsing.why->kind == FAILURE_NONE) {
        fail(parsing.why, FAILURE_CONFIG, "%s:%d: %s", parsing.name, cfg->line, text);
    }
}

/* The options of one section, or those outside of any with a section option for each section. */
static cfg_opt_t *make_options(struct arena *arena, const char *section)
{
    cfg_opt_t *options = arena_array(arena, settings_table_count + 1, sizeof *options);
    size_t count = 0;
    const char *last = "";
    for (size_t i = 0; i < settings_table_count; i++) {
        const struct setting_spec *spec = &settings_table[i];
        if (strcmp(spec->section, section) == 0) {
            cfg_flag_t list = setting_is_list(spec) ? CFGF_LIST : CFGF_NONE;
            options[count++] =
                (cfg_opt_t){.name = spec->name, .type = CFGT_STR, .flags = CFGF_NODEFAULT | list};
        } else if (section[0] == '\0' && strcmp(spec->section, last) != 0) {
            last = spec->section;
            options[count++] =
                (cfg_opt_t){.name = last, .type = CFGT_SEC, .subopts = make_options(arena, last)};
        }
    }
    options[count] = (cfg_opt_t)CFG_END();
    return options;
}

static void take_option(struct arena *arena, cfg_t *cfg, const struct setting_spec *spec,
                        struct given *given)
{
    cfg_t *section = spec->section[0] != '\0' ? cfg_getsec(cfg, spec->section) : cfg;
    cfg_opt_t *option = cfg_getopt(section, spec->name);
    given->count = cfg_opt_size(option);
    given->values = arena_array(arena, given->count + 1, sizeof *given->values);
    for (size_t i = 0; i < given->count; i++) {
        const char *value = cfg_opt_getnstr(option, (unsigned)i);
        given->values[i] = arena_copy(arena, value != NULL ? value : "");
    }
}

static bool parse_text(struct arena *arena, const char *file, const char *text, const int *lines,
                       struct given *given, struct failure *why)
{
    cfg_t *cfg = cfg_init(make_options(arena, ""), CFGF_NONE);
    if (cfg == NULL) {
        memory_exhausted();
    }
    parsing.why = why;
    parsing.name = file;
    cfg_set_error_function(cfg, note_error);
    bool good = cfg_parse_buf(cfg, text) == CFG_SUCCESS;
    parsing.why = NULL;
    if (!good && why->kind == FAILURE_NONE) {
        fail(why, FAILURE_CONFIG, "%s:%d: this is not understood", file, cfg->line);
    }
    const char *folder = file_folder(arena, file);
    for (size_t i = 0; good && i < settings_table_count; i++) {
        if (lines[i] != 0) {
            take_option(arena, cfg, &settings_table[i], &given[i]);
            given[i].origin = arena_format(arena, "%s:%d", file, lines[i]);
            given[i].folder = folder;
        }
    }
    cfg_free(cfg);
    return good;
}

static bool read_settings_file(struct arena *arena, const char *file, struct given *given,
                               int *sections, struct failure *why)
{
    struct buf text;
    int lines[SETTINGS_MAX];
    buf_init(&text, SETTINGS_FILE_MAX);
    bool good = file_read(file, SETTINGS_FILE_MAX, &text, why);
    if (!good) {
        fail_context(why, "settings");
        why->kind = why->kind == FAILURE_PERMISSION ? FAILURE_PERMISSION : FAILURE_CONFIG;
    }
    good = good && settings_scan(file, text.data, text.len, lines, sections, why);
    if (good && text.len > 0) {
        const char *start = strncmp(text.data, "\xEF\xBB\xBF", 3) == 0 ? text.data + 3 : text.data;
        good = *start == '\0' || parse_text(arena, file, start, lines, given, why);
    }
    buf_free(&text);
    return good;
}

/* A list's values are parted by commas here. */
static void split_values(struct arena *arena, const struct setting_spec *spec, const char *text,
                         struct given *given)
{
    given->values = arena_array(arena, strlen(text) + 2, sizeof *given->values);
    given->count = 0;
    if (!setting_is_list(spec)) {
        given->values[given->count++] = arena_copy(arena, text);
        return;
    }
    while (*text != '\0') {
        size_t len = strcspn(text, ",");
        size_t blank = strspn(text, " ");
        if (len > blank) {
            given->values[given->count++] = arena_copy_bytes(arena, text + blank, len - blank);
        }
        text += len + (text[len] == ',');
    }
}

static bool take_word(struct arena *arena, const char *word, struct given *given,
                      struct failure *why)
{
    const char *sign = strchr(word, '=');
    if (sign == NULL) {
        return fail(why, FAILURE_USAGE, "--set %.100s: write it as --set section.key=value", word);
    }
    size_t len = (size_t)(sign - word);
    const char *dot = memchr(word, '.', len);
    size_t section = dot != NULL ? (size_t)(dot - word) : 0;
    size_t name = dot != NULL ? section + 1 : 0;
    size_t i = setting_find(word, section, word + name, len - name);
    if (i == settings_table_count) {
        char advice[SETTING_ADVICE];
        setting_advise(word, section, word + name, len - name, advice);
        return fail(why, FAILURE_CONFIG, "--set: there is no setting %.*s; %s",
                    (int)(len < 100 ? len : 100), word, advice);
    }
    split_values(arena, &settings_table[i], sign + 1, &given[i]);
    given[i].origin = "--set";
    given[i].folder = ".";
    return true;
}

static void give_default(struct arena *arena, const struct setting_spec *spec, const char *file,
                         struct given *given)
{
    split_values(arena, spec, spec->initial, given);
    given->origin = "default";
    given->folder = file != NULL ? file_folder(arena, file) : ".";
    given->by_default = true;
}

static bool take_given(struct arena *arena, const struct setting_spec *spec,
                       const struct given *given, struct settings *settings, struct failure *why)
{
    if (setting_take(arena, spec, given->folder, given->values, given->count, settings, why)) {
        return true;
    }
    assert(!given->by_default);
    if (strcmp(given->origin, "--set") == 0) {
        return fail_context(why, "--set %s", setting_key(arena, spec));
    }
    return fail_context(why, "%s: %s", given->origin, setting_key(arena, spec));
}

static const char *show_value(struct arena *arena, const struct setting_spec *spec,
                              const struct given *given)
{
    if (spec->secret && given->count > 0 && given->values[0][0] != '\0') {
        return "(hidden)";
    }
    const char *shown = given->count > 0 ? given->values[0] : "";
    for (size_t i = 1; i < given->count; i++) {
        shown = arena_format(arena, "%s, %s", shown, given->values[i]);
    }
    return shown;
}

static struct settings_row *find_row(struct settings *settings, const char *key)
{
    size_t i = 0;
    while (strcmp(settings->rows[i].key, key) != 0) {
        i++;
    }
    return &settings->rows[i];
}

/* Defaults that follow from mail.from. */
static void derive_domains(struct arena *arena, struct settings *settings)
{
    char name[256];
    struct address from;
    struct failure ignored = {0};
    if (settings->mail.from == NULL ||
        !address_parse_mailbox(settings->mail.from, name, &from, &ignored)) {
        return;
    }
    const char *domain = arena_copy(arena, from.normal + from.at + 1);
    if (settings->mail.list_id == NULL) {
        settings->mail.list_id = arena_format(arena, "newsletter.%s", domain);
        find_row(settings, "mail.list_id")->value = settings->mail.list_id;
    }
    if (settings->mail.message_id_domain == NULL) {
        settings->mail.message_id_domain = domain;
        find_row(settings, "mail.message_id_domain")->value = domain;
    }
}

static bool fill(struct arena *arena, const char *file, struct given *given,
                 struct settings *settings, struct failure *why)
{
    settings->rows = arena_array(arena, settings_table_count, sizeof *settings->rows);
    settings->row_count = settings_table_count;
    for (size_t i = 0; i < settings_table_count; i++) {
        const struct setting_spec *spec = &settings_table[i];
        if (given[i].origin == NULL) {
            give_default(arena, spec, file, &given[i]);
        }
        if (!take_given(arena, spec, &given[i], settings, why)) {
            return false;
        }
        settings->rows[i] = (struct settings_row){
            .key = setting_key(arena, spec),
            .value = show_value(arena, spec, &given[i]),
            .origin = given[i].origin,
            .purpose = spec->purpose,
        };
    }
    derive_domains(arena, settings);
    return settings_check(settings, why);
}

/* A section's settings stand together in the table, and its line at the first of them. */
static void note_sections(const int *sections, struct settings *settings)
{
    int line = 0;
    for (size_t i = 0; i < settings_table_count; i++) {
        bool first =
            i == 0 || strcmp(settings_table[i].section, settings_table[i - 1].section) != 0;
        line = first ? sections[i] : line;
        settings->rows[i].section_line = line;
    }
}

bool settings_load(struct arena *arena, const char *file, const char *const *set, size_t set_count,
                   struct settings *settings, struct failure *why)
{
    struct given given[SETTINGS_MAX] = {0};
    int sections[SETTINGS_MAX] = {0};
    memset(settings, 0, sizeof *settings);
    settings->file = file != NULL ? arena_copy(arena, file) : NULL;
    if (file != NULL && !read_settings_file(arena, settings->file, given, sections, why)) {
        return false;
    }
    for (size_t i = 0; i < set_count; i++) {
        if (!take_word(arena, set[i], given, why)) {
            return false;
        }
    }
    if (!fill(arena, settings->file, given, settings, why)) {
        return false;
    }
    note_sections(sections, settings);
    return true;
}

bool settings_describe(struct arena *arena, size_t index, struct settings_description *description)
{
    if (index >= settings_table_count) {
        return false;
    }
    const struct setting_spec *spec = &settings_table[index];
    *description = (struct settings_description){
        .key = setting_key(arena, spec),
        .form = setting_form(arena, spec),
        .initial = spec->initial,
        .purpose = spec->purpose,
        .sample = spec->sample,
        .needed = spec->needed,
    };
    return true;
}
