/* `import`: comparison pages and JSON go into the database, each file whole or not at all. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/utf8.h"
#include "cmd/verbs.h"
#include "intake/intake.h"
#include "store/comparison.h"
#include "store/run.h"

enum import_option { IMPORT_PUBLISHED, IMPORT_DRY_RUN };

enum { CONFLICT_SHOWN = 120, FUTURE_FINE = 7 * 86400 /* seconds: next week's */ };

static const struct option_spec import_options[] = {
    [IMPORT_PUBLISHED] = {"published", 0, "TIME",
                          "when the comparisons without a date of their own were published", false},
    [IMPORT_DRY_RUN] = {"dry-run", 'n', NULL, "check and report, store nothing", false},
    {0},
};

/* What is said of a comparison once its file is in. */
struct told {
    const char *slug;
    enum comparison_saved saved;
    int64_t published_at; /* what stands in the database */
    struct tool_conflict *conflicts;
    size_t conflict_count;
};

struct import {
    struct program *program;
    struct arena arena; /* one file's */
    struct told *told;  /* of the file: what is new or changed */
    size_t told_count, told_room;
    int64_t file_unchanged;
    int64_t published; /* 0: now */
    bool dry_run;
    int64_t added, changed, unchanged, bad;
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
         "%s: %s of \"%s\" differs from what was known: kept \"%s\", dropped \"%s\" (the "
         "newer comparison wins)",
         name, conflict->field, conflict->tool, conflict->kept, conflict->dropped);
    program_complain(&word);
}

/* A year too many keeps a comparison out of every issue, and nothing else would say so. */
static void import_tell_future(const char *name, const struct told *told)
{
    char when[CLOCK_TEXT];
    struct failure word;
    if (told->published_at > clock_now() + FUTURE_FINE) {
        clock_format(told->published_at, when);
        fail(&word, FAILURE_DATA,
             "%s: warning: %s is published at %s, in the future: it waits for that week's issue",
             name, told->slug, when);
        program_complain(&word);
    }
}

static void import_tell(struct import *import, const char *name, const struct told *told)
{
    for (size_t i = 0; i < told->conflict_count; i++) {
        import_tell_conflict(name, &told->conflicts[i]);
    }
    if (!import->program->quiet) {
        printf("%s %s\n", told->saved == COMPARISON_NEW ? "new" : "changed", told->slug);
    }
    import_tell_future(name, told);
    import->added += told->saved == COMPARISON_NEW;
    import->changed += told->saved == COMPARISON_CHANGED;
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
    *told = (struct told){.slug = arena_copy(arena, item->slug),
                          .saved = outcome->saved,
                          .published_at = outcome->published_at,
                          .conflicts =
                              arena_array(arena, outcome->conflict_count, sizeof *told->conflicts),
                          .conflict_count = outcome->conflict_count};
    for (size_t i = 0; i < outcome->conflict_count; i++) {
        const struct tool_conflict *conflict = &outcome->conflicts[i];
        told->conflicts[i] =
            (struct tool_conflict){.tool = import_shown(arena, conflict->tool),
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
    if (item->published_at == 0) {
        item->published_at = import->published != 0 ? import->published : now;
    }
    if (!comparison_save(import->program->store, arena, item, now, &outcome, why)) {
        return fail_context(why, "%s", item->slug);
    }
    if (outcome.saved == COMPARISON_UNCHANGED) {
        import->file_unchanged++;
    } else {
        import_note(import, item, &outcome);
    }
    return true;
}

/* One file is one transaction. A dry run takes the same path and rolls back. */
static bool import_store(struct import *import, const char *name, const struct buf *content,
                         struct failure *why)
{
    struct store *store = import->program->store;
    if (!store_begin(store, why)) {
        return false;
    }
    if (!intake_each(name, content->data, content->len, import_take, import, why) ||
        (!import->dry_run && !store_commit(store, why))) {
        store_rollback(store);
        return false;
    }
    if (import->dry_run) {
        store_rollback(store);
    }
    import->unchanged += import->file_unchanged;
    for (size_t i = 0; i < import->told_count; i++) {
        import_tell(import, name, &import->told[i]);
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
    import->file_unchanged = 0;
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

static bool import_paths(struct import *import, struct failure *why)
{
    struct program *program = import->program;
    for (int i = 0; i < program->argc; i++) {
        struct stat st;
        bool folder = stat(program->argv[i], &st) == 0 && S_ISDIR(st.st_mode);
        if (!(folder ? import_folder(import, program->argv[i], why)
                     : import_one(import, program->argv[i], why))) {
            return false;
        }
    }
    return true;
}

static bool import_finish(struct import *import, int64_t run, int *status, struct failure *why)
{
    char summary[160];
    snprintf(summary, sizeof summary, "%lld new, %lld changed, %lld unchanged, %lld bad",
             (long long)import->added, (long long)import->changed, (long long)import->unchanged,
             (long long)import->bad);
    if (import->bad > 0) {
        *status = program_exit_code(import->bad_kind == FAILURE_PERMISSION ||
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

static bool import_run(struct program *program, int *status, struct failure *why)
{
    struct import import = {
        .program = program,
        .dry_run = program->options[IMPORT_DRY_RUN].count > 0,
    };
    int64_t run = 0;
    if (program->argc == 0) {
        return fail(why, FAILURE_USAGE, "import: name files or folders, or - for standard input");
    }
    if (program->options[IMPORT_PUBLISHED].count > 0 &&
        !clock_parse(program->options[IMPORT_PUBLISHED].values[0], &import.published, why)) {
        why->kind = FAILURE_USAGE;
        return fail_context(why, "--published");
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
    .usage = "[--published TIME] [--dry-run] PATH...",
    .help = "Take in comparison pages (.txt) and JSON; a file whole or not at all",
    .examples = "  verdicts import pages/*.txt\n"
                "  verdicts import --published 2026-11-18T09:00:00Z pages/\n"
                "  sqlite3 -json site.db 'SELECT ...' | verdicts import -\n",
    .run = import_run,
};
