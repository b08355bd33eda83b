/* `subscribers`: the list, by command. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "cmd/common.h"
#include "cmd/subscribers.h"
#include "cmd/verbs.h"
#include "issue/obstacle.h"
#include "mail/address.h"
#include "store/comparison.h"
#include "store/run.h"
#include "subscribers/list.h"

static const struct option_spec subscribers_options[] = {
    [OPTION_JSON] = {"json", 0, NULL, "print JSON (list, show, search, check, export)", false},
    [OPTION_STATUS] =
        {"status", 0, "STATUS",
         "list, search, export: only these; add, import: pending or confirmed; import of "
         "people who are gone: left, bounced or complained",
         false},
    [OPTION_WORDING] = {"wording", 0, "TEXT",
                        "what the people agreed to; needed for --status confirmed, and for allow",
                        false},
    [OPTION_NAME] = {"name", 0, "NAME", "add: the person's name, also of somebody who is there",
                     false},
    [OPTION_TOPICS] = {"topics", 0, "A,B",
                       "add: only these categories; '' for all; migrate: "
                       "tags that become topics (TAG or TAG=TOPIC)",
                       false},
    [OPTION_MAP] = {"map", 0, "FIELD=COLUMN,...",
                    "import: columns of the CSV for email, name, topics, status, and for left, "
                    "bounced, complained, subscribed",
                    false},
    [OPTION_IGNORE] = {"ignore-column", 0, "COLUMN", "import: read nothing from this column", true},
    [OPTION_ENCODING] = {"encoding", 0, "NAME",
                         "import: what the file is in, if not UTF-8: windows-1252 ...", false},
    [OPTION_CONTINUE] = {"continue", 0, "ID", "import: go on with one that broke off", false},
    [OPTION_UNDO] = {"undo", 0, "ID",
                     "import: take out whom it brought and nobody has heard from since", false},
    [OPTION_IMPORT] = {"import", 0, "ID", "invite: only people whom this import brought", false},
    [OPTION_FROM] = {"from", 0, "SYSTEM",
                     "migrate: mailchimp, substack, ghost, listmonk, buttondown, kit, keila, "
                     "phplist, mailman or verdicts",
                     false},
    [OPTION_REST] = {"rest", 0, "FILE",
                     "migrate: where to list who is not confirmed, with the reason", false},
    [OPTION_FULL] = {"full", 0, "DIR",
                     "export: all that is needed to move, into files of a new folder", false},
    [OPTION_DRY_RUN] = {"dry-run", 'n', NULL,
                        "import, migrate, invite: tell what would be done, store nothing", false},
    [OPTION_YES] = {"yes", 'y', NULL, "forget: also an address that is not on the list", false},
    {0},
};

enum { LINE_MAX_BYTES = 64 * 1024, WORDS_MAX = 4096 };

static bool json_wanted(const struct program *program)
{
    return program->options[OPTION_JSON].count > 0;
}

/* "Design, Writing" as stored: sorted, each once, joined by line ends; NULL where none are given.
 */
static bool stored_topics(struct arena *arena, const char *text, const char **topics,
                          struct failure *why)
{
    *topics = NULL;
    return text == NULL || list_topics(arena, text, topics, why);
}

/* A slip in a topic would keep its reader out of every issue. Before the first import there is
 * nothing to hold topics against. */
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

static bool people_add(struct program *program, int *status, struct failure *why)
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

static bool people_allow(struct program *program, int *status, struct failure *why)
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

static bool people_remove(struct program *program, int *status, struct failure *why)
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

/* A slip of the pen would keep a stranger off the list for ever: an address that was never on it
 * is suppressed on request alone. */
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

static bool people_forget(struct program *program, int *status, struct failure *why)
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

/* Needs no list: is the address acceptable, and what is its normal form? */
static bool people_check(struct program *program, int *status, struct failure *why)
{
    struct arena *arena = &program->arena;
    struct value *list = value_list(arena);
    if (program->argc < 2) {
        return fail(why, FAILURE_USAGE, "subscribers check takes addresses");
    }
    for (int i = 1; i < program->argc; i++) {
        struct address address;
        struct failure bad = {0};
        bool valid =
            address_parse(program->argv[i], &address, &bad) && address_check_reach(&address, &bad);
        struct value *row = value_add(list, value_object(arena));
        value_set_text(arena, row, "address", program->argv[i]);
        value_set_bool(arena, row, "valid", valid);
        value_set_text(arena, row, "normal", valid ? address.normal : NULL);
        value_set_text(arena, row, "reason", valid ? NULL : bad.text);
        if (!json_wanted(program)) {
            printf("%s: %s\n", program->argv[i], valid ? address.normal : bad.text);
        }
        *status = valid ? *status : EXIT_BAD_DATA;
    }
    if (json_wanted(program)) {
        common_print_json(list);
    }
    return true;
}

/* Who is confirmed by an import that has not ended stands in an export as confirmed. */
static bool warn_of_imports(struct program *program, struct failure *why)
{
    struct obstacle_import *imports;
    size_t count;
    if (!obstacle_imports(program->store, &program->arena, &imports, &count, why)) {
        return false;
    }
    for (size_t i = 0; !program->quiet && i < count; i++) {
        fprintf(stderr, "verdicts: warning: %s\n", imports[i].line);
    }
    return true;
}

static bool people_export(struct program *program, int *status, struct failure *why)
{
    enum subscriber_status storage;
    const enum subscriber_status *filter;
    const char *full = subscribers_option(program, OPTION_FULL);
    (void)status;
    if (!common_no_operands(program, 1, why) ||
        !subscribers_filter(program, &storage, &filter, why) || !warn_of_imports(program, why)) {
        return false;
    }
    if (full == NULL) {
        return list_export(program->store, json_wanted(program) ? LIST_JSON : LIST_CSV, filter,
                           stdout, why);
    }
    if (json_wanted(program) || filter != NULL) {
        return fail(why, FAILURE_USAGE, "--full exports everybody, in files of its own form");
    }
    return program_open(program, NEEDS_KEYS, why) &&
           list_export_full(program->store, program->keys, full, why);
}

enum {
    USES_JSON = 1 << OPTION_JSON,
    USES_STATUS = 1 << OPTION_STATUS,
    USES_WORDING = 1 << OPTION_WORDING,
    USES_ADD = USES_STATUS | USES_WORDING | 1 << OPTION_NAME | 1 << OPTION_TOPICS,
    USES_IMPORT = USES_STATUS | USES_WORDING | 1 << OPTION_MAP | 1 << OPTION_IGNORE |
                  1 << OPTION_ENCODING | 1 << OPTION_CONTINUE | 1 << OPTION_UNDO |
                  1 << OPTION_DRY_RUN,
    USES_MIGRATE = USES_STATUS | USES_WORDING | 1 << OPTION_TOPICS | 1 << OPTION_MAP |
                   1 << OPTION_IGNORE | 1 << OPTION_ENCODING | 1 << OPTION_FROM | 1 << OPTION_REST |
                   1 << OPTION_DRY_RUN,
    USES_EXPORT = USES_JSON | USES_STATUS | 1 << OPTION_FULL,
    USES_INVITE = 1 << OPTION_IMPORT | 1 << OPTION_DRY_RUN,
    USES_YES = 1 << OPTION_YES,
};

/* In the order of the help. Verbs that read alone open the database for reading. */
static const struct {
    const char *word;
    int needs;
    unsigned uses; /* options, a bit each */
    bool changes;
    bool (*run)(struct program *program, int *status, struct failure *why);
} subverbs[] = {
    {"list", NEEDS_READING, USES_JSON | USES_STATUS, false, subscribers_list},
    {"show", NEEDS_READING, USES_JSON, false, subscribers_show},
    {"search", NEEDS_READING, USES_JSON | USES_STATUS, false, subscribers_search},
    {"add", NEEDS_STORE | NEEDS_KEYS, USES_ADD, true, people_add},
    {"allow", NEEDS_STORE | NEEDS_KEYS, USES_WORDING, true, people_allow},
    {"remove", NEEDS_STORE | NEEDS_KEYS, 0, true, people_remove},
    {"check", NEEDS_NOTHING, USES_JSON, false, people_check},
    {"import", NEEDS_STORE | NEEDS_KEYS, USES_IMPORT, true, subscribers_import},
    {"migrate", NEEDS_STORE | NEEDS_KEYS, USES_MIGRATE, true, subscribers_migrate},
    {"invite", NEEDS_STORE | NEEDS_KEYS, USES_INVITE, true, subscribers_invite},
    {"export", NEEDS_READING, USES_EXPORT, false, people_export},
    {"forget", NEEDS_STORE | NEEDS_KEYS, USES_YES, true, people_forget},
};

/* What is kept of a failure names nobody: runs outlive people who are erased. */
static const char *without_addresses(struct arena *arena, const char *text)
{
    struct buf out;
    buf_init(&out, sizeof(struct failure));
    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        bool named = memchr(text, '@', len) != NULL;
        buf_add(&out, named ? "(address)" : text, named ? strlen("(address)") : len);
        text += len;
        len = strspn(text, " ");
        buf_add(&out, text, len);
        text += len;
    }
    const char *copy = arena_copy(arena, out.data);
    buf_free(&out);
    return copy;
}

enum { SUBVERB_COUNT = sizeof subverbs / sizeof subverbs[0] };

static bool subscribers_run(struct program *program, int *status, struct failure *why)
{
    const char *words[SUBVERB_COUNT];
    size_t chosen;
    int64_t run = 0;
    for (size_t i = 0; i < SUBVERB_COUNT; i++) {
        words[i] = subverbs[i].word;
    }
    if (!common_subverb(program, words, SUBVERB_COUNT, &chosen, why) ||
        !common_options_fit(program, subscribers_options, subverbs[chosen].uses, why) ||
        !program_open(program, subverbs[chosen].needs, why)) {
        return false;
    }
    if (!subverbs[chosen].changes) {
        return subverbs[chosen].run(program, status, why);
    }
    if (!run_begin(program->store, "subscribers", clock_now(), &run, why)) {
        return false;
    }
    bool good = subverbs[chosen].run(program, status, why);
    struct failure late = {0};
    int code = good ? *status : failure_exit_code(why->kind);
    const char *summary = subverbs[chosen].word;
    if (!good) {
        summary = arena_format(&program->arena, "%s: %s", summary,
                               without_addresses(&program->arena, why->text));
    }
    bool ended = run_end(program->store, run, clock_now(), code, summary, good ? why : &late);
    return good && ended;
}

const struct verb verb_subscribers = {
    .name = "subscribers",
    .options = subscribers_options,
    .usage = "list | show ADDR | search WORD | add ADDR | allow ADDR | remove ADDR | check ADDR... "
             "| import FILE | "
             "import --undo ID | migrate --from SYSTEM FILE... | invite | export | "
             "forget [--yes] ADDR",
    .help = "The list: show, search, add, allow, remove, check, import, migrate, invite, export, "
            "forget",
    .examples =
        "  verdicts subscribers add ann@example.org --name Ann --status confirmed \\\n"
        "      --wording 'asked for it at the stand, 2026-11-20'\n"
        "  verdicts subscribers import people.csv --status confirmed --wording 'old list, 2025'\n"
        "  verdicts subscribers migrate --from mailchimp audience_export.zip\n"
        "  verdicts subscribers check 'ann@example.org' --json\n"
        "  verdicts subscribers forget ann@example.org\n",
    .run = subscribers_run,
};
