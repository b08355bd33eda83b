#include "subscribers/list_past.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/json.h"
#include "subscribers/words.h"

enum {
    PAST_MAX = 100,
    MILLISECONDS = 12, /* in digits: seconds have ten until 2286 */
    TIME_ROOM = 64,
    TIME_LENGTH = 19 /* of "2024-01-31 10:00:00" */
};

/* Rewrites a time's zone as RFC 3339 requires: Go writes " +0000 UTC", PostgreSQL "+00", others "
 * UTC" or nothing. Anything else is left as it is, and will not parse. */
static void spell_zone(char *zone, size_t room)
{
    const char *at = zone + strspn(zone, " ");
    size_t digits = *at == '+' || *at == '-' ? strspn(at + 1, "0123456789") : 0;
    if (*at == '\0' || strcmp(at, "UTC") == 0 || strcmp(at, "GMT") == 0) {
        snprintf(zone, room, "Z");
    } else if (digits == 2 || digits == 4) {
        char sign = *at, hours[3] = {at[1], at[2]}, minutes[3] = "00";
        if (digits == 4) {
            memcpy(minutes, at + 3, 2);
        }
        if (at[1 + digits] == '\0' || at[1 + digits] == ' ') {
            snprintf(zone, room, "%c%s:%s", sign, hours, minutes);
        }
    }
}

int64_t list_time(const char *text)
{
    struct failure ignored = {0};
    char zoned[TIME_ROOM];
    int64_t instant;
    size_t digits = strspn(text, "0123456789");
    if (digits >= 9 && text[digits] == '\0') {
        instant = strtoll(text, NULL, 10);
        return digits > MILLISECONDS ? instant / 1000 : instant;
    }
    snprintf(zoned, sizeof zoned, "%.50s", text);
    if (strlen(zoned) >= TIME_LENGTH) {
        char *zone = zoned + TIME_LENGTH;
        zone += *zone == '.' ? 1 + strspn(zone + 1, "0123456789") : 0;
        spell_zone(zone, sizeof zoned - (size_t)(zone - zoned));
    }
    return clock_parse(zoned, &instant, &ignored) ? instant : 0;
}

/* The network of an address, as the sign-up form stores it: /24, or /48 of IPv6; "" if it is not an
 * address. */
static const char *network_of(struct arena *arena, const char *text)
{
    unsigned char bytes[16];
    char network[INET6_ADDRSTRLEN];
    if (inet_pton(AF_INET, text, bytes) == 1) {
        return arena_format(arena, "%d.%d.%d.0/24", bytes[0], bytes[1], bytes[2]);
    }
    if (inet_pton(AF_INET6, text, bytes) == 1) {
        memset(bytes + 6, 0, 10);
        return inet_ntop(AF_INET6, bytes, network, sizeof network) != NULL
                   ? arena_format(arena, "%s/48", network)
                   : "";
    }
    return "";
}

static const char *cell_of(const struct list_load *load, const struct table_row *row,
                           enum list_column field)
{
    const char *cell = list_columns_cell(load->source->columns, row, field);
    return cell != NULL ? cell : "";
}

static void add_entry(struct list_person *person, struct consent *past, const char *kind,
                      const char *wording, const char *form, const char *origin, int64_t at)
{
    if (person->past_count < PAST_MAX && at != 0) {
        past[person->past_count++] = (struct consent){
            .kind = kind, .wording = wording, .form = form, .origin = origin, .at = at};
    }
}

/* When and from where the person joined and confirmed; the entry names the source and the file. */
static void read_dates(const struct list_load *load, const struct table_row *row,
                       struct list_person *person, struct consent *past)
{
    const char *form = load->source->form;
    const char *where = load->system != NULL ? load->system->name : "another system";
    person->created_at = list_time(cell_of(load, row, LIST_JOINED));
    int64_t proven = list_time(cell_of(load, row, LIST_PROVEN_AT));
    person->confirmed_at = person->status == SUBSCRIBER_PENDING ? 0
                           : proven == 0 && person->status == SUBSCRIBER_CONFIRMED
                               ? person->created_at
                               : proven;
    add_entry(person, past, "asked", arena_format(row->arena, "joined at %s", where), form,
              network_of(row->arena, cell_of(load, row, LIST_JOINED_FROM)), person->created_at);
    add_entry(person, past, "confirmed", arena_format(row->arena, "confirmed at %s", where), form,
              network_of(row->arena, cell_of(load, row, LIST_PROVEN_FROM)), proven);
}

static const char *member(const struct value *entry, const char *name)
{
    const struct value *found = value_find(entry, name);
    return found != NULL && found->kind == VALUE_TEXT ? found->text : "";
}

static bool is_kind(const char *kind)
{
    static const char *const kinds[] = {"asked",   "confirmed", "imported", "added",
                                        "changed", "left",      "undone"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i], kind) == 0) {
            return true;
        }
    }
    return false;
}

/* The ledger in our own export replaces what the dates say. */
static bool read_ledger(const struct table_row *row, const char *text, struct list_person *person,
                        struct consent *past, struct failure *why)
{
    struct value *list;
    if (!json_read(row->arena, "consent", text, strlen(text), &list, why)) {
        return false;
    }
    person->past_count = 0;
    for (const struct value *entry = list->first; entry != NULL; entry = entry->next) {
        if (!is_kind(member(entry, "kind"))) {
            return fail(why, FAILURE_DATA,
                        "an entry of the column consent has no kind that is known");
        }
        add_entry(person, past, member(entry, "kind"), member(entry, "wording"),
                  member(entry, "form"), member(entry, "origin"), list_time(member(entry, "at")));
    }
    return true;
}

static int64_t left_time(const struct list_load *load, const struct table_row *row)
{
    const struct list_columns *columns = load->source->columns;
    int64_t said = list_time(cell_of(load, row, LIST_GONE_AT));
    if (said != 0) {
        return said;
    }
    for (size_t i = 0; i < columns->count && i < row->count; i++) {
        enum list_column column = columns->columns[i].column;
        int64_t at =
            column >= LIST_LEFT && column <= LIST_COMPLAINED ? list_time(row->cells[i]) : 0;
        if (at != 0) {
            return at;
        }
    }
    return 0;
}

/* --- tags --- */

bool list_tags_read(struct arena *arena, const char *text, struct list_map **tags, size_t *count,
                    struct failure *why)
{
    size_t room = 1;
    *count = 0;
    for (const char *c = text; c != NULL && *c != '\0'; c++) {
        room += *c == ',';
    }
    *tags = arena_array(arena, room, sizeof **tags);
    while (text != NULL && *text != '\0') {
        size_t len = strcspn(text, ",");
        const char *sign = memchr(text, '=', len);
        size_t tag = sign != NULL ? (size_t)(sign - text) : len;
        if (tag == 0 || (sign != NULL && tag + 1 == len)) {
            return fail(why, FAILURE_USAGE,
                        "--topics \"%.*s\": write TAG or TAG=TOPIC, as in Design,dev=Writing",
                        (int)(len < 60 ? len : 60), text);
        }
        size_t from = sign != NULL ? tag + 1 : 0;
        (*tags)[(*count)++] =
            (struct list_map){.header = arena_copy_bytes(arena, text, tag),
                              .topic = arena_copy_bytes(arena, text + from, len - from)};
        text += len + (text[len] == ',');
    }
    return true;
}

static const char *topic_of(const struct list_load *load, const char *tag, size_t len)
{
    for (size_t i = 0; i < load->tag_count; i++) {
        if (strlen(load->tags[i].header) == len &&
            strncasecmp(load->tags[i].header, tag, len) == 0) {
            return load->tags[i].topic;
        }
    }
    return NULL;
}

/* Reads the tags that --topics names; the others are the sender's own notes. */
static bool read_tags(const struct list_load *load, const struct table_row *row,
                      struct list_person *person, struct failure *why)
{
    const char *tags, *topics = "";
    if (!list_topics(row->arena, cell_of(load, row, LIST_TAGS), &tags, why)) {
        return false;
    }
    for (size_t len; *tags != '\0'; tags += len + (tags[len] == '\n')) {
        len = strcspn(tags, "\n");
        const char *topic = topic_of(load, tags, len);
        if (topic != NULL) {
            topics = arena_format(row->arena, "%s\n%s", topics, topic);
        }
    }
    return topics[0] == '\0' || list_topics(row->arena, topics, &person->topics, why);
}

bool list_read_past(const struct list_load *load, const struct table_row *row,
                    struct list_person *person, struct failure *why)
{
    struct consent *past = arena_array(row->arena, PAST_MAX, sizeof *past);
    const char *ledger = cell_of(load, row, LIST_LEDGER);
    const char *reason = cell_of(load, row, LIST_REASON);
    person->past = past;
    read_dates(load, row, person, past);
    person->left_at = left_time(load, row);
    person->left_reason = reason[0] != '\0' ? reason : NULL;
    person->paused_until = list_time(cell_of(load, row, LIST_PAUSED));
    person->bounce_score = strtod(cell_of(load, row, LIST_SCORE), NULL);
    person->hard_bounces = strtoll(cell_of(load, row, LIST_HARD_BOUNCES), NULL, 10);
    person->last_bounce_at = list_time(cell_of(load, row, LIST_LAST_BOUNCE));
    return (ledger[0] == '\0' || read_ledger(row, ledger, person, past, why)) &&
           (load->tag_count == 0 || read_tags(load, row, person, why));
}
