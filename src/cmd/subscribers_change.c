/* `subscribers add`, `allow`, `remove`, `forget`: one person, by command. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cmd/subscribers.h"
#include "mail/address.h"
#include "store/comparison.h"
#include "subscribers/list.h"

/* "Design, Writing" in stored form: sorted, without duplicates, joined by '\n'; NULL if none are
 * given. */
static bool stored_topics(struct arena *arena, const char *text, const char **topics,
                          struct failure *why)
{
    *topics = NULL;
    return text == NULL || list_topics(arena, text, topics, why);
}

/* A typing error in a topic would keep its reader out of every issue. Before the first import there
 * are no topics to compare with. */
static bool tell_unknown_topics(struct program *program, const char *topics, struct failure *why)
{
    const char **known;
    size_t count;
    if (!comparison_categories(program->store, &program->arena, &known, &count, why)) {
        return false;
    }
    for (size_t len; count > 0 && *topics != '\0'; topics += len + (topics[len] == '\n')) {
        size_t i = 0;
        len = strcspn(topics, "\n");
        while (i < count && (strlen(known[i]) != len || strncmp(known[i], topics, len) != 0)) {
            i++;
        }
        if (i == count) {
            fprintf(stderr, "verdicts: warning: no comparison has the topic \"%.*s\"\n", (int)len,
                    topics);
        }
    }
    return true;
}

bool subscribers_add(struct program *program, int *status, struct failure *why)
{
    static const char *const words[] = {
        [LIST_ADDED] = "added",
        [LIST_ALREADY] = "is on the list already",
        [LIST_LEFT_BEFORE] = ("left before; that person can come back by signing up, or by "
                              "`subscribers allow` where you have it in writing"),
        [LIST_SUPPRESSED] = "is suppressed; only `subscribers allow` puts it on the list by hand",
        [LIST_UPDATED] = "updated",
    };
    struct list_person person = {.address = program->argc > 1 ? program->argv[1] : NULL,
                                 .name = subscribers_option(program, OPTION_NAME),
                                 .renew = true};
    const char *wording = subscribers_option(program, OPTION_WORDING);
    enum list_added outcome;
    if (!subscribers_operand(program, why) ||
        !subscribers_new_status(program, false, &person.status, why) ||
        !stored_topics(&program->arena, subscribers_option(program, OPTION_TOPICS), &person.topics,
                       why) ||
        !list_add(program->store, program->keys, &person,
                  wording != NULL ? wording : "added by command, not yet confirmed", "command",
                  clock_now(), &outcome, why)) {
        return false;
    }
    if (outcome == LIST_LEFT_BEFORE || outcome == LIST_SUPPRESSED) {
        return fail(why, FAILURE_DATA, "%s %s", person.address, words[outcome]);
    }
    (void)status;
    if (!program->quiet) {
        printf("%s %s\n", person.address, words[outcome]);
    }
    if (outcome == LIST_ADDED) {
        subscribers_tell_pending(program, person.address);
    }
    return person.topics == NULL || tell_unknown_topics(program, person.topics, why);
}

bool subscribers_allow(struct program *program, int *status, struct failure *why)
{
    const char *wording = subscribers_option(program, OPTION_WORDING);
    enum list_allowed outcome;
    (void)status;
    if (!subscribers_operand(program, why)) {
        return false;
    }
    const char *address = program->argv[1];
    if (wording == NULL || wording[0] == '\0') {
        return fail(why, FAILURE_USAGE,
                    "subscribers allow needs --wording: how and when this person asked for it");
    }
    if (!list_allow(program->store, program->keys, address, wording, clock_now(), &outcome, why)) {
        return false;
    }
    if (outcome == LIST_NOTHING_TO_ALLOW) {
        return fail(why, FAILURE_NO_INPUT,
                    "nothing keeps %s off the list; `subscribers add` puts it on", address);
    }
    if (!program->quiet) {
        printf("%s %s\n", address,
               outcome == LIST_ALLOWED ? "is on the list again" : "is on the list already");
    }
    return true;
}

bool subscribers_remove(struct program *program, int *status, struct failure *why)
{
    struct subscriber *person;
    bool found;
    (void)status;
    if (!subscribers_operand(program, why) ||
        !subscribers_find(program, program->argv[1], &person, why) ||
        !list_remove(program->store, person->address_key, "command", clock_now(), &found, why)) {
        return false;
    }
    bool there = person->status == SUBSCRIBER_PENDING || person->status == SUBSCRIBER_CONFIRMED;
    if (!program->quiet && there) {
        printf("%s has left the list\n", person->address);
    } else if (!program->quiet) {
        printf("%s was off the list already (%s)\n", person->address,
               subscriber_status_name(person->status));
    }
    return true;
}

/* A typing error would keep a stranger off the list for ever: an address that was never on it is
 * suppressed only with --yes. */
static bool may_forget(struct program *program, const struct address *address, struct failure *why)
{
    char hash[HASH_HEX];
    const char *reason;
    struct subscriber *person;
    struct arena *arena = &program->arena;
    token_suppression_hash(program->keys, address->key, hash);
    if (!subscriber_find(program->store, arena, address->key, &person, why) ||
        !suppression_find(program->store, arena, hash, &reason, why)) {
        return false;
    }
    return person != NULL || reason != NULL || program->options[OPTION_YES].count > 0 ||
           fail(why, FAILURE_NO_INPUT,
                "%s is not on the list; --yes keeps it off for ever all the same", address->normal);
}

bool subscribers_forget(struct program *program, int *status, struct failure *why)
{
    struct address address;
    bool found;
    (void)status;
    if (!subscribers_operand(program, why) || !address_parse(program->argv[1], &address, why) ||
        !may_forget(program, &address, why) ||
        !list_forget(program->store, program->keys, address.key, clock_now(), &found, why)) {
        return false;
    }
    if (!program->quiet) {
        printf("%s is %s and will not be mailed again\n", address.normal,
               found ? "erased" : "not on the list");
    }
    return true;
}
