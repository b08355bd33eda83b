#include "intake/page.h"

#include <string.h>
#include <strings.h>

#include "intake/fields.h"
#include "intake/intake.h"
#include "intake/lines.h"
#include "intake/text.h"

enum { CATEGORY_MAX = 60, PRICE_MAX = 60, NOTE_MAX = 40, QUOTES_MAX = 2 * FIELD_REVIEWS_MAX };

/* A tool block by its lines. */
struct block {
    size_t label; /* "Panel ship" */
    size_t named; /* the name */
    size_t facts; /* the first line after "Community" */
    size_t end;   /* the first line after the block */
    bool has_tagline;
};

static bool ends_sentence(const char *text)
{
    size_t len = strlen(text);
    return len > 0 &&
           (strchr(".!?", text[len - 1]) != NULL || (len >= 3 && strcmp(text + len - 3, "…") == 0));
}

static bool is_none(const char *text)
{
    static const char *const words[] = {"—",        "–",        "-",           "n/a",
                                        "No votes", "None yet", "No votes yet"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcasecmp(text, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* "75", "75%", "75 %", "66.7%". -2 for anything else. */
static int percent_of(const char *text)
{
    size_t whole = strspn(text, "0123456789");
    const char *rest = text + whole;
    int number = 0;
    for (size_t i = 0; i < whole && i < 4; i++) {
        number = number * 10 + text[i] - '0';
    }
    bool above = false;
    if (rest[0] == '.' && rest[1] >= '0' && rest[1] <= '9') {
        number += rest[1] >= '5';
        above = strpbrk(rest + 1, "123456789") != NULL;
        rest += 1 + strspn(rest + 1, "0123456789");
    }
    rest += rest[0] == ' ';
    rest += rest[0] == '%';
    bool good = whole > 0 && whole <= 3 && rest[0] == '\0' && number <= 100;
    return good && !(above && whole == 3 && number == 100) ? number : -2;
}

static bool read_percent(const struct lines *page, size_t at, const char *label, int *percent)
{
    const char *text = page->lines[at].text;
    *percent = is_none(text) ? PERCENT_NONE : percent_of(text);
    return *percent >= PERCENT_NONE ||
           lines_fail(page, at,
                      "\"%s\" stands above \"%s\" and is no percentage; write 0%% to 100%%, or — "
                      "for none",
                      lines_shown(page, at), label);
}

/* Finds the two blocks by their labels, and the line of the scorecard. */
static bool find_parts(const struct lines *page, struct block blocks[2], size_t *scorecard)
{
    size_t found = 0;
    *scorecard = 0;
    while (*scorecard < page->count && !lines_match(page, *scorecard, "Reviewer scorecard")) {
        if (lines_match(page, *scorecard, "Panel ship")) {
            if (found == 2) {
                return lines_fail(page, *scorecard,
                                  "a third tool begins here; a comparison has two");
            }
            blocks[found++].label = *scorecard;
        }
        (*scorecard)++;
    }
    bool none = *scorecard == page->count;
    if (none && found == 0) {
        return lines_fail(page, 0,
                          "this is no comparison page: there is neither \"Panel ship\" nor "
                          "\"Reviewer scorecard\"; see verdicts-import(5) for the format");
    }
    if (found < 2) {
        return lines_fail(page, *scorecard,
                          "there %s with \"Panel ship\" before this line; a comparison has two",
                          found == 1 ? "is only one tool block" : "is no tool block");
    }
    if (none) {
        return lines_fail(page, page->count,
                          "the line \"Reviewer scorecard\" is missing; put it before the quotes");
    }
    return true;
}

/* The number of bytes of " vs " or " vs. " at `text`, or 0. */
static size_t versus(const char *text)
{
    if (strncasecmp(text, " vs ", 4) == 0) {
        return 4;
    }
    return strncasecmp(text, " vs. ", 5) == 0 ? 5 : 0;
}

static bool has_versus(const char *text)
{
    while (*text != '\0' && versus(text) == 0) {
        text++;
    }
    return *text != '\0';
}

static bool find_title(const struct lines *page, const struct block *left, size_t *title)
{
    for (*title = 0; *title < 2 && *title < left->label; (*title)++) {
        if (has_versus(page->lines[*title].text)) {
            return true;
        }
    }
    return lines_fail(page, 0,
                      "the title is missing; write \"LEFT vs RIGHT\" with the names of the two "
                      "tools as the first or second line");
}

static bool title_fits(const char *title, const char *left, const char *right)
{
    size_t len = strlen(left);
    if (strncmp(title, left, len) != 0) {
        return false;
    }
    size_t between = versus(title + len);
    return between > 0 && strcmp(title + len + between, right) == 0;
}

/* The name is three lines above the label, or two where there is no tagline; the title decides. */
static bool find_names(const struct lines *page, size_t title, struct block blocks[2])
{
    const char *text = page->lines[title].text;
    for (int without = 0; without < 4; without++) {
        for (int side = 0; side < 2; side++) {
            blocks[side].has_tagline = (without & (1 << side)) == 0;
            blocks[side].named = blocks[side].label - (blocks[side].has_tagline ? 3 : 2);
        }
        if (title_fits(text, page->lines[blocks[0].named].text,
                       page->lines[blocks[1].named].text)) {
            return true;
        }
    }
    return lines_fail(page, title,
                      "the title \"%s\" is not made of the names of the two tools, which should "
                      "be \"%s\" (line %d) and \"%s\" (line %d); is a line missing or the title "
                      "misspelt?",
                      text_excerpt(page->arena, text, 120), lines_shown(page, blocks[0].label - 3),
                      page->lines[blocks[0].label - 3].number,
                      lines_shown(page, blocks[1].label - 3),
                      page->lines[blocks[1].label - 3].number);
}

/* After the label come the community's percentage and its label. */
static bool check_community(const struct lines *page, struct block *block)
{
    if (lines_match(page, block->label + 1, "Community")) {
        return lines_fail(page, block->label + 1,
                          "the percentage above \"Community\" is missing; write — for no votes");
    }
    if (!lines_match(page, block->label + 2, "Community")) {
        return lines_fail(page, block->label + 2,
                          "\"Community\" is expected here, below the percentage of the votes");
    }
    block->facts = block->label + 3;
    return true;
}

/* Whether there are enough lines above each label for a name and a category. */
static bool check_room(const struct lines *page, size_t title, const struct block blocks[2])
{
    if (blocks[0].label < title + 4) {
        return lines_fail(page, blocks[0].label,
                          "above \"Panel ship\" category, name, tagline and percentage are "
                          "expected; lines are missing");
    }
    if (blocks[1].label < blocks[0].facts + 3) {
        return lines_fail(page, blocks[1].label,
                          "above \"Panel ship\" category, name, tagline and percentage are "
                          "expected; lines are missing");
    }
    return true;
}

static bool check_category(const struct lines *page, const struct block *block, size_t first)
{
    size_t at = block->named - 1;
    const char *text = at >= first && block->named > first ? page->lines[at].text : "";
    if (text[0] == '\0' || text_length(text) > CATEGORY_MAX || ends_sentence(text)) {
        return lines_fail(page, block->named,
                          "the category is missing above \"%s\"; write it on a line of its own",
                          lines_shown(page, block->named));
    }
    return true;
}

static bool find_blocks(const struct lines *page, size_t title, size_t scorecard,
                        struct block blocks[2])
{
    if (!check_community(page, &blocks[0]) || !check_community(page, &blocks[1]) ||
        !check_room(page, title, blocks) || !find_names(page, title, blocks) ||
        !check_category(page, &blocks[0], title + 1) ||
        !check_category(page, &blocks[1], blocks[0].facts)) {
        return false;
    }
    if (blocks[1].facts > scorecard) {
        return lines_fail(page, scorecard,
                          "the percentage of the votes is expected here, then \"Community\"");
    }
    blocks[0].end = blocks[1].named - 1;
    blocks[1].end = scorecard;
    return true;
}

/* Fields that a page has no line for are left out; its percentages are always present, and "—"
 * means none. */
static unsigned left_out(const struct block *block, const struct tool *tool, bool priced)
{
    unsigned silent = 1u << FACT_SLUG | 1u << FACT_URL | 1u << FACT_PANEL_SIZE |
                      1u << FACT_COMMUNITY_VOTES | 1u << FACT_SHORT_NAME;
    silent |= block->has_tagline ? 0 : 1u << FACT_TAGLINE;
    silent |= priced ? 0 : 1u << FACT_PRICE | 1u << FACT_PRICE_NOTE;
    return silent | (tool->description[0] != '\0' ? 0 : 1u << FACT_DESCRIPTION);
}

/* Tells price, note and description apart by length and by how a line ends. */
static void read_facts(const struct lines *page, const struct block *block, struct tool *tool)
{
    size_t at = block->facts;
    size_t left = block->end - at;
    const char *first = left > 0 ? page->lines[at].text : "";
    bool alone = left == 1 && ends_sentence(first);
    if (left > 0 && !alone && text_length(first) <= PRICE_MAX) {
        tool->price = is_none(first) ? "" : first;
        at++;
    }
    const char *second = at > block->facts && left > 1 ? page->lines[at].text : "";
    if (second[0] != '\0' && text_length(second) <= NOTE_MAX && !ends_sentence(second)) {
        tool->price_note = is_none(second) ? "" : second;
        at++;
    }
    tool->description = lines_join(page, at, block->end);
    tool->silent = left_out(block, tool, at > block->facts);
}

static bool read_block(const struct lines *page, const struct block *block, struct tool *tool)
{
    *tool = (struct tool){.name = page->lines[block->named].text,
                          .category = page->lines[block->named - 1].text,
                          .tagline = block->has_tagline ? page->lines[block->named + 1].text : "",
                          .price = "",
                          .price_note = ""};
    read_facts(page, block, tool);
    return read_percent(page, block->label - 1, "Panel ship", &tool->panel_ship) &&
           read_percent(page, block->label + 1, "Community", &tool->community_ship);
}

static bool begins_with(const char *text, const char *mark)
{
    return strncmp(text, mark, strlen(mark)) == 0;
}

static bool ends_with(const char *text, const char *mark)
{
    size_t len = strlen(text);
    size_t mark_len = strlen(mark);
    return len >= mark_len && strcmp(text + len - mark_len, mark) == 0;
}

static bool begins_quote(const char *text)
{
    return begins_with(text, "“") || begins_with(text, "\"");
}

/* Reads one quote from line `*at` on, and moves `*at` past it. */
static bool read_quote(const struct lines *page, size_t *at, const char **quote)
{
    size_t first = *at;
    const char *open = begins_with(page->lines[first].text, "“") ? "“" : "\"";
    const char *close = open[0] == '"' ? "\"" : "”";
    size_t last = first;
    /* An opening mark alone on its line does not end the quote that it begins. */
    while (!ends_with(page->lines[last].text + (last == first ? strlen(open) : 0), close)) {
        last++;
        if (last == page->count || begins_quote(page->lines[last].text)) {
            return lines_fail(page, first,
                              "the quote that begins here has no end; close it with %s", close);
        }
    }
    const char *text = lines_join(page, first, last + 1);
    size_t skip = strlen(open);
    *quote = text_tidy(page->arena, text + skip, strlen(text) - skip - strlen(close));
    *at = last + 1;
    return (*quote)[0] != '\0' ||
           lines_fail(page, first, "this quote is empty; write what was said");
}

/* After the quotes comes the footer of the site. A quote there means that a line stands between
 * quotes, and that nobody can tell whose quotes follow. */
static bool check_footer(const struct lines *page, size_t at)
{
    if (lines_match(page, at, "Weekly AI Tool Verdicts")) {
        return true;
    }
    for (size_t i = at; i < page->count; i++) {
        if (begins_quote(page->lines[i].text)) {
            return lines_fail(page, at,
                              "\"%s\" stands between the quotes; take the line out, or put “ ” "
                              "around it if it is a quote",
                              lines_shown(page, at));
        }
    }
    return true;
}

static bool read_quotes(const struct lines *page, size_t scorecard, const char **quotes,
                        size_t *count)
{
    size_t at = scorecard + 1;
    for (*count = 0; at < page->count && begins_quote(page->lines[at].text); (*count)++) {
        if (*count == QUOTES_MAX) {
            return lines_fail(page, at, "this is quote %d; keep at most %d", QUOTES_MAX + 1,
                              QUOTES_MAX);
        }
        if (!read_quote(page, &at, &quotes[*count])) {
            return false;
        }
    }
    if (!check_footer(page, at)) {
        return false;
    }
    if (*count == 0) {
        return lines_fail(page, scorecard,
                          "there is no quote below \"Reviewer scorecard\"; each stands on a line "
                          "of its own in “ ”");
    }
    if (*count % 2 != 0) {
        return lines_fail(page, at - 1,
                          "there are %zu quotes, and they alternate between the two tools; one is "
                          "missing or too many",
                          *count);
    }
    return true;
}

static void share_quotes(const struct lines *page, const char *const *quotes, size_t count,
                         struct comparison *comparison)
{
    struct tool *tools[2] = {&comparison->left, &comparison->right};
    for (size_t side = 0; side < 2; side++) {
        tools[side]->reviews = arena_array(page->arena, count / 2, sizeof(struct review));
        tools[side]->review_count = count / 2;
        for (size_t i = 0; i < count / 2; i++) {
            tools[side]->reviews[i].quote = quotes[2 * i + side];
        }
    }
}

static bool read_page(const struct lines *page, struct comparison *comparison)
{
    struct block blocks[2] = {{.label = 0}};
    size_t scorecard;
    size_t title;
    size_t count;
    const char **quotes = arena_array(page->arena, QUOTES_MAX, sizeof *quotes);
    if (!find_parts(page, blocks, &scorecard) || !find_title(page, &blocks[0], &title) ||
        !find_blocks(page, title, scorecard, blocks) ||
        !read_block(page, &blocks[0], &comparison->left) ||
        !read_block(page, &blocks[1], &comparison->right) ||
        !read_quotes(page, scorecard, quotes, &count)) {
        return false;
    }
    comparison->title = page->lines[title].text;
    comparison->question = lines_join(page, title + 1, blocks[0].named - 1);
    comparison->silent = SILENT_URL | (comparison->question[0] != '\0' ? 0 : SILENT_QUESTION);
    share_quotes(page, quotes, count, comparison);
    struct failure inner = {0};
    return intake_complete(page->arena, comparison, &inner) ||
           lines_fail(page, title, "%s", inner.text);
}

bool page_read(struct arena *arena, const char *name, const char *bytes, size_t len,
               struct way *way, struct comparison *comparison, struct failure *why)
{
    size_t start;
    if (len > PAGE_MAX) {
        return fail(why, FAILURE_DATA,
                    "%s:1:1: the page has %zu bytes, and the most that one may have is %d; this is "
                    "something else, or many in one file",
                    name, len, PAGE_MAX);
    }
    if (!text_check(name, bytes, len, &start, why)) {
        return false;
    }
    struct lines page = {.arena = arena, .name = name, .way = way, .why = why};
    *comparison = (struct comparison){.id = 0};
    return lines_split(&page, bytes + start, len - start) && read_page(&page, comparison);
}
