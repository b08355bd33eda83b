/*
 * Where the mail goes: the setting smtp.url taken apart, and a connection's handle made ready.
 *
 *   smtp://HOST[:PORT][/EHLO-NAME]    port 25; STARTTLS is required unless HOST is a loopback
 *                                     address or tls = none
 *   smtps://HOST[:PORT][/EHLO-NAME]   port 465; TLS from the first byte
 *   maildir:DIR, null:                local backends for rehearsals
 *
 * libcurl connects, says EHLO, does STARTTLS and AUTH and stops there (CONNECT_ONLY); the
 * transaction is ours. Certificates are checked against smtp.ca_file or Debian's bundle; the CA
 * directory is not read, as that costs 24 ms a connection instead of 6.
 */
#ifndef SMTP_RELAY_H
#define SMTP_RELAY_H

#include <curl/curl.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "settings/settings.h"

enum relay_kind { RELAY_SMTP, RELAY_MAILDIR, RELAY_NULL };
enum relay_tls { RELAY_PLAIN, RELAY_STARTTLS, RELAY_IMPLICIT };

struct relay {
    const struct settings_relay *settings;
    enum relay_kind kind;
    const char *name;   /* what the ledger keeps: that of its section, else the place */
    const char *place;  /* "host:port", "maildir:DIR", "null:" */
    const char *label;  /* for the operator: "main (host:port)", or the place */
    const char *url;    /* for libcurl */
    const char *folder; /* of a maildir */
    enum relay_tls tls;
    bool loopback;
    const char *host; /* a name that has to be looked up; NULL: the url has an address */
    const char *port;
    const char *username;               /* NULL: no AUTH */
    char *password;                     /* NULL: none is needed, or it has not been read */
    const char *auth;                   /* the one mechanism to be used; NULL: any */
    const struct settings_oauth *oauth; /* where tokens come from; NULL: there is a password */
    const char *ca_file;                /* NULL: libcurl's own default */
    int64_t connect_timeout;            /* seconds, for everything up to the end of AUTH */
};

/* Reads url, tls, ca_file, username, auth and oauth of `settings`, which outlive the relay: all but
 * the password. FAILURE_CONFIG says what to write. */
bool relay_read_place(struct arena *arena, const struct settings_relay *settings,
                      struct relay *relay, struct failure *why) MUST_CHECK;
/* Reads password_file where the relay's login needs it; fails as secret_read_line(). Wipe it. */
bool relay_read_password(struct arena *arena, struct relay *relay, struct failure *why) MUST_CHECK;
/* Both. */
bool relay_read(struct arena *arena, const struct settings_relay *settings, struct relay *relay,
                struct failure *why) MUST_CHECK;
/* Overwrites the password, before its arena gives the memory away. */
void relay_wipe(struct relay *relay);

/* What opens connections, by name and version ("libcurl 7.88.1 GnuTLS/3.7.9"); *word gets what is
 * wrong with that version, or NULL. */
void relay_library(char out[128], const char **word);

/* curl_global_init(), once in a process; call before any thread opens a connection. */
bool relay_init(struct failure *why) MUST_CHECK;

/* What the server offers, by the last EHLO reply: after STARTTLS the first one counts for nothing
 * (RFC 3207 4.2). */
struct relay_offer {
    bool pipelining;      /* RFC 2920 */
    bool smtputf8;        /* RFC 6531 */
    bool size;            /* RFC 1870 */
    bool auth;            /* RFC 4954 */
    int64_t size_max;     /* 0: no fixed limit */
    char auth_words[160]; /* the mechanisms, as they are offered */
    char last[512];       /* the last reply line, of a refusal all its lines, for the operator */
    bool goes_on;         /* and the refusal is not over */
    bool ended;           /* the EHLO block that is being read is over */
};

/* One line of the server's, as libcurl hands it over. */
void relay_offer_line(struct relay_offer *offer, const char *line, size_t len);

/* Set by another thread to end an opening. */
struct relay_stop {
    atomic_bool set;
};

/* What libcurl keeps to itself: what was agreed on, as its trace tells. */
struct relay_trace {
    char ehlo[256]; /* the name that we gave */
    char tls[64];   /* "TLS1.3", as the TLS library names it; "" without */
    char login[32]; /* the mechanism of the last AUTH; "" without */
};

/* One attempt to open a connection. */
struct relay_attempt {
    const char *resolve; /* "HOST:PORT:ADDRESS,…": of the name these addresses alone; NULL: all */
    const char *options; /* CURLOPT_LOGIN_OPTIONS; NULL: no login */
    const char *token;   /* instead of the password; NULL: none */
    struct relay_stop *stop; /* ends it */
    struct relay_offer offer;
    struct relay_trace trace;
    char error[CURL_ERROR_SIZE];
    char address[64]; /* whom we were connected to; "" nobody */
    CURLcode code;
    struct curl_slist *list; /* private */
};

/* Connects. NULL with `attempt->code` where it failed; else the handle, ready for
 * curl_easy_send(), owned by the caller (curl_easy_cleanup), which points to nothing of `attempt`
 * any more. */
CURL *relay_attempt(const struct relay *relay, struct relay_attempt *attempt);

/* Whether the server took our login. */
bool relay_took_login(const struct relay_attempt *attempt);
/* Whether the last thing that it said to a token is a challenge: no, in the words of RFC 7628. */
bool relay_challenged_token(const struct relay_attempt *attempt);

/* Why an attempt failed, as the operator's line: which relay, what went wrong, what the server
 * said. Always false. */
bool relay_fail(const struct relay *relay, const struct relay_attempt *attempt,
                struct failure *why);

#endif
