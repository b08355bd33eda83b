#include "mail/message.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "mail/address.h"
#include "mail/header.h"
#include "mail/quoted_printable.h"

enum { VALUE_MAX = 2048 };

void message_boundary(const char *seed, char out[MESSAGE_BOUNDARY])
{
    char hex[HASH_HEX];
    hash_sha256_hex(seed, strlen(seed), hex);
    snprintf(out, MESSAGE_BOUNDARY, "=_%.32s", hex);
}

/* The characters of RFC 2046 5.1.1 except the space; "=_" cannot occur in quoted-printable. */
static bool boundary_good(const char *boundary)
{
    size_t len = strlen(boundary);
    return len > 0 && len < MESSAGE_BOUNDARY && strstr(boundary, "=_") != NULL &&
           strspn(boundary, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                            "'()+_,-./:=?") == len;
}

static void add_text(struct residual *body, const char *text)
{
    residual_add_literal(body, text, strlen(text));
}

static void add_part(struct residual *body, const char *boundary, const char *type,
                     const struct residual *part)
{
    add_text(body, "--");
    add_text(body, boundary);
    add_text(body, "\r\nContent-Type: ");
    add_text(body, type);
    add_text(body, "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
    quoted_printable_residual(part, body);
    /* This line end belongs to the boundary that follows (RFC 2046 5.1.1); the part keeps its
     * own. */
    add_text(body, "\r\n");
}

bool message_body(const struct residual *text, const struct residual *html, const char *boundary,
                  struct residual *body, struct failure *why)
{
    assert(residual_ok(text));
    if (html == NULL) {
        quoted_printable_residual(text, body);
    } else {
        assert(residual_ok(html) && boundary_good(boundary));
        add_part(body, boundary, "text/plain", text);
        add_part(body, boundary, "text/html", html);
        add_text(body, "--");
        add_text(body, boundary);
        add_text(body, "--\r\n");
    }
    if (!residual_ok(body)) {
        return fail(why, FAILURE_DATA, "the message is too large: %d MB is the limit",
                    RESIDUAL_TEXT_MAX / (1024 * 1024));
    }
    return true;
}

/* The value of a field being composed. On the stack, so that a reader's copy allocates nothing. */
struct value_text {
    char text[VALUE_MAX];
    size_t len;
    bool overflow;
};

static void value_add(struct value_text *value, const char *text)
{
    size_t len = strlen(text);
    if (len >= sizeof value->text - value->len) {
        value->overflow = true;
        return;
    }
    memcpy(value->text + value->len, text, len + 1);
    value->len += len;
}

static bool value_write(struct buf *out, const char *name, const struct value_text *value,
                        struct failure *why)
{
    if (value->overflow) {
        return fail(why, FAILURE_DATA, "%s: longer than %d characters", name, VALUE_MAX - 1);
    }
    return header_add_plain(out, name, value->text, why);
}

/* The characters of an address that need no escape in a mailto URI (RFC 6068 2). */
static bool stands_in_mailto(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-._~!$'*+@", c) != NULL);
}

static void value_add_mailto(struct value_text *value, const char *address)
{
    static const char digits[] = "0123456789ABCDEF";
    value_add(value, "<mailto:");
    for (const char *c = address; *c != '\0'; c++) {
        unsigned char byte = (unsigned char)*c;
        char escaped[4] = {'%', digits[byte >> 4], digits[byte & 15], '\0'};
        value_add(value, stands_in_mailto(*c) ? (char[]){*c, '\0'} : escaped);
    }
    value_add(value, "?subject=unsubscribe>");
}

static bool check_uri(const char *name, const char *uri, struct failure *why)
{
    for (const char *c = uri; *c != '\0'; c++) {
        if (*c <= ' ' || *c > '~' || strchr("<>\"", *c) != NULL) {
            return fail(why, FAILURE_DATA,
                        "%s: byte %zu (0x%02X) cannot stand in what is between "
                        "angle brackets",
                        name, (size_t)(c - uri) + 1, (unsigned char)*c);
        }
    }
    return true;
}

/* List-Unsubscribe (RFC 2369), and List-Unsubscribe-Post (RFC 8058) where the URL is https. */
static bool add_list_unsubscribe(const struct message_header *header, struct buf *out,
                                 struct failure *why)
{
    const char *url = header->list_unsubscribe_url;
    const char *mailto = header->list_unsubscribe_mailto;
    if (url == NULL && mailto == NULL) {
        return true;
    }
    struct value_text value = {.len = 0};
    if (url != NULL) {
        if (!check_uri("List-Unsubscribe", url, why)) {
            return false;
        }
        value_add(&value, "<");
        value_add(&value, url);
        value_add(&value, mailto != NULL ? ">, " : ">");
    }
    if (mailto != NULL) {
        value_add_mailto(&value, mailto);
    }
    if (!value_write(out, "List-Unsubscribe", &value, why)) {
        return false;
    }
    return url == NULL || strncmp(url, "https://", 8) != 0 ||
           header_add_plain(out, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click", why);
}

/* A field whose whole value is in angle brackets; NULL leaves it out. */
static bool add_bracketed(struct buf *out, const char *name, const char *text, struct failure *why)
{
    struct value_text value = {.len = 0};
    if (text == NULL) {
        return true;
    }
    if (!check_uri(name, text, why)) {
        return false;
    }
    value_add(&value, "<");
    value_add(&value, text);
    value_add(&value, ">");
    return value_write(out, name, &value, why);
}

static bool add_mailbox(struct buf *out, const char *name, const char *display, const char *address,
                        struct failure *why)
{
    return address == NULL ||
           header_add_mailbox(out, name, display != NULL ? display : "", address, why);
}

/* "Name <address>" or an address: the setting may be either. */
static bool add_reply_to(struct buf *out, const char *mailbox, struct failure *why)
{
    char name[256];
    struct address address;
    if (mailbox == NULL || strchr(mailbox, '<') == NULL) {
        return add_mailbox(out, "Reply-To", NULL, mailbox, why);
    }
    return (address_parse_mailbox(mailbox, name, &address, why) || fail_context(why, "Reply-To")) &&
           add_mailbox(out, "Reply-To", name, address.normal, why);
}

static bool add_who(const struct message_header *header, struct buf *out, struct failure *why)
{
    char date[CLOCK_TEXT];
    clock_format_mail(header->date, date);
    return header_add_plain(out, "Date", date, why) &&
           add_mailbox(out, "From", header->from_name, header->from_address, why) &&
           add_reply_to(out, header->reply_to, why) &&
           add_mailbox(out, "To", header->to_name, header->to_address, why) &&
           (header->subject == NULL || header_add_text(out, "Subject", header->subject, why)) &&
           add_bracketed(out, "Message-ID", header->message_id, why);
}

static bool add_list(const struct message_header *header, struct buf *out, struct failure *why)
{
    const char *name = header->list_name != NULL ? header->list_name : "";
    return (header->list_id == NULL || header_add_list_id(out, name, header->list_id, why)) &&
           add_list_unsubscribe(header, out, why) &&
           add_bracketed(out, "List-Archive", header->list_archive_url, why) &&
           add_bracketed(out, "Archived-At", header->archived_at_url, why) &&
           (header->feedback_id == NULL ||
            header_add_plain(out, "Feedback-ID", header->feedback_id, why)) &&
           (!header->bulk || header_add_plain(out, "Precedence", "bulk", why)) &&
           (!header->auto_generated ||
            header_add_plain(out, "Auto-Submitted", "auto-generated", why));
}

static bool add_mime(const struct message_header *header, struct buf *out, struct failure *why)
{
    if (!header_add_plain(out, "MIME-Version", "1.0", why) ||
        (header->content_language != NULL &&
         !header_add_plain(out, "Content-Language", header->content_language, why))) {
        return false;
    }
    if (header->boundary == NULL) {
        return header_add_plain(out, "Content-Type", "text/plain; charset=utf-8", why) &&
               header_add_plain(out, "Content-Transfer-Encoding", "quoted-printable", why);
    }
    assert(boundary_good(header->boundary));
    struct value_text value = {.len = 0};
    value_add(&value, "multipart/alternative; boundary=\"");
    value_add(&value, header->boundary);
    value_add(&value, "\"");
    return value_write(out, "Content-Type", &value, why);
}

bool message_write(const struct message_header *header, const struct residual *body,
                   const struct reader_values *reader, struct buf *out, struct failure *why)
{
    size_t start = out->len;
    if (!add_who(header, out, why) || !add_list(header, out, why) || !add_mime(header, out, why)) {
        buf_truncate(out, start);
        return false;
    }
    buf_add(out, "\r\n", 2);
    residual_run(body, reader, quoted_printable_add, out);
    if (!buf_ok(out)) {
        return fail(why, FAILURE_DATA, "the message is larger than %zu bytes", out->limit);
    }
    /* Our own line end must be the last bytes before the final dot. */
    assert(memcmp(out->data + out->len - 2, "\r\n", 2) == 0);
    return true;
}
