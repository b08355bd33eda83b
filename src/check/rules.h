/* Shared by the files of check/: the rules by name, and recording a finding. */
#ifndef CHECK_RULES_H
#define CHECK_RULES_H

#include "check/check.h"
#include "check/css.h"
#include "check/document.h"

enum rule {
    RULE_HTML_LONG,
    RULE_HTML_TOO_LONG,
    RULE_HTML_CLIPPED,
    RULE_TEXT_EMPTY,
    RULE_TEXT_LACKS_TITLE,
    RULE_TEXT_LACKS_LINK,
    RULE_TEXT_LACKS_PERCENTAGE,
    RULE_TEXT_WIDTH,
    RULE_NOTE_MISSING,
    RULE_WORDS_LOST,
    RULE_SUBJECT_LENGTH,
    RULE_PREHEADER_LENGTH,
    RULE_PREHEADER_REPEATS,
    RULE_PREHEADER_PLACE,
    RULE_TAG_UNRESOLVED,
    RULE_PLACEHOLDER_WORD,
    RULE_PLACEHOLDER_VALUE,
    RULE_CELL_EMPTY,
    RULE_LINK_EMPTY,
    RULE_LINK_SCHEME,
    RULE_LINK_RELATIVE,
    RULE_LINK_INSECURE,
    RULE_LINK_HOST,
    RULE_LINK_SHORTENER,
    RULE_LINK_TEXT,
    RULE_IMAGE_ALT,
    RULE_IMAGE_SIZE,
    RULE_IMAGE_FORMAT,
    RULE_CONTRAST_LIGHT,
    RULE_CONTRAST_DARK,
    RULE_BGCOLOR_TWIN,
    RULE_COLOR_FORM,
    RULE_COLOR_PURE,
    RULE_TABLE_ROLE,
    RULE_TABLE_HEADERS,
    RULE_TABLE_SCOPE,
    RULE_TABLE_SPACING,
    RULE_HEADING_ONE,
    RULE_HEADING_SKIPPED,
    RULE_DOCUMENT_LANGUAGE,
    RULE_DOCUMENT_TITLE,
    RULE_DOCUMENT_WRAPPER,
    RULE_TAG_BANNED,
    RULE_TAG_SUPPORT,
    RULE_ATTRIBUTE_BANNED,
    RULE_CSS_SUPPORT,
    RULE_CSS_HEAD_SIZE,
    RULE_CSS_NESTED,
    RULE_CSS_MIXED,
    RULE_CLASS_UNKNOWN,
    RULE_CLASS_UNUSED,
    RULE_FONT_MISSING,
    RULE_MSO_BALANCE,
    RULE_FOOTER_POSTAL,
    RULE_FOOTER_UNSUBSCRIBE,
    RULE_FOOTER_PREFERENCES,
    RULE_FOOTER_WHY,
    RULE_LINE_TOO_LONG,
    RULE_LINE_LONG,
    RULE_LINE_END,
    RULE_HEADER_RAW,
    RULE_HEADER_UTF8,
    RULE_ENCODED_WORD,
    RULE_HEADER_MISSING,
    RULE_HEADER_TWICE,
    RULE_HEADER_ONE_CLICK,
    RULE_MESSAGE_ID,
    RULE_COMPARISON_NO_VERDICT,
    RULE_COMPARISON_STALE,
    RULE_PRICE_STALE,
    RULE_COMPARISON_REPEATED,
    RULE_COMPARISON_WITHDRAWN,
    RULE_SHARE_AGAINST_VERDICTS,
    RULE_LOOKS_LIKE,
    RULE_HTML_IN_HEADLINE, /* two levels of looks-like-html */
    RULE_HTML_IN_TEXT,
    RULE_TITLE_DRAFT,
    RULE_SUBJECT_FALSE, /* two levels of subject-true */
    RULE_SUBJECT_UNPROVEN,
    RULE_SAID_OFTEN,
    RULE_COUNT
};

/* The state of a check. */
struct checking {
    struct arena *arena;
    const struct check_input *input;
    const struct check_copy *copy; /* the copy being checked; NULL: the issue */
    const struct node *document;   /* of the copy */
    struct css_sheet sheet;        /* of its style elements */
    struct check_finding *findings, **end;
    size_t counts[RULE_COUNT]; /* findings of each rule */
};

/* No rule is reported more often, because one mistake in a partial is one mistake. */
enum { FINDINGS_PER_RULE = 25 };

/* Records a finding at a line and column (0, 0: the whole part), unless the same text was recorded
 * for that part already. */
void check_note(struct checking *checking, enum rule rule, const char *part, int line, int column,
                const char *format, ...) FORMAT(6, 7);
/* Records a finding at a node of the HTML. */
void check_note_node(struct checking *checking, enum rule rule, const struct node *node,
                     const char *format, ...) FORMAT(4, 5);

/* The groups of rules. Those about a copy require its document to be parsed. */
void rules_issue(struct checking *checking);     /* subject, preheader, comparisons */
void rules_data(struct checking *checking);      /* the texts of the comparisons */
void rules_size(struct checking *checking);      /* size of the HTML */
void rules_plaintext(struct checking *checking); /* the text part compared with the HTML */
void rules_placeholder(struct checking *checking);
void rules_link(struct checking *checking);
void rules_image(struct checking *checking);
void rules_color(struct checking *checking);
void rules_table(struct checking *checking);
void rules_structure(struct checking *checking); /* headings, language, wrapper, mso comments */
void rules_support(struct checking *checking);   /* what mail clients drop */
void rules_footer(struct checking *checking);
void rules_message(struct checking *checking);

/* A text for a finding: folded and cut to a readable length. */
const char *check_quote(struct arena *arena, const char *text);

/* Whether the node or an ancestor is hidden (display:none), or is no text for readers at all (head,
 * style, script, title). */
bool check_is_hidden(const struct node *node);

/* The host of an absolute http or https URL in lower case; NULL for others. */
char *check_host(struct arena *arena, const char *url);

/* Whether any text among the variables contains `text`. */
bool check_from_data(const struct checking *checking, const char *text);

#endif
