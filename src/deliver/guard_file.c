#include "deliver/guard_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/magic.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/file.h"

#define GUARD_FOLDER "verdicts-epoch"

/* The first line; the offsets below follow from its fixed widths. */
#define GUARD_FORM "verdicts epoch 1 machine %-32s inode %020" PRIu64 " count %020" PRId64 "\n"
enum {
    MACHINE_AT = 25,
    INODE_AT = 64,
    COUNT_AT = 91,
    COUNT_DIGITS = 20,
    HEAD = 112,
    FILE_MAX = HEAD + PATH_MAX + 2
};

/* $HOME counts if the owner runs the program: it is also cron's. */
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

/* The candidate folders, best first; without a setting the last one is beside the database. */
static size_t list_places(struct arena *arena, const struct settings *settings,
                          const struct guard_request *request, const char *places[PLACES])
{
    struct stat st;
    size_t count = 0;
    if (settings->state_dir != NULL) {
        places[0] = settings->state_dir;
        return 1;
    }
    const char *home = request->owner->st_uid != 0 ? home_of(arena, request->owner->st_uid) : NULL;
    if (home != NULL && stat(home, &st) == 0 && S_ISDIR(st.st_mode)) {
        places[count++] = arena_format(arena, "%s/.local/state/" GUARD_FOLDER, home);
    }
    places[count++] = "/var/lib/" GUARD_FOLDER;
    places[count++] = file_join(arena, file_folder(arena, request->database), "." GUARD_FOLDER);
    return count;
}

/* The nearest existing folder: the path itself or one above it. */
static const char *find_standing(struct arena *arena, const char *path)
{
    struct stat st;
    while (stat(path, &st) != 0 && strcmp(path, "/") != 0 && strcmp(path, ".") != 0) {
        path = file_folder(arena, path);
    }
    return path;
}

/* Whether the folder is outside the database's folder: below it, both would be restored together.
 */
static bool is_apart(struct arena *arena, const char *folder, const struct guard_request *request)
{
    struct stat above, database;
    char real[PATH_MAX];
    if (stat(file_folder(arena, request->database), &database) != 0 ||
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

/* Checks what opening the file would find. procfs and sysfs appear writable to root but cannot hold
 * files. */
static bool inspect_file(struct arena *arena, struct guard_file *file, const char *folder,
                         struct failure *why)
{
    struct statfs disk;
    file->fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file->fd >= 0 || errno != ENOENT) {
        return (file->fd >= 0 && faccessat(AT_FDCWD, file->path, W_OK, AT_EACCESS) == 0) ||
               fail_kept(why, file->path);
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

/* Symbolic links are not followed: in somebody else's folder one could lead anywhere. */
static bool open_file(struct guard_file *file, const char *folder, struct failure *why)
{
    struct failure ignored = {0};
    if (!file_make_folder(folder, 0700, &ignored)) {
        return fail_kept(why, folder);
    }
    file->fd = open(file->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    return file->fd >= 0 || fail_kept(why, file->path);
}

/* Root acts as the database's owner: the file has to be theirs, and where their home leads is their
 * own affair. No other thread is running yet. */
static bool open_as_owner(struct arena *arena, const struct guard_request *request,
                          const char *folder, struct guard_file *file, struct failure *why)
{
    const struct stat *owner = request->owner;
    bool root = geteuid() == 0 && owner->st_uid != 0;
    gid_t group = getegid();
    if (root && (setegid(owner->st_gid) != 0 || seteuid(owner->st_uid) != 0)) {
        return fail_errno(why, FAILURE_SYSTEM, "cannot act as the owner of the database");
    }
    bool good =
        request->read_only ? inspect_file(arena, file, folder, why) : open_file(file, folder, why);
    if (root && (seteuid(0) != 0 || setegid(group) != 0)) {
        return fail_errno(why, FAILURE_SYSTEM, "cannot act as root again");
    }
    return good;
}

void guard_file_close(struct guard_file *file)
{
    if (file->fd >= 0) {
        close(file->fd);
        file->fd = -1;
    }
}

bool guard_file_open(struct arena *arena, const struct settings *settings,
                     const struct guard_request *request, struct guard_file *file,
                     struct failure *why)
{
    const char *places[PLACES];
    size_t count = list_places(arena, settings, request, places);
    bool named = settings->state_dir != NULL;
    for (size_t i = 0; i < count; i++) {
        bool beside = !named && i == count - 1;
        bool apart = is_apart(arena, places[i], request);
        if (named && !apart) {
            return fail(why, FAILURE_CONFIG,
                        "state_dir: %s lies in the database's own folder, and would be put back "
                        "with it from a backup; name another folder",
                        places[i]);
        }
        *why = (struct failure){0};
        file->path = file_join(arena, places[i], request->name);
        file->beside = beside;
        if ((apart || beside) && open_as_owner(arena, request, places[i], file, why)) {
            return true;
        }
        guard_file_close(file);
    }
    return false;
}

/* --- content --- */

bool guard_file_lock(const struct guard_file *file, struct failure *why)
{
    while (flock(file->fd, LOCK_EX) != 0) {
        if (errno != EINTR) {
            return fail_errno(why, FAILURE_IO, "cannot lock %s", file->path);
        }
    }
    return true;
}

void guard_file_unlock(const struct guard_file *file)
{
    flock(file->fd, LOCK_UN);
}

/* False if the text is not what guard_file_write() writes: formatting the parsed values again must
 * give the same text. */
static bool read_text(char *text, size_t len, struct guard_record *record)
{
    char again[HEAD + 1];
    if (len <= HEAD + 1 || strlen(text) != len || text[len - 1] != '\n') {
        return false;
    }
    size_t digits = strspn(text + MACHINE_AT, "0123456789abcdef");
    memcpy(record->machine, text + MACHINE_AT, digits < 32 ? digits : 32);
    record->inode = (int64_t)strtoull(text + INODE_AT, NULL, 10);
    record->count = strtoll(text + COUNT_AT, NULL, 10);
    snprintf(again, sizeof again, GUARD_FORM, record->machine, (uint64_t)record->inode,
             record->count);
    text[len - 1] = '\0';
    record->database = text + HEAD;
    return memcmp(again, text, HEAD) == 0;
}

/* The count of a damaged file, if its digits are intact: adopting must go beyond it. */
static int64_t find_count(const char *text, size_t len)
{
    char digits[COUNT_DIGITS + 1] = "";
    if (len < COUNT_AT + COUNT_DIGITS) {
        return 0;
    }
    memcpy(digits, text + COUNT_AT, COUNT_DIGITS);
    bool whole = strspn(digits, "0123456789") == COUNT_DIGITS;
    int64_t count = whole ? strtoll(digits, NULL, 10) : 0;
    return count < INT64_MAX / 2 ? count : 0;
}

bool guard_file_read(const struct guard_file *file, struct arena *arena,
                     struct guard_record *record, struct failure *why)
{
    char *text = arena_alloc(arena, FILE_MAX + 1);
    ssize_t len = file->fd >= 0 ? pread(file->fd, text, FILE_MAX, 0) : 0;
    if (len < 0) {
        return fail_errno(why, FAILURE_IO, "cannot read %s", file->path);
    }
    *record = (struct guard_record){0};
    if (len > 0 && !read_text(text, (size_t)len, record)) {
        *record = (struct guard_record){.damaged = true, .count = find_count(text, (size_t)len)};
    }
    record->present = len > 0;
    return true;
}

static bool fail_written(const struct guard_file *file, struct failure *why)
{
    return fail_errno(why, FAILURE_IO, "cannot write %s", file->path);
}

static bool put(const struct guard_file *file, const char *bytes, size_t len, off_t at,
                struct failure *why)
{
    ssize_t done = pwrite(file->fd, bytes, len, at);
    if (done >= 0 && (size_t)done != len) {
        errno = ENOSPC;
    }
    return done == (ssize_t)len || fail_written(file, why);
}

bool guard_file_write(const struct guard_file *file, const struct guard_record *record,
                      struct failure *why)
{
    struct buf text;
    buf_init(&text, FILE_MAX);
    buf_addf(&text, GUARD_FORM "%s\n", record->machine, (uint64_t)record->inode, record->count,
             record->database);
    bool good = put(file, text.data, text.len, 0, why) &&
                ((ftruncate(file->fd, (off_t)text.len) == 0 && fsync(file->fd) == 0) ||
                 fail_written(file, why));
    buf_free(&text);
    return good;
}

bool guard_file_read_count(const struct guard_file *file, int64_t *count, struct failure *why)
{
    char digits[COUNT_DIGITS + 1] = "";
    if (pread(file->fd, digits, COUNT_DIGITS, COUNT_AT) != COUNT_DIGITS) {
        return fail_errno(why, FAILURE_IO, "cannot read %s", file->path);
    }
    *count = strtoll(digits, NULL, 10);
    return true;
}

bool guard_file_write_count(const struct guard_file *file, int64_t count, struct failure *why)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%020" PRId64, count);
    return put(file, digits, COUNT_DIGITS, COUNT_AT, why);
}
