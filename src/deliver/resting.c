#include "deliver/resting.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "deliver/retry.h"

/* If a process dies with the probe, the others wait this long. */
enum { PROBE_LEASE = 600 };

void resting_init(struct resting *resting, const struct settings *settings, size_t number,
                  const char *relay, struct delivery_queue queue, struct answers *answers)
{
    *resting = (struct resting){
        .settings = settings, .answers = answers, .number = number, .relay = relay, .queue = queue};
}

void resting_free(struct resting *resting)
{
    arena_free(&resting->arena);
}

bool resting_refresh(struct resting *resting, struct outbox *outbox, struct failure *why)
{
    int64_t now = clock_now();
    if (!outbox_find_rest(outbox, resting->number, &resting->arena, &resting->rest, why)) {
        return false;
    }
    if (resting->rest == NULL || resting->rest->until > now) {
        return true;
    }
    if (!outbox_take_probe(outbox, resting->rest, now + PROBE_LEASE, &resting->probing, why)) {
        return false;
    }
    if (resting->probing) {
        log_event(LOG_LEVEL_DEBUG, "relay", "probing", LOG_STR("relay", resting->relay),
                  LOG_INT("probes", resting->rest->probes));
    }
    return true;
}

bool resting_may_begin(const struct resting *resting, size_t in_hand)
{
    return resting->rest == NULL || (resting->probing && in_hand == 0);
}

static int64_t next_probe(int64_t probes)
{
    return clock_now() + retry_delay(probes, (int64_t)random_below(1000));
}

/* A refusal of this message's content does not hold back other mail. */
static int64_t queue_of(const struct resting *resting, const struct refusal *refusal)
{
    return refusal->fault == REFUSAL_CONTENT ? resting->queue.issue_id : REST_ALL;
}

static void begin(struct resting *resting, struct outbox *outbox, int sentence)
{
    const struct answers_sentence *said = &resting->answers->sentences[sentence];
    int64_t ids[ANSWERS_WINDOW];
    size_t count = answers_rows(resting->answers, sentence, ids);
    for (size_t i = 0; i < count; i++) {
        outbox_return_answered(outbox, ids[i]);
    }
    resting->begun = (struct rest){.relay = resting->relay,
                                   .queue = queue_of(resting, &said->refusal),
                                   .began_at = clock_now(),
                                   .until = next_probe(0),
                                   .answers = (int64_t)count,
                                   .sentence = arena_copy(&resting->arena, said->masked),
                                   .reply = arena_copy(&resting->arena, said->sample),
                                   .remedy = said->refusal.remedy};
    resting->rest = &resting->begun;
    resting->asked = true;
    outbox_change_rest(outbox, resting->number, OUTBOX_REST_BEGINS, resting->rest);
    log_event(LOG_LEVEL_WARN, "relay", "rests", LOG_STR("relay", resting->relay),
              LOG_STR("reply", said->sample));
    answers_init(resting->answers);
}

static bool says_the_same(const struct resting *resting, const struct delivery *row,
                          const struct reply *reply)
{
    char masked[SENTENCE_MAX + 1];
    sentence_mask(reply->text, row->address, masked);
    return strcmp(masked, resting->rest->sentence) == 0;
}

/* A refusal for a recipient's own reasons shows that the relay works. */
static bool works(const struct resting *resting, const struct delivery *row,
                  const struct disposition *disposition, const struct reply *reply)
{
    const struct refusal *refusal = &disposition->refusal;
    bool own = refusal->fault == REFUSAL_RECIPIENT || refusal->fault == REFUSAL_MAILBOX ||
               refusal->reason == REFUSAL_GREYLISTED;
    return disposition->state == DELIVERY_SENT ||
           (disposition->refused && own && !says_the_same(resting, row, reply));
}

static void hear_probe(struct resting *resting, struct outbox *outbox, const struct delivery *row,
                       const struct disposition *disposition, const struct reply *reply)
{
    if (disposition->state == DELIVERY_SKIPPED) {
        return; /* nobody was asked */
    }
    resting->probing = false;
    if (works(resting, row, disposition, reply)) {
        outbox_change_rest(outbox, resting->number, OUTBOX_REST_ENDS, resting->rest);
        log_event(LOG_LEVEL_INFO, "relay", "awake", LOG_STR("relay", resting->relay));
        resting->rest = NULL;
        return;
    }
    if (disposition->refused) {
        resting->asked = true;
        resting->rest->probes++;
        outbox_return_answered(outbox, row->id);
    }
    resting->rest->until = next_probe(resting->rest->probes);
    log_event(LOG_LEVEL_DEBUG, "relay", "rests_on", LOG_STR("relay", resting->relay),
              LOG_STR("reply", reply->text));
    outbox_change_rest(outbox, resting->number, OUTBOX_REST_GOES_ON, resting->rest);
}

void resting_hear(struct resting *resting, struct outbox *outbox, const struct delivery *row,
                  const struct disposition *disposition, const struct reply *reply)
{
    if (resting->probing) {
        hear_probe(resting, outbox, row, disposition, reply);
    } else if (disposition->state == DELIVERY_SENT) {
        answers_accept(resting->answers);
    } else if (disposition->refused && resting->rest != NULL) {
        /* It was already being sent when the rest began. */
        if (says_the_same(resting, row, reply)) {
            outbox_return_answered(outbox, row->id);
        }
    } else if (disposition->refused) {
        int sentence = answers_refuse(resting->answers, row, reply, &disposition->refusal);
        if (answers_too_often(resting->answers, sentence, resting->settings)) {
            begin(resting, outbox, sentence);
        }
    }
}

void resting_end(struct resting *resting, struct outbox *outbox)
{
    if (resting->probing) {
        resting->probing = false;
        resting->rest->until = clock_now();
        outbox_change_rest(outbox, resting->number, OUTBOX_REST_GOES_ON, resting->rest);
    }
}

void resting_tell(const struct resting *resting, struct failure *line)
{
    const struct rest *rest = resting->rest;
    char until[CLOCK_TEXT];
    clock_format(rest->until, until);
    *line = (struct failure){0};
    fail(line, FAILURE_UNAVAILABLE,
         "%s rests: %lld reader%s answered with \"%s\"%s%s; the next try is at %s", rest->relay,
         (long long)rest->answers, rest->answers == 1 ? " was" : "s were", rest->reply,
         rest->remedy != NULL ? ": " : "", rest->remedy != NULL ? rest->remedy : "", until);
}
