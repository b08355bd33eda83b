/*
 * Decides the class of one recipient by the codes and words that a report has for it. The meaning
 * of a code or a sentence is in the table of smtp/refusal; the order of precedence is here:
 *
 *   1. the command that was answered: an answer to HELO or MAIL says nothing about a reader
 *   2. words that excuse the reader, or that certainly mean that the address is dead
 *   3. the enhanced code, unless it is one that servers use for anything
 *   4. other words
 *   5. the reply code
 */
#ifndef BOUNCE_RECIPIENT_H
#define BOUNCE_RECIPIENT_H

#include "base/arena.h"
#include "bounce/report.h"
#include "smtp/refusal.h"

/* `words` are what a server said (a Diagnostic-Code, a paragraph of text; UTF-8), `field` is the
 * Status field (all zero: none). `command` is the command that was answered; if it is
 * REFUSAL_REPORT, the words may name it. Fills in class, reason, code and status of the recipient.
 */
void recipient_classify(struct arena *arena, const char *words, size_t len,
                        enum refusal_command command, const struct bounce_status *field,
                        struct bounce_recipient *recipient);

#endif
