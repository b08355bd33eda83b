/*
 * Imports tables of people.
 *
 * Each file is read twice. The first pass looks at all rows and decides what the columns mean
 * (list_columns.c), so that a file that cannot be interpreted changes nothing; the second takes row
 * by row, in transactions of a tenth of a second with a gap between them. The progress in the
 * database (store/import.h) is committed with the rows it counts: the same import run again skips
 * as many rows as the earlier run has taken.
 */
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/utf8.h"
#include "store/comparison.h"
#include "subscribers/list_past.h"
#include "subscribers/words.h"

enum { STRANGE_MAX = 5, PIECE_MS = 100, UNDO_PEOPLE = 500 };

/* --- the first pass --- */

struct column_walk {
    struct list_load *load;
    struct list_source *source;
    bool header_done;
};

static bool walk_row(void *context, struct table_row *row, struct failure *why)
{
    struct column_walk *walk = context;
    struct list_source *source = walk->source;
    bool person = walk->header_done;
    if (!walk->header_done) {
        if (row->bad != NULL) {
            return fail(why, FAILURE_DATA, "%s:%lld: %s", source->name, (long long)row->line,
                        row->bad);
        }
        list_columns_begin(source->columns, row, &source->headless);
        walk->header_done = true;
        person = source->headless;
    }
    if (person) {
        list_columns_see(source->columns, row);
    }
    return true;
}

static bool walk_columns(struct list_load *load, struct list_source *source, struct failure *why)
{
    struct column_walk walk = {.load = load, .source = source};
    struct list_import_counts *counts = load->counts;
    if (!table_each(&source->table, walk_row, &walk, why)) {
        return false;
    }
    if (!walk.header_done) {
        return fail(why, FAILURE_DATA,
                    "%s:1: there is nothing in it; the first line has to name the columns",
                    source->name);
    }
    return list_columns_settle(source->columns, &source->table, counts->unused,
                               sizeof counts->unused, why);
}

bool list_load_open(struct list_load *load, FILE *in, struct list_source *source,
                    struct failure *why)
{
    struct list_map *map;
    size_t map_count;
    const struct list_import_options *options = load->options;
    if (!list_map_read(&load->arena, options->map, &map, &map_count, why) ||
        !table_open(in, source->name, options->encoding, &source->table, why)) {
        return false;
    }
    if (list_system_has_lines(load->system)) {
        table_take_lines(&source->table);
    }
    source->columns = arena_alloc(&load->arena, sizeof *source->columns);
    *source->columns = (struct list_columns){.arena = &load->arena,
                                             .options = options,
                                             .system = load->system,
                                             .map = map,
                                             .map_count = map_count};
    return walk_columns(load, source, why);
}

/* --- the second pass --- */

static void report_row(const struct list_load *load, const struct table_row *row,
                       const char *address, const char *outcome, const char *reason)
{
    if (load->report != NULL) {
        load->report(load->context, row->line, address != NULL ? address : "(no address)", outcome,
                     reason);
    }
}

static const char *count_outcome(struct import_counts *counts, enum list_added outcome)
{
    static const char *const words[] = {
        [LIST_ADDED] = "added",
        [LIST_ALREADY] = "already",
        [LIST_LEFT_BEFORE] = "left before",
        [LIST_SUPPRESSED] = "suppressed",
        [LIST_UPDATED] = "confirmed",
        [LIST_TAKEN_OFF] = "taken off",
    };
    counts->added += outcome == LIST_ADDED || outcome == LIST_UPDATED;
    counts->already += outcome == LIST_ALREADY;
    counts->left_before += outcome == LIST_LEFT_BEFORE;
    counts->taken_off += outcome == LIST_TAKEN_OFF;
    counts->suppressed += outcome == LIST_SUPPRESSED;
    return words[outcome];
}

static bool is_topic(const struct list_load *load, const char *text, size_t len)
{
    for (size_t i = 0; i < load->topic_count; i++) {
        if (strlen(load->topics[i]) == len && memcmp(load->topics[i], text, len) == 0) {
            return true;
        }
    }
    return false;
}

/* Adds the topic to those that no comparison has, once, and as long as they are few. */
static void note_strange(struct list_load *load, struct arena *arena, const char *text, size_t len)
{
    struct list_import_counts *counts = load->counts;
    size_t used = strlen(counts->strange);
    const char *quoted = arena_format(arena, "\"%.*s\"", (int)len, text);
    if (strstr(counts->strange, quoted) != NULL) {
        return;
    }
    if (counts->strange_count == STRANGE_MAX ||
        used + strlen(quoted) + sizeof ", " > sizeof counts->strange) {
        counts->strange_more = true;
        return;
    }
    snprintf(counts->strange + used, sizeof counts->strange - used, "%s%s", used > 0 ? ", " : "",
             quoted);
    counts->strange_count++;
}

/* A misspelt topic would keep its reader out of every issue. Before the first comparison there are
 * no topics to compare with. */
static void note_topics(struct list_load *load, struct arena *arena, const char *topics)
{
    bool strange = false;
    for (size_t len; load->topic_count > 0 && *topics != '\0';
         topics += len + (topics[len] == '\n')) {
        len = strcspn(topics, "\n");
        if (!is_topic(load, topics, len)) {
            note_strange(load, arena, topics, len);
            strange = true;
        }
    }
    load->counts->strangers += strange;
}

static bool take_hash(struct list_load *load, struct table_row *row, const char *hash,
                      struct failure *why)
{
    const char *reason = list_columns_cell(load->source->columns, row, LIST_REASON);
    const char *when = list_columns_cell(load->source->columns, row, LIST_JOINED);
    int64_t at = when != NULL ? list_time(when) : 0;
    load->source->counts.suppressed++;
    report_row(load, row, hash, "suppressed", NULL);
    return load->options->dry_run ||
           suppression_add(load->store, hash,
                           reason != NULL && reason[0] != '\0' ? reason : "moved",
                           at != 0 ? at : load->now, why);
}

static bool take_person(struct list_load *load, struct table_row *row, struct failure *why)
{
    struct list_reading reading;
    struct list_source *source = load->source;
    struct failure bad = {0};
    enum list_added outcome;
    source->counts.lines++;
    if (!list_read_person(load, row, &reading, &bad)) {
        source->counts.bad++;
        report_row(load, row, reading.display, "bad", bad.text);
        return true;
    }
    if (reading.hash != NULL) {
        return take_hash(load, row, reading.hash, why);
    }
    const char *wording = load->options->wording;
    const struct consent consent = {.kind = "imported",
                                    .wording = wording != NULL ? wording : "",
                                    .form = source->form,
                                    .origin = "",
                                    .at = load->now,
                                    .import_id = load->id};
    const struct list_taking taking = {.store = load->store,
                                       .keys = load->keys,
                                       .consent = &consent,
                                       .most = words_stricter(load->options->status, source->least),
                                       .dry_run = load->options->dry_run};
    if (!list_take_person(&taking, row->arena, &reading.person, &reading.address, &outcome, why)) {
        return fail_context(why, "%s:%lld", source->name, (long long)row->line);
    }
    report_row(load, row, reading.display, count_outcome(&source->counts, outcome), NULL);
    if (outcome == LIST_ADDED && reading.person.topics != NULL) {
        note_topics(load, row->arena, reading.person.topics);
    }
    return true;
}

static bool begin_piece(struct list_load *load, struct failure *why)
{
    load->piece_since = clock_monotonic_ms();
    return load->options->dry_run || store_begin(load->store, why);
}

static bool end_piece(struct list_load *load, struct failure *why)
{
    size_t file = (size_t)(load->source - load->sources);
    return load->options->dry_run ||
           (import_note(load->store, load->id, file, &load->source->counts, why) &&
            store_commit(load->store, why));
}

static bool take_row(void *context, struct table_row *row, struct failure *why)
{
    struct list_load *load = context;
    bool header = !load->header_done && !load->source->headless;
    load->header_done = true;
    if (header) {
        return true;
    }
    if (load->taken > 0) {
        load->taken--;
        return true;
    }
    if (!take_person(load, row, why)) {
        return false;
    }
    bool ends = !load->options->dry_run && clock_monotonic_ms() - load->piece_since >= PIECE_MS;
    return !ends ||
           (end_piece(load, why) && store_give_way(load->store, why) && begin_piece(load, why));
}

static bool take_source(struct list_load *load, struct list_source *source, struct failure *why)
{
    load->source = source;
    load->header_done = false;
    if (load->id != 0 && !import_noted(load->store, load->id, (size_t)(source - load->sources),
                                       &source->counts, why)) {
        return false;
    }
    load->taken = source->counts.lines;
    load->counts->resumed += source->counts.lines;
    bool good = begin_piece(load, why) && table_each(&source->table, take_row, load, why) &&
                end_piece(load, why);
    if (!good && !load->options->dry_run) {
        store_rollback(load->store);
    }
    return good;
}

static void add_counts(struct list_import_counts *total, const struct import_counts *counts)
{
    total->lines += counts->lines;
    total->added += counts->added;
    total->already += counts->already;
    total->left_before += counts->left_before;
    total->taken_off += counts->taken_off;
    total->suppressed += counts->suppressed;
    total->bad += counts->bad;
}

static bool take_sources(struct list_load *load, struct failure *why)
{
    bool good =
        comparison_categories(load->store, &load->arena, &load->topics, &load->topic_count, why);
    for (size_t i = 0; good && i < load->source_count; i++) {
        good = take_source(load, &load->sources[i], why);
        add_counts(load->counts, &load->sources[i].counts);
    }
    return good;
}

/* Identifies an import by its files and options: the same files with the same options are the same
 * import. */
static void make_fingerprint(const struct list_load *load, char out[HASH_HEX])
{
    const struct list_import_options *options = load->options;
    struct buf text;
    buf_init(&text, 1024 * 1024);
    buf_addf(&text, "%s\n%s\n%s\n%s\n", load->verb, subscriber_status_name(options->status),
             options->wording != NULL ? options->wording : "",
             options->map != NULL ? options->map : "");
    for (size_t i = 0; i < options->ignored_count; i++) {
        buf_addf(&text, "-%s\n", options->ignored[i]);
    }
    for (size_t i = 0; i < load->tag_count; i++) {
        buf_addf(&text, "+%s=%s\n", load->tags[i].header, load->tags[i].topic);
    }
    for (size_t i = 0; i < load->source_count; i++) {
        buf_addf(&text, "%s %s\n", load->sources[i].table.sha256, load->sources[i].form);
    }
    hash_sha256_hex(text.data, text.len, out);
    buf_free(&text);
}

/* The interrupted import to be continued; `*id` is 0 if there is none. */
static bool find_broken(struct list_load *load, const char *fingerprint, int64_t *id,
                        struct failure *why)
{
    int64_t wanted = load->options->continues;
    struct import_run *runs;
    size_t count;
    *id = 0;
    if (!import_unfinished(load->store, &load->arena, &runs, &count, why)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        bool same = strcmp(runs[i].fingerprint, fingerprint) == 0;
        if (wanted == runs[i].id && !same) {
            return fail(why, FAILURE_DATA,
                        "import %lld is of %s, and was begun with other options or with another "
                        "content of it; continue it with the same, or take it back with --undo "
                        "%lld",
                        (long long)wanted, runs[i].name, (long long)wanted);
        }
        if (same && (wanted == 0 || wanted == runs[i].id)) {
            *id = runs[i].id;
        }
    }
    return *id != 0 || wanted == 0 ||
           fail(why, FAILURE_NO_INPUT, "no import %lld waits to be continued", (long long)wanted);
}

static bool begin_import(struct list_load *load, struct failure *why)
{
    char fingerprint[HASH_HEX];
    make_fingerprint(load, fingerprint);
    if (!find_broken(load, fingerprint, &load->id, why)) {
        return false;
    }
    if (load->id != 0) {
        return true;
    }
    const char **names = arena_array(&load->arena, load->source_count, sizeof *names);
    for (size_t i = 0; i < load->source_count; i++) {
        names[i] = file_name(load->sources[i].name);
    }
    return import_begin(load->store, load->verb, fingerprint, names, load->source_count, load->now,
                        &load->id, why);
}

/* The last commit flushes all earlier ones to disk. */
static bool end_import(struct list_load *load, struct failure *why)
{
    bool good = store_set_durable(load->store, true, why) && store_begin(load->store, why) &&
                import_finish(load->store, load->id, load->now, why);
    return store_end(load->store, good, why);
}

static bool tell_broken(const struct list_load *load, struct failure *why)
{
    return fail_context(why,
                        "import %lld broke off (the same command goes on behind line %lld, and "
                        "subscribers import --undo %lld takes it back)",
                        (long long)load->id, (long long)load->counts->lines, (long long)load->id);
}

bool list_load_take(struct list_load *load, struct failure *why)
{
    struct failure ignored = {0};
    if (load->options->dry_run) {
        bool good = import_seen_begin(load->store, why) && take_sources(load, why);
        return import_seen_end(load->store, good ? why : &ignored) && good;
    }
    if (!begin_import(load, why) || !store_set_durable(load->store, false, why)) {
        return false;
    }
    load->counts->id = load->id;
    if (take_sources(load, why) && end_import(load, why)) {
        return true;
    }
    (void)!store_set_durable(load->store, true, &ignored);
    return tell_broken(load, why);
}

bool list_import(struct store *store, const struct token_keys *keys, FILE *in, const char *name,
                 const struct list_import_options *options, int64_t now, list_import_report report,
                 void *context, struct list_import_counts *counts, struct failure *why)
{
    struct list_source source = {.name = name, .least = SUBSCRIBER_CONFIRMED};
    struct list_load load = {.store = store,
                             .keys = keys,
                             .options = options,
                             .verb = "import",
                             .sources = &source,
                             .source_count = 1,
                             .now = now,
                             .report = report,
                             .context = context,
                             .counts = counts};
    *counts = (struct list_import_counts){0};
    if (options->status == SUBSCRIBER_CONFIRMED && options->wording == NULL) {
        return fail(why, FAILURE_USAGE,
                    "people come in as confirmed only with the wording of their consent");
    }
    source.form = arena_format(&load.arena, "import %.255s", file_name(name));
    bool good = list_load_open(&load, in, &source, why) && list_load_take(&load, why);
    table_close(&source.table);
    arena_free(&load.arena);
    return good;
}

/* --- undoing --- */

static bool undo_people(struct store *store, int64_t id, struct import_undone *undone,
                        struct failure *why)
{
    int64_t after = 0;
    bool good = true;
    do {
        good = import_undo_piece(store, id, UNDO_PEOPLE, &after, undone, why) &&
               (after == 0 || store_give_way(store, why));
    } while (good && after > 0);
    return good;
}

bool list_undo(struct store *store, int64_t id, int64_t now, struct import_undone *undone,
               struct failure *why)
{
    struct arena arena = {0};
    struct import_run *run;
    *undone = (struct import_undone){0};
    bool good =
        import_find(store, &arena, id, &run, why) &&
        (run != NULL || fail(why, FAILURE_NO_INPUT, "there is no import %lld", (long long)id)) &&
        undo_people(store, id, undone, why) && import_undo_end(store, id, now, why);
    arena_free(&arena);
    return good;
}
