#include "base/token.h"

#include <assert.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/stat.h>

#include "base/random.h"
#include "base/secret.h"

enum { TOKEN_HEAD = 10, TOKEN_MAC = 15, TOKEN_BYTES = TOKEN_HEAD + TOKEN_MAC };
enum { TOKEN_FILE_MAX = 64 * 1024 };

static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

static void add_fresh_key(struct buf *text, const char *label)
{
    unsigned char key[HASH_SIZE];
    char hex[HASH_HEX];
    random_bytes(key, sizeof key);
    hash_to_hex(key, sizeof key, hex);
    buf_addf(text, "%s %s\n", label, hex);
    OPENSSL_cleanse(key, sizeof key);
    OPENSSL_cleanse(hex, sizeof hex);
}

void token_keys_make(struct buf *text)
{
    buf_add_text(text,
                 "# Keys of the newsletter's links. Who has this file can sign links in anybody's\n"
                 "# name: keep it at mode 0600, and keep a copy where the backups are not.\n"
                 "#\n"
                 "# A new key is a new line at the end with the next number and 64 random hex\n"
                 "# digits; old lines stay, or links in mails already sent stop working. The\n"
                 "# suppression key never changes, or people who left for good are forgotten.\n");
    add_fresh_key(text, "suppression");
    add_fresh_key(text, "1");
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool read_hex(const char *text, size_t len, unsigned char key[HASH_SIZE])
{
    if (len != 2 * HASH_SIZE) {
        return false;
    }
    for (size_t i = 0; i < HASH_SIZE; i++) {
        int high = hex_digit(text[2 * i]);
        int low = hex_digit(text[2 * i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        key[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

/* 1 to 255 without a leading zero, so that each number has one spelling; 0 if it is none. */
static int read_number(const char *text, size_t len)
{
    int number = 0;
    if (len == 0 || len > 3 || text[0] == '0') {
        return 0;
    }
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return 0;
        }
        number = number * 10 + text[i] - '0';
    }
    return number <= 255 ? number : 0;
}

static const unsigned char *find_key(const struct token_keys *keys, int number)
{
    const unsigned char *found = NULL;
    for (size_t i = 0; i < keys->count; i++) {
        if (keys->keys[i].number == number) {
            found = keys->keys[i].key;
        }
    }
    return found;
}

/* A failure never quotes the line, which may contain most of a key. */
static bool read_line(const char *line, size_t len, struct token_keys *keys, bool *suppression,
                      struct failure *why)
{
    size_t word = 0;
    while (word < len && line[word] != ' ' && line[word] != '\t') {
        word++;
    }
    size_t hex = word;
    while (hex < len && (line[hex] == ' ' || line[hex] == '\t')) {
        hex++;
    }
    bool is_suppression = word == 11 && memcmp(line, "suppression", 11) == 0;
    int number = read_number(line, word);
    if (!is_suppression && number == 0) {
        return fail(why, FAILURE_CONFIG,
                    "a line is \"NUMBER HEX\" with a number from 1 to 255, or \"suppression HEX\"");
    }
    unsigned char key[HASH_SIZE];
    if (!read_hex(line + hex, len - hex, key)) {
        return fail(why, FAILURE_CONFIG, "the key is not 64 hex digits");
    }
    if (is_suppression ? *suppression : find_key(keys, number) != NULL) {
        return fail(why, FAILURE_CONFIG, "the key %.*s is given here a second time", (int)word,
                    line);
    }
    if (is_suppression) {
        *suppression = true;
        memcpy(keys->suppression, key, sizeof key);
    } else if (keys->count == TOKEN_KEYS_MAX) {
        return fail(why, FAILURE_CONFIG, "more than %d keys", TOKEN_KEYS_MAX);
    } else {
        keys->keys[keys->count].number = (uint8_t)number;
        memcpy(keys->keys[keys->count++].key, key, sizeof key);
    }
    OPENSSL_cleanse(key, sizeof key);
    return true;
}

static bool read_lines(const char *name, const struct buf *text, struct token_keys *keys,
                       struct failure *why)
{
    bool suppression = false;
    int number = 0;
    for (size_t at = 0; at < text->len; number++) {
        const char *line = text->data + at;
        const char *end = memchr(line, '\n', text->len - at);
        size_t len = end != NULL ? (size_t)(end - line) : text->len - at;
        at += len + 1;
        while (len > 0 && strchr(" \t\r", line[len - 1]) != NULL && line[len - 1] != '\0') {
            len--;
        }
        if (len > 0 && line[0] != '#' && !read_line(line, len, keys, &suppression, why)) {
            return fail_context(why, "%s:%d", name, number + 1);
        }
    }
    if (keys->count == 0 || !suppression) {
        return fail(why, FAILURE_CONFIG,
                    "%s: %s; `verdicts init` in an empty folder writes a whole file", name,
                    keys->count == 0 ? "no numbered key in it" : "no line \"suppression HEX\"");
    }
    return true;
}

/* If the file is missing, the message says what each remedy costs. */
static bool read_file(const char *path, struct buf *text, struct failure *why)
{
    struct stat st;
    if (secret_credential(path) == NULL && stat(path, &st) != 0 && errno == ENOENT) {
        return fail(why, FAILURE_NO_INPUT,
                    "%s is not there; put back the copy of it. If there is none: `verdicts init` "
                    "in an empty folder makes a new verdicts.key to put here; then the links in "
                    "all mails sent so far stop working, and erased addresses are no longer known",
                    path);
    }
    return secret_read(path, TOKEN_FILE_MAX, text, why);
}

bool token_keys_read(const char *path, struct token_keys *keys, struct failure *why)
{
    struct buf text;
    buf_init(&text, TOKEN_FILE_MAX);
    memset(keys, 0, sizeof *keys);
    bool good = read_file(path, &text, why) && read_lines(path, &text, keys, why);
    if (!good) {
        OPENSSL_cleanse(keys, sizeof *keys);
        fail_context(why, "secret_file");
    }
    secret_wipe(&text);
    return good;
}

static void make_mac(const unsigned char key[HASH_SIZE], enum token_purpose purpose,
                     const unsigned char head[TOKEN_HEAD], unsigned char mac[HASH_SIZE])
{
    unsigned char signed_bytes[1 + TOKEN_HEAD];
    signed_bytes[0] = (unsigned char)purpose;
    memcpy(signed_bytes + 1, head, TOKEN_HEAD);
    hash_hmac(key, HASH_SIZE, signed_bytes, sizeof signed_bytes, mac);
}

static void encode(const unsigned char bytes[TOKEN_BYTES], char out[TOKEN_TEXT])
{
    for (size_t group = 0; group < TOKEN_BYTES / 5; group++) {
        uint64_t bits = 0;
        for (size_t i = 0; i < 5; i++) {
            bits = bits << 8 | bytes[group * 5 + i];
        }
        for (size_t i = 0; i < 8; i++) {
            out[group * 8 + i] = alphabet[bits >> (35 - 5 * i) & 31];
        }
    }
    out[TOKEN_LEN] = '\0';
}

static int base32_digit(char c)
{
    if (c >= 'a' && c <= 'z') {
        return c - 'a';
    }
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

static bool decode(const char *text, unsigned char bytes[TOKEN_BYTES])
{
    for (size_t group = 0; group < TOKEN_BYTES / 5; group++) {
        uint64_t bits = 0;
        for (size_t i = 0; i < 8; i++) {
            int digit = base32_digit(text[group * 8 + i]);
            if (digit < 0) {
                return false;
            }
            bits = bits << 5 | (uint64_t)digit;
        }
        for (size_t i = 0; i < 5; i++) {
            bytes[group * 5 + i] = (unsigned char)(bits >> (32 - 8 * i) & 255);
        }
    }
    return true;
}

/* Writes big-endian numbers of the first 10 octets. */
static void put_number(unsigned char *at, size_t len, int64_t number)
{
    while (len > 0) {
        at[--len] = (unsigned char)(number & 255);
        number >>= 8;
    }
}

static int64_t get_number(const unsigned char *at, size_t len)
{
    int64_t number = 0;
    for (size_t i = 0; i < len; i++) {
        number = number << 8 | at[i];
    }
    return number;
}

void token_make(const struct token_keys *keys, enum token_purpose purpose, int64_t person,
                int64_t detail, char out[TOKEN_TEXT])
{
    assert(keys->count > 0);
    assert(person >= 0 && person < (int64_t)1 << 40);
    assert(detail >= 0 && detail < (int64_t)1 << 32);
    unsigned char bytes[TOKEN_BYTES];
    unsigned char mac[HASH_SIZE];
    bytes[0] = keys->keys[keys->count - 1].number;
    put_number(bytes + 1, 5, person);
    put_number(bytes + 6, 4, detail);
    make_mac(keys->keys[keys->count - 1].key, purpose, bytes, mac);
    memcpy(bytes + TOKEN_HEAD, mac, TOKEN_MAC);
    encode(bytes, out);
}

bool token_verify(const struct token_keys *keys, enum token_purpose purpose, const char *text,
                  size_t len, int64_t *person, int64_t *detail)
{
    unsigned char bytes[TOKEN_BYTES];
    unsigned char mac[HASH_SIZE];
    if (len != TOKEN_LEN || !decode(text, bytes)) {
        return false;
    }
    const unsigned char *key = find_key(keys, bytes[0]);
    if (key == NULL) {
        return false;
    }
    make_mac(key, purpose, bytes, mac);
    if (!hash_equal(mac, bytes + TOKEN_HEAD, TOKEN_MAC)) {
        return false;
    }
    if (person != NULL) {
        *person = get_number(bytes + 1, 5);
    }
    if (detail != NULL) {
        *detail = get_number(bytes + 6, 4);
    }
    return true;
}

void token_suppression_hash(const struct token_keys *keys, const char *address_key,
                            char out[HASH_HEX])
{
    unsigned char digest[HASH_SIZE];
    hash_hmac(keys->suppression, HASH_SIZE, address_key, strlen(address_key), digest);
    hash_to_hex(digest, HASH_SIZE, out);
}
