#include "subscribers/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"

enum { BLOCK = 64 * 1024 };

bool archive_is_zip(FILE *file)
{
    char head[4] = "";
    size_t len = fread(head, 1, sizeof head, file);
    rewind(file);
    return len == sizeof head && memcmp(head, "PK\x03\x04", sizeof head) == 0;
}

static bool fail_archive(struct archive *archive, const char *path, struct failure *why)
{
    const char *text = archive_error_string(archive);
    return fail(why, FAILURE_DATA, "%s: cannot be unpacked: %s", path,
                text != NULL ? text : "it is damaged");
}

/* Unpacks one file into an unlinked temporary file; `*total` counts the bytes of the whole ZIP. */
static bool unpack(struct archive *archive, const char *path, FILE *out, int64_t *total,
                   struct failure *why)
{
    char *block = memory_get(BLOCK);
    la_ssize_t len = 0;
    bool good = true;
    while (good && (len = archive_read_data(archive, block, BLOCK)) > 0) {
        *total += len;
        good = (*total <= ARCHIVE_MAX ||
                fail(why, FAILURE_DATA, "%s: holds more than 4 GB; unpack it and name the files",
                     path)) &&
               (fwrite(block, 1, (size_t)len, out) == (size_t)len ||
                fail_errno(why, FAILURE_IO, "cannot unpack %s", path));
    }
    free(block);
    return good && (len == 0 || fail_archive(archive, path, why));
}

static bool visit_entry(struct archive *archive, struct archive_entry *entry, const char *path,
                        archive_visit visit, void *context, int64_t *total, struct failure *why)
{
    const char *name = archive_entry_pathname_utf8(entry);
    if (archive_entry_filetype(entry) != AE_IFREG || name == NULL) {
        return true;
    }
    FILE *content = tmpfile();
    if (content == NULL) {
        return fail_errno(why, FAILURE_CANNOT_CREATE, "cannot unpack %s", path);
    }
    if (!unpack(archive, path, content, total, why)) {
        fclose(content);
        return false;
    }
    rewind(content);
    return visit(context, file_name(name), content, why);
}

static bool visit_entries(struct archive *archive, const char *path, archive_visit visit,
                          void *context, struct failure *why)
{
    struct archive_entry *entry;
    int64_t total = 0;
    int answer = ARCHIVE_OK;
    for (int files = 0; (answer = archive_read_next_header(archive, &entry)) == ARCHIVE_OK;
         files++) {
        if (files == ARCHIVE_FILES) {
            return fail(why, FAILURE_DATA, "%s: holds more than %d files", path, ARCHIVE_FILES);
        }
        if (!visit_entry(archive, entry, path, visit, context, &total, why)) {
            return false;
        }
    }
    return answer == ARCHIVE_EOF || fail_archive(archive, path, why);
}

bool archive_each(const char *path, archive_visit visit, void *context, struct failure *why)
{
    struct archive *archive = archive_read_new();
    if (archive == NULL) {
        memory_exhausted();
    }
    bool good = archive_read_support_format_zip(archive) == ARCHIVE_OK &&
                archive_read_open_filename(archive, path, BLOCK) == ARCHIVE_OK;
    good =
        good ? visit_entries(archive, path, visit, context, why) : fail_archive(archive, path, why);
    archive_read_free(archive);
    return good;
}
