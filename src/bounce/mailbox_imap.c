/* An IMAP folder, by libcurl: CUSTOMREQUEST for commands, ;UID= in the address for a message. */
#include <assert.h>
#include <ctype.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/arena.h"
#include "base/file.h"
#include "bounce/mailbox_private.h"

enum {
    LISTED = 200, /* messages that are known at a time; a longer line libcurl would cut */
    TRIES = 3,    /* connections for one command */
    ANSWER_LIMIT = 256 * 1024,
    CONNECT_SECONDS = 30,
    IDLE_SECONDS = 120,
};

struct imap {
    struct arena arena;
    CURL *curl;
    char error[CURL_ERROR_SIZE];
    char said[160];     /* the server's last NO or BAD */
    const char *base;   /* "imaps://host:port" */
    const char *folder; /* as in the address, escaped */
    const char *plain;  /* not escaped */
    struct buf answer;
    char prefix[64]; /* of the personal namespace: "INBOX." */
    bool asked, has_move, has_uidplus;
    bool made[MAILBOX_TARGETS];
    uint32_t listed[LISTED];
    size_t listed_count, listed_at;
    int64_t passed;  /* messages at the front that stay: others' deleted ones, unreadable ones */
    uint32_t newest; /* the highest UID that was asked for: none is asked for twice */
    uint32_t given;  /* the message given last; 0: none */
    int64_t unread;  /* messages that the server could not give */
    uint32_t moves[MAILBOX_TARGETS][LISTED];
    size_t move_counts[MAILBOX_TARGETS];
};

static size_t take_bytes(char *bytes, size_t size, size_t count, void *context)
{
    buf_add(context, bytes, size * count);
    return size * count;
}

/* libcurl keeps to itself why a server refuses a command; its trace tells. */
static int note_refusal(CURL *curl, curl_infotype type, char *line, size_t len, void *context)
{
    struct imap *imap = context;
    const char *space = type == CURLINFO_HEADER_IN ? memchr(line, ' ', len) : NULL;
    size_t left = space == NULL ? 0 : len - (size_t)(space - line) - 1;
    (void)curl;
    if (left < 3 || line[0] == '*' ||
        (memcmp(space + 1, "NO ", 3) != 0 && memcmp(space + 1, "BAD", 3) != 0)) {
        return 0;
    }
    size_t used = 0;
    for (size_t i = 1; i <= left && used + 1 < sizeof imap->said; i++) {
        if (space[i] >= ' ' && space[i] <= '~') {
            imap->said[used++] = space[i];
        }
    }
    imap->said[used] = '\0';
    return 0;
}

static bool read_password(struct imap *imap, const char *path, struct failure *why)
{
    struct buf text;
    buf_init(&text, 4096);
    bool ok = file_read(path, 4096, &text, why) || fail_context(why, "bounce.password_file");
    char *password = arena_copy_bytes(&imap->arena, text.data, strcspn(text.data, "\r\n"));
    curl_easy_setopt(imap->curl, CURLOPT_PASSWORD, password);
    explicit_bzero(password, strlen(password));
    if (text.size > 0) {
        explicit_bzero(text.data, text.len);
    }
    buf_free(&text);
    return ok;
}

static bool set_login(struct imap *imap, const struct settings *settings, struct failure *why)
{
    const char *username = settings->bounce.username, *file = settings->bounce.password_file;
    if (username == NULL || username[0] == '\0' || file == NULL || file[0] == '\0') {
        return fail(why, FAILURE_CONFIG,
                    "an IMAP mailbox needs bounce.username and bounce.password_file");
    }
    curl_easy_setopt(imap->curl, CURLOPT_USERNAME, username);
    return read_password(imap, file, why);
}

static void set_options(struct imap *imap, const struct settings *settings)
{
    CURL *curl = imap->curl;
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "imap,imaps");
    /* ALL, never TRY: a man in the middle could strip STARTTLS. */
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
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, imap->error);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L); /* to the function alone */
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, note_refusal);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, imap);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
}

/* "imaps://host/Folder" into its two parts. */
static bool split_address(struct imap *imap, const char *address, struct failure *why)
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
    char *plain = curl_easy_unescape(imap->curl, folder, 0, &len);
    imap->base = arena_copy_bytes(&imap->arena, address, base);
    imap->folder = arena_copy(&imap->arena, folder);
    imap->plain = arena_copy(&imap->arena, plain == NULL ? folder : plain);
    curl_free(plain);
    for (const char *at = imap->plain; *at != '\0'; at++) {
        if ((unsigned char)*at < ' ' || *at == '"' || *at == '\\') {
            return fail(why, FAILURE_CONFIG, "bounce.mailbox: no folder has such a name");
        }
    }
    return true;
}

bool imap_open(const struct settings *settings, struct imap **imap, struct failure *why)
{
    struct imap *opened = memory_resize(NULL, sizeof *opened);
    *opened = (struct imap){.curl = curl_easy_init()};
    buf_init(&opened->answer, ANSWER_LIMIT);
    *imap = NULL;
    bool ok = opened->curl != NULL || fail(why, FAILURE_SYSTEM, "libcurl gives no handle");
    if (ok) {
        set_options(opened, settings);
        ok = split_address(opened, settings->bounce.mailbox, why) &&
             set_login(opened, settings, why);
    }
    if (!ok) {
        curl_easy_cleanup(opened->curl);
        buf_free(&opened->answer);
        arena_free(&opened->arena);
        free(opened);
        return false;
    }
    *imap = opened;
    return true;
}

/* Whether a new connection may mend it. */
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
    case CURLE_LOGIN_DENIED:
        return "refuses our login";
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
    default:
        return "is out of reach";
    }
}

/* One transfer; `into` is emptied first. Tried again where the connection broke. */
static CURLcode perform(struct imap *imap, const char *url, const char *command, struct buf *into)
{
    CURLcode code = CURLE_OK;
    for (int i = 0; i < TRIES; i++) {
        if (i > 0) {
            nanosleep(&(struct timespec){.tv_sec = i}, NULL);
        }
        buf_reset(into);
        imap->error[0] = imap->said[0] = '\0';
        curl_easy_setopt(imap->curl, CURLOPT_URL, url);
        curl_easy_setopt(imap->curl, CURLOPT_CUSTOMREQUEST, command);
        curl_easy_setopt(imap->curl, CURLOPT_WRITEDATA, into);
        code = curl_easy_perform(imap->curl);
        if (!is_passing(code)) {
            break;
        }
    }
    return code;
}

static bool unreachable(const struct imap *imap, CURLcode code, struct failure *why)
{
    if (strcmp(imap->error, "Select failed") == 0) { /* libcurl calls it a denied login */
        return fail(why, FAILURE_CONFIG,
                    "bounce.mailbox: the server has no folder \"%s\" for us: %s", imap->plain,
                    imap->said);
    }
    return fail(why, FAILURE_UNAVAILABLE, "the mailbox %s/%s %s: %s", imap->base, imap->plain,
                what_failed(code), imap->error[0] ? imap->error : curl_easy_strerror(code));
}

/* A command; `*done` false: the server said NO or BAD. */
static bool command(struct imap *imap, bool in_folder, const char *text, bool *done,
                    struct failure *why)
{
    struct arena arena = {0};
    const char *url = arena_format(&arena, "%s/%s", imap->base, in_folder ? imap->folder : "");
    CURLcode code = perform(imap, url, text, &imap->answer);
    arena_free(&arena);
    *done = code == CURLE_OK;
    /* QUOTE_ERROR is NO or BAD to the command. */
    if (code == CURLE_OK || code == CURLE_QUOTE_ERROR) {
        return true;
    }
    return unreachable(imap, code, why);
}

/* What is moved into the folder that is read would be read again, for ever. */
static bool check_folder(const struct imap *imap, struct failure *why)
{
    const char *name = imap->plain;
    size_t prefix = strlen(imap->prefix);
    if (strncmp(name, imap->prefix, prefix) == 0) {
        name += prefix;
    }
    for (int i = 0; i < MAILBOX_TARGETS; i++) {
        if (strcasecmp(name, mailbox_folders[i]) == 0) {
            return fail(why, FAILURE_CONFIG,
                        "bounce.mailbox: \"%s\" is where messages are moved to; name the folder "
                        "in which they arrive",
                        imap->plain);
        }
    }
    return true;
}

static bool must_command(struct imap *imap, bool in_folder, const char *text, struct failure *why)
{
    bool done;
    return command(imap, in_folder, text, &done, why) &&
           (done || fail(why, FAILURE_UNAVAILABLE, "the mailbox %s refuses \"%s\": %s", imap->base,
                         text, imap->said));
}

/* The number behind a word of the answer: "MESSAGES 12". */
static bool find_number(const struct imap *imap, const char *word, uint64_t *number)
{
    const char *at = strcasestr(imap->answer.data, word);
    if (at == NULL) {
        return false;
    }
    char *end;
    at += strlen(word);
    *number = strtoull(at, &end, 10);
    return end != at;
}

/* What the server can do, and how it calls the folders beside ours. */
static bool ask_server(struct imap *imap, struct failure *why)
{
    bool done;
    if (imap->asked) {
        return true;
    }
    if (!must_command(imap, false, "CAPABILITY", why)) {
        return false;
    }
    imap->has_move = strcasestr(imap->answer.data, " MOVE") != NULL;
    imap->has_uidplus = strcasestr(imap->answer.data, " UIDPLUS") != NULL;
    imap->asked = true;
    if (strcasestr(imap->answer.data, " NAMESPACE") == NULL) {
        return check_folder(imap, why);
    }
    if (!command(imap, false, "NAMESPACE", &done, why)) {
        return false;
    }
    const char *open = done ? strstr(imap->answer.data, "((\"") : NULL;
    size_t len = open == NULL ? 0 : strcspn(open + 3, "\"\\\r\n");
    if (len > 0 && len < sizeof imap->prefix && open[3 + len] == '"') {
        memcpy(imap->prefix, open + 3, len);
    }
    return check_folder(imap, why);
}

bool imap_count(struct imap *imap, int64_t *waiting, struct failure *why)
{
    struct arena arena = {0};
    uint64_t number = 0;
    *waiting = 0;
    bool ok =
        ask_server(imap, why) &&
        must_command(imap, false, arena_format(&arena, "STATUS \"%s\" (MESSAGES)", imap->plain),
                     why) &&
        (find_number(imap, "MESSAGES ", &number) ||
         fail(why, FAILURE_UNAVAILABLE, "the mailbox %s does not tell how many wait", imap->base));
    *waiting = (int64_t)number;
    arena_free(&arena);
    return ok;
}

static void read_listed(struct imap *imap)
{
    const char *at = strcasestr(imap->answer.data, "* SEARCH");
    imap->listed_count = imap->listed_at = 0;
    at = at == NULL ? "" : at + 8;
    while (*at == ' ' && imap->listed_count < LISTED) {
        char *end;
        unsigned long long uid = strtoull(at, &end, 10);
        if (end == at + 0 || uid == 0 || uid > UINT32_MAX) {
            break;
        }
        if (uid > imap->newest) {
            imap->listed[imap->listed_count++] = (uint32_t)uid;
        }
        at = end;
    }
}

/* The first ones that wait: what was given is moved away by then. Where the front holds nothing
 * for us but stays, the search goes on behind it. */
static bool list(struct imap *imap, struct failure *why)
{
    int64_t waiting;
    struct arena arena = {0};
    imap->listed_count = imap->listed_at = 0;
    bool ok = imap_count(imap, &waiting, why);
    while (ok && imap->listed_count == 0 && imap->passed < waiting) {
        int64_t left = waiting - imap->passed, most = left < LISTED ? left : LISTED;
        ok = must_command(imap, true,
                          arena_format(&arena, "UID SEARCH %lld:%lld UNDELETED",
                                       (long long)imap->passed + 1,
                                       (long long)(imap->passed + most)),
                          why);
        read_listed(imap);
        imap->passed += imap->listed_count == 0 ? most : 0;
    }
    arena_free(&arena);
    return ok;
}

static void format_set(struct buf *out, const uint32_t *uids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_addf(out, "%s%u", i > 0 ? "," : "", uids[i]);
    }
}

/* Quarantine, with what stands before a folder's name here. */
static const char *target_name(struct imap *imap, struct arena *arena, enum mailbox_target target)
{
    return arena_format(arena, "%s%s", imap->prefix, mailbox_folders[target]);
}

static bool make_target(struct imap *imap, struct arena *arena, enum mailbox_target target,
                        struct failure *why)
{
    bool done; /* NO where it is there already */
    if (imap->made[target]) {
        return true;
    }
    imap->made[target] = true;
    return command(imap, false,
                   arena_format(arena, "CREATE \"%s\"", target_name(imap, arena, target)), &done,
                   why);
}

/* EXPUNGE takes everybody's deleted messages: without UIDPLUS (RFC 4315) it is not said where there
 * are others than ours, which then stay, marked. */
static bool expunge(struct imap *imap, struct arena *arena, const char *set, struct failure *why)
{
    if (imap->has_uidplus) {
        return must_command(imap, true, arena_format(arena, "UID EXPUNGE %s", set), why);
    }
    if (!must_command(imap, true, arena_format(arena, "UID SEARCH DELETED NOT UID %s", set), why)) {
        return false;
    }
    const char *others = strcasestr(imap->answer.data, "* SEARCH");
    bool alone = others == NULL || strcspn(others, "0123456789") == strlen(others);
    return !alone || must_command(imap, true, "EXPUNGE", why);
}

/* RFC 6851; without it the copy first, then the original goes. `*done` false: refused. */
static bool move_set(struct imap *imap, struct arena *arena, const char *set, const char *target,
                     bool *done, struct failure *why)
{
    const char *verb = imap->has_move ? "MOVE" : "COPY";
    if (!command(imap, true, arena_format(arena, "UID %s %s \"%s\"", verb, set, target), done,
                 why)) {
        return false;
    }
    return imap->has_move || !*done ||
           (must_command(imap, true,
                         arena_format(arena, "UID STORE %s +FLAGS.SILENT (\\Deleted)", set), why) &&
            expunge(imap, arena, set, why));
}

static bool flush_target(struct imap *imap, enum mailbox_target target, struct failure *why)
{
    struct arena arena = {0};
    struct buf set;
    size_t count = imap->move_counts[target];
    if (count == 0) {
        return true;
    }
    buf_init(&set, LISTED * 12);
    format_set(&set, imap->moves[target], count);
    const char *name = target_name(imap, &arena, target);
    bool ok = true, done = false;
    for (int i = 0; ok && !done && i < 2; i++) {
        imap->made[target] = imap->made[target] && i == 0; /* refused: perhaps it is not there */
        ok = make_target(imap, &arena, target, why) &&
             move_set(imap, &arena, set.data, name, &done, why);
    }
    if (ok && !done) {
        ok = fail(why, FAILURE_UNAVAILABLE,
                  "the mailbox %s does not let us move messages to \"%s\": %s", imap->base, name,
                  imap->said);
    }
    imap->move_counts[target] = 0;
    buf_free(&set);
    arena_free(&arena);
    return ok;
}

static bool flush(struct imap *imap, struct failure *why)
{
    bool ok = true;
    for (int i = 0; ok && i < MAILBOX_TARGETS; i++) {
        ok = flush_target(imap, (enum mailbox_target)i, why);
    }
    return ok;
}

bool imap_close(struct imap *imap, struct failure *why)
{
    if (imap == NULL) {
        return true;
    }
    bool ok = flush(imap, why);
    curl_easy_cleanup(imap->curl);
    buf_free(&imap->answer);
    arena_free(&imap->arena);
    free(imap);
    return ok;
}

/* A message that the server breaks off at, each time, while it answers all else: its own file is
 * broken, and one such message must not keep the others back. */
static bool is_its_own_fault(struct imap *imap, CURLcode code)
{
    int64_t waiting;
    struct failure still_away = {0};
    if (!is_passing(code) || code == CURLE_COULDNT_CONNECT ||
        !imap_count(imap, &waiting, &still_away)) {
        return false;
    }
    imap->unread++;
    return true;
}

/* True too with `*found` false: the message is gone by now, or cannot be had. */
static bool fetch(struct imap *imap, uint32_t uid, size_t limit, struct buf *bytes, bool *found,
                  struct failure *why)
{
    struct arena arena = {0};
    const char *url =
        arena_format(&arena, "%s/%s/;UID=%u/;PARTIAL=0.%zu", imap->base, imap->folder, uid, limit);
    CURLcode code = perform(imap, url, NULL, bytes);
    arena_free(&arena);
    *found = code == CURLE_OK;
    if (code == CURLE_OK || code == CURLE_REMOTE_FILE_NOT_FOUND || is_its_own_fault(imap, code)) {
        return true;
    }
    return unreachable(imap, code, why);
}

bool imap_next(struct imap *imap, size_t limit, struct buf *bytes, bool *found, struct failure *why)
{
    *found = false;
    imap->given = 0;
    while (!*found) {
        if (imap->listed_at == imap->listed_count) {
            if (!flush(imap, why) || !list(imap, why)) {
                return false;
            }
            if (imap->listed_count == 0) {
                return true;
            }
        }
        uint32_t uid = imap->listed[imap->listed_at++];
        imap->newest = uid;
        if (!fetch(imap, uid, limit, bytes, found, why)) {
            return false;
        }
        imap->given = uid;
    }
    return true;
}

int64_t imap_unread(const struct imap *imap)
{
    return imap->unread;
}

bool imap_move(struct imap *imap, enum mailbox_target target, struct failure *why)
{
    assert(imap->given != 0);
    (void)why;
    imap->moves[target][imap->move_counts[target]++] = imap->given;
    imap->given = 0;
    return true;
}
