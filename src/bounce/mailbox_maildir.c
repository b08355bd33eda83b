/* A Maildir: what is in new waits; moving is one rename. */
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
    NAME_KEPT = 240, /* bytes of it: room for a number and the flags */
};

struct maildir {
    struct arena arena; /* paths that live as long */
    const char *path;
    DIR *waiting;   /* of new; NULL: not begun */
    bool moved;     /* since the folder was last begun */
    char name[256]; /* the message given last; "" none */
    bool made[MAILBOX_TARGETS];
    int64_t unread;            /* since the folder was last begun: files that cannot be read */
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

static bool begin(struct maildir *maildir, struct failure *why)
{
    struct arena arena = {0};
    if (maildir->waiting != NULL) {
        closedir(maildir->waiting);
    }
    maildir->waiting = opendir(file_join(&arena, maildir->path, "new"));
    maildir->moved = false;
    maildir->unread = 0;
    arena_free(&arena);
    return maildir->waiting != NULL ||
           fail_errno(why, FAILURE_UNAVAILABLE, "cannot read %s/new", maildir->path);
}

/* The next name, or NULL behind the last. */
static const char *next_name(DIR *folder)
{
    const struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] != '.') {
            return entry->d_name;
        }
    }
    return NULL;
}

bool maildir_count(struct maildir *maildir, int64_t *waiting, struct failure *why)
{
    *waiting = 0;
    if (!begin(maildir, why)) {
        return false;
    }
    while (next_name(maildir->waiting) != NULL) {
        (*waiting)++;
    }
    return begin(maildir, why);
}

/* Why the file is no message that we can read; false with ENOENT: it is gone by now. */
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

/* Whether there is a message. What is gone by now or cannot be read keeps none of the others
 * back. */
static bool read_message(struct maildir *maildir, size_t limit, struct buf *bytes)
{
    struct arena arena = {0};
    const char *path = arena_format(&arena, "%s/new/%s", maildir->path, maildir->name);
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

bool maildir_next(struct maildir *maildir, size_t limit, struct buf *bytes, bool *found,
                  struct failure *why)
{
    *found = false;
    if (maildir->waiting == NULL && !begin(maildir, why)) {
        return false;
    }
    for (;;) {
        const char *name = next_name(maildir->waiting);
        if (name == NULL && !maildir->moved) {
            maildir->name[0] = '\0';
            return true;
        }
        /* What arrived or was passed over while others were moved away. */
        if (name == NULL) {
            if (!begin(maildir, why)) {
                return false;
            }
            continue;
        }
        snprintf(maildir->name, sizeof maildir->name, "%s", name);
        buf_reset(bytes);
        *found = read_message(maildir, limit, bytes);
        if (*found) {
            return true;
        }
    }
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

/* A rename would put itself in the place of another message that has the same name, as one has
 * that was put back by hand: the name is kept for the first only. */
static bool move_file(const char *from, const char *folder, const char *name, const char *flags,
                      struct failure *why)
{
    struct arena arena = {0};
    int base = (int)strcspn(name, ":"); /* "name:2,S" has been read before */
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
    const char *from = arena_format(&arena, "%s/new/%s", maildir->path, maildir->name);
    const char *folder =
        people ? arena_format(&arena, "%s/cur", maildir->path)
               : arena_format(&arena, "%s/.%s/cur", maildir->path, mailbox_folders[target]);
    bool ok = (people || make_target(maildir, target, why)) &&
              move_file(from, folder, maildir->name, people ? ":2," : ":2,S", why);
    maildir->moved = true;
    maildir->name[0] = '\0';
    arena_free(&arena);
    return ok;
}
