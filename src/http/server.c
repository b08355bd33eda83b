#include "http/server.h"

#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/exchange.h"

enum {
    BODY_DEFAULT = 8 * 1024,
    CONNECTIONS_DEFAULT = 512,
    TIMEOUT_DEFAULT = 15,
    DEADLINE_DEFAULT = 60,
    DRAIN_MS = 10000,
};

static void connection_changed(void *context, struct MHD_Connection *connection, void **state,
                               enum MHD_ConnectionNotificationCode code)
{
    struct web_server *server = context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        *state = deadline_add(&server->deadlines, info->connect_fd, clock_monotonic_ms());
    } else if (*state != NULL) {
        deadline_remove(&server->deadlines, *state);
        *state = NULL;
    }
}

static void mhd_log(void *context, const char *format, va_list args)
{
    (void)context, (void)format, (void)args;
}

static bool start_daemon(struct web_server *server, struct failure *why)
{
    const struct web_options *options = &server->options;
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL,
        exchange_handle, server, MHD_OPTION_EXTERNAL_LOGGER, mhd_log, NULL,
        MHD_OPTION_LISTEN_SOCKET, options->listen_fd, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned int)options->connections, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned int)options->timeout, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_URI_LOG_CALLBACK, exchange_check_line, server,
        MHD_OPTION_NOTIFY_COMPLETED, exchange_end, server, MHD_OPTION_NOTIFY_CONNECTION,
        connection_changed, server, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    return server->daemon != NULL || fail(why, FAILURE_SYSTEM, "cannot start the HTTP server");
}

bool web_open(const struct web_options *options, struct web_server **server, struct failure *why)
{
    struct web_server *made = memory_resize(NULL, sizeof *made);
    *made = (struct web_server){.options = *options};
    struct web_options *own = &made->options;
    own->body_max = own->body_max > 0 ? own->body_max : BODY_DEFAULT;
    own->connections = own->connections > 0 ? own->connections : CONNECTIONS_DEFAULT;
    own->timeout = own->timeout > 0 ? own->timeout : TIMEOUT_DEFAULT;
    own->deadline = own->deadline > 0 ? own->deadline : DEADLINE_DEFAULT;
    made->deadlines.limit_ms = own->deadline * INT64_C(1000);
    if (!start_daemon(made, why)) {
        web_close(made);
        return false;
    }
    *server = made;
    return true;
}

void web_close(struct web_server *server)
{
    if (server == NULL) {
        return;
    }
    streams_end(&server->streams);
    if (server->daemon != NULL) {
        MHD_run(server->daemon);
        MHD_stop_daemon(server->daemon);
    }
    free(server);
}

void web_push(struct web_server *server, const char *event, const char *data)
{
    streams_push(&server->streams, event, data);
}

/* How long poll() may sleep: until libmicrohttpd or the caller has something to do. */
static int wait_ms(struct web_server *server, int tick_ms)
{
    MHD_UNSIGNED_LONG_LONG timeout;
    int wait = tick_ms > 0 && tick_ms < 1000 ? tick_ms : 1000;
    if (MHD_get_timeout(server->daemon, &timeout) == MHD_YES &&
        timeout < (MHD_UNSIGNED_LONG_LONG)wait) {
        wait = (int)timeout;
    }
    return wait;
}

static bool turn(struct web_server *server, int watch_fd, int tick_ms, bool *readable,
                 struct failure *why)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    struct pollfd fds[2] = {{.fd = info->epoll_fd, .events = POLLIN},
                            {.fd = watch_fd, .events = POLLIN}};
    int found = poll(fds, 2, wait_ms(server, tick_ms));
    *readable = found > 0 && (fds[1].revents & (POLLIN | POLLHUP | POLLERR)) != 0;
    if (found < 0 && errno != EINTR) {
        return fail_errno(why, FAILURE_SYSTEM, "the HTTP server");
    }
    deadlines_enforce(&server->deadlines, clock_monotonic_ms());
    if (MHD_run(server->daemon) != MHD_YES) {
        return fail(why, FAILURE_SYSTEM, "the HTTP server stopped");
    }
    return true;
}

/* No new connection is accepted; the requests in progress are answered. */
static bool drain(struct web_server *server, struct failure *why)
{
    int64_t until = clock_monotonic_ms() + DRAIN_MS;
    bool ignored;
    int fd = MHD_quiesce_daemon(server->daemon);
    if (fd >= 0) {
        close(fd);
    }
    streams_end(&server->streams);
    while (server->open > 0 && clock_monotonic_ms() < until) {
        if (!turn(server, -1, 50, &ignored, why)) {
            return false;
        }
    }
    return true;
}

bool web_run(struct web_server *server, volatile const int *stop, int watch_fd, int tick_ms,
             bool (*watch)(void *context), struct failure *why)
{
    int64_t next_tick = clock_monotonic_ms() + tick_ms;
    while (!*stop) {
        bool readable;
        if (!turn(server, watch_fd, tick_ms, &readable, why)) {
            return false;
        }
        bool due = tick_ms > 0 && clock_monotonic_ms() >= next_tick;
        if (watch != NULL && (readable || due)) {
            next_tick = clock_monotonic_ms() + tick_ms;
            if (!watch(server->options.context)) {
                break;
            }
            /* Sends what it pushed: a resumed connection does not wake poll(). */
            MHD_run(server->daemon);
        }
    }
    return drain(server, why);
}
