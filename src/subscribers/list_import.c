/*
 * CSV into the list.
 *
 * libcsv takes the text apart; this file decides what the columns mean, keeps count of lines and
 * holds memory constant: the file is read piece by piece, and a row that grows past ROW_MAX (a
 * quotation mark left open) ends the import.
 */
#include <csv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/utf8.h"
#include "store/comparison.h"
#include "subscribers/list_private.h"

enum { PIECE = 64 * 1024, ROW_MAX = 64 * 1024, CELLS_MAX = 200, STRANGE_MAX = 5 };
struct import {
    struct store *store;
    const struct token_keys *keys;
    const char *name;
    const struct list_import_options *options;
    struct consent consent;
    list_import_report report;
    void *context;
    struct list_import_counts *counts;
    struct failure *why; /* why the whole import ends */
    bool failed;

    int64_t line;      /* being read, from 1 */
    int64_t row_line;  /* where the present row began */
    int64_t cell_line; /* where the next cell begins */
    size_t row_bytes;  /* of the present row so far */
    bool row_ended;    /* since the last line was handed over */

    bool header_done;
    enum list_column columns[CELLS_MAX]; /* meaning of each column */
    size_t column_count;

    struct arena arena;  /* of the whole import */
    const char **topics; /* those that comparisons have */
    size_t topic_count;

    struct arena row;                /* texts of the present row */
    const char *cells[LIST_COLUMNS]; /* NULL: absent */
    size_t cell;                     /* which is next */
    bool has_text;
    struct failure row_why; /* why this row is bad */
};

/* The whole import ends here, for a reason that no single row can carry. */
static void stop(struct import *import, int64_t line, const char *text)
{
    fail(import->why, FAILURE_DATA, "%s:%lld: %s", import->name, (long long)line, text);
    import->failed = true;
}

static void mark_bad(struct import *import, const char *text)
{
    if (import->row_why.kind == FAILURE_NONE) {
        fail(&import->row_why, FAILURE_DATA, "%s", text);
    }
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Blanks around a cell are not part of it; nor is the apostrophe that keeps a spreadsheet from
 * taking it for a formula (list_export puts one there). */
static char *clean_cell(struct arena *arena, const char *bytes, size_t len)
{
    while (len > 0 && is_blank(bytes[0])) {
        bytes++;
        len--;
    }
    while (len > 0 && is_blank(bytes[len - 1])) {
        len--;
    }
    char *text = arena_copy_bytes(arena, bytes, len);
    return list_is_formula(text) && text[0] == '\'' ? text + 1 : text;
}

static bool has_column(const struct import *import, enum list_column column)
{
    for (size_t i = 0; i < import->column_count; i++) {
        if (import->columns[i] == column) {
            return true;
        }
    }
    return false;
}

/* Names the column among those that nothing is read from; as many as there is room for. */
static void note_unused(struct import *import, const char *text)
{
    char *list = import->counts->unused;
    size_t room = sizeof import->counts->unused - strlen(list);
    size_t len = strlen(text);
    if (len > 0 && len + sizeof ", \"\"" <= room && utf8_valid(text, len, NULL)) {
        snprintf(list + strlen(list), room, "%s\"%s\"", list[0] != '\0' ? ", " : "", text);
    }
}

/* Of two columns that mean the same the first counts. */
static void take_header_cell(struct import *import, const char *text)
{
    enum list_column column = list_column_find(import->options->map, text);
    if (column == LIST_OTHER || has_column(import, column)) {
        column = LIST_OTHER;
        note_unused(import, text);
    }
    import->columns[import->column_count++] = column;
}

/* A name that spans lines is a quotation mark that swallowed what came behind it. */
static void mark_open_quote(struct import *import)
{
    char text[100];
    snprintf(text, sizeof text, "a quote opened in line %lld is not closed properly",
             (long long)import->cell_line);
    mark_bad(import, text);
}

static void take_row_cell(struct import *import, const char *text)
{
    import->has_text = import->has_text || text[0] != '\0';
    if (import->cell < import->column_count) {
        enum list_column column = import->columns[import->cell];
        if (column != LIST_OTHER && strpbrk(text, "\r\n") != NULL) {
            mark_open_quote(import);
        } else if (column != LIST_OTHER) {
            import->cells[column] = text;
        }
    } else if (text[0] != '\0') {
        mark_bad(import, "more cells than the header has columns; is a separator inside a cell "
                         "without quotation marks?");
    }
}

static int64_t count_lines(const char *bytes, size_t len)
{
    int64_t count = 0;
    for (size_t i = 0; i < len; i++) {
        count += bytes[i] == '\n';
    }
    return count;
}

static void take_cell(void *bytes, size_t len, void *context)
{
    struct import *import = context;
    if (import->failed) {
        return;
    }
    if (import->cell >= CELLS_MAX) {
        stop(import, import->row_line, "more than 200 columns");
        return;
    }
    if (len > 0 && memchr(bytes, '\0', len) != NULL) {
        mark_bad(import, "a NUL byte stands in it");
    }
    char *text = clean_cell(&import->row, bytes, len);
    if (import->header_done) {
        take_row_cell(import, text);
    } else {
        take_header_cell(import, text);
    }
    import->cell_line += count_lines(bytes, len);
    import->cell++;
}

/* Every column that the map names has to be there; of the rest, the address alone. */
static void end_header(struct import *import)
{
    const char *map = import->options->map;
    for (int column = 0; column < LIST_COLUMNS; column++) {
        bool mapped = list_map_names(map, (enum list_column)column);
        if ((mapped || column == LIST_EMAIL) && !has_column(import, (enum list_column)column)) {
            char text[200];
            snprintf(text, sizeof text,
                     mapped ? "no column has the header that the map gives for %s"
                            : "the first line has to name the columns, and one of them %s; --map "
                              "email=COLUMN tells which one it is",
                     list_column_name((enum list_column)column));
            stop(import, import->row_line, text);
            return;
        }
    }
    import->header_done = true;
}

static void report_row(struct import *import, const char *outcome, const char *reason)
{
    const char *address = import->cells[LIST_EMAIL];
    if (address == NULL || !utf8_valid(address, strlen(address), NULL)) {
        address = "(no address)";
    }
    if (import->report != NULL) {
        import->report(import->context, import->row_line, address, outcome, reason);
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
    };
    struct list_import_counts *counts = import->counts;
    counts->added += outcome == LIST_ADDED || outcome == LIST_UPDATED;
    counts->already += outcome == LIST_ALREADY;
    counts->left_before += outcome == LIST_LEFT_BEFORE;
    counts->suppressed += outcome == LIST_SUPPRESSED;
    report_row(import, words[outcome], NULL);
}

static bool read_person(struct import *import, struct list_person *person, struct address *address)
{
    const char *topics = import->cells[LIST_TOPICS];
    struct failure *why = &import->row_why;
    if (why->kind != FAILURE_NONE) {
        return false;
    }
    if (import->cells[LIST_EMAIL] == NULL) {
        return fail(why, FAILURE_DATA, "there is no address in this row");
    }
    *person = (struct list_person){.address = import->cells[LIST_EMAIL],
                                   .name = import->cells[LIST_NAME]};
    return list_status_read(import->cells[LIST_STATUS], import->options->status, &person->status,
                            why) &&
           list_check_person(person, address, why) &&
           (topics == NULL || list_topics(&import->row, topics, &person->topics, why));
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
    const char *quoted = arena_format(&import->row, "\"%.*s\"", (int)len, text);
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

static void take_row(struct import *import)
{
    struct list_person person;
    struct address address;
    enum list_added outcome;
    import->counts->lines++;
    if (!read_person(import, &person, &address)) {
        import->counts->bad++;
        report_row(import, "bad", import->row_why.text);
    } else if (list_take_person(import->store, &import->row, import->keys, &person, &address,
                                &import->consent, &outcome, import->why)) {
        count_outcome(import, outcome);
        if (outcome == LIST_ADDED && person.topics != NULL) {
            note_topics(import, person.topics);
        }
    } else {
        fail_context(import->why, "%s:%lld", import->name, (long long)import->row_line);
        import->failed = true;
    }
}

static void end_row(int sign, void *context)
{
    struct import *import = context;
    (void)sign;
    if (!import->failed && !import->header_done) {
        end_header(import);
    } else if (!import->failed && import->has_text) {
        take_row(import);
    }
    import->row_ended = true;
    import->cell = 0;
    import->has_text = false;
    import->row_why = (struct failure){0};
    memset(import->cells, 0, sizeof import->cells);
    arena_reset(&import->row);
}

static bool is_blank_line(const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!is_blank(bytes[i])) {
            return false;
        }
    }
    return true;
}

/* Hands one line, or a part of one, to libcsv. */
static bool parse_line(struct import *import, struct csv_parser *parser, const char *bytes,
                       size_t len)
{
    if (import->row_bytes == 0) {
        import->row_line = import->cell_line = import->line;
    }
    if (import->row_bytes > 0 || !is_blank_line(bytes, len)) {
        import->row_ended = false;
        if (csv_parse(parser, bytes, len, take_cell, end_row, import) != len) {
            memory_exhausted();
        }
        import->row_bytes = import->row_ended ? 0 : import->row_bytes + len;
    }
    if (!import->failed && import->row_bytes > ROW_MAX) {
        stop(import, import->row_line,
             "this row is longer than 64 KB; is a quotation mark left open?");
    }
    import->line += len > 0 && bytes[len - 1] == '\n';
    return !import->failed;
}

static bool parse_piece(struct import *import, struct csv_parser *parser, const char *bytes,
                        size_t len)
{
    for (size_t at = 0; at < len;) {
        const char *end = memchr(bytes + at, '\n', len - at);
        size_t line = end != NULL ? (size_t)(end - (bytes + at)) + 1 : len - at;
        if (!parse_line(import, parser, bytes + at, line)) {
            return false;
        }
        at += line;
    }
    return true;
}

/* The sign that parts the header's cells: whichever of comma, semicolon and tab stands there most
 * often outside of quotation marks. */
static char find_separator(const char *line, size_t len)
{
    static const char signs[] = ",;\t";
    size_t counts[3] = {0};
    bool quoted = false;
    for (size_t i = 0; i < len && (quoted || line[i] != '\n'); i++) {
        quoted = quoted != (line[i] == '"');
        const char *sign = line[i] != '\0' ? strchr(signs, line[i]) : NULL;
        if (sign != NULL && !quoted) {
            counts[sign - signs]++;
        }
    }
    size_t best = counts[1] > counts[0] ? 1 : 0;
    return signs[counts[2] > counts[best] ? 2 : best];
}

/* What may stand before the header: a byte order mark, and Excel's line "sep=;". */
static size_t skip_preamble(struct import *import, const char *bytes, size_t len)
{
    size_t at = len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    if (len >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0)) {
        stop(import, 1, "this is UTF-16; save it as CSV in UTF-8");
    }
    if (len - at > 5 && strncasecmp(bytes + at, "sep=", 4) == 0) {
        const char *end = memchr(bytes + at, '\n', len - at);
        at = end != NULL ? (size_t)(end - bytes) + 1 : len;
        import->line++;
    }
    return at;
}

static bool read_failed(struct import *import, FILE *in)
{
    return ferror(in) ? fail_errno(import->why, FAILURE_IO, "cannot read %s", import->name) : true;
}

/* The file ends within quotation marks: what they opened for is no person. */
static void end_open(struct import *import, int reason)
{
    if (reason != CSV_EPARSE) {
        memory_exhausted();
    }
    mark_open_quote(import);
    if (import->header_done) {
        import->has_text = true;
        end_row(0, import);
    } else {
        stop(import, import->row_line, import->row_why.text);
    }
}

static bool read_all(struct import *import, struct csv_parser *parser, FILE *in)
{
    char *piece = memory_resize(NULL, PIECE);
    size_t len = fread(piece, 1, PIECE, in);
    size_t at = skip_preamble(import, piece, len);
    csv_set_delim(parser, (unsigned char)find_separator(piece + at, len - at));
    bool good = !import->failed && parse_piece(import, parser, piece + at, len - at);
    while (good && (len = fread(piece, 1, PIECE, in)) > 0) {
        good = parse_piece(import, parser, piece, len);
    }
    free(piece);
    /* Lenient about what stands in a row, strict about a row that never ends. */
    (void)csv_set_opts(parser, CSV_STRICT | CSV_STRICT_FINI);
    if (good && csv_fini(parser, take_cell, end_row, import) != 0) {
        end_open(import, csv_error(parser));
    }
    if (good && !import->failed && !import->header_done && !ferror(in)) {
        stop(import, 1, "there is nothing in it; the first line has to name the columns");
    }
    return good && !import->failed && read_failed(import, in);
}

bool list_import(struct store *store, const struct token_keys *keys, FILE *in, const char *name,
                 const struct list_import_options *options, int64_t now, list_import_report report,
                 void *context, struct list_import_counts *counts, struct failure *why)
{
    struct csv_parser parser;
    struct import import = {.store = store,
                            .keys = keys,
                            .name = name,
                            .options = options,
                            .report = report,
                            .context = context,
                            .counts = counts,
                            .why = why,
                            .line = 1};
    *counts = (struct list_import_counts){0};
    if (options->map != NULL && !list_map_check(options->map, why)) {
        return false;
    }
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
    if (!store_begin(store, why)) {
        return false;
    }
    if (csv_init(&parser, 0) != 0) {
        memory_exhausted();
    }
    bool good =
        comparison_categories(store, &import.arena, &import.topics, &import.topic_count, why) &&
        read_all(&import, &parser, in);
    csv_free(&parser);
    arena_free(&import.arena);
    arena_free(&import.row);
    if (good && !options->dry_run && store_commit(store, why)) {
        return true;
    }
    store_rollback(store);
    return good && options->dry_run;
}
