#include "deliver/witness.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"

#define WITNESS_NAME "verdicts-epoch"

/* The file: this line, the rest of it of fixed width so that the count is written over in place,
 * and the database's path. */
#define WITNESS_FORM "verdicts epoch 1 machine %-32s inode %020" PRIu64 " count %020" PRId64 "\n"
enum { WITNESS_HEAD = 112, WITNESS_COUNT_AT = 91, WITNESS_FILE_MAX = WITNESS_HEAD + PATH_MAX + 2 };

struct witness {
    struct arena arena;
    const char *path;
    int fd;
    bool followed; /* a batch of this run is in it */
};

/* What stands in the file. */
struct testimony {
    char machine[33];
    int64_t inode, count;
    const char *database;
};

/* This database, here and now. */
struct scene {
    const char *database; /* its real path */
    struct stat st;
    char machine[33]; /* "" not known */
    struct epoch epoch;
};

enum witness_answer witness_judge(const struct witness_view *view)
{
    if (view->other_machine) {
        return WITNESS_MACHINE;
    }
    if (!view->present) {
        return !view->sent ? WITNESS_GOES : view->same_file ? WITNESS_LOST : WITNESS_ABSENT;
    }
    if (view->damaged) {
        return WITNESS_DAMAGED;
    }
    if (!view->sent && !view->same_path) {
        return WITNESS_OWN;
    }
    if (view->witnessed > view->count) {
        return WITNESS_BEHIND;
    }
    if (view->original_there) {
        return WITNESS_COPY;
    }
    return view->same_file || !view->claims_open ? WITNESS_GOES : WITNESS_OPEN;
}

/* --- where it is --- */

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

static const char *folder_of(struct arena *arena, const struct settings *settings, uid_t owner)
{
    struct stat st;
    if (settings->state_dir != NULL) {
        return settings->state_dir;
    }
    const char *home = owner != 0 ? home_of(arena, owner) : NULL;
    return home != NULL && stat(home, &st) == 0 && S_ISDIR(st.st_mode)
               ? arena_format(arena, "%s/.local/state/" WITNESS_NAME, home)
               : "/var/lib/" WITNESS_NAME;
}

/* Never beside the database: the two would be put back together. */
static bool check_apart(struct arena *arena, const char *folder, const struct scene *scene,
                        struct failure *why)
{
    struct stat witness, database;
    if (stat(folder, &witness) == 0 && stat(file_folder(arena, scene->database), &database) == 0 &&
        witness.st_dev == database.st_dev && witness.st_ino == database.st_ino) {
        return fail(why, FAILURE_CONFIG,
                    "state_dir: %s is the database's own folder, and would be put back with it "
                    "from a backup; name another folder",
                    folder);
    }
    return true;
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

/* A link is not followed: in a folder of somebody else's it could lead anywhere. */
static bool open_file(struct witness *witness, const char *folder, struct failure *why)
{
    struct failure ignored = {0};
    if (!file_make_folder(folder, 0700, &ignored)) {
        return fail_kept(why, folder);
    }
    witness->fd = open(witness->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    return witness->fd >= 0 || fail_kept(why, witness->path);
}

/* Root writes as the database's owner does: the file has to be theirs, and theirs alone decide
 * where their home leads. No other thread runs yet. */
static bool open_as_owner(struct witness *witness, const char *folder, const struct stat *owner,
                          struct failure *why)
{
    bool root = geteuid() == 0 && owner->st_uid != 0;
    gid_t group = getegid();
    if (root && (setegid(owner->st_gid) != 0 || seteuid(owner->st_uid) != 0)) {
        return fail_errno(why, FAILURE_SYSTEM, "cannot act as the owner of the database");
    }
    bool good = open_file(witness, folder, why);
    if (root && (seteuid(0) != 0 || setegid(group) != 0)) {
        return fail_errno(why, FAILURE_SYSTEM, "cannot act as root again");
    }
    return good;
}

/* --- what it says --- */

/* machine-id(5) wants that the id itself is shown to nobody. */
static void read_machine(char machine[33])
{
    static const char key[] = "verdicts send epoch";
    unsigned char hash[HASH_SIZE];
    struct failure ignored = {0};
    struct buf id;
    buf_init(&id, 64);
    machine[0] = '\0';
    if (file_read("/etc/machine-id", 64, &id, &ignored) && id.len >= 32 &&
        strspn(id.data, "0123456789abcdef") == 32) {
        hash_hmac((const unsigned char *)key, sizeof key - 1, id.data, 32, hash);
        hash_to_hex(hash, 16, machine);
    }
    buf_free(&id);
}

static bool lock(const struct witness *witness, struct failure *why)
{
    while (flock(witness->fd, LOCK_EX) != 0) {
        if (errno != EINTR) {
            return fail_errno(why, FAILURE_IO, "cannot lock %s", witness->path);
        }
    }
    return true;
}

static void unlock(const struct witness *witness)
{
    flock(witness->fd, LOCK_UN);
}

/* `*present` false: empty, as a file that was just made. `*good` false: damaged. */
static bool read_testimony(struct witness *witness, struct testimony *said, bool *present,
                           bool *good, struct failure *why)
{
    char *text = arena_alloc(&witness->arena, WITNESS_FILE_MAX + 1);
    ssize_t len = pread(witness->fd, text, WITNESS_FILE_MAX, 0);
    if (len < 0) {
        return fail_errno(why, FAILURE_IO, "cannot read %s", witness->path);
    }
    text[len] = '\0';
    *present = len > 0;
    *said = (struct testimony){0};
    *good = len > WITNESS_HEAD + 1 && text[len - 1] == '\n' && text[WITNESS_HEAD - 1] == '\n' &&
            strlen(text) == (size_t)len;
    if (*good) {
        char again[WITNESS_HEAD + 1];
        size_t digits = strspn(text + 25, "0123456789abcdef");
        memcpy(said->machine, text + 25, digits < 32 ? digits : 32);
        said->inode = (int64_t)strtoull(text + 64, NULL, 10);
        said->count = strtoll(text + WITNESS_COUNT_AT, NULL, 10);
        /* Written again it has to be the same. */
        snprintf(again, sizeof again, WITNESS_FORM, said->machine, (uint64_t)said->inode,
                 said->count);
        *good = memcmp(again, text, WITNESS_HEAD) == 0;
        text[len - 1] = '\0';
        said->database = text + WITNESS_HEAD;
    }
    return true;
}

static bool put(const struct witness *witness, const char *bytes, size_t len, off_t at,
                struct failure *why)
{
    ssize_t done = pwrite(witness->fd, bytes, len, at);
    if (done >= 0 && (size_t)done != len) {
        errno = ENOSPC;
    }
    return done == (ssize_t)len || fail_errno(why, FAILURE_IO, "cannot write %s", witness->path);
}

static bool write_testimony(struct witness *witness, const struct scene *scene, struct failure *why)
{
    struct buf text;
    buf_init(&text, WITNESS_FILE_MAX);
    buf_addf(&text, WITNESS_FORM "%s\n", scene->machine, (uint64_t)scene->st.st_ino,
             scene->epoch.count, scene->database);
    bool good = put(witness, text.data, text.len, 0, why) &&
                ((ftruncate(witness->fd, (off_t)text.len) == 0 && fsync(witness->fd) == 0) ||
                 fail_errno(why, FAILURE_IO, "cannot write %s", witness->path));
    buf_free(&text);
    return good;
}

/* --- the comparison --- */

static bool look_at_database(struct witness *witness, struct store *store,
                             const struct settings *settings, struct scene *scene,
                             struct failure *why)
{
    char real[PATH_MAX];
    if (realpath(settings->database, real) == NULL || stat(real, &scene->st) != 0) {
        return fail_errno(why, FAILURE_IO, "cannot find %s", settings->database);
    }
    scene->database = arena_copy(&witness->arena, real);
    read_machine(scene->machine);
    return epoch_get(store, &witness->arena, &scene->epoch, why);
}

static bool is_other(const char *machine, const struct scene *scene)
{
    return machine[0] != '\0' && scene->machine[0] != '\0' && strcmp(machine, scene->machine) != 0;
}

static struct witness_view view_of(const struct scene *scene, const struct testimony *said,
                                   bool present, bool good)
{
    struct stat there;
    bool names = present && good;
    bool stands = names && stat(said->database, &there) == 0 &&
                  (int64_t)there.st_ino == said->inode &&
                  (there.st_ino != scene->st.st_ino || there.st_dev != scene->st.st_dev);
    int64_t inode = names ? said->inode : scene->epoch.inode;
    return (struct witness_view){
        .present = present,
        .damaged = present && !good,
        .sent = scene->epoch.count > 0 || scene->epoch.inode != 0,
        .other_machine = is_other(scene->epoch.machine, scene) || is_other(said->machine, scene),
        .count = scene->epoch.count,
        .witnessed = said->count,
        .same_file = inode == (int64_t)scene->st.st_ino,
        .same_path = names && strcmp(said->database, scene->database) == 0,
        .original_there = stands,
    };
}

static bool refuse(const struct witness *witness, const struct scene *scene,
                   const struct testimony *said, enum witness_answer answer, struct failure *why)
{
    static const char *const reasons[] = {
        [WITNESS_MACHINE] = "last sent on another machine",
        [WITNESS_BEHIND] = "is older than what it has sent: a backup put back, or a copy",
        [WITNESS_COPY] = "is a copy of the database that sends",
        [WITNESS_OPEN] = "is not the file that sent last, and what that had in hand may have left",
        [WITNESS_ABSENT] = "came here from elsewhere, and what it has sent since is not recorded "
                           "here",
        [WITNESS_DAMAGED] = "cannot be compared with what was sent: the record is damaged",
    };
    const char *original = answer == WITNESS_COPY ? said->database : "";
    return fail(why, FAILURE_CONFIG,
                "%s %s%s%s%s; nothing was sent, as readers may have this issue already. Where this "
                "database is the one to go on with, `verdicts send --force` sends (record: %s)",
                scene->database, reasons[answer], original[0] != '\0' ? " (" : "", original,
                original[0] != '\0' ? ")" : "", witness->path);
}

static bool open_in(struct witness *witness, const char *folder, const struct scene *scene,
                    struct failure *why)
{
    witness->path = file_join(&witness->arena, folder, scene->epoch.newsletter);
    return open_as_owner(witness, folder, &scene->st, why);
}

/* The witness that goes with the database's id, opened and locked. */
static bool open_witness(struct witness *witness, const struct settings *settings,
                         const struct scene *scene, struct failure *why)
{
    const char *folder = folder_of(&witness->arena, settings, scene->st.st_uid);
    if (!check_apart(&witness->arena, folder, scene, why)) {
        return false;
    }
    if (open_in(witness, folder, scene, why)) {
        return lock(witness, why);
    }
    if (settings->state_dir != NULL) {
        return false;
    }
    /* Nobody has named a folder: better one that is put back with a whole folder than none. */
    log_event(LOG_LEVEL_INFO, "epoch", "beside", LOG_STR("why", why->text));
    *why = (struct failure){0};
    folder =
        file_join(&witness->arena, file_folder(&witness->arena, scene->database), "." WITNESS_NAME);
    return open_in(witness, folder, scene, why) && lock(witness, why);
}

/* An id and a witness of its own, for a copy that is to be a newsletter beside the other. */
static bool part(struct witness *witness, const struct settings *settings, struct scene *scene,
                 struct failure *why)
{
    close(witness->fd);
    witness->fd = -1;
    scene->epoch.newsletter = epoch_new_newsletter(&witness->arena);
    return open_witness(witness, settings, scene, why);
}

/* This one sends from now on. */
static bool take_over(struct witness *witness, const struct settings *settings, struct scene *scene,
                      const struct testimony *said, enum witness_answer answer, struct failure *why)
{
    if (answer == WITNESS_COPY && !part(witness, settings, scene, why)) {
        return false;
    }
    int64_t count = scene->epoch.count > said->count ? scene->epoch.count : said->count;
    scene->epoch.count = count + 1;
    log_event(LOG_LEVEL_WARN, "epoch", "forced", LOG_STR("record", witness->path),
              LOG_INT("count", scene->epoch.count));
    return true;
}

/* Database first: the witness is never ahead of it. */
static bool agree(struct witness *witness, struct store *store, struct scene *scene,
                  struct failure *why)
{
    if (scene->machine[0] != '\0') {
        scene->epoch.machine = scene->machine;
    }
    scene->epoch.inode = (int64_t)scene->st.st_ino;
    return epoch_save(store, &scene->epoch, why) && write_testimony(witness, scene, why);
}

static bool compare(struct witness *witness, struct store *store, const struct settings *settings,
                    int64_t issue_id, bool force, struct failure *why)
{
    struct scene scene = {0};
    struct testimony said;
    bool present, good;
    if (!look_at_database(witness, store, settings, &scene, why) ||
        !open_witness(witness, settings, &scene, why) ||
        !read_testimony(witness, &said, &present, &good, why)) {
        return false;
    }
    struct witness_view view = view_of(&scene, &said, present, good);
    if (!epoch_claims_open(store, issue_id, &view.claims_open, why)) {
        return false;
    }
    enum witness_answer answer = witness_judge(&view);
    bool goes = answer == WITNESS_GOES || answer == WITNESS_LOST || answer == WITNESS_OWN;
    if (!goes && !force) {
        return refuse(witness, &scene, &said, answer, why);
    }
    if (answer == WITNESS_OWN && !part(witness, settings, &scene, why)) {
        return false;
    }
    if (answer == WITNESS_LOST) {
        log_event(LOG_LEVEL_WARN, "epoch", "lost", LOG_STR("record", witness->path));
    }
    if (!goes && !take_over(witness, settings, &scene, &said, answer, why)) {
        return false;
    }
    bool same = answer == WITNESS_GOES && present && view.same_file &&
                said.count == scene.epoch.count && strcmp(said.machine, scene.machine) == 0 &&
                strcmp(said.database, scene.database) == 0;
    return same || agree(witness, store, &scene, why);
}

bool witness_open(struct store *store, const struct settings *settings, int64_t issue_id,
                  bool force, struct witness **out, struct failure *why)
{
    *out = NULL;
    if (strncmp(settings->smtp.url, "smtp", 4) != 0) {
        return true;
    }
    struct witness *witness = memory_resize(NULL, sizeof *witness);
    *witness = (struct witness){.fd = -1};
    if (!compare(witness, store, settings, issue_id, force, why)) {
        witness_close(witness);
        return false;
    }
    unlock(witness);
    *out = witness;
    return true;
}

/* Other workers of this database follow too, in any order. */
static bool follow(struct witness *witness, struct store *store, struct failure *why)
{
    char digits[24] = "";
    int64_t count;
    if (pread(witness->fd, digits, 20, WITNESS_COUNT_AT) != 20) {
        return fail_errno(why, FAILURE_IO, "cannot read %s", witness->path);
    }
    int64_t witnessed = strtoll(digits, NULL, 10);
    if (!epoch_count(store, &count, why)) {
        return false;
    }
    if (witnessed > count) {
        return fail(why, FAILURE_CONFIG,
                    "another copy of this database is sending the newsletter at this moment; "
                    "stopped, as readers may get it from there (record: %s)",
                    witness->path);
    }
    snprintf(digits, sizeof digits, "%020" PRId64, count);
    return put(witness, digits, 20, WITNESS_COUNT_AT, why);
}

bool witness_follow(struct witness *witness, struct store *store, struct failure *why)
{
    if (!lock(witness, why)) {
        return false;
    }
    bool good = follow(witness, store, why);
    unlock(witness);
    if (good && !witness->followed) {
        witness->followed = true;
        good = fdatasync(witness->fd) == 0 ||
               fail_errno(why, FAILURE_IO, "cannot write %s", witness->path);
    }
    return good;
}

bool witness_finish(struct witness *witness, struct store *store, struct failure *why)
{
    if (witness == NULL || !witness->followed) {
        return true;
    }
    witness->followed = false; /* the last one is on the disk, too */
    return epoch_raise(store, why) && witness_follow(witness, store, why);
}

void witness_close(struct witness *witness)
{
    if (witness != NULL) {
        if (witness->fd >= 0) {
            close(witness->fd);
        }
        arena_free(&witness->arena);
        free(witness);
    }
}
