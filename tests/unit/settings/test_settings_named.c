/* Sections with names, sections inside them and lists of texts: what another table makes of a
 * file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "settings/table.h"

#include <cmocka.h>

struct door {
    const char *name;
    const char *url;
    int64_t width;
    const char **colors;
    struct {
        int64_t height;
        struct settings_rate rate;
    } frame;
    struct {
        const char *file;
    } lock;
};

struct wall {
    const char *name;
    const char *kind;
};

struct house {
    const char *street;
    struct door *doors;
    size_t door_count;
    struct wall *walls;
    size_t wall_count;
    int64_t floors;
};

#define SETTING(in, is, of_kind, holder, field, by_default, example, ...)                          \
    {                                                                                              \
        .section = (in), .name = (is), .kind = SETTING_##of_kind,                                  \
        .offset = offsetof(struct holder, field), .initial = (by_default), .sample = (example),    \
        .purpose = "What it is.", ##__VA_ARGS__                                                    \
    }

static const struct setting_spec table[] = {
    SETTING("", "street", TEXT, house, street, "", "'Main Street'"),
    SETTING("door", "url", WEB_URL, door, url, "", "'https://www.example.org'", .needed = true),
    SETTING("door", "width", NUMBER, door, width, "80", "80", .low = 1, .high = 200),
    SETTING("door", "colors", TEXTS, door, colors, "", "{ 'red', 'light blue' }"),
    SETTING("door.frame", "height", NUMBER, door, frame.height, "200", "190", .low = 1,
            .high = 400),
    SETTING("door.frame", "rate", RATE, door, frame.rate, "none", "'1/h'"),
    SETTING("door.lock", "file", PATH, door, lock.file, "", "'key'", .secret = true),
    SETTING("wall", "kind", TEXT, wall, kind, "", "'brick'"),
    SETTING("attic", "floors", NUMBER, house, floors, "1", "1", .low = 0, .high = 9),
};

static const struct setting_section sections[] = {
    {"door", "A door.", "front", sizeof(struct door), offsetof(struct house, doors),
     offsetof(struct house, door_count)},
    {.path = "door.frame", .purpose = "What is around the door."},
    {.path = "door.lock", .purpose = "What keeps it shut."},
    {"wall", "A wall.", "north", sizeof(struct wall), offsetof(struct house, walls),
     offsetof(struct house, wall_count)},
    {.path = "attic", .purpose = "What is under the roof."},
};

static const struct settings_schema schema = {table, sizeof table / sizeof table[0], sections,
                                              sizeof sections / sizeof sections[0]};

static char path[] = "/tmp/verdicts-named-XXXXXX";

static int make_file(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static void write_text(const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

struct read_house {
    struct arena arena;
    struct house house;
    struct settings_row *rows;
    size_t row_count;
    struct failure why;
};

static bool read_house(struct read_house *read, const char *text, const char *word)
{
    write_text(text);
    return settings_give(&read->arena, &schema, path, NULL, &word, word != NULL, &read->house,
                         &read->rows, &read->row_count, &read->why);
}

static const struct settings_row *find_row(const struct read_house *read, const char *key)
{
    for (size_t i = 0; i < read->row_count; i++) {
        if (strcmp(read->rows[i].key, key) == 0) {
            return &read->rows[i];
        }
    }
    fail_msg("no row %s", key);
    return NULL;
}

static const char two_doors[] = "street = x\n"
                                "door 'front' {\n"
                                "    url = https://front.example.org\n"
                                "    colors = { 'red', light-blue, \"say \\\"white\\\"\", }\n"
                                "    frame { height = 210 rate = 600/min }\n"
                                "    lock { file = front.key }\n"
                                "}\n"
                                "attic { floors = 2 }\n"
                                "door back {\n"
                                "    url = https://back.example.org width = 70\n"
                                "}\n";

static void each_named_section_fills_an_item_in_the_order_of_the_file(void **state)
{
    (void)state;
    struct read_house read = {0};
    if (!read_house(&read, two_doors, NULL)) {
        fail_msg("%s", read.why.text);
    }
    assert_string_equal(read.house.street, "x");
    assert_int_equal(read.house.floors, 2);
    assert_int_equal(read.house.door_count, 2);
    assert_int_equal(read.house.wall_count, 0);
    const struct door *front = &read.house.doors[0], *back = &read.house.doors[1];
    assert_string_equal(front->name, "front");
    assert_string_equal(front->url, "https://front.example.org");
    assert_int_equal(front->width, 80);
    assert_string_equal(front->colors[0], "red");
    assert_string_equal(front->colors[1], "light-blue");
    assert_string_equal(front->colors[2], "say \"white\"");
    assert_null(front->colors[3]);
    assert_int_equal(front->frame.height, 210);
    assert_int_equal(front->frame.rate.count, 600);
    assert_string_equal(front->lock.file, "/tmp/front.key");
    assert_string_equal(back->name, "back");
    assert_int_equal(back->width, 70);
    assert_null(back->colors[0]);
    assert_int_equal(back->frame.height, 200);
    assert_null(back->lock.file);
    arena_free(&read.arena);
}

static void rows_are_named_after_the_section(void **state)
{
    (void)state;
    struct read_house read = {0};
    assert_true(read_house(&read, two_doors, NULL));
    char place[60];
    snprintf(place, sizeof place, "%s:5:13", path);
    assert_string_equal(find_row(&read, "door.front.frame.height")->place, place);
    assert_int_equal(find_row(&read, "door.front.frame.height")->section_line, 5);
    assert_string_equal(find_row(&read, "door.front.lock.file")->value, "(hidden)");
    assert_string_equal(find_row(&read, "door.front.colors")->value,
                        "red, light-blue, say \"white\"");
    assert_string_equal(find_row(&read, "door.back.frame.height")->origin, "default");
    assert_int_equal(find_row(&read, "door.back.frame.height")->section_line, 0);
    assert_int_equal(find_row(&read, "door.back.width")->section_line, 9);
    assert_int_equal(read.row_count, 2 + 2 * 6);
    arena_free(&read.arena);
}

static void words_of_set_name_the_section_too(void **state)
{
    (void)state;
    struct read_house read = {0};
    assert_true(read_house(&read, two_doors, "door.front.frame.height=150"));
    assert_int_equal(read.house.doors[0].frame.height, 150);
    arena_free(&read.arena);
    read = (struct read_house){0};
    assert_true(read_house(&read, "", "door.side.url=https://side.example.org"));
    assert_int_equal(read.house.door_count, 1);
    assert_string_equal(read.house.doors[0].name, "side");
    assert_string_equal(find_row(&read, "door.side.url")->origin, "--set");
    arena_free(&read.arena);
}

/* `reason` follows the path of the file, or is the beginning where there is a word. */
static const struct {
    const char *name, *text, *word, *reason;
} bad[] = {
    {"no name", "\n door { }", NULL,
     ":2:2: the section door has a name of its own; write door 'front' { … }"},
    {"a name where none is", "attic 'a' { }", NULL, ":1:1: the section attic takes no name"},
    {"the same name twice", "door a { url = https://a.example.org }\ndoor 'a' { }", NULL,
     ":2:1: the section door 'a' begins a second time; the first is in line 1"},
    {"a name with a dot", "door 'a.b' { }", NULL, ":1:1: \"a.b\" is no name for a section"},
    {"an empty name", "door '' { }", NULL, ":1:1: \"\" is no name for a section"},
    {"a long name", "door 'abcdefghijabcdefghijabcdefghijabcdefghijx' { }", NULL,
     ":1:1: \"abcdefghijabcdefghijabcdefghijabcdefghijx\" is no name"},
    {"a key twice", "door a { width = 1\n width = 2 }", NULL,
     ":2:2: door.a.width is given a second time; the first is in line 1"},
    {"an inner section twice", "door a { frame { }\n frame { } }", NULL,
     ":2:2: the section door.frame 'a' begins a second time; the first is in line 1"},
    {"an unknown key", "door a { widht = 1 }", NULL,
     ":1:10: there is no setting door.widht; did you mean door.NAME.width?"},
    {"an unknown inner section", "door a { frames { } }", NULL,
     ":1:10: there is no section door.frames; did you mean door.frame?"},
    {"an inner section outside", "frame { height = 1 }", NULL, ":1:1: there is no section frame"},
    {"an inner section with a name", "door a { frame 'x' { } }", NULL,
     ":1:10: the section door.frame takes no name; write frame { … }"},
    {"an inner section as setting", "door a { frame = 1 }", NULL,
     ":1:10: door.frame is a section and no setting; write frame { … }"},
    {"a wrong value", "door a { url = https://a.example.org\n frame {\n  height = 401 } }", NULL,
     ":3:3: door.a.frame.height: \"401\" is not a number from 1 to 400"},
    {"what is needed", "\ndoor a { width = 1 }", NULL,
     ":2: door.a.url is missing; write url = 'https://www.example.org' in the section door 'a'"},
    {"no end inside", "door a {\n frame {\n height = 1 }\n", NULL,
     ":1:1: the section door has no } at its end"},
    {"too deep", "a { b { c { d { e { } } } } }", NULL, ":1:17: sections cannot nest that deep"},
    {"two names", "door a b { }", NULL, ":1:1: a = is missing after door"},
    {"a name and a value", "door a = 1", NULL, ":1:1: a = is missing after door"},
    {"a word without a name", "", "door.url=https://a.example.org", "--set: there is no setting"},
    {"a word without a key", "", "door.a=1", "--set: there is no setting door.a; "},
    {"a word with a bad name", "", "door.a b.width=1", "--set door.a b.width: \"a b\" is no name"},
    {"a word without what is needed", "", "door.a.width=1", "--set: door.a.url is missing"},
    {"a word with a wrong value", "", "door.a.width=x", "--set: door.a.url is missing"},
};

static void every_mistake_is_named(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct read_house read = {0};
        bool good = read_house(&read, bad[i].text, bad[i].word);
        const char *at = read.why.text + (bad[i].word == NULL && !good ? strlen(path) : 0);
        if (good || read.why.kind != FAILURE_CONFIG ||
            strncmp(at, bad[i].reason, strlen(bad[i].reason)) != 0) {
            print_error("%s: \"%s\"\n", bad[i].name, read.why.text);
            wrong++;
        }
        arena_free(&read.arena);
    }
    assert_int_equal(wrong, 0);
}

static void the_sample_shows_a_named_section_that_is_not_in_force(void **state)
{
    (void)state;
    struct buf sample;
    struct read_house read = {0};
    buf_init(&sample, 1 << 16);
    settings_sample_write(&schema, &sample);
    static const char shown[] = "# A door.\n"
                                "#door 'front' {\n"
                                "    # What it is.\n"
                                "    #url = 'https://www.example.org'\n"
                                "\n"
                                "    # What it is. (default)\n"
                                "    #width = 80\n"
                                "\n"
                                "    # What it is. (example; not set by default)\n"
                                "    #colors = { 'red', 'light blue' }\n"
                                "\n"
                                "    # What is around the door.\n"
                                "    #frame {\n"
                                "        # What it is. (example; default: 200)\n"
                                "        #height = 190\n"
                                "\n"
                                "        # What it is. (example; default: none)\n"
                                "        #rate = '1/h'\n"
                                "    #}\n"
                                "\n"
                                "    # What keeps it shut.\n"
                                "    #lock {\n"
                                "        # What it is. (example; not set by default)\n"
                                "        #file = 'key'\n"
                                "    #}\n"
                                "#}\n"
                                "\n"
                                "# A wall.\n"
                                "#wall 'north' {\n"
                                "    # What it is. (example; not set by default)\n"
                                "    #kind = 'brick'\n"
                                "#}\n"
                                "\n"
                                "# What is under the roof.\n"
                                "attic {\n"
                                "    # What it is. (default)\n"
                                "    #floors = 1\n"
                                "}\n";
    if (strstr(sample.data, shown) == NULL) {
        fail_msg("%s", sample.data);
    }
    assert_true(read_house(&read, sample.data, NULL));
    assert_int_equal(read.house.door_count, 0);
    for (char *at = sample.data; (at = strchr(at, '#')) != NULL; at++) {
        *at = at[1] != ' ' && at[1] != '\n' ? ' ' : '#';
    }
    if (!read_house(&read, sample.data, NULL)) {
        fail_msg("%s", read.why.text);
    }
    assert_string_equal(read.house.doors[0].name, "front");
    assert_string_equal(read.house.doors[0].colors[1], "light blue");
    assert_int_equal(read.house.doors[0].frame.height, 190);
    buf_free(&sample);
    arena_free(&read.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_named_section_fills_an_item_in_the_order_of_the_file),
        cmocka_unit_test(rows_are_named_after_the_section),
        cmocka_unit_test(words_of_set_name_the_section_too),
        cmocka_unit_test(every_mistake_is_named),
        cmocka_unit_test(the_sample_shows_a_named_section_that_is_not_in_force),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
