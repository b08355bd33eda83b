/* What the columns of a CSV file mean: by the map of the command, else by how they are called. */
#include <string.h>
#include <strings.h>

#include "subscribers/list_private.h"

static const char *const names[LIST_COLUMNS] = {"email", "name", "topics", "status"};

/* How such columns are called by the programs that people export from. */
static const struct {
    const char *header;
    enum list_column column;
} headers[] = {
    {"email", LIST_EMAIL},
    {"e-mail", LIST_EMAIL},
    {"e_mail", LIST_EMAIL},
    {"mail", LIST_EMAIL},
    {"address", LIST_EMAIL},
    {"email address", LIST_EMAIL},
    {"e-mail address", LIST_EMAIL},
    {"email_address", LIST_EMAIL},
    {"emailaddress", LIST_EMAIL},
    {"mail address", LIST_EMAIL},
    {"e-mail-adresse", LIST_EMAIL},
    {"e-mailadresse", LIST_EMAIL},
    {"email-adresse", LIST_EMAIL},
    {"mailadresse", LIST_EMAIL},
    {"adresse e-mail", LIST_EMAIL},
    {"adresse mail", LIST_EMAIL},
    {"courriel", LIST_EMAIL},
    {"correo", LIST_EMAIL},
    {"correo electr\xC3\xB3nico", LIST_EMAIL},
    {"correo electronico", LIST_EMAIL},
    {"name", LIST_NAME},
    {"full name", LIST_NAME},
    {"full_name", LIST_NAME},
    {"first name", LIST_NAME},
    {"first_name", LIST_NAME},
    {"firstname", LIST_NAME},
    {"vorname", LIST_NAME},
    {"nom", LIST_NAME},
    {"pr\xC3\xA9nom", LIST_NAME},
    {"prenom", LIST_NAME},
    {"nombre", LIST_NAME},
    {"topics", LIST_TOPICS},
    {"topic", LIST_TOPICS},
    {"thema", LIST_TOPICS},
    {"themen", LIST_TOPICS},
    {"th\xC3\xA8me", LIST_TOPICS},
    {"th\xC3\xA8mes", LIST_TOPICS},
    {"tema", LIST_TOPICS},
    {"temas", LIST_TOPICS},
    {"status", LIST_STATUS},
    {"subscription status", LIST_STATUS},
    {"subscription_status", LIST_STATUS},
};

/* What programs that people export from write there. Whoever is on the list there comes in as the
 * command says, or as less. */
static const struct {
    const char *word;
    enum subscriber_status status;
} states[] = {
    {"confirmed", SUBSCRIBER_CONFIRMED},
    {"subscribed", SUBSCRIBER_CONFIRMED},
    {"active", SUBSCRIBER_CONFIRMED},
    {"enabled", SUBSCRIBER_CONFIRMED},
    {"pending", SUBSCRIBER_PENDING},
    {"unconfirmed", SUBSCRIBER_PENDING},
    {"left", SUBSCRIBER_LEFT},
    {"unsubscribed", SUBSCRIBER_LEFT},
    {"opted out", SUBSCRIBER_LEFT},
    {"inactive", SUBSCRIBER_LEFT},
    {"disabled", SUBSCRIBER_LEFT},
    {"blocklisted", SUBSCRIBER_LEFT},
    {"bounced", SUBSCRIBER_BOUNCED},
    {"cleaned", SUBSCRIBER_BOUNCED},
    {"complained", SUBSCRIBER_COMPLAINED},
    {"spam", SUBSCRIBER_COMPLAINED},
};

bool list_status_read(const char *text, enum subscriber_status most, enum subscriber_status *status,
                      struct failure *why)
{
    *status = most;
    if (text == NULL || text[0] == '\0') {
        return true;
    }
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        if (strcasecmp(states[i].word, text) == 0) {
            *status = states[i].status == SUBSCRIBER_CONFIRMED ? most : states[i].status;
            return true;
        }
    }
    return fail(
        why, FAILURE_DATA,
        "the status \"%.40s\" is unknown (confirmed, pending, left, bounced, complained and "
        "the usual words for them are not)",
        text);
}

const char *list_column_name(enum list_column column)
{
    return names[column];
}

/* The field that an item of the map begins with ("name=Vorname"); LIST_OTHER if there is none of
 * that name. `field_len` is that of what stands before the sign. */
static enum list_column find_field(const char *item, size_t field_len)
{
    for (int i = 0; i < LIST_COLUMNS; i++) {
        if (strlen(names[i]) == field_len && strncasecmp(item, names[i], field_len) == 0) {
            return (enum list_column)i;
        }
    }
    return LIST_OTHER;
}

/* Bytes before the sign; `len` of them and no sign: all. */
static size_t field_length(const char *item, size_t len)
{
    const char *sign = memchr(item, '=', len);
    return sign != NULL ? (size_t)(sign - item) : len;
}

bool list_map_check(const char *map, struct failure *why)
{
    bool seen[LIST_COLUMNS] = {false};
    do {
        size_t len = strcspn(map, ",");
        size_t field = field_length(map, len);
        int shown = (int)(len < 60 ? len : 60);
        if (field == 0 || field + 1 >= len) {
            return fail(why, FAILURE_USAGE,
                        "--map \"%.*s\": write FIELD=COLUMN, as in email=Mail,name=Vorname", shown,
                        map);
        }
        enum list_column column = find_field(map, field);
        if (column == LIST_OTHER) {
            return fail(why, FAILURE_USAGE,
                        "--map \"%.*s\": unknown field %.*s (known: email, name, topics, status)",
                        shown, map, (int)(field < 40 ? field : 40), map);
        }
        if (seen[column]) {
            return fail(why, FAILURE_USAGE, "--map gives %s twice", names[column]);
        }
        seen[column] = true;
        map += len + (map[len] == ',');
    } while (*map != '\0');
    return true;
}

bool list_map_names(const char *map, enum list_column column)
{
    while (map != NULL && *map != '\0') {
        size_t len = strcspn(map, ",");
        if (find_field(map, field_length(map, len)) == column) {
            return true;
        }
        map += len + (map[len] == ',');
    }
    return false;
}

static enum list_column find_mapped(const char *map, const char *header)
{
    size_t header_len = strlen(header);
    while (map != NULL && *map != '\0') {
        size_t len = strcspn(map, ",");
        size_t field = field_length(map, len);
        if (len == field + 1 + header_len &&
            strncasecmp(map + field + 1, header, header_len) == 0) {
            return find_field(map, field);
        }
        map += len + (map[len] == ',');
    }
    return LIST_OTHER;
}

enum list_column list_column_find(const char *map, const char *header)
{
    enum list_column column = find_mapped(map, header);
    for (size_t i = 0; column == LIST_OTHER && i < sizeof headers / sizeof headers[0]; i++) {
        if (strcasecmp(headers[i].header, header) == 0 && !list_map_names(map, headers[i].column)) {
            column = headers[i].column;
        }
    }
    return column;
}
