/* What the processes of `serve` share: opened by the parent before they start, closed after they
 * end. */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cmd/serve.h"

static bool open_pulse(struct serve_state *state, struct failure *why)
{
    void *page =
        mmap(NULL, sizeof *state->pulse, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) {
        return fail_errno(why, FAILURE_SYSTEM, "cannot share memory");
    }
    state->pulse = page;
    return true;
}

bool serve_state_open(struct serve_state *state, struct program *program, struct failure *why)
{
    state->program = program;
    state->settings = program->settings;
    state->keys = *program->keys;
    state->site = (struct site){.settings = &state->settings, .keys = &state->keys};
    if (!site_load_pages(&state->site, why) ||
        !listen_take(&state->listening, &state->taken, why) ||
        (!state->taken && !listen_open(state->settings.subscribe.listen, &state->listening, why)) ||
        !open_pulse(state, why)) {
        return false;
    }
    if (pipe2(state->wake_fds, O_CLOEXEC | O_NONBLOCK) != 0) {
        return fail_errno(why, FAILURE_SYSTEM, "cannot make a pipe");
    }
    state->site.wake_fd = state->wake_fds[1];
    return true;
}

void serve_state_refuse(struct serve_state *state)
{
    if (state->listening.fd > 0) {
        listen_close(state->settings.subscribe.listen, &state->listening);
    }
}

void serve_state_close(struct serve_state *state)
{
    for (size_t i = 0; i < 2; i++) {
        if (state->wake_fds[i] > 0) {
            close(state->wake_fds[i]);
        }
    }
    site_drop_pages(&state->site);
    if (state->pulse != NULL) {
        munmap((void *)(uintptr_t)state->pulse, sizeof *state->pulse);
    }
    notify_close(&state->notify);
    arena_free(&state->arena);
}
