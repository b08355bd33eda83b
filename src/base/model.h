/*
 * The data that everything is about: tools, comparisons, stories.
 *
 * Plain structs that the rooms pass to each other: intake fills them, store stores them, pick
 * orders them, digest reads them. The functions here have no side effects. All texts are valid
 * UTF-8, terminated, and belong to the arena of whoever made them.
 */
#ifndef BASE_MODEL_H
#define BASE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A percentage that nobody has given. A community vote of "—" is this, not 0. */
enum { PERCENT_NONE = -1 };

enum verdict { VERDICT_UNKNOWN, VERDICT_SHIP, VERDICT_SKIP };

struct review {
    const char *reviewer; /* NULL where the source leaves it out, as the pages do */
    enum verdict verdict; /* UNKNOWN where the source leaves it out, as the pages do */
    const char *quote;    /* without the quotation marks around it */
};

/* What a source can tell of a tool, in the order in which intake/fields.h lists it. The numbers
 * stand in databases: what is new comes last. */
enum fact {
    FACT_NAME,
    FACT_SLUG,
    FACT_CATEGORY,
    FACT_TAGLINE,
    FACT_DESCRIPTION,
    FACT_PRICE,
    FACT_PRICE_NOTE,
    FACT_URL,
    FACT_PANEL_SHIP,
    FACT_COMMUNITY_SHIP,
    FACT_REVIEWS,
    FACT_PANEL_SIZE,
    FACT_COMMUNITY_VOTES,
    FACT_SHORT_NAME,
    FACT_COUNT
};

/* The same of a comparison, as bits. */
enum { SILENT_TITLE = 2, SILENT_QUESTION = 4, SILENT_URL = 8 };

struct tool {
    int64_t id;              /* 0 while not stored */
    const char *slug;        /* an address, unlike every other tool's */
    bool own_slug;           /* the source gives the slug: it makes the tool, not the name */
    const char *name;        /* what makes two tools the same one: model_name_key() */
    const char *short_name;  /* what an issue calls it once its name has been said; of a source:
                                NULL where it gives none */
    const char *category;    /* "Developer Tools" */
    const char *tagline;     /* "" where none */
    const char *description; /* "" where none */
    const char *price;       /* "Free", "$20/mo"; "" where none */
    const char *price_note;  /* "Entry"; "" where none */
    const char *url;         /* NULL where none */
    int panel_ship;          /* percent of the panel that would ship it, or PERCENT_NONE */
    bool panel_derived;      /* panel_ship is counted from the reviews: no source gives it */
    int community_ship;      /* percent of the votes, or PERCENT_NONE: no votes yet */
    int panel_size;          /* how many sit on its panel; 0: not known */
    int community_votes;     /* how many readers have voted; 0: not known, or nobody */
    struct review *reviews;  /* in the order of the page */
    size_t review_count;
    unsigned silent; /* 1 << enum fact: left out by the source, which says nothing of it; what is
                        empty without that bit is told to be none */
};

/* What a source says of a comparison's withdrawal. */
enum withdrawn { WITHDRAWN_UNSAID, WITHDRAWN_NO, WITHDRAWN_YES };

struct comparison {
    int64_t id;       /* 0 while not stored */
    const char *slug; /* "claude-haiku-open-weights-vs-mistral-4b" */
    bool own_slug;    /* the source gives it: it makes the comparison, not the pair of tools */
    const char *title;
    const char *question; /* the line under the title; "" where none */
    const char *url;      /* NULL: built from the setting site.comparison_url */
    struct tool left;
    struct tool right;
    int64_t published_at;     /* UTC seconds; 0 while not known */
    bool undated;             /* published_at is not the source's word: it dates a new one alone */
    enum withdrawn withdrawn; /* as its source says when it comes in; no part of its content */
    unsigned silent;          /* SILENT_…: left out by the source */
    bool full;                /* the source tells all it has: what it leaves out is none */
    int64_t source_id;        /* which source brings it; 0: one without a name */
    bool source_named;        /* by --source: two such names are two sources for sure, while another
                                 path may be the next export of the same one */
    char content_hash[65];    /* SHA-256 in hex over all content but published_at; "" not known */
    int64_t revision;         /* counts from 1 */
    int64_t updated_at;       /* when this revision came in */
};

/*
 * Comparisons of one issue that are told together. A head-to-head is a story of one comparison
 * without a shared tool. Where comparisons share a tool, `shared` is that tool's slug, and the
 * comparisons stand in the order of their rivals' rank.
 */
struct story {
    const char *shared; /* slug, or NULL for a head-to-head */
    const struct comparison **items;
    size_t count;
};

/* A tool that an earlier issue has told, as it told it and as it is now. */
struct move {
    struct tool was, now;
    int64_t told_number;   /* of that issue */
    const char *told_week; /* "2026-W46" */
    int64_t told_at;       /* its window's end */
};

/* What a review expects by a date, as an issue puts it on record or asks whether it was right. */
struct prediction {
    const char *sentence; /* whole, of one line */
    const char *reviewer; /* NULL: not known */
    const char *tool;     /* the name of what the review is about */
    const char *category; /* of the tool */
    int64_t comparison_id;
    const char *slug;      /* of the comparison */
    const char *url;       /* as comparison.url */
    int64_t said_at;       /* when the comparison was published */
    int due;               /* the month, 12 for each year: January of the year 0 is 0 */
    int64_t told_number;   /* the issue that put it on record; 0: the one at hand does */
    const char *told_week; /* of that issue; "" for the one at hand */
    int64_t told_at;       /* that issue's window's end */
};

/* The tool of the comparison that is not `shared` (a slug); for NULL the one with the better
 * panel, the left one on a tie. */
const struct tool *model_rival(const struct comparison *comparison, const char *shared);
/* The other tool than model_rival(). */
const struct tool *model_other(const struct comparison *comparison, const char *shared);

struct arena;

/* The panel's share as the tool's reviews have it, where each of them has a verdict and they are
 * not fewer than the panel; else PERCENT_NONE. */
int model_review_share(const struct tool *tool);

/* A share of the panel that no source gives is that of the reviews, where they all have verdicts.
 */
void model_derive_panel(struct tool *tool);

/* Whether the panel's share and the verdicts of its reviews can both be true: the reviewers are the
 * panel unless its size is known, whoever gives no verdict may have either, and the share is
 * rounded up or down. */
bool model_share_is_possible(const struct tool *tool);

/* The text by which a name is known: NFC, letters in one case, runs of white space as one space
 * and none around. Nothing else is dropped: "C++" and "C#" are two names, so are "X (2026)" and
 * "X 2026". */
char *model_name_key(struct arena *arena, const char *name);

enum { MODEL_SLUG_MAX = 200 };

/* An address made of a text; two texts may have the same one. Lowercase ASCII letters and digits
 * in runs joined by '-'; '+' is "plus", a '#' behind a letter "sharp", a '.' that begins a word
 * "dot", other signs separate; Latin letters with marks lose them ("é" to "e"); other scripts are
 * written as their code points in hex. Cut at a word to MODEL_SLUG_MAX. Empty text gives
 * "untitled". */
char *model_slug(struct arena *arena, const char *text);

/* "slug-2": tells apart two that would have one slug. Cut likewise. */
char *model_slug_number(struct arena *arena, const char *slug, int64_t number);

#endif
