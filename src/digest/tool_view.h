/*
 * The variables of one tool: its facts, its bars and its quotes, as the templates read them.
 *
 * A bar is a chart of two cells in HTML and "[######----]" in plaintext; a small jury is a row of
 * squares, "###-". Each number is also given in words beside it.
 */
#ifndef DIGEST_TOOL_VIEW_H
#define DIGEST_TOOL_VIEW_H

#include "base/model.h"
#include "base/value.h"
#include "digest/jury.h"
#include "digest/say.h"
#include "digest/voice.h"

enum {
    TOOL_VIEW_BAR_CELLS = 10,
    TOOL_VIEW_SQUARES_MAX = 10, /* a larger jury gets a bar */
    TOOL_VIEW_DESCRIPTION = 260 /* characters */
};

/* {known, percent, text, figure, is_counted, filled, empty, has_filled, has_empty, bar, bar_padded,
 * has_squares, squares[]{is_filled}, squares_text, chart}. `absent` is the text for an unknown
 * percentage. */
struct value *tool_view_share(const struct say *say, const struct jury *jury, const char *absent);

/* "[######----] 60%"; only a share of 100 % looks full, only one of 0 % looks empty. "[no verdict]"
 * for PERCENT_NONE. */
char *tool_view_bar(const struct say *say, int percent);

/* The whole profile of a tool, with its reviewer split, a sentence for it and one against it or a
 * doubt, as far as there are clear ones (digest/voice.h). `shared` marks the tool that all others
 * meet, here and in a row. */
struct value *tool_view_profile(const struct say *say, const struct voice_words *words,
                                const struct tool *tool, bool shared);

/* A row of a story's table: rank "1", "=2". */
struct value *tool_view_row(const struct say *say, const struct tool *tool, const char *rank,
                            bool shared);

/* An https link or NULL: nothing else is a link in a mail. */
const char *tool_view_link(const char *url);

/* Sets first, last and position (from 1) in the elements of a list. */
void tool_view_number(struct arena *arena, struct value *list);

#endif
