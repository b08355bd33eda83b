#include "deliver/probe.h"

#include <poll.h>
#include <string.h>
#include <strings.h>

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

/* The word behind `command`, where the line begins with it; what follows may be a password. */
static void take_word(const char *line, size_t len, const char *command, char *word, size_t size)
{
    size_t at = strlen(command), used = 0;
    if (len <= at || strncasecmp(line, command, at) != 0) {
        return;
    }
    for (; at < len && line[at] > ' ' && line[at] <= '~' && used + 1 < size; at++) {
        word[used++] = line[at];
    }
    word[used] = '\0';
}

/* libcurl keeps to itself what it has agreed on; its trace tells. */
static int note_trace(CURL *curl, curl_infotype type, char *line, size_t len, void *context)
{
    struct probe *probe = context;
    (void)curl;
    if (type == CURLINFO_HEADER_OUT) {
        take_word(line, len, "EHLO ", probe->ehlo, sizeof probe->ehlo);
        take_word(line, len, "AUTH ", probe->login, sizeof probe->login);
    } else if (type == CURLINFO_TEXT) {
        take_word(line, len, "SSL connection using ", probe->tls, sizeof probe->tls);
    }
    return 0;
}

static bool try_connection(struct probe *probe, struct failure *why)
{
    char error[CURL_ERROR_SIZE];
    struct relay_stop stop = {0};
    CURL *curl = relay_handle(&probe->relay, &probe->offer, error, &stop, why);
    if (curl == NULL) {
        return false;
    }
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L); /* to the function alone */
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, note_trace);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, probe);
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
    return relay_read(arena, &settings->smtp, &probe->relay, why) &&
           (probe->relay.kind != RELAY_SMTP || try_connection(probe, why));
}
