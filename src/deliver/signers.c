#include "deliver/signers.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"

enum { THREADS_MAX = 16 };

struct signers {
    deliver_finish finish;
    const void *context;
    pthread_t threads[THREADS_MAX];
    size_t thread_count;
    pthread_mutex_t lock;
    pthread_cond_t work, done;
    bool stop;
    /* The batch. */
    struct smtp_message *const *messages;
    size_t count, next, ended;
    size_t failed_at; /* index of the first message that failed; `count` if none did */
    struct failure why;
};

/* Takes messages of the batch until none is left. Called with the lock held, and returns with it
 * held. */
static void finish_some(struct signers *signers)
{
    while (signers->next < signers->count) {
        size_t mine = signers->next++;
        struct smtp_message *message = signers->messages[mine];
        struct failure why = {0};
        pthread_mutex_unlock(&signers->lock);
        bool good = signers->finish(signers->context, message, &why);
        pthread_mutex_lock(&signers->lock);
        if (!good && mine < signers->failed_at) {
            signers->failed_at = mine;
            signers->why = why;
        }
        if (++signers->ended == signers->count) {
            pthread_cond_signal(&signers->done);
        }
    }
}

static void *signers_thread(void *context)
{
    struct signers *signers = context;
    pthread_mutex_lock(&signers->lock);
    while (!signers->stop) {
        finish_some(signers);
        pthread_cond_wait(&signers->work, &signers->lock);
    }
    pthread_mutex_unlock(&signers->lock);
    return NULL;
}

/* Signals are handled by the thread that watches `*stop`. */
static bool start_threads(struct signers *signers, size_t wanted, struct failure *why)
{
    sigset_t all, before;
    bool good = true;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (good && signers->thread_count < wanted) {
        int error =
            pthread_create(&signers->threads[signers->thread_count], NULL, signers_thread, signers);
        if (error != 0) {
            errno = error;
            good = fail_errno(why, FAILURE_SYSTEM, "cannot start a thread");
        } else {
            signers->thread_count++;
        }
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return good;
}

bool signers_start(deliver_finish finish, const void *context, struct signers **signers,
                   struct failure *why)
{
    *signers = NULL;
    if (finish == NULL) {
        return true;
    }
    struct signers *made = memory_resize(NULL, sizeof *made);
    *made = (struct signers){.finish = finish, .context = context};
    pthread_mutex_init(&made->lock, NULL);
    pthread_cond_init(&made->work, NULL);
    pthread_cond_init(&made->done, NULL);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t wanted = processors > 1 ? (size_t)processors - 1 : 0;
    if (!start_threads(made, wanted < THREADS_MAX ? wanted : THREADS_MAX, why)) {
        signers_stop(made);
        return false;
    }
    *signers = made;
    return true;
}

void signers_stop(struct signers *signers)
{
    if (signers == NULL) {
        return;
    }
    pthread_mutex_lock(&signers->lock);
    signers->stop = true;
    pthread_cond_broadcast(&signers->work);
    pthread_mutex_unlock(&signers->lock);
    for (size_t i = 0; i < signers->thread_count; i++) {
        pthread_join(signers->threads[i], NULL);
    }
    pthread_cond_destroy(&signers->work);
    pthread_cond_destroy(&signers->done);
    pthread_mutex_destroy(&signers->lock);
    free(signers);
}

bool signers_run(struct signers *signers, struct smtp_message *const *messages, size_t count,
                 struct failure *why)
{
    if (signers == NULL || count == 0) {
        return true;
    }
    pthread_mutex_lock(&signers->lock);
    signers->messages = messages;
    signers->count = count;
    signers->next = 0;
    signers->ended = 0;
    signers->failed_at = count;
    if (count > 1) {
        pthread_cond_broadcast(&signers->work);
    }
    finish_some(signers);
    while (signers->ended < count) {
        pthread_cond_wait(&signers->done, &signers->lock);
    }
    bool good = signers->failed_at == count;
    if (!good) {
        *why = signers->why;
    }
    signers->count = signers->next = 0;
    pthread_mutex_unlock(&signers->lock);
    return good;
}
