/* `backup`: copies the whole database while everything else continues. */
#include <stdio.h>
#include <string.h>

#include "cmd/verbs.h"

/* Reads the whole copy once: a backup that was never read may be unusable. */
static bool check_copy(const char *path, struct failure *why)
{
    struct store *copy = NULL;
    bool good = store_open(path, STORE_COPY, &copy, why) && store_check(copy, why);
    store_close(copy);
    return good || fail_context(why, "the copy was made, and what ails the database is in it too");
}

/* The database of an older program is copied as it is: a backup matters most just before a new
 * program migrates it. The key is not in the backup, and without it the links in sent mails do not
 * work. */
static bool backup_run(struct program *program, int *status, struct failure *why)
{
    (void)status;
    if (program->argc != 1) {
        return fail(why, FAILURE_USAGE, "backup takes the file to write");
    }
    const char *path = program->argv[0];
    if (strcmp(path, "-") == 0) {
        return fail(why, FAILURE_USAGE,
                    "backup writes a file, which it reads once more, and not to standard output");
    }
    if (!store_open(program->settings.database, STORE_COPY, &program->store, why) ||
        !store_backup(program->store, path, why) || !check_copy(path, why)) {
        return false;
    }
    if (program->terminal && !program->quiet) {
        printf("%s: a whole copy of the database; keep one of %s too\n", path,
               program->settings.secret_file);
    }
    return true;
}

const struct verb verb_backup = {
    .name = "backup",
    .needs = NEEDS_SETTINGS,
    .usage = "FILE",
    .help = "Copy the database into a new file, whole and checked, whatever else is running",
    .examples = "  verdicts backup \"newsletter-$(date +%F).db\"\n",
    .run = backup_run,
};
