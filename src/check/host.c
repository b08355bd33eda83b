#include <string.h>
#include <strings.h>

#include "check/rules.h"

char *check_host(struct arena *arena, const char *url)
{
    size_t scheme = strncasecmp(url, "https://", 8) == 0  ? 8
                    : strncasecmp(url, "http://", 7) == 0 ? 7
                                                          : 0;
    if (scheme == 0) {
        return NULL;
    }
    size_t len = strcspn(url + scheme, "/?#");
    const char *host = url + scheme;
    const char *at = memrchr(host, '@', len);
    if (at != NULL) {
        len -= (size_t)(at + 1 - host);
        host = at + 1;
    }
    char *copy = arena_copy_bytes(arena, host, len);
    for (char *c = copy; *c != '\0'; c++) {
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + ('a' - 'A') : *c);
    }
    char *colon = strrchr(copy, ':');
    if (colon != NULL && strspn(colon + 1, "0123456789") == strlen(colon + 1)) {
        *colon = '\0';
    }
    return copy;
}
