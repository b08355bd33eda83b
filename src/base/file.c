#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool read_all(int fd, const char *name, size_t limit, struct buf *content,
                     struct failure *why)
{
    for (;;) {
        char piece[64 * 1024];
        ssize_t got = read(fd, piece, sizeof piece);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return fail_errno(why, FAILURE_IO, "cannot read %s", name);
        }
        if (got == 0) {
            return true;
        }
        if (content->len + (size_t)got > limit) {
            return fail(why, FAILURE_DATA, "%s is larger than %zu bytes, the most that is read",
                        name, limit);
        }
        buf_add(content, piece, (size_t)got);
    }
}

/* O_NONBLOCK: opening a FIFO that nobody writes to must not hang. */
enum { READING = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY };

/* Closes the file and fails if it is not a regular one. */
static bool check_regular(const char *path, int *fd, struct failure *why)
{
    if (*fd < 0) {
        enum failure_kind kind = errno == EACCES ? FAILURE_PERMISSION : FAILURE_NO_INPUT;
        return fail_errno(why, kind, "cannot open %s", path);
    }
    struct stat st;
    if (fstat(*fd, &st) != 0) {
        fail_errno(why, FAILURE_IO, "cannot read %s", path);
    } else if (!S_ISREG(st.st_mode)) {
        fail(why, FAILURE_NO_INPUT, "%s is %s, not a file", path,
             S_ISDIR(st.st_mode) ? "a folder" : "a pipe, socket or device");
    } else {
        return true;
    }
    close(*fd);
    *fd = -1;
    return false;
}

static bool open_regular(const char *path, int *fd, struct failure *why)
{
    *fd = open(path, READING);
    return check_regular(path, fd, why);
}

bool file_read(const char *path, size_t limit, struct buf *content, struct failure *why)
{
    int fd;
    if (!open_regular(path, &fd, why)) {
        return false;
    }
    bool good = read_all(fd, path, limit, content, why);
    close(fd);
    return good;
}

/* Opens one component after the other, following no link and refusing "..". */
static int open_stepwise(int root, const char *name)
{
    int at = root;
    char part[NAME_MAX + 1];
    for (const char *c = name;; c += strlen(part) + 1) {
        size_t len = strcspn(c, "/");
        snprintf(part, sizeof part, "%.*s", (int)len, c);
        bool last = c[len] == '\0';
        bool bad = len == 0 || len > NAME_MAX || strcmp(part, "..") == 0;
        int fd =
            bad ? -1
                : openat(at, part, last ? READING | O_NOFOLLOW : O_PATH | O_NOFOLLOW | O_CLOEXEC);
        int error = bad || errno == ELOOP || errno == ENOTDIR ? EXDEV : errno;
        if (at != root) {
            close(at);
        }
        if (fd < 0 || last) {
            errno = fd < 0 ? error : 0;
            return fd;
        }
        at = fd;
    }
}

/* openat2(2), which glibc does not wrap. Kernels before 5.6 and some sandboxes lack it. */
static int open_beneath(int root, const char *name)
{
    const struct open_how how = {.flags = READING,
                                 .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    int fd = (int)syscall(SYS_openat2, root, name, &how, sizeof how);
    return fd >= 0 || (errno != ENOSYS && errno != EPERM) ? fd : open_stepwise(root, name);
}

bool file_read_beneath(const char *root, const char *name, size_t limit, struct buf *content,
                       struct failure *why)
{
    struct arena arena = {0};
    const char *path = file_join(&arena, root, name);
    int folder = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int fd = folder >= 0 ? open_beneath(folder, name) : -1;
    bool good = false;
    if (fd < 0 && errno == EXDEV) {
        fail(why, FAILURE_PERMISSION, "%s points outside of %s and is not read", path, root);
    } else {
        good = check_regular(path, &fd, why) && read_all(fd, path, limit, content, why);
    }
    if (fd >= 0) {
        close(fd);
    }
    if (folder >= 0) {
        close(folder);
    }
    arena_free(&arena);
    return good;
}

bool file_open(const char *path, FILE **file, struct failure *why)
{
    int fd;
    if (!open_regular(path, &fd, why)) {
        return false;
    }
    *file = fdopen(fd, "r");
    if (*file == NULL) {
        close(fd);
        return fail_errno(why, FAILURE_SYSTEM, "cannot read %s", path);
    }
    return true;
}

bool file_read_stdin(size_t limit, struct buf *content, struct failure *why)
{
    return read_all(STDIN_FILENO, "standard input", limit, content, why);
}

static bool write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t put = write(fd, bytes, len);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put <= 0) {
            return false;
        }
        bytes += put;
        len -= (size_t)put;
    }
    return true;
}

static void sync_folder(const char *path)
{
    struct arena arena = {0};
    int fd = open(file_folder(&arena, path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    arena_free(&arena);
}

static bool fill(int fd, const char *path, const char *bytes, size_t len, struct failure *why)
{
    bool good = write_all(fd, bytes, len) && fsync(fd) == 0;
    if (!good) {
        fail_errno(why, FAILURE_IO, "cannot write %s", path);
    }
    if (close(fd) != 0 && good) {
        good = fail_errno(why, FAILURE_IO, "cannot write %s", path);
    }
    return good;
}

bool file_create(const char *path, const char *bytes, size_t len, mode_t mode, struct failure *why)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0) {
        return fail_errno(why, FAILURE_CANNOT_CREATE, "cannot create %s", path);
    }
    if (!fill(fd, path, bytes, len, why)) {
        unlink(path);
        return false;
    }
    sync_folder(path);
    return true;
}

/* A file that root creates goes to the owner of its folder, whom it would otherwise lock out. */
static void give_to_owner(int fd, const char *path)
{
    struct arena arena = {0};
    struct stat folder;
    if (geteuid() == 0 && stat(file_folder(&arena, path), &folder) == 0 && folder.st_uid != 0 &&
        fchown(fd, folder.st_uid, folder.st_gid) != 0) {
        /* If that fails, the owner's next run reports the file by name. */
        errno = 0;
    }
    arena_free(&arena);
}

static bool dress(int fd, const char *path, mode_t mode)
{
    give_to_owner(fd, path);
    return fchmod(fd, mode) == 0;
}

bool file_write(const char *path, const char *bytes, size_t len, mode_t mode, struct failure *why)
{
    struct arena arena = {0};
    char *staging = arena_format(&arena, "%s.XXXXXX", path);
    bool good = false;
    int fd = mkostemp(staging, O_CLOEXEC);
    if (fd < 0) {
        fail_errno(why, FAILURE_CANNOT_CREATE, "cannot create %s", path);
    } else if (!dress(fd, path, mode)) {
        fail_errno(why, FAILURE_CANNOT_CREATE, "cannot create %s", path);
        close(fd);
        unlink(staging);
    } else if (!fill(fd, path, bytes, len, why)) {
        unlink(staging);
    } else if (rename(staging, path) != 0) {
        fail_errno(why, FAILURE_CANNOT_CREATE, "cannot create %s", path);
        unlink(staging);
    } else {
        sync_folder(path);
        good = true;
    }
    arena_free(&arena);
    return good;
}

/* For file systems without hard links (FAT, some network and FUSE file systems): an empty file of
 * our own reserves the name, and only that file is replaced. */
static bool rename_into(const char *from, const char *to)
{
    struct stat source;
    if (stat(from, &source) != 0) {
        return false;
    }
    int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        return false;
    }
    close(fd);
    if (rename(from, to) == 0) {
        return true;
    }
    int problem = errno;
    unlink(to);
    errno = problem;
    return false;
}

static bool is_same_file(const char *one, const char *other)
{
    struct stat a, b;
    return stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

bool file_move_new(const char *from, const char *to)
{
    if (link(from, to) != 0) {
        if (errno != EEXIST) {
            return errno != ENOENT && rename_into(from, to);
        }
        if (!is_same_file(from, to)) {
            errno = EEXIST;
            return false;
        }
    }
    return unlink(from) == 0 || errno == ENOENT;
}

/* lchown(2): the folder above may belong to somebody who replaces this one by a link meanwhile. */
static bool make_part(const char *path, mode_t mode, const struct stat *owner)
{
    struct stat st;
    if (mkdir(path, mode) != 0) {
        return errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
    }
    return owner == NULL || geteuid() != 0 || lchown(path, owner->st_uid, owner->st_gid) == 0;
}

bool file_make_folder(const char *path, mode_t mode, struct failure *why)
{
    return file_make_folder_of(path, mode, NULL, why);
}

bool file_make_folder_of(const char *path, mode_t mode, const struct stat *owner,
                         struct failure *why)
{
    struct arena arena = {0};
    char *part = arena_copy(&arena, path);
    bool good = true;
    for (char *slash = part + 1; good && *part != '\0'; slash++) {
        bool last = *slash == '\0';
        if (*slash != '/' && !last) {
            continue;
        }
        *slash = '\0';
        if (!make_part(part, mode, owner)) {
            good = fail_errno(why, FAILURE_CANNOT_CREATE, "cannot make the folder %s", path);
        }
        if (last) {
            break;
        }
        *slash = '/';
    }
    arena_free(&arena);
    return good;
}

/* Follows no symbolic link: the folder may belong to somebody whom root does not trust. Ownership
 * is changed only for a file created here. */
static bool open_lock(const char *path, int *fd, struct failure *why)
{
    int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW;
    *fd = open(path, flags | O_CREAT | O_EXCL, 0640);
    if (*fd >= 0) {
        give_to_owner(*fd, path);
    } else if (errno == EEXIST) {
        *fd = open(path, flags);
    }
    if (*fd >= 0) {
        return true;
    }
    bool denied = errno == EACCES || errno == EPERM || errno == EROFS;
    return denied
               ? fail_errno(why, FAILURE_PERMISSION,
                            "cannot open the lock %s; this user needs to write it and its folder",
                            path)
               : fail_errno(why, FAILURE_CANNOT_CREATE, "cannot open the lock %s", path);
}

char *file_beside(struct arena *arena, const char *path, const char *suffix)
{
    char *real = realpath(path, NULL);
    char *beside = arena_format(arena, "%s.%s", real != NULL ? real : path, suffix);
    free(real);
    return beside;
}

bool file_lock(const char *path, int *fd, struct failure *why)
{
    if (!open_lock(path, fd, why)) {
        return false;
    }
    if (flock(*fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) {
            fail(why, FAILURE_TRY_AGAIN, "another run holds %s; it goes on, this one stops", path);
        } else {
            fail_errno(why, FAILURE_IO, "cannot lock %s", path);
        }
        close(*fd);
        *fd = -1;
        return false;
    }
    return true;
}

bool file_lock_share(int fd, struct failure *why)
{
    while (flock(fd, LOCK_SH) != 0) {
        if (errno != EINTR) {
            return fail_errno(why, FAILURE_IO, "cannot share a lock");
        }
    }
    return true;
}

bool file_lock_shared(const char *path, int *fd, struct failure *why)
{
    if (!open_lock(path, fd, why)) {
        return false;
    }
    if (!file_lock_share(*fd, why)) {
        close(*fd);
        *fd = -1;
        return fail_context(why, "%s", path);
    }
    return true;
}

char *file_join(struct arena *arena, const char *folder, const char *path)
{
    if (path[0] == '/' || strcmp(folder, ".") == 0) {
        return arena_copy(arena, path);
    }
    size_t len = strlen(folder);
    const char *slash = len > 0 && folder[len - 1] == '/' ? "" : "/";
    return arena_format(arena, "%s%s%s", folder, slash, path);
}

char *file_folder(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL) {
        return arena_copy(arena, ".");
    }
    return slash == path ? arena_copy(arena, "/")
                         : arena_copy_bytes(arena, path, (size_t)(slash - path));
}

const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}
