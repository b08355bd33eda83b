#include "subscribers/provider.h"

#include "mail/address.h"
#include <stdio.h>
#include <string.h>

/* What is ignored according to the providers' own help pages: Gmail ignores dots; Proton dots,
 * hyphens and underscores. */
const struct provider providers[PROVIDER_COUNT] = {
    {"gmail.com", NULL, "."},      {"googlemail.com", "gmail.com", "."},
    {"outlook.com", NULL, NULL},   {"hotmail.com", NULL, NULL},
    {"yahoo.com", NULL, NULL},     {"icloud.com", NULL, NULL},
    {"live.com", NULL, NULL},      {"proton.me", NULL, ".-_"},
    {"aol.com", NULL, NULL},       {"gmx.de", NULL, NULL},
    {"t-online.de", NULL, NULL},   {"web.de", NULL, NULL},
    {"gmx.net", NULL, NULL},       {"fastmail.com", NULL, NULL},
    {"hotmail.fr", NULL, NULL},    {"orange.fr", NULL, NULL},
    {"yahoo.co.uk", NULL, NULL},   {"protonmail.com", "proton.me", ".-_"},
    {"pm.me", "proton.me", ".-_"}, {"me.com", "icloud.com", NULL},
    {"gmx.at", NULL, NULL},        {"posteo.de", NULL, NULL},
    {"mailbox.org", NULL, NULL},   {"btinternet.com", NULL, NULL},
};

const struct provider *provider_find(const char *domain)
{
    for (size_t i = 0; i < PROVIDER_COUNT; i++) {
        if (strcmp(providers[i].domain, domain) == 0) {
            return &providers[i];
        }
    }
    return NULL;
}

/* A local part that consists only of a tag and ignored characters is kept as it is. */
void provider_mailbox(const struct address *address, char out[sizeof address->key])
{
    const char *at = strrchr(address->key, '@');
    size_t local = (size_t)(at - address->key), len = 0;
    const char *plus = memchr(address->key, '+', local);
    const struct provider *provider = provider_find(at + 1);
    const char *ignored = provider != NULL && provider->ignored != NULL ? provider->ignored : "";
    if (plus != NULL && plus != address->key) {
        local = (size_t)(plus - address->key);
    }
    for (size_t i = 0; i < local; i++) {
        if (strchr(ignored, address->key[i]) == NULL) {
            out[len++] = address->key[i];
        }
    }
    bool same = provider != NULL && provider->mailboxes != NULL;
    snprintf(out + len, sizeof address->key - len, "@%s", same ? provider->mailboxes : at + 1);
}
