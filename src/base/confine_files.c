/*
 * The files that a process may open, by Landlock. There is no library for it, and the system's
 * header may be missing or older than the kernel; so the parts in use are declared here, from
 * landlock(7). Numbers and layout are the same on every architecture.
 */
#include "base/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446 };
enum { ASK_VERSION = 1, PATH_BENEATH = 1 };

struct ruleset {
    uint64_t files; /* the rights that are denied unless a rule grants them */
};

/* Ends without padding, which the kernel does not read. */
struct path_beneath {
    uint64_t allowed;
    int32_t fd;
};

enum {
    WRITE_FILE = 1 << 1,
    READ_FILE = 1 << 2,
    READ_FOLDER = 1 << 3,
    FIRST_RIGHTS = (1 << 13) - 1, /* all of the first version */
    MOVE = 1 << 13,               /* since version 2 */
    TRUNCATE = 1 << 14,           /* since 3 */
    IOCTL = 1 << 15,              /* since 5 */
};

int confine_landlock_version(void)
{
    long version = syscall(CREATE_RULESET, NULL, 0, ASK_VERSION);
    return version > 0 ? (int)version : 0;
}

/* Every right that this kernel can deny. */
static uint64_t all_rights(int version)
{
    return FIRST_RIGHTS | (version >= 2 ? MOVE : 0U) | (version >= 3 ? TRUNCATE : 0U) |
           (version >= 5 ? IOCTL : 0U);
}

static uint64_t rights_of(const struct confine_place *place, bool folder, int version)
{
    uint64_t rights = READ_FILE | (folder ? READ_FOLDER : 0U);
    rights |= place->access == CONFINE_CHANGE ? WRITE_FILE | TRUNCATE : 0U;
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
    struct path_beneath beneath = {.fd = fd};
    bool good = fstat(fd, &st) == 0;
    if (good) {
        beneath.allowed = rights_of(place, S_ISDIR(st.st_mode), version);
        good = syscall(ADD_RULE, rules, PATH_BENEATH, &beneath, 0) == 0;
    }
    if (!good) {
        fail_errno(why, FAILURE_SYSTEM, "cannot keep access to %s (Landlock)", place->path);
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
    const struct ruleset attr = {.files = all_rights(version)};
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
