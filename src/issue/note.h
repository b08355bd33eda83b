/*
 * Reads an editor's note, written in a small part of CommonMark: paragraphs, emphasis, links and
 * lists. Everything else (raw HTML, images, headings, code, quotations, rules, line breaks) is
 * refused with its line and column, because the mail would not show what was meant.
 *
 * The only file that uses libcmark.
 */
#ifndef ISSUE_NOTE_H
#define ISSUE_NOTE_H

#include "base/failure.h"
#include "digest/note_view.h"

/* `name` ("note.md") stands before the line and the column (in bytes, from 1) of a FAILURE_DATA.
 * Everything lives in `arena`. */
bool note_read(struct arena *arena, const char *name, const char *text, size_t len,
               struct note **note, struct failure *why) MUST_CHECK;

#endif
