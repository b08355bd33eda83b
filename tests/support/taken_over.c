/*
 * The program as a stranger has it who runs code of his own in the HTTP process: `/taken-over`
 * tries what he would, and answers with a line for each: its name, and "got it" or why not.
 *
 * The linker puts the functions below in the place of the program's (--wrap), here alone: the
 * program itself has no such door.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/confine.h"
#include "cmd/program.h"
#include "http/server.h"
#include "preview/private.h"

void __real_site_missing(void *context, const struct web_request *request,
                         struct web_answer *answer);
void __wrap_site_missing(void *context, const struct web_request *request,
                         struct web_answer *answer);
void __real_preview_arrange(void *context, const struct web_request *request,
                            struct web_answer *answer);
void __wrap_preview_arrange(void *context, const struct web_request *request,
                            struct web_answer *answer);

static const char *told(const struct web_request *request, const char *name)
{
    const char *value = web_field_find(request->query, name);
    return value != NULL ? value : "/nothing";
}

static long number(const struct web_request *request, const char *name)
{
    return strtol(told(request, name), NULL, 10);
}

static void note(struct web_answer *answer, const char *name, bool got)
{
    buf_addf(&answer->body, "%s: %s\n", name, got ? "got it" : strerrorname_np(errno));
}

static bool opens(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0600);
    if (fd >= 0) {
        close(fd);
    }
    return fd >= 0;
}

static void try_files(const struct web_request *request, struct web_answer *answer)
{
    note(answer, "password", opens(told(request, "password"), O_RDONLY));
    note(answer, "key", opens(told(request, "key"), O_RDONLY));
    note(answer, "settings", opens(told(request, "settings"), O_RDONLY));
    note(answer, "change key", opens(told(request, "key"), O_WRONLY));
    note(answer, "make a file", opens(told(request, "new"), O_WRONLY | O_CREAT));
    note(answer, "list", opens(told(request, "folder"), O_RDONLY | O_DIRECTORY));
    note(answer, "passwd", opens("/etc/passwd", O_RDONLY));
    note(answer, "database", opens(told(request, "database"), O_RDWR));
    note(answer, "remove", unlink(told(request, "key")) == 0);
}

static void try_memory(const struct web_request *request, struct web_answer *answer,
                       const char *whose)
{
    char path[64], name[64], byte;
    long pid = number(request, whose);
    struct iovec here = {&byte, 1}, there = {(void *)(uintptr_t)request, 1};
    static const char *const files[] = {"mem", "environ", "maps", "fd/1"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(path, sizeof path, "/proc/%ld/%s", pid, files[i]);
        snprintf(name, sizeof name, "%s of %s", files[i], whose);
        note(answer, name, opens(path, i == 0 ? O_RDWR : O_RDONLY));
    }
    snprintf(name, sizeof name, "trace %s", whose);
    note(answer, name, ptrace(PTRACE_ATTACH, pid, NULL, NULL) == 0);
    snprintf(name, sizeof name, "read %s", whose);
    note(answer, name, process_vm_readv((pid_t)pid, &here, 1, &there, 1, 0) == 1);
    snprintf(name, sizeof name, "signal %s", whose);
    note(answer, name, syscall(SYS_kill, pid, 0) == 0);
}

static void try_ways_out(const struct web_request *request, struct web_answer *answer)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)number(request, "port"))};
    char program[] = "/bin/true";
    char *const words[] = {program, NULL};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    note(answer, "socket", fd >= 0);
    note(answer, "connect", connect(fd >= 0 ? fd : 0, (struct sockaddr *)&to, sizeof to) == 0);
    pid_t child = fork();
    if (child == 0) {
        _exit(0);
    }
    note(answer, "fork", child > 0);
    note(answer, "run a program", execv(program, words) == 0);
    note(answer, "run memory",
         mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
             MAP_FAILED);
}

static void try_inheritance(const struct web_request *request, struct web_answer *answer)
{
    errno = ENOENT;
    note(answer, "environment", getenv("A_PASSWORD") != NULL);
    note(answer, "descriptor", fcntl((int)number(request, "stray"), F_GETFD) >= 0);
}

static void take_over(const struct web_request *request, struct web_answer *answer)
{
    answer->type = "text/plain; charset=utf-8";
    try_files(request, answer);
    try_memory(request, answer, "parent");
    try_memory(request, answer, "mailer");
    try_ways_out(request, answer);
    try_inheritance(request, answer);
}

void __wrap_site_missing(void *context, const struct web_request *request,
                         struct web_answer *answer)
{
    if (strcmp(request->path, "/taken-over") == 0) {
        answer->status = 200;
        take_over(request, answer);
    } else {
        __real_site_missing(context, request, answer);
    }
}

void __wrap_preview_arrange(void *context, const struct web_request *request,
                            struct web_answer *answer)
{
    if (web_field_find(request->query, "key") != NULL) {
        take_over(request, answer);
    } else {
        __real_preview_arrange(context, request, answer);
    }
}

int main(int argc, char **argv)
{
    confine_hide();
    return program_run(argc, argv);
}
