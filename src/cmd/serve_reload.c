/* Reloads the settings while `serve` is running. */
#include <signal.h>
#include <string.h>

#include "base/log.h"
#include "cmd/serve.h"

volatile int serve_hangup;

static void hang_up(int signal_number)
{
    (void)signal_number;
    serve_hangup = 1;
}

void serve_catch_hangup(void)
{
    struct sigaction action = {.sa_handler = hang_up};
    sigemptyset(&action.sa_mask);
    sigaction(SIGHUP, &action, NULL);
}

static bool same_text(const char *left, const char *right)
{
    return strcmp(left != NULL ? left : "", right != NULL ? right : "") == 0;
}

/* Whatever the processes have open cannot be replaced while they use it. */
static bool keeps_what_is_open(const struct serve_state *state, const struct settings *settings,
                               struct failure *why)
{
    const struct settings *old = &state->settings;
    if (!same_text(old->database, settings->database)) {
        return fail(why, FAILURE_CONFIG, "another database takes a restart");
    }
    return state->taken || same_text(old->subscribe.listen, settings->subscribe.listen) ||
           fail(why, FAILURE_CONFIG, "another subscribe.listen takes a restart");
}

static bool load_again(const struct serve_state *state, struct arena *arena,
                       struct settings *settings, struct token_keys *keys, struct failure *why)
{
    return program_read_settings(state->program, arena, settings, why) &&
           settings_require_site(settings, why) && settings_require_mail(settings, why) &&
           settings_require_relay(settings, why) && keeps_what_is_open(state, settings, why) &&
           token_keys_read(settings->secret_file, keys, why);
}

bool serve_reload(struct serve_state *state)
{
    struct arena arena = {0};
    struct settings settings;
    struct failure why = {0};
    struct token_keys *keys = arena_alloc(&arena, sizeof *keys);
    if (!load_again(state, &arena, &settings, keys, &why)) {
        log_event(LOG_LEVEL_ERROR, "serve", "kept", LOG_STR("what", "settings"),
                  LOG_STR("why", why.text));
        arena_free(&arena);
        return false;
    }
    state->settings = state->program->settings = settings;
    state->keys = *keys;
    arena_free(&state->arena);
    state->arena = arena;
    log_event(LOG_LEVEL_INFO, "serve", "reloaded", LOG_STR("file", state->program->settings_file));
    return true;
}
