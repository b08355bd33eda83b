/* The HTTP process of `serve`. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "cmd/serve.h"
#include "web/confine.h"
#include "web/site.h"

enum {
    SERVING_TICK_MS = 500,
    /* Everybody waits behind who waits for the database: a long import is waited for once. */
    SERVING_LOCK_FIRST_MS = 1000,
    SERVING_LOCK_THEN_MS = 250,
};

/* The server's context is the site alone; a reload needs both. */
struct serving {
    struct site site; /* first: handlers take it for the site */
    struct serve_state *state;
    struct web_server *server;
};

static void reload(struct serving *serving)
{
    struct failure why = {0};
    serve_reload(serving->state);
    web_trust(serving->server, serving->state->settings.subscribe.trusted_proxy);
    if (!site_load_pages(&serving->site, &why)) {
        log_event(LOG_LEVEL_ERROR, "serve", "kept", LOG_STR("what", "pages"),
                  LOG_STR("why", why.text));
    }
}

static bool look_around(void *context)
{
    struct serving *serving = context;
    if (serve_hangup) {
        serve_hangup = 0;
        reload(serving);
    }
    return true;
}

static void announce(const struct program *program, const struct web_server *server)
{
    const char *address = web_address(server);
    if (!program->quiet) {
        printf("%s%s\n", strncmp(address, "unix:", 5) == 0 ? "" : "http://", address);
        fflush(stdout);
    }
}

bool serving_run(struct serve_state *state, int wake_fd, struct failure *why)
{
    struct program *program = state->program;
    struct serving serving = {.site = {.store = program->store,
                                       .settings = &state->settings,
                                       .keys = &state->keys,
                                       .wake_fd = wake_fd},
                              .state = state};
    const struct web_options options = {
        .listen = state->settings.subscribe.listen,
        .routes = site_routes,
        .missing = site_missing,
        .finish = site_finish,
        .context = &serving,
        .trusted = state->settings.subscribe.trusted_proxy,
    };
    store_set_patience(program->store, SERVING_LOCK_FIRST_MS, SERVING_LOCK_THEN_MS);
    if (!web_open(&options, &serving.server, why)) {
        return false;
    }
    bool good = site_load_pages(&serving.site, why) && confine_to_answers(why);
    if (good) {
        announce(program, serving.server);
        good = web_run(serving.server, &program->stop, -1, SERVING_TICK_MS, look_around, why);
    }
    web_close(serving.server);
    site_drop_pages(&serving.site);
    return good;
}
