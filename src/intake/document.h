/*
 * Comparisons as JSON: one object, an array of objects, or several of either one behind the other
 * (JSON Lines; what sqlite3 -json prints for two queries). verdicts-import(5) has the fields.
 */
#ifndef INTAKE_DOCUMENT_H
#define INTAKE_DOCUMENT_H

#include "intake/intake.h"

/* Reads all comparisons of the text or none; each is complete (intake_complete). A slug that is
 * there twice is an error. The failure begins "name:line:column: ". An empty array gives none. */
bool document_read(struct arena *arena, const char *name, const char *bytes, size_t len,
                   struct intake *intake, struct failure *why) MUST_CHECK;

#endif
