#include "digest/record.h"

#include "digest/isolate.h"
#include "digest/phrase.h"
#include "digest/story_view.h"
#include "digest/tool_view.h"

enum { MONTHS = 12 };

static char *month_of(const struct say *say, int due)
{
    return say_month(say, &(struct local_time){.year = due / MONTHS, .month = due % MONTHS + 1});
}

static char *name_of(const struct say *say, const struct prediction *prediction)
{
    return isolate_name(say->arena, phrase_tidy(say->arena, prediction->tool));
}

static char *reviewer_of(const struct say *say, const struct prediction *prediction)
{
    char *name = phrase_tidy(say->arena, prediction->reviewer);
    return *name != '\0' ? isolate_name(say->arena, name) : say_text(say, "record/reviewer", NULL);
}

char *record_lead(const struct say *say, const struct prediction *prediction, const char *timezone)
{
    struct local_time said = zone_from_instant(timezone, prediction->said_at);
    return say_text(say, prediction->told_number > 0 ? "record/due" : "record/new",
                    HOLES({"reviewer", reviewer_of(say, prediction)},
                          {"tool", name_of(say, prediction)}, {"month", say_month(say, &said)},
                          {"until", month_of(say, prediction->due)}));
}

char *record_question(const struct say *say)
{
    return say_text(say, "record/question", NULL);
}

static void set_link(struct arena *arena, struct value *value, const char *name, const char *url)
{
    value_set_text(arena, value, name, url != NULL ? url : "");
    value_set_bool(arena, value, arena_format(arena, "has_%s", name), url != NULL);
}

static struct value *view(const struct say *say, const struct prediction *prediction,
                          const struct newsletter *issue)
{
    struct arena *arena = say->arena;
    struct value *value = value_object(arena);
    value_set_text(arena, value, "lead", record_lead(say, prediction, issue->timezone));
    value_set_text(arena, value, "text", phrase_tidy(arena, prediction->sentence));
    value_set_text(arena, value, "name", name_of(say, prediction));
    if (prediction->told_number == 0) {
        value_set_text(arena, value, "until", month_of(say, prediction->due));
        return value;
    }
    struct local_time told = zone_from_instant(issue->timezone, prediction->told_at);
    const struct comparison item = {.slug = prediction->slug, .url = prediction->url};
    value_set_text(arena, value, "question", record_question(say));
    set_link(arena, value, "url", story_view_link(arena, &item, issue->comparison_url));
    value_set_text(arena, value, "told",
                   say_text(say, "move/told",
                            HOLES({"number", say_digits(say, (size_t)prediction->told_number)},
                                  {"date", say_date(say, &told)})));
    set_link(arena, value, "told_url",
             tool_view_link(issue->archive) != NULL
                 ? arena_format(arena, "%s/issues/%s", issue->archive, prediction->told_week)
                 : NULL);
    return value;
}

void record_set(const struct say *say, struct value *value, const struct newsletter *issue)
{
    struct arena *arena = say->arena;
    struct value *due = value_set(arena, value, "due", value_list(arena));
    struct value *made = value_set(arena, value, "predictions", value_list(arena));
    for (size_t i = 0; i < issue->prediction_count; i++) {
        const struct prediction *prediction = &issue->predictions[i];
        value_add(prediction->told_number > 0 ? due : made, view(say, prediction, issue));
    }
    tool_view_number(arena, due);
    tool_view_number(arena, made);
    value_set_bool(arena, value, "has_due", due->count > 0);
    value_set_bool(arena, value, "has_predictions", made->count > 0);
    value_set_bool(arena, value, "has_record", issue->prediction_count > 0);
}
