#include "mail/header.h"

#include <assert.h>
#include <string.h>

#include "base/utf8.h"
#include "mail/encoded_word.h"

enum {
    LINE_WANTED = 78,   /* RFC 5322 2.1.1 */
    LINE_LONGEST = 998, /* RFC 5322 2.1.1 */
    FIELD_NAME_LONGEST = 40,
};

/* How a phrase is written (RFC 5322 3.2.5). */
enum phrase_form { PHRASE_ATOMS, PHRASE_QUOTED, PHRASE_ENCODED };

/* A field being written; `column` is the length of the current line. */
struct header_writer {
    struct buf *out;
    size_t column;
};

static bool is_letter_or_digit(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

static void field_put(struct header_writer *field, const char *bytes, size_t len)
{
    buf_add(field->out, bytes, len);
    field->column += len;
}

static struct header_writer field_begin(struct buf *out, const char *name)
{
    assert(name[0] != '\0' && strlen(name) <= FIELD_NAME_LONGEST);
    for (const char *c = name; *c != '\0'; c++) {
        assert(is_letter_or_digit(*c) || *c == '-');
    }
    struct header_writer field = {.out = out};
    field_put(&field, name, strlen(name));
    field_put(&field, ":", 1);
    return field;
}

/* Ends the line; the continuation begins with white space. */
static void field_fold(struct header_writer *field)
{
    buf_add(field->out, "\r\n", 2);
    field->column = 0;
}

static void put_encoded(struct header_writer *field, const char *text, size_t len,
                        enum encoded_word_place place)
{
    field->column = encoded_word_add(field->out, field->column, text, len, place);
}

static bool refuse_character(const char *name, uint32_t point, size_t at, struct failure *why)
{
    if (point == '\r' || point == '\n') {
        return fail(why, FAILURE_DATA,
                    "%s: a line break at byte %zu: a header field is one line; take it out", name,
                    at + 1);
    }
    return fail(why, FAILURE_DATA,
                "%s: the control character U+%04X at byte %zu cannot stand in a header; take it "
                "out",
                name, (unsigned)point, at + 1);
}

/* Text that anybody may have typed must be UTF-8 without control characters. */
static bool check_text(const char *name, const char *value, size_t len, struct failure *why)
{
    size_t bad_at = 0;
    for (size_t at = 0; at < len; at++) {
        unsigned char byte = (unsigned char)value[at];
        if (byte < 0x20 || byte == 0x7F) {
            return refuse_character(name, byte, at, why);
        }
        unsigned char next = (unsigned char)value[at + 1];
        if (byte == 0xC2 && next >= 0x80 && next < 0xA0) { /* U+0080 to U+009F */
            return refuse_character(name, next, at, why);
        }
    }
    if (!utf8_valid(value, len, &bad_at)) {
        return fail(why, FAILURE_DATA, "%s: byte %zu is not UTF-8", name, bad_at + 1);
    }
    return true;
}

/* Whether the text is ASCII and nothing in it looks like an encoded-word. */
static bool is_plain(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] >= 0x80 || (text[i] == '=' && text[i + 1] == '?')) {
            return false;
        }
    }
    return true;
}

/* Readers drop white space at the ends of a field. */
static bool has_space_around(const char *text, size_t len)
{
    return len > 0 && (text[0] == ' ' || text[len - 1] == ' ');
}

/* Bytes from `at` to the end of the next word, with the spaces before it. */
static size_t next_word(const char *text, size_t at, size_t len)
{
    size_t end = at;
    while (end < len && text[end] == ' ') {
        end++;
    }
    while (end < len && text[end] != ' ') {
        end++;
    }
    return end - at;
}

/* Writes words; the spaces before a word that would cross the wanted column start a new line. */
static void put_folded(struct header_writer *field, const char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        size_t word = next_word(text, at, len);
        if (text[at] == ' ' && field->column + word > LINE_WANTED) {
            field_fold(field);
        }
        field_put(field, text + at, word);
        at += word;
    }
}

/* Whether put_folded() keeps every line within LINE_WANTED, from the column `first` on. */
static bool words_fit(const char *text, size_t len, size_t first)
{
    for (size_t at = 0; at < len;) {
        size_t word = next_word(text, at, len);
        if (word + (at == 0 ? first : 0) > LINE_WANTED) {
            return false;
        }
        at += word;
    }
    return true;
}

bool header_add_text(struct buf *out, const char *name, const char *value, struct failure *why)
{
    size_t len = strlen(value);
    if (!check_text(name, value, len, why)) {
        return false;
    }
    struct header_writer field = field_begin(out, name);
    if (len > 0 && is_plain(value, len) && !has_space_around(value, len) &&
        words_fit(value, len, field.column + 1)) {
        field_put(&field, " ", 1);
        put_folded(&field, value, len);
    } else {
        put_encoded(&field, value, len, ENCODED_WORD_IN_TEXT);
    }
    field_fold(&field);
    return true;
}

static bool is_atom_text(char c)
{
    return is_letter_or_digit(c) || is_one_of(c, "!#$%&'*+-/=?^_`{|}~");
}

/* Whether the text is words of atom characters with one space between them. */
static bool is_atoms(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!is_atom_text(text[i]) && (text[i] != ' ' || text[i + 1] == ' ')) {
            return false;
        }
    }
    return true;
}

/* The columns of a word inside a quoted-string. */
static size_t quoted_columns(const char *text, size_t len)
{
    size_t columns = len;
    for (size_t i = 0; i < len; i++) {
        columns += is_one_of(text[i], "\"\\") ? 1 : 0;
    }
    return columns;
}

/* Whether put_quoted() keeps within LINE_WANTED; both quotation marks are counted for each word. */
static bool quoted_fits(const char *text, size_t len, size_t first)
{
    for (size_t at = 0; at < len;) {
        size_t word = next_word(text, at, len);
        if (quoted_columns(text + at, word) + 2 + (at == 0 ? first : 0) > LINE_WANTED) {
            return false;
        }
        at += word;
    }
    return true;
}

static void put_quoted(struct header_writer *field, const char *text, size_t len)
{
    field_put(field, "\"", 1);
    for (size_t at = 0; at < len;) {
        size_t word = next_word(text, at, len);
        if (text[at] == ' ' && field->column + quoted_columns(text + at, word) + 1 > LINE_WANTED) {
            field_fold(field);
        }
        for (size_t end = at + word; at < end; at++) {
            if (is_one_of(text[at], "\"\\")) {
                field_put(field, "\\", 1);
            }
            field_put(field, text + at, 1);
        }
    }
    field_put(field, "\"", 1);
}

static enum phrase_form phrase_form_of(const char *text, size_t len, size_t column)
{
    if (!is_plain(text, len)) {
        return PHRASE_ENCODED;
    }
    if (is_atoms(text, len) && !has_space_around(text, len) && words_fit(text, len, column)) {
        return PHRASE_ATOMS;
    }
    return quoted_fits(text, len, column) ? PHRASE_QUOTED : PHRASE_ENCODED;
}

/* Writes the phrase after a space; returns the limit that its last line keeps. */
static size_t put_phrase(struct header_writer *field, const char *text, size_t len)
{
    enum phrase_form form = phrase_form_of(text, len, field->column + 1);
    if (form == PHRASE_ENCODED) {
        put_encoded(field, text, len, ENCODED_WORD_IN_PHRASE);
        return ENCODED_WORD_LINE;
    }
    field_put(field, " ", 1);
    if (form == PHRASE_QUOTED) {
        put_quoted(field, text, len);
    } else {
        put_folded(field, text, len);
    }
    return LINE_WANTED;
}

/* An address or a list's id must have no white space and no delimiter in it. */
static bool check_address(const char *name, const char *address, struct failure *why)
{
    size_t len = strlen(address);
    if (!check_text(name, address, len, why)) {
        return false;
    }
    size_t good = strcspn(address, " <>()[]\\,;:\"");
    if (len == 0 || good < len) {
        return fail(why, FAILURE_DATA, "%s: \"%s\" is not an address", name, address);
    }
    if (len > LINE_LONGEST - 3) {
        return fail(why, FAILURE_DATA, "%s: the address is longer than a line may be", name);
    }
    return true;
}

static void put_angle(struct header_writer *field, const char *address, size_t limit)
{
    size_t len = strlen(address);
    if (field->column + len + 3 > limit) {
        field_fold(field);
    }
    field_put(field, " <", 2);
    field_put(field, address, len);
    field_put(field, ">", 1);
}

bool header_add_mailbox(struct buf *out, const char *name, const char *display, const char *address,
                        struct failure *why)
{
    size_t len = strlen(display);
    if (!check_text(name, display, len, why) || !check_address(name, address, why)) {
        return false;
    }
    struct header_writer field = field_begin(out, name);
    if (len == 0) {
        field_put(&field, " ", 1);
        field_put(&field, address, strlen(address));
    } else {
        put_angle(&field, address, put_phrase(&field, display, len));
    }
    field_fold(&field);
    return true;
}

bool header_add_list_id(struct buf *out, const char *display, const char *id, struct failure *why)
{
    size_t len = strlen(display);
    if (!check_text("List-Id", display, len, why) || !check_address("List-Id", id, why)) {
        return false;
    }
    struct header_writer field = field_begin(out, "List-Id");
    size_t limit = len > 0 ? put_phrase(&field, display, len) : LINE_LONGEST;
    put_angle(&field, id, limit);
    field_fold(&field);
    return true;
}

static bool check_plain(const char *name, const char *value, size_t len, struct failure *why)
{
    if (!check_text(name, value, len, why)) {
        return false;
    }
    if (len == 0 || has_space_around(value, len)) {
        return fail(why, FAILURE_DATA, "%s: \"%s\" is empty or has a space at its end", name,
                    value);
    }
    for (size_t at = 0; at < len; at++) {
        if ((unsigned char)value[at] >= 0x80) {
            return fail(why, FAILURE_DATA, "%s: byte %zu of \"%s\" is not ASCII", name, at + 1,
                        value);
        }
    }
    return true;
}

bool header_add_plain(struct buf *out, const char *name, const char *value, struct failure *why)
{
    size_t len = strlen(value);
    if (!check_plain(name, value, len, why)) {
        return false;
    }
    for (size_t at = 0; at < len;) {
        size_t word = next_word(value, at, len);
        if (word + (at == 0 ? strlen(name) + 2 : 0) > LINE_LONGEST) {
            return fail(why, FAILURE_DATA, "%s: %zu characters without a space: a line has %d",
                        name, word, LINE_LONGEST);
        }
        at += word;
    }
    struct header_writer field = field_begin(out, name);
    field_put(&field, " ", 1);
    put_folded(&field, value, len);
    field_fold(&field);
    return true;
}
