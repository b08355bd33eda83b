#include "bounce/command.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* The text after the arrow of a transcript's line; NULL if it is no such line. */
static const char *behind_arrow(const char *line, const char *const arrows[])
{
    line += strspn(line, " \t");
    for (size_t i = 0; arrows[i] != NULL; i++) {
        size_t len = strlen(arrows[i]);
        if (strncmp(line, arrows[i], len) == 0) {
            return line + len + strspn(line + len, " ");
        }
    }
    return NULL;
}

static enum refusal_command command_sent(const char *sent)
{
    static const struct {
        const char *verb;
        enum refusal_command command;
    } verbs[] = {{"mail from", REFUSAL_MAIL}, {"helo", REFUSAL_HELO}, {"ehlo", REFUSAL_HELO},
                 {"rcpt to", REFUSAL_RCPT},   {"data", REFUSAL_DATA}, {".", REFUSAL_TEXT}};
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strncasecmp(sent, verbs[i].verb, strlen(verbs[i].verb)) == 0) {
            return verbs[i].command;
        }
    }
    return REFUSAL_REPORT;
}

static bool is_refusal(const char *answer, const char *said)
{
    bool code = (answer[0] == '4' || answer[0] == '5') && isdigit((unsigned char)answer[1]) &&
                isdigit((unsigned char)answer[2]);
    said += strspn(said, " ");
    size_t len = strcspn(answer, "\r\n"), said_len = strlen(said);
    return code && (said_len == 0 || strncmp(answer, said, len < said_len ? len : said_len) == 0);
}

enum refusal_command command_in_transcript(const char *text, size_t len, const char *said)
{
    static const char *const ours[] = {">>>", "-->", NULL};
    static const char *const theirs[] = {"<<<", "<--", NULL};
    enum refusal_command command = REFUSAL_REPORT;
    const char *end = text + len;
    while (text < end) {
        const char *sent = behind_arrow(text, ours), *answer = behind_arrow(text, theirs);
        if (sent != NULL) {
            command = command_sent(sent);
        } else if (answer != NULL && is_refusal(answer, said)) {
            return command;
        }
        const char *next = memchr(text, '\n', (size_t)(end - text));
        text = next == NULL ? end : next + 1;
    }
    return REFUSAL_REPORT;
}

bool command_is_senders(enum refusal_command command)
{
    return command == REFUSAL_HELO || command == REFUSAL_MAIL;
}
