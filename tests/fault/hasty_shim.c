/*
 * Preloaded into a program under test: its waiting passes faster.
 *
 *   SHIM_HASTE=N   the monotonic clock runs N times as fast, and poll(2) waits an Nth
 */
#include <poll.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long haste(void)
{
    const char *number = getenv("SHIM_HASTE");
    long times = number == NULL ? 1 : strtol(number, NULL, 10);
    return times < 1 ? 1 : times;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    long result = syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && (clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_RAW)) {
        long long passed = (now->tv_sec * 1000000000LL + now->tv_nsec) * haste();
        now->tv_sec = passed / 1000000000;
        now->tv_nsec = passed % 1000000000;
    }
    return (int)result;
}

int poll(struct pollfd *files, nfds_t count, int timeout)
{
    long times = haste();
    long wait = timeout > 0 ? (timeout + times - 1) / times : timeout;
    struct timespec limit = {wait / 1000, wait % 1000 * 1000000};
    return (int)syscall(SYS_ppoll, files, count, wait < 0 ? NULL : &limit, NULL, 0);
}
