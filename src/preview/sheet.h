/* The contact sheet of `preview --out`: one page that shows the issue at three widths, light and
 * dark, as text, and with the findings of check. */
#ifndef PREVIEW_SHEET_H
#define PREVIEW_SHEET_H

#include "base/buf.h"
#include "check/check.h"
#include "issue/issue_view.h"

/* Appends the page; it needs no other file and no network. The same input gives the same bytes. */
bool sheet_make(struct arena *arena, const struct issue_view *view,
                const struct issue_view_copy *copy, const struct check_report *report,
                struct buf *out, struct failure *why) MUST_CHECK;

#endif
