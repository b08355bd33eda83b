#include "cmd/issue_words.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "cmd/common.h"
#include "cmd/issue.h"
#include "cmd/issue_show.h"
#include "issue/reword.h"
#include "issue/words.h"
#include "issue/writing.h"

static bool is_given(const struct program *program, enum issue_option option)
{
    return program->options[option].count > 0;
}

static bool change(struct program *program, const struct reword *change, struct failure *why)
{
    struct issue *issue;
    return common_operand_issue(program, &issue, why) &&
           reword_issue(program->store, &program->arena, &program->settings, issue, change,
                        clock_now(), why) &&
           (program->quiet ||
            (common_operand_issue(program, &issue, why) &&
             issue_show_one(program, issue, is_given(program, ISSUE_OPTION_JSON), why)));
}

/* An operand behind the number, or --clear in its place. */
static bool check_operands(const struct program *program, const char *operand, struct failure *why)
{
    bool clear = is_given(program, ISSUE_OPTION_CLEAR);
    return program->argc == (clear ? 2 : 3) ||
           fail(why, FAILURE_USAGE,
                "issue %s takes the number of an issue and %s, or --clear alone", program->argv[0],
                operand);
}

static bool change_line(struct program *program, enum issue_word_kind kind, struct failure *why)
{
    struct reword line = {.kind = kind};
    if (!check_operands(program, "a text in quotation marks", why)) {
        return false;
    }
    line.text = is_given(program, ISSUE_OPTION_CLEAR) ? NULL : program->argv[2];
    return change(program, &line, why);
}

bool issue_words_subject(struct program *program, struct failure *why)
{
    return change_line(program, ISSUE_WORD_SUBJECT, why);
}

bool issue_words_preheader(struct program *program, struct failure *why)
{
    return change_line(program, ISSUE_WORD_PREHEADER, why);
}

bool issue_words_headline(struct program *program, struct failure *why)
{
    return change_line(program, ISSUE_WORD_HEADLINE, why);
}

static bool read_file(const char *path, struct buf *content, struct failure *why)
{
    return strcmp(path, "-") == 0 ? file_read_stdin(WRITING_NOTE_BYTES, content, why)
                                  : file_read(path, WRITING_NOTE_BYTES, content, why);
}

bool issue_words_note(struct program *program, struct failure *why)
{
    const struct option_value *story = &program->options[ISSUE_OPTION_STORY];
    struct reword note = {.kind = ISSUE_WORD_NOTE};
    struct buf content;
    if (!check_operands(program, "a file, or \"-\" for standard input", why)) {
        return false;
    }
    if (story->count > 0) {
        note.kind = ISSUE_WORD_STORY_NOTE;
        note.story = story->values[0];
    }
    if (is_given(program, ISSUE_OPTION_CLEAR)) {
        return change(program, &note, why);
    }
    const char *path = program->argv[2];
    buf_init(&content, WRITING_NOTE_BYTES);
    bool good = read_file(path, &content, why);
    if (good) {
        note.file = strcmp(path, "-") == 0 ? "standard input" : path;
        note.text = content.data;
        note.len = content.len;
        good = change(program, &note, why);
    }
    buf_free(&content);
    return good;
}

/* --- quotes --- */

/* Where a sentence is quoted now, as an editor chose. */
static const char *chosen_for(const struct words *words, const struct tool *tool, const char *text)
{
    const char *sides[] = {"", "for", "against"};
    size_t side = 0;
    for (size_t i = 0; i < words->told.pin_count; i++) {
        const struct voice_pin *pin = &words->told.pins[i];
        if (strcmp(pin->tool, tool->slug) == 0 && strcmp(pin->text, text) == 0) {
            side = pin->against ? 2 : 1;
        }
    }
    return sides[side];
}

static const char *score(struct arena *arena, bool may, int number)
{
    return may ? arena_format(arena, "%d", number) : "-";
}

static struct value *score_value(struct arena *arena, bool may, int number)
{
    return may ? value_int(arena, number) : value_null(arena);
}

static void print_sentences(struct arena *arena, const struct words *words, const struct tool *tool,
                            const struct voice_candidate *list, size_t count)
{
    printf("%s: %zu sentence%s\n  #  for  against\n", tool->name, count, count == 1 ? "" : "s");
    for (size_t i = 0; i < count; i++) {
        const char *chosen = chosen_for(words, tool, list[i].text);
        printf("%3zu  %3s  %7s  \"%s\"%s%s%s\n", i + 1,
               score(arena, list[i].may_for, list[i].for_it),
               score(arena, list[i].may_against, list[i].against_it), list[i].text,
               *chosen != '\0' ? " (chosen " : "", chosen, *chosen != '\0' ? ")" : "");
    }
}

static void print_sentences_json(struct arena *arena, const struct words *words,
                                 const struct tool *tool, const struct voice_candidate *list,
                                 size_t count)
{
    struct value *object = value_object(arena);
    value_set_text(arena, object, "tool", tool->name);
    value_set_text(arena, object, "slug", tool->slug);
    struct value *sentences = value_set(arena, object, "sentences", value_list(arena));
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(sentences, value_object(arena));
        value_set_int(arena, row, "number", (int64_t)i + 1);
        value_set_text(arena, row, "text", list[i].text);
        value_set_text(arena, row, "reviewer", list[i].review->reviewer);
        value_set(arena, row, "for", score_value(arena, list[i].may_for, list[i].for_it));
        value_set(arena, row, "against",
                  score_value(arena, list[i].may_against, list[i].against_it));
        value_set_text(arena, row, "chosen", chosen_for(words, tool, list[i].text));
    }
    common_print_json(object);
}

static bool list_sentences(struct program *program, struct failure *why)
{
    struct arena *arena = &program->arena;
    struct issue *issue;
    const struct tool *tool;
    struct voice_candidate *list;
    struct words words;
    size_t count;
    if (!common_operand_issue(program, &issue, why) ||
        !words_read(program->store, arena, issue->id, &words, why) ||
        !reword_list_sentences(program->store, arena, issue, program->argv[2], &tool, &list, &count,
                               why)) {
        return false;
    }
    if (is_given(program, ISSUE_OPTION_JSON)) {
        print_sentences_json(arena, &words, tool, list, count);
    } else {
        print_sentences(arena, &words, tool, list, count);
    }
    return true;
}

static bool choose_sentence(struct program *program, enum issue_option option, struct failure *why)
{
    int64_t number;
    if (!options_number(option == ISSUE_OPTION_FOR ? "--for" : "--against",
                        program->options[option].values[0], 1, 9999, &number, why)) {
        return false;
    }
    const struct reword quote = {
        .kind = option == ISSUE_OPTION_FOR ? ISSUE_WORD_QUOTE_FOR : ISSUE_WORD_QUOTE_AGAINST,
        .tool = program->argv[2],
        .sentence = (size_t)number,
    };
    return change(program, &quote, why);
}

bool issue_words_only_lists(const struct program *program)
{
    return strcmp(program->argv[0], "quote") == 0 && !is_given(program, ISSUE_OPTION_FOR) &&
           !is_given(program, ISSUE_OPTION_AGAINST) && !is_given(program, ISSUE_OPTION_CLEAR);
}

bool issue_words_quote(struct program *program, struct failure *why)
{
    bool for_it = is_given(program, ISSUE_OPTION_FOR);
    bool against_it = is_given(program, ISSUE_OPTION_AGAINST);
    bool clear = is_given(program, ISSUE_OPTION_CLEAR);
    if (program->argc != 3) {
        return fail(why, FAILURE_USAGE, "issue quote takes the number of an issue and a tool");
    }
    if (for_it + against_it + clear > 1) {
        return fail(why, FAILURE_USAGE, "issue quote takes one of --for, --against and --clear");
    }
    if (clear) {
        const struct reword none = {.kind = ISSUE_WORD_QUOTE_FOR, .tool = program->argv[2]};
        return change(program, &none, why);
    }
    return for_it       ? choose_sentence(program, ISSUE_OPTION_FOR, why)
           : against_it ? choose_sentence(program, ISSUE_OPTION_AGAINST, why)
                        : list_sentences(program, why);
}
