/*
 * The data that the program works on: tools, comparisons, stories.
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

/* A percentage that is not known. A community vote of "—" is this, not 0. */
enum { PERCENT_NONE = -1 };

enum verdict { VERDICT_UNKNOWN, VERDICT_SHIP, VERDICT_SKIP };

struct review {
    const char *reviewer; /* NULL where the source leaves it out, as the pages do */
    enum verdict verdict; /* UNKNOWN where the source leaves it out, as the pages do */
    const char *quote;    /* without the quotation marks around it */
};

/* The facts of a tool that a source can state, in the order in which intake/fields.h lists them.
 * Databases store the numbers, so new ones go to the end. */
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

/* The same for a comparison, as bits. */
enum { SILENT_TITLE = 2, SILENT_QUESTION = 4, SILENT_URL = 8 };

struct tool {
    int64_t id;       /* 0 while not stored */
    const char *slug; /* part of its address; unique among tools */
    bool own_slug;    /* the source gives the slug, so the slug identifies the tool, not the name */
    const char *name; /* identifies the tool unless own_slug: by model_name_key() */
    const char *short_name;  /* what an issue calls it once its full name has appeared; as a source
                                gives it: NULL where it gives none */
    const char *category;    /* "Developer Tools" */
    const char *tagline;     /* "" where none */
    const char *description; /* "" where none */
    const char *price;       /* "Free", "$20/mo"; "" where none */
    const char *price_note;  /* "Entry"; "" where none */
    const char *url;         /* NULL where none */
    int panel_ship;          /* percent of the panel that would ship it, or PERCENT_NONE */
    bool panel_derived;      /* panel_ship is calculated from the reviews; no source gives it */
    int community_ship;      /* percent of the votes, or PERCENT_NONE: no votes yet */
    int panel_size;          /* panelists; 0: not known */
    int community_votes;     /* votes of readers; 0: not known, or none */
    struct review *reviews;  /* in the order of the page */
    size_t review_count;
    unsigned silent; /* 1 << enum fact: the source leaves the fact out and says nothing about it; a
                        field that is empty without its bit is stated to be empty */
};

/* What a source says about the withdrawal of a comparison. */
enum withdrawn { WITHDRAWN_UNSAID, WITHDRAWN_NO, WITHDRAWN_YES };

struct comparison {
    int64_t id;       /* 0 while not stored */
    const char *slug; /* "claude-haiku-open-weights-vs-mistral-4b" */
    bool own_slug; /* the source gives the slug, so the slug identifies the comparison, not the pair
                      of tools */
    const char *title;
    const char *question; /* the line under the title; "" where none */
    const char *url;      /* NULL: built from the setting site.comparison_url */
    struct tool left;
    struct tool right;
    int64_t published_at; /* UTC seconds; 0 while not known */
    bool undated; /* the source gave no date: published_at is used only if the comparison is new */
    enum withdrawn withdrawn; /* as the source says at import; not part of the content */
    unsigned silent;          /* SILENT_…: left out by the source */
    bool full;                /* the source states all that it knows: what it leaves out is empty */
    int64_t source_id;        /* the source that brings it; 0: a source without a name */
    bool source_named;     /* named with --source: two such names are certainly two sources, while
                              another path may be a later export of the same one */
    char content_hash[65]; /* SHA-256 in hex over all content except published_at; "" not known */
    int64_t revision;      /* counts from 1 */
    int64_t updated_at;    /* when this revision was imported */
};

/*
 * Comparisons of one issue that are presented together. A head-to-head is a story of one comparison
 * without a shared tool. Where comparisons share a tool, `shared` is that tool's slug, and the
 * comparisons are in the order of their rivals' rank.
 */
struct story {
    const char *shared; /* slug, or NULL for a head-to-head */
    const struct comparison **items;
    size_t count;
};

/* A tool that an earlier issue presented: as it was then, and as it is now. */
struct move {
    struct tool was, now;
    int64_t told_number;   /* of that issue */
    const char *told_week; /* "2026-W46" */
    int64_t told_at;       /* the end of that issue's window */
};

/* A prediction of a review with a date, which an issue records, and asks about when the date has
 * come. */
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
    int64_t told_number;   /* the issue that recorded it; 0: the current one does */
    const char *told_week; /* of that issue; "" for the current one */
    int64_t told_at;       /* the end of that issue's window */
};

/* Whether the comparison is one of the story's. */
bool model_story_holds(const struct story *story, int64_t comparison_id);

/* The tool of the comparison that is not `shared` (a slug). Where `shared` is NULL, the one with
 * the better panel; on a tie the left one. */
const struct tool *model_rival(const struct comparison *comparison, const char *shared);
/* The tool that model_rival() does not return. */
const struct tool *model_other(const struct comparison *comparison, const char *shared);

struct arena;

/* The panel's share calculated from the tool's reviews, if each of them has a verdict and there are
 * at least as many as panelists; else PERCENT_NONE. */
int model_review_share(const struct tool *tool);

/* Sets panel_ship from the reviews where no source gives it and model_review_share() can tell. */
void model_derive_panel(struct tool *tool);

/* Whether the panel's share and the verdicts of the reviews can both be true: the reviewers are the
 * panel unless its size is known, a reviewer without a verdict may have given either, and the share
 * may be rounded up or down. */
bool model_share_is_possible(const struct tool *tool);

/* The form by which names are compared: NFC, case folded, runs of white space made one space and
 * none at the ends. Nothing else is dropped: "C++" and "C#" are different names, and so are "X
 * (2026)" and "X 2026". */
char *model_name_key(struct arena *arena, const char *name);

enum { MODEL_SLUG_MAX = 200 };

/* A slug made from a text; two texts may have the same one. Lowercase ASCII letters and digits in
 * runs joined by '-'; '+' is written "plus", '#' after a letter "sharp", '.' before a word "dot";
 * other symbols separate words; Latin letters lose their marks ("é" gives "e"); other scripts are
 * written as code points in hex. Cut after a whole word to MODEL_SLUG_MAX. Empty text gives
 * "untitled". */
char *model_slug(struct arena *arena, const char *text);

/* "slug-2": distinguishes two that would have the same slug. Cut likewise. */
char *model_slug_number(struct arena *arena, const char *slug, int64_t number);

#endif
