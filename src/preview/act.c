/* The buttons of the preview page: order, test, approve. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "issue/approve.h"
#include "issue/arrange.h"
#include "issue/mailer.h"
#include "mail/address.h"
#include "preview/private.h"
#include "store/comparison.h"

enum { CONFLICT = 409, FORBIDDEN = 403, SLUGS_MAX = 1000 };

static void answer_failure(const struct web_request *request, struct web_answer *answer,
                           const struct failure *why)
{
    preview_answer_message(request->arena, answer, CONFLICT, why->text);
}

/* The draft of the issue that is shown, built again: as it would be sent now. */
static bool build(struct preview *preview, struct arena *arena, const struct view_request *wanted,
                  struct issue **issue, struct failure *why)
{
    struct issue_view view;
    struct week week;
    enum issue_built outcome;
    if (strcmp(wanted->data, "real") != 0) {
        return fail(why, FAILURE_DATA,
                    "this is awkward data, which is never sent; choose the "
                    "issue's own");
    }
    if (!preview_find(preview, arena, wanted, &view, why)) {
        return false;
    }
    if (view.anew) {
        return fail(why, FAILURE_DATA,
                    "this is issue %lld with today's templates, which is never sent; choose what "
                    "was frozen",
                    (long long)view.issue.number);
    }
    if (!week_named(&preview->settings, view.issue.iso_week, &week, why) ||
        !issue_build(preview->options->store, arena, &preview->settings, &week, clock_now(),
                     &outcome, issue, why)) {
        return false;
    }
    return outcome != ISSUE_THIN || fail(why, FAILURE_NO_INPUT, "too few comparisons are left");
}

/* Converts slugs separated by spaces to ids. */
static bool read_slugs(struct preview *preview, struct arena *arena, const char *text,
                       int64_t **ids, size_t *count, struct failure *why)
{
    *ids = arena_array(arena, SLUGS_MAX, sizeof **ids);
    *count = 0;
    for (const char *c = text + strspn(text, " "); *c != '\0' && *count < SLUGS_MAX;) {
        struct comparison *found;
        size_t len = strcspn(c, " ");
        const char *slug = arena_copy_bytes(arena, c, len);
        if (!comparison_find(preview->options->store, arena, slug, &found, why)) {
            return false;
        }
        if (found == NULL) {
            return fail(why, FAILURE_NO_INPUT, "there is no comparison \"%.100s\"", slug);
        }
        (*ids)[(*count)++] = found->id;
        c += len;
        c += strspn(c, " ");
    }
    return true;
}

static const char *field(const struct web_request *request, const char *name)
{
    const char *value = web_field_find(request->form, name);
    return value != NULL ? value : "";
}

static bool arrange(struct preview *preview, const struct web_request *request, struct failure *why)
{
    struct view_request wanted;
    struct issue *issue;
    int64_t *order, *left_out;
    size_t order_count, left_count;
    preview_read_request(request, request->form, &wanted);
    if (!build(preview, request->arena, &wanted, &issue, why) ||
        !read_slugs(preview, request->arena, field(request, "order"), &order, &order_count, why) ||
        !read_slugs(preview, request->arena, field(request, "left_out"), &left_out, &left_count,
                    why)) {
        return false;
    }
    const struct arrangement arrangement = {.first = order,
                                            .first_count = order_count,
                                            .leave_out = left_out,
                                            .leave_out_count = left_count};
    return issue_rearrange(preview->options->store, request->arena, &preview->settings, issue,
                           &arrangement, clock_now(), why);
}

void preview_arrange(void *context, const struct web_request *request, struct web_answer *answer)
{
    struct failure why = {0};
    if (!arrange(context, request, &why)) {
        answer_failure(request, answer, &why);
        return;
    }
    preview_answer_message(request->arena, answer, 200, "The draft is arranged.");
}

static bool is_listed(const char *const *list, const char *address)
{
    for (size_t i = 0; list != NULL && list[i] != NULL; i++) {
        if (strcasecmp(list[i], address) == 0) {
            return true;
        }
    }
    return false;
}

/* Adds the choice of topics that the test uses to the stored draft. */
static bool keep_variant(struct preview *preview, struct arena *arena,
                         const struct reader_view *reader_view, const struct issue *issue,
                         struct failure *why)
{
    struct issue_variant *stored;
    const struct issue_variant *shown =
        issue_view_variant(&reader_view->view, reader_view->row.topics);
    return issue_find_variant(preview->options->store, arena, issue->id, reader_view->row.topics,
                              &stored, why) &&
           (stored != NULL || shown == NULL ||
            issue_add_variant(preview->options->store, issue->id, shown, why));
}

static bool send_test(struct preview *preview, const struct web_request *request,
                      const char *address, const char **said, struct failure *why)
{
    struct arena *arena = request->arena;
    const struct preview_options *options = preview->options;
    struct view_request wanted;
    struct reader_view reader_view;
    struct issue *issue;
    struct deliver_result result = {0};
    struct delivery *sent;
    int64_t id;
    preview_read_request(request, request->form, &wanted);
    if (!build(preview, arena, &wanted, &issue, why) ||
        !preview_find_view(preview, arena, &wanted, &reader_view, why) ||
        !keep_variant(preview, arena, &reader_view, issue, why) ||
        !mailer_ask_standing(options->store, &preview->settings, address, &reader_view.view.issue,
                             &reader_view.row, reader_view.banner, clock_now(), &id, why) ||
        !options->deliver(options->context, &result, why) ||
        !delivery_find(options->store, arena, (struct delivery_queue){0}, id, &sent, why)) {
        return false;
    }
    if (sent == NULL || sent->state != DELIVERY_SENT) {
        return fail(why, FAILURE_UNAVAILABLE, "the test to %s is %s%s%s", address,
                    sent != NULL ? delivery_state_name(sent->state) : "gone",
                    sent != NULL && sent->reply != NULL ? ": " : "",
                    sent != NULL && sent->reply != NULL ? sent->reply : "");
    }
    *said = arena_format(arena, "A test went to %s.", address);
    return true;
}

void preview_test(void *context, const struct web_request *request, struct web_answer *answer)
{
    struct preview *preview = context;
    struct failure why = {0};
    struct address address;
    const char *said;
    if (!address_parse(field(request, "to"), &address, &why)) {
        answer_failure(request, answer, &why);
    } else if (!is_listed(preview->settings.preview.test_addresses, address.normal) &&
               !is_listed(preview->settings.issue.editors, address.normal)) {
        preview_answer_message(request->arena, answer, FORBIDDEN,
                               "Tests go to the addresses of preview.test_addresses and "
                               "issue.editors alone.");
    } else if (!send_test(preview, request, address.normal, &said, &why)) {
        answer_failure(request, answer, &why);
    } else {
        preview_answer_message(request->arena, answer, 200, said);
    }
}

static bool require_pass(struct preview *preview, const struct web_request *request,
                         const struct issue *issue, struct failure *why)
{
    struct issue_view view;
    struct check_report report;
    if (strcmp(field(request, "despite"), "errors") == 0) {
        return true;
    }
    return issue_view_stored(preview->options->store, request->arena, &preview->settings, issue,
                             &view, why) &&
           examine(preview->options->store, request->arena, &preview->settings,
                   preview->options->keys, &view, &report, why) &&
           examine_require_pass(issue, &report, why);
}

static bool approve(struct preview *preview, const struct web_request *request,
                    const struct issue **approved, struct failure *why)
{
    struct view_request wanted;
    struct issue *issue;
    struct approval_digest seen;
    bool changed;
    preview_read_request(request, request->form, &wanted);
    seen.date = wanted.date;
    snprintf(seen.digest, sizeof seen.digest, "%s", field(request, "seen"));
    if (!build(preview, request->arena, &wanted, &issue, why)) {
        return false;
    }
    *approved = issue;
    if (issue->state != ISSUE_DRAFT) {
        return fail(why, FAILURE_DATA, "issue %lld is %s already", (long long)issue->number,
                    issue_state_name(issue->state));
    }
    return require_pass(preview, request, issue, why) &&
           issue_freeze(preview->options->store, request->arena, &preview->settings, issue, &seen,
                        clock_now(), &changed, why);
}

void preview_approve(void *context, const struct web_request *request, struct web_answer *answer)
{
    struct failure why = {0};
    const struct issue *issue = NULL;
    if (!approve(context, request, &issue, &why)) {
        answer_failure(request, answer, &why);
        return;
    }
    preview_answer_message(request->arena, answer, 200,
                           arena_format(request->arena, "Issue %lld is approved; %s.",
                                        (long long)issue->number,
                                        approve_words(request->arena, issue, clock_now())));
}
