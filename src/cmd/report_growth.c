#include "cmd/report_growth.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cmd/common.h"
#include "store/growth.h"
#include "store/subscriber.h"

/* The plot: a bar to the left of the axis for people who left, one to the right for people who
 * joined, on the same scale. Together with the numbers it fits into 80 columns. */
enum { GONE_WIDTH = 8, CAME_WIDTH = 16, EIGHTHS = 8 };

struct growth_plot {
    struct week *weeks;
    struct growth *spans;
    size_t count, first; /* index of the first week in which anything happened */
    bool blocks;         /* draw bars with block elements instead of + and - */
    double scale;        /* people per column of the plot */
};

static bool is_empty(const struct growth *span)
{
    return span->joined + span->confirmed + span->left + span->bounced + span->complained == 0;
}

static int64_t gone(const struct growth *span)
{
    return span->left + span->bounced + span->complained;
}

static bool read_spans(struct program *program, size_t count, struct growth_plot *view,
                       struct failure *why)
{
    struct arena *arena = &program->arena;
    *view = (struct growth_plot){.weeks = arena_array(arena, count, sizeof *view->weeks),
                                 .spans = arena_array(arena, count, sizeof *view->spans),
                                 .count = count};
    for (size_t i = 0; i < count; i++) {
        week_calendar(&program->settings, clock_now(), (int64_t)(count - 1 - i), &view->weeks[i]);
        view->spans[i] = (struct growth){.start = view->weeks[i].start};
    }
    int64_t end = view->weeks[count - 1].end;
    if (!growth_read(program->store, view->spans, count, end, why) ||
        !growth_read_joined(program->store, view->spans, count, end, why)) {
        return false;
    }
    while (view->first + 1 < count && is_empty(&view->spans[view->first])) {
        view->first++;
    }
    return true;
}

static void print_json(struct arena *arena, const struct growth_plot *view, int64_t readers)
{
    struct value *object = value_object(arena);
    struct value *list = value_set(arena, object, "weeks", value_list(arena));
    for (size_t i = view->first; i < view->count; i++) {
        const struct growth *span = &view->spans[i];
        struct value *row = value_add(list, value_object(arena));
        value_set_text(arena, row, "week", view->weeks[i].name);
        value_set(arena, row, "start", common_time(arena, span->start));
        value_set_int(arena, row, "joined", span->joined);
        value_set_int(arena, row, "confirmed", span->confirmed);
        value_set_int(arena, row, "left", span->left);
        value_set_int(arena, row, "bounced", span->bounced);
        value_set_int(arena, row, "complained", span->complained);
    }
    value_set_int(arena, object, "readers", readers);
    common_print_json(object);
}

static void print_table(const struct growth_plot *view)
{
    for (size_t i = view->first; i < view->count; i++) {
        const struct growth *span = &view->spans[i];
        printf("%s\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\n",
               view->weeks[i].name, span->joined, span->confirmed, span->left, span->bounced,
               span->complained);
    }
}

/* --- the plot --- */

/* The locale's character set, by the first of its variables that is set: the program itself runs in
 * the C locale. */
static bool speaks_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0') {
            return strcasestr(value, "UTF-8") != NULL || strcasestr(value, "utf8") != NULL;
        }
    }
    return false;
}

static double find_scale(const struct growth_plot *view)
{
    double scale = 0;
    for (size_t i = view->first; i < view->count; i++) {
        double came = (double)view->spans[i].confirmed / CAME_WIDTH;
        double went = (double)gone(&view->spans[i]) / GONE_WIDTH;
        scale = came > scale ? came : scale;
        scale = went > scale ? went : scale;
    }
    return scale;
}

/* The length of a bar, in parts of a column; a count above 0 is always visible. */
static int parts_of(const struct growth_plot *view, int64_t people, int parts)
{
    if (people == 0) {
        return 0;
    }
    int length = (int)((double)people / view->scale * parts + 0.5);
    return length > 0 ? length : 1;
}

static void print_many(const char *text, int count)
{
    for (int i = 0; i < count; i++) {
        fputs(text, stdout);
    }
}

/* There is only one block element that fills the right half. */
static void print_bars(const struct growth_plot *view, const struct growth *span)
{
    static const char *const begun[EIGHTHS] = {"",       "\u258F", "\u258E", "\u258D",
                                               "\u258C", "\u258B", "\u258A", "\u2589"};
    int halves = parts_of(view, gone(span), view->blocks ? 2 : 1) * (view->blocks ? 1 : 2);
    print_many(" ", GONE_WIDTH - (halves + 1) / 2);
    if (!view->blocks) {
        print_many("-", halves / 2);
        putchar('|');
        print_many("+", parts_of(view, span->confirmed, 1));
        return;
    }
    print_many("\u2590", halves % 2);
    print_many("\u2588", halves / 2);
    fputs("\u2502", stdout);
    int eighths = parts_of(view, span->confirmed, EIGHTHS);
    print_many("\u2588", eighths / EIGHTHS);
    fputs(begun[eighths % EIGHTHS], stdout);
}

static void print_line(const char *name, const struct growth *span)
{
    printf("%-8s %7" PRId64 " %9" PRId64 " %7" PRId64 " %7" PRId64 " %10" PRId64, name,
           span->joined, span->confirmed, span->left, span->bounced, span->complained);
}

static void print_plot(struct growth_plot *view, int64_t readers)
{
    struct growth all = {0};
    view->scale = find_scale(view);
    printf("%-8s %7s %9s %7s %7s %10s\n", "week", "joined", "confirmed", "left", "bounced",
           "complained");
    for (size_t i = view->first; i < view->count; i++) {
        const struct growth *span = &view->spans[i];
        print_line(view->weeks[i].name, span);
        printf("  ");
        print_bars(view, span);
        putchar('\n');
        all.joined += span->joined;
        all.confirmed += span->confirmed;
        all.left += span->left;
        all.bounced += span->bounced;
        all.complained += span->complained;
    }
    print_line("all", &all);
    printf("  %" PRId64 " reader%s now\n", readers, readers == 1 ? "" : "s");
}

bool report_growth(struct program *program, int64_t weeks, bool json, bool plot,
                   struct failure *why)
{
    struct growth_plot view;
    int64_t readers;
    if (!read_spans(program, (size_t)weeks, &view, why) ||
        !subscriber_eligible(program->store, &readers, why)) {
        return false;
    }
    view.blocks = !program->plain && speaks_utf8();
    if (json) {
        print_json(&program->arena, &view, readers);
    } else if (plot || isatty(STDOUT_FILENO)) {
        print_plot(&view, readers);
    } else {
        print_table(&view);
    }
    return true;
}
