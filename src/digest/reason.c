#include "digest/reason.h"

/* One of this many reviews must mention it for the number to be given. */
enum { SAID_MIN = 2 };

const struct lexicon_value *reason_value(const struct lexicon_kind *kind, const struct tool *tool)
{
    const struct lexicon_value *found = NULL;
    for (size_t i = 0; i < kind->count; i++) {
        const struct lexicon_value *value = &kind->values[i];
        if (lexicon_names(tool->tagline, value->phrases) ||
            lexicon_names(tool->description, value->phrases)) {
            if (found != NULL) {
                return NULL;
            }
            found = value;
        }
    }
    return found;
}

const char *reason_words(const struct say *say, const struct lexicon_kind *kind,
                         const struct tool *tool)
{
    const struct lexicon_value *value = reason_value(kind, tool);
    return value != NULL ? say_text(say, value->key, NULL) : "";
}

/* Whether the tool's words mention the kind at all, even if to deny it. */
static bool speaks_of(const struct lexicon_kind *kind, const struct tool *tool)
{
    for (size_t i = 0; i < kind->count; i++) {
        if (lexicon_has(tool->tagline, kind->values[i].phrases) ||
            lexicon_has(tool->description, kind->values[i].phrases)) {
            return true;
        }
    }
    return lexicon_has(tool->tagline, kind->says) || lexicon_has(tool->description, kind->says);
}

static bool has_words(const struct tool *tool)
{
    return *tool->description != '\0';
}

static void count_said(const struct standing *standing, struct reason *reason)
{
    for (size_t i = 0; i < standing->count; i++) {
        const struct tool *tool = standing->tools[i];
        reason->reviews += tool->review_count;
        for (size_t j = 0; j < tool->review_count; j++) {
            reason->said += lexicon_has(tool->reviews[j].quote, reason->kind->says);
        }
    }
}

/* Whether `has` and `lacks` differ in this kind: different values, or something that only one
 * names. */
static bool differ(const struct lexicon_kind *kind, const struct lexicon_value *value,
                   const struct tool *lacks, struct reason *reason)
{
    reason->kind = kind;
    reason->value = value;
    reason->other = reason_value(kind, lacks);
    reason->others = lacks;
    if (kind->count > 1) {
        return reason->other != NULL && reason->other != value;
    }
    return has_words(lacks) && !speaks_of(kind, lacks);
}

static bool of_group(const struct lexicon_kind *kind, const struct standing *standing,
                     struct reason *reason)
{
    const struct lexicon_value *common = NULL;
    for (size_t i = 0; i < standing->count; i++) {
        if (standing->tools[i] == standing->shared) {
            continue;
        }
        const struct lexicon_value *value = reason_value(kind, standing->tools[i]);
        if (value == NULL || (common != NULL && value != common)) {
            return false;
        }
        common = value;
    }
    return differ(kind, common, standing->shared, reason);
}

static bool of_pair(const struct lexicon_kind *kind, const struct standing *standing,
                    struct reason *reason)
{
    for (size_t i = 0; i < 2; i++) {
        const struct lexicon_value *value = reason_value(kind, standing->tools[i]);
        if (value != NULL && differ(kind, value, standing->tools[1 - i], reason)) {
            reason->tool = standing->tools[i];
            return true;
        }
    }
    return false;
}

struct reason reason_of(const struct lexicon *lexicon, const struct standing *standing)
{
    struct reason best = {.kind = NULL};
    for (size_t i = 0; i < lexicon->kind_count; i++) {
        struct reason reason = {.kind = NULL};
        const struct lexicon_kind *kind = &lexicon->kinds[i];
        if (standing->group ? of_group(kind, standing, &reason)
                            : of_pair(kind, standing, &reason)) {
            count_said(standing, &reason);
            best = best.kind == NULL || reason.said > best.said ? reason : best;
        }
    }
    return best;
}

static char *fill(const struct say *say, const char *id, const struct reason *reason,
                  const struct standing *standing)
{
    size_t rivals = standing->count - 1;
    char *all = say_text(say, rivals == 2 ? "all/two" : "all/more",
                         HOLES({"count", say_number(say, rivals)}));
    return say_text(
        say, id,
        HOLES({"all", all}, {"kind", say_text(say, reason->kind->name, NULL)},
              {"value", say_text(say, reason->value->key, NULL)},
              {"other", reason->other != NULL ? say_text(say, reason->other->key, NULL) : ""},
              {"tool", reason->tool != NULL ? reason->tool->short_name : ""},
              {"others", reason->others->short_name}));
}

char *reason_sentence(const struct say *say, const struct reason *reason,
                      const struct standing *standing)
{
    if (reason->kind == NULL) {
        return arena_copy(say->arena, "");
    }
    bool group = reason->tool == NULL;
    const char *choice = group ? "reason/choice" : "reason/choice-pair";
    const char *thing = group ? "reason/thing" : "reason/thing-pair";
    char *text = fill(say, reason->other != NULL ? choice : thing, reason, standing);
    if (reason->said < SAID_MIN) {
        return text;
    }
    return say_join(say, text,
                    say_text(say, "reason/said",
                             HOLES({"said", say_digits(say, reason->said)},
                                   {"reviews", say_digits(say, reason->reviews)})));
}

char *reason_brief(const struct say *say, const struct reason *reason,
                   const struct standing *standing)
{
    if (reason->kind == NULL) {
        return arena_copy(say->arena, "");
    }
    bool group = reason->tool == NULL;
    const char *choice = group ? "reason/brief" : "reason/brief-pair";
    const char *thing = group ? "reason/thing" : "reason/thing-pair";
    return fill(say, reason->other != NULL ? choice : thing, reason, standing);
}
