/* The mailer process of `serve`: opens the database, and reloads the settings at SIGHUP. */
#include "cmd/serve.h"
#include "issue/mailer_process.h"

static bool reload(void *state)
{
    if (!serve_hangup) {
        return false;
    }
    serve_hangup = 0;
    return serve_reload(state);
}

bool serve_run_mailer(struct worker *self, struct failure *why)
{
    struct serve_state *state = self->context;
    struct program *program = state->program;
    worker_tell_ready(self);
    if (!store_open(state->settings.database, STORE_DURABLE, &program->store, why)) {
        return false;
    }
    const struct mailer_process process = {
        .store = program->store,
        .settings = &state->settings,
        .keys = &state->keys,
        .wake_fd = state->wake_fds[0],
        .stop = &program->stop,
        .reload = reload,
        .context = state,
    };
    mailer_process_run(&process);
    return true;
}
