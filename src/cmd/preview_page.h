/*
 * The preview page in its two processes. The parent reads settings and keys, opens the socket, and
 * sends the tests that an editor asks for; the page's process, forked from it, speaks HTTP and can
 * do no more than read and write the database (preview/preview.h).
 *
 * They exchange single bytes: "send what is due", which is answered with the result, or "start
 * again", after which the page's process ends: its settings have changed, and the next one is
 * started with the new ones.
 */
#ifndef CMD_PREVIEW_PAGE_H
#define CMD_PREVIEW_PAGE_H

#include "cmd/program.h"

/* Serves until program->stop. `listen` NULL: as preview.listen says. */
bool preview_page_run(struct program *program, const char *listen, bool everywhere, int *status,
                      struct failure *why) MUST_CHECK;

#endif
