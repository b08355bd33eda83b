#include "intake/ingest.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/utf8.h"
#include "intake/ingest_source.h"
#include "intake/intake.h"

enum { FACT_SHOWN = 120, NAME_SHOWN = 80 /* bytes of a text that a message shows */ };

struct ingest {
    struct store *store;
    struct arena *arena;
    const struct ingest_options *options;
    const struct ingest_listener *listener;
    struct ingest_result *result;
    struct ingest_source *source; /* the source of the comparisons; NULL: it has no name */
    struct arena file_arena;
    /* For the file that is being read: */
    struct way way;
    struct ingested *items; /* comparisons about which there is something to report */
    size_t item_count, item_room;
    int64_t unchanged, added; /* comparisons about which there is nothing to report */
};

static const char *keep(struct arena *arena, const char *text, size_t most)
{
    return text == NULL ? NULL : arena_copy_bytes(arena, text, utf8_cut(text, strlen(text), most));
}

static struct look_alike keep_alike(struct arena *arena, const struct look_alike *alike)
{
    struct look_alike kept = *alike;
    kept.slug = keep(arena, alike->slug, MODEL_SLUG_MAX);
    kept.title = NULL;
    kept.name = keep(arena, alike->name, NAME_SHOWN);
    kept.other = keep(arena, alike->other, NAME_SHOWN);
    kept.issue_week = keep(arena, alike->issue_week, NAME_SHOWN);
    return kept;
}

static struct tool_conflict keep_conflict(struct arena *arena, const struct tool_conflict *conflict)
{
    return (struct tool_conflict){.tool = keep(arena, conflict->tool, FACT_SHOWN),
                                  .sources = conflict->sources,
                                  .field = arena_copy(arena, conflict->field),
                                  .kept = keep(arena, conflict->kept, FACT_SHOWN),
                                  .dropped = keep(arena, conflict->dropped, FACT_SHOWN)};
}

/* Copies what is reported: the comparison's own memory is freed before its file is committed. */
static void keep_item(struct ingest *ingest, const struct comparison *item,
                      const struct comparison_outcome *outcome)
{
    struct arena *arena = &ingest->file_arena;
    if (ingest->item_count == ingest->item_room) {
        ingest->item_room = ingest->item_room > 0 ? ingest->item_room * 2 : 4;
        ingest->items = memory_resize(ingest->items, ingest->item_room * sizeof *ingest->items);
    }
    struct ingested *kept = &ingest->items[ingest->item_count++];
    *kept = (struct ingested){.id = item->id,
                              .slug = arena_copy(arena, item->slug),
                              .outcome = *outcome,
                              .has_url = item->url != NULL};
    kept->outcome.alike = keep_alike(arena, &outcome->alike);
    kept->outcome.conflicts =
        arena_array(arena, outcome->conflict_count, sizeof *outcome->conflicts);
    for (size_t i = 0; i < outcome->conflict_count; i++) {
        kept->outcome.conflicts[i] = keep_conflict(arena, &outcome->conflicts[i]);
    }
}

static bool is_plain(const struct comparison_outcome *outcome)
{
    return outcome->moved_from == 0 && outcome->ignored_date == 0 &&
           outcome->turn == COMPARISON_STAYS && outcome->conflict_count == 0;
}

static bool is_merely_new(const struct comparison_outcome *outcome)
{
    return outcome->saved == COMPARISON_NEW && outcome->turn == COMPARISON_STAYS &&
           outcome->conflict_count == 0 && outcome->alike.how == LIKENESS_NONE &&
           outcome->published_at <= clock_now() + INGEST_FUTURE_FINE;
}

static bool take(void *context, struct arena *arena, struct comparison *item, struct failure *why)
{
    struct ingest *ingest = context;
    const struct ingest_options *options = ingest->options;
    struct comparison_outcome outcome;
    int64_t now = clock_now();
    item->full = options->full;
    item->source_id = ingest_source_id(ingest->source);
    item->source_named = options->source != NULL;
    if (item->published_at == 0) {
        item->published_at = options->published != 0 ? options->published : now;
        item->undated = true;
    }
    if (!comparison_save(ingest->store, arena, item, now, &outcome, why)) {
        return fail_context(why, "%s", item->slug);
    }
    ingest_source_brings(ingest->source, item->id);
    if (item->undated && options->published != 0 && outcome.published_at != options->published) {
        ingest->result->dated++;
    }
    if (outcome.saved == COMPARISON_UNCHANGED && is_plain(&outcome)) {
        ingest->unchanged++;
    } else if (options->brief && is_merely_new(&outcome)) {
        ingest->added++;
    } else {
        keep_item(ingest, item, &outcome);
    }
    return true;
}

static void count_item(struct ingest_result *result, const struct comparison_outcome *outcome)
{
    bool moved = outcome->moved_from != 0 || outcome->turn != COMPARISON_STAYS;
    switch (outcome->saved) {
    case COMPARISON_NEW:
        result->added++;
        break;
    case COMPARISON_CHANGED:
        result->changed++;
        break;
    case COMPARISON_UNCHANGED:
        result->changed += moved;
        result->unchanged += !moved;
        break;
    }
    result->moved = result->moved || moved;
    result->withdrawn += outcome->turn == COMPARISON_WITHDRAWN;
}

/* Reports a file after its commit. */
static bool report_file(struct ingest *ingest, const char *name, struct failure *why)
{
    const struct ingest_listener *listener = ingest->listener;
    ingest->result->unchanged += ingest->unchanged;
    ingest->result->added += ingest->added;
    if (ingest->item_count > 0 || ingest->added > 0) {
        listener->noticed(listener->context, name, &ingest->way);
    }
    for (size_t i = 0; i < ingest->item_count; i++) {
        count_item(ingest->result, &ingest->items[i].outcome);
        if (!listener->arrived(listener->context, name, &ingest->items[i], why)) {
            return false;
        }
    }
    return true;
}

static bool store_file(struct ingest *ingest, const char *name, const struct buf *content,
                       struct failure *why)
{
    const struct ingest_options *options = ingest->options;
    struct store *store = ingest->store;
    if (!store_begin(store, why)) {
        return false;
    }
    if (!intake_each(name, content->data, content->len, &ingest->way, take, ingest, why) ||
        (!options->dry_run && !store_commit(store, why))) {
        store_rollback(store);
        return false;
    }
    if (options->dry_run) {
        store_rollback(store);
    }
    return report_file(ingest, name, why);
}

static bool read_file(struct ingest *ingest, const char *path, struct failure *why)
{
    struct buf content;
    bool from_stdin = strcmp(path, "-") == 0;
    const char *name = from_stdin ? "standard input" : path;
    arena_reset(&ingest->file_arena);
    ingest->item_count = 0;
    ingest->unchanged = ingest->added = 0;
    ingest->way = (struct way){.html = ingest->options->html,
                               .ignore_unknown = ingest->options->ignore_unknown};
    buf_init(&content, INTAKE_FILE_MAX);
    bool good = (from_stdin ? file_read_stdin(INTAKE_FILE_MAX, &content, why)
                            : file_read(path, INTAKE_FILE_MAX, &content, why)) &&
                store_file(ingest, name, &content, why);
    buf_free(&content);
    return good;
}

static void report_bad(struct ingest *ingest, const struct failure *why)
{
    struct ingest_result *result = ingest->result;
    if (result->bad++ == 0 || why->kind == FAILURE_DATA) {
        result->bad_kind = why->kind;
    }
    ingest->listener->bad(ingest->listener->context, why);
}

static bool ingest_file(struct ingest *ingest, const char *path, struct failure *why)
{
    *why = (struct failure){0};
    if (read_file(ingest, path, why)) {
        return true;
    }
    if (why->kind == FAILURE_TRY_AGAIN || why->kind == FAILURE_SYSTEM ||
        why->kind == FAILURE_INTERNAL) {
        return false;
    }
    report_bad(ingest, why);
    return true;
}

static int is_wanted(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return entry->d_name[0] != '.' && dot != NULL &&
           (strcmp(dot, ".txt") == 0 || strcmp(dot, ".json") == 0 || strcmp(dot, ".jsonl") == 0);
}

static bool ingest_folder(struct ingest *ingest, const char *path, struct failure *why)
{
    struct dirent **entries;
    int count = scandir(path, &entries, is_wanted, alphasort);
    if (count < 0) {
        fail_errno(why, errno == EACCES ? FAILURE_PERMISSION : FAILURE_NO_INPUT, "cannot read %s",
                   path);
        report_bad(ingest, why);
        return true;
    }
    bool good = true;
    for (int i = 0; i < count; i++) {
        char *file = file_join(ingest->arena, path, entries[i]->d_name);
        good = good && ingest_file(ingest, file, why);
        free(entries[i]);
    }
    free(entries);
    if (good && count == 0) {
        fail(why, FAILURE_NO_INPUT, "%s holds no .txt, .json or .jsonl file", path);
        report_bad(ingest, why);
    }
    return good;
}

/* A full import that is refused is a fault of its source; other sources are still imported. */
static bool end_source(struct ingest *ingest, bool whole, struct failure *why)
{
    const struct ingest_listener *listener = ingest->listener;
    struct ingest_missing missing;
    struct failure refusal = {0};
    if (!ingest_source_end(ingest->source, whole, &missing, &refusal)) {
        if (refusal.kind != FAILURE_DATA) {
            *why = refusal;
            return false;
        }
        listener->refused(listener->context, &refusal);
        ingest->result->refused = true;
        return true;
    }
    for (size_t i = 0; i < missing.count; i++) {
        if (!listener->withdrawn(listener->context, missing.ids[i], missing.slugs[i], why)) {
            return false;
        }
    }
    ingest->result->withdrawn += (int64_t)missing.count;
    ingest->result->moved = ingest->result->moved || missing.count > 0;
    return true;
}

/* The paths of one source. */
static bool ingest_span(struct ingest *ingest, char **paths, int count, struct failure *why)
{
    const struct ingest_options *options = ingest->options;
    const struct ingest_source_options source = {.name = options->source,
                                                 .path = paths[0],
                                                 .full = options->full,
                                                 .yes = options->yes,
                                                 .dry_run = options->dry_run};
    int64_t bad = ingest->result->bad;
    bool good = ingest_source_open(ingest->store, ingest->arena, &source, &ingest->source, why);
    for (int i = 0; good && i < count; i++) {
        struct stat st;
        bool folder = stat(paths[i], &st) == 0 && S_ISDIR(st.st_mode);
        good = folder ? ingest_folder(ingest, paths[i], why) : ingest_file(ingest, paths[i], why);
    }
    good = good && end_source(ingest, ingest->result->bad == bad, why);
    ingest_source_close(ingest->source);
    ingest->source = NULL;
    return good;
}

bool ingest_paths(struct store *store, struct arena *arena, const struct ingest_options *options,
                  const struct ingest_listener *listener, char **paths, int count,
                  struct ingest_result *result, struct failure *why)
{
    struct ingest ingest = {
        .store = store, .arena = arena, .options = options, .listener = listener, .result = result};
    *result = (struct ingest_result){0};
    /* Waiting for the disk at every file would take minutes for thousands of pages. */
    bool good = store_set_durable(store, false, why);
    if (options->source != NULL) {
        good = good && ingest_span(&ingest, paths, count, why);
    }
    for (int i = 0; good && options->source == NULL && i < count; i++) {
        good = ingest_span(&ingest, paths + i, 1, why);
    }
    arena_free(&ingest.file_arena);
    free(ingest.items);
    return good && store_set_durable(store, true, why);
}
