#include "deliver/local.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "smtp/content_check.h"

enum { LOCAL_GROUP = 50, LOCAL_MESSAGE_MAX = 64 * 1024 * 1024, LOCAL_TICK_MS = 250 };

/* Claims whose messages are in tmp/ and wait for their note. */
struct local {
    struct delivery_run *run;
    const char *folder; /* NULL for null: */
    struct smtp_message message;
    struct claim *claims[LOCAL_GROUP];
    size_t count;
    int64_t wait_ms;
};

static bool make_folders(struct local *local, struct failure *why)
{
    static const char *const parts[] = {"tmp", "new", "cur"};
    struct arena arena = {0};
    bool good = true;
    for (size_t i = 0; local->folder != NULL && i < 3 && good; i++) {
        good = file_make_folder(file_join(&arena, local->folder, parts[i]), 0700, why);
    }
    arena_free(&arena);
    return good;
}

/* DIR/part/NAME. Different rows have different names; copies of the same row have the same name. */
static void file_path(const struct local *local, const char *part, const struct claim *claim,
                      char *out, size_t size)
{
    char hash[HASH_HEX];
    hash_sha256_hex(claim->row.message_id, strlen(claim->row.message_id), hash);
    snprintf(out, size, "%s/%s/%.32s.verdicts", local->folder, part, hash);
}

static bool write_bytes(int fd, const struct buf *bytes)
{
    for (size_t at = 0; at < bytes->len;) {
        ssize_t put = write(fd, bytes->data + at, bytes->len - at);
        if (put < 0 && errno != EINTR) {
            return false;
        }
        at += put > 0 ? (size_t)put : 0;
    }
    return fsync(fd) == 0;
}

static bool write_file(const struct local *local, const struct claim *claim, struct failure *why)
{
    char path[4096];
    file_path(local, "tmp", claim, path, sizeof path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool good = fd >= 0 && write_bytes(fd, &local->message.bytes);
    if (!good) {
        fail_errno(why, FAILURE_UNAVAILABLE, "the maildir %s: %s", local->folder, path);
    }
    if (fd >= 0 && close(fd) != 0 && good) {
        good = fail_errno(why, FAILURE_UNAVAILABLE, "the maildir %s: %s", local->folder, path);
    }
    if (!good && fd >= 0) {
        unlink(path);
    }
    return good;
}

static bool publish_file(const struct local *local, const struct claim *claim, struct failure *why)
{
    char from[4096], to[4096];
    file_path(local, "tmp", claim, from, sizeof from);
    file_path(local, "new", claim, to, sizeof to);
    return rename(from, to) == 0 ||
           fail_errno(why, FAILURE_UNAVAILABLE, "the maildir %s: %s", local->folder, to);
}

/* Flushes the names of a group to disk before their outcomes are written. */
static bool sync_folder(const struct local *local, struct failure *why)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/new", local->folder);
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    if (!good) {
        fail_errno(why, FAILURE_UNAVAILABLE, "the maildir %s", path);
    }
    if (fd >= 0) {
        close(fd);
    }
    return good;
}

static void end(struct local *local, struct claim *claim, enum outcome_kind kind, enum stage stage,
                int code, const char *text)
{
    struct disposition disposition;
    struct outcome outcome = {
        .owner = claim, .kind = kind, .stage = stage, .handed = stage == STAGE_DOT};
    reply_say(&outcome.reply, "%s", text);
    outcome.reply.code = code;
    delivery_run_end(local->run, local->run->transports, &outcome, &disposition);
}

/* A folder that cannot be written to is treated like a relay that is away. */
static bool folder_away(struct local *local, const struct failure *folder_why, struct failure *why)
{
    for (size_t i = 0; i < local->count; i++) {
        delivery_run_hand_back(local->run, local->run->transports, local->claims[i]);
    }
    local->count = 0;
    return delivery_run_relay_away(local->run, local->run->transports, folder_why, why);
}

/* Writes one message to tmp/. `*refused`: the content check refused it, or the folder is away. */
static bool prepare(struct local *local, struct claim *claim, struct failure *why)
{
    enum content_check_answer answer;
    const char *reason;
    struct failure folder_why = {0};
    local->claims[local->count++] = claim;
    if (!content_check_message(claim->row.address, &local->message, NULL, &answer, &reason, why)) {
        return fail_context(why, "row %lld", (long long)claim->row.id);
    }
    if (answer != CONTENT_CHECK_OPEN) {
        local->count--;
        end(local, claim, OUTCOME_UNSENT, STAGE_MAIL, 0, reason);
        return true;
    }
    return local->folder == NULL || write_file(local, claim, &folder_why) ||
           folder_away(local, &folder_why, why);
}

static bool gather(struct local *local, struct failure *why)
{
    local->wait_ms = -1;
    while (local->count < LOCAL_GROUP &&
           delivery_run_may_begin(local->run, local->run->transports)) {
        struct claim *claim;
        if (!delivery_run_next(local->run, local->run->transports, true, &local->message, &claim,
                               &local->wait_ms, why)) {
            return false;
        }
        if (claim == NULL) {
            return true;
        }
        struct smtp_message *message = &local->message;
        if (!signers_run(local->run->signers, &message, 1, why)) {
            delivery_run_hand_back(local->run, local->run->transports, claim);
            return false;
        }
        if (!prepare(local, claim, why)) {
            return false;
        }
    }
    return true;
}

static bool publish(struct local *local, struct failure *why)
{
    struct failure folder_why = {0};
    const char *text = local->folder != NULL ? "delivered to the maildir" : "thrown away";
    bool good = true;
    for (size_t i = 0; i < local->count && local->folder != NULL && good; i++) {
        good = !local->claims[i]->held || publish_file(local, local->claims[i], &folder_why);
    }
    if (local->folder != NULL && local->count > 0 && good) {
        good = sync_folder(local, &folder_why);
    }
    if (!good) {
        return folder_away(local, &folder_why, why);
    }
    for (size_t i = 0; i < local->count; i++) {
        bool held = local->claims[i]->held;
        end(local, local->claims[i], held ? OUTCOME_REPLIED : OUTCOME_LOST,
            held ? STAGE_DOT : STAGE_CONTENT, held ? 250 : 0, held ? text : "the claim was lost");
    }
    local->count = 0;
    return true;
}

static bool deliver_group(struct local *local, struct failure *why)
{
    if (!gather(local, why)) {
        return false;
    }
    for (size_t i = 0; i < local->count; i++) {
        outbox_note_dot(local->run->outbox, local->claims[i]);
    }
    return outbox_commit(local->run->outbox, why) && publish(local, why) &&
           outbox_commit(local->run->outbox, why);
}

static void doze(int64_t wait_ms)
{
    int64_t ms = wait_ms >= 0 && wait_ms < LOCAL_TICK_MS ? wait_ms : LOCAL_TICK_MS;
    usleep((useconds_t)(ms * 1000));
}

static bool turn(struct local *local, bool *over, struct failure *why)
{
    size_t demand = 0;
    int64_t wait_ms = -1;
    enum delivery_run_step step = RUN_ENDS;
    if (!outbox_renew(local->run->outbox, why) || !deliver_group(local, why)) {
        return false;
    }
    delivery_run_watch(local->run, 1, 1, 0);
    *over = !delivery_run_may_begin(local->run, local->run->transports);
    if (*over) {
        return true;
    }
    if (!outbox_demand(local->run->outbox, 0, &demand, &wait_ms, why)) {
        return false;
    }
    if (local->wait_ms < 0 && wait_ms < 0 && demand == 0) {
        if (!delivery_run_idle(local->run, &step, why)) {
            return false;
        }
        *over = step == RUN_ENDS;
    }
    if (!*over && demand == 0) {
        doze(local->wait_ms);
    }
    return true;
}

bool local_run(struct delivery_run *run, struct failure *why)
{
    struct local local = {.run = run, .folder = run->transports[0].relay.folder};
    struct failure folder_why = {0};
    bool over = false;
    buf_init(&local.message.bytes, LOCAL_MESSAGE_MAX);
    bool good = true;
    if (!make_folders(&local, &folder_why)) {
        over = true;
        good = folder_away(&local, &folder_why, why);
    }
    while (good && !over) {
        good = turn(&local, &over, why);
    }
    for (size_t i = 0; i < local.count; i++) {
        outbox_return(run->outbox, local.claims[i]);
    }
    buf_free(&local.message.bytes);
    return good;
}
