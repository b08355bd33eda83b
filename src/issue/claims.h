/*
 * Where subject, preheader and headline of an issue come from (digest/derivation.h): kept with the
 * issue, and told to check.
 */
#ifndef ISSUE_CLAIMS_H
#define ISSUE_CLAIMS_H

#include "check/check.h"
#include "issue/variant.h"

/* JSON: [{"part": "subject", "words": "3 of 4", "from": "the panel of Otter"}, …]; `from` is null
 * where nothing in the comparisons says so. Empty for an issue without comparisons. */
const char *claims_json(struct arena *arena, const struct variant_source *source);

/* What of it nothing in the comparisons says, for check: ours where the source's headline is what
 * its stories give, else an editor's. */
void claims_unproven(struct arena *arena, const struct variant_source *source,
                     struct check_input *input);

#endif
