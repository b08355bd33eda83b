#include "cmd/relaying.h"

#include <stdio.h>

#include "base/clock.h"
#include "cmd/common.h"

bool relaying_read(struct store *store, struct arena *arena, int64_t issue_id,
                   struct relaying *relaying, struct failure *why)
{
    *relaying = (struct relaying){0};
    return absence_list(store, arena, &relaying->absences, &relaying->absence_count, why) &&
           (issue_id == 0 || delivery_shares(store, arena, issue_id, &relaying->shares,
                                             &relaying->share_count, why));
}

void relaying_print_shares(const struct relaying *relaying, const char *head)
{
    for (size_t i = 0; relaying->share_count > 1 && i < relaying->share_count; i++) {
        const char *comma = ":";
        printf("%sby %s", head, relaying->shares[i].relay);
        for (int state = 0; state < DELIVERY_STATES; state++) {
            if (relaying->shares[i].counts[state] > 0) {
                printf("%s %lld %s", comma, (long long)relaying->shares[i].counts[state],
                       delivery_state_name((enum delivery_state)state));
                comma = ",";
            }
        }
        printf("\n");
    }
}

void relaying_print_absences(const struct relaying *relaying)
{
    for (size_t i = 0; i < relaying->absence_count; i++) {
        char since[CLOCK_TEXT];
        clock_format(relaying->absences[i].since, since);
        printf("relay        %s is away since %s: %s\n", relaying->absences[i].relay, since,
               relaying->absences[i].why);
    }
}

struct value *relaying_shares_value(struct arena *arena, const struct relaying *relaying)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < relaying->share_count; i++) {
        struct value *row = value_add(list, value_object(arena));
        value_set_text(arena, row, "relay", relaying->shares[i].relay);
        for (int state = 0; state < DELIVERY_STATES; state++) {
            value_set_int(arena, row, delivery_state_name((enum delivery_state)state),
                          relaying->shares[i].counts[state]);
        }
    }
    return list;
}

struct value *relaying_absences_value(struct arena *arena, const struct relaying *relaying)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < relaying->absence_count; i++) {
        const struct absence *absence = &relaying->absences[i];
        struct value *row = value_add(list, value_object(arena));
        value_set_text(arena, row, "relay", absence->relay);
        value_set(arena, row, "since", common_time(arena, absence->since));
        value_set_text(arena, row, "why", absence->why);
    }
    return list;
}
