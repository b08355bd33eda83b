/*
 * Checks that the web server in front of `serve` forwards every request, by sending some from
 * outside as a reader's mail program would.
 *
 * No settings file shows that an unsubscribe link ends at the web server instead of here. Three
 * requests do: the health page, an unsubscribe link opened as a page, and the same link as a
 * one-click POST (RFC 8058). They use a made-up token and change nothing.
 */
#ifndef DOCTOR_WEBCHECK_H
#define DOCTOR_WEBCHECK_H

#include "base/arena.h"
#include "base/failure.h"

struct webcheck {
    const char *fine;    /* what works */
    const char *warning; /* what works, but not as it should; NULL: nothing */
};

/* `url` is subscribe.url. The failure says which request does not arrive and what to change:
 * FAILURE_UNAVAILABLE if nothing answers, FAILURE_CONFIG if something other than serve answers. */
bool webcheck_run(struct arena *arena, const char *url, struct webcheck *check,
                  struct failure *why) MUST_CHECK;

#endif
