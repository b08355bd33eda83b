/* Determines the client's network address; a proxy's word counts only if it is configured as
 * trusted. */
#ifndef HTTP_ORIGIN_H
#define HTTP_ORIGIN_H

#include <stdbool.h>
#include <sys/socket.h>

enum { ORIGIN_TEXT = 64 };

/* The client's address as text. If the peer is NULL (a unix socket: only our own proxy connects to
 * it) or within one of `trusted` (addresses and networks like 10.0.0.0/8, ending with NULL; NULL:
 * none), it is the last address of X-Forwarded-For that is not itself trusted. Anything that is not
 * an address is ignored. */
void origin_of(const struct sockaddr *peer, const char *const *trusted, const char *forwarded,
               char out[ORIGIN_TEXT]);

/* The network of an address, for limits and for the consent ledger: /24 of IPv4, /64 of IPv6;
 * "unix" is kept. */
void origin_network(const char *origin, char out[ORIGIN_TEXT]);

/* The networks that may belong to one owner, smallest first, "" if there is none: /64, /56 and /48
 * of IPv6 (RFC 6177), /24 and /16 of IPv4. */
enum { ORIGIN_NETWORKS = 3 };
void origin_networks(const char *origin, char out[ORIGIN_NETWORKS][ORIGIN_TEXT]);

/* Whether an address is within "address" or "address/bits". */
bool origin_within(const char *address, const char *network);

#endif
