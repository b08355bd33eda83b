#include "intake/ingest_source.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/comparison_life.h"

enum { NAME_MAX_BYTES = 4096 };

struct ingest_source {
    struct store *store;
    struct arena *arena;
    struct ingest_source_options options;
    const char *name;
    int64_t id;      /* 0: a dry run of an unknown source */
    int64_t *before; /* ids of what it had brought before, ascending */
    size_t before_count;
    int64_t *now; /* what it brings now */
    size_t now_count, now_room;
};

/* A path that cannot be resolved cannot be read either, which reading it reports. */
static bool find_name(struct arena *arena, const struct ingest_source_options *options,
                      const char **name, struct failure *why)
{
    *name = NULL;
    if (options->name != NULL) {
        size_t len = strlen(options->name);
        *name = options->name;
        return (len > 0 && len <= NAME_MAX_BYTES) ||
               fail(why, FAILURE_USAGE, "--source takes a name of 1 to %d bytes", NAME_MAX_BYTES);
    }
    char *real = strcmp(options->path, "-") == 0 ? NULL : realpath(options->path, NULL);
    if (real != NULL) {
        *name = arena_copy(arena, real);
    }
    free(real);
    return true;
}

bool ingest_source_open(struct store *store, struct arena *arena,
                        const struct ingest_source_options *options, struct ingest_source **source,
                        struct failure *why)
{
    const char *name;
    *source = NULL;
    if (!find_name(arena, options, &name, why)) {
        return false;
    }
    if (name == NULL) {
        return true;
    }
    struct ingest_source *opened = arena_alloc(arena, sizeof *opened);
    *opened =
        (struct ingest_source){.store = store, .arena = arena, .options = *options, .name = name};
    *source = opened;
    return comparison_source(store, name, !options->dry_run, &opened->id, why) &&
           (opened->id == 0 || comparison_brought_by(store, arena, opened->id, &opened->before,
                                                     &opened->before_count, why));
}

void ingest_source_close(struct ingest_source *source)
{
    if (source != NULL) {
        free(source->now);
    }
}

int64_t ingest_source_id(const struct ingest_source *source)
{
    return source == NULL ? 0 : source->id;
}

void ingest_source_brings(struct ingest_source *source, int64_t comparison_id)
{
    if (source == NULL || source->id == 0 || !source->options.full) {
        return;
    }
    if (source->now_count == source->now_room) {
        source->now_room = source->now_room * 2 + 64;
        source->now = memory_resize(source->now, source->now_room * sizeof *source->now);
    }
    source->now[source->now_count++] = comparison_id;
}

static int compare_ids(const void *left, const void *right)
{
    const int64_t *a = left;
    const int64_t *b = right;
    return (*a > *b) - (*a < *b);
}

static bool find_missing(struct ingest_source *source, struct ingest_missing *missing,
                         struct failure *why)
{
    struct arena *arena = source->arena;
    missing->ids = arena_array(arena, source->before_count, sizeof *missing->ids);
    missing->slugs = arena_array(arena, source->before_count, sizeof *missing->slugs);
    if (source->now_count > 0) {
        qsort(source->now, source->now_count, sizeof *source->now, compare_ids);
    }
    for (size_t i = 0; i < source->before_count; i++) {
        struct comparison_state state;
        if (source->now_count > 0 && bsearch(&source->before[i], source->now, source->now_count,
                                             sizeof *source->now, compare_ids) != NULL) {
            continue;
        }
        if (!comparison_state(source->store, arena, source->before[i], &state, why)) {
            return false;
        }
        missing->ids[missing->count] = state.id;
        missing->slugs[missing->count++] = state.slug;
    }
    return true;
}

bool ingest_source_is_much(size_t missing, size_t before)
{
    return missing > INGEST_MISSING_FEW && missing * 100 > before * INGEST_MISSING_PERCENT;
}

static bool refuse_many(const struct ingest_source *source, const struct ingest_missing *missing,
                        struct failure *why)
{
    return source->options.yes || !ingest_source_is_much(missing->count, source->before_count) ||
           fail(why, FAILURE_DATA,
                "%.200s: %zu of the %zu comparisons that it has brought are not there (%.100s, "
                "%.100s ...): none is withdrawn; look at the export, or withdraw them with --yes",
                source->name, missing->count, source->before_count, missing->slugs[0],
                missing->slugs[1]);
}

static bool withdraw_missing(const struct ingest_source *source,
                             const struct ingest_missing *missing, struct failure *why)
{
    bool changed;
    bool good = store_begin(source->store, why);
    for (size_t i = 0; good && i < missing->count; i++) {
        good = comparison_absent(source->store, source->id, missing->ids[i], clock_now(), &changed,
                                 why);
    }
    if (good && store_commit(source->store, why)) {
        return true;
    }
    store_rollback(source->store);
    return false;
}

bool ingest_source_end(struct ingest_source *source, bool whole, struct ingest_missing *missing,
                       struct failure *why)
{
    *missing = (struct ingest_missing){0};
    if (source == NULL || !source->options.full) {
        return true;
    }
    if (!whole) {
        return fail(why, FAILURE_DATA,
                    "%.200s did not come in whole: nothing that is missing from it is withdrawn",
                    source->name);
    }
    return find_missing(source, missing, why) && refuse_many(source, missing, why) &&
           (source->options.dry_run || withdraw_missing(source, missing, why));
}
