/*
 * What readers' votes say in comparison with the panel's verdict.
 *
 * Readers have a favourite if at least two tools have enough votes (readers_have_weight()), one is
 * ahead of the next by more than READERS_AHEAD points, and at least READERS_MOST percent of its
 * voters would ship it. Then the first of these rules that applies decides:
 *
 *   not every tool has a verdict, or none is shipped by half of its panel    PICK
 *   the panel ties, and the favourite is one of those on top                 BREAK
 *   the panel ties, and it is not                                            PICK
 *   the favourite is the panel's winner, and others are level with it        LEAN
 *   the favourite is the panel's winner, or the winner has too few votes     (see below)
 *   the winner leads the favourite by more than JURY_LEVEL points of panel   OVERRULE
 *   it leads by less                                                         LEAN
 *
 * Otherwise the votes on the panel's winner are compared with its panel: READERS_APART points less
 * are COOLER, as many more KEENER, and anything else is NOTHING. The numbers are editorial choices
 * of this program.
 */
#ifndef DIGEST_READERS_H
#define DIGEST_READERS_H

#include "digest/say.h"
#include "digest/standing.h"

enum readers_say {
    READERS_NOTHING,  /* too few votes, or nothing that differs */
    READERS_OVERRULE, /* the panel has one winner, readers have another */
    READERS_BREAK,    /* they break the panel's tie */
    READERS_LEAN,     /* they lean to one where the panel is practically level */
    READERS_PICK, /* they pick one where the panel ships none, has not judged, or ties on others */
    READERS_COOLER, /* they like the panel's winner less, by READERS_APART points or more */
    READERS_KEENER,
};

/* Fewer votes than READERS_FEW, if their number is known, are reported but not interpreted. */
enum { READERS_APART = 25, READERS_AHEAD = 5, READERS_MOST = 50, READERS_FEW = 10 };

struct readers {
    enum readers_say say;
    const struct tool *pick;  /* which they would ship; for COOLER, KEENER the panel's winner */
    const struct tool *other; /* the panel's winner, or the next one with votes */
};

/* Whether the tool has enough votes to interpret them. */
bool readers_have_weight(const struct tool *tool);

struct readers readers_of(const struct standing *standing);

/* "Readers break the tie: 81% of them would ship A, 62% would ship B."; "" for NOTHING. */
char *readers_sentence(const struct say *say, const struct readers *readers);

/* The voters as a jury: counted if they are few and their number gives exactly the share. */
struct jury readers_jury(const struct tool *tool);

/* "62% of 48 readers", "62% of readers" if their number is not known, "3 of 4 readers" and "the one
 * reader who voted" if they are few; before "would ship". */
char *readers_share(const struct say *say, const struct tool *tool);

/* The same where nothing follows it: "one reader, who would not ship it". */
char *readers_figure(const struct say *say, const struct tool *tool);

/* "62% of readers would ship A, 81% would ship B."; "No votes yet." */
char *readers_votes(const struct say *say, const struct tool *one, const struct tool *other);

#endif
