#include "smtp/login.h"

#include <string.h>
#include <strings.h>

enum {
    BIT_PLAIN = 1 << LOGIN_PLAIN,
    BIT_LOGIN = 1 << LOGIN_LOGIN,
    BIT_COMMAND = 1 << LOGIN_COMMAND,
    BITS_TOKEN = 1 << LOGIN_OAUTHBEARER | 1 << LOGIN_XOAUTH2,
    BITS_ALL = (1 << LOGIN_MECHANISMS) - 1,
};

static const struct {
    const char *name;   /* as servers announce it */
    const char *option; /* as CURLOPT_LOGIN_OPTIONS names it */
} mechanisms[LOGIN_MECHANISMS] = {
    [LOGIN_PLAIN] = {"PLAIN", "PLAIN"},
    [LOGIN_LOGIN] = {"LOGIN", "LOGIN"},
    [LOGIN_COMMAND] = {"the command LOGIN", "+LOGIN"},
    [LOGIN_CRAM_MD5] = {"CRAM-MD5", "CRAM-MD5"},
    [LOGIN_DIGEST_MD5] = {"DIGEST-MD5", "DIGEST-MD5"},
    [LOGIN_NTLM] = {"NTLM", "NTLM"},
    [LOGIN_OAUTHBEARER] = {"OAUTHBEARER", "OAUTHBEARER"},
    [LOGIN_XOAUTH2] = {"XOAUTH2", "XOAUTH2"},
};

void login_init(struct login *login, bool token, const char *fixed, bool command)
{
    unsigned ours = token ? BITS_TOKEN : BITS_ALL & ~BITS_TOKEN;
    ours &= command ? BITS_ALL : ~(unsigned)BIT_COMMAND;
    if (fixed != NULL) {
        unsigned one = login_find(fixed, strlen(fixed));
        /* `auth = LOGIN` means the name: both the SASL mechanism and IMAP's command. */
        ours &= one == BIT_LOGIN ? BIT_LOGIN | BIT_COMMAND : one;
    }
    *login = (struct login){.ours = ours, .token = token, .working = -1};
}

static unsigned lowest(unsigned bits)
{
    return bits & (~bits + 1);
}

unsigned login_next(const struct login *login)
{
    unsigned left = login->ours & ~login->refused;
    if (login->working >= 0) {
        return 1U << login->working;
    }
    if (login->heard) {
        return lowest(left & login->offered);
    }
    unsigned common = left & (BIT_PLAIN | BIT_LOGIN);
    return common != 0 ? common : left;
}

static void write_list(unsigned bits, const char *prefix, const char *between, bool option,
                       struct buf *out)
{
    for (int i = 0; i < LOGIN_MECHANISMS; i++) {
        if ((bits & 1U << i) != 0) {
            buf_addf(out, "%s%s%s", out->len > 0 ? between : "", prefix,
                     option ? mechanisms[i].option : mechanisms[i].name);
        }
    }
}

void login_write_options(unsigned bits, struct buf *out)
{
    write_list(bits, "AUTH=", ";", true, out);
}

void login_write_names(unsigned bits, struct buf *out)
{
    write_list(bits, "", ", ", false, out);
}

unsigned login_find(const char *name, size_t len)
{
    for (unsigned i = 0; i < LOGIN_MECHANISMS; i++) {
        if (strlen(mechanisms[i].name) == len && strncasecmp(mechanisms[i].name, name, len) == 0) {
            return 1U << i;
        }
    }
    return 0;
}

unsigned login_find_all(const char *words)
{
    unsigned bits = 0;
    while (*words != '\0') {
        size_t len = strcspn(words, " ");
        bits |= login_find(words, len);
        words += len + (words[len] == ' ');
    }
    return bits;
}

void login_hear(struct login *login, unsigned offered)
{
    login->heard = true;
    login->offered = offered;
}

void login_refuse(struct login *login, unsigned mechanism)
{
    login->refused |= mechanism;
    if (login->working >= 0 && (1U << login->working & mechanism) != 0) {
        login->working = -1;
    }
}

void login_accept(struct login *login, unsigned mechanism)
{
    for (int i = 0; i < LOGIN_MECHANISMS; i++) {
        if (mechanism == 1U << i) {
            login->working = i;
        }
    }
}

bool login_is_refused(const struct login *login)
{
    return login_next(login) == 0 && (login->refused & login->ours) != 0;
}

/* Microsoft 365: "535 5.7.139 Authentication unsuccessful, basic authentication is disabled",
 * "SmtpClientAuthentication is disabled for the Tenant", 5.7.30; Google: "534 5.7.9
 * Application-specific password required"; Yahoo: "please generate an app password". */
bool login_wants_token(const struct login *login, const char *said)
{
    static const char *const words[] = {"5.7.139",
                                        "5.7.30",
                                        "basic authentication",
                                        "clientauthentication is disabled",
                                        "application-specific password",
                                        "app password"};
    if (login->token || login->refused == 0) {
        return false;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcasestr(said, words[i]) != NULL) {
            return true;
        }
    }
    return (login->offered & BITS_TOKEN) != 0;
}
