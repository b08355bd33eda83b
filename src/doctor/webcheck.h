/*
 * Whether the web server in front of `serve` passes everything on, asked from outside as a reader's
 * mail program asks.
 *
 * Nobody sees from a settings file that a link to leave ends at the web server. Three questions
 * tell: is it well, does a link to leave open its page, is one pressed by a machine (RFC 8058)
 * taken. They carry a made-up token and change nothing.
 */
#ifndef DOCTOR_WEBCHECK_H
#define DOCTOR_WEBCHECK_H

#include "base/arena.h"
#include "base/failure.h"

struct webcheck {
    const char *fine;    /* what works */
    const char *warning; /* and what does, but not as it should; NULL: nothing */
};

/* `url` is subscribe.url. The failure says what does not arrive and what to write instead:
 * FAILURE_UNAVAILABLE where nobody answers, FAILURE_CONFIG where somebody else does. */
bool webcheck_run(struct arena *arena, const char *url, struct webcheck *check,
                  struct failure *why) MUST_CHECK;

#endif
