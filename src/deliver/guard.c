#include "deliver/guard.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"
#include "deliver/guard_file.h"

struct guard {
    struct arena arena;
    struct guard_file file;
    bool read_only; /* no side effects: nothing is created, locked or written */
    bool followed;  /* the file contains the count of a batch of this run */
    /* This database as it is now. */
    const char *database; /* its real path */
    struct stat st;
    char machine[33]; /* "" if unknown */
    struct epoch epoch;
    struct guard_record record; /* the content of the file */
};

static const char is_copy[] = "is a copy of the database that sends";

static enum guard_answer refuse(enum guard_answer answer, const char **reason, const char *text)
{
    *reason = text;
    return answer;
}

enum guard_answer guard_judge(const struct guard_view *view, const char **reason)
{
    *reason = NULL;
    if (view->other_machine) {
        return refuse(GUARD_ELSEWHERE, reason, "last sent on another machine");
    }
    if (view->damaged) {
        return refuse(GUARD_ELSEWHERE, reason,
                      "cannot be compared with what was sent: the record is damaged");
    }
    if (!view->present && view->sent && !view->same_file) {
        return refuse(GUARD_ELSEWHERE, reason,
                      "came here from elsewhere, and what it has sent since is not recorded here");
    }
    if (!view->present || (!view->sent && !view->same_path)) {
        return GUARD_NONE_YET;
    }
    if (view->recorded > view->count) {
        return refuse(GUARD_BEHIND, reason,
                      "is older than what it has sent: a backup put back, or a copy");
    }
    if (view->original_there) {
        return refuse(GUARD_ELSEWHERE, reason, is_copy);
    }
    if (!view->same_file && view->claims_open) {
        return refuse(GUARD_ELSEWHERE, reason,
                      "is not the file that sent last, and what that had in hand may have left");
    }
    return GUARD_AGREES;
}

/* --- what is found --- */

/* machine-id(5) asks programs not to disclose the id itself. */
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

static bool inspect_database(struct guard *guard, struct store *store,
                             const struct settings *settings, struct failure *why)
{
    char real[PATH_MAX];
    if (realpath(settings->database, real) == NULL || stat(real, &guard->st) != 0) {
        return fail_errno(why, FAILURE_IO, "cannot find %s", settings->database);
    }
    guard->database = arena_copy(&guard->arena, real);
    read_machine(guard->machine);
    return epoch_get(store, &guard->arena, &guard->epoch, why);
}

/* Opens and locks the file of the database's id. If no folder is configured, one that is restored
 * with the database is better than none. Warns when it creates the file there; `doctor` always
 * reports it. */
static bool open_file(struct guard *guard, const struct settings *settings, struct failure *why)
{
    const struct guard_request request = {guard->database, &guard->st, guard->epoch.newsletter,
                                          guard->read_only};
    struct stat st;
    if (!guard_file_open(&guard->arena, settings, &request, &guard->file, why)) {
        return false;
    }
    if (guard->file.beside && !guard->read_only && fstat(guard->file.fd, &st) == 0 &&
        st.st_size == 0) {
        log_event(LOG_LEVEL_WARN, "epoch", "beside", LOG_STR("record", guard->file.path),
                  LOG_STR("why", "it would be put back with the database; set state_dir to a "
                                 "folder elsewhere"));
    }
    return guard->read_only || guard_file_lock(&guard->file, why);
}

/* Reads file and count under the lock: before, other workers may have raised both. The id, by which
 * the file was found, hardly ever changes meanwhile. */
static bool read_both(struct guard *guard, struct store *store, const struct settings *settings,
                      struct failure *why)
{
    for (;;) {
        const char *newsletter = guard->epoch.newsletter;
        if (!open_file(guard, settings, why) ||
            !guard_file_read(&guard->file, &guard->arena, &guard->record, why) ||
            !epoch_get(store, &guard->arena, &guard->epoch, why)) {
            return false;
        }
        if (strcmp(newsletter, guard->epoch.newsletter) == 0) {
            return true;
        }
        guard_file_close(&guard->file);
    }
}

static bool is_other(const char *machine, const struct guard *guard)
{
    return machine[0] != '\0' && guard->machine[0] != '\0' && strcmp(machine, guard->machine) != 0;
}

static bool is_original_there(const struct guard *guard)
{
    struct stat there;
    const struct guard_record *record = &guard->record;
    return record->database != NULL && stat(record->database, &there) == 0 &&
           (int64_t)there.st_ino == record->inode &&
           (there.st_ino != guard->st.st_ino || there.st_dev != guard->st.st_dev);
}

static bool view(struct guard *guard, struct store *store, const struct settings *settings,
                 int64_t issue_id, struct guard_view *view, struct failure *why)
{
    const struct guard_record *record = &guard->record;
    const struct epoch *epoch = &guard->epoch;
    if (!inspect_database(guard, store, settings, why) || !read_both(guard, store, settings, why)) {
        return false;
    }
    bool names = record->database != NULL;
    *view = (struct guard_view){
        .present = record->present,
        .damaged = record->damaged,
        .sent = epoch->count > 0 || epoch->inode != 0,
        .other_machine = is_other(epoch->machine, guard) || is_other(record->machine, guard),
        .count = epoch->count,
        .recorded = record->count,
        .same_file = (names ? record->inode : epoch->inode) == (int64_t)guard->st.st_ino,
        .same_path = names && strcmp(record->database, guard->database) == 0,
        .original_there = is_original_there(guard),
    };
    return epoch_claims_open(store, issue_id, &view->claims_open, why);
}

/* --- what is done --- */

static const char *tell(struct guard *guard, const char *reason)
{
    return reason == is_copy
               ? arena_format(&guard->arena, "%s (%s)", reason, guard->record.database)
               : reason;
}

static bool fail_refused(struct guard *guard, const char *reason, struct failure *why)
{
    return fail(why, FAILURE_CONFIG,
                "%s %s; nothing was sent. `verdicts adopt` lets it send from now on; give it "
                "--issue-sent N for each issue that readers have already (record: %s)",
                guard->database, tell(guard, reason), guard->file.path);
}

/* Gives a copy an id and a file of its own: it becomes a newsletter beside the original. */
static bool separate(struct guard *guard, const struct settings *settings, struct failure *why)
{
    guard_file_close(&guard->file);
    guard->epoch.newsletter = epoch_new_newsletter(&guard->arena);
    return open_file(guard, settings, why);
}

/* Sets the count beyond both. */
static void raise_past_both(struct guard *guard)
{
    struct epoch *epoch = &guard->epoch;
    epoch->count = (epoch->count > guard->record.count ? epoch->count : guard->record.count) + 1;
    log_event(LOG_LEVEL_WARN, "epoch", "forced", LOG_STR("record", guard->file.path),
              LOG_INT("count", epoch->count));
}

/* Writes the database first: the file must never be ahead of it. `again`: a database that was lost
 * since may have given ids to people. */
static bool agree(struct guard *guard, struct store *store, bool again, struct failure *why)
{
    struct epoch *epoch = &guard->epoch;
    struct guard_record record = {
        .inode = (int64_t)guard->st.st_ino, .count = epoch->count, .database = guard->database};
    memcpy(record.machine, guard->machine, sizeof record.machine);
    epoch->machine = guard->machine[0] != '\0' ? guard->machine : epoch->machine;
    epoch->inode = record.inode;
    return (again ? epoch_take_up(store, epoch, why) : epoch_save(store, epoch, why)) &&
           guard_file_write(&guard->file, &record, why);
}

/* `*found` is what `force` had to settle; NULL if nothing. */
static bool compare(struct guard *guard, struct store *store, const struct settings *settings,
                    int64_t issue_id, bool force, const char **found, struct failure *why)
{
    struct guard_view seen;
    const char *reason;
    if (!view(guard, store, settings, issue_id, &seen, why)) {
        return false;
    }
    enum guard_answer answer = guard_judge(&seen, &reason);
    *found = reason != NULL ? tell(guard, reason) : NULL;
    if (reason != NULL && !force) {
        return fail_refused(guard, reason, why);
    }
    bool own = reason == is_copy || (answer == GUARD_NONE_YET && seen.present);
    if (own && !separate(guard, settings, why)) {
        return false;
    }
    if (reason != NULL) {
        raise_past_both(guard);
    } else if (answer == GUARD_NONE_YET && seen.sent) {
        log_event(LOG_LEVEL_WARN, "epoch", "lost", LOG_STR("record", guard->file.path));
    }
    bool same = answer == GUARD_AGREES && seen.same_file && seen.same_path &&
                seen.recorded == seen.count && strcmp(guard->record.machine, guard->machine) == 0;
    bool again = reason != NULL || (answer == GUARD_AGREES && !seen.same_file);
    return same || agree(guard, store, again, why);
}

/* --- the calls --- */

static struct guard *make(bool read_only)
{
    struct guard *guard = memory_resize(NULL, sizeof *guard);
    *guard = (struct guard){.file.fd = -1, .read_only = read_only};
    return guard;
}

bool guard_inspect(struct store *store, const struct settings *settings, int64_t issue_id,
                   struct arena *arena, struct guard_place *place, struct failure *why)
{
    struct guard_view seen;
    const char *reason;
    struct guard *guard = make(true);
    bool good = view(guard, store, settings, issue_id, &seen, why);
    if (good) {
        *place = (struct guard_place){.path = arena_copy(arena, guard->file.path),
                                      .made = seen.present,
                                      .beside = guard->file.beside};
        guard_judge(&seen, &reason);
        good = reason == NULL || fail_refused(guard, reason, why);
    }
    guard_close(guard);
    return good;
}

bool guard_open(struct store *store, const struct settings *settings, int64_t issue_id, bool force,
                struct guard **out, struct failure *why)
{
    const char *found;
    *out = NULL;
    if (settings_rehearses(settings)) {
        return true;
    }
    struct guard *guard = make(false);
    if (!compare(guard, store, settings, issue_id, force, &found, why)) {
        guard_close(guard);
        return false;
    }
    guard_file_unlock(&guard->file);
    *out = guard;
    return true;
}

bool guard_adopt(struct store *store, const struct settings *settings, struct arena *arena,
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
    struct guard *guard = make(false);
    bool good = compare(guard, store, settings, 0, true, &settled, why);
    *found = settled != NULL ? arena_copy(arena, settled) : NULL;
    guard_close(guard);
    return good;
}

/* Other workers of this database call this too, in any order. */
static bool follow(struct guard *guard, struct store *store, struct failure *why)
{
    int64_t recorded, count;
    if (!guard_file_read_count(&guard->file, &recorded, why) || !epoch_count(store, &count, why)) {
        return false;
    }
    if (recorded > count) {
        return fail(why, FAILURE_CONFIG,
                    "another copy of this database is sending the newsletter at this moment; "
                    "stopped, as readers may get it from there (record: %s)",
                    guard->file.path);
    }
    return guard_file_write_count(&guard->file, count, why);
}

bool guard_follow(struct guard *guard, struct store *store, struct failure *why)
{
    if (!guard_file_lock(&guard->file, why)) {
        return false;
    }
    bool good = follow(guard, store, why);
    guard_file_unlock(&guard->file);
    if (good && !guard->followed) {
        guard->followed = true;
        good = fdatasync(guard->file.fd) == 0 ||
               fail_errno(why, FAILURE_IO, "cannot write %s", guard->file.path);
    }
    return good;
}

bool guard_finish(struct guard *guard, struct store *store, struct failure *why)
{
    if (guard == NULL || !guard->followed) {
        return true;
    }
    guard->followed = false; /* so that the last count is flushed, too */
    return epoch_raise(store, why) && guard_follow(guard, store, why);
}

void guard_close(struct guard *guard)
{
    if (guard != NULL) {
        guard_file_close(&guard->file);
        arena_free(&guard->arena);
        free(guard);
    }
}
