#include "cmd/report_bounces.h"

#include <stdio.h>

#include "base/clock.h"
#include "cmd/common.h"
#include "store/bounce.h"

static void print_rows(struct program *program, const struct bounce_count *counts, size_t count)
{
    struct arena *arena = &program->arena;
    struct value *list = value_list(arena);
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(list, value_object(arena));
        value_set_text(arena, row, "domain", counts[i].domain);
        value_set_text(arena, row, "class", counts[i].class);
        value_set_text(arena, row, "reason", counts[i].reason);
        value_set_int(arena, row, "count", counts[i].events);
        value_set_int(arena, row, "held", counts[i].held);
    }
    common_print_json(list);
}

bool report_bounces(struct program *program, bool json, struct failure *why)
{
    struct bounce_count *counts;
    size_t count;
    int64_t since = clock_now() - (int64_t)REPORT_BOUNCES_DAYS * 86400;
    if (!bounce_counts(program->store, &program->arena, since, &counts, &count, why)) {
        return false;
    }
    if (json) {
        print_rows(program, counts, count);
        return true;
    }
    for (size_t i = 0; i < count; i++) {
        printf("%lld\t%s\t%s\t%s%s\n", (long long)counts[i].events,
               counts[i].domain[0] != '\0' ? counts[i].domain : "-", counts[i].class,
               counts[i].reason, counts[i].held > 0 ? " (held back)" : "");
    }
    return true;
}
