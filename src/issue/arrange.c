#include "issue/arrange.h"

#include "issue/build.h"
#include "pick/week.h"
#include "store/comparison.h"

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

/* What stands now: the items in order, and what is left out. */
struct standing {
    int64_t *order, *left_out;
    size_t order_count, left_out_count;
};

static bool read_standing(struct store *store, struct arena *arena, const struct issue *issue,
                          struct standing *standing, struct failure *why)
{
    struct issue_item *items;
    struct comparison_candidate *candidates;
    size_t count;
    if (!issue_items(store, arena, issue->id, &items, &standing->order_count, why) ||
        !comparison_candidates(store, arena, issue->window_end, 0, issue->id, &candidates, &count,
                               why)) {
        return false;
    }
    standing->order = arena_array(arena, standing->order_count, sizeof *standing->order);
    for (size_t i = 0; i < standing->order_count; i++) {
        standing->order[i] = items[i].comparison_id;
    }
    standing->left_out = arena_array(arena, count, sizeof *standing->left_out);
    for (size_t i = 0; i < count; i++) {
        if (candidates[i].left_out) {
            standing->left_out[standing->left_out_count++] = candidates[i].comparison.id;
        }
    }
    return true;
}

/* The lists as they are to stand: what was, and on top of it what is wanted. */
static void merge(struct arena *arena, const struct standing *now, const struct arrangement *wanted,
                  struct standing *then)
{
    size_t room = now->order_count + now->left_out_count + wanted->first_count +
                  wanted->leave_out_count + wanted->put_back_count;
    *then = (struct standing){.order = arena_array(arena, room, sizeof *then->order),
                              .left_out = arena_array(arena, room, sizeof *then->left_out)};
    for (size_t i = 0; i < wanted->first_count; i++) {
        then->order[then->order_count++] = wanted->first[i];
    }
    for (size_t i = 0; i < now->order_count; i++) {
        int64_t id = now->order[i];
        if (!contains(wanted->first, wanted->first_count, id) &&
            !contains(wanted->leave_out, wanted->leave_out_count, id)) {
            then->order[then->order_count++] = id;
        }
    }
    for (size_t i = 0; i < now->left_out_count; i++) {
        int64_t id = now->left_out[i];
        if (!contains(wanted->first, wanted->first_count, id) &&
            !contains(wanted->put_back, wanted->put_back_count, id)) {
            then->left_out[then->left_out_count++] = id;
        }
    }
    for (size_t i = 0; i < wanted->leave_out_count; i++) {
        if (!contains(then->left_out, then->left_out_count, wanted->leave_out[i])) {
            then->left_out[then->left_out_count++] = wanted->leave_out[i];
        }
    }
}

static bool rebuild(struct store *store, struct arena *arena, const struct settings *settings,
                    const struct issue *issue, int64_t now, struct failure *why)
{
    struct week week;
    struct issue *built;
    enum issue_built outcome;
    if (!week_named(settings, issue->iso_week, &week, why) ||
        !issue_build(store, arena, settings, &week, now, &outcome, &built, why)) {
        return false;
    }
    if (outcome == ISSUE_THIN) {
        return fail(why, FAILURE_DATA,
                    "too little would be left for an issue (issue.min_items = %lld); `verdicts "
                    "issue cancel %lld` gives up the issue as a whole",
                    (long long)settings->issue.min_items, (long long)issue->number);
    }
    return outcome == ISSUE_BUILT ||
           fail(why, FAILURE_DATA, "issue %lld is %s; only a draft can be arranged",
                (long long)issue->number, issue_state_name(built->state));
}

static bool rearrange(struct store *store, struct arena *arena, const struct settings *settings,
                      const struct issue *issue, const struct arrangement *wanted, int64_t now,
                      struct failure *why)
{
    struct standing standing = {0}, then;
    struct issue *fresh;
    if (!issue_find_number(store, arena, issue->number, &fresh, why)) {
        return false;
    }
    if (fresh == NULL || fresh->state != ISSUE_DRAFT) {
        return fail(why, FAILURE_DATA, "issue %lld is %s; only a draft can be arranged",
                    (long long)issue->number,
                    fresh != NULL ? issue_state_name(fresh->state) : "gone");
    }
    if (!read_standing(store, arena, fresh, &standing, why)) {
        return false;
    }
    merge(arena, &standing, wanted, &then);
    return issue_arrange(store, fresh->id, then.order, then.order_count, then.left_out,
                         then.left_out_count, why) &&
           rebuild(store, arena, settings, fresh, now, why);
}

bool issue_rearrange(struct store *store, struct arena *arena, const struct settings *settings,
                     const struct issue *issue, const struct arrangement *arrangement, int64_t now,
                     struct failure *why)
{
    if (!check_lists(arena, arrangement, why) || !store_begin(store, why)) {
        return false;
    }
    if (!rearrange(store, arena, settings, issue, arrangement, now, why) ||
        !store_commit(store, why)) {
        store_rollback(store);
        return false;
    }
    return true;
}
