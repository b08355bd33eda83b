#include "issue/examine.h"

#include <string.h>

#include "issue/claims.h"
#include "issue/stored.h"
#include "store/alike.h"
#include "store/comparison_life.h"

enum { EARLIER_ISSUES = 26 };

/* "https://host:port/path" to "host". */
static const char *host_of(struct arena *arena, const char *url)
{
    const char *start = url != NULL ? strstr(url, "://") : NULL;
    return start != NULL ? arena_copy_bytes(arena, start + 3, strcspn(start + 3, ":/?#")) : "";
}

static const char *const *allowed_hosts(struct arena *arena, const struct settings *settings)
{
    const char *const *more = settings->check.allowed_hosts;
    size_t count = 0, n = 0;
    while (more != NULL && more[count] != NULL) {
        count++;
    }
    const char **hosts = arena_array(arena, count + 4, sizeof *hosts);
    hosts[n++] = host_of(arena, settings->site.url);
    hosts[n++] = host_of(arena, settings->site.comparison_url);
    hosts[n++] = host_of(arena, settings->subscribe.url);
    for (size_t i = 0; i < count; i++) {
        hosts[n++] = more[i];
    }
    return hosts;
}

static bool same_pair(const struct comparison *one, const struct comparison *other)
{
    return (strcmp(one->left.slug, other->left.slug) == 0 &&
            strcmp(one->right.slug, other->right.slug) == 0) ||
           (strcmp(one->left.slug, other->right.slug) == 0 &&
            strcmp(one->right.slug, other->left.slug) == 0);
}

/* When the prices of a comparison were last reported. */
static int64_t told_at(const struct comparison *comparison)
{
    return comparison->revision > 1 || comparison->published_at == 0 ? comparison->updated_at
                                                                     : comparison->published_at;
}

/* Facts of the comparisons and their sources, in one order. */
struct facts {
    struct check_comparison *list;
    const struct comparison **comparisons;
    size_t count;
};

/* "10%, but 2 of 2 reviews ship it"; NULL if share and verdicts can both be true. */
static const char *share_clash(struct arena *arena, const struct tool *tool)
{
    size_t ships = 0;
    if (model_share_is_possible(tool)) {
        return NULL;
    }
    for (size_t i = 0; i < tool->review_count; i++) {
        ships += tool->reviews[i].verdict == VERDICT_SHIP;
    }
    return arena_format(arena, "%d%%, but %zu of %zu reviews ship%s it", tool->panel_ship, ships,
                        tool->review_count, ships == 1 ? "s" : "");
}

static void collect_facts(struct arena *arena, const struct issue_view *view, struct facts *facts)
{
    size_t room = 0;
    for (size_t s = 0; s < view->source.story_count; s++) {
        room += view->source.stories[s].count;
    }
    facts->list = arena_array(arena, room, sizeof *facts->list);
    facts->comparisons = arena_array(arena, room, sizeof *facts->comparisons);
    facts->count = 0;
    for (size_t s = 0; s < view->source.story_count; s++) {
        for (size_t i = 0; i < view->source.stories[s].count; i++) {
            const struct comparison *from = view->source.stories[s].items[i];
            facts->comparisons[facts->count] = from;
            facts->list[facts->count++] = (struct check_comparison){
                .title = from->title,
                .left = from->left.name,
                .right = from->right.name,
                .left_verdict = from->left.panel_ship != PERCENT_NONE,
                .right_verdict = from->right.panel_ship != PERCENT_NONE,
                .left_price = from->left.price,
                .right_price = from->right.price,
                .left_clash = share_clash(arena, &from->left),
                .right_clash = share_clash(arena, &from->right),
                .updated_at = told_at(from),
            };
        }
    }
}

static bool compare_with(struct store *store, struct arena *arena, const struct issue *earlier,
                         struct facts *facts, struct failure *why)
{
    struct story *stories;
    size_t count;
    if (!stored_stories(store, arena, earlier->id, &stories, &count, why)) {
        return false;
    }
    for (size_t s = 0; s < count; s++) {
        for (size_t i = 0; i < stories[s].count; i++) {
            for (size_t f = 0; f < facts->count; f++) {
                if (same_pair(stories[s].items[i], facts->comparisons[f])) {
                    facts->list[f].repeats = arena_format(
                        arena, "issue %lld (%s)", (long long)earlier->number, earlier->iso_week);
                }
            }
        }
    }
    return true;
}

/* A draft contains none, and what is being sent cannot be recalled. */
static bool find_withdrawn(struct store *store, struct arena *arena, const struct issue_view *view,
                           struct facts *facts, struct failure *why)
{
    const char **slugs;
    size_t count;
    if (view->issue.state != ISSUE_APPROVED) {
        return true;
    }
    if (!comparison_withdrawn_of(store, arena, view->issue.id, &slugs, &count, why)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t f = 0; f < facts->count; f++) {
            facts->list[f].withdrawn =
                facts->list[f].withdrawn || strcmp(facts->comparisons[f]->slug, slugs[i]) == 0;
        }
    }
    return true;
}

/* Looks at half a year of issues: readers do not remember more. */
static bool find_repeats(struct store *store, struct arena *arena, const struct issue_view *view,
                         struct facts *facts, struct failure *why)
{
    struct issue *issues;
    size_t count, looked = 0;
    if (!issue_list(store, arena, &issues, &count, why)) {
        return false;
    }
    for (size_t i = 0; i < count && looked < EARLIER_ISSUES; i++) {
        bool earlier = strcmp(issues[i].iso_week, view->issue.iso_week) < 0 &&
                       issues[i].state != ISSUE_CANCELLED;
        looked += earlier ? 1 : 0;
        if (earlier && !compare_with(store, arena, &issues[i], facts, why)) {
            return false;
        }
    }
    return true;
}

static const char *say_alike(struct arena *arena, const struct look_alike *alike, bool here)
{
    const char *reason = alike->name != NULL
                             ? arena_format(arena, "\"%s\" %s \"%s\"", alike->name,
                                            likeness_phrase(alike->how), alike->other)
                             : arena_format(arena, "it %s that one", likeness_phrase(alike->how));
    const char *place = here ? "which stands in this issue, too"
                             : arena_format(arena, "which issue %lld (%s) had",
                                            (long long)alike->issue_number, alike->issue_week);
    return arena_format(arena, "it looks like %s, %s: %s", alike->slug, place, reason);
}

/* Compares with everything that readers have, however old; otherwise with what precedes it in this
 * issue, so that a pair is reported once. */
static bool find_alike(struct store *store, struct arena *arena, const char *week,
                       struct facts *facts, struct failure *why)
{
    const char *before = " ";
    for (size_t f = 0; f < facts->count; f++) {
        struct comparison *stored;
        struct look_alike told, here;
        const char *slug = facts->comparisons[f]->slug;
        if (!comparison_find(store, arena, slug, &stored, why) ||
            (stored != NULL && (!alike_find_told(store, arena, stored, week, &told, why) ||
                                !alike_find_among(store, arena, stored, before, &here, why)))) {
            return false;
        }
        bool earlier = stored != NULL && told.how != LIKENESS_NONE;
        if (earlier || (stored != NULL && here.how != LIKENESS_NONE)) {
            facts->list[f].looks_like = say_alike(arena, earlier ? &told : &here, !earlier);
        }
        before = arena_format(arena, "%s%s ", before, slug);
    }
    return true;
}

struct copies {
    struct check_copy *list;
    size_t count;
};

/* The words of the notes that a copy has to have. */
struct note_words {
    struct arena *arena;
    const char **list;
    size_t count, room;
};

static void add_text(struct note_words *words, const char *text)
{
    words->list =
        arena_more(words->arena, words->list, words->count, &words->room, sizeof *words->list);
    words->list[words->count++] = text;
}

/* By spans: in the text an address stands between two. */
static void add_note(struct note_words *words, const struct note *note)
{
    for (size_t i = 0; note != NULL && i < note->count; i++) {
        for (size_t j = 0; j < note->blocks[i].count; j++) {
            const struct note_line *line = &note->blocks[i].lines[j];
            for (size_t k = 0; k < line->count; k++) {
                add_text(words, line->spans[k].text);
            }
        }
    }
}

static void add_notes(struct note_words *words, const struct variant_source *chosen)
{
    add_note(words, chosen->words.told.note);
    for (size_t i = 0; i < chosen->story_count; i++) {
        add_note(words, newsletter_story_note(&chosen->words.told, &chosen->stories[i]));
    }
}

static bool add_copy(struct store *store, struct arena *arena, const struct token_keys *keys,
                     const struct issue_view *view, const char *name, const char *topics,
                     struct copies *copies, struct failure *why)
{
    struct delivery row;
    struct issue_view_copy copy;
    issue_view_reader(arena, view, name,
                      name[0] != '\0' ? ISSUE_VIEW_ADDRESS_LONG : ISSUE_VIEW_ADDRESS, topics, &row);
    struct variant_source chosen;
    if (!issue_view_copy(store, arena, keys, view, &row, &copy, why)) {
        return false;
    }
    bool known = variant_choose(arena, &view->source, topics, &chosen);
    struct note_words notes = {.arena = arena};
    if (known) {
        add_notes(&notes, &chosen);
    }
    copies->list[copies->count++] = (struct check_copy){
        .label = topics[0] != '\0' ? topics
                 : name[0] != '\0' ? "a long name"
                                   : "everything",
        .preheader = known ? chosen.headline.preheader : NULL,
        .variables = known ? variant_variables(arena, &chosen) : NULL,
        .html = copy.html,
        .html_len = copy.html_len,
        .text = copy.text,
        .text_len = copy.text_len,
        .message = copy.message,
        .message_len = copy.message_len,
        .address = row.address,
        .unsubscribe_url = copy.unsubscribe_url,
        .preferences_url = copy.preferences_url,
        .notes = notes.list,
        .note_count = notes.count,
    };
    return true;
}

static bool make_copies(struct store *store, struct arena *arena, const struct token_keys *keys,
                        const struct issue_view *view, struct copies *copies, struct failure *why)
{
    copies->list = arena_array(arena, view->variant_count + 1, sizeof *copies->list);
    copies->count = 0;
    for (size_t i = 0; i < view->variant_count; i++) {
        const struct issue_variant *variant = &view->variants[i];
        if (variant->body_len > 0 &&
            !add_copy(store, arena, keys, view, "", variant->topics, copies, why)) {
            return false;
        }
    }
    return issue_view_variant(view, "") == NULL ||
           add_copy(store, arena, keys, view, ISSUE_VIEW_NAME_LONG, "", copies, why);
}

bool examine(struct store *store, struct arena *arena, const struct settings *settings,
             const struct token_keys *keys, const struct issue_view *view,
             struct check_report *report, struct failure *why)
{
    struct copies copies;
    struct facts facts;
    collect_facts(arena, view, &facts);
    if (!make_copies(store, arena, keys, view, &copies, why) ||
        !find_withdrawn(store, arena, view, &facts, why) ||
        !find_alike(store, arena, view->issue.iso_week, &facts, why) ||
        !find_repeats(store, arena, view, &facts, why)) {
        return false;
    }
    struct check_input input = {
        .copies = copies.list,
        .copy_count = copies.count,
        .subject = view->issue.subject,
        .preheader = view->issue.preheader,
        .postal_address = settings->site.postal_address,
        .message_id_domain = view->sender.message_id_domain,
        .hosts = allowed_hosts(arena, settings),
        .variables = variant_variables(arena, &view->source),
        .comparisons = facts.list,
        .comparison_count = facts.count,
        .date = view->issue.window_end,
        .price_max_age = settings->check.price_max_age,
    };
    words_find_lost(arena, &view->source.words, view->source.stories, view->source.story_count,
                    &input.lost, &input.lost_count);
    claims_unproven(arena, &view->source, view->variants, view->variant_count, &input);
    check_run(arena, &input, report);
    return true;
}

bool examine_require_pass(const struct issue *issue, const struct check_report *report,
                          struct failure *why)
{
    size_t errors = report->counts[CHECK_ERROR];
    if (errors == 0) {
        return true;
    }
    const struct check_finding *first = report->findings;
    return fail(why, FAILURE_DATA,
                "issue %lld (%s) has %zu error%s it from being sent unapproved: "
                "%s:%d:%d: %s (%s); `verdicts "
                "check` shows all",
                (long long)issue->number, issue->iso_week, errors,
                errors == 1 ? " that keeps" : "s that keep", first->part, first->line,
                first->column, first->message, first->rule->name);
}
