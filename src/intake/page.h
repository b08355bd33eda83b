/*
 * The page format of the site: a comparison page as plain text, one paragraph a line.
 *
 *     page        = [kicker] title *question block block scorecard pair *pair [footer *any]
 *     kicker      = "AI tool comparison"           ; or any other line without " vs "
 *     title       = left-name " vs " right-name    ; " vs. " and " VS " too
 *     question    = a line                         ; several are joined by a space
 *     block       = category name [tagline] percent "Panel ship" percent "Community"
 *                   [price [price-note]] *description
 *     category    = a line of at most 60 characters that does not end a sentence
 *     percent     = 1*3DIGIT ["." 1*DIGIT] ["%"]   ; 0 to 100, rounded to a whole number
 *                 | none
 *     none        = "—" | "–" | "-" | "n/a" | "No votes yet" | "No votes" | "None yet"
 *     price       = a line of at most 60 characters, "Free"; none is "" ("—")
 *     price-note  = a line of at most 40 characters, "Entry"
 *     description = a line                         ; several are joined by a space
 *     scorecard   = "Reviewer scorecard"
 *     pair        = quote quote                    ; of the left tool, then of the right one
 *     quote       = “any text” | "any text"        ; may go over several lines
 *     footer      = a line that is no quote        ; "Weekly AI Tool Verdicts"
 *
 * White space around lines, empty lines, a byte order mark and any kind of line end are not seen;
 * labels ("Panel ship" …) may have any case. The percentages stand above their labels, so that the
 * label is what a block is found by: category, name and tagline are the lines above it.
 *
 * The title says which line is the name: names may have " vs " in them, so the title is not cut at
 * its first " vs "; it has to be the two names of the blocks with " vs " between, and a tagline
 * that is left out is noticed by that. A quote begins with “ and ends with ” at the end of a line;
 * quotation marks inside stay as they are.
 *
 * The one line that is left of a block without a price is a description if it ends a sentence or
 * is longer than a price. Left out may be: kicker, question, tagline, price, price note,
 * description, footer, and a "%". Everything else is an error, because a guess would put a verdict
 * or a quote to the wrong tool: a missing label, category or percentage, a third block, a title
 * that does not fit the names, an odd number of quotes, none at all, a quote without an end, a line
 * between quotes, control characters, more than PAGE_MAX bytes.
 *
 * Who the reviewers are and how each of them decided is not on the page: reviewer stays NULL and
 * verdict unknown.
 */
#ifndef INTAKE_PAGE_H
#define INTAKE_PAGE_H

#include "base/arena.h"
#include "base/failure.h"
#include "base/model.h"
#include "intake/way.h"

enum { PAGE_MAX = 1024 * 1024 };

/* Reads one comparison page. `name` (a path) begins the failure, with line and column
 * ("name:line:column: what; what to do"). All texts go to the arena. published_at is left 0; slugs
 * and content_hash are filled. `way` may be NULL. */
bool page_read(struct arena *arena, const char *name, const char *bytes, size_t len,
               struct way *way, struct comparison *comparison, struct failure *why) MUST_CHECK;

#endif
