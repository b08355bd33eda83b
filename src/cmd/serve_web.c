/* The HTTP process of `serve`. */
#include <stddef.h>

#include "base/clock.h"
#include "base/confine.h"
#include "base/log.h"
#include "base/zone.h"
#include "cmd/serve.h"

enum {
    WEB_TICK_MS = 500,
    /* One request that waits for the database delays all others: only the first wait is so long. */
    WEB_LOCK_FIRST_MS = 1000,
    WEB_LOCK_THEN_MS = 250,
};

/* Allows only the tz database and the files of the database, which exist by now; no page, key or
 * setting is read any more. */
static bool confine(const struct site *site, struct failure *why)
{
    struct arena arena = {0};
    struct confine_place places[STORE_FILES + 1] = {{zone_folder(), CONFINE_READ}};
    const char *files[STORE_FILES];
    bool held = true;
    bool good = store_prepare_confined(site->store, &arena, files, why);
    for (size_t i = 0; i < STORE_FILES; i++) {
        places[1 + i] = (struct confine_place){files[i], CONFINE_CHANGE};
    }
    good = good && confine_files(places, STORE_FILES + 1, &held, why) &&
           confine_calls(CONFINE_SERVER, why);
    if (good && !held) {
        log_event(LOG_LEVEL_WARN, "serve", "unconfined", LOG_STR("why", CONFINE_NO_LANDLOCK));
    }
    arena_free(&arena);
    return good;
}

/* The loop has run: the sign of life for the watchdog (serve_notify.c). */
static bool beat(void *context)
{
    struct site *site = context;
    struct serve_state *state =
        (struct serve_state *)(void *)((char *)site - offsetof(struct serve_state, site));
    *state->pulse = clock_monotonic_ms();
    return true;
}

bool serve_run_web(struct worker *self, struct failure *why)
{
    struct serve_state *state = self->context;
    struct program *program = state->program;
    struct site *site = &state->site;
    struct web_server *server = NULL;
    const struct web_options options = {
        .listen_fd = state->listening.fd,
        .routes = site_routes,
        .missing = site_missing,
        .say = site_server_words,
        .finish = site_finish,
        .context = site,
        .trusted = state->settings.subscribe.trusted_proxy,
    };
    confine_environment();
    if (!store_open(state->settings.database, STORE_DURABLE, &program->store, why)) {
        return false;
    }
    site->store = program->store;
    store_set_patience(program->store, WEB_LOCK_FIRST_MS, WEB_LOCK_THEN_MS);
    bool good = web_open(&options, &server, why) && confine(site, why);
    if (good) {
        beat(site);
        worker_tell_ready(self);
        good = web_run(server, &program->stop, -1, WEB_TICK_MS, beat, why);
    }
    web_close(server);
    site_drop_pages(site);
    return good;
}
