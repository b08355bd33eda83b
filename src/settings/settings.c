/* Finds the file, fills struct settings from it, and lists the table. */
#include "settings/settings.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/secret.h"
#include "mail/address.h"
#include "settings/table.h"

enum { PLACES = 3 };

/* The user's own place is NULL if the user has no home. */
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

/* Sets the defaults that are derived from mail.from. */
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
        setting_row(settings, "mail.list_id")->value = settings->mail.list_id;
    }
    if (settings->mail.message_id_domain == NULL) {
        settings->mail.message_id_domain = domain;
        setting_row(settings, "mail.message_id_domain")->value = domain;
    }
}

/* Where no folder is named, tokens are kept beside the keys: whoever can write there can log in
 * anyway. */
static void derive_token_folder(struct arena *arena, struct settings *settings)
{
    bool credential = secret_credential(settings->secret_file) != NULL;
    const char *beside = credential ? settings->database : settings->secret_file;
    const char *folder =
        settings->state_dir != NULL ? settings->state_dir : file_folder(arena, beside);
    settings->smtp.oauth.folder = settings->bounce.oauth.folder = folder;
    settings->smtp.oauth.database = settings->bounce.oauth.database = settings->database;
    for (size_t i = 0; i < settings->relay_count; i++) {
        settings->relays[i].oauth.folder = folder;
        settings->relays[i].oauth.database = settings->database;
    }
}

/* Lets --set smtp.url replace all relays, so that a configuration can be rehearsed without editing
 * it. */
static void rehearse_by_word(struct settings *settings)
{
    if (settings_relay_is_local(&settings->smtp) &&
        strcmp(setting_row(settings, "smtp.url")->origin, "--set") == 0) {
        settings->relay_count = 0;
    }
}

bool settings_load(struct arena *arena, const char *file, const char *const *set, size_t set_count,
                   struct settings *settings, struct failure *why)
{
    memset(settings, 0, sizeof *settings);
    settings->file = file != NULL ? arena_copy(arena, file) : NULL;
    if (!settings_give(arena, &settings_schema, settings->file, (const char *const *)environ, set,
                       set_count, settings, &settings->rows, &settings->row_count, why)) {
        return false;
    }
    derive_domains(arena, settings);
    derive_token_folder(arena, settings);
    rehearse_by_word(settings);
    return settings_check(settings, why);
}

bool settings_describe(struct arena *arena, size_t index, struct settings_description *description)
{
    if (index >= settings_schema.setting_count) {
        return false;
    }
    const struct setting_spec *spec = &settings_schema.settings[index];
    *description = (struct settings_description){
        .key = setting_key(arena, &settings_schema, spec, "NAME"),
        .form = setting_form(arena, spec),
        .initial = spec->initial,
        .purpose = spec->purpose,
        .sample = spec->sample,
        .needed = spec->needed,
    };
    return true;
}
