/*
 * The log: one line for each event, `time level subject verb key=value …`, on stderr.
 *
 * People appear by subscriber id, addresses at debug level only, secrets never. The result of a
 * command is not logged but printed by cmd/.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };
enum log_format { LOG_FORMAT_LOGFMT, LOG_FORMAT_JSON };

/* Lines at `level` or above go to file descriptor `fd`. Until the first call: warnings and errors,
 * as logfmt, on stderr. */
void log_open(enum log_level level, enum log_format format, int fd);

/* "<3>" for an error where standard error goes to systemd's journal, which reads the priority from
 * it (sd-daemon(3)); "" elsewhere. log_write() puts it in front of each line. */
const char *log_priority(enum log_level level);

bool log_wants(enum log_level level);

enum log_kind { LOG_END, LOG_TEXT, LOG_NUMBER };

/* A key and its value: text (UTF-8; quoted where needed; NULL leaves the pair out) or a number. */
struct log_pair {
    const char *key;
    const char *text;
    int64_t number;
    enum log_kind kind;
};

#define LOG_STR(name, value) ((struct log_pair){.key = (name), .text = (value), .kind = LOG_TEXT})
#define LOG_INT(name, value)                                                                       \
    ((struct log_pair){.key = (name), .number = (value), .kind = LOG_NUMBER})

/* log_event(LOG_LEVEL_INFO, "issue", "sent", LOG_INT("issue", 3), LOG_STR("code", "250")); */
#define log_event(level, subject, verb, ...)                                                       \
    log_write((level), (subject), (verb), (const struct log_pair[]){__VA_ARGS__, {.kind = LOG_END}})

/* `pairs` ends with LOG_END. One write(2) for each line, so that lines of several processes do not
 * mix. */
void log_write(enum log_level level, const char *subject, const char *verb,
               const struct log_pair *pairs);

#endif
