#include "digest/answer.h"

#include "digest/readers.h"

enum { HALF = 50, LISTED_MAX = 4 /* names in a sentence */ };

static bool is_by_reviewers(const struct standing *standing)
{
    return standing->juries[0].percent - standing->juries[1].percent > JURY_LEVEL;
}

enum answer answer_of(const struct standing *standing)
{
    const struct jury *top = &standing->juries[0];
    if (standing->judged < 2) {
        return standing->judged == 0 ? ANSWER_OPEN : ANSWER_ONE;
    }
    if (top->percent < HALF) {
        return top->percent == 0 ? ANSWER_NOBODY : ANSWER_NONE;
    }
    if (standing->top > 1) {
        return ANSWER_TIE;
    }
    if (readers_of(standing).say == READERS_OVERRULE) {
        return ANSWER_OVERRULED;
    }
    if (standing->level == 1) {
        return jury_is_whole(top) ? ANSWER_WHOLE : ANSWER_LEADER;
    }
    return is_by_reviewers(standing) ? ANSWER_NARROW : ANSWER_LEVEL;
}

static char *names(const struct say *say, const struct standing *standing, size_t count)
{
    const char **list = arena_array(say->arena, count, sizeof *list);
    for (size_t i = 0; i < count; i++) {
        list[i] = standing->tools[i]->name;
    }
    return say_list(say, list, count);
}

/* The two best tools, and what is said of each. */
static char *say_two(const struct say *say, const char *id, const struct standing *standing)
{
    struct jury first = standing->juries[0];
    struct jury second = standing->juries[1];
    jury_match(&first, &second);
    return say_text(say, id,
                    HOLES({"tool", standing->tools[0]->name}, {"who", jury_who(say, &first)},
                          {"other", standing->tools[1]->name},
                          {"fewer", jury_who_else(say, &second, &first)}));
}

/* The winner of two tools, and the share of the other one. */
static char *say_pair(const struct say *say, const struct standing *standing)
{
    const struct jury *first = &standing->juries[0];
    const struct jury *second = &standing->juries[1];
    const char *lead = first->size == 1         ? "answer/lead-alone"
                       : jury_is_whole(first)   ? "answer/lead-whole"
                       : first->percent == HALF ? "answer/lead-half"
                                                : "answer/lead";
    const char *rest = second->size == 1        ? "answer/rest-alone"
                       : jury_is_none(second)   ? "answer/rest-none"
                       : second->percent == 0   ? "answer/rest-doubted"
                       : second->percent < HALF ? "answer/rest-short"
                                                : "answer/rest";
    return say_text(say, "answer/pair",
                    HOLES({"lead", say_text(say, lead, HOLES({"tool", standing->tools[0]->name}))},
                          {"rest", say_text(say, rest,
                                            HOLES({"other", standing->tools[1]->name},
                                                  {"who", jury_who(say, second)}))}));
}

/* The message for the leader of a group. */
static const char *leader_id(const struct standing *standing, enum answer answer)
{
    if (standing->juries[0].size == 1) {
        return "answer/leader-alone";
    }
    if (standing->judged < standing->count) {
        return "answer/leader-so-far";
    }
    return answer == ANSWER_WHOLE ? "answer/whole"
           : standing->count == 3 ? "answer/leader-of-three"
                                  : "answer/leader";
}

static char *say_leader(const struct say *say, const struct standing *standing, enum answer answer)
{
    if (!standing->group) {
        return say_pair(say, standing);
    }
    return say_text(say, leader_id(standing, answer),
                    HOLES({"tool", standing->tools[0]->name},
                          {"who", jury_who(say, &standing->juries[0])},
                          {"count", say_number(say, standing->count)},
                          {"others", say_number(say, standing->count - 1)}));
}

/* The message for several tools on top; `tie`: their shares are equal. */
static const char *several_id(const struct standing *standing, size_t count, bool tie)
{
    bool open = standing->judged < standing->count;
    if (count == standing->count && tie) {
        return count == 2 ? "answer/tie-pair" : "answer/tie-all";
    }
    if (count > LISTED_MAX) {
        return "answer/top";
    }
    if (!tie) {
        return count == 2 ? "answer/level" : "answer/level-more";
    }
    if (count == 2) {
        return open ? "answer/tie-so-far" : "answer/tie";
    }
    return open ? "answer/tie-more-so-far" : "answer/tie-more";
}

/* The tools on top have equal shares, or are practically level. */
static char *say_several(const struct say *say, const struct standing *standing, bool tie)
{
    size_t count = tie ? standing->top : standing->level;
    struct jury jury = standing_jury(standing, 0, tie ? count : 1);
    const char *who = jury.size == 1 ? say_text(say, "jury/own", NULL) : jury_who(say, &jury);
    if (!standing->group && !tie) {
        return say_two(say, "answer/level-pair", standing);
    }
    return say_text(say, several_id(standing, count, tie),
                    HOLES({"tools", count > LISTED_MAX ? "" : names(say, standing, count)},
                          {"tool", standing->tools[0]->name}, {"other", standing->tools[1]->name},
                          {"count", say_number(say, count)}, {"who", who}));
}

static char *say_none(const struct say *say, const struct standing *standing)
{
    if (!standing->group && standing->top == 1) {
        return say_two(say, "answer/neither", standing);
    }
    struct jury jury = standing_jury(standing, 0, standing->top);
    return say_text(
        say,
        !standing->group                     ? "answer/neither-level"
        : standing->judged < standing->count ? "answer/none-so-far"
                                             : "answer/none",
        HOLES({"who", jury_who(say, &jury)}, {"count", say_number(say, standing->judged)}));
}

static char *panel_sentence(const struct say *say, const struct standing *standing)
{
    enum answer answer = answer_of(standing);
    const struct hole *holes =
        HOLES({"count", say_number(say, standing->count)}, {"tool", standing->tools[0]->name});
    switch (answer) {
    case ANSWER_OPEN:
        return say_text(say, standing->group ? "answer/open" : "answer/open-pair", holes);
    case ANSWER_ONE:
        return say_text(say, "answer/one",
                        HOLES({"tool", standing->tools[0]->name},
                              {"who", jury_who(say, &standing->juries[0])}));
    case ANSWER_NOBODY:
        return say_text(say,
                        standing->judged < standing->count ? "answer/nobody-so-far"
                        : standing->group                  ? "answer/nobody"
                                                           : "answer/nobody-pair",
                        holes);
    case ANSWER_NONE:
        return say_none(say, standing);
    case ANSWER_NARROW:
        return say_two(say, "answer/narrow", standing);
    case ANSWER_TIE:
    case ANSWER_LEVEL:
        return say_several(say, standing, answer == ANSWER_TIE);
    case ANSWER_OVERRULED:
    case ANSWER_WHOLE:
    case ANSWER_LEADER:
        break;
    }
    return say_leader(say, standing, answer);
}

/* The panel's winner next to the readers' one, which need not be the panel's second. */
char *answer_overruled(const struct say *say, const struct standing *standing)
{
    struct readers readers = readers_of(standing);
    if (answer_of(standing) != ANSWER_OVERRULED) {
        return arena_copy(say->arena, "");
    }
    struct jury first = standing->juries[0];
    struct jury second = jury_of(readers.pick);
    jury_match(&first, &second);
    return say_text(say, "answer/panel",
                    HOLES({"tool", standing->tools[0]->name}, {"who", jury_who(say, &first)},
                          {"other", readers.pick->name},
                          {"fewer", jury_who_else(say, &second, &first)}));
}

char *answer_sentence(const struct say *say, const struct standing *standing)
{
    struct readers readers = readers_of(standing);
    char *panel = answer_of(standing) == ANSWER_OVERRULED
                      ? say_join(say, say_text(say, "answer/overruled", NULL),
                                 answer_overruled(say, standing))
                      : panel_sentence(say, standing);
    return say_join(say, panel, readers_sentence(say, &readers));
}
