/*
 * A name server of the test's own: LD_PRELOAD it, and
 * SHIM_NAMES="relay.example.org=127.0.0.1,127.0.0.2" says which addresses the names have, in the
 * order in which they are given. Other names are looked up as ever.
 */
#include <dlfcn.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

typedef int (*look_up)(const char *, const char *, const struct addrinfo *, struct addrinfo **);

static const char *addresses_of(const char *name)
{
    const char *names = getenv("SHIM_NAMES");
    size_t len = name != NULL ? strlen(name) : 0;
    while (names != NULL && *names != '\0') {
        if (len > 0 && strncmp(names, name, len) == 0 && names[len] == '=') {
            return names + len + 1;
        }
        names = strchr(names, ';');
        names = names != NULL ? names + 1 : NULL;
    }
    return NULL;
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **list)
{
    look_up usual = (look_up)dlsym(RTLD_NEXT, "getaddrinfo");
    const char *at = addresses_of(name);
    struct addrinfo wish = hints != NULL ? *hints : (struct addrinfo){0};
    if (at == NULL) {
        return usual(name, service, hints, list);
    }
    wish.ai_flags |= AI_NUMERICHOST;
    for (*list = NULL; *at != '\0' && *at != ';'; at += *at == ',') {
        char address[64] = "";
        size_t len = strcspn(at, ",;");
        memcpy(address, at, len < sizeof address ? len : 0);
        int error = usual(address, service, &wish, list);
        if (error != 0) {
            return error;
        }
        list = &(*list)->ai_next;
        at += len;
    }
    return 0;
}
