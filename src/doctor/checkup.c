#include "doctor/checkup.h"

#include <assert.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/secret.h"
#include "http/listen.h"
#include "issue/signing.h"
#include "mail/address.h"
#include "smtp/relay.h"

enum {
    WARNING_MAX = 900,
    CERTIFICATES_MAX = 16 * 1024 * 1024,
    FIRST_RETRY = 300 /* seconds: the first retry delay of a deferred message */
};

static bool check_folder(const char *key, const char *path, struct failure *why)
{
    struct stat st;
    if (path == NULL) {
        return true;
    }
    if (stat(path, &st) != 0 || (S_ISDIR(st.st_mode) && access(path, R_OK | X_OK) != 0)) {
        return fail_errno(why, FAILURE_CONFIG, "%s: cannot use %s", key, path);
    }
    return S_ISDIR(st.st_mode) || fail(why, FAILURE_CONFIG, "%s: %s is no folder", key, path);
}

/* Whether the certificates are valid is only known when libcurl connects, but a file that contains
 * something else would make every connection fail. */
static bool has_certificate(const char *text)
{
    static const char begin[] = "-----BEGIN ", end[] = "CERTIFICATE-----";
    for (const char *at = strstr(text, begin); at != NULL; at = strstr(at, begin)) {
        at += sizeof begin - 1;
        const char *mark = strstr(at, end);
        if (mark != NULL && (size_t)(mark - at) < strcspn(at, "\n")) {
            return true;
        }
    }
    return false;
}

static bool fault_of(const char *key, struct failure *why)
{
    why->kind = FAILURE_CONFIG;
    return fail_context(why, "%s", key);
}

/* Reads the file once, as the run will. */
static bool check_certificates(const char *key, const char *path, struct failure *why)
{
    struct buf content;
    if (path == NULL) {
        return true;
    }
    buf_init(&content, CERTIFICATES_MAX);
    bool good = file_read(path, CERTIFICATES_MAX, &content, why);
    if (good && content.len == 0) {
        good = fail(why, FAILURE_CONFIG, "%s is empty", path);
    }
    if (good && !has_certificate(content.data)) {
        good = fail(why, FAILURE_CONFIG,
                    "%s holds no certificate (PEM: -----BEGIN CERTIFICATE-----)", path);
    }
    buf_free(&content);
    return good || fault_of(key, why);
}

static bool check_password(const char *key, const char *path, struct failure *why)
{
    struct buf line;
    if (path == NULL) {
        return true;
    }
    buf_init(&line, SECRET_LINE_MAX);
    bool good = secret_read_line(path, &line, why);
    secret_wipe(&line);
    return good || fault_of(key, why);
}

static bool check_oauth(struct arena *arena, const char *section,
                        const struct settings_oauth *oauth, struct failure *why)
{
    return check_password(arena_format(arena, "%s.client_secret_file", section),
                          oauth->client_secret_file, why) &&
           check_password(arena_format(arena, "%s.refresh_token_file", section),
                          oauth->refresh_token_file, why);
}

/* The folder of a Maildir in which mail arrives. */
static bool check_mailbox(struct arena *arena, const char *mailbox, struct failure *why)
{
    static const char scheme[] = "maildir:";
    if (mailbox == NULL || strncmp(mailbox, scheme, sizeof scheme - 1) != 0) {
        return true;
    }
    return check_folder("bounce.mailbox", file_join(arena, mailbox + sizeof scheme - 1, "new"),
                        why);
}

static bool check_relay(struct arena *arena, const struct settings_relay *named,
                        struct failure *why)
{
    struct relay relay;
    char key[SETTINGS_RELAY_KEY];
    if (!check_certificates(settings_relay_key(named, "ca_file", key), named->ca_file, why) ||
        !check_password(settings_relay_key(named, "password_file", key), named->password_file,
                        why) ||
        !check_oauth(arena, settings_relay_key(named, "oauth", key), &named->oauth, why)) {
        return false;
    }
    if (!relay_read_place(arena, named, &relay, why)) {
        why->kind = FAILURE_CONFIG;
        return false;
    }
    return true;
}

static bool check_relays(struct arena *arena, const struct settings *settings, struct failure *why)
{
    bool good = true;
    for (size_t i = 0; good && i < settings_relay_count(settings); i++) {
        good = check_relay(arena, settings_relay(settings, i), why);
    }
    return good;
}

static bool check_signing_keys(const struct settings *settings, struct failure *why)
{
    struct dkim_signer *signer = NULL;
    bool good = signing_open_settings(settings, &signer, why);
    dkim_close(signer);
    return good;
}

bool checkup_files(struct arena *arena, const struct settings *settings, struct failure *why)
{
    return check_folder("templates_dir", settings->templates_dir, why) &&
           check_folder("pages_dir", settings->pages_dir, why) &&
           check_relays(arena, settings, why) && check_signing_keys(settings, why) &&
           check_certificates("bounce.ca_file", settings->bounce.ca_file, why) &&
           check_password("bounce.password_file", settings->bounce.password_file, why) &&
           check_oauth(arena, "bounce.oauth", &settings->bounce.oauth, why) &&
           check_mailbox(arena, settings->bounce.mailbox, why);
}

bool checkup_is_example(const char *value)
{
    return strstr(value, "example.org") != NULL || strstr(value, "example.com") != NULL ||
           strstr(value, "example.net") != NULL;
}

/* The sample's postal address is a placeholder too. */
static bool is_placeholder(const struct settings_row *row)
{
    return checkup_is_example(row->value) || strstr(row->value, "1 Example Street") != NULL;
}

static const char *list_placeholders(struct arena *arena, const struct settings *settings)
{
    struct buf keys;
    buf_init(&keys, WARNING_MAX);
    for (size_t i = 0; i < settings->row_count; i++) {
        if (is_placeholder(&settings->rows[i])) {
            buf_addf(&keys, "%s%s", keys.len > 0 ? ", " : "", settings->rows[i].key);
        }
    }
    const char *list = keys.len > 0 ? arena_copy(arena, keys.data) : NULL;
    buf_free(&keys);
    return list;
}

const char *checkup_sender(const struct settings *settings)
{
    const struct {
        const char *key, *value;
    } senders[] = {{"mail.from", settings->mail.from}, {"mail.reply_to", settings->mail.reply_to}};
    for (size_t i = 0; i < sizeof senders / sizeof senders[0]; i++) {
        char name[256];
        struct address address;
        struct failure ignored = {0};
        if (senders[i].value != NULL &&
            address_parse_mailbox(senders[i].value, name, &address, &ignored) && !address.ascii) {
            return senders[i].key;
        }
    }
    return NULL;
}

size_t checkup_warnings(struct arena *arena, const struct settings *settings,
                        const char *texts[CHECKUP_WARNINGS])
{
    size_t count = 0;
    const char *placeholders = list_placeholders(arena, settings);
    int64_t patience = settings->deliver.max_age;
    if (placeholders != NULL) {
        texts[count++] = arena_format(arena,
                                      "these hold a reserved example domain or the sample's "
                                      "address, which are nobody's; write your own before "
                                      "anything is mailed: %s",
                                      placeholders);
    }
    if (!listen_is_local(settings->preview.listen)) {
        texts[count++] = arena_format(arena,
                                      "preview.listen: other machines reach %s; `verdicts preview` "
                                      "takes it with --everywhere alone",
                                      settings->preview.listen);
    }
    if (patience <= FIRST_RETRY) {
        texts[count++] = arena_format(arena,
                                      "deliver.max_age is %lld seconds: a message that the relay "
                                      "puts off once is given up; 3d is the default",
                                      (long long)patience);
    }
    const char *sender = checkup_sender(settings);
    if (sender != NULL) {
        texts[count++] =
            arena_format(arena,
                         "%s is not ASCII before its @: only a relay that offers SMTPUTF8 takes "
                         "such a message, and only receivers that can do it get it; `verdicts "
                         "doctor --connect` tells what the relay offers",
                         sender);
    }
    assert(count <= CHECKUP_WARNINGS);
    return count;
}

/* NULL: the file does not exist, or only its owner can read it. */
static const char *wide_text(struct arena *arena, const char *path, const char *chmod)
{
    struct stat st;
    if (stat(path, &st) != 0 || (st.st_mode & 077) == 0) {
        return NULL;
    }
    return arena_format(arena,
                        "%s has the mode %04o: others than its owner can get at the addresses of "
                        "all readers; %s %s",
                        path, (unsigned)(st.st_mode & 07777), chmod, path);
}

size_t checkup_wide_files(struct arena *arena, const char *database,
                          const char *texts[CHECKUP_WIDE])
{
    static const char *const endings[] = {"", "-wal", "-shm", ".leaves"};
    size_t count = 0;
    texts[count] = wide_text(arena, file_folder(arena, database), "chmod 700");
    count += texts[count] != NULL;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        const char *path = arena_format(arena, "%s%s", database, endings[i]);
        texts[count] = wide_text(arena, path, "chmod 600");
        count += texts[count] != NULL;
    }
    assert(count <= CHECKUP_WIDE);
    return count;
}
