/*
 * Rate limits: how fast mail may be sent over a relay (its rate), and to each recipient domain
 * (deliver.domain_rate).
 *
 * Token buckets in the database, so that they survive a restart and several processes share them. A
 * rate of N per period holds in every window of that length, not only on average: the bucket holds
 * a second's worth (for short periods a tenth of N) and fills at a rate such that size + period *
 * fill is N + 1, of which the last falls into the next window. Single mails (confirmations) have a
 * tenth of the relay's rate to themselves, so that an issue to a million readers does not keep a
 * new subscriber waiting.
 */
#ifndef DELIVER_PACE_H
#define DELIVER_PACE_H

#include "settings/settings.h"
#include "store/delivery.h"

/* The parameters of a bucket for a rate. */
struct pace_shape {
    double size, per_second;
};
struct pace_shape pace_shape(struct settings_rate rate);

/* The rate of a domain: its own entry, otherwise that of "*", otherwise none (count 0). */
struct settings_rate pace_domain_rate(const struct settings *settings, const char *domain);

/* The part of a relay's rate that this queue may use. */
struct settings_rate pace_relay_rate(const struct settings_relay *relay,
                                     struct delivery_queue queue);

/* Takes the tokens for one message to `domain` over `relay`. `now_ms` is clock_now_ms(). If
 * `*wait_ms` is 0 it may be sent now. Otherwise nothing was taken, and `*of_relay` says whether the
 * relay's bucket is empty (no message may use it) or only the domain's. */
bool pace_take(struct store *store, const struct settings *settings,
               const struct settings_relay *relay, struct delivery_queue queue, const char *domain,
               int64_t now_ms, int64_t *wait_ms, bool *of_relay, struct failure *why) MUST_CHECK;

#endif
