/* The candidates that come from the newsletter: slugs, tools, issues, topics. One that cannot be
 * read offers none. */
#include "cmd/complete.h"

#include <string.h>

#include "store/comparison.h"
#include "store/comparison_life.h"
#include "store/issue.h"

static bool open_newsletter(const struct completing *completing)
{
    struct failure ignored = {0};
    struct program *program = completing->program;
    return program->store != NULL || program_open(program, NEEDS_READING, &ignored);
}

static bool offer_slug(void *context, const struct comparison_state *state, struct failure *why)
{
    (void)why;
    complete_offer(context, state->slug, "", state->title);
    return true;
}

void complete_slugs(struct completing *completing)
{
    const struct comparison_filter every = {.since = INT64_MIN};
    struct failure ignored = {0};
    if (open_newsletter(completing) &&
        !comparison_each(completing->program->store, &every, offer_slug, completing, &ignored)) {
        return;
    }
}

/* Names, each once: what has been offered, a line each, with line ends around it. */
struct offered_tools {
    const struct completing *completing;
    const char *names;
};

static void offer_tool(struct offered_tools *offered, const char *name)
{
    struct arena *arena = &offered->completing->program->arena;
    if (strstr(offered->names, arena_format(arena, "\n%s\n", name)) == NULL) {
        offered->names = arena_format(arena, "%s%s\n", offered->names, name);
        complete_offer(offered->completing, name, "", "");
    }
}

static bool offer_pair(void *context, const struct comparison_state *state, struct failure *why)
{
    (void)why;
    offer_tool(context, state->left);
    offer_tool(context, state->right);
    return true;
}

void complete_tools(const struct completing *completing)
{
    const struct comparison_filter every = {.since = INT64_MIN};
    struct offered_tools offered = {completing, "\n"};
    struct failure ignored = {0};
    if (open_newsletter(completing) &&
        !comparison_each(completing->program->store, &every, offer_pair, &offered, &ignored)) {
        return;
    }
}

void complete_issues(const struct completing *completing, bool numbers, bool weeks)
{
    struct program *program = completing->program;
    struct issue *issues;
    size_t count;
    struct failure ignored = {0};
    if (!open_newsletter(completing) ||
        !issue_list(program->store, &program->arena, &issues, &count, &ignored)) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const char *help = arena_format(&program->arena, "%s, %s", issues[i].iso_week,
                                        issue_state_name(issues[i].state));
        if (numbers) {
            complete_offer(completing,
                           arena_format(&program->arena, "%lld", (long long)issues[i].number), "",
                           help);
        }
        if (weeks) {
            complete_offer(completing, issues[i].iso_week, "", issue_state_name(issues[i].state));
        }
    }
}

/* Completes the last topic of a list that is separated by commas. */
void complete_topics(struct completing *completing)
{
    struct program *program = completing->program;
    const char **topics;
    size_t count;
    struct failure ignored = {0};
    const char *comma = strrchr(completing->word, ',');
    if (comma != NULL) {
        completing->before = arena_format(&program->arena, "%s%.*s", completing->before,
                                          (int)(comma + 1 - completing->word), completing->word);
        completing->word = comma + 1;
    }
    if (!open_newsletter(completing) ||
        !comparison_categories(program->store, &program->arena, &topics, &count, &ignored)) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        complete_offer(completing, topics[i], "", "");
    }
}
