/*
 * Comparisons as JSON: one object, an array of objects, or several of either one behind the other
 * (JSON Lines; what sqlite3 -json prints for two queries). verdicts-import(5) has the fields.
 */
#ifndef INTAKE_DOCUMENT_H
#define INTAKE_DOCUMENT_H

#include "intake/intake.h"

/* Hands over the comparisons one after the other, each complete (intake_complete), until one cannot
 * be read; what is there twice is found at the end. The failure begins
 * "name:line:column: ". An empty array has none. */
bool document_each(const char *name, const char *bytes, size_t len, struct way *way,
                   intake_take take, void *context, struct failure *why) MUST_CHECK;

#endif
