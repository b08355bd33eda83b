#include "http/origin.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Both families as 16 octets; IPv4 is mapped, so that one comparison works for both. */
static bool parse(const char *text, unsigned char octets[16], bool *v4)
{
    struct in_addr four;
    *v4 = inet_pton(AF_INET, text, &four) == 1;
    if (*v4) {
        memset(octets, 0, 10);
        memset(octets + 10, 0xFF, 2);
        memcpy(octets + 12, &four, 4);
        return true;
    }
    if (inet_pton(AF_INET6, text, octets) != 1) {
        return false;
    }
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    *v4 = memcmp(octets, mapped, sizeof mapped) == 0;
    return true;
}

static void print(const unsigned char octets[16], bool v4, char out[ORIGIN_TEXT])
{
    if (v4) {
        inet_ntop(AF_INET, octets + 12, out, ORIGIN_TEXT);
    } else {
        inet_ntop(AF_INET6, octets, out, ORIGIN_TEXT);
    }
}

static bool same_bits(const unsigned char *left, const unsigned char *right, int bits)
{
    int whole = bits / 8;
    if (memcmp(left, right, (size_t)whole) != 0) {
        return false;
    }
    int rest = bits % 8;
    return rest == 0 || (left[whole] ^ right[whole]) >> (8 - rest) == 0;
}

bool origin_within(const char *address, const char *network)
{
    char base[ORIGIN_TEXT];
    unsigned char left[16], right[16];
    bool left_v4, right_v4;
    if (strcmp(address, network) == 0) {
        return true;
    }
    size_t len = strcspn(network, "/");
    if (len >= sizeof base) {
        return false;
    }
    snprintf(base, sizeof base, "%.*s", (int)len, network);
    if (!parse(address, left, &left_v4) || !parse(base, right, &right_v4) || left_v4 != right_v4) {
        return false;
    }
    int most = left_v4 ? 32 : 128;
    int bits = network[len] == '/' ? (int)strtol(network + len + 1, NULL, 10) : most;
    if (bits < 0 || bits > most) {
        return false;
    }
    return same_bits(left, right, left_v4 ? bits + 96 : bits);
}

static void peer_text(const struct sockaddr *peer, char out[ORIGIN_TEXT])
{
    unsigned char octets[16];
    bool v4;
    out[0] = '\0';
    if (peer == NULL || peer->sa_family == AF_UNIX || peer->sa_family == AF_UNSPEC) {
        snprintf(out, ORIGIN_TEXT, "unix");
    } else if (peer->sa_family == AF_INET) {
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)peer)->sin_addr, out,
                  ORIGIN_TEXT);
    } else {
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)peer)->sin6_addr, out,
                  ORIGIN_TEXT);
        if (parse(out, octets, &v4)) {
            print(octets, v4, out);
        }
    }
}

/* The peer on a unix socket is a program on this machine that may open it: the web server. */
static bool is_proxy(const char *address, const char *const *trusted)
{
    bool found = strcmp(address, "unix") == 0;
    for (; !found && trusted != NULL && *trusted != NULL; trusted++) {
        found = origin_within(address, *trusted);
    }
    return found;
}

static bool is_port(const char *text)
{
    return text[0] == ':' && strspn(text + 1, "0123456789") == strlen(text + 1) &&
           strlen(text) > 1 && strlen(text) <= sizeof ":65535" - 1;
}

/* Some proxies append the client's port: "203.0.113.9:51034", "[2001:db8::1]:51034". It is removed;
 * any other text is left as it is, and will not parse as an address. */
static void drop_port(char word[ORIGIN_TEXT])
{
    char *colon = strchr(word, ':');
    char *end = word[0] == '[' ? strchr(word, ']') : NULL;
    if (end != NULL && (end[1] == '\0' || is_port(end + 1)) && colon != NULL && colon < end) {
        *end = '\0';
        memmove(word, word + 1, strlen(word + 1) + 1);
    } else if (word[0] != '[' && colon != NULL && strchr(word, '.') != NULL && is_port(colon)) {
        *colon = '\0';
    }
}

/* The list is read from its end, where our own proxy has written. */
void origin_of(const struct sockaddr *peer, const char *const *trusted, const char *forwarded,
               char out[ORIGIN_TEXT])
{
    peer_text(peer, out);
    size_t end = forwarded != NULL ? strlen(forwarded) : 0;
    while (end > 0 && is_proxy(out, trusted)) {
        size_t start = end;
        while (start > 0 && forwarded[start - 1] != ',') {
            start--;
        }
        size_t from = start + strspn(forwarded + start, " \t");
        size_t to = end;
        while (to > from && (forwarded[to - 1] == ' ' || forwarded[to - 1] == '\t')) {
            to--;
        }
        char word[ORIGIN_TEXT];
        unsigned char octets[16];
        bool v4;
        snprintf(word, sizeof word, "%.*s", (int)(to - from), forwarded + from);
        drop_port(word);
        if (to - from >= sizeof word || !parse(word, octets, &v4)) {
            return;
        }
        print(octets, v4, out);
        end = start > 0 ? start - 1 : 0;
    }
}

/* How many octets each network keeps; 0: there is no such network. */
static const int v4_octets[ORIGIN_NETWORKS] = {3, 0, 2}, v6_octets[ORIGIN_NETWORKS] = {8, 7, 6};

void origin_networks(const char *origin, char out[ORIGIN_NETWORKS][ORIGIN_TEXT])
{
    unsigned char octets[16];
    bool v4;
    memset(out, 0, ORIGIN_NETWORKS * sizeof out[0]);
    if (!parse(origin, octets, &v4)) {
        snprintf(out[0], ORIGIN_TEXT, "%s", origin);
        return;
    }
    for (size_t i = 0; i < ORIGIN_NETWORKS; i++) {
        int kept = v4 ? v4_octets[i] : v6_octets[i];
        int from = v4 ? 12 + kept : kept;
        char base[ORIGIN_TEXT];
        if (kept > 0) {
            memset(octets + from, 0, sizeof octets - (size_t)from);
            print(octets, v4, base);
            snprintf(out[i], ORIGIN_TEXT, "%.*s/%d", ORIGIN_TEXT - 5, base, 8 * kept);
        }
    }
}

void origin_network(const char *origin, char out[ORIGIN_TEXT])
{
    char networks[ORIGIN_NETWORKS][ORIGIN_TEXT];
    origin_networks(origin, networks);
    memcpy(out, networks[0], ORIGIN_TEXT);
}
