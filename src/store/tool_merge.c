#include "store/tool_merge.h"

#include <assert.h>
#include <string.h>

/* The absence of a percentage is PERCENT_NONE, of a number 0. */
enum plain { PLAIN_TEXT, PLAIN_PERCENT, PLAIN_NUMBER };

/* The facts of a tool, except its slug and its reviews, by their kind. */
static const struct {
    const char *name;
    size_t offset;
    enum plain plain;
} plain_facts[FACT_COUNT] = {
    [FACT_NAME] = {"name", offsetof(struct tool, name), PLAIN_TEXT},
    [FACT_CATEGORY] = {"category", offsetof(struct tool, category), PLAIN_TEXT},
    [FACT_TAGLINE] = {"tagline", offsetof(struct tool, tagline), PLAIN_TEXT},
    [FACT_DESCRIPTION] = {"description", offsetof(struct tool, description), PLAIN_TEXT},
    [FACT_PRICE] = {"price", offsetof(struct tool, price), PLAIN_TEXT},
    [FACT_PRICE_NOTE] = {"price_note", offsetof(struct tool, price_note), PLAIN_TEXT},
    [FACT_URL] = {"url", offsetof(struct tool, url), PLAIN_TEXT},
    [FACT_PANEL_SHIP] = {"panel_ship", offsetof(struct tool, panel_ship), PLAIN_PERCENT},
    [FACT_COMMUNITY_SHIP] = {"community_ship", offsetof(struct tool, community_ship),
                             PLAIN_PERCENT},
    [FACT_PANEL_SIZE] = {"panel_size", offsetof(struct tool, panel_size), PLAIN_NUMBER},
    [FACT_COMMUNITY_VOTES] = {"community_votes", offsetof(struct tool, community_votes),
                              PLAIN_NUMBER},
    [FACT_SHORT_NAME] = {"short_name", offsetof(struct tool, short_name), PLAIN_TEXT},
};

/* In the order of enum verdict; UNKNOWN is NULL. */
static const char *const verdict_names[] = {NULL, "ship", "skip"};

const char *tool_verdict_name(enum verdict verdict)
{
    return verdict_names[verdict];
}

static void add_conflict(struct comparison_outcome *outcome, const struct tool *tool, bool sources,
                         const char *field, const char *kept, const char *dropped)
{
    assert(outcome->conflict_count < COMPARISON_CONFLICTS_MAX);
    outcome->conflicts[outcome->conflict_count++] = (struct tool_conflict){
        .tool = tool->name, .sources = sources, .field = field, .kept = kept, .dropped = dropped};
}

/* The text of a plain fact; "none" if there is none. */
static const char *fact_text(struct arena *arena, const struct tool *tool, enum fact fact)
{
    const void *at = (const char *)tool + plain_facts[fact].offset;
    bool percent = plain_facts[fact].plain == PLAIN_PERCENT;
    if (plain_facts[fact].plain != PLAIN_TEXT) {
        int number = *(const int *)at;
        return number == (percent ? PERCENT_NONE : 0)
                   ? "none"
                   : arena_format(arena, "%d%s", number, percent ? "%" : "");
    }
    const char *text = *(const char *const *)at;
    return text == NULL || text[0] == '\0' ? "none" : text;
}

static void copy_fact(struct tool *to, const struct tool *from, enum fact fact)
{
    size_t size = plain_facts[fact].plain != PLAIN_TEXT ? sizeof(int) : sizeof(const char *);
    memcpy((char *)to + plain_facts[fact].offset, (const char *)from + plain_facts[fact].offset,
           size);
}

static bool texts_differ(const char *left, const char *right)
{
    return left != NULL && right != NULL && strcmp(left, right) != 0;
}

/* A page cannot contain a tool's address, or a reviewer's name and verdict, so leaving them out
 * does not contradict them. They differ only if both are known. */
static bool reviews_agree(const struct review *left, const struct review *right)
{
    bool verdicts = left->verdict == VERDICT_UNKNOWN || right->verdict == VERDICT_UNKNOWN ||
                    left->verdict == right->verdict;
    return verdicts && strcmp(left->quote, right->quote) == 0 &&
           !texts_differ(left->reviewer, right->reviewer);
}

static const char *review_text(struct arena *arena, const struct review *review)
{
    const char *verdict = verdict_names[review->verdict];
    return arena_format(arena, "%s%s%s%s\"%s\"", review->reviewer == NULL ? "" : review->reviewer,
                        review->reviewer == NULL ? "" : " ", verdict == NULL ? "" : verdict,
                        verdict == NULL ? "" : " ", review->quote);
}

/* The first difference of the reviews: their number, or a review; false: none. */
static bool reviews_differ(struct arena *arena, const struct tool *is, const struct tool *was,
                           const char **is_text, const char **was_text)
{
    if (is->review_count != was->review_count) {
        *is_text = arena_format(arena, "%zu", is->review_count);
        *was_text = arena_format(arena, "%zu", was->review_count);
        return true;
    }
    for (size_t i = 0; i < is->review_count; i++) {
        if (!reviews_agree(&is->reviews[i], &was->reviews[i])) {
            *is_text = review_text(arena, &is->reviews[i]);
            *was_text = review_text(arena, &was->reviews[i]);
            return true;
        }
    }
    return false;
}

/* For the same quotes: names and verdicts that `tool` leaves open are taken from `other`. */
static bool fill_reviews(struct arena *arena, struct tool *tool, const struct tool *other)
{
    bool filled = false;
    struct review *reviews = arena_array(arena, tool->review_count, sizeof *reviews);
    for (size_t i = 0; i < tool->review_count; i++) {
        const struct review *from = &other->reviews[i];
        reviews[i] = tool->reviews[i];
        if (reviews[i].reviewer == NULL && from->reviewer != NULL) {
            reviews[i].reviewer = from->reviewer;
            filled = true;
        }
        if (reviews[i].verdict == VERDICT_UNKNOWN && from->verdict != VERDICT_UNKNOWN) {
            reviews[i].verdict = from->verdict;
            filled = true;
        }
    }
    tool->reviews = reviews;
    return filled;
}

bool tool_same_origin(const struct tool_origin *left, const struct tool_origin *right)
{
    return left->at == right->at && left->by == right->by;
}

static bool same_text(const char *left, const char *right)
{
    return (left == NULL) == (right == NULL) && !texts_differ(left, right);
}

static bool same_reviews_exactly(const struct tool *left, const struct tool *right)
{
    for (size_t i = 0; i < left->review_count; i++) {
        const struct review *a = &left->reviews[i];
        const struct review *b = &right->reviews[i];
        if (a->verdict != b->verdict || !same_text(a->reviewer, b->reviewer) ||
            strcmp(a->quote, b->quote) != 0) {
            return false;
        }
    }
    return left->review_count == right->review_count;
}

bool tool_believes(const struct tool_origin *stands, const struct tool_origin *now, bool outdated)
{
    return now->at >= stands->at || (now->by == stands->by && !outdated);
}

static bool is_believed(const struct tool_merge *merging, enum fact fact)
{
    return (merging->tool->silent & 1u << fact) == 0 &&
           tool_believes(&merging->words[fact], &merging->now, merging->teller->outdated);
}

/* Reported if another comparison or source had stated something else. A fact that nobody had
 * stated, and one that a comparison corrects itself, is no contradiction. */
static void note_change(struct tool_merge *merging, enum fact fact, const char *name,
                        const char *is, const char *was)
{
    const struct tool_origin *word = &merging->words[fact];
    merging->changed = true;
    bool other = word->by != merging->now.by;
    if (word->at != 0 && (other || merging->teller->aloud)) {
        add_conflict(merging->outcome, merging->tool, !other, name, is, was);
    }
}

static void merge_fact(struct tool_merge *merging, enum fact fact)
{
    if (plain_facts[fact].name == NULL || !is_believed(merging, fact)) {
        return;
    }
    const char *is = fact_text(merging->arena, merging->tool, fact);
    const char *was = fact_text(merging->arena, &merging->merged, fact);
    if (strcmp(is, was) != 0) {
        note_change(merging, fact, plain_facts[fact].name, is, was);
    }
    copy_fact(&merging->merged, merging->tool, fact);
    merging->words[fact] = merging->now;
}

/* A page cannot contain a reviewer's name or verdict: for the same quotes the more complete review
 * is kept. */
static void merge_reviews(struct tool_merge *merging)
{
    struct tool *merged = &merging->merged;
    const char *is, *was;
    if ((merging->tool->silent & 1u << FACT_REVIEWS) != 0) {
        return;
    }
    bool believed = is_believed(merging, FACT_REVIEWS);
    if (!reviews_differ(merging->arena, merging->tool, merged, &is, &was)) {
        struct tool told = believed ? *merging->tool : *merged;
        bool filled = fill_reviews(merging->arena, &told, believed ? merged : merging->tool);
        merging->changed = merging->changed || filled || !same_reviews_exactly(&told, merged);
        merged->reviews = told.reviews;
    } else if (believed) {
        note_change(merging, FACT_REVIEWS, "reviews", is, was);
        merged->reviews = merging->tool->reviews;
        merged->review_count = merging->tool->review_count;
    }
    if (believed) {
        merging->words[FACT_REVIEWS] = merging->now;
    }
}

/* A number of voters belongs to the share that it came with: a comparison that states another share
 * without a number removes it. */
static void forget_number(struct tool_merge *merging, enum fact fact, bool moved, int *number)
{
    if (moved && *number != 0 && (merging->tool->silent & 1u << fact) != 0) {
        *number = 0;
        merging->changed = true;
    }
}

void tool_merge_facts(struct tool_merge *merging)
{
    struct tool *merged = &merging->merged;
    int panel = merged->panel_ship;
    int community = merged->community_ship;
    for (enum fact fact = FACT_NAME; fact < FACT_COUNT; fact++) {
        merge_fact(merging, fact);
    }
    forget_number(merging, FACT_PANEL_SIZE, merged->panel_ship != panel, &merged->panel_size);
    forget_number(merging, FACT_COMMUNITY_VOTES, merged->community_ship != community,
                  &merged->community_votes);
    merge_reviews(merging);
}

void tool_merge_contradict(const struct tool_merge *merging, int64_t comparison_id,
                           struct comparison_outcome *outcome)
{
    struct arena *arena = merging->arena;
    const struct tool *tool = merging->tool;
    for (enum fact fact = FACT_NAME; fact < FACT_COUNT; fact++) {
        const char *name = plain_facts[fact].name;
        const char *is, *was;
        bool differs = false;
        if ((tool->silent & 1u << fact) != 0 || merging->words[fact].by != comparison_id) {
            continue;
        }
        if (fact == FACT_REVIEWS) {
            name = "reviews";
            differs = reviews_differ(arena, &merging->merged, tool, &is, &was);
        } else if (name != NULL) {
            is = fact_text(arena, &merging->merged, fact);
            was = fact_text(arena, tool, fact);
            differs = strcmp(is, was) != 0;
        }
        if (differs) {
            add_conflict(outcome, tool, true, name, is, was);
        }
    }
}
