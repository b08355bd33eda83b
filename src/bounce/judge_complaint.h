/*
 * Complaints: who leaves, and for how long.
 *
 *   proof                                                       effect
 *   ----------------------------------------------------------  -----------------------------------
 *   a token of ours: somebody has a copy, perhaps forwarded     the reader leaves, as by the link,
 *                                                                 and can come back
 *   … and our own mail server's Authentication-Results          a keyed hash also keeps the address
 *     (bounce.authserv_id) prove a sender of                      out of every import
 *     bounce.feedback_from
 */
#ifndef BOUNCE_JUDGE_COMPLAINT_H
#define BOUNCE_JUDGE_COMPLAINT_H

#include "bounce/judge.h"
#include "mail/address.h"
#include "store/subscriber.h"

/* Whether the Authentication-Results of bounce.authserv_id prove one of bounce.feedback_from. */
bool complaint_is_proven(const struct settings *settings, const struct bounce_report *report);

/* Takes whoever has the address now off the list. `owner` is NULL if nobody has it any more. */
bool complaint_follow(const struct judge *judge, const struct address *address,
                      const struct subscriber *owner, bool proven, struct failure *why) MUST_CHECK;

#endif
