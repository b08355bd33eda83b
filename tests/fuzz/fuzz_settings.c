/* Any bytes as a settings file: libconfuse is only shown what it reads without surprise, and every
 * refusal names the file. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/settings_table.h"

static char path[40];
static int fd = -1;

static void put_file(const uint8_t *data, size_t size)
{
    if (fd < 0) {
        fd = memfd_create("settings", MFD_CLOEXEC);
        assert(fd >= 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    bool done = ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size;
    assert(done);
}

/* "path:3: smtp.url: …": a refusal of a value or of settings that contradict each other. */
static bool is_about_a_setting(const char *text)
{
    struct arena arena = {0};
    const char *key = strchr(text + strlen(path) + 1, ' ');
    bool found = false;
    for (size_t i = 0; key != NULL && !found && i < settings_table_count; i++) {
        const char *name = setting_key(&arena, &settings_table[i]);
        found = strncmp(key + 1, name, strlen(name)) == 0 && key[1 + strlen(name)] == ':';
    }
    arena_free(&arena);
    return found;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct settings settings;
    struct failure why = {0}, scan_why = {0};
    int lines[SETTINGS_MAX], sections[SETTINGS_MAX];
    put_file(data, size);
    char *text = arena_copy_bytes(&arena, (const char *)data, size);
    bool scanned = settings_scan(path, text, size, lines, sections, &scan_why);
    bool good = settings_load(&arena, path, NULL, 0, &settings, &why);
    if (good) {
        assert(scanned && settings.row_count == settings_table_count);
        assert(settings.deliver.lease > settings.smtp.dot_timeout);
    } else {
        assert(why.kind == FAILURE_CONFIG && strncmp(why.text, path, strlen(path)) == 0);
        assert(scanned ? is_about_a_setting(why.text) : strcmp(why.text, scan_why.text) == 0);
    }
    arena_free(&arena);
    return 0;
}
