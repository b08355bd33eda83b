#include "smtp/content_check.h"

#include <string.h>

bool content_check_address(const char *address)
{
    for (const char *c = address; *c != '\0'; c++) {
        unsigned char byte = (unsigned char)*c;
        if (byte < 0x21 || byte == 0x7F || byte == '<' || byte == '>') {
            return false;
        }
    }
    return address[0] != '\0' && strlen(address) <= CONTENT_CHECK_ADDRESS_MAX;
}

/* No branches, as in no_pair(): every message passes through here. */
static bool is_ascii(const char *bytes, size_t len)
{
    unsigned char all = 0;
    for (size_t i = 0; i < len; i++) {
        all |= (unsigned char)bytes[i];
    }
    return all < 0x80;
}

/* Looks at the header only: bodies are encoded. */
static bool sender_needs_utf8(const struct smtp_message *message)
{
    const struct buf *bytes = &message->bytes;
    const char *end = memmem(bytes->data, bytes->len, "\r\n\r\n", 4);
    size_t header = end != NULL ? (size_t)(end - bytes->data) : bytes->len;
    return !is_ascii(message->envelope_sender, strlen(message->envelope_sender)) ||
           !is_ascii(bytes->data, header);
}

bool content_check_address_needs_utf8(const char *address)
{
    return !is_ascii(address, strlen(address));
}

bool content_check_needs_utf8(const char *address, const struct smtp_message *message)
{
    return content_check_address_needs_utf8(address) || sender_needs_utf8(message);
}

/* 1 unless this is the second byte of a forbidden pair. Arithmetic instead of branches, so that the
 * compiler can check many bytes at once: every byte that is sent passes through here. */
static unsigned char no_pair(unsigned char before, unsigned char byte)
{
    unsigned char line_end = (byte == '\n') != (before == '\r');
    unsigned char dot = (byte == '.') & (before == '\n');
    unsigned char zero = byte == '\0';
    return line_end | dot | zero;
}

/* Checks all pairs and the end of the text. The first byte counts as the start of a line. */
static bool text_is_good(const unsigned char *bytes, size_t len)
{
    enum { BLOCK = 256 }; /* a constant block length lets the compiler vectorise the loop */
    unsigned char bad =
        len == 0 || bytes[len - 1] != '\n' || bytes[0] == '\n' || no_pair('\n', bytes[0]);
    size_t at = 1;
    for (; at + BLOCK <= len && !bad; at += BLOCK) {
        for (size_t i = 0; i < BLOCK; i++) {
            bad |= no_pair(bytes[at + i - 1], bytes[at + i]);
        }
    }
    for (; at < len; at++) {
        bad |= no_pair(bytes[at - 1], bytes[at]);
    }
    return !bad;
}

/* The first fault of the line that starts at `at` and whose LF is at `end`; -1 if none. */
static long line_fault(const char *bytes, size_t at, size_t end)
{
    if (bytes[at] == '.') {
        return (long)at;
    }
    if (end == at || bytes[end - 1] != '\r') {
        return (long)end;
    }
    const char *cr = memchr(bytes + at, '\r', end - 1 - at);
    return cr != NULL ? cr - bytes : -1;
}

/* The position of the first fault in a text that has failed text_is_good(). */
static long find_fault(const char *bytes, size_t len)
{
    const char *zero = memchr(bytes, '\0', len);
    if (zero != NULL) {
        return zero - bytes;
    }
    for (size_t at = 0; at < len;) {
        const char *lf = memchr(bytes + at, '\n', len - at);
        if (lf == NULL) {
            return (long)len;
        }
        long fault = line_fault(bytes, at, (size_t)(lf - bytes));
        if (fault >= 0) {
            return fault;
        }
        at = (size_t)(lf - bytes) + 1;
    }
    return (long)len;
}

long content_check_text(const char *bytes, size_t len)
{
    return text_is_good((const unsigned char *)bytes, len) ? -1 : find_fault(bytes, len);
}

static bool check_message(const struct smtp_message *message, struct failure *why)
{
    if (!content_check_address(message->envelope_sender)) {
        return fail(why, FAILURE_INTERNAL, "the envelope sender is no address");
    }
    long fault = content_check_text(message->bytes.data, message->bytes.len);
    if (fault >= 0) {
        return fail(why, FAILURE_INTERNAL,
                    "byte %ld of the message breaks its lines (CRLF, no leading dot)", fault);
    }
    return true;
}

bool content_check_message(const char *address, const struct smtp_message *message,
                           const struct relay_offer *offer, enum content_check_answer *answer,
                           const char **reason, struct failure *why)
{
    *answer = CONTENT_CHECK_OPEN;
    *reason = "";
    if (!content_check_address(address)) {
        /* First, because the message contains the address too. */
        *answer = CONTENT_CHECK_RECIPIENT;
        *reason = "the address holds a byte that no address may hold";
        return true;
    }
    if (!check_message(message, why)) {
        return false;
    }
    if (offer != NULL && !offer->smtputf8 && content_check_address_needs_utf8(address)) {
        *answer = CONTENT_CHECK_RECIPIENT;
        *reason = "the address needs SMTPUTF8, which the relay does not offer";
    } else if (offer != NULL && !offer->smtputf8 && sender_needs_utf8(message)) {
        *answer = CONTENT_CHECK_SENDER;
        *reason =
            "our own address (mail.from or mail.reply_to) is not ASCII before its @ and needs "
            "SMTPUTF8, which the relay does not offer";
    } else if (offer != NULL && offer->size_max > 0 &&
               (int64_t)message->bytes.len > offer->size_max) {
        *answer = CONTENT_CHECK_SENDER;
        *reason = "the message is larger than the relay takes (SIZE)";
    }
    return true;
}
