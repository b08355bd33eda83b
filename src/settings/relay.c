/* The relays in effect, and the keys of their settings. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "settings/settings.h"

size_t settings_relay_count(const struct settings *settings)
{
    return settings->relay_count > 0 ? settings->relay_count : 1;
}

const struct settings_relay *settings_relay(const struct settings *settings, size_t index)
{
    assert(index < settings_relay_count(settings));
    return settings->relay_count > 0 ? &settings->relays[index] : &settings->smtp;
}

const char *settings_relay_key(const struct settings_relay *relay, const char *name,
                               char out[SETTINGS_RELAY_KEY])
{
    snprintf(out, SETTINGS_RELAY_KEY, "%s%s.%s", relay->name != NULL ? "relay." : "smtp",
             relay->name != NULL ? relay->name : "", name);
    return out;
}

bool settings_relay_is_local(const struct settings_relay *relay)
{
    return relay->url != NULL &&
           (strcmp(relay->url, "null:") == 0 || strncmp(relay->url, "maildir:", 8) == 0);
}

bool settings_rehearses(const struct settings *settings)
{
    return settings_relay_is_local(settings_relay(settings, 0));
}
