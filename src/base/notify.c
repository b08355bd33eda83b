#include "base/notify.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"

enum { NOTIFY_TEXT = 512 };

/* $WATCHDOG_USEC in microseconds, where $WATCHDOG_PID names this process or is not set. */
static int64_t read_watchdog(void)
{
    const char *time = getenv("WATCHDOG_USEC");
    const char *pid = getenv("WATCHDOG_PID");
    if (time == NULL || (pid != NULL && strtoll(pid, NULL, 10) != getpid())) {
        return 0;
    }
    long long us = strtoll(time, NULL, 10);
    return us > 0 ? us / 1000 : 0;
}

/* A path, or '@' and a name in the abstract namespace. */
static bool connect_to(int fd, const char *path)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    size_t len = strlen(path);
    if (len < 2 || len >= sizeof name.sun_path || (path[0] != '/' && path[0] != '@')) {
        errno = EINVAL;
        return false;
    }
    memcpy(name.sun_path, path, len);
    if (path[0] == '@') {
        name.sun_path[0] = '\0';
    }
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
    return connect(fd, (const struct sockaddr *)&name, size) == 0;
}

bool notify_open(struct notify *notify, struct failure *why)
{
    *notify = (struct notify){.fd = -1};
    const char *path = getenv("NOTIFY_SOCKET");
    if (path == NULL || path[0] == '\0') {
        return true;
    }
    notify->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool good = notify->fd >= 0 && connect_to(notify->fd, path);
    if (!good) {
        fail_errno(why, FAILURE_CONFIG, "cannot reach the service manager at $NOTIFY_SOCKET (%s)",
                   path);
        notify_close(notify);
    }
    notify->watchdog_ms = good ? read_watchdog() : 0;
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
    return good;
}

void notify_close(struct notify *notify)
{
    if (notify->fd >= 0) {
        close(notify->fd);
    }
    notify->fd = -1;
}

void notify_send(const struct notify *notify, const char *format, ...)
{
    char text[NOTIFY_TEXT];
    va_list values;
    if (notify->fd < 0) {
        return;
    }
    va_start(values, format);
    int len = vsnprintf(text, sizeof text, format, values);
    va_end(values);
    if (len > 0) {
        size_t size = (size_t)len < sizeof text ? (size_t)len : sizeof text - 1;
        ssize_t ignored = send(notify->fd, text, size, MSG_NOSIGNAL);
        (void)ignored;
    }
}

/* The manager matches a reload with its signal by this instant, which must not be earlier than the
 * signal; rounded down to a millisecond it could be. */
void notify_reloading(const struct notify *notify)
{
    notify_send(notify, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)clock_monotonic_us());
}
