/* `subscribers show`: prints everything that is stored about one person. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cmd/common.h"
#include "cmd/subscribers.h"
#include "mail/address.h"
#include "store/import.h"
#include "store/story.h"

/* "Design, Writing", or "all". */
static void print_topics(const char *topics)
{
    printf("topics: ");
    for (const char *at = topics; *at != '\0'; at++) {
        if (*at == '\n') {
            printf(", ");
        } else {
            putchar(*at);
        }
    }
    printf("%s\n", topics[0] == '\0' ? "all" : "");
}

static void print_pause(const struct subscriber *person)
{
    char until[CLOCK_TEXT];
    if (person->paused_until > clock_now()) {
        clock_format(person->paused_until, until);
        printf("paused until: %s\n", until);
    }
}

static struct value *consent_to_value(struct arena *arena, const struct consent *entry)
{
    struct value *row = value_object(arena);
    value_set(arena, row, "at", common_time(arena, entry->at));
    value_set_text(arena, row, "kind", entry->kind);
    value_set_text(arena, row, "wording", entry->wording);
    value_set_text(arena, row, "form", entry->form);
    value_set_text(arena, row, "origin", entry->origin);
    return row;
}

static void set_unless_empty(struct arena *arena, struct value *row, const char *name,
                             const char *text)
{
    if (text[0] != '\0') {
        value_set_text(arena, row, name, text);
    }
}

static struct value *event_to_value(struct arena *arena, const struct story_event *event)
{
    struct value *row = value_object(arena);
    value_set(arena, row, "at", common_time(arena, event->at));
    value_set_text(arena, row, "what", event->what);
    value_set_text(arena, row, "name", event->name);
    set_unless_empty(arena, row, "state", event->state);
    set_unless_empty(arena, row, "detail", event->detail);
    set_unless_empty(arena, row, "origin", event->origin);
    set_unless_empty(arena, row, "address", event->address);
    return row;
}

/* Everything that is stored about one person. */
struct shown {
    struct subscriber *person;
    struct consent *entries;
    size_t entry_count;
    struct story_event *events;
    size_t event_count;
    struct import_run *import; /* which brought or confirmed them, and not heard from since; or
                                  NULL */
};

static void show_json(struct arena *arena, const struct shown *shown)
{
    struct value *object = subscribers_person_value(arena, shown->person);
    value_set_int(arena, object, "hard_bounces", shown->person->hard_bounces);
    value_set(arena, object, "last_bounce_at", common_time(arena, shown->person->last_bounce_at));
    value_set(arena, object, "import",
              shown->import != NULL ? value_int(arena, shown->import->id) : value_null(arena));
    struct value *list = value_set(arena, object, "consent", value_list(arena));
    for (size_t i = 0; i < shown->entry_count; i++) {
        value_add(list, consent_to_value(arena, &shown->entries[i]));
    }
    struct value *story = value_set(arena, object, "story", value_list(arena));
    for (size_t i = 0; i < shown->event_count; i++) {
        value_add(story, event_to_value(arena, &shown->events[i]));
    }
    common_print_json(object);
}

/* "sent: 250 ok", "link: I want it"; with the address if it is not the current one. */
static void print_event(const struct story_event *event, const char *present)
{
    char at[CLOCK_TEXT];
    clock_format(event->at, at);
    bool consent = strcmp(event->what, "consent") == 0;
    bool both = event->state[0] != '\0' && event->detail[0] != '\0';
    printf("%s  %-9s  %s%s%s%s%s", at, consent ? event->name : event->what,
           consent ? "" : event->name, consent || event->state[0] == '\0' ? "" : "  ", event->state,
           both ? ": " : "", event->detail);
    if (event->origin[0] != '\0') {
        printf(" %s %s", consent ? "from" : "about", event->origin);
    }
    if (event->address[0] != '\0' && strcmp(event->address, present) != 0) {
        printf("  <%s>", event->address);
    }
    putchar('\n');
}

static void print_import(const struct import_run *import)
{
    if (import != NULL) {
        printf("import: %lld of %s%s\n", (long long)import->id, import->name,
               import->finished_at == 0 ? ", which has not ended: no mail before that" : "");
    }
}

static void show_text(const struct shown *shown)
{
    const struct subscriber *person = shown->person;
    printf("%s  %s%s%s\n", person->address, subscriber_status_name(person->status),
           person->name[0] != '\0' ? "  " : "", person->name);
    print_topics(person->topics);
    print_pause(person);
    if (person->left_reason != NULL) {
        printf("reason: %s\n", person->left_reason);
    }
    if (person->bounce_score > 0) {
        printf("bounces: score %.1f, hard on %lld day%s\n", person->bounce_score,
               (long long)person->hard_bounces, person->hard_bounces == 1 ? "" : "s");
    }
    print_import(shown->import);
    for (size_t i = 0; i < shown->event_count; i++) {
        print_event(&shown->events[i], person->address);
    }
}

/* The keyed hash may show more about an address without a row; without the key nothing is known. */
static bool fail_absent(struct program *program, const struct address *address, struct failure *why)
{
    struct failure ignored = {0};
    char hash[HASH_HEX];
    const char *reason = NULL;
    if (program_open(program, NEEDS_KEYS, &ignored)) {
        token_suppression_hash(program->keys, address->key, hash);
        if (!suppression_find(program->store, &program->arena, hash, &reason, why)) {
            return false;
        }
    }
    return fail(why, FAILURE_NO_INPUT, "%s is not on the list%s%s%s", address->normal,
                reason != NULL ? "; it is suppressed (" : "", reason != NULL ? reason : "",
                reason != NULL ? ") and never mailed again" : "");
}

static bool find_shown(struct program *program, const char *text, struct shown *shown,
                       struct failure *why)
{
    struct address address;
    struct arena *arena = &program->arena;
    shown->import = NULL;
    if (!address_parse(text, &address, why)) {
        return fail_context(why, "%.200s", text);
    }
    if (!subscriber_find(program->store, arena, address.key, &shown->person, why)) {
        return false;
    }
    if (shown->person == NULL) {
        return fail_absent(program, &address, why);
    }
    return shown->person->import_id == 0 ||
           import_find(program->store, arena, shown->person->import_id, &shown->import, why);
}

bool subscribers_show(struct program *program, int *status, struct failure *why)
{
    struct shown shown;
    (void)status;
    if (!subscribers_operand(program, why) || !find_shown(program, program->argv[1], &shown, why) ||
        !consent_list(program->store, &program->arena, shown.person->id, &shown.entries,
                      &shown.entry_count, why) ||
        !story_read(program->store, &program->arena, shown.person->id, &shown.events,
                    &shown.event_count, why)) {
        return false;
    }
    if (subscribers_json(program)) {
        show_json(&program->arena, &shown);
    } else {
        show_text(&shown);
    }
    return true;
}
