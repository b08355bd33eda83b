#include "http/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char *unix_path(const char *text)
{
    return strncmp(text, "unix:", 5) == 0 ? text + 5 : NULL;
}

enum { PORT_MAX = 65535 };

/* Splits "host:port" or "[host]:port". Refuses too large a port, which the system would take for
 * another one. */
static bool split(const char *text, char host[128], char port[16])
{
    const char *colon = strrchr(text, ':');
    size_t len = colon != NULL ? (size_t)(colon - text) : 0;
    if (colon == NULL || len == 0 || len >= 128 || strlen(colon + 1) == 0 ||
        strlen(colon + 1) > 5 || strspn(colon + 1, "0123456789") != strlen(colon + 1) ||
        strtol(colon + 1, NULL, 10) > PORT_MAX) {
        return false;
    }
    if (text[0] == '[') {
        if (text[len - 1] != ']') {
            return false;
        }
        snprintf(host, 128, "%.*s", (int)len - 2, text + 1);
    } else {
        snprintf(host, 128, "%.*s", (int)len, text);
    }
    snprintf(port, 16, "%s", colon + 1);
    return host[0] != '\0';
}

bool listen_check(const char *text, struct failure *why)
{
    char host[128], port[16];
    const char *path = unix_path(text);
    return (path != NULL && path[0] != '\0') || split(text, host, port) ||
           fail(why, FAILURE_CONFIG,
                "\"%.100s\" is no place to listen; write 127.0.0.1:8080, [::1]:8080 or "
                "unix:/run/verdicts.sock, with a port up to %d",
                text, PORT_MAX);
}

/* A socket file that a dead server left behind refuses connections; a live one accepts them. */
static bool unix_is_dead(const struct sockaddr_un *name)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool dead = fd >= 0 && connect(fd, (const struct sockaddr *)name, sizeof *name) != 0 &&
                errno == ECONNREFUSED;
    if (fd >= 0) {
        close(fd);
    }
    return dead;
}

/* Identifies the file at the path; all zero if there is none. */
static struct listen_file file_at(const char *path)
{
    struct stat st;
    struct listen_file file = {0};
    if (lstat(path, &st) == 0) {
        file = (struct listen_file){.device = st.st_dev, .inode = st.st_ino, .made = st.st_mtim};
    }
    return file;
}

static bool open_unix(const char *path, int *fd, struct listen_file *file, struct failure *why)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    struct stat st;
    if (path[0] == '\0' || strlen(path) >= sizeof name.sun_path) {
        return fail(why, FAILURE_CONFIG, "the path of a unix socket has 1 to %zu bytes",
                    sizeof name.sun_path - 1);
    }
    snprintf(name.sun_path, sizeof name.sun_path, "%s", path);
    if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode) && unix_is_dead(&name)) {
        unlink(path);
    }
    *fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*fd < 0 || bind(*fd, (const struct sockaddr *)&name, sizeof name) != 0) {
        return fail_errno(why, FAILURE_CANNOT_CREATE, "cannot listen on %s", path);
    }
    *file = file_at(path);
    return chmod(path, 0660) == 0 ||
           fail_errno(why, FAILURE_CANNOT_CREATE, "cannot listen on %s", path);
}

static bool open_found(const struct addrinfo *found, const char *text, int *fd, struct failure *why)
{
    int on = 1;
    *fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*fd < 0 || setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(*fd, found->ai_addr, found->ai_addrlen) != 0) {
        return fail_errno(why, FAILURE_CANNOT_CREATE, "cannot listen on %s", text);
    }
    return true;
}

static bool open_tcp(const char *text, int *fd, struct failure *why)
{
    char host[128], port[16];
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *found = NULL;
    if (!listen_check(text, why)) {
        return false;
    }
    split(text, host, port);
    int error = getaddrinfo(host, port, &hints, &found);
    if (error != 0) {
        return fail(why, FAILURE_CONFIG, "cannot listen on %s: %s", text, gai_strerror(error));
    }
    bool good = open_found(found, text, fd, why);
    freeaddrinfo(found);
    return good;
}

static void name_tcp(int fd, char address[LISTEN_TEXT])
{
    struct sockaddr_storage name;
    socklen_t len = sizeof name;
    char host[128] = "?", port[16] = "?";
    if (getsockname(fd, (struct sockaddr *)&name, &len) == 0) {
        getnameinfo((struct sockaddr *)&name, len, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV);
    }
    bool v6 = strchr(host, ':') != NULL;
    snprintf(address, LISTEN_TEXT, "%s%s%s:%s", v6 ? "[" : "", host, v6 ? "]" : "", port);
}

bool listen_open(const char *text, struct listening *listening, struct failure *why)
{
    const char *path = unix_path(text);
    *listening = (struct listening){.fd = -1};
    bool good = path != NULL ? open_unix(path, &listening->fd, &listening->file, why)
                             : open_tcp(text, &listening->fd, why);
    if (good && listen(listening->fd, 512) != 0) {
        good = fail_errno(why, FAILURE_CANNOT_CREATE, "cannot listen on %s", text);
    }
    if (!good) {
        listen_close(text, listening);
        return false;
    }
    if (path != NULL) {
        snprintf(listening->address, LISTEN_TEXT, "%s", text);
    } else {
        name_tcp(listening->fd, listening->address);
    }
    return true;
}

/* --- a socket that was opened for us --- */

enum { FIRST_HANDED = 3 };

static bool is_listening(int fd)
{
    int type = 0, listens = 0;
    socklen_t type_len = sizeof type, listens_len = sizeof listens;
    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_len) == 0 && type == SOCK_STREAM &&
           getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &listens_len) == 0 && listens != 0;
}

static void name_any(int fd, char address[LISTEN_TEXT])
{
    struct sockaddr_un name = {0};
    socklen_t len = sizeof name;
    if (getsockname(fd, (struct sockaddr *)&name, &len) == 0 && name.sun_family == AF_UNIX) {
        snprintf(address, LISTEN_TEXT, "unix:%.*s", (int)sizeof name.sun_path, name.sun_path);
    } else {
        name_tcp(fd, address);
    }
}

bool listen_take(struct listening *listening, bool *taken, struct failure *why)
{
    const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
    *taken = false;
    if (pid == NULL || fds == NULL || strtoll(pid, NULL, 10) != getpid()) {
        return true;
    }
    bool one = strcmp(fds, "1") == 0;
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    if (!one || !is_listening(FIRST_HANDED)) {
        return fail(why, FAILURE_CONFIG,
                    "the service manager hands over %s; the socket unit needs one ListenStream= "
                    "and Accept=no",
                    one ? "something else than a socket that listens"
                        : "another number of sockets than one");
    }
    *listening = (struct listening){.fd = FIRST_HANDED};
    name_any(FIRST_HANDED, listening->address);
    *taken = true;
    return (fcntl(FIRST_HANDED, F_SETFD, FD_CLOEXEC) == 0 &&
            fcntl(FIRST_HANDED, F_SETFL, O_NONBLOCK) == 0) ||
           fail_errno(why, FAILURE_SYSTEM, "cannot prepare the socket that was handed over");
}

bool listen_is_local(const char *text)
{
    char host[128], port[16];
    if (unix_path(text) != NULL) {
        return true;
    }
    return split(text, host, port) && (strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
                                       strncmp(host, "127.", 4) == 0);
}

void listen_forget(const char *text, const struct listen_file *file)
{
    const char *path = unix_path(text);
    struct listen_file there = path != NULL ? file_at(path) : (struct listen_file){0};
    if (there.inode != 0 && there.inode == file->inode && there.device == file->device &&
        there.made.tv_sec == file->made.tv_sec && there.made.tv_nsec == file->made.tv_nsec) {
        unlink(path);
    }
}

void listen_close(const char *text, struct listening *listening)
{
    listen_forget(text, &listening->file);
    if (listening->fd >= 0) {
        close(listening->fd);
    }
    listening->fd = -1;
}
