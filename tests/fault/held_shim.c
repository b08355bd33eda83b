/*
 * Preloaded into a program under test: the socket takes no more just when a TLS record of SHIM_HELD
 * bytes is to go, and has room again when libcurl closes the connection. The file SHIM_NOTE appears
 * when a record was held.
 */
#include <curl/curl.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static atomic_bool closing;

static int is_full(size_t len)
{
    const char *held = getenv("SHIM_HELD");
    if (held == NULL || len != (size_t)atol(held) || atomic_load(&closing)) {
        return 0;
    }
    const char *note = getenv("SHIM_NOTE");
    int fd = note == NULL ? -1 : open(note, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0) {
        close(fd);
    }
    errno = EAGAIN;
    return 1;
}

ssize_t send(int fd, const void *bytes, size_t len, int flags)
{
    ssize_t (*real)(int, const void *, size_t, int) = dlsym(RTLD_NEXT, "send");
    return is_full(len) ? -1 : real(fd, bytes, len, flags);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    ssize_t (*real)(int, const struct msghdr *, int) = dlsym(RTLD_NEXT, "sendmsg");
    size_t len = 0;
    for (size_t i = 0; i < message->msg_iovlen; i++) {
        len += message->msg_iov[i].iov_len;
    }
    return is_full(len) ? -1 : real(fd, message, flags);
}

void curl_easy_cleanup(CURL *curl)
{
    void (*real)(CURL *) = dlsym(RTLD_NEXT, "curl_easy_cleanup");
    atomic_store(&closing, 1);
    real(curl);
}
