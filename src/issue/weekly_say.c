#include "issue/weekly_private.h"

void weekly_warn(const struct weekly *weekly, const char *line)
{
    weekly->run->say(weekly->run->context, ISSUE_SAY_WARNING, line);
}

void weekly_say(const struct weekly *weekly, bool wrong)
{
    weekly->run->say(weekly->run->context, wrong ? ISSUE_SAY_WARNING : ISSUE_SAY_SUMMARY,
                     weekly->summary);
}

void weekly_note(struct weekly *weekly, const char *note)
{
    weekly->notes = weekly->notes == NULL
                        ? note
                        : arena_format(weekly->run->arena, "%s; %s", weekly->notes, note);
}

/* Reports each change once: what is left, whether the last rows have given up, who may have it
 * twice (also when all is well again), and what the relay says. Otherwise hourly runs would report
 * one full mailbox seventy-two times. */
bool weekly_say_sent(const struct weekly *weekly, const struct issue *issue,
                     const struct send_result *result, struct failure *why)
{
    const struct deliver_result *delivered = &result->delivered;
    const int64_t *counts = delivered->counts;
    bool open = counts[DELIVERY_QUEUED] + counts[DELIVERY_SENDING] + counts[DELIVERY_DEFERRED] > 0;
    bool doubt = counts[DELIVERY_IN_DOUBT] > 0;
    bool gave_up = !open && !doubt && counts[DELIVERY_GAVE_UP] > 0;
    bool fresh;
    const char *topic = arena_format(weekly->run->arena, "%s%s%s%s%s", open ? "left " : "",
                                     doubt ? "in doubt " : "", gave_up ? "gave up " : "",
                                     result->doubted > 0 ? "doubled " : "", delivered->topic);
    if (!issue_say(weekly->run->store, issue->id, topic, &fresh, why)) {
        return false;
    }
    bool wrong = fresh && topic[0] != '\0';
    if (delivered->relay_why.kind != FAILURE_NONE && (wrong || weekly->options->watched)) {
        weekly_warn(weekly, delivered->relay_why.text);
    }
    weekly_say(weekly, wrong);
    return true;
}

const char *weekly_record(const struct weekly *weekly)
{
    struct arena *arena = weekly->run->arena;
    const char *record = weekly->refused.kind == FAILURE_NONE
                             ? weekly->summary
                             : arena_format(arena, "%s; %s", weekly->refused.text, weekly->summary);
    return weekly->notes == NULL ? record : arena_format(arena, "%s; %s", record, weekly->notes);
}
