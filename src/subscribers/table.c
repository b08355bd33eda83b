#include "subscribers/table.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "subscribers/encoding.h"
#include "subscribers/list_private.h"

enum { PIECE = 64 * 1024, ROW_MAX = 64 * 1024, HEADER_MAX = 64 * 1024 };

/* --- the file --- */

static bool is_mark(const char *bytes, size_t len)
{
    return len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0;
}

static bool is_blank_line(const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\n') {
            return false;
        }
    }
    return true;
}

/* The separator of Excel's line "sep=;", also in quotation marks and with "\t" spelled out; 0 for
 * any other line. Programs that count it as a row add a comma. */
static char read_separator_line(const char *line)
{
    line += line[0] == '"';
    if (strncasecmp(line, "sep=", 4) != 0) {
        return '\0';
    }
    line += 4;
    if (strncmp(line, "\\t", 2) == 0) {
        return '\t';
    }
    return line[0] == '\n' || line[0] == '"' ? '\0' : line[0];
}

/* The separator of the header's cells: of comma, semicolon, tab and bar, the one that occurs most
 * often outside quotation marks. */
static char find_separator(const char *line)
{
    static const char signs[] = ",;\t|";
    size_t counts[sizeof signs - 1] = {0}, best = 0;
    bool quoted = false;
    for (size_t i = 0; line[i] != '\0' && (quoted || line[i] != '\n'); i++) {
        quoted = quoted != (line[i] == '"');
        const char *sign = strchr(signs, line[i]);
        if (sign != NULL && !quoted) {
            counts[sign - signs]++;
        }
    }
    for (size_t i = 1; i < sizeof signs - 1; i++) {
        best = counts[i] > counts[best] ? i : best;
    }
    return signs[best];
}

/* Skips what may precede the header: blank lines, a byte order mark before or after "sep=". */
static void skip_preamble(struct table *table, const char *head, size_t len)
{
    size_t at = is_mark(head, len) ? 3 : 0;
    char said = read_separator_line(head + at);
    if (said != '\0') {
        at += strcspn(head + at, "\n");
        at += at < len;
        table->first_line++;
    }
    at += is_mark(head + at, len - at) ? 3 : 0;
    table->start = (long)at;
    for (size_t line; at < len && is_blank_line(head + at, line = strcspn(head + at, "\n"));) {
        at += line + (at + line < len);
    }
    table->separator = said != '\0' ? said : find_separator(head + at);
}

static bool read_head(struct table *table, struct failure *why)
{
    char *head = memory_zeroed(1, HEADER_MAX + 1);
    rewind(table->text);
    size_t len = fread(head, 1, HEADER_MAX, table->text);
    bool good = !ferror(table->text);
    skip_preamble(table, head, strnlen(head, len));
    free(head);
    return good || fail_errno(why, FAILURE_IO, "cannot read %s", table->name);
}

bool table_open(FILE *in, const char *name, const char *encoding, struct table *table,
                struct failure *why)
{
    *table = (struct table){.name = name, .first_line = 1, .quote = '"'};
    table->text = tmpfile();
    if (table->text == NULL) {
        return fail_errno(why, FAILURE_CANNOT_CREATE, "cannot keep a copy of %s while it is read",
                          name);
    }
    bool good = encoding_copy(in, name, encoding, table->text, why) && read_head(table, why);
    rewind(table->text);
    good = good && (hash_sha256_file(table->text, table->sha256) ||
                    fail_errno(why, FAILURE_IO, "cannot read %s", name));
    if (!good) {
        table_close(table);
    }
    return good;
}

void table_take_lines(struct table *table)
{
    char line[HEADER_MAX / 64] = "";
    bool read = fseek(table->text, table->start, SEEK_SET) == 0 &&
                fgets(line, sizeof line, table->text) != NULL;
    if (read && strchr(line, '@') != NULL) {
        table->separator = '\x1F';
        table->quote = '\x1E';
    }
}

void table_close(struct table *table)
{
    if (table->text != NULL) {
        fclose(table->text);
        table->text = NULL;
    }
}

/* --- its rows --- */

struct walk {
    const struct table *table;
    table_visit visit;
    void *context;
    struct failure *why;
    bool failed;
    struct arena arena; /* for the current row */
    struct table_row row;
    int64_t line;      /* current line */
    int64_t cell_line; /* where the next cell begins */
    size_t row_bytes;  /* of the current row so far */
    bool row_ended;    /* libcsv has reported a row since the last line was passed to it */
    bool has_text;
    char bad[120];
};

/* Stops reading, for a reason that concerns more than one row. */
static void stop(struct walk *walk, int64_t line, const char *text)
{
    fail(walk->why, FAILURE_DATA, "%s:%lld: %s", walk->table->name, (long long)line, text);
    walk->failed = true;
}

static void mark_bad(struct walk *walk, const char *text)
{
    if (walk->row.bad == NULL) {
        walk->row.bad = text;
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

/* Also drops the apostrophe that protects the cell from being taken for a formula (list_export adds
 * one). */
static const char *clean_cell(struct arena *arena, const char *bytes, size_t len)
{
    utf8_trim(&bytes, &len);
    const char *text = arena_copy_bytes(arena, bytes, len);
    return text[0] == '\'' && list_is_formula(text) ? text + 1 : text;
}

static void take_cell(void *bytes, size_t len, void *context)
{
    struct walk *walk = context;
    struct table_row *row = &walk->row;
    if (walk->failed) {
        return;
    }
    if (row->count == TABLE_CELLS_MAX) {
        stop(walk, row->line, "more than 200 columns");
        return;
    }
    if (len > 0 && memchr(bytes, '\0', len) != NULL) {
        mark_bad(walk, "a NUL byte stands in it");
    }
    const char *text = clean_cell(&walk->arena, bytes, len);
    walk->has_text = walk->has_text || text[0] != '\0';
    row->cell_lines[row->count] = walk->cell_line;
    row->cells[row->count++] = text;
    walk->cell_line += count_lines(bytes, len);
}

static void end_row(int sign, void *context)
{
    struct walk *walk = context;
    (void)sign;
    if (!walk->failed && walk->has_text) {
        walk->failed = !walk->visit(walk->context, &walk->row, walk->why);
    }
    walk->row_ended = true;
    walk->has_text = false;
    walk->row.count = 0;
    walk->row.bad = NULL;
    arena_reset(&walk->arena);
}

/* Passes one line, or a part of one, to libcsv. */
static bool parse_line(struct walk *walk, struct csv_parser *parser, const char *bytes, size_t len)
{
    if (walk->row_bytes == 0) {
        walk->row.line = walk->cell_line = walk->line;
    }
    if (walk->row_bytes > 0 || !is_blank_line(bytes, len)) {
        walk->row_ended = false;
        if (csv_parse(parser, bytes, len, take_cell, end_row, walk) != len) {
            memory_exhausted();
        }
        walk->row_bytes = walk->row_ended ? 0 : walk->row_bytes + len;
    }
    if (!walk->failed && walk->row_bytes > ROW_MAX) {
        stop(walk, walk->row.line, "this row is longer than 64 KB; is a quotation mark left open?");
    }
    walk->line += len > 0 && bytes[len - 1] == '\n';
    return !walk->failed;
}

/* The file ends inside quotation marks: the row that they opened is not a person. */
static void end_open(struct walk *walk)
{
    snprintf(walk->bad, sizeof walk->bad,
             "a quote opened in line %lld is not closed properly: all that follows it is skipped",
             (long long)walk->cell_line);
    mark_bad(walk, walk->bad);
    walk->has_text = true;
    end_row(0, walk);
}

/* The next line with its end, or as much of it as fits; 0 at the end of the file. NUL bytes are
 * allowed. */
static size_t read_line(FILE *text, char *line, size_t room)
{
    size_t len = 0;
    for (int c; len < room && (c = getc_unlocked(text)) != EOF;) {
        line[len++] = (char)c;
        if (c == '\n') {
            break;
        }
    }
    return len;
}

static bool walk_lines(struct walk *walk, struct csv_parser *parser)
{
    FILE *text = walk->table->text;
    char *line = memory_resize(NULL, PIECE);
    bool good = fseek(text, walk->table->start, SEEK_SET) == 0;
    size_t len;
    while (good && (len = read_line(text, line, PIECE)) > 0) {
        good = parse_line(walk, parser, line, len);
    }
    free(line);
    if (ferror(text) && !walk->failed) {
        walk->failed = true;
        fail_errno(walk->why, FAILURE_IO, "cannot read %s", walk->table->name);
    }
    /* Lenient about the content of a row, strict about a row that never ends. */
    (void)csv_set_opts(parser, CSV_STRICT | CSV_STRICT_FINI);
    if (!walk->failed && csv_fini(parser, take_cell, end_row, walk) != 0) {
        if (csv_error(parser) != CSV_EPARSE) {
            memory_exhausted();
        }
        end_open(walk);
    }
    return !walk->failed;
}

bool table_each(const struct table *table, table_visit visit, void *context, struct failure *why)
{
    struct csv_parser parser;
    struct walk walk = {
        .table = table, .visit = visit, .context = context, .why = why, .line = table->first_line};
    walk.row.arena = &walk.arena;
    if (csv_init(&parser, 0) != 0) {
        memory_exhausted();
    }
    csv_set_delim(&parser, (unsigned char)table->separator);
    csv_set_quote(&parser, (unsigned char)table->quote);
    bool good = walk_lines(&walk, &parser);
    csv_free(&parser);
    arena_free(&walk.arena);
    return good;
}
