#include "subscribers/list_run.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

static bool lock(const char *database, int *fd, struct failure *why)
{
    struct arena arena = {0};
    bool good =
        file_lock(arena_format(&arena, "%s.import", database), fd, why) ||
        (why->kind == FAILURE_TRY_AGAIN &&
         fail(why, FAILURE_TRY_AGAIN, "another import is under way; try again when it has ended"));
    arena_free(&arena);
    return good;
}

bool list_run_import(struct store *store, const char *database, const struct token_keys *keys,
                     const char *path, const struct list_import_options *options, int64_t now,
                     list_import_report report, void *context, struct list_import_counts *counts,
                     struct failure *why)
{
    bool from_stdin = strcmp(path, "-") == 0;
    FILE *in = stdin;
    int fd;
    if (!lock(database, &fd, why)) {
        return false;
    }
    bool good = (from_stdin || file_open(path, &in, why)) &&
                list_import(store, keys, in, from_stdin ? "standard input" : path, options, now,
                            report, context, counts, why);
    if (!from_stdin && in != stdin) {
        fclose(in);
    }
    close(fd);
    return good;
}

bool list_run_undo(struct store *store, const char *database, int64_t id, int64_t now,
                   struct import_undone *undone, struct failure *why)
{
    int fd;
    if (!lock(database, &fd, why)) {
        return false;
    }
    bool good = list_undo(store, id, now, undone, why);
    close(fd);
    return good;
}

/* Creates a file that only its owner can read, beside the one that it will replace. */
static bool open_rest(const char *path, FILE **out, struct failure *why)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    *out = fd >= 0 ? fdopen(fd, "w") : NULL;
    return *out != NULL || fail_errno(why, FAILURE_CANNOT_CREATE, "%s: cannot be made", path);
}

static bool publish_rest(FILE *out, const char *staging, const char *rest, bool good,
                         struct failure *why)
{
    if (fclose(out) != 0 && good) {
        good = fail_errno(why, FAILURE_IO, "%s: cannot be written", staging);
    }
    if (good && rename(staging, rest) != 0) {
        good = fail_errno(why, FAILURE_CANNOT_CREATE, "%s: cannot be made", rest);
    }
    if (!good) {
        unlink(staging);
    }
    return good;
}

bool list_run_migrate(struct store *store, const char *database, const struct token_keys *keys,
                      struct arena *arena, const char *const *paths, size_t path_count,
                      const struct migrate_options *options, const char *rest, int64_t now,
                      struct migrate_result *result, struct failure *why)
{
    const char *staging = arena_format(arena, "%s.new", rest);
    struct migrate_options with_rest = *options;
    int fd;
    with_rest.rest = NULL;
    if (!lock(database, &fd, why)) {
        return false;
    }
    bool good = options->list.dry_run || open_rest(staging, &with_rest.rest, why);
    if (good) {
        good = migrate_run(store, keys, arena, paths, path_count, &with_rest, now, result, why);
    }
    if (with_rest.rest != NULL) {
        good = publish_rest(with_rest.rest, staging, rest, good, why);
    }
    close(fd);
    return good;
}
