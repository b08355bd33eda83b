/*
 * Greedy wrapping over a residual program. The program's text is read as atoms: words, runs of
 * spaces, line ends, holes, and the ends of branches. Only a run of spaces may become a line end,
 * so no two words are ever joined, whatever branches are taken; between words without a space
 * between them (digest/breaks) there is an empty run. The content of a branch is laid out as if the
 * branch were taken; of an IF and the UNLESS after it on the same field the wider one counts.
 */
#include "digest/wrap.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "digest/breaks.h"
#include "digest/isolate.h"

enum {
    TAB_COLUMNS = 8,
    LOOK_AHEAD = 64,   /* atoms read to measure a word made of several pieces */
    BRANCHES_MAX = 16, /* as many as programs can nest */
};

enum atom_kind { ATOM_WORD, ATOM_SPACE, ATOM_NEWLINE, ATOM_HOLE, ATOM_OPEN, ATOM_CLOSE };

struct atom {
    enum atom_kind kind;
    const char *bytes;
    size_t len;
    const struct residual_op *op;
};

struct residual_cursor {
    const struct residual *in;
    size_t op;
    size_t at;         /* bytes of the literal that have been read */
    const bool *marks; /* for each byte of the text: whether a line may end before it */
    bool paused;       /* the empty run at this position has been read */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void read_literal(struct residual_cursor *cursor, struct atom *atom)
{
    const struct residual_op *op = atom->op;
    const char *bytes = cursor->in->text.data + op->offset + cursor->at;
    const bool *marks = cursor->marks + op->offset + cursor->at;
    size_t left = op->len - cursor->at, len = 1;
    if (marks[0] && !cursor->paused) {
        *atom = (struct atom){.kind = ATOM_SPACE, .bytes = bytes, .op = op};
        cursor->paused = true;
        return;
    }
    cursor->paused = false;
    if (bytes[0] == '\n') {
        atom->kind = ATOM_NEWLINE;
    } else {
        bool blank = is_blank(bytes[0]);
        atom->kind = blank ? ATOM_SPACE : ATOM_WORD;
        while (len < left && is_blank(bytes[len]) == blank && bytes[len] != '\n' && !marks[len]) {
            len++;
        }
    }
    atom->bytes = bytes;
    atom->len = len;
    cursor->at += len;
    if (cursor->at == op->len) {
        cursor->at = 0;
        cursor->op++;
    }
}

static bool cursor_next(struct residual_cursor *cursor, struct atom *atom)
{
    if (cursor->op == cursor->in->count) {
        return false;
    }
    const struct residual_op *op = &cursor->in->ops[cursor->op];
    *atom = (struct atom){.op = op};
    switch (op->kind) {
    case RESIDUAL_LITERAL:
        read_literal(cursor, atom);
        return true;
    case RESIDUAL_HOLE:
        atom->kind = ATOM_HOLE;
        break;
    case RESIDUAL_IF:
    case RESIDUAL_UNLESS:
        atom->kind = ATOM_OPEN;
        break;
    case RESIDUAL_END:
        atom->kind = ATOM_CLOSE;
        break;
    }
    cursor->op++;
    return true;
}

/* The branch that starts at the cursor, if it is the other side of `open`; otherwise NULL. */
static const struct residual_op *other_side(const struct residual_cursor *cursor,
                                            const struct residual_op *open)
{
    if (cursor->at > 0 || cursor->op == cursor->in->count || open == NULL) {
        return NULL;
    }
    const struct residual_op *next = &cursor->in->ops[cursor->op];
    bool other = (open->kind == RESIDUAL_IF && next->kind == RESIDUAL_UNLESS) ||
                 (open->kind == RESIDUAL_UNLESS && next->kind == RESIDUAL_IF);
    return other && next->field == open->field ? next : NULL;
}

/* The column after a run of spaces that begins at `column`. */
static size_t space_column(size_t column, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        column = bytes[i] == '\t' ? (column / TAB_COLUMNS + 1) * TAB_COLUMNS : column + 1;
    }
    return column;
}

/* One line of output as far as it has been laid out. */
struct output_line {
    size_t column;
    bool begun;         /* the first word of the input line has been seen */
    bool words;         /* there is something on it after which it may be broken */
    const char *indent; /* its white space, repeated on the lines that continue it */
    size_t indent_len;
    size_t hang;     /* additional columns on those: of a bullet, or up to a table's last column */
    char last;       /* byte of the word before */
    bool dashes;     /* its first word is "--" */
    bool whole;      /* a hole or a URL directly precedes, and what follows belongs to it */
    size_t isolates; /* those open (digest/isolate.h) */
};

/* A branch that has not ended yet. */
struct branch {
    const struct residual_op *open;
    struct output_line before;
    bool second;              /* the other side of the branch before it */
    struct output_line first; /* if so: the state at the end of that one */
};

struct wrap {
    struct residual_cursor cursor;
    struct residual *out;
    size_t columns;
    struct output_line line;
    struct branch branches[BRANCHES_MAX];
    size_t depth;
    const struct residual_op *closed; /* the branch that has just ended */
    struct output_line closed_before;
};

/* What follows a run of spaces. */
struct ahead {
    size_t width;
    bool word;
    bool line_end; /* no word follows before the line end, whatever branches are taken */
};

/* A branch that the lookahead is in. */
struct open_branch {
    const struct residual_op *open;
    size_t start; /* width before it */
    size_t other; /* width with its other side, if that has been seen */
};

struct lookahead {
    struct residual_cursor cursor;
    struct ahead ahead;
    struct open_branch sides[BRANCHES_MAX];
    size_t depth;                     /* how many there are */
    size_t outside;                   /* branches around the run of spaces */
    const struct residual_op *closed; /* the side that has just ended */
    size_t closed_start;
};

static void lookahead_open(struct lookahead *lookahead, const struct residual_op *open,
                           const struct residual_op *closed)
{
    struct open_branch *side = &lookahead->sides[lookahead->depth++];
    *side = (struct open_branch){.open = open, .start = lookahead->ahead.width};
    struct residual_cursor here = lookahead->cursor;
    here.op--;
    if (other_side(&here, closed) != NULL) {
        side->start = lookahead->closed_start;
        side->other = lookahead->ahead.width;
        lookahead->ahead.width = lookahead->closed_start;
    }
}

static void lookahead_close(struct lookahead *lookahead, const struct wrap *wrap)
{
    if (lookahead->depth > 0) {
        const struct open_branch *side = &lookahead->sides[--lookahead->depth];
        lookahead->ahead.width =
            side->other > lookahead->ahead.width ? side->other : lookahead->ahead.width;
        lookahead->closed = side->open;
        lookahead->closed_start = side->start;
        return;
    }
    /* This ends the branch that contains the spaces: its other side is not taken. */
    const struct residual_op *open = wrap->branches[--lookahead->outside].open;
    const struct residual_op *other = other_side(&lookahead->cursor, open);
    lookahead->cursor.op = other != NULL ? other->end + 1 : lookahead->cursor.op;
}

static struct ahead look_ahead(const struct wrap *wrap)
{
    struct lookahead lookahead = {.cursor = wrap->cursor, .outside = wrap->depth};
    struct ahead *ahead = &lookahead.ahead;
    struct atom atom;
    for (int left = LOOK_AHEAD; left > 0; left--) {
        if (!cursor_next(&lookahead.cursor, &atom) || atom.kind == ATOM_NEWLINE) {
            ahead->line_end = lookahead.depth == 0 && !ahead->word;
            break;
        }
        if (atom.kind == ATOM_SPACE) {
            break;
        }
        const struct residual_op *closed = lookahead.closed;
        lookahead.closed = NULL;
        if (atom.kind == ATOM_OPEN) {
            lookahead_open(&lookahead, atom.op, closed);
        } else if (atom.kind == ATOM_CLOSE) {
            lookahead_close(&lookahead, wrap);
        } else {
            bool hole = atom.kind == ATOM_HOLE;
            ahead->width += hole ? (size_t)WRAP_HOLE_COLUMNS : utf8_width(atom.bytes, atom.len);
            ahead->word = true;
        }
    }
    return *ahead;
}

/* "-", "*" or "•" and one space at the start of a line: continuation lines are indented by it. */
static bool is_bullet(const struct wrap *wrap, const struct atom *word)
{
    struct residual_cursor cursor = wrap->cursor;
    struct atom next;
    bool mark = (word->len == 1 && (word->bytes[0] == '-' || word->bytes[0] == '*')) ||
                (word->len == 3 && memcmp(word->bytes, "\xE2\x80\xA2", 3) == 0);
    return mark && cursor_next(&cursor, &next) && next.kind == ATOM_SPACE && next.len == 1;
}

static void add_isolates(struct wrap *wrap, const char *isolate)
{
    for (size_t i = 0; i < wrap->line.isolates; i++) {
        residual_add_literal(wrap->out, isolate, ISOLATE_BYTES);
    }
}

/* A line end closes isolates implicitly (Annex 9, P1), so they are opened again on the next
 * line. */
static void wrap_break(struct wrap *wrap)
{
    struct output_line *line = &wrap->line;
    add_isolates(wrap, ISOLATE_CLOSE);
    residual_add_literal(wrap->out, "\n", 1);
    residual_add_literal(wrap->out, line->indent, line->indent_len);
    for (size_t i = 0; i < line->hang; i++) {
        residual_add_literal(wrap->out, " ", 1);
    }
    add_isolates(wrap, ISOLATE_OPEN);
    line->column = space_column(0, line->indent, line->indent_len) + line->hang;
    line->words = false;
    line->dashes = false;
}

static void add_bytes(struct wrap *wrap, const char *bytes, size_t len)
{
    struct output_line *line = &wrap->line;
    residual_add_literal(wrap->out, bytes, len);
    line->column += utf8_width(bytes, len);
    line->last = bytes[len - 1];
    line->words = true;
    for (size_t i = 0; i + ISOLATE_BYTES <= len; i++) {
        if (memcmp(bytes + i, ISOLATE_OPEN, ISOLATE_BYTES) == 0) {
            line->isolates++;
        } else if (line->isolates > 0 && memcmp(bytes + i, ISOLATE_CLOSE, ISOLATE_BYTES) == 0) {
            line->isolates--;
        }
    }
}

/* A row of one repeated character is a ruler. */
static bool is_ruler(const char *bytes, size_t len)
{
    return strchr("-=_*#~+.", bytes[0]) != NULL &&
           (len == 1 || memcmp(bytes, bytes + 1, len - 1) == 0);
}

/* A word that is wider than a line is broken between letters if there is no better place. */
static void wrap_wide(struct wrap *wrap, const char *bytes, size_t len)
{
    struct output_line *line = &wrap->line;
    bool whole = line->whole || is_ruler(bytes, len) || breaks_url(bytes, len) < len;
    while (!whole) {
        size_t room = line->column < wrap->columns ? wrap->columns - line->column : 0;
        size_t fit = breaks_fit(bytes, len, room);
        bool fits = utf8_width(bytes, fit) <= room;
        if ((fit == len && (fits || !line->words)) || (room == 0 && !line->words)) {
            break;
        }
        fit = fits || !line->words ? fit : 0;
        add_bytes(wrap, bytes, fit);
        wrap_break(wrap);
        bytes += fit;
        len -= fit;
    }
    add_bytes(wrap, bytes, len);
    line->whole = whole && !is_ruler(bytes, len);
}

static void wrap_word(struct wrap *wrap, const struct atom *atom)
{
    struct output_line *line = &wrap->line;
    bool first = !line->begun;
    line->begun = true;
    if (first && is_bullet(wrap, atom)) {
        residual_add_literal(wrap->out, atom->bytes, atom->len);
        line->hang = 2;
        line->column += 1; /* and no break after it */
        return;
    }
    line->dashes = first && atom->len == 2 && memcmp(atom->bytes, "--", 2) == 0;
    wrap_wide(wrap, atom->bytes, atom->len);
}

/* Two spaces and more in the middle of a line part the columns of a table; behind a full stop they
 * are somebody's way of typing. */
static bool is_gap(const struct wrap *wrap, const struct atom *space, size_t column)
{
    const struct output_line *line = &wrap->line;
    return line->begun && line->words && space->len >= 2 && column <= wrap->columns / 2 &&
           strchr(".?!:;,", line->last) == NULL;
}

static void wrap_space(struct wrap *wrap, const struct atom *atom)
{
    struct output_line *line = &wrap->line;
    struct ahead ahead = look_ahead(wrap);
    size_t column = space_column(line->column, atom->bytes, atom->len);
    if (ahead.line_end) {
        /* Dropped, except in the line that separates a signature from the text (RFC 3676, 4.3). */
        if (!line->dashes || column != 3) {
            return;
        }
    } else if (line->words && ahead.word && column + ahead.width > wrap->columns) {
        wrap_break(wrap);
        line->whole = false;
        return;
    }
    line->whole = line->whole && atom->len == 0;
    residual_add_literal(wrap->out, atom->bytes, atom->len);
    /* A deep indent is not repeated, because nothing would fit after it. */
    if (!line->begun && line->column == 0 && column <= wrap->columns / 2) {
        line->indent = atom->bytes;
        line->indent_len = atom->len;
    }
    if (is_gap(wrap, atom, column)) {
        line->hang = column - space_column(0, line->indent, line->indent_len);
    }
    line->column = column;
}

static void wrap_open(struct wrap *wrap, const struct atom *atom, const struct residual_op *closed)
{
    struct branch *branch = &wrap->branches[wrap->depth++];
    *branch = (struct branch){.open = atom->op, .before = wrap->line};
    struct residual_cursor here = wrap->cursor;
    here.op--;
    if (other_side(&here, closed) != NULL) {
        branch->second = true;
        branch->first = wrap->line;
        branch->before = wrap->closed_before;
        wrap->line = wrap->closed_before;
    }
    residual_begin_if(wrap->out, atom->op->field, atom->op->kind == RESIDUAL_IF);
}

static void wrap_close(struct wrap *wrap)
{
    const struct branch *branch = &wrap->branches[--wrap->depth];
    const struct output_line *other = branch->second ? &branch->first : &branch->before;
    if (other->column > wrap->line.column) {
        wrap->line = *other;
    }
    wrap->closed = branch->open;
    wrap->closed_before = branch->before;
    residual_end_if(wrap->out);
}

/* Where lines may end inside the words of a literal. */
static void mark_literal(struct breaks *breaks, const char *text, size_t len, bool *marks)
{
    for (size_t at = 0, end; at < len; at = end) {
        bool blank = is_blank(text[at]) || text[at] == '\n';
        for (end = at + 1; end < len && (is_blank(text[end]) || text[end] == '\n') == blank;) {
            end++;
        }
        if (!blank) {
            breaks_find(breaks, text + at, end - at, marks + at);
        }
    }
}

/* For each byte of the program's text: whether a line may end before it. */
static bool *mark_all(const struct residual *in)
{
    bool *marks = memory_resize(NULL, in->text.len + 1);
    struct breaks *breaks = breaks_open();
    memset(marks, 0, in->text.len + 1);
    for (size_t i = 0; i < in->count; i++) {
        const struct residual_op *op = &in->ops[i];
        if (op->kind == RESIDUAL_LITERAL) {
            mark_literal(breaks, in->text.data + op->offset, op->len, marks + op->offset);
        }
    }
    breaks_close(breaks);
    return marks;
}

void wrap_residual(const struct residual *in, size_t columns, struct residual *out)
{
    assert(residual_ok(in));
    bool *marks = mark_all(in);
    struct wrap wrap = {.cursor = {.in = in, .marks = marks}, .out = out, .columns = columns};
    wrap.line.indent = "";
    struct atom atom;
    while (cursor_next(&wrap.cursor, &atom)) {
        const struct residual_op *closed = wrap.closed;
        wrap.closed = NULL;
        switch (atom.kind) {
        case ATOM_WORD:
            wrap_word(&wrap, &atom);
            break;
        case ATOM_SPACE:
            wrap_space(&wrap, &atom);
            break;
        case ATOM_NEWLINE:
            residual_add_literal(out, "\n", 1);
            wrap.line = (struct output_line){.indent = ""};
            break;
        case ATOM_HOLE:
            residual_add_hole(out, atom.op->field, atom.op->form);
            wrap.line.column += WRAP_HOLE_COLUMNS;
            wrap.line.begun = true;
            wrap.line.words = true;
            wrap.line.whole = true;
            break;
        case ATOM_OPEN:
            wrap_open(&wrap, &atom, closed);
            break;
        case ATOM_CLOSE:
            wrap_close(&wrap);
            break;
        }
    }
    free(marks);
}

void wrap_text(const char *text, size_t len, size_t columns, struct buf *out)
{
    struct residual in, wrapped;
    residual_init(&in);
    residual_init(&wrapped);
    residual_add_literal(&in, text, len);
    if (residual_ok(&in)) {
        wrap_residual(&in, columns, &wrapped);
    }
    if (residual_ok(&in) && residual_ok(&wrapped)) {
        buf_add(out, wrapped.text.data, wrapped.text.len);
    } else {
        out->overflow = true;
    }
    residual_free(&in);
    residual_free(&wrapped);
}
