/*
 * The bench's own SMTP sink: takes every message as fast as one core can, optionally over STARTTLS,
 * optionally with every reply held back by some milliseconds.
 *
 *   sink PORT_FILE [--delay MS] [--cert FILE --key FILE] [--no-pipelining]
 *
 * Writes its port into PORT_FILE, serves until standard input closes, prints "messages bytes".
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { READ_SIZE = 256 * 1024, LINE_SIZE = 2048, OUT_SIZE = 16 * 1024, EVENTS = 256 };

/* Replies written together; with a delay they wait in a queue. */
struct reply {
    struct reply *next;
    int64_t due_ms;
    size_t len;
    char text[];
};

struct peer {
    int fd;
    SSL *ssl;
    bool in_data, closing, start_tls;
    int matched; /* how much of CRLF.CRLF the last bytes were */
    char line[LINE_SIZE];
    size_t line_len;
    char out[OUT_SIZE];
    size_t out_len;
    struct reply *first, *last;
    struct peer *prev, *next; /* of those with waiting replies */
};

static struct {
    int epoll, listener;
    int delay_ms;
    bool pipelining;
    SSL_CTX *tls;
    struct peer *waiting;
    unsigned long long messages, bytes;
    char buffer[READ_SIZE];
} sink;

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void put(struct peer *peer, const char *text)
{
    size_t len = strlen(text);
    if (peer->out_len + len <= OUT_SIZE) {
        memcpy(peer->out + peer->out_len, text, len);
        peer->out_len += len;
    }
}

static bool peer_write(struct peer *peer, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t done = peer->ssl != NULL ? SSL_write(peer->ssl, bytes, (int)len)
                                         : send(peer->fd, bytes, len, MSG_NOSIGNAL);
        if (done <= 0) {
            return peer->ssl == NULL && errno == EINTR;
        }
        bytes += done;
        len -= (size_t)done;
    }
    return true;
}

static void peer_close(struct peer *peer)
{
    if (peer->first != NULL) {
        if (peer->prev != NULL) {
            peer->prev->next = peer->next;
        } else {
            sink.waiting = peer->next;
        }
        if (peer->next != NULL) {
            peer->next->prev = peer->prev;
        }
    }
    while (peer->first != NULL) {
        struct reply *reply = peer->first;
        peer->first = reply->next;
        free(reply);
    }
    SSL_free(peer->ssl);
    close(peer->fd);
    free(peer);
}

static void queue_reply(struct peer *peer)
{
    struct reply *reply = malloc(sizeof *reply + peer->out_len);
    if (reply == NULL) {
        abort();
    }
    reply->next = NULL;
    reply->due_ms = now_ms() + sink.delay_ms;
    reply->len = peer->out_len;
    memcpy(reply->text, peer->out, peer->out_len);
    if (peer->first == NULL) {
        peer->first = reply;
        peer->prev = NULL;
        peer->next = sink.waiting;
        if (sink.waiting != NULL) {
            sink.waiting->prev = peer;
        }
        sink.waiting = peer;
    } else {
        peer->last->next = reply;
    }
    peer->last = reply;
    peer->out_len = 0;
}

/* Sends what was put, at once or after the delay. */
static bool flush_peer(struct peer *peer)
{
    if (peer->out_len == 0) {
        return true;
    }
    if (sink.delay_ms > 0) {
        queue_reply(peer);
        return true;
    }
    bool good = peer_write(peer, peer->out, peer->out_len);
    peer->out_len = 0;
    return good;
}

static void put_ehlo(struct peer *peer)
{
    put(peer, "250-sink.example.org\r\n");
    if (sink.pipelining) {
        put(peer, "250-PIPELINING\r\n");
    }
    if (sink.tls != NULL && peer->ssl == NULL) {
        put(peer, "250-STARTTLS\r\n");
    }
    put(peer, "250-SIZE 104857600\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME\r\n");
}

static bool is_word(const struct peer *peer, const char *word)
{
    return peer->line_len >= 4 && strncasecmp(peer->line, word, 4) == 0;
}

static void command(struct peer *peer)
{
    if (is_word(peer, "MAIL") || is_word(peer, "RCPT") || is_word(peer, "RSET") ||
        is_word(peer, "NOOP")) {
        put(peer, "250 2.0.0 Ok\r\n");
    } else if (is_word(peer, "DATA")) {
        put(peer, "354 go on\r\n");
        peer->in_data = true;
        peer->matched = 2; /* a dot may come first */
    } else if (is_word(peer, "EHLO")) {
        put_ehlo(peer);
    } else if (is_word(peer, "HELO")) {
        put(peer, "250 sink.example.org\r\n");
    } else if (is_word(peer, "STAR") && sink.tls != NULL) {
        put(peer, "220 2.0.0 go on\r\n");
        peer->start_tls = true;
    } else if (is_word(peer, "QUIT")) {
        put(peer, "221 2.0.0 bye\r\n");
        peer->closing = true;
    } else {
        put(peer, "502 5.5.2 not known\r\n");
    }
}

/* Finds the end of the data; gives the bytes that belong to it. */
static size_t eat_data(struct peer *peer, const char *bytes, size_t len)
{
    static const char end[] = "\r\n.\r\n";
    for (size_t i = 0; i < len; i++) {
        if (peer->matched == 0) {
            const char *found = memchr(bytes + i, '\r', len - i);
            if (found == NULL) {
                return len;
            }
            i = (size_t)(found - bytes);
        }
        if (bytes[i] == end[peer->matched]) {
            peer->matched++;
        } else {
            peer->matched = bytes[i] == '\r' ? 1 : 0;
        }
        if (peer->matched == 5) {
            peer->in_data = false;
            peer->matched = 0;
            sink.messages++;
            put(peer, "250 2.0.0 Ok: queued as BENCH\r\n");
            return i + 1;
        }
    }
    return len;
}

static size_t eat_command(struct peer *peer, const char *bytes, size_t len)
{
    const char *end = memchr(bytes, '\n', len);
    size_t took = end != NULL ? (size_t)(end - bytes) + 1 : len;
    size_t room = LINE_SIZE - peer->line_len;
    size_t kept = took < room ? took : room;
    memcpy(peer->line + peer->line_len, bytes, kept);
    peer->line_len += kept;
    if (end != NULL) {
        command(peer);
        peer->line_len = 0;
    }
    return took;
}

static void eat(struct peer *peer, const char *bytes, size_t len)
{
    sink.bytes += len;
    while (len > 0 && !peer->start_tls) {
        size_t took = peer->in_data ? eat_data(peer, bytes, len) : eat_command(peer, bytes, len);
        bytes += took;
        len -= took;
    }
}

/* A goodbye is not held back: the peer is gone right behind it. */
static void send_all(struct peer *peer)
{
    for (struct reply *reply = peer->first; reply != NULL; reply = reply->next) {
        peer_write(peer, reply->text, reply->len);
    }
}

static void set_blocking(int fd, bool blocking)
{
    int flags = fcntl(fd, F_GETFL);
    fcntl(fd, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK);
}

/* The handshake blocks the sink: connections are opened before the clock of the bench matters. */
static bool begin_tls(struct peer *peer)
{
    peer->start_tls = false;
    set_blocking(peer->fd, true);
    if (peer->first != NULL) {
        peer_write(peer, peer->first->text, peer->first->len);
        peer->first->len = 0;
    }
    peer->ssl = SSL_new(sink.tls);
    SSL_set_fd(peer->ssl, peer->fd);
    bool good = SSL_accept(peer->ssl) == 1;
    set_blocking(peer->fd, false);
    return good;
}

/* Reads what is there; false when the peer is gone. */
static bool serve(struct peer *peer)
{
    for (;;) {
        ssize_t got = peer->ssl != NULL ? SSL_read(peer->ssl, sink.buffer, READ_SIZE)
                                        : recv(peer->fd, sink.buffer, READ_SIZE, 0);
        if (got <= 0) {
            return peer->ssl != NULL ? SSL_get_error(peer->ssl, (int)got) == SSL_ERROR_WANT_READ
                                     : got < 0 && (errno == EAGAIN || errno == EINTR);
        }
        eat(peer, sink.buffer, (size_t)got);
        if (!flush_peer(peer) || (peer->start_tls && !begin_tls(peer))) {
            return false;
        }
        if (peer->closing) {
            send_all(peer);
            return false;
        }
        if (peer->ssl == NULL && got < READ_SIZE) {
            return true;
        }
    }
}

static void accept_peers(void)
{
    for (;;) {
        int on = 1;
        int fd = accept4(sink.listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            return;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct peer *peer = calloc(1, sizeof *peer);
        if (peer == NULL) {
            abort();
        }
        peer->fd = fd;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = peer};
        epoll_ctl(sink.epoll, EPOLL_CTL_ADD, fd, &event);
        put(peer, "220 sink.example.org ESMTP\r\n");
        flush_peer(peer);
    }
}

/* Sends replies whose time has come; gives the milliseconds until the next one, -1 for none. */
static int send_due(void)
{
    int64_t now = now_ms();
    int64_t next = -1;
    for (struct peer *peer = sink.waiting, *after; peer != NULL; peer = after) {
        after = peer->next;
        while (peer->first != NULL && peer->first->due_ms <= now) {
            struct reply *reply = peer->first;
            peer_write(peer, reply->text, reply->len);
            peer->first = reply->next;
            free(reply);
        }
        if (peer->first == NULL) {
            if (peer->prev != NULL) {
                peer->prev->next = after;
            } else {
                sink.waiting = after;
            }
            if (after != NULL) {
                after->prev = peer->prev;
            }
        } else if (next < 0 || peer->first->due_ms - now < next) {
            next = peer->first->due_ms - now;
        }
    }
    return (int)next;
}

static void run(void)
{
    struct epoll_event events[EVENTS];
    for (;;) {
        int count = epoll_wait(sink.epoll, events, EVENTS, send_due());
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr == &sink.epoll) {
                return; /* standard input has closed */
            }
            if (events[i].data.ptr == &sink.listener) {
                accept_peers();
            } else if (!serve(events[i].data.ptr)) {
                peer_close(events[i].data.ptr);
            }
        }
    }
}

static bool listen_somewhere(const char *port_file)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof name;
    sink.listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (sink.listener < 0 || bind(sink.listener, (struct sockaddr *)&name, sizeof name) != 0 ||
        listen(sink.listener, 512) != 0 ||
        getsockname(sink.listener, (struct sockaddr *)&name, &len) != 0) {
        return false;
    }
    FILE *out = fopen(port_file, "w");
    if (out == NULL) {
        return false;
    }
    fprintf(out, "%d\n", ntohs(name.sin_port));
    return fclose(out) == 0;
}

static bool start_tls(const char *cert, const char *key)
{
    sink.tls = SSL_CTX_new(TLS_server_method());
    return sink.tls != NULL && SSL_CTX_use_certificate_chain_file(sink.tls, cert) == 1 &&
           SSL_CTX_use_PrivateKey_file(sink.tls, key, SSL_FILETYPE_PEM) == 1;
}

int main(int argc, char **argv)
{
    const char *cert = NULL, *key = NULL;
    sink.pipelining = true;
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--delay") == 0 && i + 1 < argc) {
            sink.delay_ms = (int)strtol(argv[++i], NULL, 10);
        } else if (strcmp(argv[i], "--cert") == 0 && i + 1 < argc) {
            cert = argv[++i];
        } else if (strcmp(argv[i], "--key") == 0 && i + 1 < argc) {
            key = argv[++i];
        } else if (strcmp(argv[i], "--no-pipelining") == 0) {
            sink.pipelining = false;
        }
    }
    sink.epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event listening = {.events = EPOLLIN, .data.ptr = &sink.listener};
    struct epoll_event input = {.events = EPOLLIN | EPOLLHUP, .data.ptr = &sink.epoll};
    if (argc < 2 || (cert != NULL && !start_tls(cert, key)) || !listen_somewhere(argv[1]) ||
        epoll_ctl(sink.epoll, EPOLL_CTL_ADD, sink.listener, &listening) != 0 ||
        epoll_ctl(sink.epoll, EPOLL_CTL_ADD, STDIN_FILENO, &input) != 0) {
        fprintf(stderr, "sink: cannot start: %s\n", strerror(errno));
        return 1;
    }
    run();
    printf("%llu %llu\n", sink.messages, sink.bytes);
    return 0;
}
