/*
 * Which column of a table holds what.
 *
 * The map of the command decides; of the rest the headers, and between candidates the values: the
 * column of addresses is the one in whose cells an @ stands. Every column that tells who left is
 * read, and the strictest word counts. What speaks of leaving and cannot be read stops the import:
 * to guess would be to mail people who said no.
 */
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
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

/* How such columns are called by the programs that people export from; `rank` of addresses: "mail"
 * and "address" may be something else. */
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

/* --- the map --- */

enum list_column list_field_find(const char *name, size_t len)
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
    entry->column = list_field_find(item, field);
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

/* --- the headers --- */

static bool is_ignored(const struct list_columns *columns, const char *header)
{
    const struct list_import_options *options = columns->options;
    for (size_t i = 0; i < options->ignored_count; i++) {
        if (strcasecmp(options->ignored[i], header) == 0) {
            return true;
        }
    }
    return false;
}

/* What the header says by itself; a field that the map gives to a column is in no other, but every
 * column that tells who left is read. */
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
    if (field != NULL && !is_ignored(columns, header)) {
        column->column = list_field_find(field, strlen(field));
        column->mapped = true;
        column->any_text = column->column >= LIST_LEFT && column->column <= LIST_COMPLAINED;
    } else if (!is_ignored(columns, header)) {
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

/* --- the values --- */

static void see_text(struct list_columns *columns, struct list_table_column *column,
                     const char *cell, int64_t line)
{
    if (column->texts++ == 0) {
        column->text_line = line;
        column->text = arena_copy_bytes(columns->arena, cell, utf8_cut(cell, strlen(cell), 40));
    }
}

/* A number for a status is a code of the program that wrote it: nobody here knows which. */
static enum words_answer read_answer(const struct list_table_column *column, const char *cell)
{
    bool code = column->column == LIST_STATUS && strspn(cell, "0123456789-") == strlen(cell);
    return code && cell[0] != '\0' ? WORDS_TEXT : words_answer(cell);
}

static bool is_gone(enum subscriber_status status)
{
    return words_stricter(status, SUBSCRIBER_PENDING) != SUBSCRIBER_PENDING;
}

/* A word that the system itself uses comes before those that are known everywhere. Of tags only
 * that counts: phpList's "No Lists". */
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

/* "removed" or "cancelled" may be about the list or about an order: who else is in the column
 * tells. */
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

/* Of two names or choices of topics the first counts. */
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

/* Of several columns called "status" those that hold no known one are about something else. */
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

/* A column "subscribed" that holds days or sentences says when or to what somebody subscribed. */
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
                        fields[columns->map[i].column]);
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

/* A column of addresses is one by its header, and a postal "address" is none where addresses stand
 * elsewhere. Names the column that holds the most, where one does. */
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

/* As many as there is room for. */
static void note_unused(const struct list_columns *columns, char *unused, size_t room)
{
    for (size_t i = 0; i < columns->count; i++) {
        const struct list_table_column *column = &columns->columns[i];
        size_t used = strlen(unused), len = strlen(column->header);
        if (column->column == LIST_OTHER && len > 0 && !is_ignored(columns, column->header) &&
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

/* What a column that says yes or no makes of the person; CONFIRMED where it says nothing. */
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
    /* Who left in one column left, whatever another says in words that nobody knows. */
    return known || is_gone(*status);
}
