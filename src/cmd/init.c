/* `init`: creates a folder with everything a newsletter needs, and overwrites nothing. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "cmd/verbs.h"

enum { INIT_TEXT_MAX = 256 * 1024 };

/* Creates nothing unless everything can be created: checks for the three files first. */
static bool init_refuse_existing(const char *const *paths, size_t count, struct failure *why)
{
    for (size_t i = 0; i < count; i++) {
        struct stat st;
        if (lstat(paths[i], &st) == 0) {
            return fail(why, FAILURE_CANNOT_CREATE,
                        "%s is there already; init never overwrites: name another folder, or move "
                        "it away",
                        paths[i]);
        }
    }
    return true;
}

static bool init_write(const char *config, const char *secret, const char *database,
                       struct failure *why)
{
    struct buf text;
    struct store *store = NULL;
    buf_init(&text, INIT_TEXT_MAX);
    token_keys_make(&text);
    bool good = file_create(secret, text.data, text.len, 0600, why);
    if (good && !(good = store_open(database, STORE_CREATE, &store, why))) {
        unlink(secret);
    }
    store_close(store);
    buf_reset(&text);
    settings_sample(&text);
    if (good && !(good = file_create(config, text.data, text.len, 0644, why))) {
        unlink(secret);
        unlink(database);
    }
    buf_free(&text);
    return good;
}

static bool init_run(struct program *program, int *status, struct failure *why)
{
    (void)status;
    if (program->argc > 1) {
        return fail(why, FAILURE_USAGE, "init takes one folder at most");
    }
    const char *folder = program->argc == 1 ? program->argv[0] : ".";
    if (folder[0] == '\0') {
        return fail(why, FAILURE_USAGE,
                    "init: the name of the folder is empty; leave it out for this one");
    }
    struct arena *arena = &program->arena;
    const char *paths[] = {
        file_join(arena, folder, "verdicts.conf"),
        file_join(arena, folder, "verdicts.key"),
        file_join(arena, folder, "verdicts.db"),
    };
    if (!init_refuse_existing(paths, 3, why) || !file_make_folder(folder, 0700, why) ||
        !init_write(paths[0], paths[1], paths[2], why)) {
        return false;
    }
    if (!program->quiet) {
        printf("%s  the settings: read them, set site, mail, smtp.url and subscribe.url\n"
               "%s  the secret key: keep a copy, without it old links stop working\n"
               "%s   the database\n",
               paths[0], paths[1], paths[2]);
    }
    return true;
}

const struct verb verb_init = {
    .name = "init",
    .usage = "[DIR]",
    .help = "Make settings, a secret key and an empty database in a folder",
    .examples = "  verdicts init /var/lib/newsletter\n"
                "  verdicts init && verdicts config check\n",
    .run = init_run,
};
