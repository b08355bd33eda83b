/* A Maildir: the messages in new are waiting; those in cur are returned after them: whatever opened
 * the mailbox has moved them there, and a request to leave may be among them. Moving is one rename.
 */
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "bounce/mailbox_private.h"

enum {
    NAMES_TRIED = 100,
    NAME_KEPT = 240, /* how many bytes are kept: leaves room for a number and the flags */
};

struct maildir {
    struct arena arena; /* paths that live as long as the struct */
    const char *path;
    DIR *waiting;   /* of new or cur; NULL: not started */
    bool in_cur;    /* the folder is cur */
    bool moved;     /* since the folder was last opened */
    char name[256]; /* the last message returned; "" if none */
    bool made[MAILBOX_TARGETS];
    int64_t unread;            /* files that cannot be read, since the folder was last opened */
    struct failure unread_why; /* of the last of them */
};

bool maildir_open(const char *path, struct maildir **maildir, struct failure *why)
{
    struct stat st;
    struct arena arena = {0};
    const char *waiting = file_join(&arena, path, "new");
    if (stat(waiting, &st) != 0 || !S_ISDIR(st.st_mode)) {
        fail(why, FAILURE_NO_INPUT, "bounce.mailbox: %s is no Maildir (it has no folder new)",
             path);
        arena_free(&arena);
        return false;
    }
    *maildir = memory_resize(NULL, sizeof **maildir);
    **maildir = (struct maildir){.arena = arena, .path = path};
    return true;
}

void maildir_close(struct maildir *maildir)
{
    if (maildir != NULL) {
        if (maildir->waiting != NULL) {
            closedir(maildir->waiting);
        }
        arena_free(&maildir->arena);
        free(maildir);
    }
}

static const char *part_of(const struct maildir *maildir)
{
    return maildir->in_cur ? "cur" : "new";
}

static bool begin(struct maildir *maildir, bool in_cur, struct failure *why)
{
    struct arena arena = {0};
    if (maildir->waiting != NULL) {
        closedir(maildir->waiting);
    }
    maildir->in_cur = in_cur;
    maildir->waiting = opendir(file_join(&arena, maildir->path, part_of(maildir)));
    maildir->moved = false;
    maildir->unread = in_cur ? maildir->unread : 0;
    bool empty = in_cur && maildir->waiting == NULL && errno == ENOENT;
    arena_free(&arena);
    return maildir->waiting != NULL || empty ||
           fail_errno(why, FAILURE_UNAVAILABLE, "cannot read %s/%s", maildir->path,
                      part_of(maildir));
}

/* The next name; NULL at the end. */
static const char *next_name(DIR *folder)
{
    const struct dirent *entry;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] != '.') {
            return entry->d_name;
        }
    }
    return NULL;
}

static bool count_part(struct maildir *maildir, bool in_cur, int64_t *count, struct failure *why)
{
    *count = 0;
    if (!begin(maildir, in_cur, why)) {
        return false;
    }
    while (next_name(maildir->waiting) != NULL) {
        (*count)++;
    }
    return true;
}

bool maildir_count(struct maildir *maildir, int64_t *waiting, int64_t *in_cur, struct failure *why)
{
    return count_part(maildir, false, waiting, why) && count_part(maildir, true, in_cur, why) &&
           begin(maildir, false, why);
}

/* Reads the file. Fails with ENOENT if it is gone by now, otherwise with why it cannot be read. */
static bool read_file(int fd, const char *path, size_t limit, struct buf *bytes,
                      struct failure *why)
{
    struct stat st;
    ssize_t got = 1;
    if (fd < 0 || fstat(fd, &st) != 0) {
        return fail_errno(why, FAILURE_UNAVAILABLE, "cannot read %s", path);
    }
    if (!S_ISREG(st.st_mode)) {
        return fail(why, FAILURE_UNAVAILABLE, "%s is not a file", path);
    }
    while (got > 0 && bytes->len < limit && buf_reserve(bytes, limit - bytes->len)) {
        got = read(fd, bytes->data + bytes->len, limit - bytes->len);
        bytes->len += got > 0 ? (size_t)got : 0;
        bytes->data[bytes->len] = '\0';
    }
    return got >= 0 || fail_errno(why, FAILURE_UNAVAILABLE, "cannot read %s", path);
}

/* Whether the message could be read. One that is gone by now or cannot be read does not block the
 * others. */
static bool read_message(struct maildir *maildir, size_t limit, struct buf *bytes)
{
    struct arena arena = {0};
    const char *path =
        file_join(&arena, file_join(&arena, maildir->path, part_of(maildir)), maildir->name);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    bool gone = fd < 0 && errno == ENOENT;
    bool found = !gone && read_file(fd, path, limit, bytes, &maildir->unread_why);
    maildir->unread += !gone && !found;
    if (fd >= 0) {
        close(fd);
    }
    arena_free(&arena);
    return found;
}

/* The next name of new, then of cur; NULL at the end. New is read again for messages that arrived
 * or were skipped while others were moved away; cur only once, because messages that stay there
 * would be returned again. */
static bool find_next(struct maildir *maildir, const char **name, struct failure *why)
{
    *name = NULL;
    if (maildir->waiting == NULL && !maildir->in_cur && !begin(maildir, false, why)) {
        return false;
    }
    while ((*name = next_name(maildir->waiting)) == NULL && !maildir->in_cur) {
        if (!begin(maildir, !maildir->moved, why)) {
            return false;
        }
    }
    return true;
}

bool maildir_next(struct maildir *maildir, size_t limit, struct buf *bytes, bool *found,
                  struct failure *why)
{
    const char *name = "";
    *found = false;
    while (!*found && name != NULL) {
        if (!find_next(maildir, &name, why)) {
            return false;
        }
        snprintf(maildir->name, sizeof maildir->name, "%s", name != NULL ? name : "");
        buf_reset(bytes);
        *found = name != NULL && read_message(maildir, limit, bytes);
    }
    return true;
}

bool maildir_is_in_cur(const struct maildir *maildir)
{
    return maildir->in_cur;
}

int64_t maildir_unread(const struct maildir *maildir, const char **why)
{
    *why = maildir->unread_why.text;
    return maildir->unread;
}

static bool make_target(struct maildir *maildir, enum mailbox_target target, struct failure *why)
{
    static const char *const parts[] = {"tmp", "new", "cur"};
    struct arena arena = {0};
    bool ok = true;
    for (size_t i = 0; ok && !maildir->made[target] && i < 3; i++) {
        ok = file_make_folder(
            arena_format(&arena, "%s/.%s/%s", maildir->path, mailbox_folders[target], parts[i]),
            0700, why);
    }
    maildir->made[target] = ok;
    arena_free(&arena);
    return ok;
}

/* A rename would replace another message with the same name, as there may be after somebody has put
 * one back by hand: only the first one keeps the name. */
static bool move_file(const char *from, const char *folder, const char *name, const char *flags,
                      struct failure *why)
{
    struct arena arena = {0};
    int base = (int)strcspn(name, ":"); /* "name:2,S" was read before */
    base = base > NAME_KEPT ? NAME_KEPT : base;
    const char *to = arena_format(&arena, "%s/%.*s%s", folder, base, name, flags);
    bool moved = file_move_new(from, to);
    for (int i = 1; !moved && errno == EEXIST && i < NAMES_TRIED; i++) {
        to = arena_format(&arena, "%s/%.*s_%d%s", folder, base, name, i, flags);
        moved = file_move_new(from, to);
    }
    int problem = errno;
    bool gone = !moved && problem == ENOENT && access(from, F_OK) != 0;
    bool ok = moved || gone;
    if (!ok) {
        fail_errno(why, FAILURE_UNAVAILABLE, "cannot move %s to %s", from, to);
    }
    arena_free(&arena);
    return ok;
}

bool maildir_move(struct maildir *maildir, enum mailbox_target target, struct failure *why)
{
    struct arena arena = {0};
    assert(maildir->name[0] != '\0');
    bool people = target == MAILBOX_PEOPLE;
    const char *from =
        file_join(&arena, file_join(&arena, maildir->path, part_of(maildir)), maildir->name);
    const char *folder =
        people ? arena_format(&arena, "%s/cur", maildir->path)
               : arena_format(&arena, "%s/.%s/cur", maildir->path, mailbox_folders[target]);
    bool stays = people && maildir->in_cur;
    bool ok = stays || ((people || make_target(maildir, target, why)) &&
                        move_file(from, folder, maildir->name, people ? ":2," : ":2,S", why));
    maildir->moved = true;
    maildir->name[0] = '\0';
    arena_free(&arena);
    return ok;
}
