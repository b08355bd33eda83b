#include "render/summary.h"

#include <string.h>

#include "render/answer.h"
#include "render/headline.h"
#include "render/ladder.h"
#include "render/phrase.h"
#include "render/readers.h"

/* "Five new comparisons of six tools this week." */
static char *count_words(const struct say *say, const struct tally *tally)
{
    char *comparisons = say_count(say, "count/comparisons", tally->comparisons,
                                  HOLES({"count", say_number(say, tally->comparisons)}));
    char *tools = say_count(say, "count/tools", tally->tool_count,
                            HOLES({"count", say_number(say, tally->tool_count)}));
    return say_text(say, "count/week", HOLES({"comparisons", comparisons}, {"tools", tools}));
}

struct summary summary_of(const struct say *say, const struct standing *lead,
                          const struct tally *tally)
{
    bool alike = ladder_is_alike(say->arena, tally->tools, tally->tool_count);
    struct summary summary = {
        .answer = answer_sentence(say, lead), .prices = "", .votes = "", .count = ""};
    if (tally->stories == 1) {
        summary.prices = ladder_sentence(say, lead->tools, lead->count);
    } else if (alike) {
        summary.prices = ladder_sentence(say, tally->tools, tally->tool_count);
    }
    if (tally->voted == 0) {
        summary.votes = say_text(say, "count/votes-none", NULL);
    }
    if (tally->comparisons > 1) {
        summary.count = count_words(say, tally);
    }
    return summary;
}

char *summary_issue(const struct say *say, const struct summary *summary)
{
    char *text = say_join(say, summary->answer, summary->prices);
    text = say_join(say, text, summary->votes);
    return say_join(say, text, summary->count);
}

/* The second half of the headline, where the subject had no room for it. */
static const char *rest_of(const struct say *say, const struct standing *lead, const char *subject)
{
    bool whole = strcmp(subject, headline_full(say, lead)) == 0;
    return whole ? "" : headline_rest(say, lead);
}

char *summary_preheader(const struct say *say, const struct summary *summary,
                        const struct standing *lead, const char *subject)
{
    struct readers readers = readers_of(lead);
    const char *parts[] = {
        rest_of(say, lead, subject),
        readers.say == READERS_OVERRULE ? "" : readers_sentence(say, &readers),
        summary->prices,
        summary->votes,
        summary->count,
        say_text(say, "preheader/filler", NULL),
    };
    char *text = arena_copy(say->arena, "");
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        char *longer = say_join(say, text, parts[i]);
        bool last = i + 1 == sizeof parts / sizeof parts[0];
        bool enough = last && phrase_length(text) >= SUMMARY_PREHEADER_MIN;
        if (!enough && phrase_length(longer) <= SUMMARY_PREHEADER_MAX) {
            text = longer;
        }
    }
    return text;
}
