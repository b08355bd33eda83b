/*
 * Opens connections outside the loop, in a thread for each opening.
 *
 * A TLS handshake costs milliseconds of computing and a greeting may take seconds, while the loop
 * has other lanes to serve. A connection that is ready is put into a list, and a descriptor becomes
 * readable. A handle belongs to one thread at a time: to the opening thread until it is in the
 * list, to the loop from then on.
 */
#ifndef SMTP_CONNECTOR_H
#define SMTP_CONNECTOR_H

#include "smtp/dialer.h"

/* No more openings at once; others wait in the loop. */
enum { CONNECTOR_THREADS = 16 };

/* A finished opening. */
struct connection {
    CURL *curl; /* NULL: it failed; else the receiver's to clean up */
    int fd;
    bool tls;
    size_t lane; /* who asked */
    struct relay_offer offer;
    struct failure why;
};

struct connector;

/* `relay` and `dialer` must outlive the connector. */
bool connector_start(const struct relay *relay, struct dialer *dialer, struct connector **connector,
                     struct failure *why) MUST_CHECK;

/* Stops what is being opened, waits for the threads, and cleans up what nobody has taken. That
 * takes a second at most, or until a thread has its answer from the resolver or a token server.
 * Accepts NULL. */
void connector_stop(struct connector *connector);

/* Poll this for reading. */
int connector_fd(const struct connector *connector);

/* Begins to open a connection for `lane`; false when CONNECTOR_THREADS are busy: ask again later.
 * Where no thread can be had the opening has failed (FAILURE_SYSTEM), and is taken like others that
 * have. */
bool connector_open(struct connector *connector, size_t lane);

/* The next finished opening; false if there is none now. */
bool connector_take(struct connector *connector, struct connection *connection);

/* Openings not taken yet. */
size_t connector_pending(const struct connector *connector);

/* See dial_knows_login(). */
bool connector_knows_login(const struct connector *connector);

#endif
