/*
 * The relay that takes our mail: parses the setting smtp.url and opens connections with libcurl.
 *
 *   smtp://HOST[:PORT][/EHLO-NAME]    port 25; STARTTLS is required unless HOST is a loopback
 *                                     address or tls = none
 *   smtps://HOST[:PORT][/EHLO-NAME]   port 465; TLS from the first byte
 *   maildir:DIR, null:                local backends for rehearsals
 *
 * libcurl connects, sends EHLO, does STARTTLS and AUTH and stops there (CONNECT_ONLY); the
 * transaction is ours (transaction.h). Certificates are checked against smtp.ca_file or Debian's
 * bundle; the CA directory is not read, because that makes a connection cost 24 ms instead of 6.
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
    const char *name;   /* as stored in the ledger: the name of its section, else the place */
    const char *place;  /* "host:port", "maildir:DIR", "null:" */
    const char *label;  /* for the operator: "main (host:port)", or the place */
    const char *url;    /* for libcurl */
    const char *folder; /* of a maildir */
    enum relay_tls tls;
    bool loopback;
    const char *host; /* a name that has to be resolved; NULL: the URL has an address */
    const char *port;
    const char *username;               /* NULL: no AUTH */
    char *password;                     /* NULL: none is needed, or it was not read yet */
    const char *auth;                   /* the only mechanism to use; NULL: any */
    const struct settings_oauth *oauth; /* source of access tokens; NULL: a password is used */
    const char *ca_file;                /* NULL: libcurl's default */
    int64_t connect_timeout;            /* seconds, for everything up to the end of AUTH */
};

/* Reads url, tls, ca_file, username, auth and oauth of `settings`, which must outlive the relay:
 * everything but the password. FAILURE_CONFIG says what to write. */
bool relay_read_place(struct arena *arena, const struct settings_relay *settings,
                      struct relay *relay, struct failure *why) MUST_CHECK;
/* Reads password_file if the relay's login needs it; fails like secret_read_line(). Wipe the relay
 * afterwards. */
bool relay_read_password(struct arena *arena, struct relay *relay, struct failure *why) MUST_CHECK;
/* Both of the above. */
bool relay_read(struct arena *arena, const struct settings_relay *settings, struct relay *relay,
                struct failure *why) MUST_CHECK;
/* Overwrites the password before its arena frees the memory. */
void relay_wipe(struct relay *relay);

/* Name and version of the library that opens connections ("libcurl 7.88.1 GnuTLS/3.7.9"); `*word`
 * is what is wrong with that version, or NULL. */
void relay_library(char out[128], const char **word);

/* Calls curl_global_init(), once in a process; call it before any thread opens a connection. */
bool relay_init(struct failure *why) MUST_CHECK;

/* What the server offers in its last EHLO reply: after STARTTLS the first reply no longer counts
 * (RFC 3207 4.2). */
struct relay_offer {
    bool pipelining;      /* RFC 2920 */
    bool smtputf8;        /* RFC 6531 */
    bool size;            /* RFC 1870 */
    bool auth;            /* RFC 4954 */
    int64_t size_max;     /* 0: no fixed limit */
    char auth_words[160]; /* the mechanisms, as the server lists them */
    char last[512];       /* the last reply line, or all lines of a refusal, for the operator */
    bool goes_on;         /* the refusal has further lines */
    bool ended;           /* the EHLO reply that was being read is complete */
};

/* Takes one line from the server, as libcurl's trace passes it on. */
void relay_offer_line(struct relay_offer *offer, const char *line, size_t len);

/* Set by another thread to abort an opening. */
struct relay_stop {
    atomic_bool set;
};

/* What was negotiated; libcurl tells it only in its trace. */
struct relay_trace {
    char ehlo[256]; /* the name that we sent */
    char tls[64];   /* "TLS1.3", as the TLS library names it; "" without TLS */
    char login[32]; /* the mechanism of the last AUTH; "" if there was none */
};

/* One attempt to open a connection. */
struct relay_attempt {
    const char *resolve; /* "HOST:PORT:ADDRESS,…": connect to these addresses only; NULL: all */
    const char *options; /* CURLOPT_LOGIN_OPTIONS; NULL: no login */
    const char *token;   /* instead of the password; NULL: none */
    struct relay_stop *stop; /* aborts the attempt */
    struct relay_offer offer;
    struct relay_trace trace;
    char error[CURL_ERROR_SIZE];
    char address[64]; /* the address that we were connected to; "" if none */
    CURLcode code;
    struct curl_slist *list; /* private */
};

/* Connects. Returns NULL if that failed, with the reason in `attempt->code`; otherwise a handle
 * ready for curl_easy_send(), owned by the caller (curl_easy_cleanup), which no longer points to
 * `attempt`. */
CURL *relay_attempt(const struct relay *relay, struct relay_attempt *attempt);

/* Whether the server accepted our login. */
bool relay_took_login(const struct relay_attempt *attempt);
/* Whether the server's last reply to a token was a challenge, which is how RFC 7628 says no. */
bool relay_challenged_token(const struct relay_attempt *attempt);

/* The reason why an attempt failed, as the operator's line: which relay, what went wrong, what the
 * server said. Always false. */
bool relay_fail(const struct relay *relay, const struct relay_attempt *attempt,
                struct failure *why);

#endif
