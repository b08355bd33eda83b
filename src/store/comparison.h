/* Comparisons with their tools and reviews. */
#ifndef STORE_COMPARISON_H
#define STORE_COMPARISON_H

#include "base/model.h"
#include "store/store.h"

enum comparison_saved { COMPARISON_NEW, COMPARISON_CHANGED, COMPARISON_UNCHANGED };

/* A fact that another comparison or another source had told differently, and that has changed. */
struct tool_conflict {
    const char *tool;  /* name; of a comparison's own field its title */
    bool sources;      /* it is two sources that disagree */
    const char *field; /* "price", "panel_ship", "reviews" … */
    const char *kept;  /* what stands now */
    const char *dropped;
};

/* What an import did to a comparison's withdrawal. */
enum comparison_turn { COMPARISON_STAYS, COMPARISON_WITHDRAWN, COMPARISON_RESTORED };

/* How two look alike that by their identity are two: store/alike.h. */
enum likeness {
    LIKENESS_NONE,
    LIKENESS_TOOLS,   /* the same two tools, in the same order */
    LIKENESS_SWAPPED, /* … with their sides swapped */
    LIKENESS_URL,     /* the same url */
    LIKENESS_SIGNS,   /* two names of the same letters and digits */
    LIKENESS_LETTER,  /* two names that are one letter apart */
    LIKENESS_QUOTES,  /* two tools of the same quotes */
};

struct look_alike {
    enum likeness how;        /* NONE: nothing was found, and the rest is empty */
    const char *slug, *title; /* of the other comparison; NULL: only a tool is like another */
    const char *name, *other; /* of the tools that are like each other; NULL: not by a tool */
    int64_t issue_number;     /* that was sent with the other one; 0: none */
    const char *issue_week;
};

struct comparison_outcome {
    enum comparison_saved saved;
    int64_t revision;
    int64_t published_at; /* what stands in the database */
    int64_t moved_from;   /* published_at before the source's new date; 0: it has not moved */
    int64_t ignored_date; /* a new date of the source that comes too late; 0: none */
    enum comparison_turn turn;
    struct tool_conflict *conflicts; /* in the arena */
    size_t conflict_count;
    bool facts_changed;      /* of a tool that was known */
    struct look_alike alike; /* of a new comparison */
};

/* Adds the comparison, or replaces the content of the one that it is: the one with its slug where
 * the source gives that (own_slug), else the one of its two tools. A tool is the one with its own
 * slug, else the one of its name (model_name_key). Former slugs and names lead there too. Slugs
 * that are not the source's own are made unlike all others; `slug` gets what stands in the
 * database. FAILURE_DATA: several could be meant, or both tools are one. The same content_hash is
 * UNCHANGED and leaves the content alone. A new one without published_at gets `now`. That of an
 * existing one follows its source until it stands in an issue that is past a draft: where the
 * source (not `undated`) says another date than it did, or than stands here and no editor has set
 * it. What the source says anew of its withdrawal is done, but an editor's word stands above it;
 * who comes again after a full import without it is withdrawn no longer, but for the repetition of
 * another source. Fills ids.
 *
 * What the source leaves out (`silent`) keeps what is known, but for a `full` one, where it is
 * none. Of a tool's facts each is believed to the comparison with the newer published_at (ties: the
 * one coming in), and to the one that told it last, which corrects itself; where that changes what
 * another comparison had told, it is a conflict. Of two sources of one comparison the one with the
 * newer published_at is believed (ties: the one coming in), and what a source says again in the
 * same words under the same date is nothing new. That two sources disagree is a conflict once: at
 * once where they are named, else when the one that is outdone comes again. A reviewer's name and
 * verdict are what a page cannot carry: under the same quote the fuller word stays. */
bool comparison_save(struct store *store, struct arena *arena, struct comparison *comparison,
                     int64_t now, struct comparison_outcome *outcome,
                     struct failure *why) MUST_CHECK;

/* By slug, present or former; *comparison NULL if absent. */
bool comparison_find(struct store *store, struct arena *arena, const char *slug,
                     struct comparison **comparison, struct failure *why) MUST_CHECK;

/* Who took a comparison back: an editor, its source by its word, or by a full import without it. */
enum withdrawer { WITHDRAWER_NONE, WITHDRAWER_EDITOR, WITHDRAWER_SOURCE, WITHDRAWER_ABSENT };

/* A comparison in reach of a selection, with what decides about it. */
struct comparison_candidate {
    struct comparison comparison;
    int64_t issue_id;     /* the issue it stands in; 0: none */
    int64_t issue_number; /* of that issue */
    const char *issue_week;
    int64_t held_at;      /* 0: never held back */
    int64_t left_out_at;  /* by an editor; 0: not so */
    int64_t withdrawn_at; /* 0: not so */
    enum withdrawer withdrawn_by;
};

/* All comparisons published before `window_end` that are free, or stand in `issue_id` (0: none),
 * or were published at or after `reach_from`; in order of published_at, slug. Full with tools and
 * reviews. */
bool comparison_candidates(struct store *store, struct arena *arena, int64_t window_end,
                           int64_t reach_from, int64_t issue_id,
                           struct comparison_candidate **candidates, size_t *count,
                           struct failure *why) MUST_CHECK;

/* Marks these as held back at `at` where they are not yet marked. */
bool comparison_hold(struct store *store, const int64_t *ids, size_t count, int64_t at,
                     struct failure *why) MUST_CHECK;

/* The categories of all tools, sorted, each once: the topics that readers can choose. */
bool comparison_categories(struct store *store, struct arena *arena, const char ***categories,
                           size_t *count, struct failure *why) MUST_CHECK;

bool comparison_count(struct store *store, int64_t *count, struct failure *why) MUST_CHECK;

#endif
