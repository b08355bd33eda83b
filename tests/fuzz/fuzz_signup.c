/* The signup form with anything typed into it: the page that is shown again holds it as text, never
 * as markup, and `next` leads to the listed host or nowhere. Lines of the input are the fields'
 * values. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "signup/signup_form.h"

enum { FIELDS = 6, MARKUP = 6 };

static const char *const names[FIELDS] = {"email", "name", "next", "stamp", "form", "website"};
static const char *hosts[] = {"www.example.org", NULL};
static struct settings settings;
static struct token_keys keys = {.count = 1};
static struct site site = {.settings = &settings, .keys = &keys, .wake_fd = -1};

/* An empty newsletter's, without a name: the form tells of the last issue where there is one. */
static void open_store(void)
{
    struct failure why;
    char folder[] = "/tmp/fuzz-signup-XXXXXX", path[64];
    static const char *const endings[] = {"", "-wal", "-shm"};
    bool good = mkdtemp(folder) != NULL;
    snprintf(path, sizeof path, "%s/v.db", folder);
    good = good && store_open(path, STORE_CREATE, &site.store, &why);
    assert(good);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        snprintf(path, sizeof path, "%s/v.db%s", folder, endings[i]);
        unlink(path);
    }
    rmdir(folder);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    setenv("VERDICTS_SHARE_DIR", SOURCE_ROOT, 1);
    clock_set_now(1795165200);
    settings.site.name = "Verdicts";
    settings.site.url = "https://www.example.org";
    settings.site.language = "en";
    settings.site.direction = "ltr";
    settings.site.postal_address = "1 Example Street";
    settings.subscribe.url = "https://news.example.org";
    settings.subscribe.consent = "Send it.";
    settings.subscribe.next_hosts = hosts;
    open_store();
    site.words = catalogue_english(&site.pages.arena);
    return 0;
}

/* Lines of the input into fields; values may hold any byte but a line end. */
static struct web_field *make_fields(struct arena *arena, const char *data, size_t len)
{
    struct web_field *fields = arena_array(arena, FIELDS, sizeof *fields);
    for (size_t i = 0; i < FIELDS; i++) {
        const char *end = memchr(data, '\n', len);
        size_t line = end != NULL ? (size_t)(end - data) : len;
        fields[i] = (struct web_field){.name = names[i],
                                       .value = arena_copy_bytes(arena, data, line),
                                       .len = line,
                                       .next = i + 1 < FIELDS ? &fields[i + 1] : NULL};
        data += end != NULL ? line + 1 : line;
        len -= end != NULL ? line + 1 : line;
    }
    return fields;
}

static void show(struct arena *arena, struct web_field *fields, struct buf *out)
{
    struct web_request request = {.arena = arena,
                                  .method = WEB_POST,
                                  .path = "/subscribe",
                                  .rest = "",
                                  .form = fields,
                                  .host = "",
                                  .origin = ""};
    struct web_answer answer = {.status = 200, .type = "text/html"};
    struct signup_form form;
    buf_init(&answer.body, 1024 * 1024);
    signup_form_read(&site, &request, clock_now(), &form);
    assert(form.next == NULL || strncasecmp(form.next, "https://www.example.org", 23) == 0);
    signup_form_show(&site, &request, &answer, &form, "Notice", 422);
    assert(answer.status == 422);
    buf_reset(out);
    buf_add(out, answer.body.data, answer.body.len);
    buf_free(&answer.body);
}

/* What begins with '<' in a value, and is not of the page itself, must not be in the page. */
static void check_markup(const struct web_field *field, const struct buf *page,
                         const struct buf *empty)
{
    const char *end = field->value + field->len;
    for (const char *at = field->value; (at = memchr(at, '<', (size_t)(end - at))) != NULL; at++) {
        if (end - at >= MARKUP && memmem(empty->data, empty->len, at, MARKUP) == NULL) {
            assert(memmem(page->data, page->len, at, MARKUP) == NULL);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct buf page, errors;
    buf_init(&page, 1024 * 1024);
    buf_init(&errors, 1024 * 1024);
    show(&arena, make_fields(&arena, "x\nwww.x", 7), &errors);
    struct web_field *fields = make_fields(&arena, (const char *)data, size);
    show(&arena, fields, &page);
    for (const struct web_field *field = fields; field != NULL; field = field->next) {
        check_markup(field, &page, &errors);
    }
    buf_free(&page);
    buf_free(&errors);
    arena_free(&arena);
    return 0;
}
