/* Preferences: topics and a pause; and the request for a link to one's own page. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "signup/signup.h"
#include "store/comparison.h"

enum { WEEK = 7 * 86400, PAUSE_WEEKS_MAX = 12 };

/* What is shown besides the record: what was just done, and errors. */
struct page_notice {
    const char *notice;
    const char *pause_error;
};

/* Whether `topics` (joined by '\n') contains the topic. */
static bool has_topic(const char *topics, const char *topic)
{
    size_t len = strlen(topic);
    for (const char *at = topics; at != NULL && *at != '\0';) {
        if (strncmp(at, topic, len) == 0 && (at[len] == '\n' || at[len] == '\0')) {
            return true;
        }
        at = strchr(at, '\n');
        at = at != NULL ? at + 1 : NULL;
    }
    return false;
}

static struct value *topics_value(struct arena *arena, const char **categories, size_t count,
                                  const char *chosen)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < count; i++) {
        struct value *topic = value_add(list, value_object(arena));
        value_set_text(arena, topic, "name", categories[i]);
        value_set_text(arena, topic, "id", arena_format(arena, "topic-%zu", i + 1));
        value_set_bool(arena, topic, "chosen", has_topic(chosen, categories[i]));
    }
    return list;
}

static void add_pause(struct arena *arena, struct value *list, const char *value, const char *label,
                      bool chosen)
{
    struct value *pause = value_add(list, value_object(arena));
    value_set_text(arena, pause, "value", value);
    value_set_text(arena, pause, "label", label);
    value_set_bool(arena, pause, "chosen", chosen);
}

static struct value *pauses_value(const struct site *site, struct arena *arena,
                                  int64_t paused_until, int64_t now)
{
    const struct say say = site_sayer(site, arena);
    static const int weeks[] = {1, 2, 4, 8, PAUSE_WEEKS_MAX};
    struct value *list = value_list(arena);
    bool paused = paused_until > now;
    add_pause(arena, list, "0", say_text(&say, "pause/none", NULL), !paused);
    if (paused) {
        add_pause(
            arena, list, "keep",
            say_text(&say, "pause/until", HOLES({"date", site_date(site, arena, paused_until)})),
            true);
    }
    for (size_t i = 0; i < sizeof weeks / sizeof weeks[0]; i++) {
        const char *number = arena_format(arena, "%d", weeks[i]);
        add_pause(arena, list, number,
                  say_count(&say, "pause/weeks", (size_t)weeks[i], HOLES({"count", number})),
                  false);
    }
    return list;
}

static void person_value(struct arena *arena, const struct site *site, const char *token,
                         const struct subscriber *person, const struct page_notice *view,
                         struct value *data)
{
    char leave[TOKEN_TEXT];
    token_make(site->keys, TOKEN_LEAVE, person->id, 0, leave);
    value_set_text(arena, data, "token", token);
    value_set_text(arena, data, "leave_token", leave);
    value_set_text(arena, data, "address", person->address);
    value_set_text(arena, data, "notice", view->notice);
}

static void show(struct site *site, const struct web_request *request, struct web_answer *answer,
                 const struct subscriber *person, const struct page_notice *view)
{
    struct arena *arena = request->arena;
    struct value *data = value_object(arena);
    const char **categories;
    size_t count;
    struct failure why = {0};
    if (!comparison_categories(site->store, arena, &categories, &count, &why)) {
        site_say_failure(site, request, answer, &why);
        return;
    }
    person_value(arena, site, site_token(request), person, view, data);
    struct value *errors = value_set(arena, data, "errors", value_list(arena));
    site_add_error(arena, errors, "pause", view->pause_error);
    bool wrong = errors->count > 0;
    value_set_bool(arena, data, "has_errors", wrong);
    value_set_bool(arena, data, "has_topics", count > 0);
    value_set(arena, data, "topics", topics_value(arena, categories, count, person->topics));
    value_set(arena, data, "pauses", pauses_value(site, arena, person->paused_until, clock_now()));
    const struct page page = {.status = wrong ? 422 : 200,
                              .name = "preferences",
                              .title = site_title(site, arena, "page/preferences", wrong),
                              .message = view->notice,
                              .data = data};
    site_show(site, request, answer, &page);
}

/* Somebody who is not on the list has nothing to choose, but may read and erase what is stored. */
static void show_off_list(struct site *site, const struct web_request *request,
                          struct web_answer *answer)
{
    struct value *data = value_object(request->arena);
    value_set_text(request->arena, data, "token", site_token(request));
    const struct page page = {.name = "own-data",
                              .title = site_words(site, request->arena, "page/off-list"),
                              .data = data};
    site_show(site, request, answer, &page);
}

/* The person of the link; if there is none, writes the answer and returns NULL. */
static struct subscriber *find_person(struct site *site, const struct web_request *request,
                                      struct web_answer *answer)
{
    enum subscription_answer outcome;
    struct subscriber *person;
    if (!site_verify_token(site, request, answer, TOKEN_PREFERENCES, &outcome, &person)) {
        return NULL;
    }
    if (person == NULL) {
        site_say_unknown(site, request, answer);
    }
    return person;
}

/* The fields "topic" in the order of the categories, so that one choice has one stored form. */
static const char *read_topics(const struct web_request *request, const char **categories,
                               size_t count)
{
    struct buf topics;
    buf_init(&topics, 64 * 1024);
    for (size_t i = 0; i < count; i++) {
        for (const struct web_field *field = request->form; field != NULL; field = field->next) {
            if (strcmp(field->name, "topic") == 0 && strcmp(field->value, categories[i]) == 0) {
                buf_addf(&topics, "%s%s", topics.len > 0 ? "\n" : "", categories[i]);
                break;
            }
        }
    }
    const char *copy = arena_copy(request->arena, topics.data);
    buf_free(&topics);
    return copy;
}

/* "keep" or a number of weeks. A form without the field leaves the pause as it is. */
static const char *read_pause(const struct site *site, const struct web_request *request,
                              int64_t now, int64_t *until)
{
    const char *pause = web_field_find(request->form, "pause");
    *until = -1;
    if (pause == NULL || pause[0] == '\0' || strcmp(pause, "keep") == 0) {
        return NULL;
    }
    size_t len = strspn(pause, "0123456789");
    long weeks = len > 0 && len <= 2 && pause[len] == '\0' ? strtol(pause, NULL, 10) : -1;
    if (weeks < 0 || weeks > PAUSE_WEEKS_MAX) {
        const struct say say = site_sayer(site, request->arena);
        const char *most = arena_format(request->arena, "%d", PAUSE_WEEKS_MAX);
        return say_text(&say, "pause/range", HOLES({"most", most}));
    }
    *until = weeks == 0 ? 0 : now + weeks * WEEK;
    return NULL;
}

static void save(struct site *site, const struct web_request *request, struct web_answer *answer,
                 const struct subscriber *person)
{
    const struct subscription subscription = site_subscription(site);
    struct page_notice view = {0};
    const char **categories;
    size_t count;
    enum subscription_answer outcome;
    struct failure why = {0};
    int64_t now = clock_now();
    struct subscription_preferences chosen = {0};
    view.pause_error = read_pause(site, request, now, &chosen.paused_until);
    if (view.pause_error != NULL) {
        show(site, request, answer, person, &view);
        return;
    }
    if (!comparison_categories(site->store, request->arena, &categories, &count, &why)) {
        site_say_failure(site, request, answer, &why);
        return;
    }
    chosen.topics = read_topics(request, categories, count);
    if (!subscription_prefer(&subscription, request->arena, site_token(request), &chosen,
                             site_network(request), now, &outcome, &why)) {
        site_say_failure(site, request, answer, &why);
        return;
    }
    person = find_person(site, request, answer);
    if (person != NULL) {
        view.notice = site_words(site, request->arena, "page/saved");
        show(site, request, answer, person, &view);
    }
}

/* What a copy of an issue must not be able to do requires a link that only the reader's mailbox
 * has. */
static void send_link(struct site *site, const struct web_request *request,
                      struct web_answer *answer)
{
    const struct subscription subscription = site_subscription(site);
    const struct limits limits = site_limits(site);
    const struct limits_origin networks = site_origin(request);
    enum subscription_answer outcome;
    enum limits_answer limit;
    int64_t wait;
    struct failure why = {0};
    if (!limits_take_form(&limits, &networks, clock_now(), &limit, &wait, &why)) {
        site_say_failure(site, request, answer, &why);
    } else if (limit != LIMITS_PASS) {
        site_say_limit(site, request, answer, limit, wait);
    } else if (!subscription_ask_own(&subscription, request->arena, site_token(request),
                                     clock_now(), &outcome, &why)) {
        site_say_failure(site, request, answer, &why);
    } else if (outcome == SUBSCRIPTION_UNKNOWN) {
        site_say_unknown(site, request, answer);
    } else if (outcome == SUBSCRIPTION_ALREADY) {
        site_say(site, request, answer, 200, "page/check-mail", "page/link-sent-before", NULL);
    } else {
        site_wake_mailer(site);
        site_say(site, request, answer, 200, "page/check-mail", "page/link-sent", NULL);
    }
}

/* Somebody who complained is never written to again, not even for this. */
static void show_unwritten(struct site *site, const struct web_request *request,
                           struct web_answer *answer)
{
    site_say(site, request, answer, 200, "page/off-list", "page/unwritten", NULL);
}

void preferences_handle(void *context, const struct web_request *request, struct web_answer *answer)
{
    struct site *site = context;
    const struct page_notice nothing = {0};
    const char *action = web_field_find(request->form, "do");
    if (strchr(request->rest, '/') != NULL) {
        site_missing(site, request, answer);
        return;
    }
    struct subscriber *person = find_person(site, request, answer);
    if (person == NULL) {
        return;
    }
    if (person->status == SUBSCRIBER_COMPLAINED) {
        show_unwritten(site, request, answer);
    } else if (action != NULL && strcmp(action, "link") == 0) {
        send_link(site, request, answer);
    } else if (person->status != SUBSCRIBER_CONFIRMED) {
        show_off_list(site, request, answer);
    } else if (request->method == WEB_GET) {
        show(site, request, answer, person, &nothing);
    } else if (action != NULL && strcmp(action, "save") == 0) {
        save(site, request, answer, person);
    } else {
        site_say(site, request, answer, 400, "page/unclear", "page/unclear-told", NULL);
    }
}
