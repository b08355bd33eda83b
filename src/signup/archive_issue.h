/*
 * One issue of the archive: its entry in lists and the feed, and its page.
 *
 * The page is the mail as it was frozen, byte for byte, in a frame: a title with the site's name,
 * what other sites show for a link to it, a landmark around it, and links to the neighbouring
 * issues. The frame consists of two pages of the operator's, issue-head and issue-nav. A mail
 * without head and body to put them into (an operator's own template may be anything) is shown as
 * it is.
 */
#ifndef SIGNUP_ARCHIVE_ISSUE_H
#define SIGNUP_ARCHIVE_ISSUE_H

#include "signup/site.h"
#include "store/issue.h"

/* Whether copies were sent: they link to the page, so it must be there. */
bool archive_issue_was_sent(const struct issue *issue);
/* Whether lists link to it. One that was cancelled while it was being sent is withdrawn, and stays
 * at its address for those who have the mail. */
bool archive_issue_is_listed(const struct issue *issue);

/* {week, number, subject, preheader, url; date and updated in ISO 8601, date_words}. */
struct value *archive_issue_value(const struct site *site, struct arena *arena,
                                  const struct issue *issue);

/* Appends the page of one of `issues`, which are all issues, newest first. */
bool archive_issue_page(struct site *site, struct arena *arena, const struct issue *issues,
                        size_t count, const struct issue *issue,
                        const struct issue_variant *variant, struct buf *out,
                        struct failure *why) MUST_CHECK;

#endif
