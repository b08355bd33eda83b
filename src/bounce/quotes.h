/*
 * Blanks out what a report quotes from the returned message. The quoted words do not say why it was
 * returned: an issue may well write about block lists and full mailboxes.
 */
#ifndef BOUNCE_QUOTES_H
#define BOUNCE_QUOTES_H

#include "bounce/evidence.h"

/* Makes body->said from body->text: blanks replace quoted lines and lines with a subject, so that
 * offsets stay the same. */
void quotes_blank(struct arena *arena, struct evidence_text *body);

/* Blanks out the returned message's subject wherever it occurs in body->said, unless it is so short
 * that anybody might have written it. */
void quotes_take(struct arena *arena, struct evidence_text *body, const char *subject);

#endif
