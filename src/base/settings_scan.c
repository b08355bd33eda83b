/*
 * A look at the whole file before libconfuse reads it.
 *
 * libconfuse merges sections of one name, lets the last of two equal keys win, puts environment
 * variables into ${…}, stops without a word at a string that never ends, and prints the rest of
 * its complaints. So the grammar is held tighter here, and each fault gets its line:
 *
 *     file    = { setting | NAME "{" { setting } "}" }
 *     setting = NAME "=" ( value | "{" [ value { "," value } [ "," ] ] "}" )
 *     value   = WORD | 'text with \' and \\' | "text with \" and \\"
 *
 * A WORD has letters, digits and . _ / : @ % ~ - alone. Comments run from # to the line's end;
 * they are blanked here, because libconfuse stumbles over those inside a setting.
 */
#include <stdio.h>
#include <string.h>

#include "base/settings_table.h"
#include "base/utf8.h"

struct scan {
    const char *name;
    char *at;
    const char *end;
    int line;
    int *lines;    /* by index in the table */
    int *sections; /* line of a section, at the index of its first setting */
    struct failure *why;
};

enum token_kind { TOKEN_KIND_END, TOKEN_KIND_WORD, TOKEN_KIND_QUOTED, TOKEN_KIND_SIGN };

struct scan_token {
    enum token_kind kind;
    const char *text;
    size_t len;
    int line;
};

static bool fail_line(struct scan *scan, int line, const char *text)
{
    return fail(scan->why, FAILURE_CONFIG, "%s:%d: %s", scan->name, line, text);
}

/* Bytes that have no place anywhere in the file. */
static bool check_bytes(struct scan *scan)
{
    size_t len = (size_t)(scan->end - scan->at);
    size_t bad_at = len;
    utf8_valid(scan->at, len, &bad_at);
    int line = 1;
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)scan->at[i];
        if (i == bad_at) {
            return fail_line(scan, line, "this line is not UTF-8; save the file as UTF-8");
        }
        if ((byte < 0x20 && byte != '\t' && byte != '\r' && byte != '\n') || byte == 0x7F) {
            return fail(scan->why, FAILURE_CONFIG,
                        "%s:%d: a control character (0x%02X) stands in this line", scan->name, line,
                        byte);
        }
        line += byte == '\n';
    }
    return true;
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("._/:@%~-", c) != NULL);
}

static void skip_blank(struct scan *scan)
{
    while (scan->at < scan->end && strchr(" \t\r\n#", *scan->at) != NULL) {
        if (*scan->at == '#') {
            while (scan->at < scan->end && *scan->at != '\n') {
                *scan->at++ = ' ';
            }
        } else {
            scan->line += *scan->at == '\n';
            scan->at++;
        }
    }
}

/* A backslash before anything but a quote or another backslash means different things in the two
 * kinds of quotes; in double ones it could smuggle in any byte. */
static bool read_quoted(struct scan *scan, struct scan_token *token)
{
    char quote = *scan->at++;
    while (scan->at < scan->end && *scan->at != quote) {
        char next = scan->at + 1 < scan->end ? scan->at[1] : '\0';
        if (*scan->at == '\n') {
            break;
        }
        if (quote == '"' && *scan->at == '$' && next == '{') {
            return fail_line(scan, scan->line,
                             "${…} in double quotes would be replaced from the environment; use "
                             "single quotes");
        }
        if (*scan->at == '\\' && next != '\\' && next != quote) {
            return fail_line(scan, scan->line,
                             "a backslash in a text is written twice; \\ stands only before a "
                             "quotation mark or another \\");
        }
        scan->at += *scan->at == '\\' ? 2 : 1;
    }
    if (scan->at >= scan->end || *scan->at != quote) {
        return fail_line(scan, token->line, "the text that begins in this line has no end in it");
    }
    scan->at++;
    token->kind = TOKEN_KIND_QUOTED;
    return true;
}

static bool read_word(struct scan *scan, struct scan_token *token)
{
    while (scan->at < scan->end && is_word(*scan->at)) {
        scan->at++;
    }
    size_t len = (size_t)(scan->at - token->text);
    if (len == 0) {
        uint32_t point;
        size_t size = utf8_decode(scan->at, (size_t)(scan->end - scan->at), &point);
        return fail(scan->why, FAILURE_CONFIG,
                    "%s:%d: '%.*s' cannot stand here; put quotes around "
                    "the value",
                    scan->name, scan->line, (int)size, scan->at);
    }
    if (token->text[0] == '/' && len > 1 && token->text[1] == '/') {
        return fail_line(scan, scan->line, "a comment begins with #");
    }
    token->kind = TOKEN_KIND_WORD;
    return true;
}

static bool read_token(struct scan *scan, struct scan_token *token)
{
    skip_blank(scan);
    *token = (struct scan_token){.kind = TOKEN_KIND_END, .text = scan->at, .line = scan->line};
    if (scan->at == scan->end) {
        return true;
    }
    bool good = true;
    if (*scan->at == '\'' || *scan->at == '"') {
        good = read_quoted(scan, token);
    } else if (strchr("={},", *scan->at) != NULL) {
        token->kind = TOKEN_KIND_SIGN;
        scan->at++;
    } else {
        good = read_word(scan, token);
    }
    token->len = (size_t)(scan->at - token->text);
    return good;
}

static bool is_sign(const struct scan_token *token, char sign)
{
    return token->kind == TOKEN_KIND_SIGN && token->text[0] == sign;
}

static bool is_value(const struct scan_token *token)
{
    return token->kind == TOKEN_KIND_WORD || token->kind == TOKEN_KIND_QUOTED;
}

static bool fail_unknown(struct scan *scan, const struct scan_token *section,
                         const struct scan_token *name)
{
    char advice[SETTING_ADVICE];
    setting_advise(section->text, section->len, name->text, name->len, advice);
    return fail(scan->why, FAILURE_CONFIG, "%s:%d: there is no setting %.*s%s%.*s; %s", scan->name,
                name->line, (int)section->len, section->text, section->len > 0 ? "." : "",
                (int)(name->len < 60 ? name->len : 60), name->text, advice);
}

static bool scan_list(struct scan *scan, const struct scan_token *open)
{
    struct scan_token token;
    for (;;) {
        if (!read_token(scan, &token)) {
            return false;
        }
        if (is_sign(&token, '}')) {
            return true;
        }
        if (!is_value(&token)) {
            return fail_line(scan, open->line,
                             "the list that begins in this line is written { 'a', 'b' }");
        }
        if (!read_token(scan, &token)) {
            return false;
        }
        if (is_sign(&token, '}')) {
            return true;
        }
        if (!is_sign(&token, ',')) {
            return fail_line(scan, token.line, "a comma or } is missing in the list");
        }
    }
}

/* A setting's name has been read, and the sign behind it. */
static bool scan_setting(struct scan *scan, const struct scan_token *section,
                         const struct scan_token *name, const struct scan_token *sign)
{
    size_t i = setting_find(section->text, section->len, name->text, name->len);
    if (i == settings_table_count) {
        return fail_unknown(scan, section, name);
    }
    const struct setting_spec *spec = &settings_table[i];
    if (scan->lines[i] != 0) {
        return fail(scan->why, FAILURE_CONFIG,
                    "%s:%d: %s%s%s is given a second time; the first is in line %d", scan->name,
                    name->line, spec->section, spec->section[0] != '\0' ? "." : "", spec->name,
                    scan->lines[i]);
    }
    scan->lines[i] = name->line;
    struct scan_token value;
    if (!is_sign(sign, '=')) {
        return fail(scan->why, FAILURE_CONFIG, "%s:%d: a = is missing after %s", scan->name,
                    name->line, spec->name);
    }
    if (!read_token(scan, &value)) {
        return false;
    }
    if (is_sign(&value, '{') && setting_is_list(spec)) {
        return scan_list(scan, &value);
    }
    if (!is_value(&value)) {
        return fail(scan->why, FAILURE_CONFIG, "%s:%d: %s has no value; write %s = %s", scan->name,
                    name->line, spec->name, spec->name, spec->sample);
    }
    return true;
}

static bool enter_section(struct scan *scan, const struct scan_token *name)
{
    if (!setting_is_section(name->text, name->len)) {
        return fail(scan->why, FAILURE_CONFIG, "%s:%d: there is no section %.*s", scan->name,
                    name->line, (int)(name->len < 60 ? name->len : 60), name->text);
    }
    size_t first = 0;
    while (strlen(settings_table[first].section) != name->len ||
           memcmp(settings_table[first].section, name->text, name->len) != 0) {
        first++;
    }
    if (scan->sections[first] != 0) {
        return fail(scan->why, FAILURE_CONFIG,
                    "%s:%d: the section %s begins a second time; the first is in line %d",
                    scan->name, name->line, settings_table[first].section, scan->sections[first]);
    }
    scan->sections[first] = name->line;
    return true;
}

static bool scan_section(struct scan *scan, const struct scan_token *section)
{
    struct scan_token name, sign;
    for (;;) {
        if (!read_token(scan, &name)) {
            return false;
        }
        if (is_sign(&name, '}')) {
            return true;
        }
        if (name.kind == TOKEN_KIND_END) {
            return fail(scan->why, FAILURE_CONFIG, "%s:%d: the section %.*s has no } at its end",
                        scan->name, section->line, (int)section->len, section->text);
        }
        if (name.kind != TOKEN_KIND_WORD) {
            return fail_line(scan, name.line, "a setting's name is missing here");
        }
        if (!read_token(scan, &sign) || !scan_setting(scan, section, &name, &sign)) {
            return false;
        }
    }
}

static bool scan_file(struct scan *scan)
{
    static const struct scan_token outside = {.text = "", .len = 0};
    struct scan_token name, sign;
    for (;;) {
        if (!read_token(scan, &name)) {
            return false;
        }
        if (name.kind == TOKEN_KIND_END) {
            return true;
        }
        if (name.kind != TOKEN_KIND_WORD) {
            return fail_line(scan, name.line,
                             is_sign(&name, '}') ? "a } that closes nothing"
                                                 : "a setting's name is missing here");
        }
        if (!read_token(scan, &sign)) {
            return false;
        }
        bool good = is_sign(&sign, '{') ? enter_section(scan, &name) && scan_section(scan, &name)
                                        : scan_setting(scan, &outside, &name, &sign);
        if (!good) {
            return false;
        }
    }
}

bool settings_scan(const char *name, char *text, size_t len, int *lines, int *sections,
                   struct failure *why)
{
    struct scan scan = {.name = name,
                        .at = text,
                        .end = text + len,
                        .line = 1,
                        .lines = lines,
                        .sections = sections,
                        .why = why};
    memset(lines, 0, SETTINGS_MAX * sizeof *lines);
    memset(sections, 0, SETTINGS_MAX * sizeof *sections);
    if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        scan.at += 3;
    }
    return check_bytes(&scan) && scan_file(&scan);
}
