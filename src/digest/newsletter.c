#include "digest/newsletter.h"

#include <assert.h>
#include <string.h>

#include "base/zone.h"
#include "digest/headline.h"
#include "digest/isolate.h"
#include "digest/move.h"
#include "digest/phrase.h"
#include "digest/quote.h"
#include "digest/record.h"
#include "digest/story_view.h"
#include "digest/summary.h"
#include "digest/tally.h"
#include "digest/tidy.h"
#include "digest/tool_view.h"

/* An issue with more comparisons than this omits optional parts, because clients would clip it. */
enum { NEWSLETTER_SHORT = 6, NEWSLETTER_FULL = 3 /* stories that it presents in full even then */ };

/* The first move within a mailbox's room; the others in the preheader. */
static struct newsletter_headline headline_of_moves(const struct say *say,
                                                    const struct newsletter *issue)
{
    assert(issue->move_count > 0);
    struct arena *arena = say->arena;
    struct move first = tidy_move(arena, &issue->moves[0]);
    char *text = arena_copy(arena, "");
    for (size_t i = 1; i <= issue->move_count; i++) {
        struct move move = tidy_move(arena, &issue->moves[i % issue->move_count]);
        char *next =
            i < issue->move_count ? move_sentence(say, &move) : say_text(say, "move/filler", NULL);
        char *longer = say_join(say, text, next);
        bool enough = i == issue->move_count && phrase_length(text) >= SUMMARY_PREHEADER_MIN;
        text = !enough && phrase_length(longer) <= SUMMARY_PREHEADER_MAX ? longer : text;
    }
    return (struct newsletter_headline){
        .subject = isolate_finish(arena, move_subject(say, &first)),
        .preheader = isolate_finish(arena, text),
    };
}

static struct voice_words voice_words(struct arena *arena, const struct newsletter *issue)
{
    return (struct voice_words){.lexicon = lexicon_english(arena),
                                .pins = issue->words.pins,
                                .pin_count = issue->words.pin_count};
}

static struct newsletter_headline headline_of_stories(const struct say *say,
                                                      const struct newsletter *issue)
{
    struct arena *arena = say->arena;
    struct story *stories = tidy_stories(arena, issue->stories, issue->story_count);
    struct tally tally = tally_count(arena, stories, issue->story_count);
    struct standing lead = standing_of(arena, &stories[0]);
    struct voice_words words = voice_words(arena, issue);
    struct summary summary = summary_of(say, &words, stories, &tally);
    char *subject = headline_subject(say, &lead);
    return (struct newsletter_headline){
        .subject = isolate_finish(arena, subject),
        .preheader = isolate_finish(arena, summary_preheader(say, &summary, &lead, subject)),
    };
}

struct newsletter_headline newsletter_headline(struct arena *arena, const struct newsletter *issue)
{
    struct say say = {arena, catalogue_english(arena)};
    const struct newsletter_words *words = &issue->words;
    struct newsletter_headline headline =
        issue->story_count == 0 ? headline_of_moves(&say, issue) : headline_of_stories(&say, issue);
    headline.subject = words->subject != NULL ? words->subject : headline.subject;
    headline.preheader = words->preheader != NULL ? words->preheader : headline.preheader;
    return headline;
}

bool newsletter_is_full(size_t comparisons, size_t story)
{
    return comparisons <= NEWSLETTER_SHORT || story < NEWSLETTER_FULL;
}

char *newsletter_pull_quote(struct arena *arena, const char *quote, size_t limit)
{
    return quote_cut(arena, quote, limit);
}

/* "example.org" of "https://example.org/news". */
static char *host_of(struct arena *arena, const char *url)
{
    const char *host = strstr(url, "://");
    host = host != NULL ? host + 3 : url;
    return arena_copy_bytes(arena, host, strcspn(host, "/?#"));
}

/* The lines of a postal address, separated by commas. */
static char *one_line_address(struct arena *arena, const char *address)
{
    char *text = arena_copy(arena, "");
    while (*address != '\0') {
        size_t len = strcspn(address, "\r\n");
        char *line = phrase_tidy(arena, arena_copy_bytes(arena, address, len));
        if (*line != '\0') {
            text = *text == '\0' ? line : arena_format(arena, "%s, %s", text, line);
        }
        address += len + strspn(address + len, "\r\n");
    }
    return text;
}

static struct value *site_variables(struct arena *arena, const struct newsletter *issue)
{
    struct value *site = value_object(arena);
    value_set_text(arena, site, "name", phrase_tidy(arena, issue->site_name));
    value_set_text(arena, site, "url", issue->site_url);
    value_set_text(arena, site, "host", host_of(arena, issue->site_url));
    value_set_text(arena, site, "postal_address", one_line_address(arena, issue->postal_address));
    value_set_bool(arena, site, "has_reply_to", issue->replies);
    return site;
}

static void add_figure(const struct say *say, struct value *figures, const char *label,
                       size_t number)
{
    struct value *figure = value_add(figures, value_object(say->arena));
    value_set_text(say->arena, figure, "value", say_digits(say, number));
    value_set_text(say->arena, figure, "label", say_count(say, label, number, NULL));
}

/* The numbers that the issue shows large. */
static struct value *figure_variables(const struct say *say, const struct tally *tally)
{
    struct value *figures = value_list(say->arena);
    add_figure(say, figures, "figure/comparisons", tally->comparisons);
    add_figure(say, figures, "figure/tools", tally->tool_count);
    tool_view_number(say->arena, figures);
    return figures;
}

static void set_letter(const struct say *say, struct value *value, const struct newsletter *issue)
{
    struct arena *arena = say->arena;
    struct local_time local = zone_from_instant(issue->timezone, issue->date);
    bool rtl = strcmp(issue->direction, "rtl") == 0;
    value_set_int(arena, value, "number", issue->number);
    value_set_text(arena, value, "week", issue->week);
    value_set_text(arena, value, "date", say_date(say, &local));
    value_set_text(arena, value, "language", issue->language);
    value_set_text(arena, value, "direction", issue->direction);
    value_set_text(arena, value, "start", rtl ? "right" : "left");
    value_set_text(arena, value, "end", rtl ? "left" : "right");
}

/* Sets a sentence and a boolean for it, because templates cannot test whether a text is empty. */
static void set_sentence(struct arena *arena, struct value *value, const char *name,
                         const char *sentence)
{
    value_set_text(arena, value, name, sentence);
    value_set_bool(arena, value, arena_format(arena, "has_%s", name), *sentence != '\0');
}

static char *headline_text(const struct say *say, const struct newsletter *issue,
                           const struct story *stories)
{
    if (issue->words.headline != NULL) {
        return arena_copy(say->arena, issue->words.headline);
    }
    if (issue->story_count > 0) {
        struct standing lead = standing_of(say->arena, &stories[0]);
        return headline_full(say, &lead);
    }
    struct move first = tidy_move(say->arena, &issue->moves[0]);
    return move_headline(say, &first);
}

char *newsletter_title(struct arena *arena, const struct newsletter *issue)
{
    struct say say = {arena, catalogue_english(arena)};
    struct story *stories = tidy_stories(arena, issue->stories, issue->story_count);
    return isolate_finish(arena, headline_text(&say, issue, stories));
}

static void set_sentences(const struct say *say, struct value *value,
                          const struct newsletter *issue, const struct voice_words *words,
                          const struct story *stories, const struct tally *tally)
{
    struct arena *arena = say->arena;
    struct summary summary = {"", "", "", "", "", "", "", ""};
    if (tally->stories > 0) {
        summary = summary_of(say, words, stories, tally);
    }
    value_set_text(arena, value, "headline", headline_text(say, issue, stories));
    value_set_text(arena, value, "summary", summary_issue(say, &summary));
    value_set_text(arena, value, "answer", summary.answer);
    set_sentence(arena, value, "reason", summary.reason);
    set_sentence(arena, value, "prices", summary.prices);
    set_sentence(arena, value, "votes", summary.votes);
    set_sentence(arena, value, "count", summary.count);
}

static void set_moves(const struct say *say, struct value *value, const struct newsletter *issue)
{
    struct value *moves = value_set(say->arena, value, "moves", value_list(say->arena));
    for (size_t i = 0; i < issue->move_count; i++) {
        struct move move = tidy_move(say->arena, &issue->moves[i]);
        value_add(moves, move_view(say, &move, issue->archive, issue->timezone));
    }
    tool_view_number(say->arena, moves);
    value_set_bool(say->arena, value, "has_moves", issue->move_count > 0);
}

static struct value *issue_variables(const struct say *say, const struct newsletter *issue,
                                     const struct newsletter_headline *headline,
                                     const struct voice_words *words, const struct story *stories,
                                     const struct tally *tally)
{
    struct arena *arena = say->arena;
    struct value *value = value_object(arena);
    set_letter(say, value, issue);
    value_set_text(arena, value, "subject", headline->subject);
    value_set_text(arena, value, "preheader", headline->preheader);
    set_sentences(say, value, issue, words, stories, tally);
    set_moves(say, value, issue);
    record_set(say, value, issue);
    value_set_bool(arena, value, "has_stories", tally->stories > 0);
    value_set_int(arena, value, "comparison_count", (int64_t)tally->comparisons);
    value_set_int(arena, value, "tool_count", (int64_t)tally->tool_count);
    value_set_int(arena, value, "story_count", (int64_t)tally->stories);
    value_set_bool(arena, value, "is_single", tally->stories <= 1);
    value_set_bool(arena, value, "is_long", tally->comparisons > NEWSLETTER_SHORT);
    value_set(arena, value, "figures", figure_variables(say, tally));
    return value;
}

static void set_note(struct arena *arena, struct value *object, const struct note *note)
{
    struct value *blocks = value_set(arena, object, "note", value_list(arena));
    if (note != NULL) {
        note_view_add(arena, blocks, note);
    }
    tool_view_number(arena, blocks);
    value_set_bool(arena, object, "has_note", blocks->count > 0);
}

const struct note *newsletter_story_note(const struct newsletter_words *words,
                                         const struct story *story)
{
    for (size_t i = 0; i < words->note_count; i++) {
        if (model_story_holds(story, words->notes[i].comparison_id)) {
            return words->notes[i].note;
        }
    }
    return NULL;
}

/* Last of all: a note's paragraph finds its direction by its own first letters, as a whole. */
static void set_notes(struct arena *arena, struct value *letter, const struct value *views,
                      const struct newsletter *issue)
{
    struct value *view = views->first;
    set_note(arena, letter, issue->words.note);
    for (size_t i = 0; i < issue->story_count; i++, view = view->next) {
        set_note(arena, view, newsletter_story_note(&issue->words, &issue->stories[i]));
    }
}

struct value *newsletter_variables(struct arena *arena, const struct newsletter *issue,
                                   const struct newsletter_headline *headline)
{
    assert(issue->story_count + issue->move_count > 0);
    struct say say = {arena, catalogue_english(arena)};
    struct story *stories = tidy_stories(arena, issue->stories, issue->story_count);
    struct tally tally = tally_count(arena, stories, issue->story_count);
    const struct voice_words words = voice_words(arena, issue);
    struct value *root = value_object(arena);
    value_set(arena, root, "site", site_variables(arena, issue));
    value_set(arena, root, "words", say_language(&say, issue->language, issue->direction));
    struct value *letter = value_set(
        arena, root, "issue", issue_variables(&say, issue, headline, &words, stories, &tally));
    struct value *views = value_set(arena, root, "stories", value_list(arena));
    for (size_t i = 0; i < issue->story_count; i++) {
        struct value *view =
            value_add(views, story_view_make(&say, &words, &stories[i], issue->comparison_url));
        value_set_bool(arena, view, "is_full", newsletter_is_full(tally.comparisons, i));
    }
    tool_view_number(arena, views);
    isolate_finish_all(arena, root);
    set_notes(arena, letter, views, issue);
    return root;
}
