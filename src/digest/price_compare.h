/* Which of two prices is lower, where that can be decided. */
#ifndef DIGEST_PRICE_COMPARE_H
#define DIGEST_PRICE_COMPARE_H

#include "digest/price.h"

enum price_order { PRICE_LESS, PRICE_SAME, PRICE_MORE, PRICE_APART };

/* The order of the first price relative to the other; APART if they do not compare. Both are
 * PRICE_AMOUNT. A month has 28 to 31 days: prices that differ by less than that are APART too. */
enum price_order price_compare(const struct price *one, const struct price *other);

#endif
