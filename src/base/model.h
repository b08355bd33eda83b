/*
 * The words of the trade: tools, comparisons, stories.
 *
 * Plain data that steps hand to each other: intake fills it, store keeps it, pick orders it,
 * render reads it. No function here talks to anything. All texts are valid UTF-8, terminated, and
 * belong to the arena of whoever made them.
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

struct tool {
    int64_t id;       /* 0 while not stored */
    const char *slug; /* what makes two tools the same one: see model_slug() */
    const char *name;
    const char *category;    /* "Developer Tools" */
    const char *tagline;     /* "" where none */
    const char *description; /* "" where none */
    const char *price;       /* "Free", "$20/mo"; "" where none */
    const char *price_note;  /* "Entry"; "" where none */
    const char *url;         /* NULL where none */
    int panel_ship;          /* percent of the panel that would ship it, or PERCENT_NONE */
    int community_ship;      /* percent of the votes, or PERCENT_NONE: no votes yet */
    struct review *reviews;  /* in the order of the page */
    size_t review_count;
};

/* What a source says of a comparison's withdrawal. */
enum withdrawn { WITHDRAWN_UNSAID, WITHDRAWN_NO, WITHDRAWN_YES };

struct comparison {
    int64_t id;       /* 0 while not stored */
    const char *slug; /* "claude-haiku-open-weights-vs-mistral-4b" */
    const char *title;
    const char *question; /* the line under the title; "" where none */
    const char *url;      /* NULL: built from the setting site.comparison_url */
    struct tool left;
    struct tool right;
    int64_t published_at;     /* UTC seconds; 0 while not known */
    bool undated;             /* published_at is not the source's word: it dates a new one alone */
    enum withdrawn withdrawn; /* as its source says when it comes in; no part of its content */
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

/* The tool of the comparison that is not `shared` (a slug); for NULL the one with the better
 * panel, the left one on a tie. */
const struct tool *model_rival(const struct comparison *comparison, const char *shared);
/* The other tool than model_rival(). */
const struct tool *model_other(const struct comparison *comparison, const char *shared);

/* A slug of a text: lowercase ASCII letters and digits in runs joined by '-'; other characters
 * separate; Latin letters with marks lose them ("é" to "e"); other scripts are written as their
 * code points in hex, so that two names never share a slug by being foreign. Empty text gives
 * "untitled". */
struct arena;
char *model_slug(struct arena *arena, const char *text);

#endif
