/* Comparisons with their tools and reviews. */
#ifndef STORE_COMPARISON_H
#define STORE_COMPARISON_H

#include "base/model.h"
#include "store/store.h"

enum comparison_saved { COMPARISON_NEW, COMPARISON_CHANGED, COMPARISON_UNCHANGED };

/* A fact that another comparison or another source had stated differently, and that has changed. */
struct tool_conflict {
    const char *tool;  /* name; of a comparison's own field its title */
    bool sources;      /* two sources disagree */
    const char *field; /* "price", "panel_ship", "reviews" … */
    const char *kept;  /* the value that is stored now */
    const char *dropped;
};

/* What an import did to a comparison's withdrawal. */
enum comparison_turn { COMPARISON_STAYS, COMPARISON_WITHDRAWN, COMPARISON_RESTORED };

/* In what way two different comparisons or tools are alike: store/alike.h. */
enum likeness {
    LIKENESS_NONE,
    LIKENESS_TOOLS,   /* the same two tools, in the same order */
    LIKENESS_SWAPPED, /* … with their sides swapped */
    LIKENESS_URL,     /* the same url */
    LIKENESS_SIGNS,   /* two names with the same letters and digits */
    LIKENESS_LETTER,  /* two names that are one letter apart */
    LIKENESS_QUOTES,  /* two tools with the same quotes */
};

struct look_alike {
    enum likeness how;        /* NONE: nothing was found, and the rest is empty */
    const char *slug, *title; /* of the other comparison; NULL: only a tool is like another one */
    const char *name, *other; /* of the tools that are alike; NULL: the likeness is not in a tool */
    int64_t issue_number;     /* of an issue that was sent with the other one; 0: none */
    const char *issue_week;
};

struct comparison_outcome {
    enum comparison_saved saved;
    int64_t revision;
    int64_t published_at; /* as stored */
    int64_t moved_from;   /* published_at before the source changed it; 0: not changed */
    int64_t ignored_date; /* a new date of the source that came too late; 0: none */
    enum comparison_turn turn;
    struct tool_conflict *conflicts; /* in the arena */
    size_t conflict_count;
    bool facts_changed;      /* of a tool that existed */
    struct look_alike alike; /* for a new comparison */
};

/* Adds the comparison, or replaces the content of the existing one: the one with its slug if the
 * source gives that (own_slug), otherwise the one of its two tools. A tool is the one with its
 * own slug, otherwise the one with its name (model_name_key). Former slugs and names are found,
 * too. Slugs that are not the source's own are made unique; `slug` receives the stored one.
 * FAILURE_DATA: several could be meant, or both tools are the same. With the same content_hash
 * the result is UNCHANGED and the content is left alone. A new comparison without published_at
 * gets `now`. That of an existing one follows its source until it is part of an issue past its
 * draft: it changes if the source (unless `undated`) gives a date that differs from its previous
 * one, or from the stored one if no editor has set that. What the source newly says about its
 * withdrawal is applied, but an editor's withdrawal takes precedence; a comparison that is
 * imported again after a full import without it is no longer withdrawn, unless another source
 * merely repeats it. Fills ids.
 *
 * What the source omits (`silent`) keeps its value, except for a `full` one, where it means that
 * there is none. Each fact of a tool is taken from the comparison with the newer published_at
 * (ties: the imported one), and from the one that last gave it, which corrects itself; a change of
 * what another comparison gave is a conflict. Of two sources of one comparison the one with the
 * newer published_at is believed (ties: the imported one), and content that a source repeats
 * unchanged with the same date is not new. A disagreement of two sources is a conflict once: at
 * once if they have names, otherwise when the superseded one is imported again. A page cannot
 * contain a reviewer's name and verdict: for the same quote, known ones are kept. */
bool comparison_save(struct store *store, struct arena *arena, struct comparison *comparison,
                     int64_t now, struct comparison_outcome *outcome,
                     struct failure *why) MUST_CHECK;

/* By slug, current or former; *comparison is NULL if absent. */
bool comparison_find(struct store *store, struct arena *arena, const char *slug,
                     struct comparison **comparison, struct failure *why) MUST_CHECK;

/* Who withdrew a comparison: an editor, its source explicitly, or a full import without it. */
enum withdrawer { WITHDRAWER_NONE, WITHDRAWER_EDITOR, WITHDRAWER_SOURCE, WITHDRAWER_ABSENT };

/* A candidate for selection, with everything that the decision depends on. */
struct comparison_candidate {
    struct comparison comparison;
    int64_t issue_id;     /* the issue that it is part of; 0: none */
    int64_t issue_number; /* of that issue */
    const char *issue_week;
    int64_t held_at;      /* 0: never held back */
    int64_t left_out_at;  /* by an editor; 0: not so */
    int64_t withdrawn_at; /* 0: not so */
    enum withdrawer withdrawn_by;
};

/* All comparisons published before `window_end` that are free, or part of `issue_id` (0: none), or
 * were published at or after `reach_from`; ordered by published_at, slug. With tools and reviews.
 */
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
