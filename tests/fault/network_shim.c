/*
 * Preloaded into a program under test: as far as statfs(2) tells, a folder lies on NFS.
 *
 *   SHIM_FOLDER=PATH   the folder, and what is in it
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

int statfs64(const char *path, struct statfs64 *found)
{
    int (*real)(const char *, struct statfs64 *);
    *(void **)&real = dlsym(RTLD_NEXT, "statfs64");
    const char *folder = getenv("SHIM_FOLDER");
    int result = real(path, found);
    if (folder != NULL && strncmp(path, folder, strlen(folder)) == 0) {
        found->f_type = 0x6969;
    }
    return result;
}
