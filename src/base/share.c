#include "base/share.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

/* A folder is the share directory if the one template that every issue needs is in it. */
static bool is_share(struct arena *arena, const char *folder)
{
    return access(file_join(arena, folder, "templates/issue.html.mustache"), R_OK) == 0;
}

char *share_directory(struct arena *arena)
{
    const char *given = getenv("VERDICTS_SHARE_DIR");
    if (given != NULL && given[0] != '\0') {
        return arena_copy(arena, given);
    }
    char exe[4096];
    ssize_t len = readlink("/proc/self/exe", exe, sizeof exe - 1);
    if (len > 0) {
        exe[len] = '\0';
        const char *folder = file_folder(arena, exe);
        char *beside = file_join(arena, folder, "../share/verdicts");
        char *checkout = file_join(arena, folder, "../..");
        if (is_share(arena, beside)) {
            return beside;
        }
        if (is_share(arena, checkout)) {
            return checkout;
        }
    }
    return arena_copy(arena, VERDICTS_SHARE_DIR);
}

static bool name_is_safe(const char *name)
{
    if (name[0] == '\0' || name[0] == '/') {
        return false;
    }
    for (const char *part = name; part != NULL;) {
        if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0')) {
            return false;
        }
        part = strchr(part, '/');
        part = part != NULL ? part + 1 : NULL;
    }
    return true;
}

/* If the operator's folder were missing, the installed texts would be used, and nobody would
 * notice. */
static bool check_own(const char *folder, const char *own, struct failure *why)
{
    struct stat st;
    const char *setting = strcmp(folder, "templates") == 0 ? "templates_dir" : "pages_dir";
    if (stat(own, &st) != 0) {
        bool absent = errno == ENOENT || errno == ENOTDIR;
        return fail_errno(why, absent ? FAILURE_CONFIG : FAILURE_PERMISSION,
                          "the folder %s cannot be read; make it readable, or mend the setting "
                          "\"%s\"",
                          own, setting);
    }
    return S_ISDIR(st.st_mode) || fail(why, FAILURE_CONFIG,
                                       "%s is not a folder; name one in the setting \"%s\", or "
                                       "take it out",
                                       own, setting);
}

/* A dangling link is a file of the operator's that got lost, not one that was never made. */
static bool check_link(const char *path, size_t len, struct failure *why)
{
    struct stat st;
    char *part = memory_copy(path);
    part[len] = '\0';
    bool dangles = lstat(part, &st) == 0 && S_ISLNK(st.st_mode) && stat(part, &st) != 0;
    free(part);
    return !dangles || fail(why, FAILURE_NO_INPUT,
                            "%.*s is a link to something that is not there; mend it, or take it "
                            "away",
                            (int)len, path);
}

/* *found is true if the file exists. A file that does not exist is no failure; one that cannot be
 * reached is. */
static bool find_file(const char *path, bool *found, struct failure *why)
{
    *found = access(path, F_OK) == 0;
    if (*found) {
        return true;
    }
    if (errno != ENOENT && errno != ENOTDIR) {
        return fail_errno(why, FAILURE_PERMISSION, "cannot open %s", path);
    }
    const char *name = strrchr(path, '/');
    return check_link(path, strlen(path), why) &&
           (name == NULL || name == path || check_link(path, (size_t)(name - path), why));
}

/* *root becomes the folder in which *path is found. */
static bool find(struct arena *arena, const char *folder, const char *own, const char *name,
                 const char **root, const char **path, struct failure *why)
{
    *root = own;
    if (!name_is_safe(name)) {
        return fail(why, FAILURE_DATA, "\"%.100s\" cannot be the name of a file in %s", name,
                    folder);
    }
    bool there = false;
    if (own != NULL) {
        *path = file_join(arena, own, name);
        if (!check_own(folder, own, why) || !find_file(*path, &there, why)) {
            return false;
        }
    }
    if (!there) {
        *root = file_join(arena, share_directory(arena), folder);
        *path = file_join(arena, *root, name);
        if (!find_file(*path, &there, why)) {
            return false;
        }
    }
    *path = there ? *path : NULL;
    return true;
}

bool share_read(struct arena *arena, const char *folder, const char *own, const char *name,
                size_t limit, const char **path, const char **text, size_t *len,
                struct failure *why)
{
    const char *root;
    struct buf content;
    *text = NULL;
    if (!find(arena, folder, own, name, &root, path, why)) {
        return false;
    }
    if (*path == NULL) {
        return true;
    }
    buf_init(&content, limit);
    bool good = file_read_beneath(root, name, limit, &content, why);
    if (good) {
        *text = arena_copy_bytes(arena, content.data, content.len);
        *len = content.len;
    }
    buf_free(&content);
    return good;
}
