#include "cmd/issue_show.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "cmd/common.h"

static struct value *issue_to_value(struct arena *arena, const struct issue *issue)
{
    struct value *object = value_object(arena);
    value_set_int(arena, object, "number", issue->number);
    value_set_text(arena, object, "week", issue->iso_week);
    value_set_text(arena, object, "state", issue_state_name(issue->state));
    value_set_text(arena, object, "subject", issue->subject);
    value_set_text(arena, object, "preheader", issue->preheader);
    value_set_int(arena, object, "items", issue->item_count);
    value_set(arena, object, "window_start", common_time(arena, issue->window_start));
    value_set(arena, object, "window_end", common_time(arena, issue->window_end));
    value_set(arena, object, "date", common_time(arena, issue->date));
    value_set(arena, object, "built_at", common_time(arena, issue->built_at));
    value_set(arena, object, "approved_at", common_time(arena, issue->approved_at));
    value_set(arena, object, "started_at", common_time(arena, issue->started_at));
    value_set(arena, object, "finished_at", common_time(arena, issue->finished_at));
    value_set(arena, object, "paused_at", common_time(arena, issue->paused_at));
    return object;
}

bool issue_show_list(struct program *program, bool json, struct failure *why)
{
    struct arena *arena = &program->arena;
    struct issue *issues;
    size_t count;
    if (!issue_list(program->store, arena, &issues, &count, why)) {
        return false;
    }
    struct value *list = value_list(arena);
    for (size_t i = 0; i < count; i++) {
        if (json) {
            value_add(list, issue_to_value(arena, &issues[i]));
        } else {
            const char *paused = issues[i].paused_at != 0 ? ", paused" : "";
            printf("%4lld  %s  %-9s  %s\n", (long long)issues[i].number, issues[i].iso_week,
                   arena_format(arena, "%s%s", issue_state_name(issues[i].state), paused),
                   issues[i].subject);
        }
    }
    if (json) {
        common_print_json(list);
    }
    return true;
}

static void show_json(struct arena *arena, const struct issue *issue,
                      const struct issue_item *items, size_t count)
{
    struct value *object = issue_to_value(arena, issue);
    struct value *list = value_list(arena);
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_object(arena);
        value_set_text(arena, row, "slug", items[i].slug);
        value_set_int(arena, row, "position", items[i].position);
        value_set_int(arena, row, "story", items[i].story);
        value_set_text(arena, row, "reason", items[i].reason);
        value_add(list, row);
    }
    value_set(arena, object, "item_list", list);
    struct value *derivation = NULL;
    struct failure ignored = {0};
    if (json_read(arena, "derivation", issue->derivation, strlen(issue->derivation), &derivation,
                  &ignored)) {
        value_set(arena, object, "derivation", derivation);
    }
    common_print_json(object);
}

bool issue_show_one(struct program *program, const struct issue *issue, bool json,
                    struct failure *why)
{
    struct arena *arena = &program->arena;
    struct issue_item *items;
    size_t count;
    if (!issue_items(program->store, arena, issue->id, &items, &count, why)) {
        return false;
    }
    if (json) {
        show_json(arena, issue, items, count);
        return true;
    }
    char date[CLOCK_TEXT];
    clock_format(issue->date, date);
    printf("issue %lld, %s, %s\nsubject:   %s\npreheader: %s\ndate:      %s\n",
           (long long)issue->number, issue->iso_week, issue_state_name(issue->state),
           issue->subject, issue->preheader, date);
    for (size_t i = 0; i < count; i++) {
        printf("%3lld  story %lld  %s: %s\n", (long long)items[i].position,
               (long long)items[i].story, items[i].slug, items[i].reason);
    }
    return true;
}
