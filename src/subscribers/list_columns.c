/*
 * Decides by its values what each column of a table contains; list_headers.c says what the headers
 * alone suggest.
 *
 *   question                        rule
 *   ------------------------------  --------------------------------------------------------------
 *   several columns of addresses    the one whose cells contain an @; then by header; then by the
 *                                   number of such cells
 *   several names, topics           the first
 *   several columns called status   those without a known word are about something else
 *   a yes-or-no column without yes  it says when or to what somebody subscribed: not used
 *     or no, or a type without a
 *     known word
 *   several columns tell who left   all are read, and the strictest word counts
 *   a column about leaving cannot   the import stops before anything is stored: guessing would
 *     be interpreted                mean to mail people who said no
 */
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "subscribers/words.h"

/* --- the values --- */

static void see_text(struct list_columns *columns, struct list_table_column *column,
                     const char *cell, int64_t line)
{
    if (column->texts++ == 0) {
        column->text_line = line;
        column->text = arena_copy_bytes(columns->arena, cell, utf8_cut(cell, strlen(cell), 40));
    }
}

/* A numeric status is a private code of the program that wrote it. */
static enum words_answer read_answer(const struct list_table_column *column, const char *cell)
{
    bool code = column->column == LIST_STATUS && strspn(cell, "0123456789-") == strlen(cell);
    return code && cell[0] != '\0' ? WORDS_TEXT : words_answer(cell);
}

static bool is_gone(enum subscriber_status status)
{
    return words_stricter(status, SUBSCRIBER_PENDING) != SUBSCRIBER_PENDING;
}

/* A word of the system's own wins over those that are known everywhere. In tags only such a word
 * counts: phpList's "No Lists". */
static bool read_status(const struct list_columns *columns, const struct list_table_column *column,
                        const char *cell, enum subscriber_status *status)
{
    bool tags = column->column == LIST_TAGS;
    const char *word =
        tags || column->column == LIST_STATUS ? list_system_word(columns->system, cell) : NULL;
    return (word != NULL && subscriber_status_find(word, status)) ||
           (!tags &&
            words_status(cell, column->column == LIST_TYPE && !column->about_list, status));
}

/* "removed" or "cancelled" may be about the list or about an order: the column's other words
 * decide. */
static void see_type(struct list_columns *columns, struct list_table_column *column,
                     const char *cell, int64_t line)
{
    enum subscriber_status status;
    if (words_status(cell, true, &status)) {
        column->states++;
        column->about_list = column->about_list || is_gone(status);
    } else if (column->doubt == NULL && strchr(cell, ' ') == NULL &&
               words_status(cell, false, &status) && is_gone(status)) {
        column->doubt = arena_copy_bytes(columns->arena, cell, utf8_cut(cell, strlen(cell), 40));
        column->doubt_line = line;
    }
}

static void see_cell(struct list_columns *columns, struct list_table_column *column,
                     const char *cell, int64_t line)
{
    enum subscriber_status status;
    if (cell[0] == '\0') {
        return;
    }
    column->filled++;
    column->addresses += strchr(cell, '@') != NULL;
    if (column->column < LIST_STATUS || column->column == LIST_OTHER) {
        return;
    }
    if (column->column == LIST_TYPE) {
        see_type(columns, column, cell, line);
        return;
    }
    if (read_status(columns, column, cell, &status)) {
        column->states++;
        return;
    }
    enum words_answer answer = read_answer(column, cell);
    column->answers += answer == WORDS_YES || answer == WORDS_NO;
    if (answer == WORDS_TEXT) {
        see_text(columns, column, cell, line);
    }
}

void list_columns_see(struct list_columns *columns, const struct table_row *row)
{
    for (size_t i = 0; i < row->count && i < columns->count; i++) {
        see_cell(columns, &columns->columns[i], row->cells[i], row->cell_lines[i]);
    }
}

/* --- the decision --- */

static bool is_better_address(const struct list_table_column *column,
                              const struct list_table_column *best)
{
    if ((column->addresses > 0) != (best->addresses > 0)) {
        return column->addresses > 0;
    }
    if ((column->rank == 0) != (best->rank == 0)) {
        return column->rank == 0;
    }
    return column->addresses != best->addresses ? column->addresses > best->addresses
                                                : column->rank < best->rank;
}

/* Of two columns of names, or of topics, the first counts. */
static void choose_single(struct list_columns *columns, enum list_column field)
{
    int best = -1;
    for (int i = 0; i < (int)columns->count; i++) {
        const struct list_table_column *column = &columns->columns[i];
        if (column->column == field &&
            (best < 0 ||
             (field == LIST_EMAIL && is_better_address(column, &columns->columns[best])))) {
            best = i;
        }
    }
    for (int i = 0; i < (int)columns->count; i++) {
        if (columns->columns[i].column == field && i != best) {
            columns->columns[i].column = LIST_OTHER;
        }
    }
    columns->at[field] = best;
}

/* Of several columns called "status", those without a known one are about something else. */
static void choose_status(struct list_columns *columns)
{
    bool known = false;
    for (size_t i = 0; i < columns->count; i++) {
        known =
            known || (columns->columns[i].column == LIST_STATUS && columns->columns[i].states > 0);
    }
    for (size_t i = 0; known && i < columns->count; i++) {
        struct list_table_column *column = &columns->columns[i];
        if (column->column == LIST_STATUS && column->states == 0 && column->answers == 0 &&
            !column->mapped) {
            column->column = LIST_OTHER;
        }
    }
}

/* A column "subscribed" with dates or sentences says when or to what somebody subscribed. */
static void drop_silent(struct list_columns *columns)
{
    for (size_t i = 0; i < columns->count; i++) {
        struct list_table_column *column = &columns->columns[i];
        bool yes_no = column->column == LIST_SUBSCRIBED || column->column == LIST_PROVEN ||
                      column->column == LIST_WAITING;
        bool silent = column->answers == 0 && column->states == 0 && !column->mapped;
        if ((yes_no && silent) || (column->column == LIST_UNSURE && column->filled == 0) ||
            (column->column == LIST_TYPE && column->states == 0 && column->doubt == NULL)) {
            column->column = LIST_OTHER;
        }
    }
}

static bool fail_column(const struct list_table_column *column, const struct table *table,
                        int64_t line, const char *what, struct failure *why)
{
    return fail(why, FAILURE_DATA,
                "%s:%lld: the column \"%.60s\" may tell who left, and %s; --map left=COLUMN says "
                "that whoever has something in it left (also bounced=, complained=, subscribed=), "
                "--ignore-column COLUMN passes over it. Nothing was read",
                table->name, (long long)line, column->header, what);
}

static bool fail_doubt(const struct list_table_column *column, const struct table *table,
                       struct failure *why)
{
    return fail(why, FAILURE_DATA,
                "%s:%lld: the column \"%.60s\" may tell who left, and \"%s\" in it may be about "
                "something else; --map status=COLUMN reads it as the status of people, "
                "--ignore-column COLUMN passes over it. Nothing was read",
                table->name, (long long)column->doubt_line, column->header, column->doubt);
}

static bool check_readable(const struct list_columns *columns, const struct table *table,
                           struct failure *why)
{
    for (size_t i = 0; i < columns->count; i++) {
        const struct list_table_column *column = &columns->columns[i];
        char text[120];
        if (column->column == LIST_UNSURE) {
            return fail_column(column, table, table->first_line, "nobody knows what it means", why);
        }
        if (column->column == LIST_TYPE && column->doubt != NULL && !column->about_list) {
            return fail_doubt(column, table, why);
        }
        bool asks = column->column >= LIST_LEFT && column->column <= LIST_WAITING;
        bool no_status = column->column == LIST_STATUS && column->states + column->answers == 0;
        if (column->texts > 0 && !column->any_text && (asks || no_status)) {
            snprintf(text, sizeof text, "\"%s\" in it cannot be read", column->text);
            return fail_column(column, table, column->text_line, text, why);
        }
    }
    return true;
}

static bool has_header(const struct list_columns *columns, const char *header)
{
    for (size_t i = 0; i < columns->count; i++) {
        if (strcasecmp(columns->columns[i].header, header) == 0) {
            return true;
        }
    }
    return false;
}

static bool check_named(const struct list_columns *columns, const struct table *table,
                        struct failure *why)
{
    for (size_t i = 0; i < columns->map_count; i++) {
        if (!has_header(columns, columns->map[i].header)) {
            return fail(why, FAILURE_DATA,
                        "%s:%lld: no column has the header \"%.60s\" that the map gives for %s",
                        table->name, (long long)table->first_line, columns->map[i].header,
                        list_field_name(columns->map[i].column));
        }
    }
    for (size_t i = 0; i < columns->options->ignored_count; i++) {
        if (!has_header(columns, columns->options->ignored[i])) {
            return fail(why, FAILURE_DATA,
                        "%s:%lld: no column has the header \"%.60s\" that is to be ignored",
                        table->name, (long long)table->first_line, columns->options->ignored[i]);
        }
    }
    return true;
}

/* A column contains addresses if its header says so, but a postal "address" does not if addresses
 * are in another column. Names the column with the most addresses, if there is one. */
static bool check_address(const struct list_columns *columns, const struct table *table,
                          struct failure *why)
{
    const struct list_table_column *best = NULL;
    for (size_t i = 0; i < columns->count; i++) {
        const struct list_table_column *column = &columns->columns[i];
        if (column->addresses > (best != NULL ? best->addresses : 0)) {
            best = column;
        }
    }
    int at = columns->at[LIST_EMAIL];
    if (columns->at[LIST_HASH] >= 0 ||
        (at >= 0 && (columns->columns[at].rank < 2 || columns->columns[at].addresses > 0 ||
                     columns->columns[at].mapped || best == NULL))) {
        return true;
    }
    return fail(why, FAILURE_DATA,
                "%s:%lld: the first line has to name the columns, and one of them email; --map "
                "email=COLUMN tells which one it is%s%.60s%s",
                table->name, (long long)table->first_line,
                best != NULL ? " (addresses stand in \"" : "", best != NULL ? best->header : "",
                best != NULL ? "\")" : "");
}

/* Lists as many as fit. */
static void note_unused(const struct list_columns *columns, char *unused, size_t room)
{
    for (size_t i = 0; i < columns->count; i++) {
        const struct list_table_column *column = &columns->columns[i];
        size_t used = strlen(unused), len = strlen(column->header);
        if (column->column == LIST_OTHER && len > 0 &&
            !list_columns_ignored(columns, column->header) &&
            len + sizeof ", \"\"" <= room - used) {
            snprintf(unused + used, room - used, "%s\"%s\"", used > 0 ? ", " : "", column->header);
        }
    }
}

bool list_columns_settle(struct list_columns *columns, const struct table *table, char *unused,
                         size_t room, struct failure *why)
{
    if (!check_named(columns, table, why)) {
        return false;
    }
    for (int field = LIST_EMAIL; field < LIST_IGNORED; field++) {
        choose_single(columns, (enum list_column)field);
    }
    choose_status(columns);
    drop_silent(columns);
    if (!check_address(columns, table, why)) {
        return false;
    }
    note_unused(columns, unused, room);
    return check_readable(columns, table, why);
}

/* --- a row --- */

const char *list_columns_cell(const struct list_columns *columns, const struct table_row *row,
                              enum list_column field)
{
    int at = columns->at[field];
    return at >= 0 && (size_t)at < row->count ? row->cells[at] : NULL;
}

/* The status that a yes-or-no column gives the person; CONFIRMED if it says nothing. */
static enum subscriber_status answer_status(const struct list_table_column *column,
                                            const char *cell)
{
    static const enum subscriber_status gone[] = {[LIST_LEFT] = SUBSCRIBER_LEFT,
                                                  [LIST_BOUNCED] = SUBSCRIBER_BOUNCED,
                                                  [LIST_COMPLAINED] = SUBSCRIBER_COMPLAINED};
    enum words_answer answer = read_answer(column, cell);
    switch (column->column) {
    case LIST_LEFT:
    case LIST_BOUNCED:
    case LIST_COMPLAINED:
        return answer == WORDS_EMPTY || answer == WORDS_NO ? SUBSCRIBER_CONFIRMED
                                                           : gone[column->column];
    case LIST_SUBSCRIBED:
    case LIST_STATUS:
        return answer == WORDS_NO                                       ? SUBSCRIBER_LEFT
               : answer == WORDS_EMPTY && column->column != LIST_STATUS ? SUBSCRIBER_PENDING
                                                                        : SUBSCRIBER_CONFIRMED;
    case LIST_PROVEN:
        return answer == WORDS_NO ? SUBSCRIBER_PENDING : SUBSCRIBER_CONFIRMED;
    case LIST_WAITING:
        return answer == WORDS_YES ? SUBSCRIBER_PENDING : SUBSCRIBER_CONFIRMED;
    default:
        return SUBSCRIBER_CONFIRMED;
    }
}

static bool cell_status(const struct list_columns *columns, const struct list_table_column *column,
                        const char *cell, enum subscriber_status *status, struct failure *why)
{
    enum subscriber_status said;
    bool known = cell[0] != '\0' && read_status(columns, column, cell, &said);
    if (known && (said != SUBSCRIBER_CONFIRMED || !column->any_text)) {
        *status = words_stricter(*status, said);
        return true;
    }
    if (column->column == LIST_STATUS && read_answer(column, cell) >= WORDS_TIME) {
        return fail(why, FAILURE_DATA,
                    "the status \"%.40s\" is unknown (confirmed, pending, left, bounced, "
                    "complained and the usual words for them are not)",
                    cell);
    }
    *status = words_stricter(*status, answer_status(column, cell));
    return true;
}

bool list_columns_status(const struct list_columns *columns, const struct table_row *row,
                         enum subscriber_status most, enum subscriber_status *status,
                         struct failure *why)
{
    bool known = true;
    *status = most;
    for (size_t i = 0; i < row->count && i < columns->count; i++) {
        const struct list_table_column *column = &columns->columns[i];
        bool tells = column->column >= LIST_STATUS || column->column == LIST_TAGS;
        if (tells && column->column != LIST_OTHER) {
            known = cell_status(columns, column, row->cells[i], status, why) && known;
        }
    }
    /* Somebody who left by one column has left, whatever unknown words are in another. */
    return known || is_gone(*status);
}
