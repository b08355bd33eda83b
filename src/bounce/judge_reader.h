/*
 * What the judge changes on a reader: the bounce score, and the status.
 *
 *   from            to          by                     when
 *   --------------  ----------  ---------------------  ----------------------------------------
 *   confirmed       bounced     judge_score.c          bounce.hard_limit days with a hard bounce,
 *                                                      or a score of bounce.score_limit
 *   bounced         confirmed   judge_refusal.c        the bounces that took the reader off the
 *                                                      list were not the reader's fault
 *   any but erased  complained  judge_complaint.c      a complaint by a feedback loop of ours
 *   pending,        left, or    judge->leave, which    a request to leave by mail, or any other
 *   confirmed,      removed     is subscription_leave  complaint
 *   bounced                     (subscribers/)
 *
 * Each of these, and each change of a score, is a line at debug, written when it is decided (for
 * the last row by subscribers/):
 * `subscriber enters subscriber=ID from=confirmed to=bounced cause="…"` and
 * `subscriber scores subscriber=ID from=1.0 to=2.0 cause="…"`. If the commit that follows fails,
 * the run ends with that failure, and the next one decides again.
 */
#ifndef BOUNCE_JUDGE_READER_H
#define BOUNCE_JUDGE_READER_H

#include "bounce/judge.h"
#include "store/subscriber.h"

/* Changes the status, with an entry of that kind and form in the record of consent. `reason` is its
 * wording, and why the person left unless the new status is confirmed. */
bool judge_set_status(const struct judge *judge, const struct subscriber *person,
                      enum subscriber_status status, const char *kind, const char *reason,
                      const char *form, struct failure *why) MUST_CHECK;

/* Saves score, days with a hard bounce and time of the last bounce as they are in `person`. The
 * score was `before`. */
bool judge_save_score(const struct judge *judge, const struct subscriber *person, double before,
                      const char *cause, struct failure *why) MUST_CHECK;

/* Whether the person has reached one of the limits that take readers off the list. */
bool judge_is_over_limit(const struct judge *judge, const struct subscriber *person);

#endif
