#include "store/leave_spool.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "store/private.h"
#include "store/subscriber.h"

enum { WORD = 64, LINE = 256, FULL = 2 };

static const char *spool_path(const struct store *store, struct arena *arena)
{
    return file_beside(arena, store->path, "leaves");
}

/* Opens and locks the file; -1 if it does not exist and is not to be created. Created by root it
 * belongs to the owner of the database, who has to be able to read it. */
static int open_spool(const char *path, const char *database, bool make, bool *made,
                      struct failure *why)
{
    int flags = O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
    int fd = open(path, flags);
    bool absent = fd < 0 && errno == ENOENT;
    struct stat owner;
    if (absent && make) {
        fd = open(path, flags | O_CREAT, 0600);
    }
    if (fd < 0) {
        if (!absent || make) {
            fail_errno(why, FAILURE_PERMISSION,
                       "cannot open %s, where requests to unsubscribe are kept", path);
        }
        return -1;
    }
    *made = absent;
    bool given = !absent || geteuid() != 0 || stat(database, &owner) != 0 ||
                 fchown(fd, owner.st_uid, owner.st_gid) == 0;
    if (!given || flock(fd, LOCK_EX) != 0) {
        fail_errno(why, FAILURE_PERMISSION, "cannot lock %s", path);
        close(fd);
        return -1;
    }
    return fd;
}

static bool sync_folder(struct arena *arena, const char *path)
{
    int fd = open(file_folder(arena, path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) {
        close(fd);
    }
    return good;
}

bool leave_spool_make(const struct store *store, struct failure *why)
{
    struct arena arena = {0};
    const char *path = spool_path(store, &arena);
    bool made;
    int fd = open_spool(path, store->path, true, &made, why);
    bool good = fd >= 0;
    if (good && made && !sync_folder(&arena, path)) {
        good = fail_errno(why, FAILURE_IO, "cannot write %s", path);
    }
    if (fd >= 0) {
        close(fd);
    }
    arena_free(&arena);
    return good;
}

/* A line that was torn by a power cut has no line end; the line break in front separates the next
 * one from it. A torn request was never answered. */
bool leave_spool_add(const struct store *store, const struct leave_request *request,
                     struct failure *why)
{
    struct arena arena = {0};
    char line[LINE];
    const char *path = spool_path(store, &arena);
    bool blank =
        strpbrk(request->form, " \t\r\n") != NULL || strpbrk(request->origin, " \t\r\n") != NULL;
    int len =
        snprintf(line, sizeof line, "\n%" PRId64 " %" PRId64 " %s %s\n", request->person,
                 request->at, request->form, request->origin[0] != '\0' ? request->origin : "-");
    assert(!blank && len > 0 && (size_t)len < sizeof line);
    bool made;
    int fd = open_spool(path, store->path, true, &made, why);
    bool good = fd >= 0;
    if (good && (write(fd, line, (size_t)len) != len || fsync(fd) != 0 ||
                 (made && !sync_folder(&arena, path)))) {
        good = fail_errno(why, FAILURE_IO, "cannot write %s", path);
    }
    if (fd >= 0) {
        close(fd);
    }
    arena_free(&arena);
    return good;
}

/* Reads a number and the space after it. */
static bool read_number(const char **at, int64_t *number)
{
    char *end;
    errno = 0;
    *number = strtoll(*at, &end, 10);
    bool good = end > *at && *end == ' ' && errno == 0;
    *at = good ? end + 1 : *at;
    return good;
}

/* Reads a word and the byte that ends it. */
static bool read_word(const char **at, char ends, char out[WORD])
{
    size_t len = strcspn(*at, " \t\r\n");
    if (len == 0 || len >= WORD || (*at)[len] != ends) {
        return false;
    }
    memcpy(out, *at, len);
    out[len] = '\0';
    *at += len + 1;
    return true;
}

/* False if the line is not a request: torn, or the empty line in front. */
static bool read_line(const char *line, char form[WORD], char origin[WORD],
                      struct leave_request *request)
{
    *request = (struct leave_request){.form = form, .origin = origin};
    bool whole = read_number(&line, &request->person) && read_number(&line, &request->at) &&
                 read_word(&line, ' ', form) && read_word(&line, '\n', origin);
    if (whole && strcmp(origin, "-") == 0) {
        origin[0] = '\0';
    }
    return whole;
}

static bool apply_request(struct store *store, struct arena *arena,
                          const struct leave_request *request, struct failure *why)
{
    struct subscriber *person;
    const struct consent consent = {.kind = "left",
                                    .wording = "",
                                    .form = request->form,
                                    .at = request->at,
                                    .origin = request->origin};
    bool removed, left;
    if (!subscriber_find_id(store, arena, request->person, &person, why)) {
        return false;
    }
    /* Otherwise a request that is applied twice would end a subscription that the person began
     * afterwards. */
    bool since = person != NULL && person->status == SUBSCRIBER_CONFIRMED &&
                 person->confirmed_at > request->at;
    return person == NULL || since ||
           subscriber_leave(store, person, &consent, &removed, &left, why);
}

static bool take_lines(struct store *store, int fd, struct failure *why)
{
    struct arena arena = {0};
    char line[LINE], form[WORD], origin[WORD];
    struct leave_request request;
    int copy = dup(fd);
    FILE *file = copy < 0 ? NULL : fdopen(copy, "r");
    bool good =
        file != NULL || fail_errno(why, FAILURE_SYSTEM, "cannot read the requests to unsubscribe");
    while (good && fgets(line, sizeof line, file) != NULL) {
        arena_reset(&arena);
        good =
            !read_line(line, form, origin, &request) || apply_request(store, &arena, &request, why);
    }
    if (file != NULL) {
        fclose(file);
    }
    arena_free(&arena);
    return good;
}

/* The file is locked from the first line read until it is empty: requests that arrive meanwhile
 * wait. */
static bool take_file(struct store *store, const char *path, struct failure *why)
{
    struct failure absent = {0};
    bool made;
    int fd = open_spool(path, store->path, false, &made, &absent);
    if (fd < 0) {
        *why = absent;
        store_rollback(store);
        return absent.kind == FAILURE_NONE;
    }
    bool good = store_end(store, take_lines(store, fd, why), why);
    if (good && (ftruncate(fd, 0) != 0 || fsync(fd) != 0)) {
        good = fail_errno(why, FAILURE_IO, "cannot empty %s", path);
    }
    close(fd);
    return good;
}

/* The connection may be in a stretch of work that does not wait for the disk; this commit does. */
static bool take_durably(struct store *store, const char *path, struct failure *why)
{
    SQL(synchronous_sql, "PRAGMA synchronous");
    int64_t level;
    struct failure late = {0};
    if (!query_number(store, synchronous_sql, BIND_NOTHING, &level, why) ||
        (level < FULL && !store_execute(store, "PRAGMA synchronous = FULL", why))) {
        return false;
    }
    bool good = store_begin(store, why) && take_file(store, path, why);
    bool back = level >= FULL || store_execute(store, "PRAGMA synchronous = NORMAL", &late);
    if (good && !back) {
        *why = late;
    }
    return good && back;
}

bool leave_spool_take(struct store *store, struct failure *why)
{
    struct arena arena = {0};
    struct stat st;
    bool (*before)(struct store *, struct failure *) = store->before_writing;
    const char *path = spool_path(store, &arena);
    bool good = true;
    assert(store->depth == 0);
    if (stat(path, &st) == 0 && st.st_size > 0) {
        store->before_writing = NULL; /* its own transaction must not call it again */
        good = take_durably(store, path, why) || fail_context(why, "requests to leave");
        store->before_writing = before;
    }
    arena_free(&arena);
    return good;
}
