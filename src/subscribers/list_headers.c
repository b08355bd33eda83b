/*
 * Decides by --map and by its header alone what a column contains; list_columns.c chooses between
 * candidates by their values.
 *
 *   1. --map FIELD=COLUMN names it.
 *   2. --ignore-column COLUMN: it is not read.
 *   3. The system that the file comes from has a column of that name (systems.table).
 *   4. The table below has the header, unless the map gives its field to another column.
 *   5. The header's words are about leaving (words.h): every such column is read.
 *
 * The names in the table are those of the exports of newsletter systems, address books and
 * spreadsheets in English, German, French and Spanish.
 */
#include <string.h>
#include <strings.h>

#include "mail/address.h"
#include "subscribers/words.h"

static const char *const fields[LIST_FIELDS] = {
    [LIST_EMAIL] = "email",
    [LIST_NAME] = "name",
    [LIST_TOPICS] = "topics",
    [LIST_TAGS] = "tags",
    [LIST_JOINED] = "joined",
    [LIST_JOINED_FROM] = "joined_from",
    [LIST_PROVEN_AT] = "proven",
    [LIST_PROVEN_FROM] = "proven_from",
    [LIST_PAUSED] = "paused",
    [LIST_GONE_AT] = "gone_at",
    [LIST_REASON] = "reason",
    [LIST_LEDGER] = "ledger",
    [LIST_HASH] = "hash",
    [LIST_SCORE] = "score",
    [LIST_HARD_BOUNCES] = "hard_bounces",
    [LIST_LAST_BOUNCE] = "last_bounce",
    [LIST_IGNORED] = "ignored",
    [LIST_STATUS] = "status",
    [LIST_LEFT] = "left",
    [LIST_BOUNCED] = "bounced",
    [LIST_COMPLAINED] = "complained",
    [LIST_SUBSCRIBED] = "subscribed",
};

/* What exporting programs call such columns; `rank` is for addresses: "mail" and "address" may be
 * something else. */
static const struct {
    const char *header;
    enum list_column column;
    int rank;
} headers[] = {
    {"email", LIST_EMAIL, 0},
    {"e-mail", LIST_EMAIL, 0},
    {"e_mail", LIST_EMAIL, 0},
    {"email address", LIST_EMAIL, 1},
    {"e-mail address", LIST_EMAIL, 1},
    {"email_address", LIST_EMAIL, 1},
    {"emailaddress", LIST_EMAIL, 1},
    {"subscriber email", LIST_EMAIL, 1},
    {"mail address", LIST_EMAIL, 1},
    {"e-mail-adresse", LIST_EMAIL, 1},
    {"e-mailadresse", LIST_EMAIL, 1},
    {"email-adresse", LIST_EMAIL, 1},
    {"mailadresse", LIST_EMAIL, 1},
    {"adresse e-mail", LIST_EMAIL, 1},
    {"adresse mail", LIST_EMAIL, 1},
    {"courriel", LIST_EMAIL, 1},
    {"correo electr\xC3\xB3nico", LIST_EMAIL, 1},
    {"correo electronico", LIST_EMAIL, 1},
    {"correo", LIST_EMAIL, 2},
    {"mail", LIST_EMAIL, 2},
    {"address", LIST_EMAIL, 2},
    {"name", LIST_NAME, 0},
    {"full name", LIST_NAME, 0},
    {"full_name", LIST_NAME, 0},
    {"first name", LIST_NAME, 0},
    {"first_name", LIST_NAME, 0},
    {"firstname", LIST_NAME, 0},
    {"vorname", LIST_NAME, 0},
    {"nom", LIST_NAME, 0},
    {"pr\xC3\xA9nom", LIST_NAME, 0},
    {"prenom", LIST_NAME, 0},
    {"nombre", LIST_NAME, 0},
    {"topics", LIST_TOPICS, 0},
    {"topic", LIST_TOPICS, 0},
    {"thema", LIST_TOPICS, 0},
    {"themen", LIST_TOPICS, 0},
    {"th\xC3\xA8me", LIST_TOPICS, 0},
    {"th\xC3\xA8mes", LIST_TOPICS, 0},
    {"tema", LIST_TOPICS, 0},
    {"temas", LIST_TOPICS, 0},
};

const char *list_field_name(enum list_column column)
{
    return fields[column];
}

static enum list_column find_field(const char *name, size_t len)
{
    for (int i = 0; i < LIST_FIELDS; i++) {
        if (strlen(fields[i]) == len && strncasecmp(name, fields[i], len) == 0) {
            return (enum list_column)i;
        }
    }
    return LIST_OTHER;
}

static bool read_entry(struct arena *arena, const char *item, size_t len, struct list_map *entry,
                       struct failure *why)
{
    const char *sign = memchr(item, '=', len);
    size_t field = sign != NULL ? (size_t)(sign - item) : len;
    int shown = (int)(len < 60 ? len : 60);
    if (field == 0 || field + 1 >= len) {
        return fail(why, FAILURE_USAGE,
                    "--map \"%.*s\": write FIELD=COLUMN, as in email=Mail,name=Vorname", shown,
                    item);
    }
    entry->column = find_field(item, field);
    entry->header = arena_copy_bytes(arena, item + field + 1, len - field - 1);
    return entry->column != LIST_OTHER ||
           fail(why, FAILURE_USAGE,
                "--map \"%.*s\": unknown field %.*s (known: email, name, topics, status, left, "
                "bounced, complained, subscribed, joined, proven, paused)",
                shown, item, (int)(field < 40 ? field : 40), item);
}

bool list_map_read(struct arena *arena, const char *text, struct list_map **map, size_t *count,
                   struct failure *why)
{
    *count = 0;
    *map = arena_array(arena, LIST_FIELDS, sizeof **map);
    bool more = text != NULL;
    while (more) {
        struct list_map entry;
        size_t len = strcspn(text, ",");
        if (!read_entry(arena, text, len, &entry, why)) {
            return false;
        }
        for (size_t i = 0; i < *count; i++) {
            if ((*map)[i].column == entry.column) {
                return fail(why, FAILURE_USAGE, "--map gives %s twice", fields[entry.column]);
            }
        }
        (*map)[(*count)++] = entry;
        text += len + (text[len] == ',');
        more = *text != '\0';
    }
    return true;
}

static bool map_names(const struct list_columns *columns, enum list_column field)
{
    for (size_t i = 0; i < columns->map_count; i++) {
        if (columns->map[i].column == field) {
            return true;
        }
    }
    return false;
}

bool list_columns_ignored(const struct list_columns *columns, const char *header)
{
    const struct list_import_options *options = columns->options;
    for (size_t i = 0; i < options->ignored_count; i++) {
        if (strcasecmp(options->ignored[i], header) == 0) {
            return true;
        }
    }
    return false;
}

/* What the header itself says. A field that the map assigns is in no other column, but every column
 * that tells who left is read. */
static void name_column(const struct list_columns *columns, struct list_table_column *column)
{
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        if (strcasecmp(headers[i].header, column->header) == 0) {
            bool taken = map_names(columns, headers[i].column);
            column->column = taken ? LIST_OTHER : headers[i].column;
            column->rank = headers[i].rank;
            return;
        }
    }
    column->column = words_header(column->header, &column->any_text);
}

static void take_header(struct list_columns *columns, const char *header)
{
    struct list_table_column *column = &columns->columns[columns->count++];
    *column = (struct list_table_column){.header = arena_copy(columns->arena, header),
                                         .column = LIST_OTHER};
    for (size_t i = 0; i < columns->map_count; i++) {
        if (strcasecmp(columns->map[i].header, header) == 0) {
            column->column = columns->map[i].column;
            column->mapped = true;
            column->any_text = column->column >= LIST_LEFT && column->column <= LIST_COMPLAINED;
            return;
        }
    }
    const char *field = list_system_column(columns->system, header);
    if (field != NULL && !list_columns_ignored(columns, header)) {
        column->column = find_field(field, strlen(field));
        column->mapped = true;
        column->any_text = column->column >= LIST_LEFT && column->column <= LIST_COMPLAINED;
    } else if (!list_columns_ignored(columns, header)) {
        name_column(columns, column);
    }
}

static bool is_address(const char *cell)
{
    char text[ADDRESS_INPUT + 1];
    struct address address;
    struct failure ignored = {0};
    address_unwrap(cell, text, NULL);
    return address_parse(text, &address, &ignored);
}

void list_columns_begin(struct list_columns *columns, const struct table_row *header,
                        bool *headless)
{
    *headless = header->count == 1 && is_address(header->cells[0]);
    columns->count = 0;
    if (*headless) {
        take_header(columns, fields[LIST_EMAIL]);
        return;
    }
    for (size_t i = 0; i < header->count; i++) {
        take_header(columns, header->cells[i]);
    }
}
