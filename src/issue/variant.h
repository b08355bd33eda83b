/*
 * A variant: an issue rendered from the templates for one choice of topics, as residual programs in
 * which only the reader's values are missing. Preview, test copies, sending and the archive all use
 * this rendering.
 */
#ifndef ISSUE_VARIANT_H
#define ISSUE_VARIANT_H

#include "base/model.h"
#include "base/residual.h"
#include "digest/newsletter.h"
#include "issue/moves.h"
#include "issue/predictions.h"
#include "issue/source.h"
#include "issue/words.h"
#include "pick/week.h"
#include "settings/settings.h"
#include "store/issue.h"

/* What all variants of an issue share. */
struct variant_source {
    const struct settings *settings;
    struct source *templates; /* NULL: each variant reads the files again */
    const char *week;
    int64_t number;
    int64_t date; /* shown in the text: the instant the issue was due */
    const char *boundary;
    const struct story *stories;
    size_t story_count;
    struct moves moves;
    struct predictions predictions;
    struct words words; /* an editor's */
    struct newsletter_headline headline;
};

/* Fills in the rest of a source from its settings, week, stories and words: the headline. */
void variant_headline(struct arena *arena, struct variant_source *source);

/* What a choice of topics ("" is everything) gets: its stories and moves, and the headline that
 * they give, unless an editor wrote the issue's. False if nothing matches. */
bool variant_choose(struct arena *arena, const struct variant_source *source, const char *topics,
                    struct variant_source *chosen);

/* The headline above the stories. */
char *variant_title(struct arena *arena, const struct variant_source *source);

/* Renders for a choice of topics ("" is everything) into a variant with stored programs and hashes.
 * A choice of topics has the subject, preheader and headline of its own copy, unless an editor
 * wrote the issue's. A choice that matches nothing gives a variant with empty blobs: its readers
 * are skipped for that reason. Failures name template, line and column. */
bool variant_render(struct arena *arena, const struct variant_source *source, const char *topics,
                    struct issue_variant *variant, struct failure *why) MUST_CHECK;

/* Renders everything, and each choice of topics that somebody on the list has made. */
bool variant_render_all(struct store *store, struct arena *arena,
                        const struct variant_source *source, struct issue_variant **variants,
                        size_t *count, struct failure *why) MUST_CHECK;

/* The value tree that the templates read, for check and for template authors. */
struct value *variant_variables(struct arena *arena, const struct variant_source *source);

#endif
