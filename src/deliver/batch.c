#include "deliver/batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void batch_init(struct batch *batch)
{
    *batch = (struct batch){0};
    batch->end = &batch->first;
    batch->waits = memory_resize(NULL, BATCH_WAITS * sizeof *batch->waits);
}

static void free_letters(struct letter *letter)
{
    while (letter != NULL) {
        struct letter *next = letter->next;
        arena_free(&letter->arena);
        free(letter);
        letter = next;
    }
}

void batch_free(struct batch *batch)
{
    free_letters(batch->spare);
    free_letters(batch->first);
    free(batch->waits);
    *batch = (struct batch){0};
}

static const char *keep(struct letter *letter, const char *text)
{
    return text != NULL ? arena_copy(&letter->arena, text) : NULL;
}

struct letter *batch_letter(struct batch *batch, const struct delivery *row)
{
    struct letter *letter = batch->spare;
    struct arena arena = {0};
    if (letter != NULL) {
        batch->spare = letter->next;
        arena = letter->arena;
        arena_reset(&arena);
    } else {
        letter = memory_resize(NULL, sizeof *letter);
    }
    *letter = (struct letter){.arena = arena, .row = *row};
    struct delivery *copy = &letter->row;
    const char **texts[] = {&copy->address, &copy->domain,  &copy->name,  &copy->topics,
                            &copy->kind,    &copy->data,    &copy->reply, &copy->message_id,
                            &copy->relay,   &copy->enhanced};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        *texts[i] = keep(letter, *texts[i]);
    }
    return letter;
}

void batch_drop(struct batch *batch, struct letter *letter)
{
    letter->next = batch->spare;
    batch->spare = letter;
}

void batch_add_last(struct batch *batch, struct letter *letter)
{
    letter->next = NULL;
    *batch->end = letter;
    batch->end = &letter->next;
    batch->count++;
    batch->counts[letter->relay]++;
}

void batch_add_first(struct batch *batch, struct letter *letter)
{
    letter->next = batch->first;
    if (batch->first == NULL) {
        batch->end = &letter->next;
    }
    batch->first = letter;
    batch->count++;
    batch->counts[letter->relay]++;
}

/* Takes out the letter that `link` points to. */
static struct letter *take_out(struct batch *batch, struct letter **link)
{
    struct letter *letter = *link;
    *link = letter->next;
    if (letter->next == NULL) {
        batch->end = link;
    }
    batch->count--;
    batch->counts[letter->relay]--;
    letter->next = NULL;
    return letter;
}

bool batch_must_wait(const struct batch *batch, const char *domain)
{
    for (size_t i = 0; i < batch->wait_count; i++) {
        if (strcmp(batch->waits[i].domain, domain) == 0) {
            return true;
        }
    }
    return false;
}

struct letter *batch_next(struct batch *batch, size_t relay, bool fresh)
{
    if (batch->counts[relay] == 0) {
        return NULL;
    }
    for (struct letter **link = &batch->first; *link != NULL; link = &(*link)->next) {
        if ((*link)->relay == relay && (fresh || (*link)->losses == 0) &&
            !batch_must_wait(batch, (*link)->row.domain)) {
            return take_out(batch, link);
        }
    }
    return NULL;
}

bool batch_wants_fresh(const struct batch *batch, size_t relay)
{
    for (const struct letter *letter = batch->first; letter != NULL; letter = letter->next) {
        if (letter->relay == relay && letter->losses > 0 &&
            !batch_must_wait(batch, letter->row.domain)) {
            return true;
        }
    }
    return false;
}

struct letter *batch_run(struct batch *batch)
{
    return batch->first != NULL ? take_out(batch, &batch->first) : NULL;
}

struct letter *batch_run_relay(struct batch *batch, size_t relay)
{
    struct letter *list = NULL, **end = &list;
    struct letter **link = &batch->first;
    while (*link != NULL) {
        if ((*link)->relay == relay) {
            *end = take_out(batch, link);
            end = &(*end)->next;
        } else {
            link = &(*link)->next;
        }
    }
    return list;
}

size_t batch_count_free(const struct batch *batch, size_t relay)
{
    size_t count = 0;
    for (const struct letter *letter = batch->first; letter != NULL; letter = letter->next) {
        count += letter->relay == relay && !batch_must_wait(batch, letter->row.domain);
    }
    return count;
}

bool batch_wait(struct batch *batch, const char *domain, int64_t until_ms)
{
    if (batch->wait_count == BATCH_WAITS) {
        return false;
    }
    struct batch_wait *wait = &batch->waits[batch->wait_count++];
    snprintf(wait->domain, sizeof wait->domain, "%s", domain);
    wait->until_ms = until_ms;
    return true;
}

bool batch_end_waits(struct batch *batch, int64_t now_ms)
{
    size_t before = batch->wait_count;
    for (size_t i = 0; i < batch->wait_count;) {
        if (batch->waits[i].until_ms <= now_ms) {
            batch->waits[i] = batch->waits[--batch->wait_count];
        } else {
            i++;
        }
    }
    return batch->wait_count < before;
}

int64_t batch_first_wait(const struct batch *batch)
{
    int64_t first = -1;
    for (size_t i = 0; i < batch->wait_count; i++) {
        int64_t until = batch->waits[i].until_ms;
        first = first < 0 || until < first ? until : first;
    }
    return first;
}
