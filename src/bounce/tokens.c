/* Collects words that have the form of our tokens; only the judge can verify them. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "bounce/detect.h"

static bool is_base32(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '2' && byte <= '7');
}

static void add_token(struct bounce_report *report, enum bounce_place place, const char *text)
{
    if (report->token_count == BOUNCE_TOKENS) {
        return;
    }
    struct bounce_token *token = &report->tokens[report->token_count];
    *token = (struct bounce_token){.place = place};
    for (size_t i = 0; i < BOUNCE_TOKEN_LEN; i++) {
        token->text[i] = (char)tolower((unsigned char)text[i]);
    }
    for (size_t i = 0; i < report->token_count; i++) {
        const struct bounce_token *other = &report->tokens[i];
        if (other->place == place && strcmp(other->text, token->text) == 0) {
            return;
        }
    }
    report->token_count++;
}

static bool ends_with(const char *text, size_t len, const char *word)
{
    size_t size = strlen(word);
    return len >= size && strncasecmp(text + len - size, word, size) == 0;
}

/* "PREFIX+TOKEN@": the prefix gives the place. */
static enum bounce_place envelope_place(const char *value, size_t before)
{
    return ends_with(value, before, "unsubscribe+") ? PLACE_UNSUBSCRIBE : PLACE_BOUNCES;
}

static void scan(struct bounce_report *report, const char *value, bool envelope)
{
    size_t at = 0;
    while (value[at] != '\0') {
        size_t len = 0;
        while (is_base32(value[at + len])) {
            len++;
        }
        bool bounded = (at == 0 || !isdigit((unsigned char)value[at - 1])) &&
                       !isdigit((unsigned char)value[at + len]);
        if (len == BOUNCE_TOKEN_LEN && bounded) {
            bool address = at > 0 && value[at - 1] == '+' && value[at + len] == '@';
            if (!envelope) {
                add_token(report, PLACE_RETURNED, value + at);
            } else if (address) {
                add_token(report, envelope_place(value, at), value + at);
            }
        }
        at += len > 0 ? len : 1;
    }
}

static void scan_fields(struct bounce_report *report, const struct split_fields *fields,
                        const char *const *names, bool envelope)
{
    for (size_t n = 0; names[n] != NULL; n++) {
        for (size_t i = 0; i < fields->count; i++) {
            if (strcmp(fields->list[i].name, names[n]) == 0) {
                scan(report, fields->list[i].value, envelope);
            }
        }
    }
}

/* RFC 5965 section 3.2: the envelope sender of the reported message, which is ours with a token. */
static void scan_feedback(struct detection *detection, const struct split_part *part)
{
    static const char *const sender[] = {"original-mail-from", NULL};
    struct split_fields fields;
    split_read_fields(detection->arena, part->text, part->len, &fields, NULL);
    scan_fields(detection->report, &fields, sender, false);
}

static void scan_links(struct bounce_report *report, const char *text)
{
    static const char path[] = "/leave/";
    for (const char *at = strstr(text, path); at != NULL; at = strstr(at, path)) {
        at += strlen(path);
        size_t len = 0;
        while (is_base32(at[len])) {
            len++;
        }
        if (len == BOUNCE_TOKEN_LEN && !isdigit((unsigned char)at[len])) {
            add_token(report, PLACE_LINK, at);
        }
    }
}

void detect_links(struct detection *detection)
{
    for (size_t i = 0; i < detection->split->count; i++) {
        const struct split_part *part = &detection->split->parts[i];
        if (part->kind == SPLIT_TEXT && part->depth > 0) {
            scan_links(detection->report, part->text);
        }
    }
}

void detect_token_value(struct detection *detection, const char *value)
{
    scan(detection->report, value, false);
}

void detect_tokens(struct detection *detection)
{
    static const char *const envelope[] = {
        "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to", NULL};
    static const char *const returned[] = {"return-path",     "list-unsubscribe", "message-id",
                                           "x-envelope-from", "errors-to",        NULL};
    scan_fields(detection->report, &detection->split->fields, envelope, true);
    for (size_t i = 0; i < detection->split->count; i++) {
        const struct split_part *part = &detection->split->parts[i];
        if (part->kind == SPLIT_RETURNED) {
            scan_fields(detection->report, &part->fields, returned, false);
        } else if (part->kind == SPLIT_FEEDBACK && part->depth == 0) {
            scan_feedback(detection, part);
        }
    }
    scan_fields(detection->report, &detection->evidence.body.returned, returned, false);
}
