/*
 * Sample issues for tests: read from JSON, made into variables, rendered by the templates of the
 * checkout, finished for one reader. The same way as a real issue, without a database.
 *
 * The JSON: number, week, date, timezone, language, direction, site{name,url,comparison_url,
 * postal_address}, reader{…}, stories, a list of lists of comparisons in the form of
 * verdicts-import(5), each list in the order of rank, moves, and due.
 */
#ifndef SUPPORT_SAMPLE_ISSUE_H
#define SUPPORT_SAMPLE_ISSUE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "digest/isolate.h"
#include "digest/newsletter.h"
#include "digest/prediction.h"
#include "digest/wrap.h"
#include "intake/intake.h"
#include "issue/note.h"
#include "mustache/escape.h"
#include "mustache/mustache.h"

/* Behind ours: it makes a macro of fail. */
#include <cmocka.h>

enum { SAMPLE_MAX = 16 * 1024 * 1024 };

struct sample {
    struct newsletter issue;
    const char *reader[READER_FIELDS];
};

static inline void sample_must(bool good, const struct failure *why)
{
    if (!good) {
        fail_msg("%s", why->text);
    }
}

/* A file's content; "" where it is not there and `absent_ok`. */
static inline const char *sample_file(struct arena *arena, const char *path, bool absent_ok)
{
    struct failure why = {0};
    struct buf content;
    buf_init(&content, SAMPLE_MAX);
    bool good = file_read(path, SAMPLE_MAX, &content, &why);
    if (!good && !absent_ok) {
        fail_msg("%s", why.text);
    }
    const char *text =
        good ? arena_copy_bytes(arena, content.data, content.len) : arena_copy(arena, "");
    buf_free(&content);
    return text;
}

static inline const char *sample_text(const struct value *object, const char *name)
{
    const struct value *found = value_find(object, name);
    return found != NULL && found->text != NULL ? found->text : "";
}

static inline bool sample_has_tool(const struct comparison *item, const char *slug)
{
    return strcmp(item->left.slug, slug) == 0 || strcmp(item->right.slug, slug) == 0;
}

/* A story of comparisons that share a tool, or of one. */
static inline struct story sample_story(struct arena *arena, const struct comparison *const *items,
                                        size_t count)
{
    struct story story = {.items = arena_array(arena, count, sizeof *story.items), .count = count};
    memcpy(story.items, items, count * sizeof *items);
    if (count > 1) {
        bool left = sample_has_tool(items[1], items[0]->left.slug);
        story.shared = left ? items[0]->left.slug : items[0]->right.slug;
    }
    return story;
}

static inline struct story sample_read_story(struct arena *arena, const struct value *list)
{
    struct failure why = {0};
    const struct comparison **items = arena_array(arena, list->count, sizeof *items);
    size_t count = 0;
    for (const struct value *at = list->first; at != NULL; at = at->next) {
        struct comparison *item = arena_alloc(arena, sizeof *item);
        sample_must(intake_from_value(arena, at, item, &why), &why);
        model_derive_panel(&item->left); /* as the store does */
        model_derive_panel(&item->right);
        items[count++] = item;
    }
    return sample_story(arena, items, count);
}

static inline void sample_read_reader(struct sample *sample, const struct value *reader)
{
    for (size_t i = 0; i < READER_FIELDS; i++) {
        sample->reader[i] = sample_text(reader, reader_field_name((enum reader_field)i));
    }
}

/* What has moved: a list of {was, now, number, week, at}. */
static inline void sample_read_moves(struct arena *arena, const struct value *list,
                                     struct move **moves, size_t *count)
{
    struct failure why = {0};
    *moves = arena_array(arena, list != NULL ? list->count : 0, sizeof **moves);
    *count = 0;
    for (const struct value *at = list != NULL ? list->first : NULL; at != NULL; at = at->next) {
        struct move *move = &(*moves)[(*count)++];
        *move = (struct move){.told_number = strtoll(sample_text(at, "number"), NULL, 10),
                              .told_week = sample_text(at, "week"),
                              .told_at = strtoll(sample_text(at, "at"), NULL, 10)};
        sample_must(intake_tool_from_value(arena, value_find(at, "was"), &move->was, &why) &&
                        intake_tool_from_value(arena, value_find(at, "now"), &move->now, &why),
                    &why);
        model_derive_panel(&move->was);
        model_derive_panel(&move->now);
    }
}

/* What is due: a list of {sentence, reviewer, tool, slug, said_at, number, week, at}; behind it up
 * to two that the stories put on record. */
static inline void sample_read_predictions(struct arena *arena, const struct value *list,
                                           struct newsletter *issue)
{
    struct prediction *made, *all;
    size_t found, count = 0;
    predictions_of(arena, issue->stories, issue->story_count, issue->timezone, issue->date, &made,
                   &found);
    all = arena_array(arena, (list != NULL ? list->count : 0) + 2, sizeof *all);
    for (const struct value *at = list != NULL ? list->first : NULL; at != NULL; at = at->next) {
        all[count++] =
            (struct prediction){.sentence = sample_text(at, "sentence"),
                                .reviewer = sample_text(at, "reviewer"),
                                .tool = sample_text(at, "tool"),
                                .slug = sample_text(at, "slug"),
                                .said_at = strtoll(sample_text(at, "said_at"), NULL, 10),
                                .told_number = strtoll(sample_text(at, "number"), NULL, 10),
                                .told_week = sample_text(at, "week"),
                                .told_at = strtoll(sample_text(at, "at"), NULL, 10)};
    }
    for (size_t i = 0; i < found && i < 2; i++) {
        all[count++] = made[i];
    }
    issue->predictions = all;
    issue->prediction_count = count;
}

static inline const struct note *sample_read_note(struct arena *arena, const struct value *words,
                                                  const char *name)
{
    struct failure why = {0};
    struct note *note = NULL;
    const char *text = sample_text(words, name);
    if (*text != '\0') {
        sample_must(note_read(arena, name, text, strlen(text), &note, &why), &why);
    }
    return note;
}

/* What an editor has written: {headline, note, story_note, quotes: [{tool, side, text}]}. */
static inline void sample_read_words(struct arena *arena, const struct value *words,
                                     struct newsletter_words *told)
{
    const struct value *quotes = value_find(words, "quotes");
    struct voice_pin *pins = arena_array(arena, quotes != NULL ? quotes->count : 0, sizeof *pins);
    struct newsletter_story_note *note = arena_alloc(arena, sizeof *note);
    const char *headline = sample_text(words, "headline");
    *note = (struct newsletter_story_note){.note = sample_read_note(arena, words, "story_note")};
    *told = (struct newsletter_words){.headline = *headline != '\0' ? headline : NULL,
                                      .note = sample_read_note(arena, words, "note"),
                                      .notes = note,
                                      .note_count = note->note != NULL ? 1 : 0,
                                      .pins = pins};
    for (const struct value *at = quotes != NULL ? quotes->first : NULL; at != NULL;
         at = at->next) {
        pins[told->pin_count++] =
            (struct voice_pin){.tool = sample_text(at, "tool"),
                               .against = strcmp(sample_text(at, "side"), "against") == 0,
                               .text = sample_text(at, "text")};
    }
}

static inline struct sample sample_from(struct arena *arena, const struct value *root)
{
    const struct value *site = value_find(root, "site");
    const struct value *stories = value_find(root, "stories");
    size_t count = stories != NULL ? stories->count : 0;
    struct story *told = arena_array(arena, count, sizeof *told);
    struct move *moves;
    size_t used = 0, move_count;
    sample_read_moves(arena, value_find(root, "moves"), &moves, &move_count);
    for (const struct value *at = stories != NULL ? stories->first : NULL; at != NULL;
         at = at->next) {
        told[used++] = sample_read_story(arena, at);
    }
    struct sample sample = {.issue = {
                                .moves = moves,
                                .move_count = move_count,
                                .archive = "https://letter.example.org",
                                .site_name = sample_text(site, "name"),
                                .site_url = sample_text(site, "url"),
                                .comparison_url = sample_text(site, "comparison_url"),
                                .postal_address = sample_text(site, "postal_address"),
                                .language = sample_text(root, "language"),
                                .direction = sample_text(root, "direction"),
                                .number = strtoll(sample_text(root, "number"), NULL, 10),
                                .week = sample_text(root, "week"),
                                .date = strtoll(sample_text(root, "date"), NULL, 10),
                                .timezone = sample_text(root, "timezone"),
                                .stories = told,
                                .story_count = count,
                            }};
    sample_read_predictions(arena, value_find(root, "due"), &sample.issue);
    sample_read_words(arena, value_find(root, "words"), &sample.issue.words);
    sample_read_reader(&sample, value_find(root, "reader"));
    return sample;
}

static inline struct sample sample_load(struct arena *arena, const char *path)
{
    struct failure why = {0};
    const char *text = sample_file(arena, path, false);
    struct value *root;
    sample_must(json_read(arena, path, text, strlen(text), &root, &why), &why);
    return sample_from(arena, root);
}

static inline bool sample_partial(void *context, struct arena *arena, const char *name,
                                  const char **text, size_t *len, const char **path,
                                  struct failure *why)
{
    (void)context;
    (void)why;
    *path = arena_format(arena, "%s/templates/partials/%s.mustache", SOURCE_ROOT, name);
    *text = sample_file(arena, *path, true);
    *len = strlen(*text);
    *text = *len > 0 ? *text : NULL;
    return true;
}

/* The residual program of a template of the checkout. */
static inline void sample_specialise(struct arena *arena, const char *name,
                                     enum mustache_escape escape, const struct value *data,
                                     struct residual *residual)
{
    struct failure why = {0};
    struct mustache_options options = {.escape = escape, .strict = true, .load = sample_partial};
    const char *path = arena_format(arena, "%s/templates/%s", SOURCE_ROOT, name);
    const char *text = sample_file(arena, path, false);
    struct mustache *template = NULL;
    sample_must(mustache_compile(arena, path, text, strlen(text), &options, &template, &why), &why);
    sample_must(mustache_specialise(template, data, residual, &why), &why);
}

static inline void sample_finish(struct arena *arena, const struct sample *sample,
                                 const struct residual *residual, struct buf *out)
{
    struct reader_values values;
    for (size_t i = 0; i < READER_FIELDS; i++) {
        struct buf html;
        buf_init(&html, SAMPLE_MAX);
        escape_html(&html, sample->reader[i], strlen(sample->reader[i]));
        values.text[RESIDUAL_PLAIN][i] = sample->reader[i];
        values.text[RESIDUAL_HTML][i] = arena_copy_bytes(arena, html.data, html.len);
        buf_free(&html);
    }
    residual_run(residual, &values, NULL, out);
}

/* Both parts as a reader gets them, in the arena. */
static inline void sample_render(struct arena *arena, const struct sample *sample,
                                 const char **html, const char **text)
{
    struct newsletter_headline headline = newsletter_headline(arena, &sample->issue);
    struct value *data = newsletter_variables(arena, &sample->issue, &headline);
    struct residual raw_html, html_program, raw_program, text_program;
    struct buf out;
    residual_init(&raw_html);
    residual_init(&html_program);
    residual_init(&raw_program);
    residual_init(&text_program);
    buf_init(&out, SAMPLE_MAX);
    sample_specialise(arena, "issue.html.mustache", MUSTACHE_HTML, data, &raw_html);
    isolate_html(&raw_html, &html_program);
    sample_finish(arena, sample, &html_program, &out);
    *html = arena_copy_bytes(arena, out.data, out.len);
    buf_reset(&out);
    sample_specialise(arena, "issue.txt.mustache", MUSTACHE_PLAIN, data, &raw_program);
    wrap_residual(&raw_program, WRAP_COLUMNS, &text_program);
    sample_finish(arena, sample, &text_program, &out);
    *text = arena_copy_bytes(arena, out.data, out.len);
    buf_free(&out);
    residual_free(&raw_html);
    residual_free(&html_program);
    residual_free(&raw_program);
    residual_free(&text_program);
}

#endif
