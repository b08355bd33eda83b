/*
 * Complaints: who goes, and for how long.
 *
 * A token of ours says that somebody has a copy, and copies are forwarded: by itself it takes the
 * reader off like the link to leave, which its reader can undo. For good, by a keyed hash that
 * keeps the address out of every import, only where our own mail server has proven that the report
 * comes from a feedback loop of ours.
 */
#ifndef BOUNCE_JUDGE_COMPLAINT_H
#define BOUNCE_JUDGE_COMPLAINT_H

#include "bounce/judge.h"
#include "mail/address.h"
#include "store/subscriber.h"

/* Whether the Authentication-Results of bounce.authserv_id prove one of bounce.feedback_from. */
bool complaint_is_proven(const struct settings *settings, const struct bounce_report *report);

/* Takes whoever has the address now off the list. `owner` NULL: it is nobody's any more. */
bool complaint_follow(const struct judge *judge, const struct address *address,
                      const struct subscriber *owner, bool proven, struct failure *why) MUST_CHECK;

#endif
