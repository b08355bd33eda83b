#include "digest/headline.h"

#include <ctype.h>
#include <string.h>

#include "digest/answer.h"
#include "digest/phrase.h"
#include "digest/readers.h"

enum { NAME_MIN = 4 /* characters of a name that is cut */ };

/* The content of a headline, before names are filled in. */
struct news {
    const char *first, *second, *link; /* messages; `second` is NULL if there is no second half */
    const char *brief;                 /* the first half in fewer words; NULL: there is none */
    const char *alone;                 /* the first half if it stands alone; NULL: as it is */
    const char *unnamed;               /* for two names that would look alike when cut */
    const char *tool, *other;          /* of the first half; `other` is "" if it names only one */
    const char *figure, *lowest, *count;
    const char *rest, *rest_figure; /* of the second half */
};

static char *figure_of(const struct say *say, struct jury jury)
{
    return jury_figure(say, &jury);
}

/* Sets the second half for a group: about the shared tool, or about its rivals if the shared tool
 * is on top. The first half is about `top` tools. */
static void add_rest(const struct say *say, const struct standing *standing, size_t top,
                     struct news *news)
{
    size_t at = 0;
    bool shared_first = standing->tools[0] == standing->shared;
    while (standing->group && !shared_first && standing->tools[at] != standing->shared) {
        at++;
    }
    at = !standing->group || shared_first ? top : at;
    if (at < top || at >= standing->count) {
        return;
    }
    news->rest = standing->tools[at]->short_name;
    if (at >= standing->judged) {
        news->second = "headline/rest-waiting";
        return;
    }
    news->second = shared_first && top == 1 ? "headline/rest-rivals" : "headline/rest";
    struct jury first = standing_jury(standing, 0, top);
    struct jury second = standing->juries[at];
    jury_match(&first, &second);
    news->figure = figure_of(say, first);
    news->rest_figure = figure_of(say, second);
    if (second.size == 1 && second.ship == 0) {
        news->second = "headline/rest-single";
        news->rest_figure = "";
    }
}

/* A single reviewer is not written as "1 of 1". */
static void tell_single(const struct standing *standing, struct news *news)
{
    bool told_in_percent = strchr(news->figure, '%') != NULL;
    if (standing->top == 1 && jury_is_whole(&standing->juries[0]) &&
        standing->juries[0].size == 1 && !told_in_percent) {
        news->first = "headline/lead-single";
        news->figure = "";
    }
}

/* For several tools with equal shares. */
static void tell_tie(const struct say *say, const struct standing *standing, struct news *news)
{
    size_t rivals = standing->count - 1;
    bool all =
        standing->group && standing->top == rivals && standing->tools[rivals] == standing->shared;
    if (all) {
        news->first = "headline/all";
        news->tool = standing->shared->short_name;
        news->count = say_text(say, rivals == 2 ? "all/two" : "all/more",
                               HOLES({"count", say_number(say, rivals)}));
    } else {
        news->first = standing->top == 2 ? "headline/tie" : "headline/tie-many";
        news->other = standing->top == 2 ? standing->tools[1]->short_name : "";
        news->brief = standing->top == 2 ? "headline/tie-short" : NULL;
        news->unnamed = standing->top == 2 ? "headline/tie-many" : NULL;
        news->count = say_number(say, standing->top);
    }
}

/* Several are as good as level: none of them is called the first. */
static void tell_level(const struct say *say, const struct standing *standing, struct news *news)
{
    struct jury first = standing->juries[0], last = standing->juries[standing->level - 1];
    if (standing->level > 2) {
        first.size = last.size = 0; /* "10 of 12 to 10 of 11" says little */
    }
    jury_match(&first, &last);
    news->figure = figure_of(say, first);
    news->lowest = figure_of(say, last);
    if (standing->level > 2) {
        news->first = "headline/level-many";
        news->tool = "";
        news->count = say_number(say, standing->level);
        return;
    }
    news->first = "headline/level";
    news->link = "headline/pair-list";
    news->second = "headline/level-rest";
    news->alone = "headline/level-alone";
    news->unnamed = "headline/level-many";
    news->count = say_number(say, standing->level);
    news->other = news->rest = standing->tools[1]->short_name;
    news->rest_figure = news->lowest;
}

static void tell_readers(const struct say *say, const struct readers *readers, struct news *news)
{
    bool overrule = readers->say == READERS_OVERRULE;
    news->first = overrule ? "headline/overrule" : "headline/readers";
    news->brief = overrule ? "headline/overrule-short" : NULL;
    news->second = overrule ? "headline/rest-readers" : "headline/rest";
    news->link = overrule ? "headline/pair-list" : "headline/pair";
    news->tool = readers->pick->short_name;
    news->figure = say_percent(say, readers->pick->community_ship);
    news->rest = readers->other->short_name;
    news->rest_figure = say_percent(say, readers->other->community_ship);
}

/* For a story without verdicts. */
static void tell_open(const struct say *say, const struct standing *standing, struct news *news)
{
    struct readers readers = readers_of(standing);
    if (readers.say == READERS_PICK) {
        tell_readers(say, &readers, news);
        return;
    }
    news->first = standing->group ? "headline/question-many" : "headline/question";
    news->tool = standing->group ? standing->shared->short_name : news->tool;
    news->other = standing->group ? "" : standing->tools[1]->short_name;
    news->count = say_number(say, standing->count - 1);
}

static void tell_nobody(const struct say *say, const struct standing *standing, struct news *news)
{
    bool pair = standing->judged == 2;
    news->first = pair                                 ? "headline/nobody"
                  : standing->judged < standing->count ? "headline/nobody-so-far"
                                                       : "headline/nobody-many";
    news->other = pair ? standing->tools[1]->short_name : "";
    news->tool = pair ? news->tool : "";
    news->count = say_number(say, standing->judged);
}

static struct news news_of(const struct say *say, const struct standing *standing)
{
    struct news news = {.first = "headline/lead",
                        .link = "headline/pair",
                        .tool = standing->tools[0]->short_name,
                        .other = "",
                        .figure = "",
                        .lowest = "",
                        .count = "",
                        .rest = "",
                        .rest_figure = ""};
    enum answer answer = answer_of(standing);
    struct readers readers = readers_of(standing);
    if (answer == ANSWER_OVERRULED) {
        tell_readers(say, &readers, &news);
    } else if (answer == ANSWER_OPEN) {
        tell_open(say, standing, &news);
    } else if (answer == ANSWER_NOBODY) {
        tell_nobody(say, standing, &news);
    } else if (answer == ANSWER_LEVEL) {
        tell_level(say, standing, &news);
    } else {
        news.figure = figure_of(say, standing_jury(standing, 0, standing->top));
        add_rest(say, standing, standing->top, &news);
        tell_single(standing, &news);
        if (standing->top > 1) {
            tell_tie(say, standing, &news);
        }
    }
    return news;
}

/* The first half, with its names cut to `room` characters each. */
static char *write_first(const struct say *say, const struct news *news, size_t room)
{
    return say_text(say, news->first,
                    HOLES({"tool", phrase_cut(say->arena, news->tool, room)},
                          {"other", phrase_cut(say->arena, news->other, room)},
                          {"figure", news->figure}, {"lowest", news->lowest},
                          {"count", news->count}, {"all", news->count}));
}

static char *write_second(const struct say *say, const struct news *news, const char *id)
{
    return say_text(say, id,
                    HOLES({"other", news->rest}, {"figure", news->rest_figure},
                          {"tool", news->tool}, {"first", news->figure}));
}

static char *write_both(const struct say *say, const struct news *news)
{
    char *first = write_first(say, news, SIZE_MAX);
    return news->second == NULL
               ? first
               : say_text(
                     say, news->link,
                     HOLES({"first", first}, {"second", write_second(say, news, news->second)}));
}

/* The number of characters up to the end of the last occurrence of `part`; 0 if it does not
 * occur. */
static size_t end_of(const struct say *say, const char *text, const char *part)
{
    size_t end = 0;
    for (const char *at = text; *part != '\0' && (at = strstr(at, part)) != NULL; at++) {
        end = (size_t)(at - text) + strlen(part);
    }
    return phrase_length(arena_copy_bytes(say->arena, text, end));
}

/* Of a name the first place counts: it may be the beginning of the other one. */
static size_t end_of_name(const struct say *say, const char *text, const char *name)
{
    const char *at = *name != '\0' ? strstr(text, name) : NULL;
    size_t end = at != NULL ? (size_t)(at - text) + strlen(name) : 0;
    return phrase_length(arena_copy_bytes(say->arena, text, end));
}

/* Whether a number, or "3 of 4", crosses the position up to which a phone shows a subject. */
static bool is_split(const struct say *say, const char *text, const char *figure)
{
    size_t end = end_of(say, text, figure);
    return *figure != '\0' && end > HEADLINE_SEEN && end - phrase_length(figure) < HEADLINE_SEEN;
}

static bool fits(const struct say *say, const struct news *news, const char *text,
                 const char *first, size_t room)
{
    size_t seen = end_of_name(say, first, phrase_cut(say->arena, news->tool, room));
    size_t number = end_of(say, first, news->figure);
    return phrase_length(text) <= HEADLINE_SUBJECT_MAX && seen <= HEADLINE_SEEN &&
           number <= HEADLINE_SEEN && !is_split(say, text, news->rest_figure);
}

char *headline_full(const struct say *say, const struct standing *standing)
{
    struct news news = news_of(say, standing);
    return write_both(say, &news);
}

/* Whether a name that is cut to that room could be the other one. */
static bool look_alike(const struct news *news, size_t room)
{
    size_t shared = 0;
    while (news->tool[shared] != '\0' && news->tool[shared] == news->other[shared]) {
        shared++;
    }
    bool cut = phrase_length(news->tool) > room || phrase_length(news->other) > room;
    return *news->other != '\0' && cut && shared + 1 >= room;
}

/* Only the first half, with its names cut until it fits. */
static char *cut_first(const struct say *say, const struct news *news)
{
    size_t room = HEADLINE_SEEN;
    char *text = write_first(say, news, room);
    while (room > NAME_MIN && !fits(say, news, text, text, room)) {
        text = write_first(say, news, --room);
    }
    if (news->unnamed != NULL && look_alike(news, room)) {
        struct news unnamed = *news;
        unnamed.first = news->unnamed;
        text = write_first(say, &unnamed, SIZE_MAX);
    }
    return text;
}

char *headline_subject(const struct say *say, const struct standing *standing)
{
    struct news news = news_of(say, standing);
    struct news brief = news;
    brief.first = news.brief != NULL ? news.brief : news.first;
    const struct news *const tries[] = {&news, &brief};
    for (size_t i = 0; i < 2; i++) {
        char *text = write_both(say, tries[i]);
        if (fits(say, tries[i], text, write_first(say, tries[i], SIZE_MAX), SIZE_MAX)) {
            return text;
        }
    }
    brief.first = brief.alone != NULL ? brief.alone : brief.first;
    brief.figure = brief.alone != NULL ? "" : brief.figure;
    brief.second = NULL;
    brief.rest_figure = "";
    return cut_first(say, &brief);
}

char *headline_rest(const struct say *say, const struct standing *standing)
{
    struct news news = news_of(say, standing);
    if (news.second == NULL) {
        return arena_copy(say->arena, "");
    }
    bool bare = strcmp(news.second, "headline/rest") == 0;
    bool readers = strcmp(news.first, "headline/readers") == 0;
    const char *whole = news.alone != NULL ? "headline/level-figures" : news.second;
    const char *id = bare && readers ? "headline/rest-of-readers"
                     : bare          ? "headline/rest-alone"
                                     : whole;
    char *text = phrase_capital(say->arena, write_second(say, &news, id));
    return say_text(say, "headline/sentence", HOLES({"text", text}));
}
