/* `backup`: a whole copy of the database, while everything else goes on. */
#include <stdio.h>

#include "cmd/verbs.h"

/* The copy is read once more from beginning to end: a backup that nobody has looked at is a hope.
 * The key is not in the database, and without it the links in sent mails are dead. */
static bool backup_run(struct program *program, int *status, struct failure *why)
{
    struct store *copy = NULL;
    (void)status;
    if (program->argc != 1) {
        return fail(why, FAILURE_USAGE, "backup takes the file to write");
    }
    const char *path = program->argv[0];
    if (!store_backup(program->store, path, why)) {
        return false;
    }
    bool good = store_open(path, STORE_READ_ONLY, &copy, why) && store_check(copy, why);
    store_close(copy);
    if (!good) {
        return fail_context(why, "the copy was made, and what ails the database is in it too");
    }
    if (program->terminal && !program->quiet) {
        printf("%s: a whole copy of the database; keep one of %s too\n", path,
               program->settings.secret_file);
    }
    return true;
}

const struct verb verb_backup = {
    .name = "backup",
    .needs = NEEDS_READING,
    .usage = "FILE",
    .help = "Copy the database into a new file, whole and checked, whatever else is running",
    .examples = "  verdicts backup \"newsletter-$(date +%F).db\"\n",
    .run = backup_run,
};
