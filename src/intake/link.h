/* Which web addresses are accepted: those of RFC 3986, and what browsers accept beyond it. */
#ifndef INTAKE_LINK_H
#define INTAKE_LINK_H

#include "base/arena.h"

/* What is wrong with a web address, as the second half of a sentence ("\"…\" has no port …", in the
 * arena): an impossible host, a user or password, a port outside 1 to 65535. NULL if nothing is:
 * then *link is the address, with everything beyond ASCII after the host, brackets and a second "#"
 * written as %XX of their UTF-8. */
const char *link_read(struct arena *arena, const char *text, const char **link);

#endif
