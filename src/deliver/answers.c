#include "deliver/answers.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

void answers_init(struct answers *answers)
{
    answers->next = 0;
    answers->count = 0;
    for (size_t i = 0; i < ANSWERS_SENTENCES; i++) {
        answers->sentences[i].masked[0] = '\0';
    }
}

struct answers_page {
    char *relay;
    struct answers answers;
    struct answers_page *next;
};

struct answers *answers_of(struct answers_book *book, const char *relay)
{
    struct answers_page *page = book->first;
    while (page != NULL && strcmp(page->relay, relay) != 0) {
        page = page->next;
    }
    if (page == NULL) {
        page = memory_resize(NULL, sizeof *page);
        page->relay = memory_copy(relay);
        answers_init(&page->answers);
        page->next = book->first;
        book->first = page;
    }
    return &page->answers;
}

void answers_free(struct answers_book *book)
{
    while (book->first != NULL) {
        struct answers_page *next = book->first->next;
        free(book->first->relay);
        free(book->first);
        book->first = next;
    }
}

static void push(struct answers *answers, struct answer answer)
{
    answers->window[answers->next] = answer;
    answers->next = (answers->next + 1) % ANSWERS_WINDOW;
    answers->count += answers->count < ANSWERS_WINDOW;
}

void answers_accept(struct answers *answers)
{
    push(answers, (struct answer){.sentence = -1});
}

/* FNV-1a. */
static uint32_t hash_of(const char *domain)
{
    uint32_t hash = 2166136261U;
    for (; *domain != '\0'; domain++) {
        hash = (hash ^ (unsigned char)*domain) * 16777619U;
    }
    return hash;
}

static bool stands(const struct answers *answers, int sentence)
{
    for (size_t i = 0; i < answers->count; i++) {
        if (answers->window[i].sentence == sentence) {
            return true;
        }
    }
    return false;
}

/* The place of the sentence, or one that the window no longer needs; -1 if there is no room. */
static int find_place(const struct answers *answers, const char *masked)
{
    int spare = -1;
    for (int i = 0; i < ANSWERS_SENTENCES; i++) {
        if (strcmp(answers->sentences[i].masked, masked) == 0) {
            return i;
        }
        if (spare < 0 && !stands(answers, i)) {
            spare = i;
        }
    }
    return spare;
}

int answers_refuse(struct answers *answers, const struct delivery *row, const struct reply *reply,
                   const struct refusal *refusal)
{
    char masked[SENTENCE_MAX + 1];
    int place = -1;
    if (refusal->reason != REFUSAL_GREYLISTED) {
        sentence_mask(reply->text, row->address, masked);
        place = find_place(answers, masked);
    }
    if (place >= 0) {
        struct answers_sentence *sentence = &answers->sentences[place];
        memcpy(sentence->masked, masked, sizeof masked);
        memcpy(sentence->sample, reply->text, sizeof reply->text);
        sentence->refusal = *refusal;
    }
    push(answers, (struct answer){place, hash_of(row->domain), row->id});
    return place;
}

static size_t count_domains(const struct answers *answers, int sentence)
{
    uint32_t seen[ANSWERS_WINDOW];
    size_t count = 0;
    for (size_t i = 0; i < answers->count; i++) {
        const struct answer *answer = &answers->window[i];
        bool known = answer->sentence != sentence;
        for (size_t k = 0; k < count && !known; k++) {
            known = seen[k] == answer->domain;
        }
        if (!known) {
            seen[count++] = answer->domain;
        }
    }
    return count;
}

bool answers_too_often(const struct answers *answers, int sentence, const struct settings *settings)
{
    int64_t ids[ANSWERS_WINDOW];
    if (sentence < 0) {
        return false;
    }
    int64_t all = (int64_t)answers->count;
    int64_t said = (int64_t)answers_rows(answers, sentence, ids);
    enum refusal_fault fault = answers->sentences[sentence].refusal.fault;
    if (fault == REFUSAL_RECIPIENT || fault == REFUSAL_MAILBOX) {
        return all >= ANSWERS_SURE_OF && said * 100 >= settings->deliver.rest_refused_percent * all;
    }
    /* At least a tenth: three companies with the same filter do not make a bad day. */
    bool several = said >= ANSWERS_MANY && said * 10 >= all &&
                   (int64_t)count_domains(answers, sentence) >= settings->deliver.rest_domains;
    bool share = all >= ANSWERS_SHARE_OF && said * 100 >= settings->deliver.rest_percent * all;
    return several || share;
}

size_t answers_rows(const struct answers *answers, int sentence, int64_t ids[ANSWERS_WINDOW])
{
    size_t count = 0;
    for (size_t i = 0; i < answers->count; i++) {
        if (answers->window[i].sentence == sentence) {
            ids[count++] = answers->window[i].id;
        }
    }
    return count;
}
