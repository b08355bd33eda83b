/*
 * The origin of an issue's subject, preheader and headline, and of an editor's notes
 * (digest/derivation.h), in the copy of everything and in that of each choice of topics: stored
 * with the issue, and passed to check.
 */
#ifndef ISSUE_CLAIMS_H
#define ISSUE_CLAIMS_H

#include "check/check.h"
#include "issue/variant.h"

/* JSON: [{"part": "subject", "topics": [], "words": "3 of 4", "from": "the panel of Otter"}, …];
 * `topics` is empty for the copy of everything, `from` is null if neither comparisons nor moves
 * support the words. Only the topics of the variants are read. */
const char *claims_json(struct arena *arena, const struct variant_source *source,
                        const struct issue_variant *variants, size_t count);

/* The words that nothing supports, for check: ours if the source's headline is what its stories and
 * moves give, otherwise an editor's. */
void claims_unproven(struct arena *arena, const struct variant_source *source,
                     const struct issue_variant *variants, size_t count, struct check_input *input);

#endif
