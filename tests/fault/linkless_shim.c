/*
 * Preloaded into a program under test: a file system without hard links.
 *
 *   SHIM_LINK_ERRNO=N   what link(2) answers
 */
#include <errno.h>
#include <stdlib.h>

int link(const char *from, const char *to)
{
    const char *number = getenv("SHIM_LINK_ERRNO");
    (void)from;
    (void)to;
    errno = number == NULL ? EPERM : (int)strtol(number, NULL, 10);
    return -1;
}
