/*
 * The archive and its feed: each issue that was sent as a web page, by the program that made the
 * mails, run without any reader. No token of anybody stands in it.
 *
 * A site whose web server is to answer without `serve` gets the same pages as files.
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

/* Takes one file: its path below the address that subscribe.url names ("issues/index.html"), and
 * its content, which is the archive's again afterwards. */
typedef bool (*archive_put)(void *context, const char *path, const struct buf *content,
                            struct failure *why);

/* Hands over the files: what pages need, every issue that has left, and last the list and the feed,
 * so that these never lead to a page that is not there. The site's pages are loaded. */
bool archive_write(struct site *site, archive_put put, void *context,
                   struct failure *why) MUST_CHECK;

#endif
