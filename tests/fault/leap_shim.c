/*
 * Preloaded into a program under test: hours pass at a moment that the test chooses.
 *
 *   SHIM_WHEN=PATH   from the moment at which this file is there,
 *   SHIM_LEAP=N      the monotonic clock is N seconds ahead
 */
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *now)
{
    const char *when = getenv("SHIM_WHEN"), *leap = getenv("SHIM_LEAP");
    long result = syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && clock == CLOCK_MONOTONIC && when != NULL && leap != NULL &&
        access(when, F_OK) == 0) {
        now->tv_sec += strtol(leap, NULL, 10);
    }
    return (int)result;
}
