/*
 * `import`: comparison pages and JSON go into the database, each file whole or not at all.
 *
 * Each path (or all of them, with --source) is a source, and what a source has brought is kept. So
 * a full import knows what is missing from it, and withdraws that.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/utf8.h"
#include "cmd/catalogue.h"
#include "cmd/import_notice.h"
#include "cmd/import_source.h"
#include "cmd/verbs.h"
#include "intake/intake.h"
#include "store/comparison_life.h"
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

enum { CONFLICT_SHOWN = 120, FUTURE_FINE = 7 * 86400 /* seconds: next week's */ };

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

/* What is said of a comparison once its file is in. */
struct told {
    int64_t id;
    const char *slug;
    struct comparison_outcome outcome;
    bool guessed; /* it has no url of its own */
};

struct import {
    struct program *program;
    struct arena arena; /* one file's */
    struct told *told;  /* of the file: what is new or changed */
    struct way way;     /* … and what was noticed in it */
    size_t told_count, told_room;
    int64_t file_unchanged, file_added; /* of which nothing is to be said */
    int64_t published;                  /* 0: now */
    bool dry_run;
    struct import_notice notice;
    struct import_source *source; /* of what comes in; NULL: it has no name */
    bool moved;                   /* drafts have to follow */
    bool refused;                 /* a full import, though what came is in */
    int64_t added, changed, unchanged, bad, withdrawn;
    enum failure_kind bad_kind; /* of the first one; bad data in any file goes before */
};

static void import_report_bad(struct import *import, const struct failure *why)
{
    if (import->bad++ == 0 || why->kind == FAILURE_DATA) {
        import->bad_kind = why->kind;
    }
    program_complain(why);
}

/* As much of the text as a message shows: whole characters. */
static const char *import_shown(struct arena *arena, const char *text)
{
    return arena_copy_bytes(arena, text, utf8_cut(text, strlen(text), CONFLICT_SHOWN));
}

/* A failure's text is one printable line whatever a file or a tool is called. */
static void import_tell_conflict(const char *name, const struct tool_conflict *conflict)
{
    struct failure word;
    fail(&word, FAILURE_DATA,
         "%s: %s of \"%s\" changes from \"%s\" to \"%s\": two %s say different things, and %s",
         name, conflict->field, conflict->tool, conflict->dropped, conflict->kept,
         conflict->sources ? "sources" : "comparisons",
         conflict->sources ? "the newer word stands" : "this one is newer");
    program_complain(&word);
}

/* A year too many keeps a comparison out of every issue, and nothing else would say so. */
static void import_tell_future(const char *name, const struct told *told)
{
    char when[CLOCK_TEXT];
    struct failure word;
    if (told->outcome.published_at > clock_now() + FUTURE_FINE) {
        clock_format(told->outcome.published_at, when);
        fail(&word, FAILURE_DATA,
             "%s: warning: %s is published at %s, in the future: it waits for that week's issue "
             "(`verdicts comparison date` gives it another date)",
             name, told->slug, when);
        program_complain(&word);
    }
}

/* The source's new date: followed, or too late. */
static void import_tell_date(const struct import *import, const char *name, const struct told *told)
{
    char is[CLOCK_TEXT], other[CLOCK_TEXT];
    const struct comparison_outcome *outcome = &told->outcome;
    clock_format(outcome->published_at, is);
    if (outcome->moved_from != 0 && !import->program->quiet) {
        clock_format(outcome->moved_from, other);
        printf("moved %s to %s, was %s\n", told->slug, is, other);
    }
    if (outcome->ignored_date != 0) {
        struct failure word;
        clock_format(outcome->ignored_date, other);
        fail(&word, FAILURE_DATA,
             "%s: the new date of %s, %s, is ignored: it stands in an issue with %s", name,
             told->slug, other, is);
        program_complain(&word);
    }
}

static bool import_tell_turn(struct import *import, const struct told *told, struct failure *why)
{
    if (told->outcome.turn == COMPARISON_STAYS) {
        return true;
    }
    bool withdrawn = told->outcome.turn == COMPARISON_WITHDRAWN;
    import->withdrawn += withdrawn;
    if (!import->program->quiet) {
        printf("%s %s\n", withdrawn ? "withdrawn" : "restored", told->slug);
    }
    return !withdrawn || import->dry_run ||
           catalogue_tell_withdrawn(import->program, told->id, why);
}

static bool import_tell(struct import *import, const char *name, const struct told *told,
                        struct failure *why)
{
    const struct comparison_outcome *outcome = &told->outcome;
    bool content = outcome->saved != COMPARISON_UNCHANGED;
    bool changed = outcome->moved_from != 0 || outcome->turn != COMPARISON_STAYS;
    for (size_t i = 0; i < outcome->conflict_count; i++) {
        import_tell_conflict(name, &outcome->conflicts[i]);
    }
    if (content && !import->program->quiet) {
        printf("%s %s\n", outcome->saved == COMPARISON_NEW ? "new" : "changed", told->slug);
    }
    import_notice_alike(&import->notice, name, told->slug, &outcome->alike);
    if (told->guessed && outcome->saved == COMPARISON_NEW) {
        import_notice_guess(&import->notice, import->program, told->slug);
    }
    import_tell_date(import, name, told);
    if (content || changed) {
        import_tell_future(name, told);
    }
    import->moved = import->moved || changed;
    import->added += outcome->saved == COMPARISON_NEW;
    import->changed +=
        outcome->saved == COMPARISON_CHANGED || (outcome->saved == COMPARISON_UNCHANGED && changed);
    import->unchanged += !content && !changed;
    return import_tell_turn(import, told, why);
}

static bool import_is_plain(const struct comparison_outcome *outcome)
{
    return outcome->saved == COMPARISON_UNCHANGED && outcome->moved_from == 0 &&
           outcome->ignored_date == 0 && outcome->turn == COMPARISON_STAYS &&
           outcome->conflict_count == 0;
}

/* A new one under -q, of which nobody wants to hear. */
static bool import_is_silent(const struct import *import, const struct comparison_outcome *outcome)
{
    return import->program->quiet && outcome->saved == COMPARISON_NEW &&
           outcome->turn == COMPARISON_STAYS && outcome->conflict_count == 0 &&
           outcome->alike.how == LIKENESS_NONE &&
           outcome->published_at <= clock_now() + FUTURE_FINE;
}

/* The comparison is gone when the file is in, and before that nothing may be said of it. */
static void import_note(struct import *import, const struct comparison *item,
                        const struct comparison_outcome *outcome)
{
    struct arena *arena = &import->arena;
    if (import->told_count == import->told_room) {
        import->told_room = import->told_room > 0 ? import->told_room * 2 : 4;
        import->told = memory_resize(import->told, import->told_room * sizeof *import->told);
    }
    struct told *told = &import->told[import->told_count++];
    *told = (struct told){.id = item->id,
                          .slug = arena_copy(arena, item->slug),
                          .outcome = *outcome,
                          .guessed = item->url == NULL};
    told->outcome.alike = import_notice_keep(arena, &outcome->alike);
    told->outcome.conflicts =
        arena_array(arena, outcome->conflict_count, sizeof *outcome->conflicts);
    for (size_t i = 0; i < outcome->conflict_count; i++) {
        const struct tool_conflict *conflict = &outcome->conflicts[i];
        told->outcome.conflicts[i] =
            (struct tool_conflict){.tool = import_shown(arena, conflict->tool),
                                   .sources = conflict->sources,
                                   .field = arena_copy(arena, conflict->field),
                                   .kept = import_shown(arena, conflict->kept),
                                   .dropped = import_shown(arena, conflict->dropped)};
    }
}

static bool import_take(void *context, struct arena *arena, struct comparison *item,
                        struct failure *why)
{
    struct import *import = context;
    struct comparison_outcome outcome;
    int64_t now = clock_now();
    item->full = import->program->options[IMPORT_FULL].count > 0;
    item->source_id = import_source_id(import->source);
    item->source_named = import->program->options[IMPORT_SOURCE].count > 0;
    if (item->published_at == 0) {
        item->published_at = import->published != 0 ? import->published : now;
        item->undated = true;
    }
    if (!comparison_save(import->program->store, arena, item, now, &outcome, why)) {
        return fail_context(why, "%s", item->slug);
    }
    import_source_brings(import->source, item->id);
    if (item->undated && import->published != 0 && outcome.published_at != import->published) {
        import_notice_dated(&import->notice);
    }
    if (import_is_plain(&outcome)) {
        import->file_unchanged++;
    } else if (import_is_silent(import, &outcome)) {
        import->file_added++;
    } else {
        import_note(import, item, &outcome);
    }
    return true;
}

/* What was noticed is said where the file has brought something: an hourly import of the same would
 * say it every hour. */
static void import_tell_way(const struct import *import, const char *name)
{
    const struct way *way = &import->way;
    struct failure word = way->marked;
    if (way->marked_count > 1) {
        fail(&word, FAILURE_DATA, "%s (and %zu more of its texts)", way->marked.text,
             way->marked_count - 1);
    }
    if (way->marked_count > 0) {
        program_complain(&word);
    }
    if (way->unknown_count > 0 && !import->program->quiet) {
        printf("%s: passed over %s\n", name, way->names);
    }
}

static void import_begin_way(struct import *import)
{
    const struct option_value *options = import->program->options;
    import->way = (struct way){.html = options[IMPORT_HTML].count > 0,
                               .ignore_unknown = options[IMPORT_IGNORE_UNKNOWN].count > 0};
}

/* One file is one transaction. A dry run takes the same path and rolls back. */
static bool import_store(struct import *import, const char *name, const struct buf *content,
                         struct failure *why)
{
    struct store *store = import->program->store;
    if (!store_begin(store, why)) {
        return false;
    }
    import_begin_way(import);
    if (!intake_each(name, content->data, content->len, &import->way, import_take, import, why) ||
        (!import->dry_run && !store_commit(store, why))) {
        store_rollback(store);
        return false;
    }
    if (import->dry_run) {
        store_rollback(store);
    }
    import->unchanged += import->file_unchanged;
    import->added += import->file_added;
    if (import->told_count > 0 || import->file_added > 0) {
        import_tell_way(import, name);
    }
    for (size_t i = 0; i < import->told_count; i++) {
        if (!import_tell(import, name, &import->told[i], why)) {
            return false;
        }
    }
    return true;
}

static bool import_file(struct import *import, const char *path, struct failure *why)
{
    struct buf content;
    bool from_stdin = strcmp(path, "-") == 0;
    const char *name = from_stdin ? "standard input" : path;
    arena_reset(&import->arena);
    import->told_count = 0;
    import->file_unchanged = import->file_added = 0;
    buf_init(&content, INTAKE_FILE_MAX);
    bool good = (from_stdin ? file_read_stdin(INTAKE_FILE_MAX, &content, why)
                            : file_read(path, INTAKE_FILE_MAX, &content, why)) &&
                import_store(import, name, &content, why);
    buf_free(&content);
    return good;
}

/* A fault of the database ends the run; a fault of a file is reported and the next one tried. */
static bool import_one(struct import *import, const char *path, struct failure *why)
{
    *why = (struct failure){0};
    if (import_file(import, path, why)) {
        return true;
    }
    if (why->kind == FAILURE_TRY_AGAIN || why->kind == FAILURE_SYSTEM ||
        why->kind == FAILURE_INTERNAL) {
        return false;
    }
    import_report_bad(import, why);
    return true;
}

static int import_wanted(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return entry->d_name[0] != '.' && dot != NULL &&
           (strcmp(dot, ".txt") == 0 || strcmp(dot, ".json") == 0 || strcmp(dot, ".jsonl") == 0);
}

/* A folder stands for the .txt, .json and .jsonl files right in it, in order of their names. */
static bool import_folder(struct import *import, const char *path, struct failure *why)
{
    struct dirent **entries;
    int count = scandir(path, &entries, import_wanted, alphasort);
    if (count < 0) {
        fail_errno(why, errno == EACCES ? FAILURE_PERMISSION : FAILURE_NO_INPUT, "cannot read %s",
                   path);
        import_report_bad(import, why);
        return true;
    }
    bool good = true;
    for (int i = 0; i < count; i++) {
        char *file = file_join(&import->program->arena, path, entries[i]->d_name);
        good = good && import_one(import, file, why);
        free(entries[i]);
    }
    free(entries);
    if (good && count == 0) {
        fail(why, FAILURE_NO_INPUT, "%s holds no .txt, .json or .jsonl file", path);
        import_report_bad(import, why);
    }
    return good;
}

static bool import_path(struct import *import, const char *path, struct failure *why)
{
    struct stat st;
    bool folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
    return folder ? import_folder(import, path, why) : import_one(import, path, why);
}

/* A full import that is refused is a fault of its source: the others go on. */
static bool import_end_source(struct import *import, bool whole, struct failure *why)
{
    struct import_missing missing;
    struct failure refusal = {0};
    if (!import_source_end(import->source, import->program, whole, &missing, &refusal)) {
        if (refusal.kind != FAILURE_DATA) {
            *why = refusal;
            return false;
        }
        program_complain(&refusal);
        import->refused = true;
        return true;
    }
    for (size_t i = 0; i < missing.count; i++) {
        if (!import->program->quiet) {
            printf("withdrawn %s\n", missing.slugs[i]);
        }
        if (!import->dry_run && !catalogue_tell_withdrawn(import->program, missing.ids[i], why)) {
            return false;
        }
    }
    import->withdrawn += (int64_t)missing.count;
    import->moved = import->moved || missing.count > 0;
    return true;
}

/* The operands from `first` up to `end` are one source. */
static bool import_span(struct import *import, int first, int end, struct failure *why)
{
    struct program *program = import->program;
    const struct option_value *named = &program->options[IMPORT_SOURCE];
    const struct import_source_options options = {
        .name = named->count > 0 ? named->values[0] : NULL,
        .path = program->argv[first],
        .full = program->options[IMPORT_FULL].count > 0,
        .yes = program->options[IMPORT_YES].count > 0,
        .dry_run = import->dry_run,
    };
    int64_t bad = import->bad;
    bool good = import_source_open(program, &options, &import->source, why);
    for (int i = first; good && i < end; i++) {
        good = import_path(import, program->argv[i], why);
    }
    good = good && import_end_source(import, import->bad == bad, why);
    import_source_close(import->source);
    import->source = NULL;
    return good;
}

static bool import_paths(struct import *import, struct failure *why)
{
    struct program *program = import->program;
    if (program->options[IMPORT_SOURCE].count > 0) {
        return import_span(import, 0, program->argc, why);
    }
    for (int i = 0; i < program->argc; i++) {
        if (!import_span(import, i, i + 1, why)) {
            return false;
        }
    }
    return true;
}

/* What is in is in, also where a draft cannot be built again. */
static void import_follow(struct import *import, int *status)
{
    struct failure why = {0};
    if (import->moved && !import->dry_run && !catalogue_follow(import->program, &why)) {
        program_complain(&why);
        *status = failure_exit_code(why.kind);
    }
}

static void import_summary(const struct import *import, char *line, size_t size)
{
    int used = snprintf(line, size, "%lld new, %lld changed, %lld unchanged, %lld bad",
                        (long long)import->added, (long long)import->changed,
                        (long long)import->unchanged, (long long)import->bad);
    if (import->withdrawn > 0) {
        snprintf(line + used, size - (size_t)used, ", %lld withdrawn",
                 (long long)import->withdrawn);
    }
}

static bool import_finish(struct import *import, int64_t run, int *status, struct failure *why)
{
    char summary[160];
    import_follow(import, status);
    import_notice_end(&import->notice, import->program);
    import_summary(import, summary, sizeof summary);
    if (import->refused) {
        *status = EXIT_BAD_DATA;
    }
    if (import->bad > 0) {
        *status = failure_exit_code(import->bad_kind == FAILURE_PERMISSION ||
                                            import->bad_kind == FAILURE_NO_INPUT ||
                                            import->bad_kind == FAILURE_IO
                                        ? import->bad_kind
                                        : FAILURE_DATA);
    }
    if (!import->program->quiet) {
        printf("%s%s\n", summary, import->dry_run ? " (dry run: nothing stored)" : "");
    }
    return import->dry_run ||
           (store_set_durable(import->program->store, true, why) &&
            run_end(import->program->store, run, clock_now(), *status, summary, why));
}

static bool import_check(struct program *program, struct import *import, struct failure *why)
{
    if (program->argc == 0) {
        return fail(why, FAILURE_USAGE, "import: name files or folders, or - for standard input");
    }
    if (program->options[IMPORT_PUBLISHED].count > 0 &&
        !clock_parse(program->options[IMPORT_PUBLISHED].values[0], &import->published, why)) {
        why->kind = FAILURE_USAGE;
        return fail_context(why, "--published");
    }
    bool full = program->options[IMPORT_FULL].count > 0;
    bool named = program->options[IMPORT_SOURCE].count > 0;
    for (int i = 0; full && !named && i < program->argc; i++) {
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
    struct import import = {
        .program = program,
        .dry_run = program->options[IMPORT_DRY_RUN].count > 0,
    };
    int64_t run = 0;
    if (!import_check(program, &import, why)) {
        return false;
    }
    /* A transaction a file is a wait for the disk a file: thousands of pages took minutes. What a
     * power cut takes before the last commit can be imported again. */
    bool good = (import.dry_run || run_begin(program->store, "import", clock_now(), &run, why)) &&
                store_set_durable(program->store, false, why) && import_paths(&import, why) &&
                import_finish(&import, run, status, why);
    arena_free(&import.arena);
    free(import.told);
    return good;
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
