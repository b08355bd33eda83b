#include "issue/predictions.h"

#include "digest/isolate.h"
#include "digest/phrase.h"
#include "digest/prediction.h"
#include "digest/record.h"
#include "pick/pick.h"
#include "store/prediction.h"

/* Behind what is due: the clearest that no issue has put on record. */
static bool add_new(struct store *store, struct arena *arena, const char *timezone,
                    const struct week *week, const struct story *stories, size_t count,
                    struct predictions *predictions, struct failure *why)
{
    struct prediction *made;
    size_t found, taken = 0;
    predictions_of(arena, stories, count, timezone, week->end, &made, &found);
    for (size_t i = 0; i < found && taken < PREDICTIONS_MAX; i++) {
        bool known;
        if (!prediction_is_on_record(store, week->name, made[i].sentence, &known, why)) {
            return false;
        }
        if (!known) {
            predictions->list[predictions->count++] = made[i];
            taken++;
        }
    }
    return true;
}

bool predictions_find(struct store *store, struct arena *arena, const struct settings *settings,
                      const struct week *week, const struct story *stories, size_t count,
                      struct predictions *predictions, struct failure *why)
{
    const char *timezone = settings->issue.timezone;
    struct prediction *due;
    size_t due_count;
    *predictions = (struct predictions){
        .list = arena_array(arena, 2 * (size_t)PREDICTIONS_MAX, sizeof *predictions->list)};
    if (!prediction_due(store, arena, week->name, prediction_month(timezone, week->end),
                        PREDICTIONS_MAX, &due, &due_count, why)) {
        return false;
    }
    for (size_t i = 0; i < due_count; i++) {
        predictions->list[predictions->count++] = due[i];
    }
    return add_new(store, arena, timezone, week, stories, count, predictions, why);
}

bool predictions_stored(struct store *store, struct arena *arena, int64_t issue_id,
                        struct predictions *predictions, struct failure *why)
{
    return prediction_list(store, arena, issue_id, &predictions->list, &predictions->count, why);
}

bool predictions_save(struct store *store, int64_t issue_id, const struct predictions *predictions,
                      struct failure *why)
{
    return prediction_replace(store, issue_id, predictions->list, predictions->count, why);
}

bool predictions_refuse_withdrawn(struct store *store, struct arena *arena,
                                  const struct issue *issue, struct failure *why)
{
    const char *slug;
    long long number = (long long)issue->number;
    return prediction_withdrawn_of(store, arena, issue->id, &slug, why) &&
           (slug == NULL ||
            fail(why, FAILURE_DATA,
                 "issue %lld (%s) asks about a review of %.200s, withdrawn since it was approved; "
                 "`verdicts issue cancel %lld` lets the issue be built again without what is "
                 "withdrawn; `verdicts comparison restore %.200s` keeps that in it",
                 number, issue->iso_week, slug, number, slug));
}

static bool is_told(const struct prediction *prediction, const struct story *stories, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (model_story_holds(&stories[i], prediction->comparison_id)) {
            return true;
        }
    }
    return false;
}

struct predictions predictions_of_topics(struct arena *arena, const struct predictions *predictions,
                                         const char *topics, const struct story *stories,
                                         size_t count)
{
    struct predictions chosen = {.list =
                                     arena_array(arena, predictions->count, sizeof *chosen.list)};
    for (size_t i = 0; i < predictions->count; i++) {
        const struct prediction *one = &predictions->list[i];
        if (one->told_number > 0 ? topics[0] == '\0' || pick_is_topic(topics, one->category)
                                 : is_told(one, stories, count)) {
            chosen.list[chosen.count++] = *one;
        }
    }
    return chosen;
}

const char *predictions_words(struct arena *arena, const struct prediction *prediction,
                              const char *timezone)
{
    struct say say = {arena, catalogue_english(arena)};
    const char *question = prediction->told_number > 0 ? record_question(&say) : "";
    char *text = arena_format(arena, "%s “%s”", record_lead(&say, prediction, timezone),
                              phrase_tidy(arena, prediction->sentence));
    return isolate_finish(arena, say_join(&say, text, question));
}
