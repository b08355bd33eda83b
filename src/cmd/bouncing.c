#include "cmd/bouncing.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "subscribers/join.h"

enum { BAR_WIDTH = 40, BAR_EVERY_MS = 100 };

struct bar {
    int64_t drawn_at; /* milliseconds; 0: never */
};

static void draw(void *context, int64_t done, int64_t waiting)
{
    struct bar *bar = context;
    int64_t now = clock_monotonic_ms();
    if (bar->drawn_at != 0 && now - bar->drawn_at < BAR_EVERY_MS && done < waiting) {
        return;
    }
    int full = waiting > 0 ? (int)(done * BAR_WIDTH / (done > waiting ? done : waiting)) : 0;
    char cells[BAR_WIDTH + 1];
    memset(cells, '-', BAR_WIDTH);
    memset(cells, '#', (size_t)full);
    cells[BAR_WIDTH] = '\0';
    fprintf(stderr, "\rbounces [%s] %lld/%lld", cells, (long long)done, (long long)waiting);
    bar->drawn_at = now;
}

/* What the signup service's own functions do, for the judge. */
struct hands {
    struct join join;
    struct arena arena;
};

static bool hand_leave(void *context, const char *token, const char *form, struct failure *why)
{
    struct hands *hands = context;
    enum join_answer answer;
    arena_reset(&hands->arena);
    return join_leave(&hands->join, &hands->arena, token, form, "", clock_now(), &answer, why);
}

static struct hands hands_of(struct program *program)
{
    return (struct hands){
        .join = {.store = program->store, .settings = &program->settings, .keys = program->keys}};
}

static struct judge judge_of(struct program *program, struct hands *hands)
{
    return (struct judge){.store = program->store,
                          .keys = program->keys,
                          .settings = &program->settings,
                          .leave = hand_leave,
                          .context = hands,
                          .now = clock_now()};
}

/* Said once: afterwards the events are held and `status` shows them. */
static void tell_storms(const struct judge_result *judged)
{
    for (size_t i = 0; i < judged->storm_count; i++) {
        const struct judge_storm *storm = &judged->storms[i];
        fprintf(stderr,
                "verdicts: %s: %lld of %lld readers bounced in one run with \"%s\": held back, "
                "nobody of them was scored; `verdicts bounces --release %s` lets them through\n",
                storm->domain, (long long)storm->people, (long long)storm->readers, storm->code,
                storm->domain);
    }
}

static bool run_all(struct program *program, struct mailbox *mailbox, struct sandbox *sandbox,
                    struct bounce_run_result *result, struct failure *why)
{
    struct hands hands = hands_of(program);
    struct judge judge = judge_of(program, &hands);
    struct bar bar = {0};
    bool watched = program->terminal && !program->quiet;
    struct bounce_run run = {.judge = &judge,
                             .sandbox = sandbox,
                             .mailbox = mailbox,
                             .stop = &program->stop,
                             .progress = watched ? draw : NULL,
                             .context = &bar};
    bool ok = bounce_run(&run, &program->arena, result, why);
    if (bar.drawn_at != 0) {
        fprintf(stderr, "\n");
    }
    tell_storms(&result->judged);
    arena_free(&hands.arena);
    return ok;
}

bool bouncing_mailbox(struct program *program, struct bounce_run_result *result,
                      struct failure *why)
{
    const char *lock = file_beside(&program->arena, program->settings.database, "bounces");
    struct mailbox *mailbox = NULL;
    struct sandbox *sandbox = NULL;
    struct failure late = {0};
    int fd = -1;
    if (!file_lock(lock, &fd, why)) {
        return why->kind == FAILURE_TRY_AGAIN
                   ? fail(why, FAILURE_TRY_AGAIN, "the mailbox is being read by another run")
                   : false;
    }
    bool ok = sandbox_open(NULL, &sandbox, why) &&
              mailbox_open(&program->settings, &mailbox, why) &&
              run_all(program, mailbox, sandbox, result, why);
    sandbox_close(sandbox);
    if (!mailbox_close(mailbox, &late) && ok) {
        *why = late;
        ok = false;
    }
    close(fd);
    return ok && (result->unread == 0 ||
                  fail(why, FAILURE_UNAVAILABLE,
                       "%lld message%s in the mailbox cannot be read and stay%s there (%s); all "
                       "others were read",
                       (long long)result->unread, result->unread == 1 ? "" : "s",
                       result->unread == 1 ? "s" : "", result->unread_why));
}

bool bouncing_release(struct program *program, const char *domain, struct judge_result *result,
                      struct failure *why)
{
    struct hands hands = hands_of(program);
    struct judge judge = judge_of(program, &hands);
    return judge_release(&judge, &program->arena, domain, result, why);
}

bool bouncing_refusals(struct program *program, int64_t issue_id, struct failure *why)
{
    struct hands hands = hands_of(program);
    struct judge judge = judge_of(program, &hands);
    struct judge_result result = {0};
    int64_t count;
    bool ok = judge_refusals(&judge, issue_id, &count, why) &&
              (count == 0 || judge_pending(&judge, &program->arena, &result, why));
    tell_storms(&result);
    return ok;
}

void bouncing_summary(const struct bounce_run_result *result, char *line, size_t size)
{
    size_t used = (size_t)snprintf(line, size, "%lld message%s", (long long)result->read,
                                   result->read == 1 ? "" : "s");
    for (int i = 0; i < BOUNCE_CLASSES && used < size; i++) {
        if (result->classes[i] > 0) {
            used += (size_t)snprintf(line + used, size - used, ", %lld %s",
                                     (long long)result->classes[i],
                                     bounce_class_name((enum bounce_class)i));
        }
    }
    if (used < size && result->repeated > 0) {
        used += (size_t)snprintf(line + used, size - used, ", %lld read before",
                                 (long long)result->repeated);
    }
    if (used < size && result->lying > 0) {
        used += (size_t)snprintf(line + used, size - used, ", %lld in cur for people",
                                 (long long)result->lying);
    }
    if (used < size) {
        snprintf(line + used, size - used, "; %lld off the list%s", (long long)result->judged.gone,
                 result->stopped ? "; interrupted: the next run reads the rest and counts" : "");
    }
}
