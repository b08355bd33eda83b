/*
 * Opens connections outside the event loop, each in a thread of its own.
 *
 * A TLS handshake takes milliseconds of CPU and a greeting may take seconds, while the loop has
 * other lanes to serve. A finished connection is put into a list, and a descriptor becomes
 * readable. A libcurl handle belongs to one thread at a time: to the opening thread until it is in
 * the list, to the loop from then on.
 */
#ifndef SMTP_CONNECTOR_H
#define SMTP_CONNECTOR_H

#include "smtp/dialer.h"

/* The most openings at a time; further ones wait in the loop. */
enum { CONNECTOR_THREADS = 16 };

/* The result of an opening. */
struct connection {
    CURL *curl; /* NULL: it failed; otherwise the receiver cleans it up */
    int fd;
    bool tls;
    size_t lane; /* the lane that asked for it */
    struct relay_offer offer;
    struct failure why;
};

struct connector;

/* `relay` and `dialer` must outlive the connector. */
bool connector_start(const struct relay *relay, struct dialer *dialer, struct connector **connector,
                     struct failure *why) MUST_CHECK;

/* Aborts all openings, waits for their threads, and frees connections that nobody has taken. Takes
 * at most a second, or until a thread has its answer from the resolver or a token server. Accepts
 * NULL. */
void connector_stop(struct connector *connector);

/* Poll this descriptor for reading. */
int connector_fd(const struct connector *connector);

/* Starts an opening for `lane`; false if CONNECTOR_THREADS are busy: ask again later. If no thread
 * can be created, the opening has failed (FAILURE_SYSTEM) and is taken like any other failed one.
 */
bool connector_open(struct connector *connector, size_t lane);

/* The next finished opening; false if there is none now. */
bool connector_take(struct connector *connector, struct connection *connection);

/* The number of openings that were not taken yet. */
size_t connector_pending(const struct connector *connector);

/* See dial_knows_login(). */
bool connector_knows_login(const struct connector *connector);

#endif
