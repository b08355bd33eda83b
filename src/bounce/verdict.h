/* From codes and words to the class of one recipient. */
#ifndef BOUNCE_VERDICT_H
#define BOUNCE_VERDICT_H

#include "base/arena.h"
#include "bounce/report.h"
#include "bounce/words.h"

/* `words` are what a server said (a Diagnostic-Code, a paragraph of text; UTF-8), `field` the
 * Status field (all zero: none). Fills class, reason, code and status of the recipient. The
 * per-recipient code decides, but for codes that servers give for anything: there the words do. */
void verdict_make(struct arena *arena, const struct lexicon *lexicon, const char *words, size_t len,
                  const struct bounce_status *field, struct bounce_recipient *recipient);

#endif
