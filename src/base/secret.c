#include "base/secret.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"

static const char byte_order_mark[] = "\xEF\xBB\xBF";

enum { MARK_LEN = sizeof byte_order_mark - 1 };

#define CREDENTIAL "credential:"

static const char *credentials_folder(void)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    return folder != NULL && folder[0] == '/' ? folder : NULL;
}

const char *secret_credential(const char *path)
{
    return strncmp(path, CREDENTIAL, sizeof CREDENTIAL - 1) == 0 ? path + sizeof CREDENTIAL - 1
                                                                 : NULL;
}

/* Decides by the file that was found, not by the spelling of the path. */
static bool is_credential(const char *path, const struct stat *found)
{
    const char *folder = credentials_folder();
    if (folder == NULL) {
        return false;
    }
    struct arena arena = {0};
    struct stat st;
    const char *credential = secret_credential(path);
    const char *name = credential != NULL ? credential : file_name(path);
    bool same = lstat(file_join(&arena, folder, name), &st) == 0 && st.st_dev == found->st_dev &&
                st.st_ino == found->st_ino;
    arena_free(&arena);
    return same;
}

static bool check_owner(const char *path, const struct stat *found, struct failure *why)
{
    uid_t user = geteuid();
    if (user == 0 || found->st_uid == 0 || found->st_uid == user) {
        return true;
    }
    const struct passwd *owner = getpwuid(found->st_uid);
    return fail(why, FAILURE_CONFIG,
                "%s belongs to %s (user id %u), who can change it at any time; it has to belong to "
                "the user who runs verdicts, or to root",
                path, owner != NULL ? owner->pw_name : "somebody else", (unsigned)found->st_uid);
}

static bool check_mode(const char *path, const struct stat *found, struct failure *why)
{
    unsigned mode = (unsigned)(found->st_mode & 07777);
    if ((mode & ~0600U) == 0) {
        return true;
    }
    return fail(why, FAILURE_CONFIG,
                "%s %s (mode %04o), and only its owner may read or write it: run `chmod 600 %s`",
                path, (mode & 077) != 0 ? "is open to others" : "has more rights than it needs",
                mode, path);
}

/* Checks the open file: the path could lead to another one a moment later. */
static bool check_file(const char *path, FILE *file, struct failure *why)
{
    struct stat found;
    if (fstat(fileno(file), &found) != 0) {
        return fail_errno(why, FAILURE_IO, "cannot read %s", path);
    }
    return is_credential(path, &found) ||
           (check_owner(path, &found, why) && check_mode(path, &found, why));
}

static bool read_piece(const char *path, FILE *file, size_t limit, struct buf *content,
                       struct failure *why)
{
    char piece[4096];
    size_t got;
    bool good = true;
    while (good && (got = fread(piece, 1, sizeof piece, file)) > 0) {
        good = content->len + got <= limit ||
               fail(why, FAILURE_DATA, "%s is larger than %zu bytes, the most that is read", path,
                    limit);
        if (good) {
            buf_add(content, piece, got);
        }
    }
    explicit_bzero(piece, sizeof piece);
    return good && (!ferror(file) || fail_errno(why, FAILURE_IO, "cannot read %s", path));
}

static void drop_mark(struct buf *content)
{
    if (content->len >= MARK_LEN && memcmp(content->data, byte_order_mark, MARK_LEN) == 0) {
        content->len -= MARK_LEN;
        memmove(content->data, content->data + MARK_LEN, content->len + 1);
    }
}

static bool open_credential(const char *path, const char *name, FILE **file, struct failure *why)
{
    const char *folder = credentials_folder();
    if (folder == NULL) {
        return fail(why, FAILURE_CONFIG,
                    "%s is handed over by systemd, and this command was not started by it "
                    "($CREDENTIALS_DIRECTORY is not set); `systemd-run --pipe -p "
                    "LoadCredential=%s …` starts it so",
                    path, name);
    }
    struct arena arena = {0};
    bool good = file_open(file_join(&arena, folder, name), file, why);
    arena_free(&arena);
    if (!good && why->kind == FAILURE_NO_INPUT) {
        why->kind = FAILURE_CONFIG;
    }
    return good || fail_context(why,
                                "%s: does the unit have LoadCredential=%s, and is there a file "
                                "for it?",
                                path, name);
}

bool secret_read(const char *path, size_t limit, struct buf *content, struct failure *why)
{
    FILE *file;
    const char *credential = secret_credential(path);
    if (credential != NULL ? !open_credential(path, credential, &file, why)
                           : !file_open(path, &file, why)) {
        return false;
    }
    setvbuf(file, NULL, _IONBF, 0); /* stdio would keep a copy of the secret */
    bool good = check_file(path, file, why) && read_piece(path, file, limit, content, why);
    fclose(file);
    if (good) {
        drop_mark(content);
    }
    return good;
}

bool secret_read_line(const char *path, struct buf *line, struct failure *why)
{
    if (!secret_read(path, SECRET_LINE_MAX, line, why)) {
        return false;
    }
    size_t len = 0;
    while (len < line->len && line->data[len] != '\n' && line->data[len] != '\r') {
        len++;
    }
    if (memchr(line->data, '\0', len) != NULL) {
        return fail(why, FAILURE_CONFIG,
                    "%s holds a NUL byte in its first line; write it as plain text in UTF-8", path);
    }
    if (len == 0) {
        return fail(why, FAILURE_CONFIG, "%s: %s; the password stands in the first line", path,
                    line->len == 0 ? "the file is empty" : "the first line is empty");
    }
    line->data[line->len = len] = '\0';
    return true;
}

void secret_wipe(struct buf *content)
{
    if (content->size > 0) {
        explicit_bzero(content->data, content->size);
    }
    buf_free(content);
}
