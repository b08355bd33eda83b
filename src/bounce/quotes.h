/*
 * Another's words in a report: what it quotes of the message that came back. They say nothing of
 * why it did; an issue may well write of block lists and full mailboxes.
 */
#ifndef BOUNCE_QUOTES_H
#define BOUNCE_QUOTES_H

#include "bounce/evidence.h"

/* Makes body->said, of body->text: blanks for quoted lines and lines that give a subject, so that
 * what is left stands where it stood. */
void quotes_blank(struct arena *arena, struct evidence_text *body);

/* Blanks out the returned message's subject wherever it stands in body->said. Short ones stay, as
 * they may be anybody's words. */
void quotes_take(struct arena *arena, struct evidence_text *body, const char *subject);

#endif
