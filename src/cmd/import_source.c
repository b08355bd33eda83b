#include "cmd/import_source.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/comparison_life.h"

enum { NAME_MAX_BYTES = 4096 };

struct import_source {
    struct import_source_options options;
    const char *name;
    int64_t id;      /* 0: a dry run of one that is not known */
    int64_t *before; /* what it had brought, ascending */
    size_t before_count;
    int64_t *now; /* what it brings now */
    size_t now_count, now_room;
};

/* A path that cannot be resolved is a file that cannot be read, which the import says itself. */
static bool find_name(struct program *program, const struct import_source_options *options,
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
        *name = arena_copy(&program->arena, real);
    }
    free(real);
    return true;
}

bool import_source_open(struct program *program, const struct import_source_options *options,
                        struct import_source **source, struct failure *why)
{
    const char *name;
    *source = NULL;
    if (!find_name(program, options, &name, why)) {
        return false;
    }
    if (name == NULL) {
        return true;
    }
    struct import_source *opened = arena_alloc(&program->arena, sizeof *opened);
    *opened = (struct import_source){.options = *options, .name = name};
    *source = opened;
    return comparison_source(program->store, name, !options->dry_run, &opened->id, why) &&
           (opened->id == 0 || comparison_brought_by(program->store, &program->arena, opened->id,
                                                     &opened->before, &opened->before_count, why));
}

void import_source_close(struct import_source *source)
{
    if (source != NULL) {
        free(source->now);
    }
}

int64_t import_source_id(const struct import_source *source)
{
    return source == NULL ? 0 : source->id;
}

void import_source_brings(struct import_source *source, int64_t comparison_id)
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

static bool find_missing(struct import_source *source, struct program *program,
                         struct import_missing *missing, struct failure *why)
{
    struct arena *arena = &program->arena;
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
        if (!comparison_state(program->store, arena, source->before[i], &state, why)) {
            return false;
        }
        missing->ids[missing->count] = state.id;
        missing->slugs[missing->count++] = state.slug;
    }
    return true;
}

static bool refuse_many(const struct import_source *source, const struct import_missing *missing,
                        struct failure *why)
{
    bool many = missing->count > IMPORT_MISSING_FEW &&
                missing->count * 100 > source->before_count * IMPORT_MISSING_PERCENT;
    return !many || source->options.yes ||
           fail(why, FAILURE_DATA,
                "%.200s: %zu of the %zu comparisons that it has brought are not there (%.100s, "
                "%.100s ...): none is withdrawn; look at the export, or withdraw them with --yes",
                source->name, missing->count, source->before_count, missing->slugs[0],
                missing->slugs[1]);
}

static bool withdraw_missing(const struct import_source *source, struct program *program,
                             const struct import_missing *missing, struct failure *why)
{
    bool changed;
    bool good = store_begin(program->store, why);
    for (size_t i = 0; good && i < missing->count; i++) {
        good = comparison_absent(program->store, source->id, missing->ids[i], clock_now(), &changed,
                                 why);
    }
    if (good && store_commit(program->store, why)) {
        return true;
    }
    store_rollback(program->store);
    return false;
}

bool import_source_end(struct import_source *source, struct program *program, bool whole,
                       struct import_missing *missing, struct failure *why)
{
    *missing = (struct import_missing){0};
    if (source == NULL || !source->options.full) {
        return true;
    }
    if (!whole) {
        return fail(why, FAILURE_DATA,
                    "%.200s did not come in whole: nothing that is missing from it is withdrawn",
                    source->name);
    }
    return find_missing(source, program, missing, why) && refuse_many(source, missing, why) &&
           (source->options.dry_run || withdraw_missing(source, program, missing, why));
}
