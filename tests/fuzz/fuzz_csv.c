/* Any bytes as a list of people: every row is counted once, every refusal names its line, and a dry
 * run leaves nothing behind. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "subscribers/list.h"

static const struct token_keys keys = {
    .keys = {{.number = 1, .key = "0123456789abcdef0123456789abcde"}}, .count = 1};

struct seen {
    int64_t rows, last_line;
};

static void note(void *context, int64_t line, const char *address, const char *outcome,
                 const char *reason)
{
    struct seen *seen = context;
    assert(line >= seen->last_line);
    assert(address != NULL && outcome != NULL);
    assert((strcmp(outcome, "bad") == 0) == (reason != NULL));
    seen->last_line = line;
    seen->rows++;
}

static struct store *open_store(void)
{
    static char path[] = "/tmp/verdicts-fuzz-XXXXXX";
    struct store *store = NULL;
    struct failure why = {0};
    int fd = mkstemp(path);
    bool done = fd >= 0 && close(fd) == 0 && unlink(path) == 0 &&
                store_open(path, STORE_CREATE, &store, &why);
    assert(done);
    unlink(path);
    return store;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct store *store;
    struct list_import_options options = {.status = SUBSCRIBER_PENDING, .dry_run = true};
    struct list_import_counts counts;
    struct seen seen = {0};
    struct failure why = {0};
    int64_t people[SUBSCRIBER_FORGOTTEN + 1];
    if (size == 0) {
        return 0;
    }
    if (store == NULL) {
        store = open_store();
    }
    FILE *in = fmemopen((void *)(uintptr_t)data, size, "r");
    assert(in != NULL);
    if (list_import(store, &keys, in, "people.csv", &options, 1795165200, note, &seen, &counts,
                    &why)) {
        assert(seen.rows == counts.lines);
        assert(counts.lines == counts.added + counts.already + counts.left_before +
                                   counts.taken_off + counts.suppressed + counts.bad);
    } else {
        assert(why.kind == FAILURE_DATA && strncmp(why.text, "people.csv:", 11) == 0);
    }
    fclose(in);
    bool counted = subscriber_counts(store, people, &why);
    assert(counted && people[SUBSCRIBER_PENDING] == 0);
    return 0;
}
