/*
 * `import`: imports comparison pages and JSON into the database (intake/ingest.h) and reports the
 * results.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cmd/catalogue.h"
#include "cmd/common.h"
#include "cmd/import_notice.h"
#include "cmd/verbs.h"
#include "intake/ingest.h"
#include "store/run.h"

enum import_option {
    IMPORT_PUBLISHED,
    IMPORT_SOURCE,
    IMPORT_FULL,
    IMPORT_YES,
    IMPORT_HTML,
    IMPORT_IGNORE_UNKNOWN,
    IMPORT_DRY_RUN
};

static const struct option_spec import_options[] = {
    [IMPORT_PUBLISHED] = {"published", 0, "TIME",
                          "when the comparisons without a date of their own were published", false},
    [IMPORT_SOURCE] = {"source", 0, "NAME", "what this comes from; the real path where not given",
                       false},
    [IMPORT_FULL] = {"full", 0, NULL,
                     "this is all that the source has: withdraw what it has brought before and "
                     "does not bring now",
                     false},
    [IMPORT_YES] = {"yes", 'y', NULL, "withdraw also when it is much of it", false},
    [IMPORT_HTML] = {"html", 0, NULL, "texts are HTML: decode its references, drop its tags",
                     false},
    [IMPORT_IGNORE_UNKNOWN] = {"ignore-unknown", 0, NULL,
                               "pass over the members of JSON that are no fields", false},
    [IMPORT_DRY_RUN] = {"dry-run", 'n', NULL, "check and report, store nothing", false},
    {0},
};

struct import {
    struct program *program;
    bool dry_run;
    struct import_notice notice;
};

static void tell_bad(void *context, const struct failure *why)
{
    (void)context;
    program_complain(why);
}

static void tell_noticed(void *context, const char *file, const struct way *way)
{
    const struct import *import = context;
    import_notice_way(import->program, file, way);
}

static bool tell_withdrawn(void *context, int64_t id, const char *slug, struct failure *why)
{
    const struct import *import = context;
    if (!import->program->quiet) {
        printf("withdrawn %s\n", slug);
    }
    return import->dry_run || catalogue_tell_withdrawn(import->program, id, why);
}

static bool tell_turn(struct import *import, const struct ingested *item, struct failure *why)
{
    switch (item->outcome.turn) {
    case COMPARISON_STAYS:
        break;
    case COMPARISON_WITHDRAWN:
        return tell_withdrawn(import, item->id, item->slug, why);
    case COMPARISON_RESTORED:
        if (!import->program->quiet) {
            printf("restored %s\n", item->slug);
        }
        break;
    }
    return true;
}

static bool tell_arrived(void *context, const char *file, const struct ingested *item,
                         struct failure *why)
{
    struct import *import = context;
    struct program *program = import->program;
    const struct comparison_outcome *outcome = &item->outcome;
    bool content = outcome->saved != COMPARISON_UNCHANGED;
    for (size_t i = 0; i < outcome->conflict_count; i++) {
        import_notice_conflict(file, &outcome->conflicts[i]);
    }
    if (content && !program->quiet) {
        printf("%s %s\n", outcome->saved == COMPARISON_NEW ? "new" : "changed", item->slug);
    }
    import_notice_alike(&import->notice, file, item->slug, &outcome->alike);
    if (!item->has_url && outcome->saved == COMPARISON_NEW) {
        import_notice_guess(&import->notice, program, item->slug);
    }
    import_notice_date(program, file, item);
    if (content || outcome->moved_from != 0 || outcome->turn != COMPARISON_STAYS) {
        import_notice_future(file, item);
    }
    return tell_turn(import, item, why);
}

/* What was imported stays, even if a draft cannot be built again. */
static void follow(struct import *import, const struct ingest_result *result, int *status)
{
    struct failure why = {0};
    if (result->moved && !import->dry_run && !catalogue_follow(import->program, &why)) {
        program_complain(&why);
        *status = failure_exit_code(why.kind);
    }
}

/* The exit code for what was refused; 0 if nothing was. */
static int bad_code(const struct ingest_result *result)
{
    if (result->bad == 0) {
        return result->refused ? EXIT_BAD_DATA : 0;
    }
    switch (result->bad_kind) {
    case FAILURE_PERMISSION:
    case FAILURE_NO_INPUT:
    case FAILURE_IO:
        return failure_exit_code(result->bad_kind);
    default:
        return EXIT_BAD_DATA;
    }
}

static bool finish(struct import *import, const struct ingest_result *result, int64_t run,
                   int *status, struct failure *why)
{
    struct program *program = import->program;
    char summary[160];
    follow(import, result, status);
    import_notice_end(&import->notice, result, program);
    int used = snprintf(summary, sizeof summary, "%lld new, %lld changed, %lld unchanged, %lld bad",
                        (long long)result->added, (long long)result->changed,
                        (long long)result->unchanged, (long long)result->bad);
    if (result->withdrawn > 0) {
        snprintf(summary + used, sizeof summary - (size_t)used, ", %lld withdrawn",
                 (long long)result->withdrawn);
    }
    int bad = bad_code(result);
    *status = bad != 0 ? bad : *status;
    if (!program->quiet) {
        printf("%s%s\n", summary, import->dry_run ? " (dry run: nothing stored)" : "");
    }
    return import->dry_run || run_end(program->store, run, clock_now(), *status, summary, why);
}

static bool read_options(const struct program *program, struct ingest_options *options,
                         struct failure *why)
{
    const struct option_value *given = program->options;
    *options = (struct ingest_options){
        .source = given[IMPORT_SOURCE].count > 0 ? given[IMPORT_SOURCE].values[0] : NULL,
        .full = given[IMPORT_FULL].count > 0,
        .yes = given[IMPORT_YES].count > 0,
        .dry_run = given[IMPORT_DRY_RUN].count > 0,
        .html = given[IMPORT_HTML].count > 0,
        .ignore_unknown = given[IMPORT_IGNORE_UNKNOWN].count > 0,
        .brief = program->quiet,
    };
    if (program->argc == 0) {
        return fail(why, FAILURE_USAGE, "import: name files or folders, or - for standard input");
    }
    if (given[IMPORT_PUBLISHED].count > 0 &&
        !clock_parse(given[IMPORT_PUBLISHED].values[0], &options->published, why)) {
        why->kind = FAILURE_USAGE;
        return fail_context(why, "--published");
    }
    for (int i = 0; options->full && options->source == NULL && i < program->argc; i++) {
        if (strcmp(program->argv[i], "-") == 0) {
            return fail(why, FAILURE_USAGE,
                        "--full of standard input needs --source NAME: what was brought before "
                        "under that name and is not there now is withdrawn");
        }
    }
    return true;
}

static bool import_run(struct program *program, int *status, struct failure *why)
{
    struct ingest_options options;
    struct ingest_result result;
    int64_t run = 0;
    if (!read_options(program, &options, why)) {
        return false;
    }
    struct import import = {.program = program, .dry_run = options.dry_run};
    const struct ingest_listener listener = {.bad = tell_bad,
                                             .noticed = tell_noticed,
                                             .arrived = tell_arrived,
                                             .withdrawn = tell_withdrawn,
                                             .refused = tell_bad,
                                             .context = &import};
    return (options.dry_run || run_begin(program->store, "import", clock_now(), &run, why)) &&
           ingest_paths(program->store, &program->arena, &options, &listener, program->argv,
                        program->argc, &result, why) &&
           finish(&import, &result, run, status, why);
}

const struct verb verb_import = {
    .name = "import",
    .needs = NEEDS_STORE,
    .options = import_options,
    .usage = "[--published TIME] [--source NAME] [--full [--yes]] [--html] [--ignore-unknown] "
             "[--dry-run] PATH...",
    .help = "Take in comparison pages (.txt) and JSON; a file whole or not at all",
    .examples = "  verdicts import pages/*.txt\n"
                "  verdicts import --published 2026-11-18T09:00:00Z pages/\n"
                "  sqlite3 -json site.db 'SELECT ...' | verdicts import -\n"
                "  verdicts import --full --source site all.json\n",
    .run = import_run,
};
