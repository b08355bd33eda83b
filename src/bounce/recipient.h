/*
 * The class of one recipient, from the codes and words that a report has for it. What a code or a
 * sentence means is smtp/refusal's table; here is what goes before what.
 */
#ifndef BOUNCE_RECIPIENT_H
#define BOUNCE_RECIPIENT_H

#include "base/arena.h"
#include "bounce/report.h"
#include "smtp/refusal.h"

/* `words` are what a server said (a Diagnostic-Code, a paragraph of text; UTF-8), `field` the
 * Status field (all zero: none). Fills class, reason, code and status of the recipient. The
 * per-recipient code decides, but for codes that servers give for anything: there the words do.
 * Before both goes the command that was answered, `command` or, where that is REFUSAL_REPORT, what
 * the words say of it: to HELO and MAIL nothing is said of a reader. */
void recipient_classify(struct arena *arena, const char *words, size_t len,
                        enum refusal_command command, const struct bounce_status *field,
                        struct bounce_recipient *recipient);

#endif
