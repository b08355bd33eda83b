/*
 * The archive and its feed: each issue that was sent, as a web page. The same residual programs
 * that made the mails make the page, without a reader, so it contains nobody's token.
 *
 * A site whose web server should answer without `serve` gets the same pages as files.
 */
#ifndef SIGNUP_ARCHIVE_H
#define SIGNUP_ARCHIVE_H

#include "signup/site.h"

void archive_handle_list(void *context, const struct web_request *request,
                         struct web_answer *answer);
void archive_handle_feed(void *context, const struct web_request *request,
                         struct web_answer *answer);
void archive_handle_issue(void *context, const struct web_request *request,
                          struct web_answer *answer);

/* Takes one file: its path below subscribe.url ("issues/index.html"), and its content, which
 * belongs to the archive again afterwards. */
typedef bool (*archive_put)(void *context, const char *path, const struct buf *content,
                            struct failure *why);

/* Writes the files through `put`: those that pages need, then every issue that was sent, and last
 * the list and the feed, so that these never link to a page that is not there yet. The site's pages
 * must be loaded. */
bool archive_write(struct site *site, archive_put put, void *context,
                   struct failure *why) MUST_CHECK;

#endif
