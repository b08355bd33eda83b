/*
 * Preloaded into a program under test: no thread can be had, as where a limit on tasks is reached.
 *
 *   SHIM_THREADS=N     the first N threads can be had all the same
 */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_long asked;

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*begin)(void *),
                   void *context)
{
    int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    const char *text = getenv("SHIM_THREADS");
    if (atomic_fetch_add(&asked, 1) >= (text != NULL ? atol(text) : 0)) {
        return EAGAIN;
    }
    *(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
    return real(thread, attributes, begin, context);
}
