#include "subscribers/migrate.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "subscribers/archive.h"
#include "subscribers/list_past.h"
#include "subscribers/words.h"

enum { SOURCES_MAX = ARCHIVE_FILES + 64, KEY_MAX = 1000 };

struct moving {
    struct list_load load;
    struct list_system system;
    struct buf passed;
    migrate_report report;
    void *context;
    bool key_seen; /* the key of the hashes is ours */
};

static void pass_on(void *context, int64_t line, const char *address, const char *outcome,
                    const char *reason)
{
    const struct moving *moving = context;
    if (moving->report != NULL) {
        moving->report(moving->context, moving->load.source->name, line, address, outcome, reason);
    }
}

/* The hashes of suppressed addresses must have been made with our key: with another one they would
 * match nothing, and people who must not be mailed again would be mailed. */
static bool check_key(struct moving *moving, const char *name, FILE *in, struct failure *why)
{
    char line[KEY_MAX] = "", hex[HASH_HEX];
    hash_to_hex(moving->load.keys->suppression, HASH_SIZE, hex);
    bool ours = fgets(line, sizeof line, in) != NULL && strncmp(line, "suppression ", 12) == 0 &&
                strncmp(line + 12, hex, HASH_HEX - 1) == 0;
    memset(line, 0, sizeof line);
    moving->key_seen = ours;
    return ours ||
           fail(why, FAILURE_DATA,
                "%s: this is not the key of this installation: its suppressed "
                "addresses would not be known here. Before anybody is on the list, put the line of "
                "that file in place of the line \"suppression\" of the secret file, start serve "
                "anew, "
                "and run this again",
                name);
}

static enum subscriber_status least_of(const char *meaning)
{
    enum subscriber_status least = SUBSCRIBER_CONFIRMED;
    bool gone = meaning != NULL && subscriber_status_find(meaning, &least);
    return gone ? least : SUBSCRIBER_CONFIRMED;
}

static bool add_source(struct moving *moving, const char *name, FILE *in, const char *meaning,
                       struct failure *why)
{
    struct list_load *load = &moving->load;
    if (load->source_count == SOURCES_MAX) {
        return fail(why, FAILURE_USAGE, "more than %d files", SOURCES_MAX);
    }
    struct list_source *source = &load->sources[load->source_count];
    source->name = arena_copy(&load->arena, name);
    source->form = arena_format(&load->arena, "migrate %s %.200s", moving->system.name,
                                file_name(source->name));
    source->least = least_of(meaning);
    load->source_count++;
    return list_load_open(load, in, source, why);
}

static bool take_in(struct moving *moving, const char *name, FILE *in, struct failure *why)
{
    const char *meaning = list_system_file(&moving->system, file_name(name));
    if (meaning != NULL && strcmp(meaning, "key") == 0) {
        return check_key(moving, name, in, why);
    }
    return add_source(moving, name, in, meaning, why);
}

/* From a ZIP, takes only the files in which the system is known to keep people. */
static bool take_from_zip(void *context, const char *name, FILE *content, struct failure *why)
{
    struct moving *moving = context;
    const char *meaning = list_system_file(&moving->system, name);
    bool good = true;
    if (meaning == NULL || strcmp(meaning, "skip") == 0) {
        buf_addf(&moving->passed, "%s\"%s\"", moving->passed.len > 0 ? ", " : "", name);
    } else {
        good = take_in(moving, name, content, why);
    }
    fclose(content);
    return good;
}

static bool take_path(struct moving *moving, const char *path, struct failure *why)
{
    FILE *in;
    if (!file_open(path, &in, why)) {
        return false;
    }
    size_t before = moving->load.source_count;
    bool zip = archive_is_zip(in);
    bool good =
        zip ? archive_each(path, take_from_zip, moving, why) : take_in(moving, path, in, why);
    fclose(in);
    return good &&
           (!zip || moving->load.source_count > before ||
            fail(why, FAILURE_DATA, "%s: no file in it holds people as %s exports them (%s)", path,
                 moving->system.name, moving->passed.data));
}

/* --- who is not confirmed --- */

struct unconfirmed_file {
    struct list_load *load;
    FILE *out;
    bool header_done;
};

static bool find_reason(const struct list_load *load, struct arena *arena,
                        const struct list_reading *reading, const char **status,
                        const char **reason, struct failure *why)
{
    char hash[HASH_HEX];
    struct subscriber *known;
    token_suppression_hash(load->keys, reading->address.key, hash);
    if (!suppression_find(load->store, arena, hash, reason, why) ||
        !subscriber_find(load->store, arena, reading->address.key, &known, why)) {
        return false;
    }
    *status = known != NULL ? subscriber_status_name(known->status) : "suppressed";
    if (*reason == NULL && known != NULL) {
        *reason = known->left_reason != NULL            ? known->left_reason
                  : known->status == SUBSCRIBER_PENDING ? "not confirmed there, nor here"
                                                        : "";
    }
    return true;
}

static bool write_rest(void *context, struct table_row *row, struct failure *why)
{
    struct unconfirmed_file *rest = context;
    struct list_reading reading;
    struct failure bad = {0};
    const char *status = "bad", *reason = bad.text;
    bool header = !rest->header_done && !rest->load->source->headless;
    rest->header_done = true;
    if (header) {
        return true;
    }
    bool read = list_read_person(rest->load, row, &reading, &bad);
    if (read && reading.hash != NULL) {
        return true;
    }
    if (read && !find_reason(rest->load, row->arena, &reading, &status, &reason, why)) {
        return false;
    }
    if (strcmp(status, "confirmed") != 0) {
        list_write_cell(rest->out, reading.display != NULL ? reading.display : "", ",");
        list_write_cell(rest->out, rest->load->source->name, ",");
        fprintf(rest->out, "%lld,", (long long)row->line);
        list_write_cell(rest->out, status, ",");
        list_write_cell(rest->out, reason != NULL ? reason : "", "\r\n");
    }
    return !ferror(rest->out) || fail_errno(why, FAILURE_IO, "cannot write who is not confirmed");
}

static bool write_all_rest(struct list_load *load, FILE *out, struct failure *why)
{
    bool good = true;
    fputs("address,file,line,status,reason\r\n", out);
    for (size_t i = 0; good && i < load->source_count; i++) {
        struct unconfirmed_file rest = {.load = load, .out = out};
        load->source = &load->sources[i];
        good = table_each(&load->source->table, write_rest, &rest, why);
    }
    return good &&
           (fflush(out) == 0 || fail_errno(why, FAILURE_IO, "cannot write who is not confirmed"));
}

/* --- all of it --- */

static bool open_all(struct moving *moving, const char *const *paths, size_t count,
                     const struct migrate_options *options, struct failure *why)
{
    struct list_load *load = &moving->load;
    struct list_map *tags;
    if (!list_system_read(&load->arena, options->from, &moving->system, why) ||
        !list_tags_read(&load->arena, options->topics, &tags, &load->tag_count, why)) {
        return false;
    }
    load->system = &moving->system;
    load->tags = tags;
    load->sources = arena_array(&load->arena, SOURCES_MAX, sizeof *load->sources);
    bool good = true;
    for (size_t i = 0; good && i < count; i++) {
        good = take_path(moving, paths[i], why);
    }
    for (size_t i = 0; good && !moving->key_seen && i < load->source_count; i++) {
        good = load->sources[i].columns->at[LIST_HASH] < 0 ||
               fail(why, FAILURE_USAGE,
                    "%s: hashes say nothing without their key: name the file suppression.key too",
                    load->sources[i].name);
    }
    return good &&
           (load->source_count > 0 || fail(why, FAILURE_USAGE, "none of these files holds people"));
}

static void tell(const struct moving *moving, struct arena *arena, struct migrate_result *result)
{
    const struct list_load *load = &moving->load;
    result->count = load->source_count;
    result->files = arena_array(arena, load->source_count, sizeof *result->files);
    const char **names = arena_array(arena, load->source_count, sizeof *names);
    for (size_t i = 0; i < load->source_count; i++) {
        names[i] = arena_copy(arena, file_name(load->sources[i].name));
        result->files[i] =
            (struct migrate_file){.name = names[i], .counts = load->sources[i].counts};
    }
    const char *note = list_system_note(&moving->system, names, load->source_count);
    result->note = note != NULL ? arena_copy(arena, note) : NULL;
    result->passed = arena_copy(arena, moving->passed.data);
}

bool migrate_run(struct store *store, const struct token_keys *keys, struct arena *arena,
                 const char *const *paths, size_t path_count, const struct migrate_options *options,
                 int64_t now, struct migrate_result *result, struct failure *why)
{
    struct list_import_options list = options->list;
    struct moving moving = {.report = options->report, .context = options->context};
    *result = (struct migrate_result){0};
    if (list.wording == NULL) {
        list.wording = arena_format(arena, "moved from %s", options->from);
    }
    moving.load = (struct list_load){.store = store,
                                     .keys = keys,
                                     .options = &list,
                                     .verb = "migrate",
                                     .now = now,
                                     .report = pass_on,
                                     .context = &moving,
                                     .counts = &result->total};
    buf_init(&moving.passed, 100 * 1000);
    bool good = open_all(&moving, paths, path_count, options, why) &&
                list_load_take(&moving.load, why) &&
                (options->rest == NULL || write_all_rest(&moving.load, options->rest, why));
    tell(&moving, arena, result);
    for (size_t i = 0; i < moving.load.source_count; i++) {
        table_close(&moving.load.sources[i].table);
    }
    buf_free(&moving.passed);
    arena_free(&moving.load.arena);
    return good;
}
