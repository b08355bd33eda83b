#include "issue/claims.h"

#include <string.h>

#include "base/json.h"
#include "digest/derivation.h"

enum { JSON_MAX = 256 * 1024, PARTS = 3 };

/* A text of the issue that speaks before all others do. */
struct claim_text {
    const char *name, *text;
    bool own;
    struct derivation derivation;
};

static void read_parts(struct arena *arena, const struct variant_source *source,
                       struct claim_text parts[PARTS])
{
    struct variant_source ours = *source;
    variant_headline(arena, &ours);
    const struct value *issue = value_find(variant_variables(arena, source), "issue");
    const char *headline = value_find(issue, "headline")->text;
    const struct newsletter_headline *told = &source->headline, *made = &ours.headline;
    parts[0] = (struct claim_text){
        .name = "subject", .text = told->subject, .own = strcmp(told->subject, made->subject) == 0};
    parts[1] = (struct claim_text){.name = "preheader",
                                   .text = told->preheader,
                                   .own = strcmp(told->preheader, made->preheader) == 0};
    parts[2] = (struct claim_text){.name = "headline", .text = headline, .own = true};
    for (size_t i = 0; i < PARTS && source->story_count > 0; i++) {
        parts[i].derivation =
            derivation_of(arena, source->stories, source->story_count, parts[i].text);
    }
}

const char *claims_json(struct arena *arena, const struct variant_source *source)
{
    struct claim_text parts[PARTS];
    struct value *list = value_list(arena);
    read_parts(arena, source, parts);
    for (size_t i = 0; i < PARTS; i++) {
        for (size_t j = 0; j < parts[i].derivation.count; j++) {
            const struct statement *claim = &parts[i].derivation.claims[j];
            struct value *row = value_add(list, value_object(arena));
            value_set_text(arena, row, "part", parts[i].name);
            value_set_text(arena, row, "words", claim->words);
            value_set(arena, row, "from",
                      claim->from != NULL ? value_text(arena, claim->from) : value_null(arena));
        }
    }
    struct buf text;
    buf_init(&text, JSON_MAX);
    json_write(&text, list, JSON_COMPACT);
    const char *copy = arena_copy(arena, text.data);
    buf_free(&text);
    return copy;
}

void claims_unproven(struct arena *arena, const struct variant_source *source,
                     struct check_input *input)
{
    struct claim_text parts[PARTS];
    size_t room = 0;
    read_parts(arena, source, parts);
    for (size_t i = 0; i < PARTS; i++) {
        room += parts[i].derivation.count;
    }
    struct check_claim *claims = arena_array(arena, room, sizeof *claims);
    input->claims = claims;
    input->claim_count = 0;
    for (size_t i = 0; i < PARTS; i++) {
        for (size_t j = 0; j < parts[i].derivation.count; j++) {
            const struct statement *claim = &parts[i].derivation.claims[j];
            if (claim->from == NULL) {
                claims[input->claim_count++] = (struct check_claim){
                    .part = parts[i].name, .words = claim->words, .own = parts[i].own};
            }
        }
    }
}
