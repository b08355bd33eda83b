#include "base/log.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"

enum { LOG_LINE = 4096 };

static enum log_level log_threshold = LOG_LEVEL_WARN;
static enum log_format log_shape = LOG_FORMAT_LOGFMT;
static int log_fd = STDERR_FILENO;

static bool log_journal;

static const char *const level_names[] = {"error", "warn", "info", "debug"};

/* Compares device and inode (systemd.exec(5)): the variable is still set when stderr has been
 * redirected. */
static bool goes_to_journal(int fd)
{
    const char *stream = getenv("JOURNAL_STREAM");
    struct stat st;
    char own[64];
    if (stream == NULL || fstat(fd, &st) != 0) {
        return false;
    }
    snprintf(own, sizeof own, "%llu:%llu", (unsigned long long)st.st_dev,
             (unsigned long long)st.st_ino);
    return strcmp(stream, own) == 0;
}

void log_open(enum log_level level, enum log_format format, int fd)
{
    log_threshold = level;
    log_shape = format;
    log_fd = fd;
    log_journal = goes_to_journal(fd);
}

const char *log_priority(enum log_level level)
{
    static const char *const priorities[] = {"<3>", "<4>", "<6>", "<7>"};
    return log_journal ? priorities[level] : "";
}

bool log_wants(enum log_level level)
{
    return level <= log_threshold;
}

static void add_quoted(struct buf *line, const char *text)
{
    buf_add_char(line, '"');
    for (const char *c = text; *c != '\0'; c++) {
        unsigned char byte = (unsigned char)*c;
        if (byte == '"' || byte == '\\') {
            buf_addf(line, "\\%c", byte);
        } else if (byte < 0x20 || byte == 0x7F) {
            buf_addf(line, "\\u%04x", byte);
        } else {
            buf_add_char(line, *c);
        }
    }
    buf_add_char(line, '"');
}

/* logfmt leaves plain words unquoted; JSON quotes every text. */
static void add_text(struct buf *line, const char *text)
{
    bool bare = log_shape == LOG_FORMAT_LOGFMT && text[0] != '\0';
    for (const char *c = text; bare && *c != '\0'; c++) {
        unsigned char byte = (unsigned char)*c;
        bare = byte > 0x20 && byte != '"' && byte != '=' && byte != '\\' && byte != 0x7F;
    }
    if (bare) {
        buf_add_text(line, text);
    } else {
        add_quoted(line, text);
    }
}

static void add_pair(struct buf *line, const struct log_pair *pair)
{
    if (pair->kind == LOG_TEXT && pair->text == NULL) {
        return;
    }
    if (log_shape == LOG_FORMAT_JSON) {
        buf_add_text(line, ",");
        add_quoted(line, pair->key);
        buf_add_text(line, ":");
    } else {
        buf_addf(line, " %s=", pair->key);
    }
    if (pair->kind == LOG_TEXT) {
        add_text(line, pair->text);
    } else {
        buf_addf(line, "%lld", (long long)pair->number);
    }
}

void log_write(enum log_level level, const char *subject, const char *verb,
               const struct log_pair *pairs)
{
    if (!log_wants(level)) {
        return;
    }
    char now[CLOCK_TEXT];
    clock_format(clock_now(), now);
    struct buf line;
    buf_init(&line, LOG_LINE);
    buf_add_text(&line, log_priority(level));
    if (log_shape == LOG_FORMAT_JSON) {
        buf_addf(&line, "{\"ts\":\"%s\",\"level\":\"%s\",\"subject\":\"%s\",\"verb\":\"%s\"", now,
                 level_names[level], subject, verb);
    } else {
        buf_addf(&line, "%s %s %s %s", now, level_names[level], subject, verb);
    }
    for (const struct log_pair *pair = pairs; pair->kind != LOG_END; pair++) {
        size_t before = line.len;
        add_pair(&line, pair);
        if (!buf_ok(&line)) {
            /* A pair that does not fit is left out, so that the line stays valid. */
            line.overflow = false;
            buf_truncate(&line, before);
        }
    }
    if (line.len > LOG_LINE - 2) {
        buf_truncate(&line, LOG_LINE - 2);
    }
    buf_add_text(&line, log_shape == LOG_FORMAT_JSON ? "}\n" : "\n");
    ssize_t put;
    do {
        put = write(log_fd, line.data, line.len);
    } while (put < 0 && errno == EINTR);
    buf_free(&line);
}
