/*
 * Makes the tables of phrases (*.table, see README.md) into constant data of the program, while it
 * is built:
 *
 *   compile_phrases SETS.c ROWS.c TABLE…
 *
 * SETS.c gets the automata (base/phrases.h), ROWS.c the rows as they are written (rows.h), for the
 * tests. A row that is wrong, or that can never decide anything because another always does, ends
 * the build: each is named with its file and line.
 */
#include <stdio.h>
#include <string.h>

#include "base/fold.h"
#include "bounce/phrases/automaton.h"

enum { ROWS_MAX = 8192, LINE = 1024, FIELDS = 4 };

struct row {
    const char *path;
    int line;
    enum meaning meaning;
    const char *language, *phrase;
};

struct compiler {
    struct arena arena;
    struct row *rows;
    size_t count;
    int faults;
    struct {
        struct automaton *automaton;
        struct phrases_set set;
        struct row **rows; /* by their numbers in the set */
        size_t count;
    } sets[SETS];
};

static const char *const set_names[SETS] = {"why", "command", "form", "line", "name", "near"};

static void report(struct compiler *compiler, const char *path, int line, const char *text)
{
    fprintf(stderr, "%s:%d: %s\n", path, line, text);
    compiler->faults++;
}

/* --- reading --- */

static bool split_line(char *line, char *fields[FIELDS])
{
    size_t count = 0;
    line[strcspn(line, "\r\n")] = '\0';
    for (char *at = line; at != NULL; count++) {
        char *tab = strchr(at, '\t');
        if (count == FIELDS || *at == '\0' || *at == '\t') {
            return false;
        }
        fields[count] = at;
        at = tab == NULL ? NULL : tab + 1;
        if (tab != NULL) {
            *tab = '\0';
        }
    }
    return count == FIELDS;
}

static void add_row(struct compiler *compiler, const char *path, int line, char *fields[FIELDS])
{
    struct failure why = {0};
    enum meaning meaning = meaning_find(fields[0], strlen(fields[0]));
    if (meaning == MEANING_NONE) {
        report(compiler, path, line, "no meaning has that name: meanings.c has them all");
        return;
    }
    if (strspn(fields[3], " -.?") == strlen(fields[3])) {
        report(compiler, path, line, "it has no source: name who writes so");
        return;
    }
    enum meaning_set set = meaning_rule(meaning)->set;
    if (!automaton_add(compiler->sets[set].automaton, fields[2], meaning, &why)) {
        report(compiler, path, line, why.text);
        return;
    }
    struct row *row = &compiler->rows[compiler->count++];
    *row = (struct row){.path = path,
                        .line = line,
                        .meaning = meaning,
                        .language = arena_copy(&compiler->arena, fields[1]),
                        .phrase = arena_copy(&compiler->arena, fields[2])};
    compiler->sets[set].rows[compiler->sets[set].count++] = row;
}

static void read_table(struct compiler *compiler, const char *path)
{
    char line[LINE], *fields[FIELDS];
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        report(compiler, path, 0, "it cannot be opened");
        return;
    }
    for (int number = 1; fgets(line, sizeof line, file) != NULL; number++) {
        if (line[0] == '#' || line[0] == '\n') {
            continue;
        }
        if (compiler->count == ROWS_MAX) {
            report(compiler, path, number, "there are too many rows (ROWS_MAX)");
            break;
        }
        if (split_line(line, fields)) {
            add_row(compiler, path, number, fields);
        } else {
            report(compiler, path, number,
                   "a row is: meaning, language, phrase, source, with one tab between them");
        }
    }
    if (ferror(file) != 0) {
        report(compiler, path, 0, "it cannot be read");
    }
    fclose(file);
}

/* --- rows that never decide --- */

/* A text in which the phrase stands, and no more than it: letters around it, unless it must stand
 * at an end. Where it ends in it is given. */
static const char *sample_of(struct arena *arena, const struct row *row, size_t *end)
{
    enum meaning_place place = meaning_rule(row->meaning)->place;
    size_t len = strlen(row->phrase);
    const char *folded = fold_text(arena, row->phrase, len, len), *star = strchr(folded, '*');
    const char *before = place != PLACE_ANY ? "" : row->phrase[0] == ' ' ? " " : "x";
    const char *behind = place == PLACE_WHOLE ? "" : row->phrase[len - 1] == ' ' ? " " : "x";
    const char *said = star == NULL
                           ? folded
                           : arena_format(arena, "%.*sx%s", (int)(star - folded), folded, star + 1);
    *end = strlen(before) + strlen(said);
    return arena_format(arena, "%s%s%s", before, said, behind);
}

/* Whether the other row, which stands wherever this one does, always decides. */
static bool outdoes(const struct row *other, const struct row *row, bool same_end)
{
    switch (meaning_rule(row->meaning)->rank) {
    case RANK_NONE:
        return other->meaning == row->meaning;
    case RANK_ORDER:
        return other->meaning <= row->meaning;
    case RANK_END:
        return other->meaning == row->meaning && same_end;
    }
    return false;
}

static void check_row(struct compiler *compiler, const struct row *row)
{
    struct arena arena = {0};
    struct phrases_scan scan;
    struct phrases_hit hit;
    enum meaning_set set = meaning_rule(row->meaning)->set;
    size_t end;
    bool found = false;
    phrases_begin(&scan, &compiler->sets[set].set, sample_of(&arena, row, &end));
    while (phrases_next(&scan, &hit)) {
        const struct row *other = compiler->sets[set].rows[hit.row];
        found = found || other == row;
        if (other != row && outdoes(other, row, hit.end == end)) {
            report(compiler, row->path, row->line,
                   arena_format(&arena, "never decides: \"%s\" (%s) always stands there too, %s:%d",
                                other->phrase, meaning_rule(other->meaning)->name, other->path,
                                other->line));
            break;
        }
        found = found || other == row;
    }
    if (!found && compiler->faults == 0) {
        report(compiler, row->path, row->line, "is not found in itself");
    }
    arena_free(&arena);
}

/* --- writing --- */

static void write_text(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\' || *text == '?') {
            fputc('\\', out);
        }
        fputc(*text, out);
    }
    fputc('"', out);
}

static bool write_sets(const struct compiler *compiler, const char *path)
{
    FILE *out = fopen(path, "we");
    if (out == NULL) {
        return false;
    }
    fputs("#include \"bounce/words.h\"\n", out);
    for (int i = 0; i < SETS; i++) {
        automaton_write_arrays(&compiler->sets[i].set, set_names[i], out);
    }
    fputs("const struct phrases_set words_sets[SETS] = {\n", out);
    for (int i = 0; i < SETS; i++) {
        automaton_write_set(&compiler->sets[i].set, set_names[i], out);
    }
    fputs("};\n", out);
    bool written = ferror(out) == 0;
    return fclose(out) == 0 && written;
}

static bool write_rows(const struct compiler *compiler, const char *path)
{
    FILE *out = fopen(path, "we");
    if (out == NULL) {
        return false;
    }
    fputs("#include \"bounce/phrases/rows.h\"\nconst struct phrases_row phrases_rows[] = {\n", out);
    for (int i = 0; i < SETS; i++) {
        for (size_t j = 0; j < compiler->sets[i].count; j++) {
            const struct row *row = compiler->sets[i].rows[j];
            fprintf(out, "{%d, %zu, %d, ", i, j, row->meaning);
            write_text(out, row->language);
            fputs(", ", out);
            write_text(out, row->phrase);
            fputs("},\n", out);
        }
    }
    fprintf(out, "};\nconst size_t phrases_row_count = %zu;\n", compiler->count);
    bool written = ferror(out) == 0;
    return fclose(out) == 0 && written;
}

static void compile(struct compiler *compiler, char **tables, int count)
{
    struct failure why = {0};
    compiler->rows = arena_array(&compiler->arena, ROWS_MAX, sizeof *compiler->rows);
    for (int i = 0; i < SETS; i++) {
        compiler->sets[i].automaton = automaton_make(&compiler->arena);
        compiler->sets[i].rows = arena_array(&compiler->arena, ROWS_MAX, sizeof(struct row *));
    }
    for (int i = 0; i < count; i++) {
        read_table(compiler, tables[i]);
    }
    for (int i = 0; i < SETS; i++) {
        if (!automaton_finish(compiler->sets[i].automaton, &compiler->sets[i].set, &why)) {
            report(compiler, set_names[i], 0, why.text);
            return;
        }
    }
    for (size_t i = 0; i < compiler->count; i++) {
        check_row(compiler, &compiler->rows[i]);
    }
}

int main(int argc, char **argv)
{
    struct compiler compiler = {0};
    if (argc < 4) {
        fputs("usage: compile_phrases SETS.c ROWS.c TABLE...\n", stderr);
        return 64;
    }
    compile(&compiler, argv + 3, argc - 3);
    bool good = compiler.faults == 0;
    bool written = good && write_sets(&compiler, argv[1]) && write_rows(&compiler, argv[2]);
    if (good && !written) {
        fputs("compile_phrases: the output cannot be written\n", stderr);
    }
    arena_free(&compiler.arena);
    return !good ? 65 : written ? 0 : 73;
}
