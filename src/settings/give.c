/*
 * Combines file, environment, --set and defaults.
 *
 * Values are first collected in groups: one for the settings outside of named sections, and one for
 * each named section, because relay 'a' and relay 'b' give the same settings of the table. Then
 * each group fills its struct.
 */
#include <assert.h>
#include <string.h>

#include "base/file.h"
#include "settings/table.h"
#include "settings/tree.h"

enum { SHOWN_MAX = 60, ITEM_NAME_MAX = 40 };

/* Where a setting's value comes from. */
struct given {
    const char **values;
    size_t count;
    int line;           /* in the file; 0: not given there */
    const char *origin; /* NULL: not given yet */
    const char *place;
    const char *folder; /* what its paths are relative to */
};

struct group {
    const struct setting_section *named; /* NULL: outside of named sections */
    const char *name;
    void *fields;
    struct given given[SETTINGS_MAX];
    int section_lines[SECTIONS_MAX]; /* 0: the section is not in the file */
    struct group *next;
};

struct giving {
    struct arena *arena;
    const struct settings_schema *schema;
    const char *file;   /* NULL: none */
    const char *folder; /* of the file */
    struct group *outside;
    struct failure *why;
};

static struct group *find_group(const struct giving *giving, const struct setting_section *named,
                                const char *name)
{
    struct group *group = giving->outside->next;
    while (group != NULL && (group->named != named || strcmp(group->name, name) != 0)) {
        group = group->next;
    }
    return group;
}

/* Appends, so that groups keep the order of the file. */
static struct group *add_group(struct giving *giving, const struct setting_section *named,
                               const char *name)
{
    struct group **last = &giving->outside;
    while (*last != NULL) {
        last = &(*last)->next;
    }
    *last = arena_alloc(giving->arena, sizeof **last);
    (*last)->named = named;
    (*last)->name = name;
    return *last;
}

static struct given *given_of(const struct giving *giving, struct group *group,
                              const struct setting_spec *spec)
{
    return &group->given[spec - giving->schema->settings];
}

static const char *key_of(const struct giving *giving, const struct group *group,
                          const struct setting_spec *spec)
{
    return setting_key(giving->arena, giving->schema, spec, group->name);
}

static const char *join_path(struct giving *giving, const char *path, const char *key)
{
    return path[0] != '\0' ? arena_format(giving->arena, "%s.%s", path, key) : key;
}

/* Item names are used in keys of --set, in log lines and in reports. */
static bool is_item_name(const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < len; i++) {
        if (!setting_is_alnum(name[i]) && name[i] != '-' && name[i] != '_') {
            return false;
        }
    }
    return len > 0 && len <= ITEM_NAME_MAX;
}

static bool fail_item_name(struct giving *giving, const char *name)
{
    return fail(giving->why, FAILURE_CONFIG,
                "\"%.*s\" is no name for a section; it has at most %d letters, digits, - and _",
                SHOWN_MAX, name, ITEM_NAME_MAX);
}

static bool fail_no_section(struct giving *giving, const char *missing, const char *outer,
                            const struct settings_entry *entry)
{
    const struct setting_spec *spec = setting_find(giving->schema, outer, entry->key);
    if (spec != NULL) {
        return settings_tree_fail(&entry->spot, giving->why,
                                  "%s is a setting and no section; write %s = %s", missing,
                                  spec->name, spec->sample);
    }
    return settings_tree_fail(&entry->spot, giving->why, "there is no section %.*s; %s", SHOWN_MAX,
                              missing,
                              setting_advise_section(giving->arena, giving->schema, missing));
}

/* The group that a named section begins; named sections do not nest. */
static struct group *begin_named(struct giving *giving, const struct setting_section *section,
                                 const struct settings_entry *entry)
{
    if (entry->name == NULL) {
        settings_tree_fail(&entry->spot, giving->why,
                           "the section %s has a name of its own; write %s '%s' { … }",
                           section->path, section->path, section->sample_name);
        return NULL;
    }
    if (!is_item_name(entry->name)) {
        fail_item_name(giving, entry->name);
        fail_context(giving->why, "%s:%d:%d", entry->spot.file, entry->spot.line,
                     entry->spot.column);
        return NULL;
    }
    struct group *group = find_group(giving, section, entry->name);
    return group != NULL ? group : add_group(giving, section, entry->name);
}

static struct group *enter_section(struct giving *giving, struct group *group,
                                   const struct setting_section *section,
                                   const struct settings_entry *entry)
{
    if (section->sample_name != NULL) {
        group = begin_named(giving, section, entry);
    } else if (entry->name != NULL) {
        settings_tree_fail(&entry->spot, giving->why,
                           "the section %s takes no name; write %s { … }", section->path,
                           entry->key);
        return NULL;
    }
    if (group == NULL) {
        return NULL;
    }
    int *line = &group->section_lines[section - giving->schema->sections];
    if (*line != 0) {
        bool named = group->name != NULL;
        settings_tree_fail(&entry->spot, giving->why,
                           "the section %s%s%s%s begins a second time; the first is in line %d",
                           section->path, named ? " '" : "", named ? group->name : "",
                           named ? "'" : "", *line);
        return NULL;
    }
    *line = entry->spot.line;
    return group;
}

static bool fail_no_setting(struct giving *giving, const char *path,
                            const struct settings_entry *entry)
{
    const char *whole = join_path(giving, path, entry->key);
    if (setting_find_section(giving->schema, whole) != NULL) {
        return settings_tree_fail(&entry->spot, giving->why,
                                  "%s is a section and no setting; write %s { … }", whole,
                                  entry->key);
    }
    return settings_tree_fail(&entry->spot, giving->why, "there is no setting %.*s; %s", SHOWN_MAX,
                              whole,
                              setting_advise(giving->arena, giving->schema, path, entry->key));
}

static bool take_setting(struct giving *giving, struct group *group, const char *path,
                         const struct settings_entry *entry)
{
    const struct setting_spec *spec = setting_find(giving->schema, path, entry->key);
    if (spec == NULL) {
        return fail_no_setting(giving, path, entry);
    }
    struct given *given = given_of(giving, group, spec);
    if (given->line != 0) {
        return settings_tree_fail(&entry->spot, giving->why,
                                  "%s is given a second time; the first is in line %d",
                                  key_of(giving, group, spec), given->line);
    }
    if (entry->kind == SETTINGS_ENTRY_BARE ||
        (entry->kind == SETTINGS_ENTRY_LIST && !setting_is_list(spec))) {
        return settings_tree_fail(&entry->spot, giving->why, "%s %s; write %s = %s", spec->name,
                                  entry->kind == SETTINGS_ENTRY_BARE ? "has no value"
                                                                     : "takes one value, no list",
                                  spec->name, spec->sample);
    }
    *given = (struct given){
        .values = entry->values,
        .count = entry->count,
        .line = entry->spot.line,
        .origin = arena_format(giving->arena, "%s:%d", entry->spot.file, entry->spot.line),
        .place = arena_format(giving->arena, "%s:%d:%d", entry->spot.file, entry->spot.line,
                              entry->spot.column),
        .folder = giving->folder,
    };
    return true;
}

static bool take_entries(struct giving *giving, struct group *group, const char *path,
                         const struct settings_entry *entry)
{
    for (bool good = true; entry != NULL; entry = entry->next) {
        if (entry->kind != SETTINGS_ENTRY_SECTION) {
            good = take_setting(giving, group, path, entry);
        } else {
            const char *inner = join_path(giving, path, entry->key);
            const struct setting_section *section = setting_find_section(giving->schema, inner);
            if (section == NULL) {
                return fail_no_section(giving, inner, path, entry);
            }
            struct group *entered = enter_section(giving, group, section, entry);
            good = entered != NULL && take_entries(giving, entered, inner, entry->first);
        }
        if (!good) {
            return false;
        }
    }
    return true;
}

static bool take_file(struct giving *giving)
{
    struct buf text;
    struct settings_entry *first;
    buf_init(&text, SETTINGS_FILE_MAX);
    bool good = file_read(giving->file, SETTINGS_FILE_MAX, &text, giving->why);
    if (!good) {
        fail_context(giving->why, "settings");
        giving->why->kind =
            giving->why->kind == FAILURE_PERMISSION ? FAILURE_PERMISSION : FAILURE_CONFIG;
    }
    good = good &&
           settings_tree_parse(giving->arena, giving->file, text.data, text.len, &first,
                               giving->why) &&
           take_entries(giving, giving->outside, "", first);
    buf_free(&text);
    return good;
}

/* In --set and in the table the values of a list are separated by commas. */
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

/* Removes the item's name from relay.main.url; if the file has no item of that name, --set creates
 * it. */
static bool take_item_name(struct giving *giving, char **key, struct group **group)
{
    const struct setting_section *named = setting_find_named(giving->schema, *key);
    *group = giving->outside;
    if (named == NULL) {
        return true;
    }
    const char *name = *key + strlen(named->path);
    name += *name == '.';
    size_t len = strcspn(name, ".");
    const char *item = arena_copy_bytes(giving->arena, name, len);
    if (!is_item_name(item)) {
        return fail_item_name(giving, item) || fail_context(giving->why, "--set %s", *key);
    }
    *group = find_group(giving, named, item);
    *group = *group != NULL ? *group : add_group(giving, named, item);
    *key = arena_format(giving->arena, "%s%s", named->path, name + len);
    return true;
}

static bool take_word(struct giving *giving, const struct setting_word *word)
{
    struct group *group;
    char *key = arena_copy(giving->arena, word->key);
    if (!take_item_name(giving, &key, &group)) {
        return false;
    }
    char *dot = strrchr(key, '.');
    const char *path = dot != NULL ? arena_copy_bytes(giving->arena, key, (size_t)(dot - key)) : "";
    const char *name = dot != NULL ? dot + 1 : key;
    const struct setting_spec *spec = setting_find(giving->schema, path, name);
    if (spec == NULL) {
        return fail(giving->why, FAILURE_CONFIG, "%s: there is no setting %.100s; %s", word->origin,
                    word->key, setting_advise(giving->arena, giving->schema, path, name));
    }
    struct given *given = given_of(giving, group, spec);
    split_values(giving->arena, spec, word->value, given);
    given->origin = word->origin;
    given->place = word->origin;
    given->folder = ".";
    return true;
}

static bool take_set(struct giving *giving, const char *text)
{
    const char *sign = strchr(text, '=');
    if (sign == NULL) {
        return fail(giving->why, FAILURE_USAGE, "--set %.100s: write it as --set section.key=value",
                    text);
    }
    const struct setting_word word = {
        .key = arena_copy_bytes(giving->arena, text, (size_t)(sign - text)),
        .value = sign + 1,
        .origin = "--set",
    };
    return take_word(giving, &word);
}

static bool take_environment(struct giving *giving, const char *const *environment)
{
    struct setting_word *words;
    size_t count;
    bool good = settings_environment(giving->arena, giving->schema, environment, &words, &count,
                                     giving->why);
    for (size_t i = 0; good && i < count; i++) {
        good = take_word(giving, &words[i]);
    }
    return good;
}

static bool give_default(struct giving *giving, const struct group *group,
                         const struct setting_spec *spec, struct given *given)
{
    if (group->named != NULL && spec->needed) {
        int line = group->section_lines[group->named - giving->schema->sections];
        fail(giving->why, FAILURE_CONFIG, "%s is missing; write %s = %s in the section %s '%s'",
             key_of(giving, group, spec), spec->name, spec->sample, group->named->path,
             group->name);
        return line != 0 ? fail_context(giving->why, "%s:%d", giving->file, line)
                         : fail_context(giving->why, "--set");
    }
    split_values(giving->arena, spec, spec->initial, given);
    given->origin = "default";
    given->place = "default";
    given->folder = giving->folder;
    return true;
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

static bool fill_setting(struct giving *giving, struct group *group,
                         const struct setting_spec *spec, struct settings_row *row)
{
    struct given *given = given_of(giving, group, spec);
    const struct setting_section *section = setting_find_section(giving->schema, spec->section);
    if (given->origin == NULL && !give_default(giving, group, spec, given)) {
        return false;
    }
    *row = (struct settings_row){
        .key = key_of(giving, group, spec),
        .value = show_value(giving->arena, spec, given),
        .origin = given->origin,
        .place = given->place,
        .purpose = spec->purpose,
    };
    if (section != NULL) {
        row->section_line = group->section_lines[section - giving->schema->sections];
    }
    if (setting_take(giving->arena, spec, given->folder, given->values, given->count, group->fields,
                     giving->why)) {
        return true;
    }
    assert(strcmp(given->origin, "default") != 0);
    return fail_context(giving->why, strcmp(given->origin, "--set") == 0 ? "%s %s" : "%s: %s",
                        given->place, row->key);
}

/* Makes an array with one item for each group of a named section. */
static void make_items(struct giving *giving, const struct setting_section *section)
{
    char *fields = giving->outside->fields;
    size_t count = 0;
    for (const struct group *group = giving->outside; group != NULL; group = group->next) {
        count += group->named == section;
    }
    char *item = arena_array(giving->arena, count + 1, section->item_size);
    *(void **)(fields + section->items) = item;
    *(size_t *)(fields + section->item_count) = count;
    for (struct group *group = giving->outside; group != NULL; group = group->next) {
        if (group->named == section) {
            group->fields = item;
            *(const char **)item = group->name;
            item += section->item_size;
        }
    }
}

static bool fill(struct giving *giving, struct settings_row **rows, size_t *row_count)
{
    const struct settings_schema *schema = giving->schema;
    size_t groups = 0;
    for (size_t i = 0; i < schema->section_count; i++) {
        if (schema->sections[i].sample_name != NULL) {
            make_items(giving, &schema->sections[i]);
        }
    }
    for (const struct group *group = giving->outside; group != NULL; group = group->next) {
        groups++;
    }
    *rows = arena_array(giving->arena, groups * schema->setting_count, sizeof **rows);
    *row_count = 0;
    for (struct group *group = giving->outside; group != NULL; group = group->next) {
        for (size_t i = 0; i < schema->setting_count; i++) {
            const struct setting_spec *spec = &schema->settings[i];
            if (setting_find_named(schema, spec->section) == group->named &&
                !fill_setting(giving, group, spec, &(*rows)[(*row_count)++])) {
                return false;
            }
        }
    }
    return true;
}

bool settings_give(struct arena *arena, const struct settings_schema *schema, const char *file,
                   const char *const *environment, const char *const *set, size_t set_count,
                   void *fields, struct settings_row **rows, size_t *row_count, struct failure *why)
{
    struct giving giving = {.arena = arena, .schema = schema, .file = file, .why = why};
    giving.folder = file != NULL ? file_folder(arena, file) : ".";
    add_group(&giving, NULL, NULL)->fields = fields;
    if (file != NULL && !take_file(&giving)) {
        return false;
    }
    if (environment != NULL && !take_environment(&giving, environment)) {
        return false;
    }
    for (size_t i = 0; i < set_count; i++) {
        if (!take_set(&giving, set[i])) {
            return false;
        }
    }
    return fill(&giving, rows, row_count);
}
