/* Turns a request into an issue, a reader and a finished copy. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "issue/at_hand.h"
#include "preview/private.h"

#define RTL_NAME "\xd7\x9e\xd7\xa8\xd7\x99\xd7\x9d \xd7\x9b\xd7\x94\xd7\x9f" /* Hebrew */

enum { NUMBER_DIGITS = 9, DATE_DIGITS = 12 };

/* An instant in seconds; 0, which means none, for anything else. */
static int64_t read_date(const char *text)
{
    size_t len = text != NULL ? strlen(text) : 0;
    bool good = len <= DATE_DIGITS && len > 0 && strspn(text, "0123456789") == len;
    return good ? strtoll(text, NULL, 10) : 0;
}

void preview_read_request(const struct web_request *request, const struct web_field *fields,
                          struct view_request *wanted)
{
    (void)request;
    const char *reader = web_field_find(fields, "reader");
    const char *data = web_field_find(fields, "data");
    const char *anew = web_field_find(fields, "anew");
    *wanted = (struct view_request){
        .issue = web_field_find(fields, "issue"),
        .reader = reader != NULL && reader[0] != '\0' ? reader : "plain",
        .data = data != NULL && data[0] != '\0' ? data : "real",
        .anew = anew != NULL && strcmp(anew, "on") == 0,
        .date = read_date(web_field_find(fields, "date")),
    };
    if (wanted->issue != NULL && wanted->issue[0] == '\0') {
        wanted->issue = NULL;
    }
}

static bool find_issue(struct preview *preview, struct arena *arena,
                       const struct view_request *wanted, struct week *week, struct issue **issue,
                       struct failure *why)
{
    const struct settings *settings = &preview->settings;
    if (wanted->issue == NULL) {
        bool next;
        return at_hand_to_show(preview->options->store, arena, settings, clock_now(), week, &next,
                               why) &&
               issue_find_week(preview->options->store, arena, week->name, issue, why);
    }
    int64_t number = 0;
    for (const char *c = wanted->issue; *c != '\0'; c++) {
        if (*c < '0' || *c > '9' || c - wanted->issue >= NUMBER_DIGITS) {
            return fail(why, FAILURE_NO_INPUT, "that is no issue's number");
        }
        number = number * 10 + (*c - '0');
    }
    if (!issue_find_number(preview->options->store, arena, number, issue, why)) {
        return false;
    }
    if (*issue == NULL) {
        return fail(why, FAILURE_NO_INPUT, "there is no issue %lld", (long long)number);
    }
    return week_named(settings, (*issue)->iso_week, week, why);
}

bool preview_find(struct preview *preview, struct arena *arena, const struct view_request *wanted,
                  struct issue_view *view, struct failure *why)
{
    struct week week;
    struct issue *issue;
    if (preview->options->broken.kind != FAILURE_NONE) {
        *why = preview->options->broken;
        return false;
    }
    if (!find_issue(preview, arena, wanted, &week, &issue, why) ||
        !(wanted->anew ? issue_view_find_anew : issue_view_find)(preview->options->store, arena,
                                                                 &preview->settings, &week, issue,
                                                                 week.end, view, why)) {
        return false;
    }
    if (view->issue.state == ISSUE_DRAFT) {
        view->issue.date = approval_date_to_show(view->issue.date, wanted->date, clock_now());
    }
    return strcmp(wanted->data, "real") == 0 || preview_data_apply(arena, wanted->data, view) ||
           fail(why, FAILURE_NO_INPUT, "there is no such data");
}

static bool find_subscriber(struct preview *preview, struct arena *arena, const char *text,
                            const struct issue_view *view, struct delivery *row,
                            const char **unsent, struct failure *why)
{
    struct delivery person;
    if (!issue_view_subscriber(preview->options->store, arena, view, text, &person, unsent, why)) {
        return false;
    }
    *row = person;
    if (preview->options->everywhere) {
        /* Sent unencrypted over a network, and perhaps to people who may not read the list: links
         * belong to nobody. */
        issue_view_reader(arena, view, person.name, person.address, person.topics, row);
    }
    return true;
}

/* The row of the reader whom the request names. */
static bool find_reader(struct preview *preview, struct arena *arena,
                        const struct view_request *wanted, const struct issue_view *view,
                        struct delivery *row, const char **unsent, struct failure *why)
{
    static const struct {
        const char *key, *name, *address;
    } made_up[] = {{"plain", "Ann Example", "ann@example.org"},
                   {"unnamed", "", ISSUE_VIEW_ADDRESS},
                   {"long", ISSUE_VIEW_NAME_LONG, ISSUE_VIEW_ADDRESS_LONG},
                   {"rtl", RTL_NAME, "miriam@example.org"}};
    for (size_t i = 0; i < sizeof made_up / sizeof made_up[0]; i++) {
        if (strcmp(wanted->reader, made_up[i].key) == 0) {
            issue_view_reader(arena, view, made_up[i].name, made_up[i].address, "", row);
            return true;
        }
    }
    if (strncmp(wanted->reader, "topic:", 6) == 0) {
        /* Without a name, because check uses that copy: the lines in its findings are the same. */
        issue_view_reader(arena, view, "", ISSUE_VIEW_ADDRESS,
                          arena_copy(arena, wanted->reader + 6), row);
        return true;
    }
    if (strncmp(wanted->reader, "address:", 8) == 0) {
        return find_subscriber(preview, arena, wanted->reader + 8, view, row, unsent, why);
    }
    return fail(why, FAILURE_NO_INPUT, "there is no such reader");
}

/* Renders a choice of topics that nobody on the list has made, only for this request. */
static bool add_variant(struct arena *arena, struct issue_view *view, const char *topics,
                        struct failure *why)
{
    if (issue_view_variant(view, topics) != NULL) {
        return true;
    }
    struct issue_variant *variants = arena_array(arena, view->variant_count + 1, sizeof *variants);
    if (view->variant_count > 0) {
        memcpy(variants, view->variants, view->variant_count * sizeof *variants);
    }
    view->variants = variants;
    return variant_render(arena, &view->source, topics, &variants[view->variant_count++], why);
}

bool preview_find_view(struct preview *preview, struct arena *arena,
                       const struct view_request *wanted, struct reader_view *reader_view,
                       struct failure *why)
{
    *reader_view = (struct reader_view){0};
    if (!preview_find(preview, arena, wanted, &reader_view->view, why)) {
        return false;
    }
    const struct issue_view *view = &reader_view->view;
    reader_view->approved.date = view->issue.date;
    approval_digest_make(arena, &view->issue, &view->sender, &view->source.words, view->variants,
                         view->variant_count, &reader_view->approved);
    if (!find_reader(preview, arena, wanted, view, &reader_view->row, &reader_view->unsent, why) ||
        !add_variant(arena, &reader_view->view, reader_view->row.topics, why)) {
        return false;
    }
    reader_view->banner = arena_format(
        arena, "A test of issue %lld. It stands for the copy of %s <%s>; its links are nobody's.",
        (long long)reader_view->view.issue.number,
        reader_view->row.name[0] != '\0' ? reader_view->row.name : "a reader without a name",
        reader_view->row.address);
    return issue_view_copy(preview->options->store, arena, preview->options->keys,
                           &reader_view->view, &reader_view->row, &reader_view->copy, why);
}
