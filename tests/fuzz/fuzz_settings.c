/* Any bytes as a settings file: every refusal names the file, and one of the grammar its line and
 * column. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "settings/table.h"
#include "settings/tree.h"

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

/* "path:3:5: …" */
static bool names_the_spot(const char *text)
{
    int line, column;
    char colon;
    return strncmp(text, path, strlen(path)) == 0 &&
           ((sscanf(text + strlen(path), ":%d:%d%c", &line, &column, &colon) == 3 && line > 0 &&
             column > 0 && colon == ':') ||
            /* Of what is missing in a section with a name, that section's line. */
            (sscanf(text + strlen(path), ":%d%c relay.", &line, &colon) == 2 && line > 0 &&
             colon == ':'));
}

/* Each relay has rows of its own, also of the sections inside: "relay", "relay.oauth" … */
static size_t count_rows(size_t relays)
{
    size_t count = 0;
    for (size_t i = 0; i < settings_schema.setting_count; i++) {
        const char *section = settings_schema.settings[i].section;
        bool named = strncmp(section, "relay", 5) == 0 && (section[5] == '\0' || section[5] == '.');
        count += named ? relays : 1;
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct settings settings;
    struct settings_entry *first;
    struct failure why = {0}, tree_why = {0};
    put_file(data, size);
    char *text = arena_copy_bytes(&arena, (const char *)data, size);
    bool parsed = settings_tree_parse(&arena, path, text, size, &first, &tree_why);
    bool good = settings_load(&arena, path, NULL, 0, &settings, &why);
    assert(parsed || (names_the_spot(tree_why.text) && strcmp(why.text, tree_why.text) == 0));
    if (good) {
        assert(parsed && settings.row_count == count_rows(settings.relay_count));
        for (size_t i = 0; i < settings_relay_count(&settings); i++) {
            assert(settings.deliver.lease > settings_relay(&settings, i)->dot_timeout);
        }
    } else {
        assert(why.kind == FAILURE_CONFIG && names_the_spot(why.text));
    }
    arena_free(&arena);
    return 0;
}
