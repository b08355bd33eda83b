#include "smtp/relay.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/log.h"
#include "base/secret.h"
#include "base/utf8.h"
#include "smtp/oauth.h"

/* Installed by Debian's ca-certificates. */
static const char ca_bundle[] = "/etc/ssl/certs/ca-certificates.crt";

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;
static CURLcode curl_started;

static void start_curl(void)
{
    curl_started = curl_global_init_mem(CURL_GLOBAL_DEFAULT, memory_get, free, memory_resize,
                                        memory_copy, memory_zeroed);
}

bool relay_init(struct failure *why)
{
    pthread_once(&curl_once, start_curl);
    return curl_started == CURLE_OK || fail(why, FAILURE_SYSTEM, "libcurl does not start: %s",
                                            curl_easy_strerror(curl_started));
}

void relay_library(char out[128], const char **word)
{
    const curl_version_info_data *about = curl_version_info(CURLVERSION_NOW);
    snprintf(out, 128, "libcurl %s (%s)", about->version,
             about->ssl_version != NULL ? about->ssl_version : "without TLS");
    bool faulty = about->version_num >= 0x080700 && about->version_num < 0x081100;
    *word = about->ssl_version == NULL ? "it cannot do TLS"
            : faulty ? "8.7 to 8.16 have faults with STARTTLS and with connections that are kept"
                     : NULL;
}

/* 127.0.0.0/8, ::1 and "localhost" (RFC 6761 6.3), without a DNS query. */
static bool host_is_loopback(const char *host)
{
    struct in_addr four;
    struct in6_addr six;
    char bare[64] = "";
    size_t len = strlen(host);
    if (host[0] == '[' && len > 2 && len < sizeof bare) {
        memcpy(bare, host + 1, len - 2);
        return inet_pton(AF_INET6, bare, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
    }
    return strcasecmp(host, "localhost") == 0 ||
           (inet_pton(AF_INET, host, &four) == 1 && (ntohl(four.s_addr) >> 24) == 127);
}

static bool host_is_address(const char *host)
{
    struct in_addr four;
    return host[0] == '[' || inet_pton(AF_INET, host, &four) == 1;
}

static char *url_part(struct arena *arena, CURLU *url, CURLUPart part, unsigned flags)
{
    char *text = NULL;
    if (curl_url_get(url, part, &text, flags) != CURLUE_OK) {
        return NULL;
    }
    char *copy = arena_copy(arena, text);
    curl_free(text);
    return copy;
}

/* The path of the URL is the name we say in EHLO; without one libcurl uses the host's own. */
static bool check_ehlo_name(const struct settings_relay *settings, const char *path,
                            struct failure *why)
{
    char key[SETTINGS_RELAY_KEY];
    /* NULL: it contains control characters, which libcurl does not decode. */
    const char *name = path == NULL ? "?" : path[0] == '/' ? path + 1 : path;
    if (name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-[]:")] !=
        '\0') {
        return fail(why, FAILURE_CONFIG,
                    "%s: what stands behind the host, \"%.60s\", is the name for EHLO and "
                    "may hold letters, digits, '.' and '-' only",
                    settings_relay_key(settings, "url", key), name);
    }
    return true;
}

static bool take_apart(struct arena *arena, CURLU *url, const struct settings_relay *settings,
                       struct relay *relay, struct failure *why)
{
    const char *text = settings->url;
    char key[SETTINGS_RELAY_KEY], other[SETTINGS_RELAY_KEY];
    settings_relay_key(settings, "url", key);
    if (curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
        return fail(why, FAILURE_CONFIG,
                    "%s \"%.100s\" is no address of a relay; write smtp://relay.example.org:587",
                    key, text);
    }
    const char *scheme = url_part(arena, url, CURLUPART_SCHEME, 0);
    const char *host = url_part(arena, url, CURLUPART_HOST, 0);
    bool implicit = strcasecmp(scheme, "smtps") == 0;
    if (host == NULL || host[0] == '\0' || (!implicit && strcasecmp(scheme, "smtp") != 0)) {
        return fail(why, FAILURE_CONFIG,
                    "%s \"%.100s\" must begin with smtp://HOST, smtps://HOST, maildir:DIR or "
                    "null:",
                    key, text);
    }
    if (url_part(arena, url, CURLUPART_USER, 0) != NULL) {
        return fail(why, FAILURE_CONFIG,
                    "%s must not carry a user or password; use %s and password_file", key,
                    settings_relay_key(settings, "username", other));
    }
    const char *port = url_part(arena, url, CURLUPART_PORT, 0);
    relay->kind = RELAY_SMTP;
    relay->loopback = host_is_loopback(host);
    relay->tls = implicit ? RELAY_IMPLICIT : RELAY_PLAIN;
    relay->port = port != NULL ? port : (implicit ? "465" : "25");
    relay->host = host_is_address(host) ? NULL : host;
    relay->place = arena_format(arena, "%s:%s", host, relay->port);
    relay->url = text;
    return check_ehlo_name(settings, url_part(arena, url, CURLUPART_PATH, CURLU_URLDECODE), why);
}

static bool choose_tls(const struct settings_relay *settings, struct relay *relay,
                       struct failure *why)
{
    enum settings_tls wanted = settings->tls;
    if (relay->tls == RELAY_IMPLICIT) {
        char key[SETTINGS_RELAY_KEY];
        return wanted != TLS_NONE || fail(why, FAILURE_CONFIG,
                                          "%s = none contradicts smtps:// in url; write smtp:// "
                                          "or leave tls out",
                                          settings_relay_key(settings, "tls", key));
    }
    bool clear = wanted == TLS_NONE || (wanted == TLS_AUTO && relay->loopback);
    relay->tls = clear ? RELAY_PLAIN : RELAY_STARTTLS;
    if (clear && !relay->loopback) {
        log_event(LOG_LEVEL_INFO, "relay", "plain", LOG_STR("relay", relay->place),
                  LOG_STR("why", "tls = none"));
    }
    return true;
}

bool relay_read_password(struct arena *arena, struct relay *relay, struct failure *why)
{
    const struct settings_relay *settings = relay->settings;
    char key[SETTINGS_RELAY_KEY];
    struct buf text;
    if (relay->username == NULL || relay->oauth != NULL) {
        return true;
    }
    buf_init(&text, SECRET_LINE_MAX);
    bool good = secret_read_line(settings->password_file, &text, why);
    if (good) {
        relay->password = arena_copy(arena, text.data);
    }
    secret_wipe(&text);
    return good || fail_context(why, "%s", settings_relay_key(settings, "password_file", key));
}

void relay_wipe(struct relay *relay)
{
    if (relay->password != NULL) {
        explicit_bzero(relay->password, strlen(relay->password));
        relay->password = NULL;
    }
}

static bool read_login(struct arena *arena, const struct settings_relay *settings,
                       struct relay *relay, struct failure *why)
{
    const char *username = settings->username;
    if (username == NULL || username[0] == '\0') {
        return true;
    }
    relay->auth = settings->auth;
    if (oauth_is_set(&settings->oauth)) {
        relay->username = arena_copy(arena, username);
        relay->oauth = &settings->oauth;
        return true;
    }
    if (settings->password_file == NULL || settings->password_file[0] == '\0') {
        char key[SETTINGS_RELAY_KEY];
        return fail(why, FAILURE_CONFIG, "%s is set and password_file is not",
                    settings_relay_key(settings, "username", key));
    }
    relay->username = arena_copy(arena, username);
    return true;
}

static bool read_smtp(struct arena *arena, const struct settings_relay *settings,
                      struct relay *relay, struct failure *why)
{
    if (!relay_init(why)) { /* before libcurl allocates memory of its own */
        return false;
    }
    CURLU *url = curl_url();
    if (url == NULL) {
        memory_exhausted();
    }
    bool good = take_apart(arena, url, settings, relay, why) && choose_tls(settings, relay, why) &&
                read_login(arena, settings, relay, why);
    curl_url_cleanup(url);
    relay->connect_timeout = settings->connect_timeout;
    bool own = settings->ca_file != NULL && settings->ca_file[0] != '\0';
    relay->ca_file = own ? settings->ca_file : NULL;
    if (good && own && access(relay->ca_file, R_OK) != 0) {
        char key[SETTINGS_RELAY_KEY];
        return fail_errno(why, FAILURE_CONFIG, "%s %s",
                          settings_relay_key(settings, "ca_file", key), relay->ca_file);
    }
    if (!own && access(ca_bundle, R_OK) == 0) {
        relay->ca_file = ca_bundle;
    }
    return good;
}

static bool read_relay(struct arena *arena, const struct settings_relay *settings,
                       struct relay *relay, struct failure *why)
{
    const char *text = settings->url;
    char key[SETTINGS_RELAY_KEY];
    *relay = (struct relay){.settings = settings};
    if (text == NULL || text[0] == '\0') {
        return fail(why, FAILURE_CONFIG,
                    "%s is not set; write smtp://HOST:587, or null: for a rehearsal",
                    settings_relay_key(settings, "url", key));
    }
    if (strcmp(text, "null:") == 0) {
        *relay = (struct relay){.settings = settings, .kind = RELAY_NULL, .place = text};
        return true;
    }
    if (strncmp(text, "maildir:", 8) == 0) {
        if (text[8] == '\0') {
            return fail(why, FAILURE_CONFIG, "%s = maildir: needs a folder behind the colon",
                        settings_relay_key(settings, "url", key));
        }
        *relay = (struct relay){
            .settings = settings, .kind = RELAY_MAILDIR, .place = text, .folder = text + 8};
        return true;
    }
    return read_smtp(arena, settings, relay, why);
}

bool relay_read_place(struct arena *arena, const struct settings_relay *settings,
                      struct relay *relay, struct failure *why)
{
    if (!read_relay(arena, settings, relay, why)) {
        return false;
    }
    bool named = settings->name != NULL;
    relay->name = named ? settings->name : relay->place;
    relay->label =
        named ? arena_format(arena, "%s (%s)", settings->name, relay->place) : relay->place;
    return true;
}

bool relay_read(struct arena *arena, const struct settings_relay *settings, struct relay *relay,
                struct failure *why)
{
    return relay_read_place(arena, settings, relay, why) && relay_read_password(arena, relay, why);
}

/* Reads one EHLO keyword with its parameters; `line` has neither code nor line end. */
static void offer_keyword(struct relay_offer *offer, const char *line)
{
    size_t len = strcspn(line, " =");
    if (len == 10 && strncasecmp(line, "PIPELINING", len) == 0) {
        offer->pipelining = true;
    } else if (len == 8 && strncasecmp(line, "SMTPUTF8", len) == 0) {
        offer->smtputf8 = true;
    } else if (len == 4 && strncasecmp(line, "AUTH", len) == 0) {
        offer->auth = true;
        snprintf(offer->auth_words, sizeof offer->auth_words, "%s", line + len + (line[len] != 0));
    } else if (len == 4 && strncasecmp(line, "SIZE", len) == 0) {
        offer->size = true;
        offer->size_max = line[len] == ' ' ? strtoll(line + len + 1, NULL, 10) : 0;
        offer->size_max = offer->size_max > 0 ? offer->size_max : 0;
    }
}

/* Many relays give the reason in the first line of a refusal and a link in the last one. */
static void keep_last(struct relay_offer *offer, const char *text)
{
    size_t used = offer->goes_on && strncmp(offer->last, text, 3) == 0 ? strlen(offer->last) : 0;
    snprintf(offer->last + used, sizeof offer->last - used, "%s%s", used > 0 ? " " : "", text);
    offer->goes_on = (text[0] == '4' || text[0] == '5') && strlen(text) > 3 && text[3] == '-';
}

void relay_offer_line(struct relay_offer *offer, const char *line, size_t len)
{
    while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r')) {
        len--;
    }
    size_t kept = len < sizeof offer->last - 1 ? len : sizeof offer->last - 1;
    char text[sizeof offer->last] = "";
    memcpy(text, line, kept);
    text[utf8_tame(text, kept)] = '\0';
    bool begins = offer->ended || strncmp(text, "250", 3) != 0;
    if (begins && (strncmp(text, "250", 3) == 0 || strncmp(text, "220", 3) == 0)) {
        *offer = (struct relay_offer){0};
    }
    if (strncmp(text, "250", 3) == 0 && kept > 4) {
        offer_keyword(offer, text + 4);
        offer->ended = text[3] == ' ';
    }
    keep_last(offer, text);
}

static size_t take_header(char *bytes, size_t size, size_t count, void *context)
{
    relay_offer_line(context, bytes, size * count);
    return size * count;
}

static int check_stop(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    (void)a, (void)b, (void)c, (void)d;
    return atomic_load(&((struct relay_stop *)context)->set) ? 1 : 0;
}

/* Copies only the word behind `command` if the line begins with it: what follows may be a password.
 */
static void take_word(const char *line, size_t len, const char *command, char *word, size_t size)
{
    size_t at = strlen(command), used = 0;
    if (len <= at || strncasecmp(line, command, at) != 0) {
        return;
    }
    for (; at < len && line[at] > ' ' && line[at] <= '~' && used + 1 < size; at++) {
        word[used++] = line[at];
    }
    word[used] = '\0';
}

static int note_trace(CURL *curl, curl_infotype type, char *line, size_t len, void *context)
{
    struct relay_trace *trace = context;
    (void)curl;
    if (type == CURLINFO_HEADER_OUT) {
        take_word(line, len, "EHLO ", trace->ehlo, sizeof trace->ehlo);
        take_word(line, len, "AUTH ", trace->login, sizeof trace->login);
    } else if (type == CURLINFO_TEXT) {
        take_word(line, len, "SSL connection using ", trace->tls, sizeof trace->tls);
    }
    return 0;
}

static void set_tls(CURL *curl, const struct relay *relay)
{
    bool tls = relay->tls != RELAY_PLAIN;
    /* ALL, never TRY: with TRY, an attacker in the middle who strips STARTTLS reads everything. */
    curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)(tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (relay->ca_file != NULL) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, relay->ca_file);
        curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    }
}

static void set_login(CURL *curl, const struct relay *relay, const struct relay_attempt *attempt)
{
    if (attempt->options != NULL) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, relay->username);
        curl_easy_setopt(curl, CURLOPT_LOGIN_OPTIONS, attempt->options);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, relay->password);
        curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, attempt->token);
    }
}

/* Attaches `attempt` to the handle, to observe the connection; forget_attempt() detaches it. */
static void set_attempt(CURL *curl, struct relay_attempt *attempt)
{
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, attempt->error);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &attempt->offer);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, check_stop);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, attempt->stop);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L); /* the trace goes to our callback only */
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, note_trace);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, &attempt->trace);
    if (attempt->resolve != NULL) {
        attempt->list = curl_slist_append(NULL, attempt->resolve);
        curl_easy_setopt(curl, CURLOPT_RESOLVE, attempt->list);
    }
}

static void forget_attempt(CURL *curl, struct relay_attempt *attempt)
{
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 0L);
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, NULL);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, NULL);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, NULL);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, NULL);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 1L);
    curl_easy_setopt(curl, CURLOPT_RESOLVE, NULL);
    curl_slist_free_all(attempt->list);
    attempt->list = NULL;
}

static void set_up(CURL *curl, const struct relay *relay)
{
    curl_easy_setopt(curl, CURLOPT_URL, relay->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* $ALL_PROXY is meant for browsers */
    curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, 1024L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)relay->connect_timeout);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)relay->connect_timeout);
    curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)relay->connect_timeout);
    set_tls(curl, relay);
}

CURL *relay_attempt(const struct relay *relay, struct relay_attempt *attempt)
{
    const char *address = NULL;
    CURL *curl = curl_easy_init();
    if (curl == NULL) {
        attempt->code = CURLE_FAILED_INIT;
        return NULL;
    }
    set_up(curl, relay);
    set_login(curl, relay, attempt);
    set_attempt(curl, attempt);
    attempt->code = curl_easy_perform(curl);
    if (curl_easy_getinfo(curl, CURLINFO_PRIMARY_IP, &address) == CURLE_OK && address != NULL) {
        snprintf(attempt->address, sizeof attempt->address, "%s", address);
    }
    forget_attempt(curl, attempt);
    if (attempt->code != CURLE_OK) {
        curl_easy_cleanup(curl);
        curl = NULL;
    }
    return curl;
}

bool relay_took_login(const struct relay_attempt *attempt)
{
    return strncmp(attempt->offer.last, "235", 3) == 0;
}

bool relay_challenged_token(const struct relay_attempt *attempt)
{
    return attempt->token != NULL && strncmp(attempt->offer.last, "334", 3) == 0;
}

static const char *what_failed(const struct relay_attempt *attempt)
{
    switch (attempt->code) {
    case CURLE_LOGIN_DENIED:
        return relay_challenged_token(attempt) ? "does not take our access token"
                                               : "refuses our login";
    case CURLE_USE_SSL_FAILED:
        return "offers no STARTTLS, which is required (tls)";
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

bool relay_fail(const struct relay *relay, const struct relay_attempt *attempt, struct failure *why)
{
    const char *last = attempt->offer.last;
    bool said = last[0] == '4' || last[0] == '5';
    if (attempt->code == CURLE_FAILED_INIT) {
        return fail(why, FAILURE_SYSTEM, "libcurl gives no handle");
    }
    return fail(why, FAILURE_UNAVAILABLE, "the relay %s %s: %s%s%s", relay->label,
                what_failed(attempt), said ? last : "", said ? "; " : "",
                attempt->error[0] != '\0' ? attempt->error : curl_easy_strerror(attempt->code));
}
