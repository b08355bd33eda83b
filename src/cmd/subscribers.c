/* `subscribers`: the operator's commands for the list. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cmd/common.h"
#include "cmd/subscribers.h"
#include "cmd/verbs.h"
#include "issue/obstacle.h"
#include "mail/address.h"
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

/* Checks whether the address is acceptable, and prints its normal form; needs no database. */
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
        if (!subscribers_json(program)) {
            printf("%s: %s\n", program->argv[i], valid ? address.normal : bad.text);
        }
        *status = valid ? *status : EXIT_BAD_DATA;
    }
    if (subscribers_json(program)) {
        common_print_json(list);
    }
    return true;
}

/* An export shows people as confirmed whom an unfinished import has confirmed. */
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
        return list_export(program->store, subscribers_json(program) ? LIST_JSON : LIST_CSV, filter,
                           stdout, why);
    }
    if (subscribers_json(program) || filter != NULL) {
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

/* In the order of the help. Words that only read open the database for reading. */
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
    {"add", NEEDS_STORE | NEEDS_KEYS, USES_ADD, true, subscribers_add},
    {"allow", NEEDS_STORE | NEEDS_KEYS, USES_WORDING, true, subscribers_allow},
    {"remove", NEEDS_STORE | NEEDS_KEYS, 0, true, subscribers_remove},
    {"check", NEEDS_NOTHING, USES_JSON, false, people_check},
    {"import", NEEDS_STORE | NEEDS_KEYS, USES_IMPORT, true, subscribers_import},
    {"migrate", NEEDS_STORE | NEEDS_KEYS, USES_MIGRATE, true, subscribers_migrate},
    {"invite", NEEDS_STORE | NEEDS_KEYS, USES_INVITE, true, subscribers_invite},
    {"export", NEEDS_READING, USES_EXPORT, false, people_export},
    {"forget", NEEDS_STORE | NEEDS_KEYS, USES_YES, true, subscribers_forget},
};

/* The failure that is stored with a run names nobody: runs are kept longer than people who are
 * erased. */
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
