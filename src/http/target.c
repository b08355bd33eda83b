#include "http/target.h"

#include <string.h>
#include <strings.h>

/* What follows "http://" or "https://"; NULL if the target does not begin so. */
static const char *behind_scheme(const char *url)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t i = 0; i < 2; i++) {
        if (strncasecmp(url, schemes[i], strlen(schemes[i])) == 0) {
            return url + strlen(schemes[i]);
        }
    }
    return NULL;
}

static bool says_nothing(const char *segment, size_t len)
{
    return len == 0 || (len == 1 && segment[0] == '.');
}

const char *target_path(struct arena *arena, const char *url, const char **host)
{
    const char *authority = behind_scheme(url);
    const char *from = url;
    if (authority != NULL) {
        from = authority + strcspn(authority, "/");
        *host = arena_copy_bytes(arena, authority, (size_t)(from - authority));
    }
    char *path = arena_alloc(arena, strlen(from) + 2);
    size_t len = 1;
    path[0] = '/';
    while (*from != '\0') {
        size_t segment = strcspn(from, "/");
        bool last = from[segment] == '\0';
        if (!says_nothing(from, segment)) {
            memcpy(path + len, from, segment);
            len += segment;
            path[len] = '/';
            len += !last;
        }
        from += segment + !last;
    }
    path[len] = '\0';
    return path;
}
