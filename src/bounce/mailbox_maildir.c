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

struct maildir {
    struct arena arena; /* paths that live as long */
    const char *path;
    DIR *waiting;   /* of new; NULL: not begun */
    bool moved;     /* since the folder was last begun */
    char name[256]; /* the message given last; "" none */
    bool made[MAILBOX_TARGETS];
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

/* True too where the message is gone by now: `*found` tells. */
static bool read_message(const struct maildir *maildir, size_t limit, struct buf *bytes,
                         bool *found, struct failure *why)
{
    struct arena arena = {0};
    const char *path = arena_format(&arena, "%s/new/%s", maildir->path, maildir->name);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    bool ok =
        fd >= 0 || errno == ENOENT || fail_errno(why, FAILURE_UNAVAILABLE, "cannot read %s", path);
    ssize_t got = 1;
    while (fd >= 0 && got > 0 && bytes->len < limit && buf_reserve(bytes, limit - bytes->len)) {
        got = read(fd, bytes->data + bytes->len, limit - bytes->len);
        bytes->len += got > 0 ? (size_t)got : 0;
        bytes->data[bytes->len] = '\0';
    }
    if (got < 0) {
        ok = fail_errno(why, FAILURE_UNAVAILABLE, "cannot read %s", path);
    }
    *found = fd >= 0;
    if (fd >= 0) {
        close(fd);
    }
    arena_free(&arena);
    return ok;
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
        if (!read_message(maildir, limit, bytes, found, why) || *found) {
            return *found;
        }
    }
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

bool maildir_move(struct maildir *maildir, enum mailbox_target target, struct failure *why)
{
    struct arena arena = {0};
    assert(maildir->name[0] != '\0');
    const char *from = arena_format(&arena, "%s/new/%s", maildir->path, maildir->name);
    const char *to;
    bool ok = true;
    if (target == MAILBOX_PEOPLE) {
        to = arena_format(&arena, "%s/cur/%s:2,", maildir->path, maildir->name);
    } else {
        ok = make_target(maildir, target, why);
        to = arena_format(&arena, "%s/.%s/cur/%s:2,S", maildir->path, mailbox_folders[target],
                          maildir->name);
    }
    if (ok && rename(from, to) != 0 && errno != ENOENT) {
        ok = fail_errno(why, FAILURE_UNAVAILABLE, "cannot move %s to %s", from, to);
    }
    maildir->moved = true;
    maildir->name[0] = '\0';
    arena_free(&arena);
    return ok;
}
