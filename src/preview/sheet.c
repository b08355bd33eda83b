#include "preview/sheet.h"

#include <string.h>

#include "mustache/mustache.h"
#include "preview/emulate.h"

extern const char embedded_preview_sheet_html[];

enum { SHEET_MAX = 64 * 1024 * 1024 }; /* six copies of an issue, at every width, light and dark */

static void add_scheme(struct arena *arena, struct value *schemes, const char *name,
                       const char *html)
{
    static const int widths[] = {320, 375, 700};
    struct value *scheme = value_add(schemes, value_object(arena));
    struct value *list = value_list(arena);
    value_set_text(arena, scheme, "scheme", name);
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
        struct value *row = value_add(list, value_object(arena));
        value_set_int(arena, row, "width", widths[i]);
        value_set_text(arena, row, "html", html);
    }
    value_set(arena, scheme, "widths", list);
}

bool sheet_make(struct arena *arena, const struct issue_view *view,
                const struct issue_view_copy *copy, const struct check_report *report,
                struct buf *out, struct failure *why)
{
    struct mustache *template;
    const struct mustache_options options = {
        .escape = MUSTACHE_HTML, .strict = true, .output_max = SHEET_MAX};
    struct value *data = check_to_value(arena, report);
    struct value *schemes = value_list(arena);
    value_set_text(arena, data, "subject", view->issue.subject);
    value_set_text(arena, data, "preheader", view->issue.preheader);
    value_set_int(arena, data, "number", view->issue.number);
    value_set_text(arena, data, "week", view->issue.iso_week);
    value_set_int(arena, data, "html_kb", (int64_t)(copy->html_len / 1024));
    value_set_bool(arena, data, "has_findings", report->findings != NULL);
    value_set_text(arena, data, "text", copy->text);
    add_scheme(arena, schemes, "Light", emulate_scheme(arena, copy->html, copy->html_len, false));
    add_scheme(arena, schemes, "Dark", emulate_scheme(arena, copy->html, copy->html_len, true));
    value_set(arena, data, "schemes", schemes);
    return mustache_compile(arena, "the contact sheet", embedded_preview_sheet_html,
                            strlen(embedded_preview_sheet_html), &options, &template, why) &&
           mustache_render(template, data, out, why);
}
