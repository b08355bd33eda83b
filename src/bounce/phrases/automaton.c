#include "bounce/phrases/automaton.h"

#include <string.h>

#include "base/fold.h"

enum { STATES_MAX = UINT16_MAX - 1, PIECES_MAX = 8192, PIECE_LEAST = 2 };

struct output_entry {
    struct phrases_piece piece;
    struct output_entry *next;
};

/* A state while the tree grows: children are linked, and numbers come with the breadth. */
struct state {
    struct state *child, *sibling, *queued;
    struct output_entry *endings;
    uint16_t number;
    uint8_t byte;
};

struct automaton {
    struct arena *arena;
    struct state root;
    size_t states, pieces;
    uint8_t meaning[PIECES_MAX], head_len[PHRASES_HEADS];
    size_t rows, heads;
};

struct automaton *automaton_make(struct arena *arena)
{
    struct automaton *automaton = arena_alloc(arena, sizeof *automaton);
    *automaton = (struct automaton){.arena = arena, .states = 1};
    return automaton;
}

/* --- phrases --- */

static struct state *enter(struct automaton *automaton, const char *text, size_t len)
{
    struct state *state = &automaton->root;
    for (size_t i = 0; i < len; i++) {
        struct state **child = &state->child;
        while (*child != NULL && (*child)->byte != (uint8_t)text[i]) {
            child = &(*child)->sibling;
        }
        if (*child == NULL) {
            *child = arena_alloc(automaton->arena, sizeof **child);
            **child = (struct state){.byte = (uint8_t)text[i]};
            automaton->states++;
        }
        state = *child;
    }
    return state;
}

static void end_at(struct automaton *automaton, struct state *state, struct phrases_piece piece)
{
    struct output_entry **last = &state->endings;
    while (*last != NULL) {
        last = &(*last)->next;
    }
    *last = arena_alloc(automaton->arena, sizeof **last);
    **last = (struct output_entry){.piece = piece};
    automaton->pieces++;
}

/* One head serves all phrases that begin with it. */
static bool add_head(struct automaton *automaton, const char *text, size_t len, uint8_t flags,
                     uint16_t *head, struct failure *why)
{
    struct state *state = enter(automaton, text, len);
    flags |= PHRASES_HEAD;
    for (const struct output_entry *ending = state->endings; ending != NULL;
         ending = ending->next) {
        if (ending->piece.flags == flags) {
            *head = ending->piece.other;
            return true;
        }
    }
    if (automaton->heads == PHRASES_HEADS) {
        return fail(why, FAILURE_DATA, "there are %d phrases with '*' already (PHRASES_HEADS)",
                    PHRASES_HEADS);
    }
    *head = (uint16_t)automaton->heads;
    automaton->head_len[automaton->heads++] = (uint8_t)len;
    end_at(automaton, state,
           (struct phrases_piece){.other = *head, .len = (uint8_t)len, .flags = flags});
    return true;
}

/* Whether the head could end a second time within its tail, where that is found later than the head
 * that it belongs to: the search remembers only the last. */
static bool ends_within(const char *head, size_t head_len, const char *tail, bool share)
{
    for (size_t end = share ? 2 : 1; end <= strlen(tail); end++) {
        size_t same = end < head_len ? end : head_len;
        if (memcmp(head + head_len - same, tail + end - same, same) == 0) {
            return true;
        }
    }
    return false;
}

static bool add_gapped(struct automaton *automaton, const char *folded, const char *star,
                       struct phrases_piece piece, struct failure *why)
{
    const char *tail = star + 1;
    size_t head_len = (size_t)(star - folded), tail_len = strlen(tail);
    uint8_t first = piece.flags & (PHRASES_LEFT | PHRASES_FIRST);
    bool share = head_len > 0 && star[-1] == ' ' && *tail == ' ';
    if (head_len < PIECE_LEAST || tail_len < PIECE_LEAST || strchr(tail, '*') != NULL) {
        return fail(why, FAILURE_DATA,
                    "a '*' stands once, between at least %d bytes on either side", PIECE_LEAST);
    }
    if (ends_within(folded, head_len, tail, share)) {
        return fail(why, FAILURE_DATA, "what stands before '*' ends behind it as well");
    }
    if (!add_head(automaton, folded, head_len, first, &piece.other, why)) {
        return false;
    }
    piece.len = (uint8_t)tail_len;
    piece.flags = (uint8_t)((piece.flags & ~first) | PHRASES_TAIL | (share ? PHRASES_SHARE : 0));
    end_at(automaton, enter(automaton, tail, tail_len), piece);
    return true;
}

bool automaton_add(struct automaton *automaton, const char *phrase, enum meaning meaning,
                   struct failure *why)
{
    enum meaning_place place = meaning_rule(meaning)->place;
    size_t len = strlen(phrase);
    const char *folded = fold_text(automaton->arena, phrase, len, len), *star = strchr(folded, '*');
    struct phrases_piece piece = {.row = (uint16_t)automaton->rows};
    piece.flags = (uint8_t)((phrase[0] == ' ' ? PHRASES_LEFT : 0) |
                            (len > 0 && phrase[len - 1] == ' ' ? PHRASES_RIGHT : 0) |
                            (place != PLACE_ANY ? PHRASES_FIRST : 0) |
                            (place == PLACE_WHOLE ? PHRASES_LAST : 0));
    if (strlen(folded) < PIECE_LEAST || strlen(folded) > UINT8_MAX) {
        return fail(why, FAILURE_DATA, "a phrase has %d to %d bytes", PIECE_LEAST, UINT8_MAX);
    }
    if (automaton->pieces + 2 > PIECES_MAX || automaton->states + strlen(folded) > STATES_MAX) {
        return fail(why, FAILURE_DATA, "the set is full (PIECES_MAX, STATES_MAX)");
    }
    if (star != NULL) {
        if (!add_gapped(automaton, folded, star, piece, why)) {
            return false;
        }
    } else {
        piece.len = (uint8_t)strlen(folded);
        end_at(automaton, enter(automaton, folded, piece.len), piece);
    }
    automaton->meaning[automaton->rows++] = (uint8_t)meaning;
    return true;
}

/* --- the set --- */

struct arrays {
    uint16_t *root, *child, *fail, *shorter, *ends;
    uint8_t *byte;
    struct phrases_piece *pieces;
};

static struct arrays make_arrays(struct automaton *automaton)
{
    struct arena *arena = automaton->arena;
    size_t count = automaton->states + 1;
    return (struct arrays){
        .root = arena_array(arena, 256, sizeof(uint16_t)),
        .child = arena_array(arena, count, sizeof(uint16_t)),
        .fail = arena_array(arena, count, sizeof(uint16_t)),
        .shorter = arena_array(arena, count, sizeof(uint16_t)),
        .ends = arena_array(arena, count, sizeof(uint16_t)),
        .byte = arena_array(arena, count, sizeof(uint8_t)),
        .pieces = arena_array(arena, automaton->pieces + 1, sizeof(struct phrases_piece)),
    };
}

/* Numbers the states by breadth and lays them out. */
static void lay_out(struct automaton *automaton, struct arrays *arrays)
{
    uint16_t number = 1, piece = 0;
    struct state *last = &automaton->root;
    for (struct state *state = last; state != NULL; state = state->queued) {
        arrays->child[state->number] = number;
        arrays->byte[state->number] = state->byte;
        arrays->ends[state->number] = piece;
        for (const struct output_entry *end = state->endings; end != NULL; end = end->next) {
            arrays->pieces[piece++] = end->piece;
        }
        for (struct state *child = state->child; child != NULL; child = child->sibling) {
            child->number = number++;
            last->queued = child;
            last = child;
            if (state == &automaton->root) {
                arrays->root[child->byte] = child->number;
            }
        }
    }
    arrays->child[automaton->states] = number;
    arrays->ends[automaton->states] = piece;
}

static uint16_t follow(const struct arrays *arrays, uint16_t state, uint8_t byte)
{
    for (;; state = arrays->fail[state]) {
        if (state == 0) {
            return arrays->root[byte];
        }
        for (uint16_t child = arrays->child[state]; child < arrays->child[state + 1]; child++) {
            if (arrays->byte[child] == byte) {
                return child;
            }
        }
    }
}

/* A state's own fail is known before its children's. */
static void find_fails(struct automaton *automaton, struct arrays *arrays)
{
    for (size_t state = 0; state < automaton->states; state++) {
        for (uint16_t child = arrays->child[state]; child < arrays->child[state + 1]; child++) {
            uint16_t fail =
                state == 0 ? 0 : follow(arrays, arrays->fail[state], arrays->byte[child]);
            bool ends = arrays->ends[fail] < arrays->ends[fail + 1];
            arrays->fail[child] = fail;
            arrays->shorter[child] = ends ? fail : arrays->shorter[fail];
        }
    }
}

bool automaton_finish(struct automaton *automaton, struct phrases_set *set, struct failure *why)
{
    if (automaton->rows == 0) {
        return fail(why, FAILURE_DATA, "a set of phrases is empty");
    }
    struct arrays arrays = make_arrays(automaton);
    lay_out(automaton, &arrays);
    find_fails(automaton, &arrays);
    *set = (struct phrases_set){
        .root = arrays.root,
        .child = arrays.child,
        .byte = arrays.byte,
        .fail = arrays.fail,
        .shorter = arrays.shorter,
        .ends = arrays.ends,
        .pieces = arrays.pieces,
        .meaning = automaton->meaning,
        .head_len = automaton->head_len,
        .states = automaton->states,
        .rows = automaton->rows,
        .heads = automaton->heads,
    };
    return true;
}

/* --- as C --- */

static void write_words(FILE *out, const char *name, const char *field, const uint16_t *values,
                        size_t count)
{
    fprintf(out, "static const uint16_t %s_%s[] = {", name, field);
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "%s%u,", i % 20 == 0 ? "\n" : "", values[i]);
    }
    fputs("};\n", out);
}

static void write_bytes(FILE *out, const char *name, const char *field, const uint8_t *values,
                        size_t count)
{
    fprintf(out, "static const uint8_t %s_%s[] = {", name, field);
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "%s%u,", i % 20 == 0 ? "\n" : "", values[i]);
    }
    fputs(count == 0 ? "0};\n" : "};\n", out);
}

void automaton_write_arrays(const struct phrases_set *set, const char *name, FILE *out)
{
    write_words(out, name, "root", set->root, 256);
    write_words(out, name, "child", set->child, set->states + 1);
    write_words(out, name, "fail", set->fail, set->states);
    write_words(out, name, "shorter", set->shorter, set->states);
    write_words(out, name, "ends", set->ends, set->states + 1);
    write_bytes(out, name, "byte", set->byte, set->states);
    write_bytes(out, name, "meaning", set->meaning, set->rows);
    write_bytes(out, name, "head_len", set->head_len, set->heads);
    fprintf(out, "static const struct phrases_piece %s_pieces[] = {", name);
    for (uint16_t i = 0; i < set->ends[set->states]; i++) {
        const struct phrases_piece *piece = &set->pieces[i];
        fprintf(out, "\n{%u,%u,%u,%u},", piece->row, piece->other, piece->len, piece->flags);
    }
    fputs("};\n", out);
}

void automaton_write_set(const struct phrases_set *set, const char *name, FILE *out)
{
    fputs("    {", out);
    static const char *const fields[] = {"root", "child",  "byte",    "fail",    "shorter",
                                         "ends", "pieces", "meaning", "head_len"};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        fprintf(out, ".%s = %s_%s, ", fields[i], name, fields[i]);
    }
    fprintf(out, ".states = %zu, .rows = %zu, .heads = %zu},\n", set->states, set->rows,
            set->heads);
}
