#include "bounce/dsn.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static const char *first_word(struct arena *arena, const char *value)
{
    char *word = arena_copy_bytes(arena, value, strcspn(value, " \t(;,"));
    for (char *at = word; *at != '\0'; at++) {
        *at = (char)tolower((unsigned char)*at);
    }
    return word;
}

/* "smtp; 550 …" without the type. */
static const char *without_type(const char *value)
{
    size_t type =
        strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");
    size_t semicolon = type + strspn(value + type, " ");
    return value[semicolon] == ';' ? value + semicolon + 1 : value;
}

static bool has_recipient(const struct dsn_block *block)
{
    return block->original != NULL || block->final != NULL || block->actual != NULL;
}

static bool has_answer(const struct dsn_block *block)
{
    return block->action != NULL || block->status != NULL || block->diagnostic != NULL;
}

static void read_field(struct arena *arena, const struct split_field *field,
                       struct dsn_block *block)
{
    const char *name = field->name, *value = field->value;
    if (strcmp(name, "original-recipient") == 0) {
        block->original = value;
    } else if (strcmp(name, "final-recipient") == 0) {
        block->final = value;
    } else if (strcmp(name, "x-actual-recipient") == 0) {
        block->actual = value;
    } else if (strcmp(name, "action") == 0) {
        block->action = first_word(arena, value);
    } else if (strcmp(name, "status") == 0) {
        block->status = value;
    } else if (strcmp(name, "diagnostic-code") == 0 && block->diagnostic == NULL) {
        block->diagnostic = without_type(value);
    } else if (strcmp(name, "x-powermta-bouncecategory") == 0) {
        block->category = value;
    } else if (strcmp(name, "x-supplementary-info") == 0 && block->diagnostic == NULL) {
        block->diagnostic = value;
    }
}

/* A second recipient of the same kind begins a new block. */
static bool begins_block(const struct split_field *field, const struct dsn_block *block)
{
    if (strcmp(field->name, "final-recipient") == 0) {
        return block->final != NULL;
    }
    return strcmp(field->name, "original-recipient") == 0 && block->original != NULL;
}

static size_t close_block(struct dsn_block blocks[DSN_BLOCKS], size_t count)
{
    bool keep = has_recipient(&blocks[count]) && count + 1 < DSN_BLOCKS;
    if (!keep) {
        return count;
    }
    blocks[count + 1] = (struct dsn_block){0};
    return count + 1;
}

size_t dsn_read(struct arena *arena, const char *text, size_t len,
                struct dsn_block blocks[DSN_BLOCKS])
{
    size_t at = 0, count = 0;
    blocks[0] = (struct dsn_block){0};
    while (at < len) {
        struct split_fields fields;
        size_t used;
        split_read_fields(arena, text + at, len - at, &fields, &used);
        for (size_t i = 0; i < fields.count; i++) {
            if (begins_block(&fields.list[i], &blocks[count])) {
                count = close_block(blocks, count);
            }
            read_field(arena, &fields.list[i], &blocks[count]);
        }
        if (has_recipient(&blocks[count]) && has_answer(&blocks[count])) {
            count = close_block(blocks, count);
        }
        at += used;
        const char *end = memchr(text + at, '\n', len - at);
        at = end == NULL ? len : (size_t)(end - text) + 1;
    }
    bool answer_alone = count == 0 && has_answer(&blocks[0]);
    return has_recipient(&blocks[count]) || answer_alone ? count + 1 : count;
}

bool dsn_looks_like(const char *text)
{
    const char *recipient = strcasestr(text, "\nfinal-recipient:");
    if (recipient == NULL) {
        recipient = strcasestr(text, "\noriginal-recipient:");
    }
    return recipient != NULL &&
           (strcasestr(text, "\naction:") != NULL || strcasestr(text, "\nstatus:") != NULL);
}
