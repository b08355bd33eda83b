/*
 * The mail domains that very many people have: which of their spellings reach one mailbox, and
 * which domain was meant by a slip of the finger. For limits and suggestions alone: nobody's
 * address is ever changed by it.
 */
#ifndef SUBSCRIBERS_PROVIDER_H
#define SUBSCRIBERS_PROVIDER_H

#include "mail/address.h"

struct provider {
    const char *domain;
    const char *mailboxes; /* the domain that has the same mailboxes; NULL: none but itself */
    const char *ignored;   /* characters that mean nothing before the @; NULL: each has a meaning */
};

enum { PROVIDER_COUNT = 24 };
extern const struct provider providers[PROVIDER_COUNT];

/* NULL where the domain, in lower case, stands not in the table. */
const struct provider *provider_find(const char *domain);

/* One spelling for all that reach the mailbox: "a.n.n+news@googlemail.com" is "ann@gmail.com", and
 * "ann+news@example.org" is "ann@example.org". */
void provider_mailbox(const struct address *address, char out[sizeof address->key]);

#endif
