/* Shows how the program classifies given messages: `bounces --explain`. Changes nothing. */
#ifndef BOUNCE_EXPLAIN_H
#define BOUNCE_EXPLAIN_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/failure.h"
#include "base/value.h"
#include "bounce/sandbox.h"

/* Classifies the file ("-": standard input); of a file that is too long for the sandbox, only its
 * beginning. `*dead`: the process that parsed it died. */
bool explain_file(struct sandbox *sandbox, const char *path, struct bounce_report *report,
                  bool *dead, struct failure *why) MUST_CHECK;

/* {"file","class","code","enhanced","recipient","token","detector","reason"}, null for missing
 * values; with several recipients also an array "recipients" of addresses. */
struct value *explain_value(struct arena *arena, const char *file,
                            const struct bounce_report *report);

/* The same as lines for people. */
void explain_text(struct buf *out, const char *file, const struct bounce_report *report);

#endif
