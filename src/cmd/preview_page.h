/*
 * The preview page in its two processes. The parent reads settings and keys, opens the socket, and
 * sends the tests that an editor asks for; the page's process, forked from it, talks HTTP and can
 * do no more than look and write into the database (preview/preview.h).
 *
 * Between them goes one byte: "send what is due", which is answered with what came of it, or "begin
 * anew", by which the page ends: its settings have changed, and the next one is born with them.
 */
#ifndef CMD_PREVIEW_PAGE_H
#define CMD_PREVIEW_PAGE_H

#include "cmd/program.h"

/* Serves until program->stop. `listen` NULL: as preview.listen says. */
bool preview_page_run(struct program *program, const char *listen, bool everywhere, int *status,
                      struct failure *why) MUST_CHECK;

#endif
