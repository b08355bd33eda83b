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
#ifndef DELIVER_RELAY_H
#define DELIVER_RELAY_H

#include <curl/curl.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "base/settings.h"

enum relay_kind { RELAY_SMTP, RELAY_MAILDIR, RELAY_NULL };
enum relay_tls { RELAY_PLAIN, RELAY_STARTTLS, RELAY_IMPLICIT };

struct relay {
    const struct settings_relay *settings;
    enum relay_kind kind;
    const char *name;   /* "host:port", "maildir:DIR", "null:": what the ledger keeps */
    const char *url;    /* for libcurl */
    const char *folder; /* of a maildir */
    enum relay_tls tls;
    bool loopback;
    const char *username, *password; /* NULL: no AUTH */
    const char *ca_file;             /* NULL: libcurl's own default */
    int64_t connect_timeout;         /* seconds, for everything up to the end of AUTH */
};

/* Reads url, tls, ca_file, username and password_file of `settings`, which outlive the relay.
 * FAILURE_CONFIG says what to write. */
bool relay_read(struct arena *arena, const struct settings_relay *settings, struct relay *relay,
                struct failure *why) MUST_CHECK;

/* What opens connections, by name and version ("libcurl 7.88.1 GnuTLS/3.7.9"); *word gets what is
 * wrong with that version, or NULL. */
void relay_library(char out[128], const char **word);

/* curl_global_init(), once in a process; call before any thread opens a connection. */
bool relay_init(struct failure *why) MUST_CHECK;

/* What the server offers, by the last EHLO reply: after STARTTLS the first one counts for nothing
 * (RFC 3207 4.2). */
struct relay_offer {
    bool pipelining;  /* RFC 2920 */
    bool smtputf8;    /* RFC 6531 */
    bool size;        /* RFC 1870 */
    bool auth;        /* RFC 4954 */
    int64_t size_max; /* 0: no fixed limit */
    char last[512];   /* the last reply line, of a refusal all its lines, for the operator */
    bool goes_on;     /* and the refusal is not over */
    bool ended;       /* the EHLO block that is being read is over */
};

/* One line of the server's, as libcurl hands it over. */
void relay_offer_line(struct relay_offer *offer, const char *line, size_t len);

/* Set by another thread to end an opening. */
struct relay_stop {
    atomic_bool set;
};

/* A handle that is ready for curl_easy_perform(); `offer` and `error` (CURL_ERROR_SIZE) are filled
 * while it runs; `stop` ends it. Owned by the caller (curl_easy_cleanup). */
CURL *relay_handle(const struct relay *relay, struct relay_offer *offer, char *error,
                   struct relay_stop *stop, struct failure *why) MUST_CHECK;

/* After curl_easy_perform(): whether the connection may be used. The failure is the operator's
 * line: which relay, what went wrong, what the server said. */
bool relay_opened(const struct relay *relay, CURLcode code, const struct relay_offer *offer,
                  const char *error, struct failure *why) MUST_CHECK;

#endif
