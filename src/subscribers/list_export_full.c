/* Writes everything needed to move a list, including what an export for a spreadsheet leaves out.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "subscribers/list_private.h"

enum { LEDGER_MAX = 60 * 1024 /* a row of a table has 64 KB */ };

struct full {
    struct store *store;
    FILE *out;
    struct arena arena; /* for one person */
};

static const char *time_text(struct arena *arena, int64_t instant)
{
    char text[CLOCK_TEXT] = "";
    if (instant != 0) {
        clock_format(instant, text);
    }
    return arena_copy(arena, text);
}

static bool ledger_text(struct full *full, int64_t id, const char **text, struct failure *why)
{
    struct consent *entries;
    size_t count;
    struct buf json;
    struct value *list = value_list(&full->arena);
    if (!consent_list(full->store, &full->arena, id, &entries, &count, why)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        struct value *entry = value_add(list, value_object(&full->arena));
        value_set_text(&full->arena, entry, "kind", entries[i].kind);
        value_set_text(&full->arena, entry, "wording", entries[i].wording);
        value_set_text(&full->arena, entry, "form", entries[i].form);
        value_set_text(&full->arena, entry, "origin", entries[i].origin);
        value_set_text(&full->arena, entry, "at", time_text(&full->arena, entries[i].at));
    }
    buf_init(&json, LEDGER_MAX);
    json_write(&json, list, JSON_COMPACT);
    bool fits = buf_ok(&json);
    *text = arena_copy(&full->arena, json.data);
    buf_free(&json);
    return fits || fail(why, FAILURE_DATA, "the ledger of subscriber %lld is longer than 60 KB",
                        (long long)id);
}

static bool write_person(void *context, const struct subscriber *person, struct failure *why)
{
    struct full *full = context;
    struct arena *arena = &full->arena;
    const char *ledger;
    arena_reset(arena);
    if (person->status == SUBSCRIBER_FORGOTTEN) {
        return true;
    }
    if (!ledger_text(full, person->id, &ledger, why)) {
        return false;
    }
    list_write_cell(full->out, person->address, ",");
    list_write_cell(full->out, person->name, ",");
    list_write_cell(full->out, list_topics_in_words(arena, person->topics), ",");
    list_write_cell(full->out, subscriber_status_name(person->status), ",");
    list_write_cell(full->out, time_text(arena, person->created_at), ",");
    list_write_cell(full->out, time_text(arena, person->confirmed_at), ",");
    list_write_cell(full->out, time_text(arena, person->left_at), ",");
    list_write_cell(full->out, person->left_reason != NULL ? person->left_reason : "", ",");
    list_write_cell(full->out, time_text(arena, person->paused_until), ",");
    fprintf(full->out, "%.3f,%lld,%s,", person->bounce_score, (long long)person->hard_bounces,
            time_text(arena, person->last_bounce_at));
    list_write_cell(full->out, ledger, "\r\n");
    return !ferror(full->out) || fail_errno(why, FAILURE_IO, "cannot write the list");
}

static bool write_people(struct full *full, struct failure *why)
{
    fputs("email,name,topics,status,created_at,confirmed_at,left_at,left_reason,paused_until,"
          "bounce_score,hard_bounces,last_bounce_at,consent\r\n",
          full->out);
    bool good = subscriber_each(full->store, NULL, write_person, full, why);
    arena_free(&full->arena);
    return good;
}

static bool write_hash(void *context, const char *hash, const char *reason, int64_t at,
                       struct failure *why)
{
    struct full *full = context;
    char when[CLOCK_TEXT];
    clock_format(at, when);
    fprintf(full->out, "%s,", hash);
    list_write_cell(full->out, reason, ",");
    fprintf(full->out, "%s\r\n", when);
    return !ferror(full->out) || fail_errno(why, FAILURE_IO, "cannot write the list");
}

static bool write_suppressed(struct full *full, struct failure *why)
{
    fputs("address_hash,reason,at\r\n", full->out);
    return suppression_each(full->store, write_hash, full, why);
}

static bool write_file(struct full *full, const char *path,
                       bool (*write)(struct full *full, struct failure *why), struct failure *why)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    full->out = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (full->out == NULL) {
        return fail_errno(why, FAILURE_CANNOT_CREATE, "%s: cannot be made", path);
    }
    bool good = write(full, why);
    bool flushed = fflush(full->out) == 0 && fsync(fd) == 0;
    bool closed = fclose(full->out) == 0;
    return good &&
           ((flushed && closed) || fail_errno(why, FAILURE_IO, "%s: cannot be written", path));
}

static bool write_key(const struct token_keys *keys, const char *path, struct failure *why)
{
    char hex[HASH_HEX], line[HASH_HEX + 20];
    hash_to_hex(keys->suppression, HASH_SIZE, hex);
    int len = snprintf(line, sizeof line, "suppression %s\n", hex);
    bool good = file_create(path, line, (size_t)len, 0600, why);
    memset(line, 0, sizeof line);
    memset(hex, 0, sizeof hex);
    return good;
}

bool list_export_full(struct store *store, const struct token_keys *keys, const char *folder,
                      struct failure *why)
{
    struct full full = {.store = store};
    struct arena arena = {0};
    if (mkdir(folder, 0700) != 0) {
        return fail_errno(why, FAILURE_CANNOT_CREATE, "%s: cannot be made", folder);
    }
    bool good =
        write_file(&full, file_join(&arena, folder, "people.csv"), write_people, why) &&
        write_file(&full, file_join(&arena, folder, "suppression.csv"), write_suppressed, why) &&
        write_key(keys, file_join(&arena, folder, "suppression.key"), why);
    arena_free(&arena);
    return good;
}
