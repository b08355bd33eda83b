#include "smtp/probe.h"

#include <poll.h>

#include "base/clock.h"
#include "smtp/dialer.h"

enum { GOODBYE_MS = 2000 };

/* Servers log a connection that is dropped without QUIT. */
static void say_goodbye(CURL *curl, curl_socket_t fd)
{
    static const char quit[] = "QUIT\r\n";
    size_t sent;
    if (curl_easy_send(curl, quit, sizeof quit - 1, &sent) == CURLE_OK) {
        struct pollfd answer = {.fd = fd, .events = POLLIN};
        poll(&answer, 1, GOODBYE_MS);
    }
}

static bool try_connection(struct probe *probe, struct failure *why)
{
    struct dialer dialer = {0};
    struct relay_stop stop = {0};
    struct dialed dialed;
    int64_t began_ms = clock_monotonic_ms();
    bool good =
        dial_connect(dialer_find(&dialer, &probe->relay), &probe->relay, &stop, &dialed, why);
    probe->ms = clock_monotonic_ms() - began_ms;
    probe->offer = dialed.offer;
    probe->trace = dialed.trace;
    if (good) {
        say_goodbye(dialed.curl, dialed.fd);
        curl_easy_cleanup(dialed.curl);
    }
    dialer_free(&dialer);
    return good;
}

bool probe_relay(struct arena *arena, const struct settings_relay *settings, struct probe *probe,
                 struct failure *why)
{
    *probe = (struct probe){0};
    bool good = relay_read(arena, settings, &probe->relay, why) &&
                (probe->relay.kind != RELAY_SMTP || try_connection(probe, why));
    relay_wipe(&probe->relay);
    return good;
}
