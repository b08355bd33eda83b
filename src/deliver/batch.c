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

static void free_claims(struct claim *claim)
{
    while (claim != NULL) {
        struct claim *next = claim->next;
        arena_free(&claim->arena);
        free(claim);
        claim = next;
    }
}

void batch_free(struct batch *batch)
{
    free_claims(batch->spare);
    free_claims(batch->first);
    free(batch->waits);
    *batch = (struct batch){0};
}

static const char *keep(struct claim *claim, const char *text)
{
    return text != NULL ? arena_copy(&claim->arena, text) : NULL;
}

struct claim *batch_make(struct batch *batch, const struct delivery *row)
{
    struct claim *claim = batch->spare;
    struct arena arena = {0};
    if (claim != NULL) {
        batch->spare = claim->next;
        arena = claim->arena;
        arena_reset(&arena);
    } else {
        claim = memory_resize(NULL, sizeof *claim);
    }
    *claim = (struct claim){.arena = arena, .row = *row};
    struct delivery *copy = &claim->row;
    const char **texts[] = {&copy->address, &copy->domain,  &copy->name,  &copy->topics,
                            &copy->kind,    &copy->data,    &copy->reply, &copy->message_id,
                            &copy->relay,   &copy->enhanced};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        *texts[i] = keep(claim, *texts[i]);
    }
    return claim;
}

void batch_drop(struct batch *batch, struct claim *claim)
{
    claim->next = batch->spare;
    batch->spare = claim;
}

void batch_add_last(struct batch *batch, struct claim *claim)
{
    claim->next = NULL;
    *batch->end = claim;
    batch->end = &claim->next;
    batch->count++;
    batch->counts[claim->relay]++;
}

void batch_add_first(struct batch *batch, struct claim *claim)
{
    claim->next = batch->first;
    if (batch->first == NULL) {
        batch->end = &claim->next;
    }
    batch->first = claim;
    batch->count++;
    batch->counts[claim->relay]++;
}

/* Removes the claim that `link` points to. */
static struct claim *take_out(struct batch *batch, struct claim **link)
{
    struct claim *claim = *link;
    *link = claim->next;
    if (claim->next == NULL) {
        batch->end = link;
    }
    batch->count--;
    batch->counts[claim->relay]--;
    claim->next = NULL;
    return claim;
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

struct claim *batch_next(struct batch *batch, size_t relay, bool fresh)
{
    if (batch->counts[relay] == 0) {
        return NULL;
    }
    for (struct claim **link = &batch->first; *link != NULL; link = &(*link)->next) {
        if ((*link)->relay == relay && (fresh || (*link)->losses == 0) &&
            !batch_must_wait(batch, (*link)->row.domain)) {
            return take_out(batch, link);
        }
    }
    return NULL;
}

bool batch_wants_fresh(const struct batch *batch, size_t relay)
{
    for (const struct claim *claim = batch->first; claim != NULL; claim = claim->next) {
        if (claim->relay == relay && claim->losses > 0 &&
            !batch_must_wait(batch, claim->row.domain)) {
            return true;
        }
    }
    return false;
}

struct claim *batch_run(struct batch *batch)
{
    return batch->first != NULL ? take_out(batch, &batch->first) : NULL;
}

struct claim *batch_run_relay(struct batch *batch, size_t relay)
{
    struct claim *list = NULL, **end = &list;
    struct claim **link = &batch->first;
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
    for (const struct claim *claim = batch->first; claim != NULL; claim = claim->next) {
        count += claim->relay == relay && !batch_must_wait(batch, claim->row.domain);
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
