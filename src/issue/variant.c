#include "issue/variant.h"

#include <string.h>

#include "base/hash.h"
#include "base/share.h"
#include "digest/isolate.h"
#include "digest/wrap.h"
#include "mail/message.h"
#include "mustache/mustache.h"
#include "pick/pick.h"
#include "store/subscriber.h"

enum { BLOB_MAX = 32 * 1024 * 1024 };

/* A partial {{> name}} is the file partials/name.mustache. */
static bool load_partial(void *context, struct arena *arena, const char *name, const char **text,
                         size_t *len, const char **path, struct failure *why)
{
    return source_read(context, arena_format(arena, "partials/%s.mustache", name), path, text, len,
                       why);
}

static bool is_blank(const char *text, size_t len)
{
    while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL) {
        len--;
    }
    return len == 0;
}

static bool compile(struct arena *arena, struct source *templates, const char *name,
                    enum mustache_escape escape, struct mustache **template, struct failure *why)
{
    const char *text, *path;
    size_t len;
    if (!source_read(templates, name, &path, &text, &len, why)) {
        return false;
    }
    if (text == NULL) {
        return fail(why, FAILURE_NO_INPUT,
                    "the template %s is neither in templates_dir nor in %s/templates", name,
                    share_directory(arena));
    }
    if (is_blank(text, len)) {
        return fail(why, FAILURE_DATA,
                    "%s is empty, and so would be everybody's issue; write it, or take the file "
                    "away",
                    path);
    }
    struct mustache_options options = {
        .escape = escape,
        .strict = true,
        .load = load_partial,
        .load_context = templates,
    };
    return mustache_compile(arena, path, text, len, &options, template, why);
}

static void newsletter_fill(const struct variant_source *source, struct newsletter *newsletter)
{
    const struct settings *settings = source->settings;
    *newsletter = (struct newsletter){
        .site_name = settings->site.name,
        .site_url = settings->site.url,
        .comparison_url = settings->site.comparison_url,
        .postal_address = settings->site.postal_address,
        .replies = settings->mail.reply_to != NULL,
        .language = settings->site.language,
        .direction = settings->site.direction,
        .number = source->number,
        .week = source->week,
        .date = source->date,
        .timezone = settings->issue.timezone,
        .stories = source->stories,
        .story_count = source->story_count,
        .moves = source->moves.list,
        .move_count = source->moves.count,
        .predictions = source->predictions.list,
        .prediction_count = source->predictions.count,
        .archive = settings->subscribe.url,
        .words = source->words.told,
    };
}

void variant_headline(struct arena *arena, struct variant_source *source)
{
    struct newsletter newsletter;
    newsletter_fill(source, &newsletter);
    source->headline = newsletter_headline(arena, &newsletter);
}

char *variant_title(struct arena *arena, const struct variant_source *source)
{
    struct newsletter newsletter;
    newsletter_fill(source, &newsletter);
    return newsletter_title(arena, &newsletter);
}

struct value *variant_variables(struct arena *arena, const struct variant_source *source)
{
    struct newsletter newsletter;
    newsletter_fill(source, &newsletter);
    return newsletter_variables(arena, &newsletter, &source->headline);
}

/* The programs of one variant while they are being made. */
struct programs {
    struct residual raw_html, html, raw_text, text, body;
};

static void programs_init(struct programs *programs)
{
    residual_init(&programs->raw_html);
    residual_init(&programs->html);
    residual_init(&programs->raw_text);
    residual_init(&programs->text);
    residual_init(&programs->body);
}

static void programs_free(struct programs *programs)
{
    residual_free(&programs->raw_html);
    residual_free(&programs->html);
    residual_free(&programs->raw_text);
    residual_free(&programs->text);
    residual_free(&programs->body);
}

static bool specialise(struct arena *arena, const struct variant_source *source,
                       struct programs *programs, struct failure *why)
{
    struct mustache *html, *text;
    struct value *variables = variant_variables(arena, source);
    struct source *templates =
        source->templates != NULL ? source->templates : source_open(arena, source->settings);
    if (!compile(arena, templates, "issue.html.mustache", MUSTACHE_HTML, &html, why) ||
        !compile(arena, templates, "issue.txt.mustache", MUSTACHE_PLAIN, &text, why) ||
        !mustache_specialise(html, variables, &programs->raw_html, why) ||
        !mustache_specialise(text, variables, &programs->raw_text, why)) {
        return false;
    }
    isolate_html(&programs->raw_html, &programs->html);
    wrap_residual(&programs->raw_text, WRAP_COLUMNS, &programs->text);
    return message_body(&programs->text, &programs->html, source->boundary, &programs->body, why);
}

static const char *keep(struct arena *arena, const struct residual *residual, size_t *len,
                        char hash[65])
{
    struct buf bytes;
    buf_init(&bytes, BLOB_MAX);
    residual_save(residual, &bytes);
    char *copy = arena_copy_bytes(arena, bytes.data, bytes.len);
    *len = bytes.len;
    if (hash != NULL) {
        hash_sha256_hex(bytes.data, bytes.len, hash);
    }
    buf_free(&bytes);
    return copy;
}

/* Whether the headline is what the stories, moves and words give. That of an issue which another
 * version of this program froze need not be, and is in every copy then. */
static bool is_own_headline(struct arena *arena, const struct variant_source *source)
{
    struct variant_source ours = *source;
    variant_headline(arena, &ours);
    return strcmp(ours.headline.subject, source->headline.subject) == 0 &&
           strcmp(ours.headline.preheader, source->headline.preheader) == 0;
}

bool variant_choose(struct arena *arena, const struct variant_source *source, const char *topics,
                    struct variant_source *chosen)
{
    *chosen = *source;
    if (topics[0] == '\0') {
        return true;
    }
    struct story *stories;
    pick_topics(arena, source->stories, source->story_count, topics, &stories,
                &chosen->story_count);
    chosen->stories = stories;
    chosen->moves = moves_of_topics(arena, &source->moves, topics);
    bool none = chosen->story_count == 0 && chosen->moves.count == 0;
    const char *asked = none ? "" : topics;
    if (none && source->settings->issue.lead_if_unmatched) {
        chosen->stories = source->stories;
        chosen->story_count = source->story_count > 0 ? 1 : 0;
        chosen->moves = source->moves;
    }
    if (chosen->story_count == 0 && chosen->moves.count == 0) {
        return false;
    }
    chosen->predictions = predictions_of_topics(arena, &source->predictions, asked, chosen->stories,
                                                chosen->story_count);
    chosen->words.told = words_follow(arena, &source->words.told, source->stories,
                                      source->story_count, chosen->stories, chosen->story_count);
    if (is_own_headline(arena, source)) {
        variant_headline(arena, chosen);
    }
    return true;
}

bool variant_render(struct arena *arena, const struct variant_source *source, const char *topics,
                    struct issue_variant *variant, struct failure *why)
{
    *variant = (struct issue_variant){
        .topics = arena_copy(arena, topics), .subject = "", .body = "", .html = "", .text = ""};
    struct variant_source chosen;
    if (!variant_choose(arena, source, topics, &chosen)) {
        return true;
    }
    if (topics[0] != '\0' && is_own_headline(arena, source)) {
        variant->subject = chosen.headline.subject;
    }
    struct programs programs;
    programs_init(&programs);
    bool good = specialise(arena, &chosen, &programs, why);
    if (good) {
        variant->body = keep(arena, &programs.body, &variant->body_len, NULL);
        variant->html = keep(arena, &programs.html, &variant->html_len, variant->html_sha256);
        variant->text = keep(arena, &programs.text, &variant->text_len, variant->text_sha256);
    }
    programs_free(&programs);
    return good;
}

bool variant_render_all(struct store *store, struct arena *arena,
                        const struct variant_source *source, struct issue_variant **variants,
                        size_t *count, struct failure *why)
{
    const char **choices;
    size_t chosen;
    *count = 0;
    if (!subscriber_topic_choices(store, arena, &choices, &chosen, why)) {
        return false;
    }
    *variants = arena_array(arena, chosen + 1, sizeof **variants);
    for (size_t i = 0; i <= chosen; i++) {
        const char *topics = i == 0 ? "" : choices[i - 1];
        if (!variant_render(arena, source, topics, &(*variants)[(*count)++], why)) {
            return false;
        }
    }
    return true;
}
