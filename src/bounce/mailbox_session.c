/* One session with an IMAP server, through libcurl: CUSTOMREQUEST for commands, ;UID= in the URL
 * for a message. */
#include "bounce/mailbox_session.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/utf8.h"

enum {
    TRIES = 3, /* connections to try for one command */
    ANSWER_LIMIT = 256 * 1024,
    CONNECT_SECONDS = 30,
    IDLE_SECONDS = 120,
    TRANSFER_SECONDS = 300,
    SLOW_MS = 20 * 1000,          /* a transfer that takes longer counts as waiting */
    PATIENCE_MS = 10 * 60 * 1000, /* the most waiting in a run */
};

static size_t take_bytes(char *bytes, size_t size, size_t count, void *context)
{
    buf_add(context, bytes, size * count);
    return size * count;
}

/* libcurl does not report why a server refuses a command, or how it logs in; its trace shows it. */
static int note_trace(CURL *curl, curl_infotype type, char *line, size_t len, void *context)
{
    struct session *session = context;
    const char *space = type == CURLINFO_HEADER_IN ? memchr(line, ' ', len) : NULL;
    size_t left = space == NULL ? 0 : len - (size_t)(space - line) - 1;
    (void)curl;
    mailbox_login_hear(&session->login, type, line, len);
    if (left < 3 || line[0] == '*' ||
        (memcmp(space + 1, "NO ", 3) != 0 && memcmp(space + 1, "BAD", 3) != 0)) {
        return 0;
    }
    size_t used = 0;
    for (size_t i = 1; i <= left && used + 1 < sizeof session->said; i++) {
        if (space[i] >= ' ' && space[i] <= '~') {
            session->said[used++] = space[i];
        }
    }
    session->said[used] = '\0';
    return 0;
}

static void set_options(struct session *session, const struct settings *settings)
{
    CURL *curl = session->curl;
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "imap,imaps");
    /* ALL, never TRY: an attacker in the middle could strip STARTTLS. */
    curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (settings->bounce.ca_file != NULL && settings->bounce.ca_file[0] != '\0') {
        curl_easy_setopt(curl, CURLOPT_CAINFO, settings->bounce.ca_file);
        curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    }
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, 64L * 1024);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)IDLE_SECONDS);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)IDLE_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)TRANSFER_SECONDS);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, session->error);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L); /* the trace goes to our callback only */
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, note_trace);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, session);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
}

/* Base64 of RFC 3501. */
static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/* Whether the text between '&' and '-' is UTF-16 of non-ASCII characters, in whole units with zeros
 * to fill the last letter; an empty text stands for '&' itself. */
static bool is_shifted(const char *text, size_t len)
{
    uint32_t bits = 0;
    int count = 0;
    for (size_t i = 0; i < len; i++) {
        const char *letter = strchr(letters, text[i]);
        if (letter == NULL) {
            return false;
        }
        bits = bits << 6 | (uint32_t)(letter - letters);
        count += 6;
        if (count >= 16) {
            count -= 16;
            if ((bits >> count & 0xffff) < 0x80) {
                return false;
            }
        }
    }
    return len == 0 || (len * 6 >= 16 && count < 6 && (bits & ((1U << count) - 1)) == 0);
}

/* Whether the name is in modified UTF-7 (RFC 3501, section 5.1.3) already: "R&D" is not. */
static bool is_encoded(const char *name)
{
    for (; *name != '\0'; name++) {
        if ((unsigned char)*name >= 0x80) {
            return false;
        }
        if (*name == '&') {
            size_t len = strcspn(name + 1, "-");
            if (name[1 + len] != '-' || !is_shifted(name + 1, len)) {
                return false;
            }
            name += 1 + len;
        }
    }
    return true;
}

/* Appends letters for `bits`; `count` is how many bits remain. */
static void add_letters(struct buf *out, uint32_t bits, int *count)
{
    for (; *count >= 6; *count -= 6) {
        buf_add_char(out, letters[bits >> (*count - 6) & 63]);
    }
}

/* Appends the non-ASCII characters at `at` as UTF-16 in base64; returns how many bytes of the name
 * they took. */
static size_t add_shifted(struct buf *out, const char *at)
{
    uint32_t bits = 0, point;
    int count = 0;
    size_t used = 0, left = strlen(at);
    buf_add_char(out, '&');
    while ((unsigned char)at[used] >= 0x80) {
        used += utf8_decode(at + used, left - used, &point);
        if (point > 0xffff) {
            bits = bits << 16 | (0xd800 + ((point - 0x10000) >> 10));
            count += 16;
            add_letters(out, bits, &count);
            point = 0xdc00 + (point & 0x3ff);
        }
        bits = bits << 16 | point;
        count += 16;
        add_letters(out, bits, &count);
    }
    if (count > 0) {
        bits <<= 6 - count;
        count = 6;
        add_letters(out, bits, &count);
    }
    buf_add_char(out, '-');
    return used;
}

/* The name as servers know it, in modified UTF-7; one that has that form already is kept. */
static void encode_folder(const char *name, struct buf *out)
{
    bool encoded = is_encoded(name);
    while (*name != '\0') {
        if ((unsigned char)*name >= 0x80) {
            name += add_shifted(out, name);
            continue;
        }
        buf_add_char(out, *name);
        if (!encoded && *name == '&') {
            buf_add_char(out, '-');
        }
        name++;
    }
}

/* Splits "imaps://host/Folder" into its two parts. */
static bool split_address(struct session *session, const char *address, struct failure *why)
{
    const char *host = strstr(address, "://");
    const char *slash = host == NULL ? NULL : strchr(host + 3, '/');
    size_t base = slash == NULL ? strlen(address) : (size_t)(slash - address);
    const char *folder = slash == NULL || slash[1] == '\0' ? "INBOX" : slash + 1;
    if (host == NULL || memchr(address, '@', base) != NULL || strchr(folder, ';') != NULL) {
        return fail(why, FAILURE_CONFIG, "bounce.mailbox: \"%s\" is not imaps://HOST/FOLDER",
                    address);
    }
    int len;
    char *plain = curl_easy_unescape(session->curl, folder, 0, &len);
    struct buf name;
    buf_init(&name, 4096);
    encode_folder(plain == NULL ? folder : plain, &name);
    curl_free(plain);
    session->base = arena_copy_bytes(&session->arena, address, base);
    session->plain = arena_copy(&session->arena, name.data);
    buf_free(&name);
    char *escaped = curl_easy_escape(session->curl, session->plain, 0);
    session->folder = arena_copy(&session->arena, escaped == NULL ? folder : escaped);
    curl_free(escaped);
    for (const char *at = session->plain; *at != '\0'; at++) {
        if ((unsigned char)*at < ' ' || *at == '"' || *at == '\\') {
            return fail(why, FAILURE_CONFIG, "bounce.mailbox: no folder has such a name");
        }
    }
    return true;
}

bool session_open(const struct settings *settings, struct session *session, struct failure *why)
{
    *session = (struct session){.curl = curl_easy_init()};
    buf_init(&session->answer, ANSWER_LIMIT);
    if (session->curl == NULL) {
        return fail(why, FAILURE_SYSTEM, "libcurl gives no handle");
    }
    set_options(session, settings);
    return split_address(session, settings->bounce.mailbox, why) &&
           mailbox_login_open(&session->login, settings, why);
}

void session_close(struct session *session)
{
    curl_easy_cleanup(session->curl);
    mailbox_login_close(&session->login);
    buf_free(&session->answer);
    arena_free(&session->arena);
}

/* libcurl's own words when a folder cannot be selected, which it reports as a denied login. */
static const char select_failed[] = "Select failed";

/* Whether a new connection may help. */
static bool is_passing(CURLcode code)
{
    switch (code) {
    case CURLE_COULDNT_CONNECT:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_PARTIAL_FILE:
    case CURLE_WEIRD_SERVER_REPLY:
        return true;
    default:
        return false;
    }
}

static const char *what_failed(CURLcode code)
{
    switch (code) {
    case CURLE_USE_SSL_FAILED:
        return "offers no STARTTLS";
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
        return "cannot be trusted: TLS failed";
    case CURLE_COULDNT_RESOLVE_HOST:
        return "is not found";
    case CURLE_OPERATION_TIMEDOUT:
        return "does not answer in time";
    case CURLE_REMOTE_FILE_NOT_FOUND:
        return "has numbered its messages anew; the next run reads what is left";
    default:
        return "is out of reach";
    }
}

/* One transfer by libcurl; records the time if it was slow. */
static CURLcode transfer_once(struct session *session, struct buf *into)
{
    buf_reset(into);
    session->error[0] = session->said[0] = '\0';
    int64_t begun = clock_monotonic_ms();
    CURLcode code = curl_easy_perform(session->curl);
    int64_t took = clock_monotonic_ms() - begun;
    session->waited_ms += took > SLOW_MS ? took : 0;
    return code;
}

/* A server that cannot check a login at the moment (RFC 5530) has not denied it. */
static bool is_unavailable(const struct session *session)
{
    return strstr(session->said, "[UNAVAILABLE]") != NULL;
}

static bool is_denied(const struct session *session, CURLcode code)
{
    return code == CURLE_LOGIN_DENIED && strcmp(session->error, select_failed) != 0 &&
           !is_unavailable(session);
}

/* Tries one login mechanism after the other until one is accepted. */
static bool transfer(struct session *session, struct buf *into, CURLcode *code, struct failure *why)
{
    do {
        if (!mailbox_login_apply(&session->login, session->curl, why)) {
            return false;
        }
        *code = transfer_once(session, into);
    } while (is_denied(session, *code) && mailbox_login_refuse(&session->login));
    if (*code == CURLE_OK) {
        mailbox_login_accept(&session->login);
    }
    return true;
}

bool session_is_tired(const struct session *session)
{
    return session->waited_ms > PATIENCE_MS;
}

/* One transfer; `into` is emptied first. Repeated if the connection broke, but not for a message
 * that timed out, which would only time out again. */
static bool perform(struct session *session, const char *url, const char *command, struct buf *into,
                    CURLcode *code, struct failure *why)
{
    for (int i = 0; i < TRIES; i++) {
        if (i > 0) {
            nanosleep(&(struct timespec){.tv_sec = i}, NULL);
        }
        curl_easy_setopt(session->curl, CURLOPT_URL, url);
        curl_easy_setopt(session->curl, CURLOPT_CUSTOMREQUEST, command);
        curl_easy_setopt(session->curl, CURLOPT_WRITEDATA, into);
        if (!transfer(session, into, code, why)) {
            return false;
        }
        bool vain = *code == CURLE_OPERATION_TIMEDOUT && command == NULL;
        if ((!is_passing(*code) && !is_unavailable(session)) || vain || session_is_tired(session)) {
            break;
        }
    }
    return true;
}

static bool unreachable(const struct session *session, CURLcode code, struct failure *why)
{
    if (strcmp(session->error, select_failed) == 0) {
        return fail(why, FAILURE_CONFIG,
                    "bounce.mailbox: the server has no folder \"%s\" for us: %s", session->plain,
                    session->said);
    }
    if (code == CURLE_LOGIN_DENIED) {
        return mailbox_login_fail(&session->login, session->base,
                                  session->said[0] != '\0' ? session->said : session->error, why);
    }
    return fail(why, FAILURE_UNAVAILABLE, "the mailbox %s/%s %s: %s", session->base, session->plain,
                what_failed(code), session->error[0] ? session->error : curl_easy_strerror(code));
}

/* libcurl compares the UIDVALIDITY whenever it selects the folder, which it does by itself on a new
 * connection: with outdated UIDs we would move messages that nobody has read. */
static const char *folder_address(const struct session *session, struct arena *arena)
{
    return session->validity == 0 ? arena_format(arena, "%s/%s", session->base, session->folder)
                                  : arena_format(arena, "%s/%s;UIDVALIDITY=%u", session->base,
                                                 session->folder, session->validity);
}

bool session_command(struct session *session, bool in_folder, const char *text, bool *done,
                     struct failure *why)
{
    struct arena arena = {0};
    const char *url =
        in_folder ? folder_address(session, &arena) : arena_format(&arena, "%s/", session->base);
    CURLcode code;
    bool tried = perform(session, url, text, &session->answer, &code, why);
    arena_free(&arena);
    if (!tried) {
        return false;
    }
    *done = code == CURLE_OK;
    /* QUOTE_ERROR means that the command was answered with NO or BAD. */
    if (code == CURLE_OK || code == CURLE_QUOTE_ERROR) {
        return true;
    }
    return unreachable(session, code, why);
}

bool session_must(struct session *session, bool in_folder, const char *text, struct failure *why)
{
    bool done;
    return session_command(session, in_folder, text, &done, why) &&
           (done || fail(why, FAILURE_UNAVAILABLE, "the mailbox %s refuses \"%s\": %s",
                         session->base, text, session->said));
}

bool session_enter(struct session *session, bool reading, struct failure *why)
{
    struct arena arena = {0};
    bool ok = session_must(
        session, true,
        arena_format(&arena, "%s \"%s\"", reading ? "EXAMINE" : "SELECT", session->plain), why);
    arena_free(&arena);
    const char *at = ok ? strcasestr(session->answer.data, "[UIDVALIDITY ") : NULL;
    unsigned long long validity = at == NULL ? 0 : strtoull(at + 13, NULL, 10);
    if (!ok || validity == 0 || validity > UINT32_MAX) {
        return ok;
    }
    if (session->validity != 0 && session->validity != validity) {
        return fail(why, FAILURE_UNAVAILABLE, "the mailbox %s/%s %s (UIDVALIDITY)", session->base,
                    session->plain, what_failed(CURLE_REMOTE_FILE_NOT_FOUND));
    }
    session->validity = (uint32_t)validity;
    return true;
}

bool session_fetch(struct session *session, uint32_t uid, size_t limit, struct buf *bytes,
                   enum session_fetched *fetched, struct failure *why)
{
    struct arena arena = {0};
    const char *url = arena_format(&arena, "%s/;UID=%u/;PARTIAL=0.%zu",
                                   folder_address(session, &arena), uid, limit);
    CURLcode code;
    bool tried = perform(session, url, NULL, bytes, &code, why);
    arena_free(&arena);
    if (!tried) {
        return false;
    }
    *fetched = code == CURLE_OK                      ? SESSION_FETCHED
               : code == CURLE_REMOTE_FILE_NOT_FOUND ? SESSION_GONE
                                                     : SESSION_BROKEN;
    if (*fetched != SESSION_BROKEN) {
        return true;
    }
    (void)unreachable(session, code, why);
    return is_passing(code) && code != CURLE_COULDNT_CONNECT;
}
