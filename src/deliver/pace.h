/*
 * Rate limits: how fast a relay (its rate), and each recipient domain (deliver.domain_rate), may be
 * sent to.
 *
 * Token buckets in the database, so that they survive a restart and several processes share them. A
 * rate of N in a period holds in every window of that period, not only on average: the bucket holds
 * a second's worth (of short periods a tenth of N) and fills with the rest, so that size + period *
 * fill is N + 1, of which the last falls into the next window. Single mails (confirmations) have a
 * tenth of the relay's rate to themselves, so that an issue to a million readers does not keep a
 * new subscriber waiting.
 */
#ifndef DELIVER_PACE_H
#define DELIVER_PACE_H

#include "settings/settings.h"
#include "store/delivery.h"

/* A bucket's shape for a rate. */
struct pace_shape {
    double size, per_second;
};
struct pace_shape pace_shape(struct settings_rate rate);

/* The rate of a domain: its own entry, else that of "*", else none (count 0). */
struct settings_rate pace_domain_rate(const struct settings *settings, const char *domain);

/* The part of a relay's rate that this queue may use. */
struct settings_rate pace_relay_rate(const struct settings_relay *relay,
                                     struct delivery_queue queue);

/* Takes the tokens for one message to `domain` by `relay`. `now_ms` is clock_now_ms(). `*wait_ms`
 * 0: it may leave now. Otherwise nothing was taken; `*of_relay` tells whether the relay's bucket is
 * empty (nobody may leave by it) or only the domain's. */
bool pace_take(struct store *store, const struct settings *settings,
               const struct settings_relay *relay, struct delivery_queue queue, const char *domain,
               int64_t now_ms, int64_t *wait_ms, bool *of_relay, struct failure *why) MUST_CHECK;

#endif
