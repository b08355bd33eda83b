/* Everything the page shows, as one JSON object. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/share.h"
#include "issue/at_hand.h"
#include "preview/private.h"
#include "store/comparison.h"

enum { TEMPLATE_MAX = 1024 * 1024, LINE_MAX_SHOWN = 400 };

static struct value *issue_value(struct arena *arena, const struct issue *issue)
{
    struct value *object = value_object(arena);
    value_set_int(arena, object, "number", issue->number);
    value_set_text(arena, object, "week", issue->iso_week);
    value_set_text(arena, object, "state",
                   issue->id == 0 ? "not built" : issue_state_name(issue->state));
    value_set_text(arena, object, "subject", issue->subject);
    value_set_text(arena, object, "preheader", issue->preheader);
    return object;
}

static void add_issues(struct preview *preview, struct arena *arena, struct value *state)
{
    struct issue *issues;
    size_t count;
    struct week week;
    bool next;
    struct failure ignored = {0};
    if (at_hand_to_show(preview->options->store, arena, &preview->settings, clock_now(), &week,
                        &next, &ignored)) {
        value_set_text(arena, state, "at_hand",
                       arena_format(arena, next ? "Next: %s" : "Now: %s", week.name));
    }
    struct value *list = value_set(arena, state, "issues", value_list(arena));
    if (issue_list(preview->options->store, arena, &issues, &count, &ignored)) {
        for (size_t i = 0; i < count; i++) {
            value_add(list, issue_value(arena, &issues[i]));
        }
    }
}

static void add_texts(struct arena *arena, struct value *object, const char *name,
                      const char *const *texts)
{
    struct value *list = value_set(arena, object, name, value_list(arena));
    for (size_t i = 0; texts != NULL && texts[i] != NULL; i++) {
        value_add(list, value_text(arena, texts[i]));
    }
}

/* The choices that the page offers. */
static void add_choices(struct preview *preview, struct arena *arena, struct value *state)
{
    const char **categories;
    size_t count;
    struct failure ignored = {0};
    struct value *topics = value_set(arena, state, "topics", value_list(arena));
    if (comparison_categories(preview->options->store, arena, &categories, &count, &ignored)) {
        for (size_t i = 0; i < count; i++) {
            value_add(topics, value_text(arena, categories[i]));
        }
    }
    struct value *data = value_set(arena, state, "data", value_list(arena));
    for (size_t i = 0; preview_data_name(i) != NULL; i++) {
        value_add(data, value_text(arena, preview_data_name(i)));
    }
    add_texts(arena, state, "test_addresses", preview->settings.preview.test_addresses);
    add_texts(arena, state, "editors", preview->settings.issue.editors);
}

static void add_item(struct arena *arena, struct value *list, const char *slug, const char *title,
                     bool in, const char *reason, int64_t story)
{
    struct value *row = value_add(list, value_object(arena));
    value_set_text(arena, row, "slug", slug);
    value_set_text(arena, row, "title", title);
    value_set_bool(arena, row, "in", in);
    value_set_text(arena, row, "reason", reason);
    value_set_int(arena, row, "story", story);
}

/* The items of a frozen issue, with the titles that it was frozen with. */
static void add_frozen_items(struct preview *preview, struct arena *arena,
                             const struct issue_view *view, struct value *list)
{
    struct issue_item *items;
    size_t count, at = 0;
    struct failure ignored = {0};
    if (!issue_items(preview->options->store, arena, view->issue.id, &items, &count, &ignored)) {
        return;
    }
    /* The stories were made from the items, in order. */
    for (size_t s = 0; s < view->source.story_count; s++) {
        const struct story *story = &view->source.stories[s];
        for (size_t i = 0; i < story->count && at < count; i++, at++) {
            add_item(arena, list, items[at].slug, story->items[i]->title, true, items[at].reason,
                     items[at].story);
        }
    }
}

static void add_selection(struct preview *preview, struct arena *arena,
                          const struct issue_view *view, struct value *state)
{
    const struct pick *pick = &view->pick;
    struct value *list = value_set(arena, state, "selection", value_list(arena));
    value_set_bool(arena, state, "editable", pick->count > 0);
    for (size_t i = 0; i < pick->count; i++) {
        const struct pick_item *item = &pick->items[i];
        add_item(arena, list, item->comparison->slug, item->comparison->title, item->in,
                 item->reason, item->story);
    }
    if (pick->count == 0) {
        add_frozen_items(preview, arena, view, list);
    }
}

/* The last issue that was sent before this one. */
static void add_previous(struct preview *preview, struct arena *arena,
                         const struct issue_view *view, const struct delivery *row,
                         struct value *state)
{
    struct issue *issues;
    size_t count;
    struct failure ignored = {0};
    if (!issue_list(preview->options->store, arena, &issues, &count, &ignored)) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct issue_view before;
        struct issue_view_copy copy;
        struct delivery everything = *row;
        everything.topics = "";
        if (issues[i].state != ISSUE_SENT ||
            strcmp(issues[i].iso_week, view->issue.iso_week) >= 0) {
            continue;
        }
        if (issue_view_stored(preview->options->store, arena, &preview->settings, &issues[i],
                              &before, &ignored) &&
            issue_view_copy(preview->options->store, arena, preview->options->keys, &before,
                            &everything, &copy, &ignored)) {
            struct value *previous = value_set(arena, state, "previous", value_object(arena));
            value_set_int(arena, previous, "number", issues[i].number);
            value_set_text(arena, previous, "text", copy.text);
            value_set(arena, previous, "html", value_text_bytes(arena, copy.html, copy.html_len));
        }
        return;
    }
}

static void add_copy(struct arena *arena, const struct reader_view *reader_view,
                     struct value *state)
{
    const struct issue_view_copy *copy = &reader_view->copy;
    const char *end = memmem(copy->message, copy->message_len, "\r\n\r\n", 4);
    size_t head = end != NULL ? (size_t)(end - copy->message) : copy->message_len;
    value_set(arena, state, "html", value_text_bytes(arena, copy->html, copy->html_len));
    value_set(arena, state, "text", value_text_bytes(arena, copy->text, copy->text_len));
    value_set(arena, state, "headers", value_text_bytes(arena, copy->message, head));
    value_set(arena, state, "source", value_text_bytes(arena, copy->message, copy->message_len));
    value_set_int(arena, state, "size", (int64_t)copy->html_len);
    value_set_text(arena, state, "banner", reader_view->banner);
    value_set_bool(arena, state, "live", reader_view->row.subscriber_id != 0);
    value_set_text(arena, state, "unsent", reader_view->unsent);
    value_set_text(arena, state, "seen", reader_view->approved.digest);
    value_set_int(arena, state, "date", reader_view->approved.date);
    const struct sender *sender = &reader_view->view.sender;
    value_set_text(arena, state, "from",
                   sender->from_name[0] != '\0' ? sender->from_name : sender->from_address);
}

static bool add_findings(struct preview *preview, struct arena *arena,
                         const struct reader_view *reader_view, struct value *state,
                         struct failure *why)
{
    struct check_report report;
    if (!examine(preview->options->store, arena, &preview->settings, preview->options->keys,
                 &reader_view->view, &report, why)) {
        return false;
    }
    value_set(arena, state, "check", check_to_value(arena, &report));
    return true;
}

/* Where the path of a template begins in an error's text: below one of the folders that templates
 * come from, which is `*root`; NULL if there is none. */
static const char *find_template_path(struct preview *preview, struct arena *arena,
                                      const char *text, const char **root)
{
    const char *roots[] = {preview->settings.templates_dir,
                           file_join(arena, share_directory(arena), "templates")};
    for (size_t i = 0; i < 2; i++) {
        const char *at = roots[i] != NULL ? strstr(text, roots[i]) : NULL;
        if (at != NULL && at[strlen(roots[i])] == '/') {
            *root = roots[i];
            return at;
        }
    }
    return NULL;
}

static const char *line_of(struct arena *arena, const char *root, const char *name, long wanted)
{
    struct buf content;
    struct failure ignored = {0};
    const char *found = "";
    buf_init(&content, TEMPLATE_MAX);
    if (file_read_beneath(root, name, TEMPLATE_MAX, &content, &ignored)) {
        const char *line = content.data;
        for (long number = 1; number < wanted && *line != '\0'; number++) {
            size_t len = strcspn(line, "\n");
            line += len + (line[len] == '\n' ? 1 : 0);
        }
        size_t len = strcspn(line, "\r\n");
        found = arena_copy_bytes(arena, line, len < LINE_MAX_SHOWN ? len : LINE_MAX_SHOWN);
    }
    buf_free(&content);
    return found;
}

/* An error in a template has the form "path:line:column: what". The path is one of ours, never from
 * a request, and only a line of a template is shown. */
static void locate(struct preview *preview, struct arena *arena, const char *text,
                   struct value *error)
{
    const char *root;
    const char *path = find_template_path(preview, arena, text, &root);
    for (const char *colon = path != NULL ? strchr(path, ':') : NULL; colon != NULL;
         colon = strchr(colon + 1, ':')) {
        char *line_end, *column_end;
        long line = strtol(colon + 1, &line_end, 10);
        long column = *line_end == ':' ? strtol(line_end + 1, &column_end, 10) : 0;
        if (line <= 0 || column <= 0 || *column_end != ':') {
            continue;
        }
        const char *file = arena_copy_bytes(arena, path, (size_t)(colon - path));
        value_set_text(arena, error, "file", file);
        value_set_int(arena, error, "line", line);
        value_set_int(arena, error, "column", column);
        value_set_text(arena, error, "source", line_of(arena, root, file + strlen(root) + 1, line));
        return;
    }
}

static void add_error(struct preview *preview, struct arena *arena, const struct failure *why,
                      struct value *state)
{
    struct value *error = value_set(arena, state, "error", value_object(arena));
    value_set_text(arena, error, "message", why->text);
    locate(preview, arena, why->text, error);
}

struct value *preview_state(struct preview *preview, struct arena *arena,
                            const struct view_request *wanted)
{
    struct value *state = value_object(arena);
    struct reader_view reader_view;
    struct failure why = {0};
    add_issues(preview, arena, state);
    add_choices(preview, arena, state);
    bool good = preview_find_view(preview, arena, wanted, &reader_view, &why);
    if (reader_view.view.issue.iso_week != NULL) {
        value_set(arena, state, "issue", issue_value(arena, &reader_view.view.issue));
        value_set_bool(arena, state, "frozen", issue_view_is_frozen(&reader_view.view));
        value_set_bool(arena, state, "anew", reader_view.view.anew);
        add_selection(preview, arena, &reader_view.view, state);
    }
    if (good) {
        add_copy(arena, &reader_view, state);
        add_previous(preview, arena, &reader_view.view, &reader_view.row, state);
        good = add_findings(preview, arena, &reader_view, state, &why);
    }
    if (!good) {
        add_error(preview, arena, &why, state);
    }
    return state;
}
