/* Holds verdicts-templates(5) and the variables of an issue together. */
#include "../../support/sample_issue.h"

enum { PATHS_MAX = 500 };

struct paths {
    const char *names[PATHS_MAX];
    size_t count;
};

static bool has(const struct paths *paths, const char *name)
{
    for (size_t i = 0; i < paths->count; i++) {
        if (strcmp(paths->names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static void add(struct paths *paths, const char *name)
{
    if (!has(paths, name)) {
        assert_true(paths->count < PATHS_MAX);
        paths->names[paths->count++] = name;
    }
}

static bool is_any(const char *name, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(name, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void walk(struct arena *arena, const char *prefix, const struct value *object,
                 struct paths *paths);

/* Goes on below a member. What the manual describes once has a name of its own there. */
static void walk_member(struct arena *arena, const char *path, const struct value *member,
                        struct paths *paths)
{
    static const char *const shares[] = {"panel", "community"};
    static const char *const lists[][2] = {{"profiles", "profile"}, {"note", "note"}};
    size_t own = 0;
    while (own < 2 && strcmp(member->name, lists[own][0]) != 0) {
        own++;
    }
    if (member->kind == VALUE_LIST && own < 2) {
        add(paths, arena_format(arena, "%s[]", path));
        for (const struct value *at = member->first; at != NULL; at = at->next) {
            walk(arena, lists[own][1], at, paths);
        }
    } else if (member->kind == VALUE_LIST) {
        for (const struct value *at = member->first; at != NULL; at = at->next) {
            walk(arena, arena_format(arena, "%s[]", path), at, paths);
        }
    } else if (member->kind == VALUE_OBJECT && is_any(member->name, shares, 2)) {
        add(paths, path);
        walk(arena, "share", member, paths);
    } else if (member->kind == VALUE_OBJECT && strcmp(member->name, "shared") == 0) {
        add(paths, path);
        walk(arena, "profile", member, paths);
    } else if (member->kind == VALUE_OBJECT) {
        walk(arena, path, member, paths);
    } else {
        add(paths, path);
    }
}

static void walk(struct arena *arena, const char *prefix, const struct value *object,
                 struct paths *paths)
{
    static const char *const marks[] = {"first", "last", "position"};
    for (const struct value *member = object->first; member != NULL; member = member->next) {
        const char *below = is_any(member->name, marks, 3) ? "element" : prefix;
        const char *path = *below == '\0' ? arena_copy(arena, member->name)
                                          : arena_format(arena, "%s.%s", below, member->name);
        walk_member(arena, path, member, paths);
    }
}

static void walk_sample(struct arena *arena, const char *name, struct paths *paths)
{
    struct sample sample =
        sample_load(arena, arena_format(arena, "%s/tests/golden/issue/%s.json", SOURCE_ROOT, name));
    const struct note_span span = {.text = "Welcome"};
    const struct note_line line = {&span, 1};
    const struct note_block block = {.kind = NOTE_PARAGRAPH, .lines = &line, .count = 1};
    const struct note note = {&block, 1};
    sample.issue.words.note = &note;
    struct newsletter_headline headline = newsletter_headline(arena, &sample.issue);
    walk(arena, "", newsletter_variables(arena, &sample.issue, &headline), paths);
}

/* The ".It Va" lines of the section VARIABLES. */
static void read_manual(struct arena *arena, struct paths *paths)
{
    const char *text =
        sample_file(arena, arena_format(arena, "%s/src/verdicts-templates.5", SOURCE_ROOT), false);
    const char *from = strstr(text, "\n.Sh VARIABLES\n");
    assert_non_null(from);
    const char *end = strstr(from + 1, "\n.Sh ");
    size_t len = end != NULL ? (size_t)(end - from) : strlen(from);
    const char *section = arena_copy_bytes(arena, from, len);
    const char *mark = "\n.It Va ";
    const char *at = strstr(section, mark);
    while (at != NULL) {
        const char *name = at + strlen(mark);
        add(paths, arena_copy_bytes(arena, name, strcspn(name, " \n")));
        at = strstr(name, mark);
    }
}

static void the_manual_has_every_variable_and_no_other(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct paths given = {.count = 0};
    struct paths documented = {.count = 0};
    walk_sample(&arena, "group", &given);
    walk_sample(&arena, "duel", &given);
    walk_sample(&arena, "update", &given);
    walk_sample(&arena, "on-record", &given);
    for (size_t i = 0; i < READER_FIELDS; i++) {
        add(&given, arena_format(&arena, "reader.%s", reader_field_name((enum reader_field)i)));
    }
    read_manual(&arena, &documented);
    size_t wrong = 0;
    for (size_t i = 0; i < given.count; i++) {
        if (!has(&documented, given.names[i])) {
            print_error("verdicts-templates(5) does not have %s\n", given.names[i]);
            wrong++;
        }
    }
    for (size_t i = 0; i < documented.count; i++) {
        if (!has(&given, documented.names[i])) {
            print_error("verdicts-templates(5) has %s, which no issue gives\n",
                        documented.names[i]);
            wrong++;
        }
    }
    arena_free(&arena);
    assert_int_equal(wrong, 0);
}

static bool is_word(char c)
{
    return c == '_' || (c >= 'a' && c <= 'z');
}

static bool has_word(const char *text, const char *word)
{
    for (const char *at = text; (at = strstr(at, word)) != NULL; at++) {
        if ((at == text || !is_word(at[-1])) && !is_word(at[strlen(word)])) {
            return true;
        }
    }
    return false;
}

/* The members of one object that the section of the README does not have. */
static size_t missing_below(const char *section, const struct value *root, const char *name)
{
    size_t missing = 0;
    for (const struct value *v = value_find(root, name)->first; v != NULL; v = v->next) {
        if (!has_word(section, v->name)) {
            print_error("templates/README.md does not have %s.%s\n", name, v->name);
            missing++;
        }
    }
    return missing;
}

static void the_readme_of_the_templates_names_what_an_issue_and_its_site_have(void **state)
{
    (void)state;
    struct arena arena = {0};
    const char *text = sample_file(&arena, SOURCE_ROOT "/templates/README.md", false);
    const char *section = strstr(text, "\n## Variables\n");
    assert_non_null(section);
    section = arena_copy_bytes(&arena, section, (size_t)(strstr(section, "\n## Rules") - section));
    struct sample sample = sample_load(&arena, SOURCE_ROOT "/tests/golden/issue/update.json");
    struct newsletter_headline headline = newsletter_headline(&arena, &sample.issue);
    const struct value *root = newsletter_variables(&arena, &sample.issue, &headline);
    size_t missing = missing_below(section, root, "site") + missing_below(section, root, "issue");
    missing += !has_word(section, "words") || !has_word(section, "stories");
    arena_free(&arena);
    assert_int_equal(missing, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_manual_has_every_variable_and_no_other),
        cmocka_unit_test(the_readme_of_the_templates_names_what_an_issue_and_its_site_have),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
