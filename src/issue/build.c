#include "issue/build.h"

#include <string.h>

#include "base/json.h"
#include "intake/intake.h"
#include "issue/claims.h"
#include "issue/sender.h"
#include "issue/stored.h"
#include "issue/transition.h"
#include "mail/message.h"
#include "store/comparison_life.h"
#include "store/move.h"
#include "store/subscriber.h"

enum { SNAPSHOT_MAX = 4 * 1024 * 1024, SOURCE_MAX = 64 * 1024 * 1024 };

static bool next_number(struct store *store, struct arena *arena, int64_t *number,
                        struct failure *why)
{
    struct issue *issues;
    size_t count;
    *number = 1;
    if (!issue_list(store, arena, &issues, &count, why)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        *number = issues[i].number >= *number ? issues[i].number + 1 : *number;
    }
    return true;
}

/* The order that the editor gave the draft: the ids of its items. */
static bool draft_order(struct store *store, struct arena *arena, const struct issue *draft,
                        int64_t **order, size_t *count, struct failure *why)
{
    *order = NULL;
    *count = 0;
    if (draft == NULL || !draft->edited) {
        return true;
    }
    struct issue_item *items;
    if (!issue_items(store, arena, draft->id, &items, count, why)) {
        return false;
    }
    *order = arena_array(arena, *count, sizeof **order);
    for (size_t i = 0; i < *count; i++) {
        (*order)[i] = items[i].comparison_id;
    }
    return true;
}

static void fill_source(struct arena *arena, const struct settings *settings,
                        const struct week *week, struct issue_proposal *proposal)
{
    char boundary[MESSAGE_BOUNDARY];
    message_boundary(arena_format(arena, "%s %s", week->name, settings->mail.message_id_domain),
                     boundary);
    proposal->source = (struct variant_source){
        .settings = settings,
        .templates = source_open(arena, settings),
        .week = arena_copy(arena, week->name),
        .number = proposal->issue.number,
        .date = week->end,
        .boundary = arena_copy(arena, boundary),
        .stories = proposal->pick.stories,
        .story_count = proposal->pick.story_count,
        .moves = proposal->moves,
        .predictions = proposal->predictions,
        .words = proposal->words,
    };
    variant_headline(arena, &proposal->source);
    proposal->issue.subject = proposal->source.headline.subject;
    proposal->issue.preheader = proposal->source.headline.preheader;
}

/* What a draft keeps when it is built again. If the settings have moved the day on which it is due,
 * its window follows, and so does the Date, which must not be in the future. */
static void adopt_draft(struct issue_proposal *proposal, const struct issue *draft)
{
    const struct issue fresh = proposal->issue;
    proposal->issue = *draft;
    proposal->issue.built_at = fresh.built_at;
    if (draft->window_end != fresh.window_end) {
        proposal->issue.window_start = fresh.window_start;
        proposal->issue.window_end = fresh.window_end;
        proposal->issue.date = fresh.date;
    }
}

bool issue_propose(struct store *store, struct arena *arena, const struct settings *settings,
                   const struct week *week, const struct issue *draft, int64_t now,
                   struct issue_proposal *proposal, struct failure *why)
{
    *proposal = (struct issue_proposal){.again = draft != NULL,
                                        .issue = {
                                            .iso_week = arena_copy(arena, week->name),
                                            .window_start = week->start,
                                            .window_end = week->end,
                                            .date = approval_date(week->end, now),
                                            .built_at = now,
                                        }};
    int64_t *order;
    size_t order_count;
    if (!words_read(store, arena, draft != NULL ? draft->id : 0, &proposal->words, why) ||
        !draft_order(store, arena, draft, &order, &order_count, why) ||
        !moves_pick(store, arena, settings, week, draft != NULL ? draft->id : 0, order, order_count,
                    &proposal->pick, &proposal->moves, why)) {
        return false;
    }
    if (draft != NULL) {
        adopt_draft(proposal, draft);
    } else if (!next_number(store, arena, &proposal->issue.number, why)) {
        return false;
    }
    if (proposal->pick.thin) {
        return true;
    }
    if (!predictions_find(store, arena, settings, week, proposal->pick.stories,
                          proposal->pick.story_count, &proposal->predictions, why)) {
        return false;
    }
    fill_source(arena, settings, week, proposal);
    if (!variant_render_all(store, arena, &proposal->source, &proposal->variants,
                            &proposal->variant_count, why)) {
        return false;
    }
    proposal->issue.derivation =
        claims_json(arena, &proposal->source, proposal->variants, proposal->variant_count);
    return true;
}

static const char *snapshot(struct arena *arena, const struct comparison *comparison)
{
    struct buf text;
    buf_init(&text, SNAPSHOT_MAX);
    json_write(&text, intake_to_value(arena, comparison), JSON_COMPACT);
    const char *copy = arena_copy(arena, text.data);
    buf_free(&text);
    return copy;
}

static struct issue_item *proposal_items(struct arena *arena, const struct issue_proposal *proposal)
{
    const struct pick *pick = &proposal->pick;
    struct issue_item *items = arena_array(arena, pick->in_count, sizeof *items);
    for (size_t i = 0; i < pick->in_count; i++) {
        const struct pick_item *in = &pick->items[i];
        items[i] = (struct issue_item){
            .comparison_id = in->comparison->id,
            .slug = in->comparison->slug,
            .position = in->position,
            .story = in->story,
            .reason = in->reason,
            .snapshot = snapshot(arena, in->comparison),
        };
    }
    return items;
}

static bool save_proposal(struct store *store, struct arena *arena, struct issue_proposal *proposal,
                          int64_t now, enum issue_built *outcome, struct failure *why)
{
    const struct pick *pick = &proposal->pick;
    /* Even in a draft that is built before it is due, held-back comparisons get no seat in this
     * issue, only in later ones: so building it again gives the same result. */
    int64_t held_at = now > pick->week.end ? now : pick->week.end;
    if (pick->held_count > 0 &&
        !comparison_hold(store, pick->held, pick->held_count, held_at, why)) {
        return false;
    }
    if (pick->thin) {
        *outcome = ISSUE_THIN;
        enum issue_cancelled freed;
        return proposal->issue.id == 0 || issue_cancel(store, proposal->issue.id, now, &freed, why);
    }
    *outcome = ISSUE_BUILT;
    return issue_save_draft(store, &proposal->issue, proposal_items(arena, proposal),
                            pick->in_count, proposal->variants, proposal->variant_count, why) &&
           moves_save(store, arena, proposal->issue.id, &proposal->moves, why) &&
           predictions_save(store, proposal->issue.id, &proposal->predictions, why);
}

/* `proposal` is what was built; untouched where ISSUE_KEPT. */
static bool build_in_transaction(struct store *store, struct arena *arena,
                                 const struct settings *settings, const struct week *week,
                                 int64_t now, struct issue_proposal *proposal,
                                 enum issue_built *outcome, struct issue **issue,
                                 struct failure *why)
{
    struct issue *found;
    if (!issue_find_week(store, arena, week->name, &found, why)) {
        return false;
    }
    if (found != NULL && found->state != ISSUE_DRAFT) {
        *outcome = ISSUE_KEPT;
        *issue = found;
        return true;
    }
    *issue = NULL;
    if (!issue_propose(store, arena, settings, week, found, now, proposal, why) ||
        !save_proposal(store, arena, proposal, now, outcome, why)) {
        return false;
    }
    return *outcome == ISSUE_THIN || issue_get(store, arena, proposal->issue.id, issue, why);
}

bool issue_build(struct store *store, struct arena *arena, const struct settings *settings,
                 const struct week *week, int64_t now, enum issue_built *outcome,
                 struct issue **issue, struct failure *why)
{
    struct issue_proposal proposal;
    bool ok = store_begin(store, why) && build_in_transaction(store, arena, settings, week, now,
                                                              &proposal, outcome, issue, why);
    ok = store_end(store, ok, why);
    if (ok && *outcome == ISSUE_BUILT && !proposal.again) {
        transition_log(proposal.issue.id, NULL, "draft", "the week has enough comparisons");
    } else if (ok && *outcome == ISSUE_THIN && proposal.again) {
        transition_log(proposal.issue.id, "draft", NULL, "the week has too few comparisons left");
    }
    return ok;
}

/* The Date to freeze: the one that an editor saw, if everything else is what the editor saw, too.
 */
static bool choose_date(struct arena *arena, const struct issue_proposal *proposal,
                        const struct issue *built, const struct sender *sender,
                        const struct approval_digest *shown, int64_t now, int64_t *date,
                        struct failure *why)
{
    if (shown == NULL) {
        *date = approval_date(built->date, now);
        return true;
    }
    if (!approval_date_holds(built->date, shown->date, now)) {
        return fail(why, FAILURE_DATA,
                    "the issue was shown with a Date that is too old to send by now; look at it "
                    "again and approve it then");
    }
    *date = shown->date;
    struct approval_digest approved = {.date = shown->date};
    approval_digest_make(arena, built, sender, &proposal->words, proposal->variants,
                         proposal->variant_count, &approved);
    return strcmp(approved.digest, shown->digest) == 0 ||
           fail(why, FAILURE_DATA,
                "the issue has changed since it was shown; look at it again and approve it then");
}

static bool release(struct store *store, struct arena *arena, int64_t issue_id, int64_t now,
                    bool *released, struct failure *why)
{
    struct issue *issue;
    struct issue_item *items;
    size_t count;
    enum issue_cancelled outcome;
    if (!issue_get(store, arena, issue_id, &issue, why)) {
        return false;
    }
    if (issue->state != ISSUE_DRAFT) {
        return true;
    }
    if (!issue_items(store, arena, issue_id, &items, &count, why)) {
        return false;
    }
    int64_t *ids = arena_array(arena, count, sizeof *ids);
    for (size_t i = 0; i < count; i++) {
        ids[i] = items[i].comparison_id;
    }
    *released = true;
    return comparison_hold(store, ids, count, issue->window_end, why) &&
           issue_cancel(store, issue_id, now, &outcome, why);
}

bool issue_release(struct store *store, struct arena *arena, int64_t issue_id, int64_t now,
                   bool *released, struct failure *why)
{
    *released = false;
    bool ok = store_begin(store, why) && release(store, arena, issue_id, now, released, why);
    ok = store_end(store, ok, why);
    *released = ok && *released;
    if (*released) {
        transition_log(issue_id, "draft", NULL, "its week is over");
    }
    return ok;
}

/* Stores the templates for choices of topics that are made later. */
static bool keep_source(struct store *store, int64_t issue_id, const struct source *templates,
                        struct failure *why)
{
    struct buf stored;
    buf_init(&stored, SOURCE_MAX);
    source_save(templates, &stored);
    bool good = issue_keep_source(store, issue_id, stored.data, stored.len, why);
    buf_free(&stored);
    return good;
}

static bool freeze_in_transaction(struct store *store, struct arena *arena,
                                  const struct settings *settings, const struct issue *issue,
                                  const struct approval_digest *shown, int64_t now, bool *changed,
                                  struct failure *why)
{
    struct week week;
    struct issue_proposal proposal;
    struct issue *built;
    struct sender sender;
    enum issue_built outcome;
    int64_t date;
    if (!week_named(settings, issue->iso_week, &week, why) ||
        !build_in_transaction(store, arena, settings, &week, now, &proposal, &outcome, &built,
                              why)) {
        return false;
    }
    if (outcome == ISSUE_THIN) {
        return fail(why, FAILURE_DATA, "%s has too few comparisons left for an issue",
                    issue->iso_week);
    }
    *changed = outcome == ISSUE_BUILT;
    return !*changed ||
           (sender_from_settings(store, arena, settings, built->iso_week, &sender, why) &&
            choose_date(arena, &proposal, built, &sender, shown, now, &date, why) &&
            keep_source(store, built->id, proposal.source.templates, why) &&
            issue_approve(store, built->id, sender_to_json(arena, &sender), date, now, changed,
                          why));
}

bool issue_freeze(struct store *store, struct arena *arena, const struct settings *settings,
                  const struct issue *issue, const struct approval_digest *shown, int64_t now,
                  bool *changed, struct failure *why)
{
    *changed = false;
    bool ok = store_begin(store, why) &&
              freeze_in_transaction(store, arena, settings, issue, shown, now, changed, why);
    ok = store_end(store, ok, why);
    *changed = ok && *changed;
    if (*changed) {
        transition_log(issue->id, "draft", "approved",
                       shown != NULL ? "approved in the preview" : "approved without the preview");
    }
    return ok;
}

/* Renders choices of topics that readers made after the issue was built. */
static bool add_missing_variants(struct store *store, struct arena *arena,
                                 const struct settings *settings, const struct issue *issue,
                                 const struct sender *sender, struct failure *why)
{
    const char **choices;
    size_t count;
    struct variant_source source;
    if (!subscriber_topic_choices(store, arena, &choices, &count, why) ||
        !stored_source(store, arena, settings, issue, sender, &source, why)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        struct issue_variant *found, made;
        if (!issue_find_variant(store, arena, issue->id, choices[i], &found, why)) {
            return false;
        }
        if (found == NULL && (!variant_render(arena, &source, choices[i], &made, why) ||
                              !issue_add_variant(store, issue->id, &made, why))) {
            return false;
        }
    }
    return true;
}

/* A line about a tool that has moved would show what was withdrawn, too. */
static bool refuse_withdrawn_moves(struct store *store, struct arena *arena,
                                   const struct issue *issue, struct failure *why)
{
    const char **slugs;
    size_t count;
    long long number = (long long)issue->number;
    if (!move_withdrawn_of(store, arena, issue->id, &slugs, &count, why)) {
        return false;
    }
    return count == 0 ||
           fail(why, FAILURE_DATA,
                "issue %lld (%s) says what has moved of %.200s%s, of which every comparison is "
                "withdrawn since it was approved; `verdicts issue cancel %lld` lets the "
                "issue be built again without what is withdrawn",
                number, issue->iso_week, slugs[0],
                count > 1 ? arena_format(arena, " and %zu more", count - 1) : "", number);
}

bool issue_refuse_withdrawn(struct store *store, struct arena *arena, const struct issue *issue,
                            struct failure *why)
{
    const char **slugs;
    size_t count;
    long long number = (long long)issue->number;
    if (!comparison_withdrawn_of(store, arena, issue->id, &slugs, &count, why)) {
        return false;
    }
    return count == 0 ? refuse_withdrawn_moves(store, arena, issue, why) &&
                            predictions_refuse_withdrawn(store, arena, issue, why)
                      : fail(why, FAILURE_DATA,
                             "issue %lld (%s) holds %.200s%s, withdrawn since it was approved; "
                             "`verdicts issue "
                             "cancel %lld` lets the issue be built again without what is "
                             "withdrawn; `verdicts comparison restore "
                             "%.200s` keeps that in it",
                             number, issue->iso_week, slugs[0],
                             count > 1 ? arena_format(arena, " and %zu more", count - 1) : "",
                             number, slugs[0]);
}

static bool begin_in_transaction(struct store *store, struct arena *arena,
                                 const struct settings *settings, const struct issue *issue,
                                 int64_t now, bool *started, int64_t *readers, struct failure *why)
{
    struct sender sender;
    /* In this transaction, so that a later withdrawal finds the issue being sent. */
    if (!issue_refuse_withdrawn(store, arena, issue, why) ||
        !sender_from_json(arena, issue->sender, &sender, why)) {
        return false;
    }
    const char *format = sender_message_id(arena, &sender, issue->iso_week, "{subscriber}");
    return add_missing_variants(store, arena, settings, issue, &sender, why) &&
           issue_start(store, issue->id, format, now, started, readers, why);
}

bool issue_begin(struct store *store, struct arena *arena, const struct settings *settings,
                 const struct issue *issue, int64_t now, bool *started, int64_t *readers,
                 struct failure *why)
{
    bool ok = store_begin(store, why) &&
              begin_in_transaction(store, arena, settings, issue, now, started, readers, why);
    ok = store_end(store, ok, why);
    if (ok && *started) {
        transition_log(issue->id, "approved", "sending", "the ledger has a row for each reader");
    }
    return ok;
}
