#include "issue/claims.h"

#include <string.h>

#include "base/json.h"
#include "digest/derivation.h"

enum { JSON_MAX = 64 * 1024 /* of one copy */, PARTS = 3 };

/* A text of the issue that readers see before all others. */
struct claim_text {
    const char *name, *topics, *text;
    bool own;
    struct derivation derivation;
};

/* The texts of the copies for each choice of topics, "" among them. */
struct claim_texts {
    struct claim_text *list;
    size_t count, claims;
};

static void add_text(struct arena *arena, const struct variant_source *chosen,
                     const struct claim_text *text, struct claim_texts *texts)
{
    struct claim_text *added = &texts->list[texts->count++];
    *added = *text;
    added->derivation = derivation_of(arena,
                                      &(struct derivation_source){
                                          .stories = chosen->stories,
                                          .count = chosen->story_count,
                                          .moves = chosen->moves.list,
                                          .move_count = chosen->moves.count,
                                      },
                                      text->text);
    texts->claims += added->derivation.count;
}

/* An editor's words are in every copy, and are checked once, against the whole issue. */
static void read_copy(struct arena *arena, const struct variant_source *source, const char *topics,
                      struct claim_texts *texts)
{
    struct variant_source chosen, ours;
    if (!variant_choose(arena, source, topics, &chosen)) {
        return;
    }
    ours = chosen;
    ours.words.told.subject = ours.words.told.preheader = NULL;
    variant_headline(arena, &ours);
    const struct newsletter_headline *told = &chosen.headline, *made = &ours.headline;
    const struct claim_text parts[PARTS] = {
        {.name = "subject",
         .text = told->subject,
         .own = strcmp(told->subject, made->subject) == 0},
        {.name = "preheader",
         .text = told->preheader,
         .own = strcmp(told->preheader, made->preheader) == 0},
        {.name = "headline",
         .text = variant_title(arena, &chosen),
         .own = chosen.words.told.headline == NULL},
    };
    for (size_t i = 0; i < PARTS; i++) {
        struct claim_text part = parts[i];
        part.topics = topics;
        if (topics[0] == '\0' || part.own) {
            add_text(arena, &chosen, &part, texts);
        }
    }
}

static size_t count_lines(const struct note *note)
{
    size_t count = 0;
    for (size_t i = 0; note != NULL && i < note->count; i++) {
        count += note->blocks[i].count;
    }
    return count;
}

static void read_note(struct arena *arena, const struct variant_source *source,
                      const struct note *note, struct claim_texts *texts)
{
    for (size_t i = 0; note != NULL && i < note->count; i++) {
        for (size_t j = 0; j < note->blocks[i].count; j++) {
            const struct claim_text part = {
                .name = "note",
                .topics = "",
                .text = note_view_text(arena, &note->blocks[i].lines[j]),
            };
            add_text(arena, source, &part, texts);
        }
    }
}

static size_t note_lines(const struct newsletter_words *words)
{
    size_t count = count_lines(words->note);
    for (size_t i = 0; i < words->note_count; i++) {
        count += count_lines(words->notes[i].note);
    }
    return count;
}

static struct claim_texts read_copies(struct arena *arena, const struct variant_source *source,
                                      const struct issue_variant *variants, size_t count)
{
    const struct newsletter_words *words = &source->words.told;
    size_t room = PARTS * (count + 1) + note_lines(words);
    struct claim_texts texts = {.list = arena_array(arena, room, sizeof *texts.list)};
    read_copy(arena, source, "", &texts);
    read_note(arena, source, words->note, &texts);
    for (size_t i = 0; i < words->note_count; i++) {
        read_note(arena, source, words->notes[i].note, &texts);
    }
    for (size_t i = 0; i < count; i++) {
        if (variants[i].topics[0] != '\0') {
            read_copy(arena, source, variants[i].topics, &texts);
        }
    }
    return texts;
}

const char *claims_json(struct arena *arena, const struct variant_source *source,
                        const struct issue_variant *variants, size_t count)
{
    struct claim_texts texts = read_copies(arena, source, variants, count);
    struct value *list = value_list(arena);
    for (size_t i = 0; i < texts.count; i++) {
        for (size_t j = 0; j < texts.list[i].derivation.count; j++) {
            const struct statement *claim = &texts.list[i].derivation.claims[j];
            struct value *row = value_add(list, value_object(arena));
            value_set_text(arena, row, "part", texts.list[i].name);
            value_set(arena, row, "topics", value_lines(arena, texts.list[i].topics));
            value_set_text(arena, row, "words", claim->words);
            value_set(arena, row, "from",
                      claim->from != NULL ? value_text(arena, claim->from) : value_null(arena));
        }
    }
    struct buf text;
    buf_init(&text, JSON_MAX * (count + 1));
    json_write(&text, list, JSON_COMPACT);
    const char *copy = arena_copy(arena, text.data);
    buf_free(&text);
    return copy;
}

void claims_unproven(struct arena *arena, const struct variant_source *source,
                     const struct issue_variant *variants, size_t count, struct check_input *input)
{
    struct claim_texts texts = read_copies(arena, source, variants, count);
    struct check_claim *claims = arena_array(arena, texts.claims, sizeof *claims);
    input->claims = claims;
    input->claim_count = 0;
    for (size_t i = 0; i < texts.count; i++) {
        const struct claim_text *text = &texts.list[i];
        for (size_t j = 0; j < text->derivation.count; j++) {
            const struct statement *claim = &text->derivation.claims[j];
            if (claim->from == NULL) {
                claims[input->claim_count++] = (struct check_claim){.part = text->name,
                                                                    .topics = text->topics,
                                                                    .words = claim->words,
                                                                    .own = text->own};
            }
        }
    }
}
