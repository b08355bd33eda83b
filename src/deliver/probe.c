#include "deliver/probe.h"

#include <poll.h>

#include "base/clock.h"

enum { GOODBYE_MS = 2000 };

/* A server that is left without a word writes so into its log. */
static void say_goodbye(CURL *curl)
{
    static const char quit[] = "QUIT\r\n";
    curl_socket_t fd = CURL_SOCKET_BAD;
    size_t sent;
    if (curl_easy_send(curl, quit, sizeof quit - 1, &sent) == CURLE_OK &&
        curl_easy_getinfo(curl, CURLINFO_ACTIVESOCKET, &fd) == CURLE_OK && fd != CURL_SOCKET_BAD) {
        struct pollfd answer = {.fd = fd, .events = POLLIN};
        poll(&answer, 1, GOODBYE_MS);
    }
}

static bool try_connection(struct probe *probe, struct failure *why)
{
    char error[CURL_ERROR_SIZE];
    struct relay_stop stop = {0};
    CURL *curl = relay_handle(&probe->relay, &probe->offer, error, &stop, why);
    if (curl == NULL) {
        return false;
    }
    int64_t began_ms = clock_monotonic_ms();
    CURLcode code = curl_easy_perform(curl);
    probe->ms = clock_monotonic_ms() - began_ms;
    bool good = relay_opened(&probe->relay, code, &probe->offer, error, why);
    if (code == CURLE_OK) {
        say_goodbye(curl);
    }
    curl_easy_cleanup(curl);
    return good;
}

bool probe_relay(struct arena *arena, const struct settings *settings, struct probe *probe,
                 struct failure *why)
{
    *probe = (struct probe){0};
    return relay_read(arena, settings, &probe->relay, why) &&
           (probe->relay.kind != RELAY_SMTP || try_connection(probe, why));
}
