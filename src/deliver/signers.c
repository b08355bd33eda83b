#include "deliver/signers.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"

enum { THREADS_MAX = 16 };

struct finisher {
    deliver_finish finish;
    const void *context;
    pthread_t threads[THREADS_MAX];
    size_t thread_count;
    pthread_mutex_t lock;
    pthread_cond_t work, done;
    bool stop;
    /* The batch. */
    struct deliver_message *const *messages;
    size_t count, next, ended;
    size_t failed_at; /* index of the first that failed; `count` where none did */
    struct failure why;
};

/* Takes messages of the batch until none is left. Called and returns with the lock held. */
static void finish_some(struct finisher *finisher)
{
    while (finisher->next < finisher->count) {
        size_t mine = finisher->next++;
        struct deliver_message *message = finisher->messages[mine];
        struct failure why = {0};
        pthread_mutex_unlock(&finisher->lock);
        bool good = finisher->finish(finisher->context, message, &why);
        pthread_mutex_lock(&finisher->lock);
        if (!good && mine < finisher->failed_at) {
            finisher->failed_at = mine;
            finisher->why = why;
        }
        if (++finisher->ended == finisher->count) {
            pthread_cond_signal(&finisher->done);
        }
    }
}

static void *finisher_thread(void *context)
{
    struct finisher *finisher = context;
    pthread_mutex_lock(&finisher->lock);
    while (!finisher->stop) {
        finish_some(finisher);
        pthread_cond_wait(&finisher->work, &finisher->lock);
    }
    pthread_mutex_unlock(&finisher->lock);
    return NULL;
}

/* Signals are for the thread that watches *stop. */
static bool start_threads(struct finisher *finisher, size_t wanted, struct failure *why)
{
    sigset_t all, before;
    bool good = true;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (good && finisher->thread_count < wanted) {
        int error = pthread_create(&finisher->threads[finisher->thread_count], NULL,
                                   finisher_thread, finisher);
        if (error != 0) {
            errno = error;
            good = fail_errno(why, FAILURE_SYSTEM, "cannot start a thread");
        } else {
            finisher->thread_count++;
        }
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return good;
}

bool finisher_start(deliver_finish finish, const void *context, struct finisher **finisher,
                    struct failure *why)
{
    *finisher = NULL;
    if (finish == NULL) {
        return true;
    }
    struct finisher *made = memory_resize(NULL, sizeof *made);
    *made = (struct finisher){.finish = finish, .context = context};
    pthread_mutex_init(&made->lock, NULL);
    pthread_cond_init(&made->work, NULL);
    pthread_cond_init(&made->done, NULL);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t wanted = processors > 1 ? (size_t)processors - 1 : 0;
    if (!start_threads(made, wanted < THREADS_MAX ? wanted : THREADS_MAX, why)) {
        finisher_stop(made);
        return false;
    }
    *finisher = made;
    return true;
}

void finisher_stop(struct finisher *finisher)
{
    if (finisher == NULL) {
        return;
    }
    pthread_mutex_lock(&finisher->lock);
    finisher->stop = true;
    pthread_cond_broadcast(&finisher->work);
    pthread_mutex_unlock(&finisher->lock);
    for (size_t i = 0; i < finisher->thread_count; i++) {
        pthread_join(finisher->threads[i], NULL);
    }
    pthread_cond_destroy(&finisher->work);
    pthread_cond_destroy(&finisher->done);
    pthread_mutex_destroy(&finisher->lock);
    free(finisher);
}

bool finisher_run(struct finisher *finisher, struct deliver_message *const *messages, size_t count,
                  struct failure *why)
{
    if (finisher == NULL || count == 0) {
        return true;
    }
    pthread_mutex_lock(&finisher->lock);
    finisher->messages = messages;
    finisher->count = count;
    finisher->next = 0;
    finisher->ended = 0;
    finisher->failed_at = count;
    if (count > 1) {
        pthread_cond_broadcast(&finisher->work);
    }
    finish_some(finisher);
    while (finisher->ended < count) {
        pthread_cond_wait(&finisher->done, &finisher->lock);
    }
    bool good = finisher->failed_at == count;
    if (!good) {
        *why = finisher->why;
    }
    finisher->count = finisher->next = 0;
    pthread_mutex_unlock(&finisher->lock);
    return good;
}
