#include "smtp/connector.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { CONNECTOR_STACK = 512 * 1024 };

struct opening {
    struct connector *connector;
    pthread_t thread;
    bool started; /* there is a thread to join */
    struct connection result;
    struct opening *next; /* next in the list of finished openings */
};

struct connector {
    const struct relay *relay;
    struct dial *dial;
    int fd;
    size_t pending; /* begun and not yet taken; used by the loop's thread only */
    struct relay_stop stop;
    pthread_mutex_t lock; /* protects `finished` */
    struct opening *finished;
};

bool connector_start(const struct relay *relay, struct dialer *dialer, struct connector **out,
                     struct failure *why)
{
    struct connector *connector = memory_resize(NULL, sizeof *connector);
    *connector = (struct connector){.relay = relay, .dial = dialer_find(dialer, relay)};
    connector->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (connector->fd < 0) {
        free(connector);
        return fail_errno(why, FAILURE_SYSTEM, "eventfd");
    }
    pthread_mutex_init(&connector->lock, NULL);
    *out = connector;
    return true;
}

static void report(struct opening *opening)
{
    struct connector *connector = opening->connector;
    pthread_mutex_lock(&connector->lock);
    opening->next = connector->finished;
    connector->finished = opening;
    pthread_mutex_unlock(&connector->lock);
    uint64_t one = 1;
    ssize_t ignored = write(connector->fd, &one, sizeof one);
    (void)ignored; /* if the counter is full, the descriptor is readable anyway */
}

static void *open_connection(void *context)
{
    struct opening *opening = context;
    struct connection *result = &opening->result;
    struct connector *connector = opening->connector;
    struct dialed dialed;
    if (dial_connect(connector->dial, connector->relay, &connector->stop, &dialed, &result->why)) {
        result->curl = dialed.curl;
        result->fd = dialed.fd;
        result->offer = dialed.offer;
        result->tls = connector->relay->tls != RELAY_PLAIN;
    }
    report(opening);
    return NULL;
}

/* The loop's thread handles signals: an opening thread starts with all of them blocked. */
static int start_thread(struct opening *opening)
{
    pthread_attr_t attributes;
    sigset_t all, before;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, CONNECTOR_STACK);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&opening->thread, &attributes, open_connection, opening);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return error;
}

bool connector_open(struct connector *connector, size_t lane)
{
    if (connector->pending >= CONNECTOR_THREADS) {
        return false;
    }
    struct opening *opening = memory_resize(NULL, sizeof *opening);
    *opening = (struct opening){.connector = connector, .result = {.lane = lane, .fd = -1}};
    connector->pending++;
    opening->started = true; /* before the thread can report it */
    errno = start_thread(opening);
    if (errno != 0) {
        opening->started = false;
        fail_errno(&opening->result.why, FAILURE_SYSTEM, "no thread to open a connection in");
        report(opening);
    }
    return true;
}

bool connector_take(struct connector *connector, struct connection *connection)
{
    uint64_t count;
    ssize_t ignored = read(connector->fd, &count, sizeof count);
    (void)ignored; /* this only stops poll() from returning at once; the list is the truth */
    pthread_mutex_lock(&connector->lock);
    struct opening *opening = connector->finished;
    if (opening != NULL) {
        connector->finished = opening->next;
    }
    pthread_mutex_unlock(&connector->lock);
    if (opening == NULL) {
        return false;
    }
    if (opening->started) {
        pthread_join(opening->thread, NULL);
    }
    *connection = opening->result;
    free(opening);
    assert(connector->pending > 0);
    connector->pending--;
    return true;
}

void connector_stop(struct connector *connector)
{
    if (connector == NULL) {
        return;
    }
    atomic_store(&connector->stop.set, true);
    while (connector->pending > 0) {
        struct connection connection;
        if (connector_take(connector, &connection)) {
            curl_easy_cleanup(connection.curl);
        } else {
            usleep(1000);
        }
    }
    pthread_mutex_destroy(&connector->lock);
    close(connector->fd);
    free(connector);
}

int connector_fd(const struct connector *connector)
{
    return connector->fd;
}

size_t connector_pending(const struct connector *connector)
{
    return connector->pending;
}

bool connector_knows_login(const struct connector *connector)
{
    return dial_knows_login(connector->dial, connector->relay);
}
