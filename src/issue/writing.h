/* What an editor writes, at the door: UTF-8, no control characters, of a length that can be sent.
 * Whether it is good (10 to 78 characters of a subject, and so on) is for check to say. */
#ifndef ISSUE_WRITING_H
#define ISSUE_WRITING_H

#include "base/arena.h"
#include "base/failure.h"

enum {
    WRITING_LINE_MAX = 200,  /* characters of a subject, a preheader, a headline */
    WRITING_NOTE_MAX = 4000, /* characters of a note */
    WRITING_NOTE_BYTES = 4 * WRITING_NOTE_MAX
};

/* A line: `what` is "subject", "preheader" or "headline" in the FAILURE_DATA. `*line` is the text
 * without white space around it, in `arena`. */
bool writing_check_line(struct arena *arena, const char *what, const char *text, const char **line,
                        struct failure *why) MUST_CHECK;

/* A note: `name` is the file that it is read from. */
bool writing_check_note(const char *name, const char *text, size_t len,
                        struct failure *why) MUST_CHECK;

/* The offset of the first character that stands in no text of ours, control characters but those in
 * `allowed` and those that turn the direction of text; `len` where there is none. */
size_t writing_find_control(const char *text, size_t len, const char *allowed);

#endif
