#include "digest/summary.h"

#include <string.h>

#include "digest/answer.h"
#include "digest/headline.h"
#include "digest/ladder.h"
#include "digest/phrase.h"
#include "digest/readers.h"
#include "digest/reason.h"

/* "Five new comparisons of six tools this week." */
static char *count_words(const struct say *say, const struct tally *tally)
{
    char *comparisons = say_count(say, "count/comparisons", tally->comparisons,
                                  HOLES({"count", say_number(say, tally->comparisons)}));
    char *tools = say_count(say, "count/tools", tally->tool_count,
                            HOLES({"count", say_number(say, tally->tool_count)}));
    return say_text(say, "count/week", HOLES({"comparisons", comparisons}, {"tools", tools}));
}

static char *voice_sentence(const struct say *say, const struct voice_words *words,
                            const struct standing *lead)
{
    struct voice pair[2];
    size_t count = voice_pair(say->arena, words, lead->tools[0], pair);
    return count == 0 || pair[0].side != VOICE_FOR
               ? arena_copy(say->arena, "")
               : say_text(say, "preheader/voice",
                          HOLES({"tool", lead->tools[0]->short_name}, {"text", pair[0].text}));
}

static char *also_words(const struct say *say, const struct story *story)
{
    struct standing standing = standing_of(say->arena, story);
    const char *headline = headline_full(say, &standing);
    bool asks = *headline != '\0' && headline[strlen(headline) - 1] == '?';
    return say_text(say, asks ? "preheader/also-question" : "preheader/also",
                    HOLES({"headline", headline}));
}

struct summary summary_of(const struct say *say, const struct voice_words *given,
                          const struct story *stories, const struct tally *tally)
{
    struct standing lead = standing_of(say->arena, &stories[0]);
    struct reason reason = reason_of(given->lexicon, &lead);
    struct voice_words words = *given;
    words.told = reason.kind;
    bool alike = ladder_is_alike(say->arena, tally->tools, tally->tool_count);
    struct summary summary = {.answer = answer_sentence(say, &lead),
                              .reason = reason_sentence(say, &reason, &lead),
                              .why = reason_brief(say, &reason, &lead),
                              .voice = voice_sentence(say, &words, &lead),
                              .prices = "",
                              .votes = "",
                              .count = "",
                              .also = ""};
    if (tally->stories == 1) {
        summary.prices = ladder_sentence(say, lead.tools, lead.count);
    } else {
        summary.prices = alike ? ladder_sentence(say, tally->tools, tally->tool_count) : "";
        summary.also = also_words(say, &stories[1]);
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
    char *text = say_join(say, summary->answer, summary->reason);
    text = say_join(say, text, summary->prices);
    text = say_join(say, text, summary->votes);
    return say_join(say, text, summary->count);
}

/* The second half of the headline, if the subject had no room for it. */
static const char *rest_of(const struct say *say, const struct standing *lead, const char *subject)
{
    const char *rest = headline_rest(say, lead);
    bool said = strcmp(subject, headline_full(say, lead)) == 0;
    return said || *answer_overruled(say, lead) != '\0' ? "" : rest;
}

char *summary_preheader(const struct say *say, const struct summary *summary,
                        const struct standing *lead, const char *subject)
{
    struct readers readers = readers_of(lead);
    const char *parts[] = {
        summary->why,
        answer_overruled(say, lead),
        readers.say == READERS_OVERRULE ? "" : readers_sentence(say, &readers),
        summary->voice,
        summary->prices,
        rest_of(say, lead, subject),
        summary->also,
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
