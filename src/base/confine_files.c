/*
 * The files that a process may open, by Landlock. There is no library for it: three system calls by
 * their numbers, which are the same on every architecture.
 */
#include "base/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446 };

/* Headers may be older than the kernel: what came with which version (landlock(7)). */
enum { REFER_SINCE = 2, TRUNCATE_SINCE = 3, IOCTL_SINCE = 5 };
static const uint64_t refer = UINT64_C(1) << 13, truncate_file = UINT64_C(1) << 14,
                      ioctl_device = UINT64_C(1) << 15;
static const uint64_t known_at_first = (UINT64_C(1) << 13) - 1;

int confine_landlock_version(void)
{
    long version = syscall(CREATE_RULESET, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return version > 0 ? (int)version : 0;
}

/* Every right that this kernel can take away. */
static uint64_t all_rights(int version)
{
    return known_at_first | (version >= REFER_SINCE ? refer : 0) |
           (version >= TRUNCATE_SINCE ? truncate_file : 0) |
           (version >= IOCTL_SINCE ? ioctl_device : 0);
}

static uint64_t rights_of(const struct confine_place *place, bool folder, int version)
{
    uint64_t rights = LANDLOCK_ACCESS_FS_READ_FILE;
    if (folder) {
        rights |= LANDLOCK_ACCESS_FS_READ_DIR;
    }
    if (place->access == CONFINE_CHANGE) {
        rights |= LANDLOCK_ACCESS_FS_WRITE_FILE | truncate_file;
    }
    return rights & all_rights(version);
}

static bool add_place(int rules, int version, const struct confine_place *place,
                      struct failure *why)
{
    struct stat st;
    int fd = place->path != NULL ? open(place->path, O_PATH | O_CLOEXEC) : -1;
    if (fd < 0) {
        return true;
    }
    struct landlock_path_beneath_attr beneath = {.parent_fd = fd};
    bool good = fstat(fd, &st) == 0;
    if (good) {
        beneath.allowed_access = rights_of(place, S_ISDIR(st.st_mode), version);
        good = syscall(ADD_RULE, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) == 0;
    }
    if (!good) {
        fail_errno(why, FAILURE_SYSTEM, "cannot keep %s within reach (Landlock)", place->path);
    }
    close(fd);
    return good;
}

bool confine_files(const struct confine_place *places, size_t count, bool *held,
                   struct failure *why)
{
    int version = confine_landlock_version();
    *held = false;
    if (version == 0) {
        return true;
    }
    const struct landlock_ruleset_attr attr = {.handled_access_fs = all_rights(version)};
    int rules = (int)syscall(CREATE_RULESET, &attr, sizeof attr, 0);
    if (rules < 0) {
        return fail_errno(why, FAILURE_SYSTEM, "cannot confine files (Landlock)");
    }
    bool good = true;
    for (size_t i = 0; good && i < count; i++) {
        good = add_place(rules, version, &places[i], why);
    }
    if (good &&
        (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || syscall(RESTRICT_SELF, rules, 0) != 0)) {
        good = fail_errno(why, FAILURE_SYSTEM, "cannot confine files (Landlock)");
    }
    close(rules);
    *held = good;
    return good;
}
