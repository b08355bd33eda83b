/*
 * `without landlock|seccomp COMMAND…`: runs a command as on a kernel, or in a container, that has
 * no such thing.
 */
#include <errno.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (argc < 3 || filter == NULL) {
        fprintf(stderr, "usage: without landlock|seccomp COMMAND...\n");
        return 64;
    }
    bool landlock = strcmp(argv[1], "landlock") == 0;
    int error = landlock ? seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS),
                                            SCMP_SYS(landlock_create_ruleset), 0)
                         : seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(seccomp), 0);
    if (error == 0 && !landlock) {
        error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(prctl), 1,
                                 SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP, 0));
    }
    if (error == 0 && seccomp_load(filter) == 0) {
        execvp(argv[2], argv + 2);
    }
    fprintf(stderr, "without: %s\n", strerror(errno));
    return 71;
}
