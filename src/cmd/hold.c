/* `hold` and `release`: stops all sending while somebody finds out what is wrong. */
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "cmd/common.h"
#include "cmd/verbs.h"
#include "issue/obstacle.h"
#include "store/run.h"

enum hold_option { HOLD_REASON, HOLD_UNTIL, HOLD_ALL };
enum { HOLD_REASON_MAX = 200 };

static const struct option_spec hold_options[] = {
    [HOLD_REASON] = {"reason", 0, "TEXT", "why, for whoever meets it", false},
    [HOLD_UNTIL] = {"until", 0, "TIME", "over at that time by itself (RFC 3339)", false},
    [HOLD_ALL] = {"all", 0, NULL, "confirmation, test and other single mails too", false},
    {0},
};

static const char *user_name(struct arena *arena)
{
    const struct passwd *user = getpwuid(getuid());
    return user != NULL ? arena_copy(arena, user->pw_name)
                        : arena_format(arena, "user %ld", (long)getuid());
}

/* The reason will be part of one line in cron's mail. */
static bool read_reason(const struct program *program, struct hold *hold, struct failure *why)
{
    const struct option_value *given = &program->options[HOLD_REASON];
    hold->reason = given->count > 0 ? given->values[0] : "";
    size_t len = 0;
    for (const char *at = hold->reason; *at != '\0'; at++, len++) {
        if ((unsigned char)*at < ' ' || *at == 0x7f) {
            return fail(why, FAILURE_USAGE, "--reason is one line without control characters");
        }
    }
    return len <= HOLD_REASON_MAX ||
           fail(why, FAILURE_USAGE, "--reason has %zu bytes; at most %d fit", len, HOLD_REASON_MAX);
}

static bool read_until(const struct program *program, struct hold *hold, struct failure *why)
{
    const struct option_value *given = &program->options[HOLD_UNTIL];
    if (given->count == 0) {
        return true;
    }
    if (!clock_parse(given->values[0], &hold->until, why)) {
        why->kind = FAILURE_USAGE;
        return fail_context(why, "--until");
    }
    return hold->until > hold->since ||
           fail(why, FAILURE_USAGE, "--until %s is not in the future", given->values[0]);
}

static bool record(struct program *program, const char *verb, const char *summary,
                   struct failure *why)
{
    int64_t run, now = clock_now();
    return run_begin(program->store, verb, now, &run, why) &&
           run_end(program->store, run, now, EXIT_FINE, summary, why);
}

static bool hold_run(struct program *program, int *status, struct failure *why)
{
    struct hold asked = {.since = clock_now(),
                         .everything = program->options[HOLD_ALL].count > 0,
                         .who = user_name(&program->arena)};
    struct hold *hold;
    const char *line;
    (void)status;
    if (!common_no_operands(program, 0, why) || !read_reason(program, &asked, why) ||
        !read_until(program, &asked, why) || !hold_set(program->store, &asked, why) ||
        !hold_find(program->store, &program->arena, asked.since, &hold, why)) {
        return false;
    }
    line = obstacle_hold(&program->arena, hold != NULL ? hold : &asked);
    if (!program->quiet) {
        printf("%s\n", line);
    }
    return record(program, "hold", line, why);
}

static bool release_run(struct program *program, int *status, struct failure *why)
{
    bool released;
    (void)status;
    if (!common_no_operands(program, 0, why) ||
        !hold_release(program->store, clock_now(), &released, why)) {
        return false;
    }
    if (!program->quiet) {
        printf("%s\n", released ? "released; the next `verdicts weekly` or `verdicts send` goes on"
                                : "nothing is held");
    }
    return record(program, "release", released ? "released" : "nothing was held", why);
}

const struct verb verb_hold = {
    .name = "hold",
    .needs = NEEDS_STORE,
    .options = hold_options,
    .usage = "[--reason TEXT] [--until TIME] [--all]",
    .help = "Let nothing be sent until it is released, from the next message on",
    .examples = "  verdicts hold --reason 'the relay key has leaked'\n"
                "  verdicts hold --until 2026-11-23T08:00:00Z --all\n",
    .run = hold_run,
};

const struct verb verb_release = {
    .name = "release",
    .needs = NEEDS_STORE,
    .usage = "",
    .help = "End a hold: the next run goes on with what waits",
    .examples = "  verdicts release\n",
    .run = release_run,
};
