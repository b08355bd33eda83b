#include "pick/pick.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "pick/story.h"

/* The decision about a candidate. */
struct decision {
    bool eligible;
    bool held; /* held back before this week */
    bool seated;
    const char *reason;
};

struct selection {
    struct arena *arena;
    const struct settings *settings;
    const struct week *week;
    int64_t issue_id;
    const int64_t *order;
    size_t order_count;
    struct comparison_candidate *candidates;
    struct decision *decisions; /* one for each candidate */
    size_t count, eligible, seated;
};

static const char *date_of(struct arena *arena, int64_t instant)
{
    char text[CLOCK_TEXT];
    clock_format(instant, text);
    return arena_copy_bytes(arena, text, strcspn(text, "T"));
}

static int64_t oldest_published(const struct settings *settings, const struct week *week)
{
    return week->end - settings->issue.max_age_days * 86400;
}

static const char *withdrawn_reason(const struct selection *selection,
                                    const struct comparison_candidate *candidate)
{
    static const char *const words[] = {[WITHDRAWER_EDITOR] = "by an editor",
                                        [WITHDRAWER_SOURCE] = "by its source",
                                        [WITHDRAWER_ABSENT] = "as its source no longer brings it"};
    return arena_format(selection->arena, "withdrawn %s, %s",
                        date_of(selection->arena, candidate->withdrawn_at),
                        words[candidate->withdrawn_by]);
}

/* Why a candidate cannot be in the issue; NULL if it can. */
static const char *find_obstacle(const struct selection *selection,
                                 const struct comparison_candidate *candidate)
{
    int64_t oldest = oldest_published(selection->settings, selection->week);
    int64_t published = candidate->comparison.published_at;
    if (candidate->issue_id != 0 && candidate->issue_id != selection->issue_id) {
        return arena_format(selection->arena, "in issue %lld (%s)",
                            (long long)candidate->issue_number, candidate->issue_week);
    }
    if (candidate->withdrawn_at != 0) {
        return withdrawn_reason(selection, candidate);
    }
    if (published >= selection->week->end) {
        return arena_format(selection->arena, "published %s, after this window: for a later issue",
                            date_of(selection->arena, published));
    }
    if (candidate->left_out_at != 0) {
        return "left out by an editor";
    }
    if (published < oldest && candidate->held_at == 0) {
        return arena_format(selection->arena,
                            "too old: published %s, more than %lld days before the window's end "
                            "(issue.max_age_days)",
                            date_of(selection->arena, published),
                            (long long)selection->settings->issue.max_age_days);
    }
    return NULL;
}

static const char *reason_in(const struct selection *selection,
                             const struct comparison_candidate *candidate, bool held)
{
    int64_t published = candidate->comparison.published_at;
    if (held) {
        return arena_format(selection->arena, "held back since %s",
                            date_of(selection->arena, candidate->held_at));
    }
    if (published >= selection->week->start) {
        return "new this week";
    }
    return arena_format(selection->arena, "published %s, in no issue yet",
                        date_of(selection->arena, published));
}

static void judge(struct selection *selection)
{
    selection->decisions =
        arena_array(selection->arena, selection->count, sizeof *selection->decisions);
    for (size_t i = 0; i < selection->count; i++) {
        const struct comparison_candidate *candidate = &selection->candidates[i];
        struct decision *decision = &selection->decisions[i];
        decision->reason = find_obstacle(selection, candidate);
        decision->eligible = decision->reason == NULL;
        decision->held = candidate->held_at != 0 && candidate->held_at < selection->week->end;
        selection->eligible += decision->eligible;
    }
}

static bool is_full(const struct selection *selection)
{
    return (int64_t)selection->seated >= selection->settings->issue.max_items;
}

static void seat(struct selection *selection, size_t i)
{
    struct decision *decision = &selection->decisions[i];
    if (decision->eligible && !decision->seated && !is_full(selection)) {
        decision->seated = true;
        selection->seated++;
    }
}

/* A candidate with the values by which seats are given. */
struct ranked_candidate {
    int64_t first, second;
    const char *slug;
    size_t candidate;
};

static int compare_claims(const void *left, const void *right)
{
    const struct ranked_candidate *a = left;
    const struct ranked_candidate *b = right;
    if (a->first != b->first) {
        return a->first < b->first ? -1 : 1;
    }
    if (a->second != b->second) {
        return a->second < b->second ? -1 : 1;
    }
    return strcmp(a->slug, b->slug);
}

static void sort_claims(struct ranked_candidate *claims, size_t count)
{
    if (count > 0) {
        qsort(claims, count, sizeof *claims, compare_claims);
    }
}

static int compare_ids(const void *left, const void *right)
{
    const struct ranked_candidate *a = left;
    const struct ranked_candidate *b = right;
    return (a->first > b->first) - (a->first < b->first);
}

static void seat_placed(struct selection *selection)
{
    size_t count = selection->order_count > 0 ? selection->count : 0;
    struct ranked_candidate *claims = arena_array(selection->arena, count, sizeof *claims);
    for (size_t i = 0; i < count; i++) {
        claims[i] = (struct ranked_candidate){.first = selection->candidates[i].comparison.id,
                                              .candidate = i};
    }
    if (count > 0) {
        qsort(claims, count, sizeof *claims, compare_ids);
    }
    for (size_t i = 0; count > 0 && i < selection->order_count; i++) {
        struct ranked_candidate key = {.first = selection->order[i]};
        const struct ranked_candidate *found =
            bsearch(&key, claims, count, sizeof key, compare_ids);
        if (found != NULL) {
            seat(selection, found->candidate);
        }
    }
}

static void seat_held(struct selection *selection)
{
    struct ranked_candidate *claims =
        arena_array(selection->arena, selection->count, sizeof *claims);
    size_t count = 0;
    for (size_t i = 0; i < selection->count; i++) {
        const struct comparison_candidate *candidate = &selection->candidates[i];
        if (selection->decisions[i].eligible && selection->decisions[i].held) {
            claims[count++] =
                (struct ranked_candidate){.first = candidate->held_at,
                                          .second = candidate->comparison.published_at,
                                          .slug = candidate->comparison.slug,
                                          .candidate = i};
        }
    }
    sort_claims(claims, count);
    for (size_t i = 0; i < count; i++) {
        seat(selection, claims[i].candidate);
    }
}

/* Joins the comparisons of eligible decisions (or only those with a seat) into stories. */
static void join_stories(const struct selection *selection, bool seated, struct story **stories,
                         size_t *story_count)
{
    const struct comparison **items =
        arena_array(selection->arena, selection->count, sizeof *items);
    size_t count = 0;
    for (size_t i = 0; i < selection->count; i++) {
        const struct decision *decision = &selection->decisions[i];
        if (seated ? decision->seated : decision->eligible) {
            items[count++] = &selection->candidates[i].comparison;
        }
    }
    story_join(selection->arena, items, count, selection->order, selection->order_count, stories,
               story_count);
}

/* Stories point to the comparisons inside the candidates, which are their first member. */
static size_t candidate_of(const struct selection *selection, const struct comparison *comparison)
{
    const struct comparison_candidate *candidate = (const void *)comparison;
    return (size_t)(candidate - selection->candidates);
}

static void seat_rest(struct selection *selection)
{
    struct story *stories;
    size_t count;
    join_stories(selection, false, &stories, &count);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < stories[i].count; j++) {
            seat(selection, candidate_of(selection, stories[i].items[j]));
        }
    }
}

static void give_seats(struct selection *selection)
{
    seat_placed(selection);
    seat_held(selection);
    seat_rest(selection);
}

/* Gives the reasons of those without an obstacle, and lists those that are held back. */
static void explain(const struct selection *selection, struct pick *pick)
{
    const struct settings *settings = selection->settings;
    pick->held = arena_array(selection->arena, selection->count, sizeof *pick->held);
    for (size_t i = 0; i < selection->count; i++) {
        struct decision *decision = &selection->decisions[i];
        if (!decision->eligible) {
            continue;
        }
        if (decision->seated) {
            decision->reason = reason_in(selection, &selection->candidates[i], decision->held);
            continue;
        }
        pick->held[pick->held_count++] = selection->candidates[i].comparison.id;
        decision->reason =
            pick->thin
                ? arena_format(selection->arena,
                               "thin week: %zu of at least %lld (issue.min_items); held back",
                               selection->eligible, (long long)settings->issue.min_items)
                : arena_format(selection->arena,
                               "no room: the issue takes %lld (issue.max_items); held back",
                               (long long)settings->issue.max_items);
    }
}

static void add_item(struct pick *pick, const struct selection *selection, size_t candidate,
                     int64_t story)
{
    const struct decision *decision = &selection->decisions[candidate];
    pick->items[pick->count] = (struct pick_item){
        .comparison = &selection->candidates[candidate].comparison,
        .in = decision->seated,
        .reason = decision->reason,
        .story = story,
        .position = decision->seated ? (int64_t)pick->count + 1 : 0,
    };
    pick->count++;
}

static void add_out(struct pick *pick, const struct selection *selection)
{
    struct ranked_candidate *claims =
        arena_array(selection->arena, selection->count, sizeof *claims);
    size_t count = 0;
    for (size_t i = 0; i < selection->count; i++) {
        if (!selection->decisions[i].seated) {
            claims[count++] = (struct ranked_candidate){
                .first = -selection->candidates[i].comparison.published_at,
                .slug = selection->candidates[i].comparison.slug,
                .candidate = i};
        }
    }
    sort_claims(claims, count);
    for (size_t i = 0; i < count; i++) {
        add_item(pick, selection, claims[i].candidate, 0);
    }
}

static void fill_pick(const struct selection *selection, struct pick *pick)
{
    join_stories(selection, true, &pick->stories, &pick->story_count);
    pick->items = arena_array(selection->arena, selection->count, sizeof *pick->items);
    for (size_t i = 0; i < pick->story_count; i++) {
        const struct story *story = &pick->stories[i];
        for (size_t j = 0; j < story->count; j++) {
            add_item(pick, selection, candidate_of(selection, story->items[j]), (int64_t)i + 1);
        }
    }
    pick->in_count = pick->count;
    add_out(pick, selection);
}

bool pick_week(struct store *store, struct arena *arena, const struct settings *settings,
               const struct week *week, int64_t issue_id, const int64_t *order, size_t order_count,
               struct pick *pick, struct failure *why)
{
    struct selection selection = {.arena = arena,
                                  .settings = settings,
                                  .week = week,
                                  .issue_id = issue_id,
                                  .order = order,
                                  .order_count = order != NULL ? order_count : 0};
    *pick = (struct pick){.week = *week};
    /* Later comparisons are included, although they cannot be selected, so that they are listed
     * with the reason. */
    if (!comparison_candidates(store, arena, INT64_MAX, oldest_published(settings, week), issue_id,
                               &selection.candidates, &selection.count, why)) {
        return false;
    }
    judge(&selection);
    pick->thin = selection.eligible == 0 || (int64_t)selection.eligible < settings->issue.min_items;
    if (!pick->thin) {
        give_seats(&selection);
    }
    explain(&selection, pick);
    fill_pick(&selection, pick);
    return true;
}

static void judge_frozen(struct selection *selection, const struct issue *issue)
{
    for (size_t i = 0; i < selection->count; i++) {
        const struct comparison_candidate *candidate = &selection->candidates[i];
        struct decision *decision = &selection->decisions[i];
        if (candidate->issue_id == issue->id) {
            decision->reason = arena_format(selection->arena, "in issue %lld (%s)",
                                            (long long)issue->number, issue->iso_week);
        } else if (decision->eligible) {
            decision->reason =
                arena_format(selection->arena, "issue %lld is %s without it: for a later issue",
                             (long long)issue->number, issue_state_name(issue->state));
        }
    }
}

/* Items of a frozen issue, in its order. */
static void fill_frozen(struct selection *selection, const struct issue_item *items, size_t count,
                        struct pick *pick)
{
    pick->items = arena_array(selection->arena, selection->count, sizeof *pick->items);
    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        while (at < selection->count &&
               selection->candidates[at].comparison.id != items[i].comparison_id) {
            at++;
        }
        if (at < selection->count) {
            selection->decisions[at].seated = true;
            add_item(pick, selection, at, items[i].story);
        }
    }
    pick->in_count = pick->count;
    pick->story_count = count > 0 ? (size_t)items[count - 1].story : 0;
    add_out(pick, selection);
}

bool pick_frozen(struct store *store, struct arena *arena, const struct settings *settings,
                 const struct week *week, const struct issue *issue, const struct issue_item *items,
                 size_t item_count, struct pick *pick, struct failure *why)
{
    struct selection selection = {
        .arena = arena, .settings = settings, .week = week, .issue_id = issue->id};
    *pick = (struct pick){.week = *week};
    if (!comparison_candidates(store, arena, INT64_MAX, oldest_published(settings, week), issue->id,
                               &selection.candidates, &selection.count, why)) {
        return false;
    }
    judge(&selection);
    judge_frozen(&selection, issue);
    fill_frozen(&selection, items, item_count, pick);
    return true;
}
