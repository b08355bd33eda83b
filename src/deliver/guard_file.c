#include "deliver/guard_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/file.h"

#define RECORD_FOLDER "verdicts-epoch"

/* HOME counts where the owner runs the program: that is also cron's. */
static const char *home_of(struct arena *arena, uid_t owner)
{
    const char *home = geteuid() == owner ? getenv("HOME") : NULL;
    if (home != NULL && home[0] == '/') {
        return home;
    }
    enum { PASSWD_MAX = 16 * 1024 };
    struct passwd entry, *found = NULL;
    char *room = arena_alloc(arena, PASSWD_MAX);
    return getpwuid_r(owner, &entry, room, PASSWD_MAX, &found) == 0 && found != NULL ? entry.pw_dir
                                                                                     : NULL;
}

enum { PLACES = 3 };

/* Where it may be, the best place first; without a setting the last is beside the database. */
static size_t list_places(struct arena *arena, const struct settings *settings,
                          const struct record_wish *wish, const char *places[PLACES])
{
    struct stat st;
    size_t count = 0;
    if (settings->state_dir != NULL) {
        places[0] = settings->state_dir;
        return 1;
    }
    const char *home = wish->owner->st_uid != 0 ? home_of(arena, wish->owner->st_uid) : NULL;
    if (home != NULL && stat(home, &st) == 0 && S_ISDIR(st.st_mode)) {
        places[count++] = arena_format(arena, "%s/.local/state/" RECORD_FOLDER, home);
    }
    places[count++] = "/var/lib/" RECORD_FOLDER;
    places[count++] = file_join(arena, file_folder(arena, wish->database), "." RECORD_FOLDER);
    return count;
}

/* The nearest that exists of a path and the folders above it. */
static const char *find_standing(struct arena *arena, const char *path)
{
    struct stat st;
    while (stat(path, &st) != 0 && strcmp(path, "/") != 0 && strcmp(path, ".") != 0) {
        path = file_folder(arena, path);
    }
    return path;
}

/* Not in the tree of the database's folder: the two would be put back together. */
static bool is_apart(struct arena *arena, const char *folder, const struct record_wish *wish)
{
    struct stat above, database;
    char real[PATH_MAX];
    if (stat(file_folder(arena, wish->database), &database) != 0 ||
        realpath(find_standing(arena, folder), real) == NULL) {
        return true;
    }
    for (const char *path = real;; path = file_folder(arena, path)) {
        if (stat(path, &above) == 0 && above.st_dev == database.st_dev &&
            above.st_ino == database.st_ino) {
            return false;
        }
        if (strcmp(path, "/") == 0) {
            return true;
        }
    }
}

static bool fail_kept(struct failure *why, const char *path)
{
    enum failure_kind kind = errno == EACCES || errno == EPERM || errno == EROFS
                                 ? FAILURE_PERMISSION
                             : errno == ENOSPC || errno == EIO ? FAILURE_IO
                                                               : FAILURE_CANNOT_CREATE;
    return fail_errno(why, kind,
                      "nothing is sent without a record of how far it went, and %s cannot be kept "
                      "(set state_dir to a folder that whoever sends can write to)",
                      path);
}

/* What opening it would find. A kernel's own file systems let root write, and have no room. */
static bool look_at_file(struct arena *arena, struct record *record, const char *folder,
                         struct failure *why)
{
    struct statfs disk;
    record->fd = open(record->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (record->fd >= 0 || errno != ENOENT) {
        return (record->fd >= 0 && faccessat(AT_FDCWD, record->path, W_OK, AT_EACCESS) == 0) ||
               fail_kept(why, record->path);
    }
    const char *standing = find_standing(arena, folder);
    if (faccessat(AT_FDCWD, standing, W_OK | X_OK, AT_EACCESS) != 0 ||
        statfs(standing, &disk) != 0) {
        return fail_kept(why, folder);
    }
    errno = ENOENT;
    return (disk.f_type != PROC_SUPER_MAGIC && disk.f_type != SYSFS_MAGIC) ||
           fail_kept(why, folder);
}

/* A link is not followed: in a folder of somebody else's it could lead anywhere. */
static bool open_file(struct record *record, const char *folder, struct failure *why)
{
    struct failure ignored = {0};
    if (!file_make_folder(folder, 0700, &ignored)) {
        return fail_kept(why, folder);
    }
    record->fd = open(record->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    return record->fd >= 0 || fail_kept(why, record->path);
}

/* Root writes as the database's owner does: the file has to be theirs, and theirs alone decide
 * where their home leads. No other thread runs yet. */
static bool open_as_owner(struct arena *arena, const struct record_wish *wish, const char *folder,
                          struct record *record, struct failure *why)
{
    const struct stat *owner = wish->owner;
    bool root = geteuid() == 0 && owner->st_uid != 0;
    gid_t group = getegid();
    if (root && (setegid(owner->st_gid) != 0 || seteuid(owner->st_uid) != 0)) {
        return fail_errno(why, FAILURE_SYSTEM, "cannot act as the owner of the database");
    }
    bool good =
        wish->looks ? look_at_file(arena, record, folder, why) : open_file(record, folder, why);
    if (root && (seteuid(0) != 0 || setegid(group) != 0)) {
        return fail_errno(why, FAILURE_SYSTEM, "cannot act as root again");
    }
    return good;
}

void record_close(struct record *record)
{
    if (record->fd >= 0) {
        close(record->fd);
        record->fd = -1;
    }
}

bool record_open(struct arena *arena, const struct settings *settings,
                 const struct record_wish *wish, struct record *record, struct failure *why)
{
    const char *places[PLACES];
    size_t count = list_places(arena, settings, wish, places);
    bool named = settings->state_dir != NULL;
    for (size_t i = 0; i < count; i++) {
        bool beside = !named && i == count - 1;
        bool apart = is_apart(arena, places[i], wish);
        if (named && !apart) {
            return fail(why, FAILURE_CONFIG,
                        "state_dir: %s lies in the database's own folder, and would be put back "
                        "with it from a backup; name another folder",
                        places[i]);
        }
        *why = (struct failure){0};
        record->path = file_join(arena, places[i], wish->name);
        record->beside = beside;
        if ((apart || beside) && open_as_owner(arena, wish, places[i], record, why)) {
            return true;
        }
        record_close(record);
    }
    return false;
}
