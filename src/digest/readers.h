/*
 * What readers' votes say beside the panel's verdict.
 */
#ifndef DIGEST_READERS_H
#define DIGEST_READERS_H

#include "digest/say.h"
#include "digest/standing.h"

enum readers_say {
    READERS_NOTHING,  /* too few votes, or nothing that differs */
    READERS_OVERRULE, /* the panel has one winner, readers another */
    READERS_BREAK,    /* the panel's tie */
    READERS_LEAN,     /* where the panel is as good as level */
    READERS_PICK,     /* where the panel ships none, has not judged, or ties on others */
    READERS_COOLER,   /* on the panel's winner, by READERS_APART points and more */
    READERS_KEENER,
};

/* Fewer votes than READERS_FEW, where their number is known, are told and make no story. */
enum { READERS_APART = 25, READERS_AHEAD = 5, READERS_MOST = 50, READERS_FEW = 10 };

struct readers {
    enum readers_say say;
    const struct tool *pick;  /* whom they would ship; of COOLER and KEENER the panel's winner */
    const struct tool *other; /* the panel's winner, else the next with votes */
};

/* Whether enough have voted on it to make something of it. */
bool readers_have_weight(const struct tool *tool);

struct readers readers_of(const struct standing *standing);

/* "Readers break the tie: 81% of them would ship A, 62% would ship B."; "" for NOTHING. */
char *readers_sentence(const struct say *say, const struct readers *readers);

/* Counted where they are few and their number gives exactly the share. */
struct jury readers_jury(const struct tool *tool);

/* "62% of 48 readers", "62% of readers" where their number is not known, "3 of 4 readers" and "the
 * one reader who voted" of few; before "would ship". */
char *readers_share(const struct say *say, const struct tool *tool);

/* The same where nothing stands behind it: "one reader, who would not ship it". */
char *readers_figure(const struct say *say, const struct tool *tool);

/* "62% of readers would ship A, 81% would ship B."; "No votes yet." */
char *readers_votes(const struct say *say, const struct tool *one, const struct tool *other);

#endif
