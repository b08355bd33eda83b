#include "issue/issue_view.h"

#include <string.h>

#include "base/clock.h"
#include "issue/stored.h"
#include "mail/address.h"
#include "store/subscriber.h"

enum { COPY_MAX = 32 * 1024 * 1024 };

static bool find_sender(struct store *store, struct arena *arena, const struct settings *settings,
                        struct issue_view *view, struct failure *why)
{
    return view->issue.sender != NULL
               ? sender_from_json(arena, view->issue.sender, &view->sender, why)
               : sender_from_settings(store, arena, settings, view->issue.iso_week, &view->sender,
                                      why);
}

static bool propose(struct store *store, struct arena *arena, const struct settings *settings,
                    const struct week *week, const struct issue *draft, int64_t now,
                    struct issue_view *view, struct failure *why)
{
    struct issue_proposal proposal;
    if (!settings_require_site(settings, why) || !settings_require_mail(settings, why) ||
        !issue_propose(store, arena, settings, week, draft, now, &proposal, why)) {
        return false;
    }
    if (proposal.pick.thin) {
        return fail(why, FAILURE_NO_INPUT,
                    "%s has too few comparisons for an issue; `verdicts pick --explain --week %s` "
                    "shows them",
                    week->name, week->name);
    }
    *view = (struct issue_view){.issue = proposal.issue,
                                .variants = proposal.variants,
                                .variant_count = proposal.variant_count,
                                .source = proposal.source,
                                .pick = proposal.pick};
    return find_sender(store, arena, settings, view, why);
}

static bool add_stored(struct store *store, struct arena *arena, const char *topics,
                       struct issue_view *view, struct failure *why)
{
    struct issue_variant *variant;
    if (!issue_find_variant(store, arena, view->issue.id, topics, &variant, why)) {
        return false;
    }
    if (variant != NULL) {
        view->variants[view->variant_count++] = *variant;
    }
    return true;
}

static bool stored_variants(struct store *store, struct arena *arena, struct issue_view *view,
                            struct failure *why)
{
    const char **choices;
    size_t count;
    if (!subscriber_topic_choices(store, arena, &choices, &count, why)) {
        return false;
    }
    view->variants = arena_array(arena, count + 1, sizeof *view->variants);
    bool good = add_stored(store, arena, "", view, why);
    for (size_t i = 0; good && i < count; i++) {
        good = add_stored(store, arena, choices[i], view, why);
    }
    return good;
}

bool issue_view_stored(struct store *store, struct arena *arena, const struct settings *settings,
                       const struct issue *issue, struct issue_view *view, struct failure *why)
{
    *view = (struct issue_view){.issue = *issue};
    return find_sender(store, arena, settings, view, why) &&
           stored_variants(store, arena, view, why) &&
           stored_source(store, arena, settings, issue, &view->sender, &view->source, why);
}

bool issue_view_find_anew(struct store *store, struct arena *arena, const struct settings *settings,
                          const struct week *week, const struct issue *issue, int64_t now,
                          struct issue_view *view, struct failure *why)
{
    if (issue == NULL || issue->state == ISSUE_DRAFT) {
        return propose(store, arena, settings, week, issue, now, view, why);
    }
    if (!settings_require_site(settings, why) || !settings_require_mail(settings, why) ||
        !issue_view_stored(store, arena, settings, issue, view, why) ||
        !sender_from_settings(store, arena, settings, issue->iso_week, &view->sender, why)) {
        return false;
    }
    view->anew = true;
    view->source.settings = settings;
    view->source.templates = source_open(arena, settings);
    view->source.boundary = view->sender.boundary;
    variant_headline(arena, &view->source);
    view->issue.subject = view->source.headline.subject;
    view->issue.preheader = view->source.headline.preheader;
    return variant_render_all(store, arena, &view->source, &view->variants, &view->variant_count,
                              why);
}

bool issue_view_is_frozen(const struct issue_view *view)
{
    return view->issue.id != 0 && view->issue.state != ISSUE_DRAFT && !view->anew;
}

bool issue_view_find(struct store *store, struct arena *arena, const struct settings *settings,
                     const struct week *week, const struct issue *issue, int64_t now,
                     struct issue_view *view, struct failure *why)
{
    return issue == NULL || issue->state == ISSUE_DRAFT
               ? propose(store, arena, settings, week, issue, now, view, why)
               : issue_view_stored(store, arena, settings, issue, view, why);
}

const struct issue_variant *issue_view_variant(const struct issue_view *view, const char *topics)
{
    for (size_t i = 0; i < view->variant_count; i++) {
        if (strcmp(view->variants[i].topics, topics) == 0) {
            return &view->variants[i];
        }
    }
    return NULL;
}

void issue_view_reader(struct arena *arena, const struct issue_view *view, const char *name,
                       const char *address, const char *topics, struct delivery *row)
{
    *row = (struct delivery){
        .address = address,
        .domain = strrchr(address, '@') + 1,
        .name = name,
        .topics = topics,
        .message_id = sender_message_id(arena, &view->sender, view->issue.iso_week, "0"),
    };
}

bool issue_view_subscriber(struct store *store, struct arena *arena, const struct issue_view *view,
                           const char *address, struct delivery *row, const char **unsent,
                           struct failure *why)
{
    struct address parsed;
    struct subscriber *person;
    if (!address_parse(address, &parsed, why) ||
        !subscriber_find(store, arena, parsed.key, &person, why)) {
        return false;
    }
    if (person == NULL) {
        return fail(why, FAILURE_NO_INPUT, "%s is not on the list", parsed.normal);
    }
    issue_view_reader(arena, view, person->name, person->address, person->topics, row);
    row->id = row->subscriber_id = person->id;
    row->message_id = sender_message_id(arena, &view->sender, view->issue.iso_week,
                                        arena_format(arena, "%lld", (long long)person->id));
    *unsent = person->status != SUBSCRIBER_CONFIRMED ? subscriber_status_name(person->status)
              : person->paused_until > clock_now()   ? "paused"
                                                     : NULL;
    return true;
}

static bool finish(struct arena *arena, struct copy_maker *maker, const struct delivery *row,
                   const char *program, size_t program_len, const char **bytes, size_t *len,
                   struct failure *why)
{
    struct residual residual;
    struct buf out;
    residual_init(&residual);
    buf_init(&out, COPY_MAX);
    bool good = residual_load(&residual, program, program_len, why);
    if (good) {
        residual_run(&residual, copy_maker_reader(maker, row), NULL, &out);
        *bytes = arena_copy_bytes(arena, out.data, out.len);
        *len = out.len;
    }
    buf_free(&out);
    residual_free(&residual);
    return good;
}

static bool compose(struct arena *arena, struct copy_maker *maker, const struct delivery *row,
                    struct issue_view_copy *copy, struct failure *why)
{
    struct smtp_message message = {0};
    buf_init(&message.bytes, COPY_MAX);
    bool good = copy_maker_compose(maker, row, &message, why);
    if (good) {
        copy->message = arena_copy_bytes(arena, message.bytes.data, message.bytes.len);
        copy->message_len = message.bytes.len;
    }
    buf_free(&message.bytes);
    return good;
}

bool issue_view_copy(struct store *store, struct arena *arena, const struct token_keys *keys,
                     const struct issue_view *view, const struct delivery *row,
                     struct issue_view_copy *copy, struct failure *why)
{
    struct copy_maker *maker;
    const struct issue_variant *variant = issue_view_variant(view, row->topics);
    if (variant == NULL || variant->body_len == 0) {
        return fail(why, FAILURE_NO_INPUT,
                    "nothing in this issue matches the topics of that reader, who is skipped");
    }
    if (!copy_maker_open(store, &view->issue, &view->sender, keys, &maker, why)) {
        return false;
    }
    copy_maker_give_variants(maker, view->variants, view->variant_count);
    const struct reader_values *reader = copy_maker_reader(maker, row);
    copy->unsubscribe_url = arena_copy(arena, reader->text[RESIDUAL_PLAIN][READER_UNSUBSCRIBE_URL]);
    copy->preferences_url = arena_copy(arena, reader->text[RESIDUAL_PLAIN][READER_PREFERENCES_URL]);
    bool good = finish(arena, maker, row, variant->html, variant->html_len, &copy->html,
                       &copy->html_len, why) &&
                finish(arena, maker, row, variant->text, variant->text_len, &copy->text,
                       &copy->text_len, why) &&
                compose(arena, maker, row, copy, why);
    copy_maker_close(maker);
    return good;
}
