/*
 * A table of people into the list.
 *
 * Two walks: the first looks at all rows and decides what the columns mean (list_columns.c), so
 * that a file that cannot be read changes nothing; the second takes row by row.
 */
#include <string.h>

#include "base/file.h"
#include "base/utf8.h"
#include "store/comparison.h"
#include "subscribers/list_private.h"

enum { STRANGE_MAX = 5 };

struct import {
    struct store *store;
    const struct token_keys *keys;
    const char *name;
    const struct list_import_options *options;
    struct consent consent;
    list_import_report report;
    void *context;
    struct list_import_counts *counts;
    struct table table;
    struct list_columns columns;
    bool header_done;
    bool headless; /* the first row is a person */

    struct arena arena;  /* of the whole import */
    const char **topics; /* those that comparisons have */
    size_t topic_count;

    const struct table_row *row; /* the present one */
    const char *address;         /* in it; NULL: none */
    struct failure row_why;      /* why it is bad */
};

/* --- the first walk --- */

static bool look_at_row(void *context, struct table_row *row, struct failure *why)
{
    struct import *import = context;
    bool headless = true;
    if (!import->header_done) {
        if (row->bad != NULL) {
            return fail(why, FAILURE_DATA, "%s:%lld: %s", import->name, (long long)row->line,
                        row->bad);
        }
        list_columns_begin(&import->columns, row, &headless);
        import->headless = headless;
        import->header_done = true;
    }
    if (headless) {
        list_columns_see(&import->columns, row);
    }
    return true;
}

static bool look_at_table(struct import *import, struct failure *why)
{
    struct list_import_counts *counts = import->counts;
    if (!table_each(&import->table, look_at_row, import, why)) {
        return false;
    }
    if (!import->header_done) {
        return fail(why, FAILURE_DATA,
                    "%s:1: there is nothing in it; the first line has to name the columns",
                    import->name);
    }
    return list_columns_settle(&import->columns, &import->table, counts->unused,
                               sizeof counts->unused, why);
}

/* --- the second --- */

static void report_row(struct import *import, const char *outcome, const char *reason)
{
    const char *address = import->address != NULL ? import->address : "(no address)";
    if (import->report != NULL) {
        import->report(import->context, import->row->line, address, outcome, reason);
    }
}

static void count_outcome(struct import *import, enum list_added outcome)
{
    static const char *const words[] = {
        [LIST_ADDED] = "added",
        [LIST_ALREADY] = "already",
        [LIST_LEFT_BEFORE] = "left before",
        [LIST_SUPPRESSED] = "suppressed",
        [LIST_UPDATED] = "confirmed",
        [LIST_TAKEN_OFF] = "taken off",
    };
    struct list_import_counts *counts = import->counts;
    counts->added += outcome == LIST_ADDED || outcome == LIST_UPDATED;
    counts->already += outcome == LIST_ALREADY;
    counts->left_before += outcome == LIST_LEFT_BEFORE;
    counts->taken_off += outcome == LIST_TAKEN_OFF;
    counts->suppressed += outcome == LIST_SUPPRESSED;
    report_row(import, words[outcome], NULL);
}

static bool fail_open_quote(const struct import *import, int column, struct failure *why)
{
    return fail(why, FAILURE_DATA, "a quote opened in line %lld is not closed properly",
                (long long)import->row->cell_lines[column]);
}

/* A cell of several lines that holds an address is a quotation mark that swallowed the rows behind
 * it; other line breaks become `instead`. */
static bool read_lines(const struct import *import, enum list_column field, char instead,
                       const char **text, struct failure *why)
{
    const char *cell = list_columns_cell(&import->columns, import->row, field);
    *text = cell;
    if (cell == NULL || strchr(cell, '\n') == NULL) {
        return true;
    }
    if (field == LIST_EMAIL || strchr(cell, '@') != NULL) {
        return fail_open_quote(import, import->columns.at[field], why);
    }
    char *copy = arena_copy(import->row->arena, cell);
    for (char *c = copy; *c != '\0'; c++) {
        *c = *c == '\n' ? instead : *c;
    }
    *text = copy;
    return true;
}

/* The address as it is written in the cell, and the name in front of it, "" if none. */
static bool read_address(struct import *import, char display[256], struct failure *why)
{
    const char *cell;
    char text[ADDRESS_INPUT + 1];
    if (!read_lines(import, LIST_EMAIL, '\n', &cell, why)) {
        return false;
    }
    if (cell == NULL) {
        return fail(why, FAILURE_DATA, "there is no address in this row");
    }
    address_unwrap(cell, text, display);
    if (strchr(text, '@') != strrchr(text, '@') && strpbrk(text, ",; ") != NULL) {
        return fail(why, FAILURE_DATA, "there are several addresses in this cell");
    }
    import->address = arena_copy(import->row->arena, text);
    return true;
}

static bool read_person(struct import *import, struct list_person *person, struct address *address)
{
    struct failure *why = &import->row_why;
    const struct table_row *row = import->row;
    const char *topics;
    char display[256];
    *person = (struct list_person){0};
    if (row->bad != NULL) {
        import->address = list_columns_cell(&import->columns, row, LIST_EMAIL);
        return fail(why, FAILURE_DATA, "%s", row->bad);
    }
    if (!read_address(import, display, why) ||
        !read_lines(import, LIST_NAME, ' ', &person->name, why)) {
        return false;
    }
    person->address = import->address;
    if ((person->name == NULL || person->name[0] == '\0') && display[0] != '\0') {
        person->name = arena_copy(row->arena, display);
    }
    for (size_t i = import->columns.count; i < row->count; i++) {
        if (row->cells[i][0] != '\0') {
            return fail(why, FAILURE_DATA,
                        "more cells than the header has columns; is a separator inside a cell "
                        "without quotation marks?");
        }
    }
    return list_columns_status(&import->columns, row, import->options->status, &person->status,
                               why) &&
           list_check_person(person, address, why) &&
           read_lines(import, LIST_TOPICS, '\n', &topics, why) &&
           (topics == NULL || list_topics(row->arena, topics, &person->topics, why));
}

static bool is_topic(const struct import *import, const char *text, size_t len)
{
    for (size_t i = 0; i < import->topic_count; i++) {
        if (strlen(import->topics[i]) == len && memcmp(import->topics[i], text, len) == 0) {
            return true;
        }
    }
    return false;
}

/* Names the topic among those that no comparison has, once, and as long as there are few. */
static void note_strange(struct import *import, const char *text, size_t len)
{
    struct list_import_counts *counts = import->counts;
    size_t used = strlen(counts->strange);
    const char *quoted = arena_format(import->row->arena, "\"%.*s\"", (int)len, text);
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

/* A slip in a topic would keep its reader out of every issue. Before the first comparison there is
 * nothing to hold topics against. */
static void note_topics(struct import *import, const char *topics)
{
    bool strange = false;
    for (size_t len; import->topic_count > 0 && *topics != '\0';
         topics += len + (topics[len] == '\n')) {
        len = strcspn(topics, "\n");
        if (!is_topic(import, topics, len)) {
            note_strange(import, topics, len);
            strange = true;
        }
    }
    import->counts->strangers += strange;
}

static bool take_person(struct import *import, struct failure *why)
{
    struct list_person person;
    struct address address;
    enum list_added outcome;
    import->counts->lines++;
    if (!read_person(import, &person, &address)) {
        import->counts->bad++;
        report_row(import, "bad", import->row_why.text);
        return true;
    }
    if (!list_take_person(import->store, import->row->arena, import->keys, &person, &address,
                          &import->consent, &outcome, why)) {
        return fail_context(why, "%s:%lld", import->name, (long long)import->row->line);
    }
    count_outcome(import, outcome);
    if (outcome == LIST_ADDED && person.topics != NULL) {
        note_topics(import, person.topics);
    }
    return true;
}

static bool take_row(void *context, struct table_row *row, struct failure *why)
{
    struct import *import = context;
    bool header = !import->header_done && !import->headless;
    import->header_done = true;
    import->row = row;
    import->row_why = (struct failure){0};
    import->address = NULL;
    return header || take_person(import, why);
}

static bool take_table(struct import *import, struct failure *why)
{
    import->header_done = false;
    bool good = store_begin(import->store, why) &&
                comparison_categories(import->store, &import->arena, &import->topics,
                                      &import->topic_count, why) &&
                table_each(&import->table, take_row, import, why);
    if (good && !import->options->dry_run && store_commit(import->store, why)) {
        return true;
    }
    store_rollback(import->store);
    return good && import->options->dry_run;
}

static bool read_map(struct import *import, struct failure *why)
{
    struct list_map *map;
    struct list_columns *columns = &import->columns;
    bool good = list_map_read(&import->arena, import->options->map, &map, &columns->map_count, why);
    columns->map = map;
    columns->arena = &import->arena;
    columns->options = import->options;
    return good;
}

bool list_import(struct store *store, const struct token_keys *keys, FILE *in, const char *name,
                 const struct list_import_options *options, int64_t now, list_import_report report,
                 void *context, struct list_import_counts *counts, struct failure *why)
{
    struct import import = {.store = store,
                            .keys = keys,
                            .name = name,
                            .options = options,
                            .report = report,
                            .context = context,
                            .counts = counts};
    *counts = (struct list_import_counts){0};
    if (options->status == SUBSCRIBER_CONFIRMED && options->wording == NULL) {
        return fail(why, FAILURE_USAGE,
                    "people come in as confirmed only with the wording of their consent");
    }
    char form[300];
    snprintf(form, sizeof form, "import %.255s", file_name(name));
    import.consent = (struct consent){.kind = "imported",
                                      .wording = options->wording != NULL ? options->wording : "",
                                      .form = form,
                                      .origin = "",
                                      .at = now};
    bool good = read_map(&import, why) &&
                table_open(in, name, options->encoding, &import.table, why) &&
                look_at_table(&import, why) && take_table(&import, why);
    table_close(&import.table);
    arena_free(&import.arena);
    return good;
}
