/* The rule for addresses that come in: RFC 3986, and what a browser would make of the rest. */
#ifndef INTAKE_LINK_H
#define INTAKE_LINK_H

#include "base/arena.h"

/* What is wrong with a web address, as a whole sentence's second half ("\"…\" has no port …", in
 * the arena): a host that cannot be one, a user or password, a port that is not from 1 to 65535.
 * NULL where it fits: then *link is the address with all that is beyond ASCII behind the host
 * written as the %XX of its UTF-8, and so are brackets and a second "#". */
const char *link_read(struct arena *arena, const char *text, const char **link);

#endif
