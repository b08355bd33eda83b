/* Comparisons as JSON: one object, an array of objects, or several of either one after the other
 * (JSON Lines; what sqlite3 -json prints for two queries). verdicts-import(5) documents the
 * fields. */
#ifndef INTAKE_DOCUMENT_H
#define INTAKE_DOCUMENT_H

#include "intake/intake.h"

/* Hands over the comparisons one by one, each complete (intake_complete), until one cannot be read;
 * duplicates are found at the end. The failure begins "name:line:column: ". An empty array has no
 * comparisons. */
bool document_each(const char *name, const char *bytes, size_t len, struct way *way,
                   intake_take take, void *context, struct failure *why) MUST_CHECK;

#endif
