/* `subscribers list` and `search`: prints people of the list, one per line. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "cmd/common.h"
#include "cmd/subscribers.h"
#include "mail/address.h"

enum { LINE_MAX_BYTES = 64 * 1024 };

bool subscribers_json(const struct program *program)
{
    return program->options[OPTION_JSON].count > 0;
}

bool subscribers_filter(const struct program *program, enum subscriber_status *storage,
                        const enum subscriber_status **status, struct failure *why)
{
    const char *name = subscribers_option(program, OPTION_STATUS);
    *status = NULL;
    if (name == NULL || strcmp(name, "all") == 0) {
        return true;
    }
    *status = storage;
    return subscriber_status_find(name, storage) ||
           fail(why, FAILURE_USAGE,
                "--status takes pending, confirmed, left, bounced, complained, forgotten or all, "
                "not \"%.40s\"",
                name);
}

bool subscribers_find(struct program *program, const char *text, struct subscriber **person,
                      struct failure *why)
{
    struct address address;
    if (!address_parse(text, &address, why)) {
        return fail_context(why, "%.200s", text);
    }
    if (!subscriber_find(program->store, &program->arena, address.key, person, why)) {
        return false;
    }
    return *person != NULL || fail(why, FAILURE_NO_INPUT, "%s is not on the list", address.normal);
}

struct value *subscribers_person_value(struct arena *arena, const struct subscriber *person)
{
    struct value *object = value_object(arena);
    value_set_int(arena, object, "id", person->id);
    value_set_text(arena, object, "address", person->address);
    value_set_text(arena, object, "name", person->name);
    value_set_text(arena, object, "status", subscriber_status_name(person->status));
    value_set(arena, object, "topics", value_lines(arena, person->topics));
    value_set(arena, object, "created_at", common_time(arena, person->created_at));
    value_set(arena, object, "confirmed_at", common_time(arena, person->confirmed_at));
    value_set(arena, object, "left_at", common_time(arena, person->left_at));
    value_set_text(arena, object, "left_reason", person->left_reason);
    value_set(arena, object, "paused_until", common_time(arena, person->paused_until));
    value_set(arena, object, "bounce_score",
              value_number(arena, arena_format(arena, "%.2f", person->bounce_score)));
    return object;
}

struct subscriber_listing {
    struct arena arena; /* for one person */
    bool json, first;
    const char *word; /* print only people with this word; NULL: all */
    int64_t found;
};

static bool is_meant(const struct subscriber_listing *listing, const struct subscriber *person)
{
    return listing->word == NULL || strcasestr(person->address, listing->word) != NULL ||
           strcasestr(person->name, listing->word) != NULL;
}

static bool list_person(void *context, const struct subscriber *person, struct failure *why)
{
    struct subscriber_listing *listing = context;
    (void)why;
    if (!is_meant(listing, person)) {
        return true;
    }
    listing->found++;
    if (!listing->json) {
        printf("%lld\t%s\t%s\t%s\n", (long long)person->id, person->address,
               subscriber_status_name(person->status), person->name);
        return true;
    }
    struct buf text;
    arena_reset(&listing->arena);
    buf_init(&text, LINE_MAX_BYTES);
    json_write(&text, subscribers_person_value(&listing->arena, person), JSON_COMPACT);
    printf("%s%s", listing->first ? "\n" : ",\n", text.data);
    listing->first = false;
    buf_free(&text);
    return true;
}

static bool print_list(struct program *program, struct subscriber_listing *listing,
                       struct failure *why)
{
    enum subscriber_status storage;
    const enum subscriber_status *filter;
    listing->json = subscribers_json(program);
    listing->first = true;
    if (!subscribers_filter(program, &storage, &filter, why)) {
        return false;
    }
    if (!listing->json && isatty(STDOUT_FILENO)) {
        printf("ID\tADDRESS\tSTATUS\tNAME\n");
    }
    printf("%s", listing->json ? "[" : "");
    bool good = subscriber_each(program->store, filter, list_person, listing, why);
    printf("%s", listing->json ? "\n]\n" : "");
    arena_free(&listing->arena);
    return good;
}

bool subscribers_list(struct program *program, int *status, struct failure *why)
{
    struct subscriber_listing listing = {0};
    (void)status;
    return common_no_operands(program, 1, why) && print_list(program, &listing, why);
}

bool subscribers_search(struct program *program, int *status, struct failure *why)
{
    (void)status;
    if (program->argc != 2 || program->argv[1][0] == '\0') {
        return fail(why, FAILURE_USAGE, "search takes one word of an address or a name");
    }
    struct subscriber_listing listing = {.word = program->argv[1]};
    return print_list(program, &listing, why) &&
           (listing.found > 0 ||
            fail(why, FAILURE_NO_INPUT, "nobody has \"%.100s\" in the address or the name",
                 listing.word));
}
