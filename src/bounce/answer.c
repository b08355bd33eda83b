#include "bounce/answer.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

/*
 * "VB2", then, numbers little-endian, a byte each where not said otherwise:
 *
 *   the report             class, reason, detector, automatic; code (2); status (1, 2, 2); number
 *                          of recipients, of tokens, of authentication results; length of text (2)
 *   each recipient         class, reason; code; status; length of address; the address
 *   each token             place; its 40 bytes
 *   each server's results  lengths of its name and of its sources (2); both
 *   the text
 */
static const char magic[3] = {'V', 'B', '2'};

static void put(struct buf *out, size_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        buf_add_char(out, (char)(number >> (8 * i) & 0xff));
    }
}

static void put_status(struct buf *out, const struct bounce_status *status)
{
    put(out, (size_t)status->class, 1);
    put(out, (size_t)status->subject, 2);
    put(out, (size_t)status->detail, 2);
}

static void put_recipient(struct buf *out, const struct bounce_recipient *recipient)
{
    size_t len = strlen(recipient->address);
    put(out, recipient->class, 1);
    put(out, recipient->reason, 1);
    put(out, (size_t)recipient->code, 2);
    put_status(out, &recipient->status);
    put(out, len, 1);
    buf_add(out, recipient->address, len);
}

static void put_auth_result(struct buf *out, const struct bounce_auth_result *result)
{
    size_t server = strlen(result->server), sources = strlen(result->sources);
    put(out, server, 1);
    put(out, sources, 2);
    buf_add(out, result->server, server);
    buf_add(out, result->sources, sources);
}

void answer_write(const struct bounce_report *report, struct buf *out)
{
    buf_add(out, magic, sizeof magic);
    put(out, report->class, 1);
    put(out, report->reason, 1);
    put(out, report->detector, 1);
    put(out, report->automatic, 1);
    put(out, (size_t)report->code, 2);
    put_status(out, &report->status);
    put(out, report->recipient_count, 1);
    put(out, report->token_count, 1);
    put(out, report->auth_result_count, 1);
    size_t len = strlen(report->text);
    put(out, len, 2);
    for (size_t i = 0; i < report->recipient_count; i++) {
        put_recipient(out, &report->recipients[i]);
    }
    for (size_t i = 0; i < report->token_count; i++) {
        put(out, report->tokens[i].place, 1);
        buf_add(out, report->tokens[i].text, BOUNCE_TOKEN_LEN);
    }
    for (size_t i = 0; i < report->auth_result_count; i++) {
        put_auth_result(out, &report->auth_results[i]);
    }
    buf_add(out, report->text, len);
}

/* Reads from the front; after the first thing that is missing everything fails. */
struct reader {
    const unsigned char *at;
    size_t left;
    bool bad;
};

static size_t take(struct reader *reader, size_t bytes, size_t most)
{
    size_t number = 0;
    if (reader->bad || reader->left < bytes) {
        reader->bad = true;
        return 0;
    }
    for (size_t i = 0; i < bytes; i++) {
        number |= (size_t)reader->at[i] << (8 * i);
    }
    reader->at += bytes;
    reader->left -= bytes;
    if (number > most) {
        reader->bad = true;
        return 0;
    }
    return number;
}

/* UTF-8 without control characters, terminated. */
static void take_text(struct reader *reader, char *out, size_t len)
{
    if (reader->bad || reader->left < len || !utf8_valid((const char *)reader->at, len, NULL)) {
        reader->bad = true;
        return;
    }
    for (size_t i = 0; i < len; i++) {
        bool c1 = reader->at[i] == 0xc2 && i + 1 < len && reader->at[i + 1] < 0xa0;
        if (reader->at[i] < ' ' || reader->at[i] == 0x7f || c1) {
            reader->bad = true;
            return;
        }
    }
    memcpy(out, reader->at, len);
    out[len] = '\0';
    reader->at += len;
    reader->left -= len;
}

static int take_code(struct reader *reader)
{
    size_t code = take(reader, 2, 599);
    reader->bad = reader->bad || (code != 0 && code < 400);
    return (int)code;
}

static struct bounce_status take_status(struct reader *reader)
{
    size_t class = take(reader, 1, 5);
    reader->bad = reader->bad || class == 1 || class == 3;
    size_t subject = take(reader, 2, 999);
    size_t detail = take(reader, 2, 999);
    return (struct bounce_status){(int)class, (int)subject, (int)detail};
}

static void take_recipient(struct reader *reader, struct bounce_recipient *recipient)
{
    recipient->class = (enum bounce_class)take(reader, 1, BOUNCE_CLASSES - 1);
    recipient->reason = (enum bounce_reason)take(reader, 1, REASON_COUNT - 1);
    recipient->code = take_code(reader);
    recipient->status = take_status(reader);
    take_text(reader, recipient->address, take(reader, 1, BOUNCE_ADDRESS - 1));
    const char *sign = strchr(recipient->address, '@');
    bool address = sign != NULL && sign != recipient->address && sign[1] != '\0' &&
                   strchr(sign + 1, '@') == NULL && strpbrk(recipient->address, " <>") == NULL;
    reader->bad = reader->bad || !address;
}

static void take_token(struct reader *reader, struct bounce_token *token)
{
    token->place = (enum bounce_place)take(reader, 1, PLACE_COUNT - 1);
    take_text(reader, token->text, BOUNCE_TOKEN_LEN);
    size_t letters = strspn(token->text, "abcdefghijklmnopqrstuvwxyz234567");
    reader->bad = reader->bad || letters != BOUNCE_TOKEN_LEN;
}

static void take_auth_result(struct reader *reader, struct bounce_auth_result *result)
{
    size_t server = take(reader, 1, BOUNCE_SERVER - 1), sources = take(reader, 2, BOUNCE_TEXT - 1);
    take_text(reader, result->server, server);
    take_text(reader, result->sources, sources);
    reader->bad = reader->bad || result->server[0] == '\0';
}

bool answer_read(const char *bytes, size_t len, struct bounce_report *report)
{
    struct reader reader = {(const unsigned char *)bytes, len, false};
    *report = (struct bounce_report){0};
    char head[sizeof magic + 1] = "";
    take_text(&reader, head, sizeof magic);
    reader.bad = reader.bad || memcmp(head, magic, sizeof magic) != 0;
    report->class = (enum bounce_class)take(&reader, 1, BOUNCE_CLASSES - 1);
    report->reason = (enum bounce_reason)take(&reader, 1, REASON_COUNT - 1);
    report->detector = (enum bounce_detector)take(&reader, 1, DETECTOR_COUNT - 1);
    report->automatic = take(&reader, 1, 1) == 1;
    report->code = take_code(&reader);
    report->status = take_status(&reader);
    report->recipient_count = take(&reader, 1, BOUNCE_PEOPLE);
    report->token_count = take(&reader, 1, BOUNCE_TOKENS);
    report->auth_result_count = take(&reader, 1, BOUNCE_AUTH_RESULTS);
    size_t text = take(&reader, 2, BOUNCE_TEXT - 1);
    for (size_t i = 0; i < report->recipient_count; i++) {
        take_recipient(&reader, &report->recipients[i]);
    }
    for (size_t i = 0; i < report->token_count; i++) {
        take_token(&reader, &report->tokens[i]);
    }
    for (size_t i = 0; i < report->auth_result_count; i++) {
        take_auth_result(&reader, &report->auth_results[i]);
    }
    take_text(&reader, report->text, text);
    if (reader.bad || reader.left != 0) {
        *report = (struct bounce_report){0};
        return false;
    }
    return true;
}
