/* Settings that name a place or a person: URLs, addresses, domains, networks. */
#include <arpa/inet.h>
#include <string.h>

#include "base/file.h"
#include "mail/address.h"
#include "settings/table.h"

/* Without trailing slashes, so that "/leave/…" can be appended. */
static char *trim_slashes(struct arena *arena, const char *text)
{
    size_t len = strlen(text);
    while (len > 0 && text[len - 1] == '/') {
        len--;
    }
    return arena_copy_bytes(arena, text, len);
}

static bool read_web_url(const struct taking *taking, struct setting_url *url)
{
    if (!setting_url_parse(taking->text, url, taking->why)) {
        return false;
    }
    if (strcmp(url->scheme, "https") != 0 && strcmp(url->scheme, "http") != 0) {
        return taking_fail_form(taking);
    }
    return true;
}

bool setting_take_web_url(const struct taking *taking)
{
    struct setting_url url;
    return read_web_url(taking, &url) &&
           taking_put(taking, trim_slashes(taking->arena, taking->text));
}

bool setting_take_slug_url(const struct taking *taking)
{
    struct setting_url url;
    if (!read_web_url(taking, &url)) {
        return false;
    }
    const char *slug = strstr(url.path, "{slug}");
    if (slug == NULL || strstr(slug + 1, "{slug}") != NULL) {
        return fail(taking->why, FAILURE_CONFIG,
                    "{slug} must occur in it once, where a comparison's name goes");
    }
    return taking_put(taking, taking->text);
}

bool setting_take_public_url(const struct taking *taking)
{
    struct setting_url url;
    if (!read_web_url(taking, &url)) {
        return false;
    }
    if (strcmp(url.scheme, "http") == 0 && !setting_url_is_loopback(&url)) {
        return fail(taking->why, FAILURE_CONFIG,
                    "it has to be https: mail systems follow unsubscribe links over https alone "
                    "(RFC 8058)");
    }
    if (strpbrk(url.path, "?#") != NULL) {
        return fail(taking->why, FAILURE_CONFIG, "it cannot contain ? or #");
    }
    return taking_put(taking, trim_slashes(taking->arena, taking->text));
}

/* "maildir:DIR" with DIR made relative to the file's folder; NULL if it is something else. */
static char *maildir_url(const struct taking *taking)
{
    const char *dir = taking->text + strlen("maildir:");
    if (strncmp(taking->text, "maildir:", strlen("maildir:")) != 0 || *dir == '\0') {
        return NULL;
    }
    return arena_format(taking->arena, "maildir:%s", file_join(taking->arena, taking->folder, dir));
}

/* The name in EHLO: a host name, with or without a dot. */
static bool is_host_name(const char *name)
{
    size_t len = 0;
    while (setting_is_alnum(name[len]) || (len > 0 && (name[len] == '-' || name[len] == '.'))) {
        len++;
    }
    return name[len] == '\0' && len <= 253;
}

/* A URL that is no folder. Text without a scheme ("imap.example.org") is answered with the whole
 * form of the setting, which offers folders of this machine too. */
static bool parse_url(const struct taking *taking, struct setting_url *url)
{
    if (strcmp(taking->text, "maildir:") == 0) {
        return taking_fail(taking, taking->text, "maildir: and a folder, as maildir:box");
    }
    if (strstr(taking->text, "://") == NULL) {
        return taking_fail_form(taking);
    }
    return setting_url_parse(taking->text, url, taking->why);
}

bool setting_take_relay(const struct taking *taking)
{
    struct setting_url url;
    char *maildir = maildir_url(taking);
    if (maildir != NULL || strcmp(taking->text, "null:") == 0) {
        return taking_put(taking, maildir != NULL ? maildir : taking->text);
    }
    if (!parse_url(taking, &url)) {
        return false;
    }
    if (strcmp(url.scheme, "smtp") != 0 && strcmp(url.scheme, "smtps") != 0) {
        return taking_fail_form(taking);
    }
    if (url.path[0] != '\0' && (url.path[0] != '/' || !is_host_name(url.path + 1))) {
        return taking_fail(taking, url.path, "/ and our own host name");
    }
    return taking_put(taking, trim_slashes(taking->arena, taking->text));
}

bool setting_take_mailbox_url(const struct taking *taking)
{
    struct setting_url url;
    char *maildir = maildir_url(taking);
    if (maildir != NULL) {
        return taking_put(taking, maildir);
    }
    if (!parse_url(taking, &url)) {
        return false;
    }
    bool good = (strcmp(url.scheme, "imaps") == 0 || strcmp(url.scheme, "imap") == 0) &&
                strlen(url.path) > 1;
    return good ? taking_put(taking, taking->text) : taking_fail_form(taking);
}

bool setting_take_listen(const struct taking *taking)
{
    const char *colon = strrchr(taking->text, ':');
    const char *end;
    int64_t port;
    if (strncmp(taking->text, "unix:", 5) == 0 && taking->text[5] != '\0') {
        return taking_put(taking,
                          arena_format(taking->arena, "unix:%s",
                                       file_join(taking->arena, taking->folder, taking->text + 5)));
    }
    if (colon == NULL || colon == taking->text || !setting_read_digits(colon + 1, &port, &end) ||
        *end != '\0' || port > 65535) {
        return taking_fail_form(taking);
    }
    return taking_put(taking, taking->text);
}

static bool is_network(struct arena *arena, const char *text)
{
    unsigned char bytes[16];
    const char *slash = strchr(text, '/');
    size_t len = slash != NULL ? (size_t)(slash - text) : strlen(text);
    char *ip = arena_copy_bytes(arena, text, len);
    int64_t most = inet_pton(AF_INET, ip, bytes) == 1    ? 32
                   : inet_pton(AF_INET6, ip, bytes) == 1 ? 128
                                                         : -1;
    int64_t prefix = 0;
    const char *end = "";
    return most > 0 && (slash == NULL || (setting_read_digits(slash + 1, &prefix, &end) &&
                                          *end == '\0' && prefix <= most));
}

bool setting_take_networks(const struct taking *taking)
{
    const char **list = arena_array(taking->arena, taking->count + 1, sizeof *list);
    for (size_t i = 0; i < taking->count; i++) {
        if (!is_network(taking->arena, taking->values[i])) {
            return taking_fail(taking, taking->values[i],
                               "an IP address, or a network as 192.0.2.0/24");
        }
        list[i] = taking->values[i];
    }
    *(const char ***)taking_field(taking) = list;
    return true;
}

bool setting_take_sender(const struct taking *taking)
{
    char name[256];
    struct address address;
    return address_parse_mailbox(taking->text, name, &address, taking->why) &&
           taking_put(taking, taking->text);
}

bool setting_take_bounces(const struct taking *taking)
{
    /* 64 octets before @, less a plus sign and a token of 40 */
    enum { BOUNCES_LOCAL_MAX = 23 };
    struct address address;
    if (!address_parse(taking->text, &address, taking->why)) {
        return false;
    }
    if (!address.ascii || address.at > BOUNCES_LOCAL_MAX) {
        return taking_fail_form(taking);
    }
    return taking_put(taking, arena_copy(taking->arena, address.normal));
}

/* Failures of a domain speak of addresses, which would confuse here; so the form is shown
 * instead. */
static bool read_domain(const struct taking *taking, const char *text, char domain[ADDRESS_MAX + 1])
{
    struct failure about_address;
    return address_domain(text, domain, &about_address) ||
           taking_fail(taking, text, "a domain, as news.example.org");
}

bool setting_take_domain(const struct taking *taking)
{
    char domain[ADDRESS_MAX + 1];
    return read_domain(taking, taking->text, domain) &&
           taking_put(taking, arena_copy(taking->arena, domain));
}

bool setting_take_label(const struct taking *taking)
{
    size_t len = strlen(taking->text);
    for (size_t i = 0; i < len; i++) {
        char c = taking->text[i];
        char next = taking->text[i + 1];
        bool edge = i == 0 || i + 1 == len || next == '.' || taking->text[i - 1] == '.';
        if (!setting_is_alnum(c) && !((c == '-' || c == '_') && !edge) && !(c == '.' && !edge)) {
            return taking_fail_form(taking);
        }
    }
    return len <= 63 ? taking_put(taking, taking->text) : taking_fail_form(taking);
}

bool setting_take_addresses(const struct taking *taking)
{
    const char **list = arena_array(taking->arena, taking->count + 1, sizeof *list);
    for (size_t i = 0; i < taking->count; i++) {
        struct address address;
        if (!address_parse(taking->values[i], &address, taking->why)) {
            return fail_context(taking->why, "\"%.100s\"", taking->values[i]);
        }
        list[i] = arena_copy(taking->arena, address.normal);
    }
    *(const char ***)taking_field(taking) = list;
    return true;
}

bool setting_take_hosts(const struct taking *taking)
{
    const char **list = arena_array(taking->arena, taking->count + 1, sizeof *list);
    for (size_t i = 0; i < taking->count; i++) {
        char domain[ADDRESS_MAX + 1];
        if (!read_domain(taking, taking->values[i], domain)) {
            return false;
        }
        list[i] = arena_copy(taking->arena, domain);
    }
    *(const char ***)taking_field(taking) = list;
    return true;
}

bool setting_take_sources(const struct taking *taking)
{
    const char **list = arena_array(taking->arena, taking->count + 1, sizeof *list);
    for (size_t i = 0; i < taking->count; i++) {
        char domain[ADDRESS_MAX + 1];
        struct address address;
        const char *text = taking->values[i];
        if (strchr(text, '@') == NULL ? !read_domain(taking, text, domain)
                                      : !address_parse(text, &address, taking->why)) {
            return false;
        }
        list[i] = arena_copy(taking->arena, strchr(text, '@') == NULL ? domain : address.key);
    }
    *(const char ***)taking_field(taking) = list;
    return true;
}

static bool read_domain_rate(const struct taking *taking, const char *text,
                             struct settings_domain_rate *rate)
{
    const char *sign = strchr(text, '=');
    if (sign == NULL || !setting_read_rate(sign + 1, &rate->rate)) {
        return taking_fail(taking, text, "DOMAIN=RATE, as example.com=600/min");
    }
    if (strcmp(sign + 1, "0") == 0) {
        return fail(taking->why, FAILURE_CONFIG,
                    "\"%.100s\": nobody can be mailed at a rate of 0; for no limit write %.*s=none",
                    text, (int)(sign - text < 100 ? sign - text : 100), text);
    }
    char domain[ADDRESS_MAX + 1] = "*";
    char *given = arena_copy_bytes(taking->arena, text, (size_t)(sign - text));
    if (strcmp(given, "*") != 0 && !address_domain(given, domain, taking->why)) {
        return fail_context(taking->why, "\"%.100s\"", text);
    }
    rate->domain = arena_copy(taking->arena, domain);
    return true;
}

bool setting_take_domain_rates(const struct taking *taking)
{
    struct settings_domain_rate *rates =
        arena_array(taking->arena, taking->count + 1, sizeof *rates);
    for (size_t i = 0; i < taking->count; i++) {
        if (!read_domain_rate(taking, taking->values[i], &rates[i])) {
            return false;
        }
        for (size_t j = 0; j < i; j++) {
            if (strcmp(rates[i].domain, rates[j].domain) == 0) {
                return fail(taking->why, FAILURE_CONFIG, "%.100s is given twice", rates[i].domain);
            }
        }
    }
    *(struct settings_domain_rates *)taking_field(taking) =
        (struct settings_domain_rates){rates, taking->count};
    return true;
}
