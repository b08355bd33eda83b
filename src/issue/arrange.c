#include "issue/arrange.h"

#include "issue/rebuild.h"
#include "store/comparison.h"
#include "store/comparison_life.h"

bool arrange_find(struct store *store, struct arena *arena, const char *const *slugs, size_t count,
                  int64_t **ids, struct failure *why)
{
    *ids = arena_array(arena, count, sizeof **ids);
    for (size_t i = 0; i < count; i++) {
        struct comparison *found;
        if (!comparison_find(store, arena, slugs[i], &found, why)) {
            return false;
        }
        if (found == NULL) {
            return fail(why, FAILURE_NO_INPUT,
                        "there is no comparison \"%.200s\"; `verdicts comparison list` shows them",
                        slugs[i]);
        }
        (*ids)[i] = found->id;
    }
    return true;
}

static bool contains(const int64_t *ids, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++) {
        if (ids[i] == id) {
            return true;
        }
    }
    return false;
}

static bool check_lists(struct arena *arena, const struct arrangement *wanted, struct failure *why)
{
    size_t count = wanted->first_count + wanted->leave_out_count + wanted->put_back_count;
    int64_t *seen = arena_array(arena, count, sizeof *seen);
    size_t seen_count = 0;
    const struct {
        const int64_t *ids;
        size_t count;
    } lists[] = {{wanted->first, wanted->first_count},
                 {wanted->leave_out, wanted->leave_out_count},
                 {wanted->put_back, wanted->put_back_count}};
    for (size_t list = 0; list < 3; list++) {
        for (size_t i = 0; i < lists[list].count; i++) {
            if (contains(seen, seen_count, lists[list].ids[i])) {
                return fail(why, FAILURE_DATA, "a comparison is named twice");
            }
            seen[seen_count++] = lists[list].ids[i];
        }
    }
    return count > 0 || fail(why, FAILURE_DATA, "nothing is to be changed");
}

/* A withdrawn comparison gets into no draft, whatever order an editor wants. */
static bool check_standing(struct store *store, struct arena *arena, const int64_t *ids,
                           size_t count, struct failure *why)
{
    for (size_t i = 0; i < count; i++) {
        struct comparison_state state;
        if (!comparison_state(store, arena, ids[i], &state, why)) {
            return false;
        }
        if (state.withdrawn_at != 0) {
            return fail(why, FAILURE_DATA,
                        "%s is withdrawn; `verdicts comparison restore %s` takes that back",
                        state.slug, state.slug);
        }
    }
    return true;
}

static bool rearrange(struct store *store, struct arena *arena, const struct settings *settings,
                      const struct issue *issue, const struct arrangement *wanted, int64_t now,
                      struct failure *why)
{
    struct issue *draft;
    return rebuild_get_draft(store, arena, issue, "arranged", &draft, why) &&
           check_standing(store, arena, wanted->first, wanted->first_count, why) &&
           check_standing(store, arena, wanted->put_back, wanted->put_back_count, why) &&
           issue_arrange(store, draft->id, wanted, now, why) &&
           rebuild_draft(store, arena, settings, draft, now, why);
}

bool issue_rearrange(struct store *store, struct arena *arena, const struct settings *settings,
                     const struct issue *issue, const struct arrangement *arrangement, int64_t now,
                     struct failure *why)
{
    if (!check_lists(arena, arrangement, why)) {
        return false;
    }
    bool ok =
        store_begin(store, why) && rearrange(store, arena, settings, issue, arrangement, now, why);
    return store_end(store, ok, why);
}
