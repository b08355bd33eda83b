/* Which of two prices is the lower one, where that can be said. */
#ifndef DIGEST_PRICE_COMPARE_H
#define DIGEST_PRICE_COMPARE_H

#include "digest/price.h"

enum price_order { PRICE_LESS, PRICE_SAME, PRICE_MORE, PRICE_APART };

/* The order of the first price to the other one; APART where they do not compare. Both are
 * PRICE_AMOUNT. A month has 28 to 31 days: what differs by less than that is apart too. */
enum price_order price_compare(const struct price *one, const struct price *other);

#endif
