/*
 * Somebody else's words in a report: what it quotes of the returned message. They do not say why it
 * was returned; an issue may well write about block lists and full mailboxes.
 */
#ifndef BOUNCE_QUOTES_H
#define BOUNCE_QUOTES_H

#include "bounce/evidence.h"

/* Makes body->said from body->text: blanks for quoted lines and lines that give a subject, so that
 * offsets stay the same. */
void quotes_blank(struct arena *arena, struct evidence_text *body);

/* Blanks out the returned message's subject wherever it occurs in body->said. Short subjects stay:
 * they may be anybody's words. */
void quotes_take(struct arena *arena, struct evidence_text *body, const char *subject);

#endif
