/* Watches templates, settings and the database with inotify. */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/share.h"
#include "preview/private.h"

enum { EVENTS_MAX = 16 * 1024, DEPTH_MAX = 8 };

/* A file is read when it was written completely, or moved into place. */
#define WRITTEN (IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE)
/* The folder itself was moved or deleted, as by a checkout of another branch: another one may take
 * its name. */
#define GONE (IN_DELETE_SELF | IN_MOVE_SELF)

bool preview_watch_open(struct preview *preview, struct failure *why)
{
    preview->watch_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    return preview->watch_fd >= 0 ||
           fail_errno(why, FAILURE_SYSTEM, "cannot watch files for changes");
}

/* The database's own files: its log grows with every change. */
static bool is_database(const struct preview *preview, const char *name)
{
    const char *file = file_name(preview->settings.database);
    size_t len = strlen(file);
    return strncmp(name, file, len) == 0 && (name[len] == '\0' || strcmp(name + len, "-wal") == 0);
}

static bool is_settings(const struct preview *preview, const char *name)
{
    const char *file = preview->options->settings_file;
    return file != NULL && strcmp(name, file_name(file)) == 0;
}

static bool is_template(const char *name)
{
    static const char ending[] = ".mustache";
    size_t len = strlen(name), tail = sizeof ending - 1;
    return len > tail && strcmp(name + len - tail, ending) == 0;
}

/* If a folder does not exist, its creation is noticed because the one above it is watched. */
static void watch_folder(struct preview *preview, const char *folder)
{
    struct arena arena = {0};
    if (inotify_add_watch(preview->watch_fd, folder, WRITTEN | GONE) < 0) {
        inotify_add_watch(preview->watch_fd, file_folder(&arena, folder), WRITTEN);
    }
    arena_free(&arena);
}

/* A template may include partials from subfolders, too. */
static void watch_below(struct preview *preview, const char *folder, int depth)
{
    struct arena arena = {0};
    DIR *dir = depth < DEPTH_MAX ? opendir(folder) : NULL;
    for (const struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.') {
            const char *below = file_join(&arena, folder, entry->d_name);
            watch_folder(preview, below);
            watch_below(preview, below, depth + 1);
        }
    }
    if (dir != NULL) {
        closedir(dir);
    }
    arena_free(&arena);
}

static void watch_templates(struct preview *preview, const char *folder)
{
    watch_folder(preview, folder);
    watch_below(preview, folder, 0);
}

static struct preview_seen stat_file(const char *path)
{
    struct stat st;
    struct preview_seen seen = {0};
    if (path != NULL && stat(path, &st) == 0) {
        seen = (struct preview_seen){st.st_dev, st.st_ino, st.st_mtim, st.st_size};
    }
    return seen;
}

void preview_note_file(struct preview_options *options, const char *file)
{
    options->seen = stat_file(file);
}

void preview_note_folders(struct preview *preview)
{
    struct arena *arena = &preview->arena;
    preview->folders[0] = file_join(arena, share_directory(arena), "templates");
    preview->folders[1] = preview->settings.templates_dir;
    for (size_t i = 0; i < PREVIEW_FOLDERS; i++) {
        preview->folders_seen[i] = stat_file(preview->folders[i]);
    }
}

static bool is_same_file(const struct preview_seen *left, const struct preview_seen *right)
{
    return left->device == right->device && left->inode == right->inode;
}

bool preview_watch_outdated(const struct preview *preview)
{
    const struct preview_seen *was = &preview->options->seen;
    struct preview_seen now = stat_file(preview->options->settings_file);
    if (!is_same_file(was, &now) || was->size != now.size ||
        was->changed.tv_sec != now.changed.tv_sec || was->changed.tv_nsec != now.changed.tv_nsec) {
        return true;
    }
    for (size_t i = 0; i < PREVIEW_FOLDERS; i++) {
        now = stat_file(preview->folders[i]);
        if (!is_same_file(&preview->folders_seen[i], &now)) {
            return true;
        }
    }
    return false;
}

void preview_watch_all(struct preview *preview)
{
    struct arena arena = {0};
    const char *share = file_join(&arena, share_directory(&arena), "templates");
    const char *own = preview->settings.templates_dir;
    watch_templates(preview, share);
    if (own != NULL) {
        watch_templates(preview, own);
    }
    if (preview->options->settings_file != NULL) {
        watch_folder(preview, file_folder(&arena, preview->options->settings_file));
    }
    inotify_add_watch(preview->watch_fd, file_folder(&arena, preview->settings.database),
                      WRITTEN | IN_MODIFY);
    arena_free(&arena);
}

bool preview_watch_changed(struct preview *preview)
{
    _Alignas(struct inotify_event) char bytes[EVENTS_MAX];
    bool changed = false;
    ssize_t got;
    while ((got = read(preview->watch_fd, bytes, sizeof bytes)) > 0) {
        for (ssize_t at = 0; at < got;) {
            const struct inotify_event *event = (const void *)(bytes + at);
            const char *name = event->len > 0 ? event->name : "";
            bool written = (event->mask & IN_MODIFY) == 0;
            changed = changed || is_database(preview, name) ||
                      (written && (is_settings(preview, name) || is_template(name))) ||
                      (event->mask & (IN_ISDIR | IN_Q_OVERFLOW | GONE)) != 0;
            at += (ssize_t)(sizeof *event + event->len);
        }
    }
    return changed;
}
