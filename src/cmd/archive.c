/* `archive`: writes the pages of past issues as files, for a web server that runs without `serve`.
 */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cmd/verbs.h"
#include "signup/archive.h"

enum archive_option { ARCHIVE_OUT };

static const struct option_spec archive_options[] = {
    [ARCHIVE_OUT] = {"out", 0, "DIR", "write the files there", false},
    {0},
};

struct archiving {
    const char *folder;
    size_t files, written;
};

/* A file that has not changed is not written, so that synchronising by date copies little. */
static bool is_there(const char *path, const struct buf *content)
{
    struct failure ignored = {0};
    struct buf old;
    buf_init(&old, content->len + 1);
    bool same = file_read(path, content->len + 1, &old, &ignored) && old.len == content->len &&
                memcmp(old.data, content->data, old.len) == 0;
    buf_free(&old);
    return same;
}

static bool archive_put_file(void *context, const char *name, const struct buf *content,
                             struct failure *why)
{
    struct archiving *archiving = context;
    struct arena arena = {0};
    const char *path = file_join(&arena, archiving->folder, name);
    bool same = is_there(path, content);
    bool good = same || (file_make_folder(file_folder(&arena, path), 0755, why) &&
                         file_write(path, content->data, content->len, 0644, why));
    archiving->files++;
    archiving->written += good && !same;
    arena_free(&arena);
    return good;
}

static bool archive_run(struct program *program, int *status, struct failure *why)
{
    (void)status;
    const struct option_value *out = &program->options[ARCHIVE_OUT];
    if (program->argc != 0 || out->count == 0) {
        return fail(why, FAILURE_USAGE, "archive takes --out DIR, the folder to write to");
    }
    struct archiving archiving = {.folder = out->values[0]};
    struct site site = {.store = program->store, .settings = &program->settings, .wake_fd = -1};
    bool good = settings_require_site(&program->settings, why) &&
                settings_require_mail(&program->settings, why) && site_load_pages(&site, why) &&
                archive_write(&site, archive_put_file, &archiving, why);
    site_drop_pages(&site);
    if (good && program->terminal && !program->quiet) {
        printf("%s: %zu files, %zu of them new or changed\n", archiving.folder, archiving.files,
               archiving.written);
    }
    return good;
}

const struct verb verb_archive = {
    .name = "archive",
    .needs = NEEDS_READING,
    .options = archive_options,
    .usage = "--out DIR",
    .help = "Write past issues, their list and feed as files for any web server",
    .examples = "  verdicts archive --out /var/www/news\n",
    .run = archive_run,
};
