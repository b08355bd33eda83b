/*
 * Finds SMTP reply codes and enhanced status codes (RFC 3463) in text, and tells what each says
 * about the reader, by the table of smtp/refusal.h.
 */
#ifndef BOUNCE_STATUS_H
#define BOUNCE_STATUS_H

#include "bounce/report.h"
#include "smtp/refusal.h"

/* Codes as written in a reply or a Diagnostic-Code field. */
struct status_codes {
    int code; /* 4xx or 5xx; 0: none */
    struct bounce_status status;
};

/* The first reply code and the first enhanced code in `len` bytes. Dotted numbers that are part of
 * an IP address or a version do not count. */
void status_scan(const char *text, size_t len, struct status_codes *codes);

/* Reads "5.1.1" at the start of a Status field (white space before it and comments after it are
 * allowed). False if there is none; `*status` is zeroed then. */
bool status_parse(const char *text, struct bounce_status *status);

/* True for x.0.0, 5.1.0, 5.2.0, 5.3.0, 5.5.0, 5.7.0, 5.7.1 …: codes that servers use for anything,
 * so that words outweigh them. */
bool status_generic(const struct bounce_status *status);

/* The reason by the name that reports use. REASON_NONE if no row of the table fits. */
enum bounce_reason status_refusal(const struct refusal *refusal);

/* The meaning of the code alone. REASON_NONE if it has none. */
enum bounce_reason status_reason(const struct bounce_status *status);

/* The same for a reply code without enhanced code (RFC 5321, 4.2.3). */
enum bounce_reason status_code_reason(int code);

/* hard or soft: a reason that means a dead address is hard if the refusal is permanent. */
enum bounce_class status_class(enum bounce_reason reason, bool permanent);

#endif
