/* Finds settings and sections in a table, and names them. */
#include <string.h>

#include "base/spelling.h"
#include "settings/table.h"

bool setting_is_list(const struct setting_spec *spec)
{
    return spec->kind == SETTING_ADDRESSES || spec->kind == SETTING_DOMAIN_RATES ||
           spec->kind == SETTING_HOSTS || spec->kind == SETTING_TEXTS ||
           spec->kind == SETTING_NETWORKS || spec->kind == SETTING_SOURCES ||
           spec->kind == SETTING_WORDS;
}

const struct setting_section *setting_find_section(const struct settings_schema *schema,
                                                   const char *path)
{
    for (size_t i = 0; i < schema->section_count; i++) {
        if (strcmp(schema->sections[i].path, path) == 0) {
            return &schema->sections[i];
        }
    }
    return NULL;
}

const struct setting_section *setting_find_named(const struct settings_schema *schema,
                                                 const char *path)
{
    size_t len = strcspn(path, ".");
    for (size_t i = 0; i < schema->section_count; i++) {
        const struct setting_section *section = &schema->sections[i];
        if (section->sample_name != NULL && strlen(section->path) == len &&
            memcmp(section->path, path, len) == 0) {
            return section;
        }
    }
    return NULL;
}

char *setting_key(struct arena *arena, const struct settings_schema *schema,
                  const struct setting_spec *spec, const char *item)
{
    const struct setting_section *named = setting_find_named(schema, spec->section);
    if (named == NULL) {
        return arena_format(arena, "%s%s%s", spec->section, spec->section[0] != '\0' ? "." : "",
                            spec->name);
    }
    return arena_format(arena, "%s.%s%s.%s", named->path, item, spec->section + strlen(named->path),
                        spec->name);
}

const struct setting_spec *setting_find(const struct settings_schema *schema, const char *section,
                                        const char *name)
{
    for (size_t i = 0; i < schema->setting_count; i++) {
        const struct setting_spec *spec = &schema->settings[i];
        if (strcmp(spec->section, section) == 0 && strcmp(spec->name, name) == 0) {
            return spec;
        }
    }
    return NULL;
}

struct settings_row *setting_row(const struct settings *settings, const char *key)
{
    size_t i = 0;
    while (strcmp(settings->rows[i].key, key) != 0) {
        i++;
    }
    return &settings->rows[i];
}

/* The setting that a misspelt name probably means: the nearest one in this section, else one with
 * this very name in another section. */
static const struct setting_spec *find_meant(const struct settings_schema *schema,
                                             const char *section, const char *name)
{
    const struct setting_spec *meant = NULL;
    int best = spelling_tolerance(strlen(name));
    for (size_t i = 0; i < schema->setting_count; i++) {
        const struct setting_spec *spec = &schema->settings[i];
        if (strcmp(spec->section, section) == 0 &&
            spelling_is_near(name, strlen(name), spec->name, &best)) {
            meant = spec;
        }
    }
    for (size_t i = 0; meant == NULL && i < schema->setting_count; i++) {
        if (strcmp(schema->settings[i].name, name) == 0) {
            meant = &schema->settings[i];
        }
    }
    return meant;
}

const char *setting_advise(struct arena *arena, const struct settings_schema *schema,
                           const char *section, const char *name)
{
    const struct setting_spec *meant = find_meant(schema, section, name);
    return meant == NULL
               ? "`verdicts config show` lists the known ones"
               : arena_format(arena, "did you mean %s?", setting_key(arena, schema, meant, "NAME"));
}

const char *setting_advise_section(struct arena *arena, const struct settings_schema *schema,
                                   const char *path)
{
    const char *meant = NULL;
    int best = spelling_tolerance(strlen(path));
    for (size_t i = 0; i < schema->section_count; i++) {
        if (spelling_is_near(path, strlen(path), schema->sections[i].path, &best)) {
            meant = schema->sections[i].path;
        }
    }
    return meant == NULL ? "verdicts.conf(5) lists the known ones"
                         : arena_format(arena, "did you mean %s?", meant);
}

static const char *const forms[] = {
    [SETTING_TEXT] = "text in one line",
    [SETTING_PATH] = "a path",
    [SETTING_SECRET] = "a path, or credential:NAME",
    [SETTING_RATE] = "NUMBER/UNIT with s, min, h or d, or none",
    [SETTING_CLOCK] = "HH:MM",
    [SETTING_WEEKDAY] = "monday to sunday, or 1 to 7 from Monday",
    [SETTING_ZONE] = "a zone of the tz database, as Europe/Berlin",
    [SETTING_LANGUAGE] = "a language tag, as en or pt-BR",
    [SETTING_WEB_URL] = "a URL with https or http",
    [SETTING_SLUG_URL] = "a URL with https or http and {slug} in it",
    [SETTING_PUBLIC_URL] = "a URL with https (http for this machine alone)",
    [SETTING_RELAY] = "smtp://HOST[:PORT][/NAME], smtps://…, maildir:DIR or null:",
    [SETTING_MAILBOX_URL] = "imaps://HOST[:PORT]/FOLDER, imap://… or maildir:DIR",
    [SETTING_LISTEN] = "ADDRESS:PORT or unix:PATH",
    [SETTING_NETWORKS] = "a list of IP addresses and networks, as 192.0.2.0/24",
    [SETTING_SENDER] = "Name <address>, or an address",
    [SETTING_BOUNCES] = "an address with at most 23 ASCII characters before @",
    [SETTING_DOMAIN] = "a domain",
    [SETTING_LABEL] = "a DNS label",
    [SETTING_ADDRESSES] = "a list of addresses",
    [SETTING_DOMAIN_RATES] = "a list of DOMAIN=RATE",
    [SETTING_HOSTS] = "a list of hosts",
    [SETTING_SOURCES] = "a list of domains and addresses",
    [SETTING_TEXTS] = "a list of texts",
};

char *setting_form(struct arena *arena, const struct setting_spec *spec)
{
    if (spec->kind == SETTING_NUMBER) {
        return arena_format(arena, "a number from %lld to %lld", (long long)spec->low,
                            (long long)spec->high);
    }
    if (spec->kind == SETTING_DECIMAL) {
        return arena_format(arena, "a number from %.4g to %.4g, with at most two decimals",
                            (double)spec->low / 100, (double)spec->high / 100);
    }
    if (spec->kind == SETTING_DURATION || spec->kind == SETTING_HOURS) {
        return arena_copy(arena, "a time as 90s, 5min, 1h, 3d or in seconds");
    }
    if (spec->words == NULL) {
        return arena_copy(arena, forms[spec->kind]);
    }
    char *form = arena_format(arena, "%s%s", spec->kind == SETTING_WORDS ? SETTING_LIST_OF : "",
                              spec->words[0]);
    for (size_t i = 1; spec->words[i] != NULL; i++) {
        form = arena_format(arena, "%s%s%s", form, spec->words[i + 1] != NULL ? ", " : " or ",
                            spec->words[i]);
    }
    return form;
}
