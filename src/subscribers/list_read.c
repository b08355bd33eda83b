/* Reads what a row of a table says about a person. */
#include <string.h>

#include "mail/address.h"
#include "subscribers/list_past.h"
#include "subscribers/words.h"

/* A cell of several lines that contains an address is an open quotation mark that swallowed the
 * following rows; other line breaks become `instead`. */
static bool read_lines(const struct list_columns *columns, const struct table_row *row,
                       enum list_column field, char instead, const char **text, struct failure *why)
{
    const char *cell = list_columns_cell(columns, row, field);
    *text = cell;
    if (cell == NULL || strchr(cell, '\n') == NULL) {
        return true;
    }
    if (field == LIST_EMAIL || strchr(cell, '@') != NULL) {
        long long first = (long long)row->cell_lines[columns->at[field]], last = first;
        for (const char *c = cell; (c = strchr(c, '\n')) != NULL; c++) {
            last++;
        }
        return fail(why, FAILURE_DATA,
                    "a quote opened in line %lld is not closed properly: lines %lld to %lld are "
                    "skipped",
                    first, first, last);
    }
    char *copy = arena_copy(row->arena, cell);
    for (char *c = copy; *c != '\0'; c++) {
        *c = *c == '\n' ? instead : *c;
    }
    *text = copy;
    return true;
}

/* The address as written in the cell, and the name in front of it, "" if none. */
static bool read_address(const struct list_columns *columns, const struct table_row *row,
                         struct list_reading *reading, char name[256], struct failure *why)
{
    const char *cell;
    char text[ADDRESS_INPUT + 1];
    if (!read_lines(columns, row, LIST_EMAIL, '\n', &cell, why)) {
        return false;
    }
    if (cell == NULL) {
        return fail(why, FAILURE_DATA, "there is no address in this row");
    }
    address_unwrap(cell, text, name);
    reading->display = arena_copy(row->arena, text);
    if (strchr(text, '@') != strrchr(text, '@') && strpbrk(text, ",; ") != NULL) {
        return fail(why, FAILURE_DATA, "there are several addresses in this cell");
    }
    return true;
}

static bool check_width(const struct list_columns *columns, const struct table_row *row,
                        struct failure *why)
{
    for (size_t i = columns->count; i < row->count; i++) {
        if (row->cells[i][0] != '\0') {
            return fail(why, FAILURE_DATA,
                        "more cells than the header has columns; is a separator inside a cell "
                        "without quotation marks?");
        }
    }
    return true;
}

static bool read_name(const struct list_columns *columns, const struct table_row *row,
                      const char *display, struct list_person *person, struct failure *why)
{
    if (!read_lines(columns, row, LIST_NAME, ' ', &person->name, why)) {
        return false;
    }
    if ((person->name == NULL || person->name[0] == '\0') && display[0] != '\0') {
        person->name = arena_copy(row->arena, display);
    }
    return true;
}

/* A keyed hash in hex. */
static bool read_hash(const struct list_columns *columns, const struct table_row *row,
                      struct list_reading *reading, struct failure *why)
{
    const char *cell = list_columns_cell(columns, row, LIST_HASH);
    reading->hash = reading->display = cell;
    return (cell != NULL && strlen(cell) == HASH_HEX - 1 &&
            strspn(cell, "0123456789abcdef") == HASH_HEX - 1) ||
           fail(why, FAILURE_DATA, "this is no hash of a suppressed address");
}

bool list_read_person(const struct list_load *load, const struct table_row *row,
                      struct list_reading *reading, struct failure *why)
{
    const struct list_columns *columns = load->source->columns;
    struct list_person *person = &reading->person;
    const char *topics;
    char name[256];
    *reading = (struct list_reading){0};
    if (row->bad != NULL) {
        reading->display = list_columns_cell(columns, row, LIST_EMAIL);
        return fail(why, FAILURE_DATA, "%s", row->bad);
    }
    if (columns->at[LIST_HASH] >= 0) {
        return read_hash(columns, row, reading, why);
    }
    if (!read_address(columns, row, reading, name, why) ||
        !read_name(columns, row, name, person, why) || !check_width(columns, row, why)) {
        return false;
    }
    person->address = reading->display;
    enum subscriber_status most = words_stricter(load->options->status, load->source->least);
    return list_columns_status(columns, row, most, &person->status, why) &&
           list_check_person(person, &reading->address, why) &&
           read_lines(columns, row, LIST_TOPICS, '\n', &topics, why) &&
           (topics == NULL || list_topics(row->arena, topics, &person->topics, why)) &&
           list_read_past(load, row, person, why);
}
