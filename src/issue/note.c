#include "issue/note.h"

#include <cmark.h>
#include <string.h>

#include "issue/writing.h"

/* A note that is being read. */
struct note_reading {
    struct arena *arena;
    const char *name;
    struct failure *why;
};

/* The line that is being read, and how its next words look. */
struct line_reading {
    const struct note_reading *note;
    cmark_node *block; /* whose inline nodes have no place of their own take its */
    struct note_span *spans;
    size_t count, room;
    size_t strong, emphasis;
    const char *url;
};

#define REST "; a note has paragraphs, emphasis, links and lists, nothing else"

static bool fail_at(const struct note_reading *note, cmark_node *node, cmark_node *block,
                    const char *what)
{
    bool placed = cmark_node_get_start_line(node) > 0 && cmark_node_get_start_column(node) > 0;
    cmark_node *place = placed ? node : block;
    return fail(note->why, FAILURE_DATA, "%s:%d:%d: %s", note->name,
                cmark_node_get_start_line(place), cmark_node_get_start_column(place), what);
}

/* What a note does not have. */
static const char *foreign(cmark_node *node)
{
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_BLOCK_QUOTE:
        return "a quotation" REST;
    case CMARK_NODE_CODE_BLOCK:
        return "a block of code (a line that begins with four spaces, or ```)" REST;
    case CMARK_NODE_HTML_BLOCK:
    case CMARK_NODE_HTML_INLINE:
        return "raw HTML" REST;
    case CMARK_NODE_HEADING:
        return "a heading" REST;
    case CMARK_NODE_THEMATIC_BREAK:
        return "a rule" REST;
    case CMARK_NODE_CODE:
        return "code" REST;
    case CMARK_NODE_IMAGE:
        return "an image" REST;
    case CMARK_NODE_LINEBREAK:
        return "a line break (two spaces or \\ at the end of a line); begin a new paragraph";
    default:
        return "what is no part of a note" REST;
    }
}

/* --- the words of a line --- */

static void add_words(struct line_reading *line, const char *text)
{
    bool strong = line->strong > 0, emphasis = line->emphasis > 0;
    struct note_span *last = line->count > 0 ? &line->spans[line->count - 1] : NULL;
    if (last != NULL && last->strong == strong && last->emphasis == emphasis &&
        last->url == line->url) {
        last->text = arena_format(line->note->arena, "%s%s", last->text, text);
        return;
    }
    line->spans =
        arena_more(line->note->arena, line->spans, line->count, &line->room, sizeof *line->spans);
    line->spans[line->count++] = (struct note_span){.text = arena_copy(line->note->arena, text),
                                                    .strong = strong,
                                                    .emphasis = emphasis,
                                                    .url = line->url};
}

/* A reference ("&#7;") can bring what the text itself may not have. */
static bool read_text(struct line_reading *line, cmark_node *node)
{
    char *text = arena_copy(line->note->arena, cmark_node_get_literal(node));
    for (char *tab = strchr(text, '\t'); tab != NULL; tab = strchr(tab, '\t')) {
        *tab = ' ';
    }
    if (writing_find_control(text, strlen(text), "") < strlen(text)) {
        return fail_at(line->note, node, line->block,
                       "a control character, or one that turns the direction of text; take it out");
    }
    add_words(line, text);
    return true;
}

static bool is_address(const char *url)
{
    const char *host = strncmp(url, "https://", 8) == 0  ? url + 8
                       : strncmp(url, "http://", 7) == 0 ? url + 7
                                                         : "";
    for (const char *at = url; *at != '\0'; at++) {
        if ((unsigned char)*at <= ' ' || (unsigned char)*at >= 0x7F ||
            strchr("<>\"", *at) != NULL) {
            return false;
        }
    }
    return *host != '\0' && strchr("/?#:", *host) == NULL;
}

static bool begin_link(struct line_reading *line, cmark_node *node)
{
    const char *url = cmark_node_get_url(node);
    if (!is_address(url)) {
        return fail_at(line->note, node, line->block,
                       "a link leads to a whole address, https://…, in ASCII and without spaces");
    }
    if (*cmark_node_get_title(node) != '\0') {
        return fail_at(line->note, node, line->block,
                       "a link has words and an address, but no title");
    }
    if (cmark_node_first_child(node) == NULL) {
        return fail_at(line->note, node, line->block, "the link has no words");
    }
    line->url = arena_copy(line->note->arena, url);
    return true;
}

/* Parts of a link would be links of their own. */
static bool refuse_in_link(const struct line_reading *line, cmark_node *node)
{
    return line->url == NULL ||
           fail_at(
               line->note, node, line->block,
               "emphasis inside a link; put the link inside the emphasis: **[words](https://…)**");
}

static bool enter(struct line_reading *line, cmark_node *node)
{
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_PARAGRAPH:
        return true;
    case CMARK_NODE_TEXT:
        return read_text(line, node);
    case CMARK_NODE_SOFTBREAK:
        add_words(line, " ");
        return true;
    case CMARK_NODE_STRONG:
        line->strong++;
        return refuse_in_link(line, node);
    case CMARK_NODE_EMPH:
        line->emphasis++;
        return refuse_in_link(line, node);
    case CMARK_NODE_LINK:
        return begin_link(line, node);
    default:
        return fail_at(line->note, node, line->block, foreign(node));
    }
}

static void leave(struct line_reading *line, cmark_node *node)
{
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_STRONG:
        line->strong--;
        break;
    case CMARK_NODE_EMPH:
        line->emphasis--;
        break;
    case CMARK_NODE_LINK:
        line->url = NULL;
        break;
    default:
        break;
    }
}

static bool read_line(const struct note_reading *note, cmark_node *paragraph, struct note_line *out)
{
    struct line_reading line = {.note = note, .block = paragraph};
    cmark_iter *iter = cmark_iter_new(paragraph);
    cmark_event_type event;
    bool good = true;
    while (good && (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);
        if (event == CMARK_EVENT_ENTER) {
            good = enter(&line, node);
        } else {
            leave(&line, node);
        }
    }
    cmark_iter_free(iter);
    *out = (struct note_line){.spans = line.spans, .count = line.count};
    return good;
}

/* --- blocks --- */

static size_t count_children(cmark_node *node)
{
    size_t count = 0;
    for (cmark_node *at = cmark_node_first_child(node); at != NULL; at = cmark_node_next(at)) {
        count++;
    }
    return count;
}

static bool read_item(const struct note_reading *note, cmark_node *item, struct note_line *line)
{
    cmark_node *first = cmark_node_first_child(item);
    if (first == NULL) {
        return fail_at(note, item, item, "an item of a list has no words");
    }
    if (cmark_node_get_type(first) != CMARK_NODE_PARAGRAPH) {
        return fail_at(note, first, item,
                       cmark_node_get_type(first) == CMARK_NODE_LIST ? "a list inside a list" REST
                                                                     : foreign(first));
    }
    cmark_node *second = cmark_node_next(first);
    if (second != NULL) {
        return fail_at(note, second, item, "an item of a list is one paragraph, without a list");
    }
    return read_line(note, first, line);
}

static bool read_list(const struct note_reading *note, cmark_node *list, struct note_block *block)
{
    bool numbers = cmark_node_get_list_type(list) == CMARK_ORDERED_LIST;
    struct note_line *lines = arena_array(note->arena, count_children(list), sizeof *lines);
    *block = (struct note_block){.kind = numbers ? NOTE_NUMBERS : NOTE_BULLETS,
                                 .start = numbers ? cmark_node_get_list_start(list) : 0,
                                 .lines = lines};
    for (cmark_node *at = cmark_node_first_child(list); at != NULL; at = cmark_node_next(at)) {
        if (!read_item(note, at, &lines[block->count++])) {
            return false;
        }
    }
    return true;
}

static bool read_paragraph(const struct note_reading *note, cmark_node *paragraph,
                           struct note_block *block)
{
    struct note_line *line = arena_array(note->arena, 1, sizeof *line);
    *block = (struct note_block){.kind = NOTE_PARAGRAPH, .lines = line, .count = 1};
    return read_line(note, paragraph, line);
}

static bool read_document(const struct note_reading *note, cmark_node *document, struct note *read)
{
    struct note_block *blocks = arena_array(note->arena, count_children(document), sizeof *blocks);
    *read = (struct note){.blocks = blocks};
    for (cmark_node *at = cmark_node_first_child(document); at != NULL; at = cmark_node_next(at)) {
        struct note_block *block = &blocks[read->count++];
        bool good = cmark_node_get_type(at) == CMARK_NODE_LIST ? read_list(note, at, block)
                    : cmark_node_get_type(at) == CMARK_NODE_PARAGRAPH
                        ? read_paragraph(note, at, block)
                        : fail_at(note, at, at, foreign(at));
        if (!good) {
            return false;
        }
    }
    return read->count > 0 ||
           fail(note->why, FAILURE_DATA, "%s: the note has no words", note->name);
}

bool note_read(struct arena *arena, const char *name, const char *text, size_t len,
               struct note **note, struct failure *why)
{
    const struct note_reading reading = {.arena = arena, .name = name, .why = why};
    if (!writing_check_note(name, text, len, why)) {
        return false;
    }
    cmark_node *document = cmark_parse_document(text, len, CMARK_OPT_DEFAULT);
    *note = arena_alloc(arena, sizeof **note);
    bool good = read_document(&reading, document, *note);
    cmark_node_free(document);
    return good;
}
