/* Rules on the finished message: its lines and its headers; and the footer of both parts. */
#include <string.h>
#include <strings.h>

#include "check/rules.h"

enum { LINE_MAX_BYTES = 998, HEADER_LINE_BYTES = 78, BODY_LINE_BYTES = 76, ENCODED_WORD_MAX = 75 };

static const char *const required[] = {"From",
                                       "To",
                                       "Subject",
                                       "Date",
                                       "Message-ID",
                                       "MIME-Version",
                                       "Content-Type",
                                       "List-Id",
                                       "List-Unsubscribe",
                                       "List-Unsubscribe-Post",
                                       "Precedence",
                                       "Feedback-ID"};

struct header {
    const char *name, *value; /* unfolded */
    int line;
    struct header *next;
};

/* A header line that has only one word after its name cannot be folded. */
static bool can_fold(const char *line, size_t len)
{
    const char *space = memchr(line, ' ', len);
    return space != NULL && memchr(space + 1, ' ', len - (size_t)(space + 1 - line)) != NULL;
}

/* Checks every line; *head_len receives the bytes of the headers. */
static void inspect_lines(struct checking *checking, size_t *head_len)
{
    const struct check_copy *copy = checking->copy;
    size_t at = 0;
    bool head = true;
    *head_len = copy->message_len;
    for (int number = 1; at < copy->message_len; number++) {
        const char *line = copy->message + at;
        const char *end = memchr(line, '\n', copy->message_len - at);
        size_t whole = end != NULL ? (size_t)(end - line) + 1 : copy->message_len - at;
        bool crlf = whole >= 2 && line[whole - 1] == '\n' && line[whole - 2] == '\r';
        size_t len = crlf ? whole - 2 : whole;
        const char *bare = memchr(line, '\r', len);
        if (!crlf || bare != NULL) {
            check_note(checking, RULE_LINE_END, "message", number, (int)len,
                       crlf ? "a CR stands inside a line" : "a line does not end in CR LF");
        }
        size_t good = head ? HEADER_LINE_BYTES : BODY_LINE_BYTES;
        if (len > LINE_MAX_BYTES) {
            check_note(checking, RULE_LINE_TOO_LONG, "message", number, LINE_MAX_BYTES + 1,
                       "the line has %zu bytes, more than %d", len, LINE_MAX_BYTES);
        } else if (len > good && (!head || can_fold(line, len))) {
            check_note(checking, RULE_LINE_LONG, "message", number, (int)good + 1,
                       "the line has %zu bytes, more than %zu", len, good);
        }
        if (head && len == 0) {
            head = false;
            *head_len = at;
        }
        at += whole;
    }
}

static struct header *read_headers(struct arena *arena, const char *head, size_t len)
{
    struct header *first = NULL, **end = &first, *last = NULL;
    int number = 1;
    for (size_t at = 0; at < len; number++) {
        const char *stop = memchr(head + at, '\n', len - at);
        size_t run = stop != NULL ? (size_t)(stop - head) - at : len - at;
        bool crlf = run > 0 && head[at + run - 1] == '\r';
        const char *line = arena_copy_bytes(arena, head + at, run - (crlf ? 1 : 0));
        const char *colon = strchr(line, ':');
        if ((line[0] == ' ' || line[0] == '\t') && last != NULL) {
            last->value = arena_format(arena, "%s%s", last->value, line);
        } else if (colon != NULL) {
            last = arena_alloc(arena, sizeof *last);
            last->name = arena_copy_bytes(arena, line, (size_t)(colon - line));
            last->value = colon + 1 + strspn(colon + 1, " ");
            last->line = number;
            *end = last;
            end = &last->next;
        }
        at += run + (stop != NULL ? 1 : 0);
    }
    return first;
}

static const struct header *find_header(const struct header *headers, const char *name)
{
    while (headers != NULL && strcasecmp(headers->name, name) != 0) {
        headers = headers->next;
    }
    return headers;
}

/* =?charset?B|Q?text?= */
static bool encoded_word_is_good(const char *word, size_t *len)
{
    const char *charset_end = strchr(word + 2, '?');
    if (charset_end == NULL || charset_end == word + 2 || strchr("bBqQ", charset_end[1]) == NULL ||
        charset_end[1] == '\0' || charset_end[2] != '?') {
        *len = 2;
        return false;
    }
    const char *end = strstr(charset_end + 3, "?=");
    if (end == NULL) {
        *len = 2;
        return false;
    }
    *len = (size_t)(end + 2 - word);
    return *len <= ENCODED_WORD_MAX &&
           memchr(charset_end + 3, ' ', (size_t)(end - charset_end - 3)) == NULL;
}

/* The address of a mailbox may be UTF-8, for servers with SMTPUTF8 (RFC 6532). */
static bool stands_in_address(const struct header *header, const char *at)
{
    bool mailbox = strcasecmp(header->name, "From") == 0 || strcasecmp(header->name, "To") == 0 ||
                   strcasecmp(header->name, "Reply-To") == 0;
    const char *open = strrchr(header->value, '<');
    return mailbox && (open == NULL || at > open);
}

static void inspect_header(struct checking *checking, const struct header *headers,
                           const struct header *header)
{
    bool may_repeat = strcasecmp(header->name, "Received") == 0 ||
                      strcasecmp(header->name, "DKIM-Signature") == 0;
    if (!may_repeat && find_header(headers, header->name) != header) {
        check_note(checking, RULE_HEADER_TWICE, "message", header->line, 1, "%s is there twice",
                   header->name);
    }
    for (const char *c = header->value; *c != '\0'; c++) {
        if ((unsigned char)*c >= 0x7f) {
            check_note(checking, stands_in_address(header, c) ? RULE_HEADER_UTF8 : RULE_HEADER_RAW,
                       "message", header->line, 1, "%s has bytes that are not ASCII", header->name);
            break;
        }
    }
    size_t len = 0;
    for (const char *c = strstr(header->value, "=?"); c != NULL; c = strstr(c + len, "=?")) {
        if (!encoded_word_is_good(c, &len)) {
            check_note(checking, RULE_ENCODED_WORD, "message", header->line, 1,
                       "%s has a broken encoded word: %s", header->name,
                       check_quote(checking->arena, c));
            return;
        }
    }
}

static void inspect_one_click(struct checking *checking, const struct header *headers)
{
    const struct header *list = find_header(headers, "List-Unsubscribe");
    const struct header *post = find_header(headers, "List-Unsubscribe-Post");
    if (list == NULL || post == NULL) {
        return; /* reported as missing */
    }
    const char *https = strstr(list->value, "<https://"), *mailto = strstr(list->value, "<mailto:");
    bool one = https != NULL && strstr(https + 1, "<http") == NULL;
    if (!one || (mailto != NULL && mailto < https)) {
        check_note(checking, RULE_HEADER_ONE_CLICK, "message", list->line, 1,
                   "List-Unsubscribe is to have one https link, before a mailto if there is one");
    }
    if (strcasecmp(post->value, "List-Unsubscribe=One-Click") != 0) {
        check_note(checking, RULE_HEADER_ONE_CLICK, "message", post->line, 1,
                   "List-Unsubscribe-Post is to be List-Unsubscribe=One-Click");
    }
}

static void inspect_message_id(struct checking *checking, const struct header *headers)
{
    const struct header *id = find_header(headers, "Message-ID");
    if (id == NULL) {
        return;
    }
    const char *at = strrchr(id->value, '@');
    size_t len = at != NULL ? strcspn(at + 1, ">") : 0;
    const char *domain = at != NULL ? arena_copy_bytes(checking->arena, at + 1, len) : "";
    if (strchr(domain, '.') == NULL ||
        strcasecmp(domain, checking->input->message_id_domain) != 0) {
        check_note(checking, RULE_MESSAGE_ID, "message", id->line, 1,
                   "Message-ID is to end in @%s; set mail.message_id_domain",
                   checking->input->message_id_domain);
    }
}

/* A rehearsal on this machine has no https, and one-click is offered only with https. */
static bool is_rehearsal(const struct header *headers)
{
    static const char *const places[] = {"<http://127.", "<http://localhost", "<http://[::1]"};
    const struct header *list = find_header(headers, "List-Unsubscribe");
    for (size_t i = 0; list != NULL && i < sizeof places / sizeof places[0]; i++) {
        if (strncmp(list->value, places[i], strlen(places[i])) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_missing(const struct header *headers, const char *name)
{
    bool excused = strcmp(name, "List-Unsubscribe-Post") == 0 && is_rehearsal(headers);
    return !excused && find_header(headers, name) == NULL;
}

void rules_message(struct checking *checking)
{
    size_t head_len;
    inspect_lines(checking, &head_len);
    const struct header *headers = read_headers(checking->arena, checking->copy->message, head_len);
    for (const struct header *h = headers; h != NULL; h = h->next) {
        inspect_header(checking, headers, h);
    }
    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++) {
        if (is_missing(headers, required[i])) {
            check_note(checking, RULE_HEADER_MISSING, "message", 1, 1, "the header %s is missing%s",
                       required[i],
                       strcmp(required[i], "List-Unsubscribe-Post") == 0
                           ? "; subscribe.url is to begin with https://"
                           : "");
        }
    }
    inspect_one_click(checking, headers);
    inspect_message_id(checking, headers);
}

static bool html_links_to(const struct checking *checking, const char *url)
{
    for (const struct node *n = checking->document; n != NULL; n = n->follow) {
        const char *href = node_is(n, "a") ? node_attribute(n, "href") : NULL;
        if (href != NULL && strcmp(href, url) == 0) {
            return true;
        }
    }
    return false;
}

static void want(struct checking *checking, enum rule rule, bool in_html, bool in_text,
                 const char *what)
{
    if (!in_html) {
        check_note(checking, rule, "html", 0, 0, "the HTML lacks %s", what);
    }
    if (!in_text) {
        check_note(checking, rule, "text", 0, 0, "the text lacks %s", what);
    }
}

void rules_footer(struct checking *checking)
{
    const struct check_copy *copy = checking->copy;
    struct arena *arena = checking->arena;
    const char *html = node_text(arena, checking->document);
    const char *text = document_fold(arena, copy->text);
    const char *postal = document_fold(arena, checking->input->postal_address);
    want(checking, RULE_FOOTER_POSTAL, strstr(html, postal) != NULL, strstr(text, postal) != NULL,
         "the postal address (site.postal_address)");
    want(checking, RULE_FOOTER_UNSUBSCRIBE, html_links_to(checking, copy->unsubscribe_url),
         strstr(text, copy->unsubscribe_url) != NULL,
         "the link to unsubscribe (reader.unsubscribe_url)");
    want(checking, RULE_FOOTER_PREFERENCES, html_links_to(checking, copy->preferences_url),
         strstr(text, copy->preferences_url) != NULL,
         "the link to the preferences (reader.preferences_url)");
    want(checking, RULE_FOOTER_WHY, strstr(html, copy->address) != NULL,
         strstr(text, copy->address) != NULL, "the address it was sent to (reader.address)");
}
