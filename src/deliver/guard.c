#include "deliver/guard.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"
#include "deliver/guard_file.h"

/* The file: this line, the rest of it of fixed width so that the count is written over in place,
 * and the database's path. */
#define WITNESS_FORM "verdicts epoch 1 machine %-32s inode %020" PRIu64 " count %020" PRId64 "\n"
enum { WITNESS_HEAD = 112, WITNESS_COUNT_AT = 91, WITNESS_FILE_MAX = WITNESS_HEAD + PATH_MAX + 2 };

struct witness {
    struct arena arena;
    struct record record;
    bool looks;    /* without effect: nothing is made, locked or written */
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
    while (flock(witness->record.fd, LOCK_EX) != 0) {
        if (errno != EINTR) {
            return fail_errno(why, FAILURE_IO, "cannot lock %s", witness->record.path);
        }
    }
    return true;
}

static void unlock(const struct witness *witness)
{
    flock(witness->record.fd, LOCK_UN);
}

/* `*present` false: empty, as a file that was just made. `*good` false: damaged. */
static bool read_testimony(struct witness *witness, struct testimony *said, bool *present,
                           bool *good, struct failure *why)
{
    char *text = arena_alloc(&witness->arena, WITNESS_FILE_MAX + 1);
    ssize_t len =
        witness->record.fd >= 0 ? pread(witness->record.fd, text, WITNESS_FILE_MAX, 0) : 0;
    if (len < 0) {
        return fail_errno(why, FAILURE_IO, "cannot read %s", witness->record.path);
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
    ssize_t done = pwrite(witness->record.fd, bytes, len, at);
    if (done >= 0 && (size_t)done != len) {
        errno = ENOSPC;
    }
    return done == (ssize_t)len ||
           fail_errno(why, FAILURE_IO, "cannot write %s", witness->record.path);
}

static bool write_testimony(struct witness *witness, const struct scene *scene, struct failure *why)
{
    struct buf text;
    buf_init(&text, WITNESS_FILE_MAX);
    buf_addf(&text, WITNESS_FORM "%s\n", scene->machine, (uint64_t)scene->st.st_ino,
             scene->epoch.count, scene->database);
    bool good =
        put(witness, text.data, text.len, 0, why) &&
        ((ftruncate(witness->record.fd, (off_t)text.len) == 0 && fsync(witness->record.fd) == 0) ||
         fail_errno(why, FAILURE_IO, "cannot write %s", witness->record.path));
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

/* What is wrong with it, behind its name. */
static const char *reason_of(struct arena *arena, enum witness_answer answer,
                             const struct testimony *said)
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
    return answer == WITNESS_COPY ? arena_format(arena, "%s (%s)", reasons[answer], said->database)
                                  : reasons[answer];
}

static bool refuse(struct witness *witness, const struct scene *scene, const struct testimony *said,
                   enum witness_answer answer, struct failure *why)
{
    return fail(why, FAILURE_CONFIG,
                "%s %s; nothing was sent. `verdicts adopt` lets it send from now on; give it "
                "--issue-sent N for each issue that readers have already (record: %s)",
                scene->database, reason_of(&witness->arena, answer, said), witness->record.path);
}

/* Nobody has named a folder: better one that is put back with a whole folder than none. Told when
 * it is made; `doctor` tells it always. */
static void warn_beside(const struct witness *witness)
{
    struct stat st;
    if (!witness->looks && fstat(witness->record.fd, &st) == 0 && st.st_size == 0) {
        log_event(LOG_LEVEL_WARN, "epoch", "beside", LOG_STR("record", witness->record.path),
                  LOG_STR("why", "it would be put back with the database; set state_dir to a "
                                 "folder elsewhere"));
    }
}

/* The witness that goes with the database's id, opened and locked. */
static bool open_witness(struct witness *witness, const struct settings *settings,
                         const struct scene *scene, struct failure *why)
{
    const struct record_wish wish = {scene->database, &scene->st, scene->epoch.newsletter,
                                     witness->looks};
    if (!record_open(&witness->arena, settings, &wish, &witness->record, why)) {
        return false;
    }
    if (witness->record.beside) {
        warn_beside(witness);
    }
    return witness->looks || lock(witness, why);
}

/* An id and a witness of its own, for a copy that is to be a newsletter beside the other. */
static bool part(struct witness *witness, const struct settings *settings, struct scene *scene,
                 struct failure *why)
{
    record_close(&witness->record);
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
    log_event(LOG_LEVEL_WARN, "epoch", "forced", LOG_STR("record", witness->record.path),
              LOG_INT("count", scene->epoch.count));
    return true;
}

/* Database first: the witness is never ahead of it. `again`: what was lost since this one was made
 * may have given ids to people. */
static bool agree(struct witness *witness, struct store *store, struct scene *scene, bool again,
                  struct failure *why)
{
    if (scene->machine[0] != '\0') {
        scene->epoch.machine = scene->machine;
    }
    scene->epoch.inode = (int64_t)scene->st.st_ino;
    return (again ? epoch_take_up(store, &scene->epoch, why)
                  : epoch_save(store, &scene->epoch, why)) &&
           write_testimony(witness, scene, why);
}

/* Record and count as they are under the lock: before, other workers may have raised both. The id,
 * by which the file was found, hardly ever changes meanwhile. */
static bool read_both(struct witness *witness, struct store *store, const struct settings *settings,
                      struct scene *scene, struct testimony *said, bool *present, bool *good,
                      struct failure *why)
{
    for (;;) {
        const char *newsletter = scene->epoch.newsletter;
        if (!open_witness(witness, settings, scene, why) ||
            !read_testimony(witness, said, present, good, why) ||
            !epoch_get(store, &witness->arena, &scene->epoch, why)) {
            return false;
        }
        if (strcmp(newsletter, scene->epoch.newsletter) == 0) {
            return true;
        }
        record_close(&witness->record);
    }
}

static bool survey(struct witness *witness, struct store *store, const struct settings *settings,
                   int64_t issue_id, struct scene *scene, struct testimony *said,
                   struct witness_view *view, struct failure *why)
{
    bool present, good;
    if (!look_at_database(witness, store, settings, scene, why) ||
        !read_both(witness, store, settings, scene, said, &present, &good, why)) {
        return false;
    }
    *view = view_of(scene, said, present, good);
    return epoch_claims_open(store, issue_id, &view->claims_open, why);
}

static bool goes(enum witness_answer answer)
{
    return answer == WITNESS_GOES || answer == WITNESS_LOST || answer == WITNESS_OWN;
}

/* `*found` is what a `force` had to settle, NULL where nothing. */
static bool compare(struct witness *witness, struct store *store, const struct settings *settings,
                    int64_t issue_id, bool force, const char **found, struct failure *why)
{
    struct scene scene = {0};
    struct testimony said;
    struct witness_view view;
    if (!survey(witness, store, settings, issue_id, &scene, &said, &view, why)) {
        return false;
    }
    enum witness_answer answer = witness_judge(&view);
    *found = goes(answer) ? NULL : reason_of(&witness->arena, answer, &said);
    if (!goes(answer) && !force) {
        return refuse(witness, &scene, &said, answer, why);
    }
    if (answer == WITNESS_OWN && !part(witness, settings, &scene, why)) {
        return false;
    }
    if (answer == WITNESS_LOST) {
        log_event(LOG_LEVEL_WARN, "epoch", "lost", LOG_STR("record", witness->record.path));
    }
    if (!goes(answer) && !take_over(witness, settings, &scene, &said, answer, why)) {
        return false;
    }
    bool same = answer == WITNESS_GOES && view.present && view.same_file &&
                said.count == scene.epoch.count && strcmp(said.machine, scene.machine) == 0 &&
                strcmp(said.database, scene.database) == 0;
    bool again = !goes(answer) || (answer == WITNESS_GOES && view.present && !view.same_file);
    return same || agree(witness, store, &scene, again, why);
}

bool witness_look(struct store *store, const struct settings *settings, int64_t issue_id,
                  struct arena *arena, struct witness_place *place, struct failure *why)
{
    struct scene scene = {0};
    struct testimony said;
    struct witness_view view;
    struct witness *witness = memory_resize(NULL, sizeof *witness);
    *witness = (struct witness){.record.fd = -1, .looks = true};
    bool good = survey(witness, store, settings, issue_id, &scene, &said, &view, why);
    if (good) {
        enum witness_answer answer = witness_judge(&view);
        *place = (struct witness_place){.path = arena_copy(arena, witness->record.path),
                                        .made = view.present,
                                        .beside = witness->record.beside};
        good = goes(answer) || refuse(witness, &scene, &said, answer, why);
    }
    witness_close(witness);
    return good;
}

bool witness_open(struct store *store, const struct settings *settings, int64_t issue_id,
                  bool force, struct witness **out, struct failure *why)
{
    const char *found;
    *out = NULL;
    if (settings_rehearses(settings)) {
        return true;
    }
    struct witness *witness = memory_resize(NULL, sizeof *witness);
    *witness = (struct witness){.record.fd = -1};
    if (!compare(witness, store, settings, issue_id, force, &found, why)) {
        witness_close(witness);
        return false;
    }
    unlock(witness);
    *out = witness;
    return true;
}

bool witness_adopt(struct store *store, const struct settings *settings, struct arena *arena,
                   const char **found, struct failure *why)
{
    const char *settled = NULL;
    if (settings_rehearses(settings)) {
        const struct settings_relay *relay = settings_relay(settings, 0);
        char key[SETTINGS_RELAY_KEY];
        return fail(why, FAILURE_CONFIG,
                    "%s is %s: what it sends to is no relay, and no record is kept",
                    settings_relay_key(relay, "url", key), relay->url);
    }
    struct witness *witness = memory_resize(NULL, sizeof *witness);
    *witness = (struct witness){.record.fd = -1};
    bool good = compare(witness, store, settings, 0, true, &settled, why);
    *found = settled != NULL ? arena_copy(arena, settled) : NULL;
    witness_close(witness);
    return good;
}

/* Other workers of this database follow too, in any order. */
static bool follow(struct witness *witness, struct store *store, struct failure *why)
{
    char digits[24] = "";
    int64_t count;
    if (pread(witness->record.fd, digits, 20, WITNESS_COUNT_AT) != 20) {
        return fail_errno(why, FAILURE_IO, "cannot read %s", witness->record.path);
    }
    int64_t witnessed = strtoll(digits, NULL, 10);
    if (!epoch_count(store, &count, why)) {
        return false;
    }
    if (witnessed > count) {
        return fail(why, FAILURE_CONFIG,
                    "another copy of this database is sending the newsletter at this moment; "
                    "stopped, as readers may get it from there (record: %s)",
                    witness->record.path);
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
        good = fdatasync(witness->record.fd) == 0 ||
               fail_errno(why, FAILURE_IO, "cannot write %s", witness->record.path);
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
        record_close(&witness->record);
        arena_free(&witness->arena);
        free(witness);
    }
}
