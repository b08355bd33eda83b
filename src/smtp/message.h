/*
 * A finished message and its envelope sender (the mail object of RFC 5321 2.3.1, without its
 * recipient). All lines end in CRLF, the last one too, and no line starts with a dot.
 */
#ifndef SMTP_MESSAGE_H
#define SMTP_MESSAGE_H

#include "base/buf.h"

struct smtp_message {
    struct buf bytes;
    char envelope_sender[320];
};

#endif
