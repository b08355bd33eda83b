/*
 * Settings from the environment: VERDICTS_SMTP_URL is smtp.url. Containers are configured this way.
 *
 * A name that begins like those of a section but matches none of its settings is an error, as an
 * unknown key in the file is: a misspelt password would go unnoticed until the relay refuses the
 * login. Names that begin with no section are ignored, because whoever starts the program may have
 * variables of their own that begin with VERDICTS_. Ignored too are the variables that Kubernetes
 * sets for each service, also for one called verdicts-smtp: VERDICTS_SMTP_SERVICE_HOST,
 * VERDICTS_SMTP_PORT=tcp://….
 */
#include <ctype.h>
#include <string.h>

#include "settings/table.h"

#define PREFIX "VERDICTS_"

enum { PREFIX_LEN = sizeof PREFIX - 1, NAME_SHOWN = 60 };

/* How many bytes of the variable's name match the key: all of SMTP_URL for "smtp.url"; 0: it begins
 * differently. */
static size_t match_key(const char *name, const char *key)
{
    size_t i = 0;
    while (key[i] != '\0') {
        char wanted = key[i] == '.' ? '_' : (char)toupper((unsigned char)key[i]);
        if (name[i] != wanted) {
            return 0;
        }
        i++;
    }
    return i;
}

static const char *find_key(struct arena *arena, const struct settings_schema *schema,
                            const char *name, size_t len)
{
    for (size_t i = 0; i < schema->setting_count; i++) {
        const struct setting_spec *spec = &schema->settings[i];
        const char *key = setting_key(arena, schema, spec, "");
        if (setting_find_named(schema, spec->section) == NULL && len > 0 &&
            match_key(name, key) == len) {
            return key;
        }
    }
    return NULL;
}

/* The section with the longest path that the name begins with. */
static const struct setting_section *find_section(const struct settings_schema *schema,
                                                  const char *name)
{
    const struct setting_section *found = NULL;
    size_t longest = 0;
    for (size_t i = 0; i < schema->section_count; i++) {
        size_t len = match_key(name, schema->sections[i].path);
        if (len > longest && name[len] == '_') {
            longest = len;
            found = &schema->sections[i];
        }
    }
    return found;
}

/* The key that a variable of this section would stand for. */
static const char *lower_rest(struct arena *arena, const struct setting_section *section,
                              const char *name, size_t len)
{
    size_t path = strlen(section->path) + 1;
    char *rest = arena_copy_bytes(arena, name + path, len - path);
    for (char *c = rest; *c != '\0'; c++) {
        *c = (char)tolower((unsigned char)*c);
    }
    return rest;
}

/* SERVICE_HOST, SERVICE_PORT, SERVICE_PORT_HTTP, PORT_80_TCP_ADDR; and PORT, unless the value is a
 * number, which somebody meant as a setting. */
static bool is_of_kubernetes(const char *rest, const char *value)
{
    static const char service_port[] = "service_port", port[] = "port_";
    const char *after = rest + sizeof service_port - 1;
    if (strcmp(rest, "service_host") == 0 ||
        (strncmp(rest, service_port, sizeof service_port - 1) == 0 &&
         (*after == '\0' || *after == '_'))) {
        return true;
    }
    if (strcmp(rest, "port") == 0) {
        return strstr(value, "://") != NULL;
    }
    size_t digits = strncmp(rest, port, sizeof port - 1) == 0
                        ? strspn(rest + sizeof port - 1, "0123456789")
                        : 0;
    return digits > 0 && rest[sizeof port - 1 + digits] == '_';
}

static bool check_unknown(struct arena *arena, const struct settings_schema *schema,
                          const char *name, size_t len, struct failure *why)
{
    const struct setting_section *section = find_section(schema, name);
    if (section == NULL) {
        return true;
    }
    const char *rest = lower_rest(arena, section, name, len);
    if (is_of_kubernetes(rest, name + len + 1)) {
        return true;
    }
    const char *variable =
        arena_format(arena, "$" PREFIX "%.*s", len > NAME_SHOWN ? NAME_SHOWN : (int)len, name);
    const struct setting_section *named = setting_find_named(schema, section->path);
    if (named != NULL) {
        return fail(why, FAILURE_CONFIG,
                    "%s: a section %s has a name of its own and stands in the file alone; write %s "
                    "'%s' { … } there",
                    variable, named->path, named->path, named->sample_name);
    }
    if (setting_find(schema, section->path, arena_format(arena, "%s_file", rest)) != NULL) {
        return fail(why, FAILURE_CONFIG, "%s: a secret stands in a file; name that in %s_FILE",
                    variable, variable);
    }
    return fail(why, FAILURE_CONFIG, "%s: there is no setting %s.%.*s; %s", variable, section->path,
                NAME_SHOWN, rest, setting_advise(arena, schema, section->path, rest));
}

bool settings_environment(struct arena *arena, const struct settings_schema *schema,
                          const char *const *environment, struct setting_word **words,
                          size_t *count, struct failure *why)
{
    size_t variables = 0;
    while (environment[variables] != NULL) {
        variables++;
    }
    *words = arena_array(arena, variables + 1, sizeof **words);
    *count = 0;
    for (size_t i = 0; i < variables; i++) {
        const char *name = environment[i] + PREFIX_LEN;
        size_t len = strcspn(environment[i], "=");
        if (strncmp(environment[i], PREFIX, PREFIX_LEN) != 0 || environment[i][len] == '\0' ||
            environment[i][len + 1] == '\0') {
            continue;
        }
        len -= PREFIX_LEN;
        const char *key = find_key(arena, schema, name, len);
        if (key == NULL && !check_unknown(arena, schema, name, len, why)) {
            return false;
        }
        if (key != NULL) {
            (*words)[(*count)++] = (struct setting_word){
                .key = key,
                .value = name + len + 1,
                .origin = arena_format(arena, "$" PREFIX "%.*s", (int)len, name)};
        }
    }
    return true;
}
