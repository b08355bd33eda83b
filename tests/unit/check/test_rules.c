/* Each rule of check: a message that trips it, and the same message without the fault. */
#include "check/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define LEAVE  "https://news.example.org/leave/abc"
#define PREFER "https://news.example.org/preferences/abc"
#define CELL   "style=\"font-family:Arial,sans-serif;font-size:16px;color:#24211c;\""
#define LAYOUT "role=\"presentation\" border=\"0\" cellpadding=\"0\" cellspacing=\"0\""

static const char good_html[] =
    "<!DOCTYPE html>\n"
    "<html lang=\"en\" dir=\"ltr\">\n"
    "<head><meta charset=\"utf-8\"><title>The week in tools</title>\n"
    "<style>\n@media (max-width: 599px) { .pad { padding: 0 !important; } }\n</style>\n"
    "<style>\n@media (prefers-color-scheme: dark) { .page { background-color: #151617 "
    "!important; } .ink { color: #ece6da !important; } }\n</style>\n"
    "</head>\n"
    "<body class=\"page\" bgcolor=\"#efeae0\" style=\"background-color:#efeae0;\">\n"
    "<div style=\"display:none;\">Five rivals, one winner, and what each of them costs.</div>\n"
    "<div role=\"article\" aria-label=\"Issue\" lang=\"en\" dir=\"ltr\">\n"
    "<!--[if mso]><table role=\"presentation\"><tr><td><![endif]-->\n"
    "<table " LAYOUT ">\n<tr>\n"
    "<td class=\"pad ink\" " CELL ">\n<h1>The week in tools</h1>\n<h2>Ann against Bob</h2>\n"
    "<p>The panel gives Ann 60% and Bob 40%.</p>\n"
    "<p><a href=\"https://www.example.org/compare/ann-vs-bob\" class=\"ink\">Read Ann against "
    "Bob</a></p>\n"
    "<p><img src=\"https://www.example.org/a.png\" alt=\"A chart\" width=\"80\" "
    "height=\"40\"></p>\n"
    "</td>\n</tr>\n</table>\n"
    "<table border=\"0\"><tr><th scope=\"col\" class=\"ink\" " CELL ">Tool</th></tr>\n"
    "<tr><td class=\"ink\" " CELL ">Ann</td></tr></table>\n"
    "<!--[if mso]></td></tr></table><![endif]-->\n"
    "<p class=\"ink\" style=\"color:#24211c;\">You, ann@example.net, asked for it. Example Press, "
    "1 Example Street. "
    "<a class=\"ink\" href=\"" LEAVE "\">Unsubscribe</a> <a class=\"ink\" href=\"" PREFER
    "\">Change preferences</a></p>\n"
    "</div>\n</body>\n</html>\n";

static const char good_text[] =
    "The week in tools\n\nAnn against Bob\n[######----] 60%\n[####------] 40%\n\n"
    "https://www.example.org/compare/ann-vs-bob\n\n-- \nYou, ann@example.net, asked for it.\n"
    "Example Press, 1 Example\nStreet\n\n" LEAVE "\n\n" PREFER "\n";

static const char good_message[] =
    "Date: Fri, 20 Nov 2026 09:00:00 +0000\r\n"
    "From: Verdicts <news@example.org>\r\n"
    "To: =?utf-8?Q?J=C3=BCrgen?= <ann@example.net>\r\n"
    "Subject: Ann takes the panel\r\n"
    "Message-ID: <verdicts.2026-W47.1@example.org>\r\n"
    "List-Id: Verdicts <newsletter.example.org>\r\n"
    "List-Unsubscribe: <" LEAVE ">,\r\n <mailto:unsubscribe+abc@example.org>\r\n"
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    "Feedback-ID: 2026-W47:newsletter.example.org:issue:verdicts\r\n"
    "Precedence: bulk\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: text/plain\r\n"
    "\r\n"
    "Hello.\r\n";

/* A message under test; a case changes one part of it. */
struct message {
    struct arena arena;
    char *html, *text, *message;
    const char *subject, *preheader;
    const char *quote;               /* among the data; NULL: none */
    const char *answer;              /* a sentence of the program's; NULL: none */
    const struct check_claim *claim; /* NULL: none */
    const char *note;                /* of an editor; NULL: none */
    const char *lost;                /* NULL: nothing */
    struct check_comparison comparison;
};

enum part { HTML, TEXT, MESSAGE, SUBJECT, PREHEADER };

static char *replaced(struct arena *arena, const char *text, const char *find, const char *with)
{
    const char *at = strstr(text, find);
    if (at == NULL) {
        fail_msg("\"%s\" is not in the message", find);
        return NULL;
    }
    return arena_format(arena, "%.*s%s%s", (int)(at - text), text, with, at + strlen(find));
}

static void start(struct message *m)
{
    *m = (struct message){.subject = "Ann takes the panel over Bob",
                          .preheader = "Five rivals, one winner, and what each of them costs."};
    m->html = arena_copy(&m->arena, good_html);
    m->text = arena_copy(&m->arena, good_text);
    m->message = arena_copy(&m->arena, good_message);
    m->comparison = (struct check_comparison){.title = "Ann vs Bob",
                                              .left = "Ann",
                                              .right = "Bob",
                                              .left_verdict = true,
                                              .right_verdict = true,
                                              .updated_at = 100000000};
}

static void change(struct message *m, enum part part, const char *find, const char *with)
{
    switch (part) {
    case HTML:
        m->html = replaced(&m->arena, m->html, find, with);
        break;
    case TEXT:
        m->text = replaced(&m->arena, m->text, find, with);
        break;
    case MESSAGE:
        m->message = replaced(&m->arena, m->message, find, with);
        break;
    case SUBJECT:
        m->subject = with;
        break;
    case PREHEADER:
        m->preheader = with;
        break;
    }
}

static void check_message(struct message *m, struct check_report *report)
{
    static const char *const hosts[] = {"example.org", NULL};
    struct value *variables = value_object(&m->arena);
    value_set_text(&m->arena, variables, "quote", "It fills {{holes}} and calls {{more}}");
    if (m->quote != NULL) {
        value_set_text(&m->arena, variables, "said", m->quote);
    }
    if (m->answer != NULL) {
        struct value *story = value_set(&m->arena, variables, "story", value_object(&m->arena));
        value_set_text(&m->arena, story, "answer", m->answer);
    }
    value_set_text(&m->arena, variables, "url", "https://ann.example.com/pricing");
    struct check_copy copy = {
        .label = "everything",
        .variables = variables,
        .html = m->html,
        .html_len = strlen(m->html),
        .text = m->text,
        .text_len = strlen(m->text),
        .message = m->message,
        .message_len = strlen(m->message),
        .address = "ann@example.net",
        .unsubscribe_url = LEAVE,
        .preferences_url = PREFER,
        .notes = &m->note,
        .note_count = m->note != NULL,
    };
    struct check_input input = {
        .copies = &copy,
        .copy_count = 1,
        .subject = m->subject,
        .preheader = m->preheader,
        .postal_address = "Example Press, 1 Example Street",
        .message_id_domain = "example.org",
        .hosts = hosts,
        .variables = strstr(m->html, "no data") != NULL ? NULL : variables,
        .comparisons = &m->comparison,
        .comparison_count = 1,
        .claims = m->claim,
        .claim_count = m->claim != NULL,
        .lost = &m->lost,
        .lost_count = m->lost != NULL,
        .date = 100000000 + 50 * 86400,
        .price_max_age = 90 * 86400,
    };
    check_run(&m->arena, &input, report);
}

static const struct check_finding *find_rule(const struct check_report *report, const char *rule)
{
    const struct check_finding *f = report->findings;
    while (f != NULL && strcmp(f->rule->name, rule) != 0) {
        f = f->next;
    }
    return f;
}

static void print_findings(const struct check_report *report)
{
    struct buf text;
    buf_init(&text, 65536);
    check_print(&text, report);
    print_error("%s", text.data);
    buf_free(&text);
}

/* A change that trips a rule, or (`rule` with '!' in front) one that comes close and does not. */
struct rule_case {
    const char *rule;
    enum part part;
    const char *find, *with;
};

#define P "<p>The panel gives Ann 60% and Bob 40%.</p>"
/* The paragraph, with something behind it. */
#define MORE(what) HTML, P, P what

static const struct rule_case cases[] = {
    {"text-empty", TEXT, good_text, " \n"},
    {"text-lacks-title", TEXT, "Ann against Bob", "Ann meets Bob"},
    {"!text-lacks-title", TEXT, "Ann against Bob", "ANN against\n  Bob"},
    {"text-lacks-link", TEXT, "https://www.example.org/compare/ann-vs-bob", "see the site"},
    {"text-lacks-percentage", TEXT, "60%", "most"},
    {"!text-lacks-percentage", TEXT, "60%", "60 %"},
    {"text-width", TEXT, "\n\n-- ",
     "\nnine words and more that go on for a good deal longer than any screen is wide, here\n-- "},
    {"!text-width", TEXT, "\n\n-- ",
     "\nhttps://www.example.org/a-very-long-address-that-is-one-word-and-stays-unbroken-on-its-"
     "line\n-- "},
    {"text-width", TEXT, "\n\n-- ",
     "\naverylongwordthatstandsaloneonitslineandisnourlatallbutgoesonlikeoneforeighty-odd-columns"
     "\n-- "},
    {"text-width", TEXT, "\n\n-- ",
     "\n写作更快不用等待写作更快不用等待写作更快不用等待写作更快不用等待写作更快不用等待\n-- "},
    {"!text-lacks-title", TEXT, "Ann against Bob", "\u2068Ann\u2069 against\n\u2068Bob\u2069"},
    {"subject-length", SUBJECT, "", "Short"},
    {"subject-length", SUBJECT, "",
     "A subject that goes on and on, past all that any inbox will ever show of it, as here"},
    {"!subject-length", SUBJECT, "", "Ten chars."},
    {"preheader-length", PREHEADER, "", "Too short to fill the line"},
    {"preheader-repeats", PREHEADER, "", "Ann takes the panel over Bob"},
    {"preheader-place", HTML, "<div style=\"display:none;\">", "<div>"},
    {"preheader-place", HTML, "<div style=\"display:none;\">", "<p>Hello</p><div>"},
    {"tag-unresolved", MORE("<p>no data {{issue.subject}}</p>")},
    {"tag-unresolved", TEXT, "40%", "40% {{ fill }}"},
    {"tag-unresolved", HTML, "alt=\"A chart\"", "alt=\"no data {{chart}}\""},
    {"!tag-unresolved", MORE("<p>It fills {{holes}}</p>")},
    {"placeholder-word", MORE("<p>The price is TK for now.</p>")},
    {"placeholder-word", TEXT, "40%",
     "40% TO"
     "DO: ask Bob"},
    {"!placeholder-word", MORE("<p>A nullable TKO, todo lists and NaNcy.</p>")},
    {"placeholder-value", MORE("<p>null</p>")},
    {"placeholder-value", MORE("<p><b>NaN</b></p>")},
    {"placeholder-value", TEXT, "40%", "40%\nundefined"},
    {"!placeholder-value", MORE("<p>TBD</p>")},
    {"cell-empty", HTML, "<td class=\"ink\" " CELL ">Ann</td>", "<td></td>"},
    {"cell-empty", HTML, "<td class=\"ink\" " CELL ">Ann</td>", "<td>&nbsp;</td>"},
    {"cell-empty", HTML, "</td>\n</tr>\n</table>", "</td>\n<td> </td></tr>\n</table>"},
    {"!cell-empty", HTML, "</td>\n</tr>\n</table>", "</td>\n<td>&nbsp;</td></tr>\n</table>"},
    {"link-empty", MORE("<a href=\"#\">Top</a>")},
    {"link-empty", MORE("<a>Top</a>")},
    {"link-empty", MORE("<a href=\"https://www.example.org\"> &nbsp; </a>")},
    {"!link-empty", MORE("<a href=\"https://www.example.org\"><img alt=\"Home\" width=\"1\" "
                         "height=\"1\" src=\"https://www.example.org/a.png\"></a>")},
    {"link-scheme", MORE("<a href=\"javascript:alert(1)\">Run</a>")},
    {"link-scheme", MORE("<a href=\"data:text/html,x\">Open it</a>")},
    {"link-scheme", MORE("<img alt=\"\" width=\"1\" height=\"1\" src=\"data:image/png,x\">")},
    {"!link-scheme", MORE("<a href=\"mailto:ann@example.org\">Write to Ann</a>")},
    {"link-relative", MORE("<a href=\"/compare\">All comparisons</a>")},
    {"link-insecure", MORE("<a href=\"http://www.example.org/\">The site</a>")},
    {"link-host", MORE("<a href=\"https://example.com/\">Another site</a>")},
    {"link-host", MORE("<a href=\"https://notexample.org/\">Another site</a>")},
    {"!link-host", MORE("<a href=\"https://ann.example.com/pricing\">A tool of the data</a>")},
    {"!link-host", MORE("<a href=\"https://deep.example.org/\">Our own</a>")},
    {"link-shortener", MORE("<a href=\"https://bit.ly/x\">The whole story</a>")},
    {"link-text", MORE("<a href=\"https://www.example.org/\">Click here</a>")},
    {"link-text", MORE("<a href=\"https://www.example.org/\">https://www.example.org/</a>")},
    {"!link-text", MORE("<a href=\"https://www.example.org/\">Read more of Ann</a>")},
    {"image-alt", HTML, " alt=\"A chart\"", ""},
    {"!image-alt", HTML, " alt=\"A chart\"", " alt=\"\""},
    {"image-size", HTML, " height=\"40\"", ""},
    {"image-size", HTML, " width=\"80\"", " width=\"100%\""},
    {"image-format", HTML, "a.png", "a.webp?v=1"},
    {"image-format", HTML, "a.png", "a.SVG"},
    {"!image-format", HTML, "a.png", "webp.jpg"},
    {"contrast-light", MORE("<p style=\"color:#8a8a8a\">Pale</p>")},
    {"contrast-light", MORE("<p style=\"background-color:#303030\">Dark on dark</p>")},
    {"contrast-light", HTML, "class=\"ink\" href=\"" LEAVE "\"",
     "style=\"color:#7fa4ff\" href=\"" LEAVE "\""},
    {"!contrast-light", MORE("<p style=\"color:#5f5c55\">Soft</p>")},
    {"!contrast-light", MORE("<p style=\"display:none;color:#efeae0\">Hidden</p>")},
    {"contrast-dark", MORE("<p style=\"color:#5f5c55\">Soft</p>")},
    {"!contrast-dark", MORE("<p class=\"ink\" style=\"color:#5f5c55\">Soft</p>")},
    {"bgcolor-twin", HTML, " bgcolor=\"#efeae0\"", ""},
    {"bgcolor-twin", HTML, " bgcolor=\"#efeae0\"", " bgcolor=\"#ffeae0\""},
    {"bgcolor-twin", HTML, "style=\"background-color:#efeae0;\"", ""},
    {"!bgcolor-twin", HTML, " bgcolor=\"#efeae0\"", " bgcolor=\"#EFEAE0\""},
    {"color-form", MORE("<p style=\"color:#333\">Short</p>")},
    {"color-form", MORE("<p style=\"color:rgb(10,10,10)\">Functional</p>")},
    {"!color-form", MORE("<p style=\"color:inherit\">Inherited</p>")},
    {"color-pure", MORE("<p style=\"color:#000000\">Black</p>")},
    {"table-role", HTML, "role=\"presentation\" border", "border"},
    {"table-headers", HTML, "<table border=\"0\"><tr><th", "<table " LAYOUT "><tr><th"},
    {"table-scope", HTML, " scope=\"col\"", ""},
    {"table-spacing", HTML, "cellpadding=\"0\" ", ""},
    {"heading-one", HTML, "<h1>The week in tools</h1>", "<h2>The week in tools</h2>"},
    {"heading-one", MORE("<h1>The week in tools</h1>")},
    {"heading-skipped", HTML, "<h2>Ann against Bob</h2>", "<h3>Ann against Bob</h3>"},
    {"!heading-skipped", MORE("<h3>Ann against Bob</h3><h2>Ann against Bob</h2>")},
    {"document-language", HTML, "<html lang=\"en\" dir=\"ltr\">", "<html lang=\"en\">"},
    {"document-language", HTML, "<html lang=\"en\" dir=\"ltr\">", "<html dir=\"ltr\">"},
    {"document-title", HTML, "<title>The week in tools</title>", "<title> </title>"},
    {"document-wrapper", HTML, "role=\"article\" ", ""},
    {"document-wrapper", HTML, "aria-label=\"Issue\" ", ""},
    {"document-wrapper", HTML, "</div>\n</body>", "</div>\n<p>Outside</p></body>"},
    {"tag-banned", MORE("<script>x()</script>")},
    {"tag-banned", MORE("<form action=\"https://www.example.org\"></form>")},
    {"tag-banned", HTML, "<meta charset=\"utf-8\">",
     "<meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"0\">"},
    {"tag-support", MORE("<svg></svg>")},
    {"tag-support", MORE("<picture></picture>")},
    {"attribute-banned", HTML, "alt=\"A chart\"", "alt=\"A chart\" onload=\"x()\""},
    {"css-support", MORE("<p style=\"position:absolute\">Here</p>")},
    {"css-support", MORE("<p style=\"display:flex\">Here</p>")},
    {"css-support", HTML, "padding: 0 !important", "padding: var(--p) !important"},
    {"css-support", MORE("<p style=\"color:rgb(10 10 10)\">Spaces</p>")},
    {"!css-support", MORE("<p style=\"display:block;margin:0 0 8px 0\">Here</p>")},
    {"css-nested", HTML, ".pad { padding: 0 !important; }",
     "@media print { .pad { padding: 0; } }"},
    {"css-nested", HTML, "<style>\n", "<style>\n@import url(x.css);\n"},
    {"css-mixed", HTML, ".pad { padding: 0 !important; } }",
     ".pad { padding: 0 !important; } } @media (prefers-color-scheme: dark) { .pad { color: "
     "#ece6da; } }"},
    {"class-unknown", MORE("<p class=\"imk\">Mistyped</p>")},
    {"class-unused", HTML, ".pad { padding: 0 !important; }",
     ".pad { padding: 0 !important; } .gone { padding: 0; }"},
    {"font-missing", HTML, "<td class=\"ink\" " CELL ">Ann", "<td class=\"ink\">Ann"},
    {"!font-missing", HTML, "</td>\n</tr>\n</table>",
     "</td>\n<td><table " LAYOUT "><tr><td " CELL ">x</td></tr></table></td></tr>\n</table>"},
    {"mso-balance", HTML, "<!--[if mso]></td></tr></table><![endif]-->", ""},
    {"mso-balance", HTML, "</td></tr></table><![endif]-->", "</td></tr></table>-->"},
    {"mso-balance", MORE("<!--[if !mso]><!--><b>x</b>")},
    {"!mso-balance", MORE("<!--[if !mso]><!--><b>x</b><!--<![endif]-->")},
    {"footer-postal", HTML, "Example Press", "Example"},
    {"footer-postal", TEXT, "Example Press", "Example"},
    {"!footer-postal", HTML, "Example Press, 1 ", "Example Press,<br>1 "},
    {"footer-unsubscribe", HTML, LEAVE, LEAVE "d"},
    {"footer-unsubscribe", TEXT, LEAVE, "no more"},
    {"footer-preferences", HTML, PREFER, "https://news.example.org/"},
    {"footer-preferences", TEXT, PREFER, "no more"},
    {"footer-why", HTML, "ann@example.net", "you"},
    {"footer-why", TEXT, "ann@example.net", "you"},
    {"line-long", MESSAGE, "Hello.",
     "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567"},
    {"line-end", MESSAGE, "Hello.\r\n", "Hello.\n"},
    {"line-end", MESSAGE, "Hello.\r\n", "Hel\rlo.\r\n"},
    {"header-raw", MESSAGE, "Verdicts <news", "Verdícts <news"},
    {"header-utf8", MESSAGE, "Verdicts <news", "Verdicts <néws"},
    {"encoded-word", MESSAGE, "J=C3=BCrgen?=", "J=C3=BCrgen"},
    {"encoded-word", MESSAGE, "J=C3=BCrgen",
     "J=C3=BCrgen_and_all_of_his_many_relatives_near_and_far_and_further_off"},
    {"encoded-word", MESSAGE, "J=C3=BCrgen", "J=C3=BC rgen"},
    {"header-missing", MESSAGE, "Precedence: bulk\r\n", ""},
    {"header-missing", MESSAGE, "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", ""},
    {"header-twice", MESSAGE, "Precedence", "subject: again\r\nPrecedence"},
    {"header-one-click", MESSAGE, "<" LEAVE ">,\r\n <mailto:unsubscribe+abc@example.org>",
     "<mailto:unsubscribe+abc@example.org>,\r\n <" LEAVE ">"},
    {"header-one-click", MESSAGE, "=One-Click", "=Two-Clicks"},
    {"message-id", MESSAGE, "1@example.org", "1@localhost"},
    {"message-id", MESSAGE, "1@example.org", "1@example.com"},
};

static void test_a_good_message_has_no_finding(void **state)
{
    (void)state;
    struct message m;
    struct check_report report;
    start(&m);
    check_message(&m, &report);
    print_findings(&report);
    assert_null(report.findings);
    arena_free(&m.arena);
}

static void test_each_change_trips_its_rule_and_a_near_miss_does_not(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct message m;
        struct check_report report;
        bool wanted = cases[i].rule[0] != '!';
        const char *rule = cases[i].rule + (wanted ? 0 : 1);
        start(&m);
        change(&m, cases[i].part, cases[i].find, cases[i].with);
        check_message(&m, &report);
        if ((find_rule(&report, rule) != NULL) != wanted) {
            print_error("case %zu: %s by \"%s\"\n", i, cases[i].rule, cases[i].with);
            print_findings(&report);
            wrong++;
        }
        arena_free(&m.arena);
    }
    assert_int_equal(wrong, 0);
}

static void test_a_note_stands_in_both_parts(void **state)
{
    (void)state;
    static const struct {
        const char *note, *part;
    } notes[] = {
        {"The panel gives Ann 60% and Bob 40%.", "text"},
        {"https://www.example.org/compare/ann-vs-bob", "html"},
        {"Ann  AGAINST\nBob", NULL},
        {NULL, NULL},
    };
    for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++) {
        struct message m;
        struct check_report report;
        start(&m);
        m.note = notes[i].note;
        check_message(&m, &report);
        const struct check_finding *found = find_rule(&report, "note-missing");
        assert_int_equal(found != NULL, notes[i].part != NULL);
        if (found != NULL) {
            assert_string_equal(found->part, notes[i].part);
            assert_int_equal(found->rule->level, CHECK_ERROR);
        }
        arena_free(&m.arena);
    }
}

static void test_what_an_editor_wrote_in_vain_is_a_warning(void **state)
{
    (void)state;
    struct message m;
    struct check_report report;
    start(&m);
    m.lost = "the quote chosen for ann stands in no review any more";
    check_message(&m, &report);
    const struct check_finding *found = find_rule(&report, "words-lost");
    assert_non_null(found);
    assert_string_equal(found->message, m.lost);
    assert_int_equal(report.counts[CHECK_WARNING], 1);
    arena_free(&m.arena);
}

/* Fills the HTML up to a length with comments, which say nothing. */
static void fill_to(struct message *m, size_t len)
{
    size_t more = len - strlen(m->html) - 7;
    char *padding = arena_alloc(&m->arena, more + 1);
    memset(padding, 'x', more);
    m->html = arena_format(&m->arena, "%s<!--%s-->", m->html, padding);
}

static void test_html_grows_past_three_limits(void **state)
{
    (void)state;
    static const struct {
        size_t kb;
        const char *rule;
    } sizes[] = {{60, NULL}, {61, "html-long"}, {81, "html-too-long"}, {103, "html-clipped"}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct message m;
        struct check_report report;
        start(&m);
        fill_to(&m, sizes[i].kb * 1024);
        check_message(&m, &report);
        if (sizes[i].rule == NULL) {
            assert_null(report.findings);
        } else {
            assert_non_null(report.findings);
            assert_string_equal(report.findings->rule->name, sizes[i].rule);
            assert_null(report.findings->next);
        }
        arena_free(&m.arena);
    }
}

static void test_styles_in_the_head_have_a_limit(void **state)
{
    (void)state;
    struct message m;
    struct check_report report;
    start(&m);
    char *padding = arena_alloc(&m.arena, 8300);
    memset(padding, ' ', 8299);
    m.html = replaced(&m.arena, m.html, "<style>\n", arena_format(&m.arena, "<style>%s", padding));
    check_message(&m, &report);
    assert_non_null(find_rule(&report, "css-head-size"));
    arena_free(&m.arena);
}

static void test_a_line_of_a_thousand_bytes_is_refused(void **state)
{
    (void)state;
    struct message m;
    struct check_report report;
    start(&m);
    char *padding = arena_alloc(&m.arena, 1000);
    memset(padding, 'x', 999);
    m.message = replaced(&m.arena, m.message, "Hello.", padding);
    check_message(&m, &report);
    assert_non_null(find_rule(&report, "line-too-long"));
    assert_null(find_rule(&report, "line-long"));
    arena_free(&m.arena);
}

static void test_comparisons_lack_a_verdict_grow_stale_repeat_and_are_withdrawn(void **state)
{
    (void)state;
    struct message m;
    struct check_report report;
    start(&m);
    m.comparison.right_verdict = false;
    m.comparison.updated_at = 100000000 - 41 * 86400;
    m.comparison.repeats = "issue 3 (2026-W46)";
    m.comparison.withdrawn = true;
    m.comparison.left_clash = "10%, but 2 of 2 reviews ship it";
    m.comparison.looks_like = "it looks like ann-vs-rob";
    check_message(&m, &report);
    const struct check_finding *verdict = find_rule(&report, "comparison-no-verdict");
    assert_non_null(verdict);
    assert_string_equal(verdict->message, "Ann vs Bob: the panel has no verdict on Bob");
    assert_non_null(strstr(find_rule(&report, "comparison-stale")->message, "91 days"));
    assert_non_null(strstr(find_rule(&report, "looks-like")->message, "like ann-vs-rob; if"));
    assert_non_null(strstr(find_rule(&report, "comparison-repeated")->message, "issue 3"));
    assert_non_null(strstr(find_rule(&report, "comparison-withdrawn")->message, "Ann vs Bob"));
    assert_non_null(strstr(find_rule(&report, "share-against-verdicts")->message,
                           "Ann: the panel's share is 10%, but 2 of 2 reviews ship it"));
    arena_free(&m.arena);
}

static void test_an_old_price_is_an_error_where_readers_see_it_first(void **state)
{
    (void)state;
    static const struct {
        const char *preheader, *price;
        bool old, found;
    } rows[] = {
        {"Ann is cheaper: it costs $20/mo, Bob costs $30/mo.", "$20/mo", true, true},
        {"Ann is cheaper: it starts at $20/mo, Bob at $30/mo.", "from $20/mo", true, true},
        {"Ann is cheaper: it costs $20/mo, Bob costs $30/mo.", "$20/mo", false, false},
        {"Ann is cheaper: it costs $25/mo, Bob costs $30/mo.", "$20/mo", true, false},
        {"Both are free to start, so price decides nothing.", "Free", true, false},
        {"Both are free to start, so price decides nothing.", "", true, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct message m;
        struct check_report report;
        start(&m);
        m.preheader = rows[i].preheader;
        m.comparison.left_price = rows[i].price;
        m.comparison.updated_at = 100000000 + (rows[i].old ? -41 : 41) * 86400;
        check_message(&m, &report);
        const struct check_finding *found = find_rule(&report, "price-stale");
        assert_int_equal(found != NULL, rows[i].found);
        if (found != NULL) {
            assert_string_equal(found->part, "preheader");
            assert_int_equal(found->rule->level, CHECK_ERROR);
        }
        arena_free(&m.arena);
    }
}

static void test_what_the_data_does_not_say_is_our_error_or_the_editors_to_know(void **state)
{
    (void)state;
    for (int own = 0; own <= 1; own++) {
        struct message m;
        struct check_report report;
        start(&m);
        m.claim = &(struct check_claim){
            .part = "subject", .topics = "Design\nWriting", .words = "4 of 4", .own = own == 1};
        check_message(&m, &report);
        const struct check_finding *found = find_rule(&report, "subject-true");
        assert_non_null(found);
        assert_int_equal(found->rule->level, own == 1 ? CHECK_ERROR : CHECK_WARNING);
        assert_string_equal(found->part, "subject");
        assert_non_null(strstr(found->message, own == 1
                                                   ? "subject for Design, Writing says \"4 of 4\""
                                                   : "subject says \"4 of 4\""));
        arena_free(&m.arena);
    }
}

/* A text behind the title, and whether a sentence of it is said too often. */
static const struct {
    const char *text;
    bool often;
} said[] = {
    {"Ann files faster than Bob. Bob does not.\n\nAnn files faster than\nBob. And again: Ann files "
     "faster than Bob.",
     false},
    {"Ann files faster than Bob. Bob does not.\n\nAnn files faster than\nBob.\n\nAnn files faster "
     "than Bob.",
     true},
    {"Yes, he did. Yes, he did. Yes, he did. Yes, he did.", false},
    {"A title of five words\n\nA title of five words\n\nA title of five words", false},
    {"\"Ann files faster than Bob.\" \"Ann files faster than Bob.\" \"Ann files faster than Bob.\"",
     true},
    {"Once said.\n\n-- \nAnn files faster than Bob. Ann files faster than Bob. Ann files faster "
     "than "
     "Bob.",
     false},
};

static void test_a_sentence_stands_there_twice_at_most(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        struct message m;
        struct check_report report;
        start(&m);
        m.text = replaced(&m.arena, m.text, "Ann against Bob\n",
                          arena_format(&m.arena, "Ann against Bob\n\n%s\n\n", said[i].text));
        check_message(&m, &report);
        if ((find_rule(&report, "said-often") != NULL) != said[i].often) {
            fail_msg("%s", said[i].text);
        }
        arena_free(&m.arena);
    }
}

/* "Both are free, so price decides nothing.", of three stories. */
static void test_what_the_program_composes_may_stand_there_more_often(void **state)
{
    (void)state;
    for (int ours = 0; ours <= 1; ours++) {
        struct message m;
        struct check_report report;
        start(&m);
        m.quote = "Both are free, so price decides nothing.";
        m.answer =
            ours == 1 ? "Ann leads. Both are free, so price\ndecides nothing." : "Ann leads.";
        m.text = replaced(&m.arena, m.text, "Ann against Bob\n",
                          "Ann against Bob\n\nBoth are free, so price decides nothing.\n\n"
                          "Both are free, so price decides\nnothing.\n\n"
                          "Both are free, so price decides nothing.\n\n");
        check_message(&m, &report);
        assert_int_equal(find_rule(&report, "said-often") == NULL, ours == 1);
        arena_free(&m.arena);
    }
}

static enum check_level html_level(const char *subject, const char *quote)
{
    struct message m;
    struct check_report report;
    start(&m);
    m.subject = subject;
    m.quote = quote;
    check_message(&m, &report);
    const struct check_finding *found = find_rule(&report, "looks-like-html");
    enum check_level level = found != NULL ? found->rule->level : CHECK_INFO;
    arena_free(&m.arena);
    return level;
}

static void test_html_is_an_error_in_a_headline_and_else_a_warning(void **state)
{
    (void)state;
    static const char *const html[] = {"Q&amp;A takes the panel",   "Don&#8217;t ship Bob yet",
                                       "Don&#x2019;t ship Bob yet", "<b>Ann</b> takes the panel",
                                       "Ann<br/>takes the panel",   "Ann &nbsp; takes the panel"};
    static const char *const plain[] = {"Ann & Bob take the panel", "Vec<String> takes the panel",
                                        "Ann takes R&D; Bob waits", "Ann < Bob > Carl, 3 to 2",
                                        "a<b and c>d, says Ann",    "AT&T takes the panel"};
    for (size_t i = 0; i < sizeof html / sizeof html[0]; i++) {
        assert_int_equal(html_level(html[i], "It works"), CHECK_ERROR);
        assert_int_equal(html_level("Ann takes the panel", html[i]), CHECK_WARNING);
    }
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        assert_int_equal(html_level(plain[i], plain[i]), CHECK_INFO);
    }
}

static void test_words_of_a_draft_in_titles_are_found(void **state)
{
    (void)state;
    static const struct {
        const char *title;
        bool found;
    } rows[] = {
        {"DRAFT: Ann vs Bob", true},     {"[Draft] Ann vs Bob", true}, {"Ann vs TBD", true},
        {"Lorem ipsum vs Bob", true},    {"Ann vs Bob (draft)", true}, {"Ann vs Bob", false},
        {"Draft vs Draftwright", false}, {"DRAFTY vs TBDX", false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct message m;
        struct check_report report;
        start(&m);
        m.comparison.title = rows[i].title;
        check_message(&m, &report);
        assert_int_equal(find_rule(&report, "title-draft") != NULL, rows[i].found);
        arena_free(&m.arena);
    }
}

static void test_a_finding_says_line_and_column(void **state)
{
    (void)state;
    struct message m;
    struct check_report report;
    start(&m);
    change(&m, HTML, "<h1>The week in tools</h1>",
           "<h1>The week in tools</h1>\n  <script>x()</script>");
    check_message(&m, &report);
    assert_int_equal(report.counts[CHECK_ERROR], 1);
    assert_int_equal(report.findings->line, 19);
    assert_int_equal(report.findings->column, 3);
    arena_free(&m.arena);
}

static bool has_case(const char *rule)
{
    /* Those with a test of their own. */
    static const char *const others[] = {"html-long",
                                         "html-too-long",
                                         "html-clipped",
                                         "css-head-size",
                                         "line-too-long",
                                         "comparison-no-verdict",
                                         "price-stale",
                                         "comparison-stale",
                                         "comparison-repeated",
                                         "comparison-withdrawn",
                                         "looks-like-html",
                                         "title-draft",
                                         "share-against-verdicts",
                                         "subject-true",
                                         "said-often",
                                         "note-missing",
                                         "words-lost",
                                         "looks-like"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (strcmp(others[i], rule) == 0) {
            return true;
        }
    }
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (strcmp(cases[i].rule, rule) == 0) {
            return true;
        }
    }
    return false;
}

static void test_every_rule_has_a_case_that_trips_it(void **state)
{
    (void)state;
    const struct check_rule *rule;
    for (size_t i = 0; (rule = check_rule_at(i)) != NULL; i++) {
        if (!has_case(rule->name)) {
            print_error("%s\n", rule->name);
        }
        assert_true(has_case(rule->name));
        assert_non_null(rule->sentence);
        assert_non_null(rule->why);
        assert_non_null(rule->source);
    }
}

static void test_rubbish_is_looked_at_without_harm(void **state)
{
    (void)state;
    static const char *const rubbish[] = {
        "",        "<", "<table", "<a href", "<style>@media{{{", "<td style='a:b;;:;!important'>",
        "<!--[if", "%", "{{"};
    for (size_t i = 0; i < sizeof rubbish / sizeof rubbish[0]; i++) {
        struct message m;
        struct check_report report;
        start(&m);
        m.html = arena_copy(&m.arena, rubbish[i]);
        m.text = m.html;
        m.message = m.html;
        check_message(&m, &report);
        assert_true(report.counts[CHECK_ERROR] > 0);
        arena_free(&m.arena);
    }
}

/* As a template sets a comparison: tables in tables, a style on nearly every element. */
static const char comparison_html[] =
    "<table " LAYOUT " style=\"width:100%;\"><tr><td class=\"ink\" " CELL ">"
    "<h2 " CELL ">Ann against Bob</h2><table " LAYOUT "><tr><td class=\"ink\" " CELL ">"
    "<p " CELL ">The panel gives <b " CELL ">Ann</b> 60% and <b " CELL ">Bob</b> 40%.</p>"
    "<p " CELL ">Ann costs <span " CELL ">10 a month</span>, Bob <span " CELL ">12</span>.</p>"
    "<p " CELL ">&ldquo;It <i " CELL ">works</i> <i " CELL ">for us</i>&rdquo;, a builder says.</p>"
    "<p " CELL "><a class=\"ink\" " CELL " href=\"https://www.example.org/compare/ann-vs-bob\">"
    "Read Ann against Bob</a></p></td></tr></table></td></tr></table>\n";

static void test_a_thousand_comparisons_take_forty_megabytes_at_most(void **state)
{
    (void)state;
    struct message m;
    struct check_report report;
    struct buf html;
    buf_init(&html, 10 * 1024 * 1024);
    start(&m);
    size_t head = (size_t)(strstr(good_html, "<table border") - good_html);
    buf_add(&html, good_html, head);
    for (int i = 0; i < 1000; i++) {
        buf_add_text(&html, comparison_html);
    }
    buf_add_text(&html, good_html + head);
    m.html = html.data;
    check_message(&m, &report);
    if (m.arena.total > 40 * 1024 * 1024) {
        fail_msg("%zu bytes", m.arena.total);
    }
    print_message("    %zu KiB\n", m.arena.total / 1024);
    buf_free(&html);
    arena_free(&m.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_thousand_comparisons_take_forty_megabytes_at_most),
        cmocka_unit_test(test_a_good_message_has_no_finding),
        cmocka_unit_test(test_each_change_trips_its_rule_and_a_near_miss_does_not),
        cmocka_unit_test(test_a_note_stands_in_both_parts),
        cmocka_unit_test(test_what_an_editor_wrote_in_vain_is_a_warning),
        cmocka_unit_test(test_html_grows_past_three_limits),
        cmocka_unit_test(test_styles_in_the_head_have_a_limit),
        cmocka_unit_test(test_a_line_of_a_thousand_bytes_is_refused),
        cmocka_unit_test(test_an_old_price_is_an_error_where_readers_see_it_first),
        cmocka_unit_test(test_comparisons_lack_a_verdict_grow_stale_repeat_and_are_withdrawn),
        cmocka_unit_test(test_what_the_data_does_not_say_is_our_error_or_the_editors_to_know),
        cmocka_unit_test(test_a_sentence_stands_there_twice_at_most),
        cmocka_unit_test(test_what_the_program_composes_may_stand_there_more_often),
        cmocka_unit_test(test_html_is_an_error_in_a_headline_and_else_a_warning),
        cmocka_unit_test(test_words_of_a_draft_in_titles_are_found),
        cmocka_unit_test(test_a_finding_says_line_and_column),
        cmocka_unit_test(test_every_rule_has_a_case_that_trips_it),
        cmocka_unit_test(test_rubbish_is_looked_at_without_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
