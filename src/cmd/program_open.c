#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "cmd/globals.h"

/* Root may create files that the newsletter's own user then cannot write. SQLite gives the files
 * that it creates beside a database to the database's owner; the warning is about all others. */
static void warn_of_root(const char *database)
{
    struct stat st;
    if (geteuid() == 0 && stat(database, &st) == 0 && st.st_uid != 0) {
        struct passwd *owner = getpwuid(st.st_uid);
        log_event(LOG_LEVEL_WARN, "program", "root",
                  LOG_STR("database_owner", owner != NULL ? owner->pw_name : NULL),
                  LOG_STR("advice", "run as the owner of the database, not as root"));
    }
}

bool program_read_settings(const struct program *program, struct arena *arena,
                           struct settings *settings, struct failure *why)
{
    const struct option_value *set = &program->globals[GLOBAL_SET];
    return settings_load(arena, program->settings_file, set->values, set->count, settings, why);
}

static bool open_settings(struct program *program, struct failure *why)
{
    const struct option_value *config = &program->globals[GLOBAL_CONFIG];
    program->settings_file =
        settings_find(&program->arena, config->count > 0 ? config->values[0] : NULL);
    return program_read_settings(program, &program->arena, &program->settings, why);
}

static bool is_given(const struct settings *settings)
{
    size_t i = 0;
    while (i < settings->row_count && strcmp(settings->rows[i].origin, "default") == 0) {
        i++;
    }
    return i < settings->row_count;
}

/* Settings given only by --set or the environment are enough; defaults alone belong to no
 * newsletter. */
static bool require_settings(struct program *program, struct failure *why)
{
    if (program->settings_file == NULL && !is_given(&program->settings)) {
        return fail(why, FAILURE_CONFIG,
                    "no settings file found; looked in %s; `verdicts init` makes one, --config "
                    "names one",
                    settings_places(&program->arena));
    }
    return true;
}

bool program_open(struct program *program, int needs, struct failure *why)
{
    if (needs != NEEDS_NOTHING && !open_settings(program, why)) {
        return false;
    }
    if ((needs & (NEEDS_STORE | NEEDS_READING | NEEDS_KEYS)) != 0 &&
        !require_settings(program, why)) {
        return false;
    }
    if ((needs & (NEEDS_STORE | NEEDS_READING)) != 0) {
        enum store_mode mode = needs & NEEDS_STORE ? STORE_DURABLE : STORE_READ_ONLY;
        warn_of_root(program->settings.database);
        if (!store_open(program->settings.database, mode, &program->store, why)) {
            return false;
        }
    }
    if ((needs & NEEDS_KEYS) != 0) {
        program->keys = arena_alloc(&program->arena, sizeof *program->keys);
        return token_keys_read(program->settings.secret_file, program->keys, why);
    }
    return true;
}
