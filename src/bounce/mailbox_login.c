#include "bounce/mailbox_login.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"

bool mailbox_login_open(struct mailbox_login *login, const struct settings *settings,
                        struct failure *why)
{
    const char *username = settings->bounce.username, *file = settings->bounce.password_file;
    bool token = oauth_is_set(&settings->bounce.oauth);
    *login = (struct mailbox_login){.username = username, .auth = settings->bounce.auth};
    buf_init(&login->password, SECRET_LINE_MAX);
    oauth_token_init(&login->token);
    login_init(&login->login, token, login->auth, true);
    if (username == NULL || username[0] == '\0' || (!token && (file == NULL || file[0] == '\0'))) {
        return fail(why, FAILURE_CONFIG,
                    "an IMAP mailbox needs bounce.username and bounce.password_file or "
                    "bounce.oauth");
    }
    login->oauth = token ? &settings->bounce.oauth : NULL;
    return token || secret_read_line(file, &login->password, why) ||
           fail_context(why, "bounce.password_file");
}

void mailbox_login_close(struct mailbox_login *login)
{
    secret_wipe(&login->password);
    oauth_token_wipe(&login->token);
}

static bool take_token(struct mailbox_login *login, const char *refused, struct failure *why)
{
    const struct oauth_token *token = &login->token;
    bool good =
        token->text.len > 0 && token->expires_at > clock_now() + OAUTH_MARGIN && refused == NULL;
    return good || oauth_get(login->oauth, login->username, refused, NULL, &login->token, why) ||
           fail_context(why, "bounce.oauth");
}

/* Before version 8.2, libcurl uses IMAP's own LOGIN command if the server offers no SASL mechanism,
 * and cannot be told to use it. */
static bool takes_command(void)
{
    return curl_version_info(CURLVERSION_NOW)->version_num >= 0x080200;
}

static void write_options(unsigned choice, struct buf *out)
{
    if (choice == 1U << LOGIN_COMMAND && !takes_command()) {
        buf_add_text(out, "AUTH=*");
    } else {
        login_write_options(choice, out);
    }
}

bool mailbox_login_apply(struct mailbox_login *login, CURL *curl, struct failure *why)
{
    struct buf options;
    if (login->oauth != NULL && !take_token(login, NULL, why)) {
        return false;
    }
    login->used = 0;
    login->choice = login_next(&login->login);
    buf_init(&options, 200);
    write_options(login->choice, &options);
    curl_easy_setopt(curl, CURLOPT_USERNAME, login->username);
    curl_easy_setopt(curl, CURLOPT_LOGIN_OPTIONS, options.data);
    if (login->oauth != NULL) {
        curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, login->token.text.data);
    } else {
        curl_easy_setopt(curl, CURLOPT_PASSWORD, login->password.data);
    }
    buf_free(&options);
    return true;
}

/* "* CAPABILITY IMAP4rev1 AUTH=PLAIN LOGINDISABLED": the last one before the login counts, which is
 * the one inside TLS. */
static void hear_capability(struct mailbox_login *login, const char *text)
{
    struct buf offered;
    unsigned bits = 0;
    buf_init(&offered, sizeof login->offered - 1);
    for (const char *at = text; (at = strcasestr(at, " AUTH=")) != NULL;) {
        at += 6;
        size_t len = strcspn(at, " \r\n");
        bits |= login_find(at, len);
        buf_addf(&offered, "%s%.*s", offered.len > 0 ? " " : "", (int)len, at);
    }
    if (strcasestr(text, " LOGINDISABLED") == NULL && (takes_command() || offered.len == 0)) {
        bits |= 1U << LOGIN_COMMAND;
    }
    login_hear(&login->login, bits);
    memcpy(login->offered, offered.data, offered.len + 1);
    buf_free(&offered);
}

void mailbox_login_hear(struct mailbox_login *login, curl_infotype type, const char *line,
                        size_t len)
{
    char text[1024];
    static const char command[] = " AUTHENTICATE ";
    size_t kept = len < sizeof text - 1 ? len : sizeof text - 1;
    if (type != CURLINFO_HEADER_OUT && type != CURLINFO_HEADER_IN) {
        return;
    }
    memcpy(text, line, kept);
    text[kept] = '\0';
    const char *space = strchr(text, ' ');
    if (type == CURLINFO_HEADER_IN) {
        if (strncasecmp(text, "* CAPABILITY ", 13) == 0 && login->login.working < 0) {
            hear_capability(login, text);
        }
    } else if (space != NULL && strncmp(space, command, sizeof command - 1) == 0) {
        const char *name = space + sizeof command - 1;
        login->used = login_find(name, strcspn(name, " \r\n"));
    } else if (space != NULL && strncmp(space, " LOGIN ", 7) == 0) {
        login->used = 1U << LOGIN_COMMAND;
    }
    explicit_bzero(text, sizeof text); /* may contain a password */
}

void mailbox_login_accept(struct mailbox_login *login)
{
    login_accept(&login->login, login->used);
    login->renewed = login->renewed && login->used == 0;
    login->untried = 0;
}

/* A refused token may have been revoked before it expired, so a new one is fetched, once. */
static bool renew_token(struct mailbox_login *login)
{
    struct failure why = {0};
    if (login->oauth == NULL || login->renewed) {
        return false;
    }
    login->renewed = true;
    char *refused = memory_copy(login->token.text.data);
    bool good = take_token(login, refused, &why) && strcmp(refused, login->token.text.data) != 0;
    explicit_bzero(refused, strlen(refused));
    free(refused);
    if (why.kind != FAILURE_NONE) {
        log_event(LOG_LEVEL_WARN, "mailbox", "no_token", LOG_STR("why", why.text));
    }
    return good;
}

bool mailbox_login_refuse(struct mailbox_login *login)
{
    if (login->used != 0 && renew_token(login)) {
        return true;
    }
    login_refuse(&login->login, login->used);
    unsigned next = login_next(&login->login);
    if (login->used != 0) {
        return next != 0;
    }
    /* No login was tried if the server offers none of what it could choose from. */
    return next != 0 && next != login->choice && login->untried++ < LOGIN_MECHANISMS;
}

bool mailbox_login_fail(const struct mailbox_login *login, const char *mailbox, const char *said,
                        struct failure *why)
{
    const char *advice = login_wants_token(&login->login, said)
                             ? "; a password was refused: this provider wants OAuth, see the "
                               "section oauth in verdicts.conf(5)"
                             : "";
    if (login->used != 0 || login->login.refused != 0 || !login->login.heard) {
        return fail(why, FAILURE_UNAVAILABLE, "the mailbox %s refuses our login: %s%s", mailbox,
                    said, advice);
    }
    struct buf ours;
    buf_init(&ours, 200);
    login_write_names(login->login.ours, &ours);
    fail(why, FAILURE_UNAVAILABLE,
         "the mailbox %s offers no mechanism that we have: it offers %s, and we have %s%s", mailbox,
         login->offered[0] != '\0' ? login->offered : "none", ours.data,
         login->auth != NULL ? " alone (bounce.auth)" : "");
    buf_free(&ours);
    return false;
}
