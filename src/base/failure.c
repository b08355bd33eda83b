#include "base/failure.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* Text from outside may not be valid UTF-8: a file's name, or a piece of bad input that a library
 * quotes in its message. */
static void failure_make_valid(struct failure *why)
{
    size_t len = strlen(why->text);
    for (size_t i = 0; i < len;) {
        size_t size = utf8_decode(why->text + i, len - i, NULL);
        if (size == 1 && (unsigned char)why->text[i] >= 0x80) {
            why->text[i] = '?';
        }
        i += size;
    }
}

/* Makes the text one printable line and, where it was cut, ends it at a whole character. */
static void failure_tidy(struct failure *why)
{
    size_t len = strlen(why->text);
    if (len == sizeof why->text - 1) {
        while (len > 0 && ((unsigned char)why->text[len - 1] & 0xC0) == 0x80) {
            len--;
        }
        if (len > 0 && (unsigned char)why->text[len - 1] >= 0xC0) {
            len--;
        }
        why->text[len] = '\0';
    }
    for (char *c = why->text; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7F) {
            *c = '?';
        }
    }
    failure_make_valid(why);
}

bool fail(struct failure *why, enum failure_kind kind, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    why->kind = kind;
    vsnprintf(why->text, sizeof why->text, format, args);
    va_end(args);
    failure_tidy(why);
    return false;
}

bool fail_errno(struct failure *why, enum failure_kind kind, const char *format, ...)
{
    int error = errno;
    va_list args;
    va_start(args, format);
    why->kind = kind;
    vsnprintf(why->text, sizeof why->text, format, args);
    va_end(args);
    size_t len = strlen(why->text);
    snprintf(why->text + len, sizeof why->text - len, ": %s", strerror(error));
    failure_tidy(why);
    return false;
}

bool fail_context(struct failure *why, const char *format, ...)
{
    char rest[sizeof why->text];
    memcpy(rest, why->text, sizeof rest);
    va_list args;
    va_start(args, format);
    vsnprintf(why->text, sizeof why->text, format, args);
    va_end(args);
    size_t len = strlen(why->text);
    snprintf(why->text + len, sizeof why->text - len, ": %s", rest);
    failure_tidy(why);
    return false;
}

int failure_exit_code(enum failure_kind kind)
{
    switch (kind) {
    case FAILURE_NONE:
        return 0;
    case FAILURE_USAGE:
        return 64;
    case FAILURE_DATA:
        return 65;
    case FAILURE_NO_INPUT:
        return 66;
    case FAILURE_UNAVAILABLE:
        return 69;
    case FAILURE_INTERNAL:
        return 70;
    case FAILURE_SYSTEM:
        return 71;
    case FAILURE_CANNOT_CREATE:
        return 73;
    case FAILURE_IO:
        return 74;
    case FAILURE_TRY_AGAIN:
        return 75;
    case FAILURE_PERMISSION:
        return 77;
    case FAILURE_CONFIG:
        return 78;
    }
    return 70;
}
