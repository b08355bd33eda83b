#include "store/staging_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/file.h"
#include "store/private.h"

/* The numbers are from linux/magic.h and from the file systems' own sources. */
static const struct {
    long type;
    const char *name;
} network_filesystems[] = {
    {0x6969, "NFS"},      {0x517B, "SMB"},        {0xFE534D42, "SMB2"}, {0xFF534D42, "CIFS"},
    {0x73757245, "Coda"}, {0x5346414F, "AFS"},    {0x6B414653, "AFS"},  {0x564C, "NCP"},
    {0x00C36400, "Ceph"}, {0x0BD00BD0, "Lustre"},
};

const char *store_network_filesystem(long type)
{
    for (size_t i = 0; i < sizeof network_filesystems / sizeof *network_filesystems; i++) {
        /* f_type is signed on systems where long has 32 bits. */
        if ((uint32_t)network_filesystems[i].type == (uint32_t)type) {
            return network_filesystems[i].name;
        }
    }
    return NULL;
}

bool staging_file_check_filesystem(const char *path, const char *advice, struct failure *why)
{
    struct statfs found;
    if (statfs(path, &found) != 0) {
        return fail_errno(why, FAILURE_IO, "%s: cannot tell its file system", path);
    }
    const char *name = store_network_filesystem((long)found.f_type);
    if (name != NULL) {
        return fail(why, FAILURE_CONFIG,
                    "%s: lies on a network file system (%s), where the locks of SQLite cannot be "
                    "trusted; %s",
                    path, name, advice);
    }
    return true;
}

static bool fail_exists(const char *path, struct failure *why)
{
    return fail(why, FAILURE_CANNOT_CREATE,
                "%s: is there already and is not overwritten; name another file or move it away",
                path);
}

bool staging_file_create(struct arena *arena, const char *path, const char *advice,
                         const char **staging, struct failure *why)
{
    struct stat found;
    if (lstat(path, &found) == 0) {
        return fail_exists(path, why);
    }
    const char *folder = file_folder(arena, path);
    if (stat(folder, &found) != 0) {
        return fail_errno(why, FAILURE_CANNOT_CREATE, "%s: cannot be made in %s", path, folder);
    }
    if (!staging_file_check_filesystem(folder, advice, why)) {
        return false;
    }
    *staging = arena_format(arena, "%s.new-%ld", path, (long)getpid());
    staging_file_drop(*staging); /* of a process with this id that was killed long ago */
    int fd = open(*staging, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return fail_errno(why, FAILURE_CANNOT_CREATE, "%s: cannot be made", path);
    }
    /* Root works in another user's folder: the database belongs to the owner of the folder. */
    bool ok = geteuid() != 0 || fchown(fd, found.st_uid, found.st_gid) == 0 ||
              fail_errno(why, FAILURE_CANNOT_CREATE, "%s: cannot be given to the owner of %s", path,
                         folder);
    close(fd);
    if (!ok) {
        staging_file_drop(*staging);
    }
    return ok;
}

static void sync_path(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

bool staging_file_publish(const char *staging, const char *path, struct failure *why)
{
    struct arena arena = {0};
    sync_path(staging);
    bool ok = file_move_new(staging, path);
    if (ok) {
        sync_path(file_folder(&arena, path));
    } else if (errno == EEXIST) {
        fail_exists(path, why);
    } else {
        fail_errno(why, FAILURE_CANNOT_CREATE, "%s: cannot be made", path);
    }
    arena_free(&arena);
    return ok;
}

void staging_file_drop(const char *staging)
{
    static const char *const endings[] = {"", "-journal", "-wal", "-shm"};
    struct arena arena = {0};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        unlink(arena_format(&arena, "%s%s", staging, endings[i]));
    }
    arena_free(&arena);
}
