/* Settings: what a file and --set make of the table, and the line that each mistake gets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "settings/settings.h"

#include <cmocka.h>

static char folder[] = "/tmp/verdicts-settings-XXXXXX";
static char path[64];

static int make_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    snprintf(path, sizeof path, "%s/n.conf", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void write_file(const char *text, size_t len)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static bool load_text(struct arena *arena, const char *text, struct settings *settings,
                      struct failure *why)
{
    write_file(text, strlen(text));
    return settings_load(arena, path, NULL, 0, settings, why);
}

static struct settings load_good(struct arena *arena, const char *text)
{
    struct settings settings;
    struct failure why = {0};
    if (!load_text(arena, text, &settings, &why)) {
        fail_msg("%s\n%s", why.text, text);
    }
    return settings;
}

static const struct settings_row *find_row(const struct settings *settings, const char *key)
{
    for (size_t i = 0; i < settings->row_count; i++) {
        if (strcmp(settings->rows[i].key, key) == 0) {
            return &settings->rows[i];
        }
    }
    fail_msg("no row %s", key);
    return NULL;
}

static void without_a_file_the_defaults_hold(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct settings s;
    struct failure why = {0};
    assert_true(settings_load(&arena, NULL, NULL, 0, &s, &why));
    assert_null(s.file);
    assert_string_equal(s.database, "verdicts.db");
    assert_string_equal(s.secret_file, "verdicts.key");
    assert_null(s.templates_dir);
    assert_null(s.site.name);
    assert_string_equal(s.site.language, "en");
    assert_string_equal(s.site.direction, "ltr");
    assert_int_equal(s.issue.weekday, 5);
    assert_int_equal(s.issue.time.hour, 9);
    assert_int_equal(s.issue.time.minute, 0);
    assert_string_equal(s.issue.timezone, "UTC");
    assert_int_equal(s.issue.min_items, 1);
    assert_int_equal(s.issue.max_items, 12);
    assert_int_equal(s.issue.max_age_days, 28);
    assert_int_equal(s.issue.approval, APPROVAL_NONE);
    assert_int_equal(s.issue.deadline_hours, 0);
    assert_false(s.issue.send_past_deadline);
    assert_null(s.issue.editors[0]);
    assert_null(s.mail.from);
    assert_null(s.mail.list_id);
    assert_null(s.smtp.url);
    assert_int_equal(s.smtp.tls, TLS_AUTO);
    assert_int_equal(s.smtp.connections, 4);
    assert_int_equal(s.smtp.messages_per_connection, 1000);
    assert_false(s.smtp.pipeline_ahead);
    assert_int_equal(s.smtp.rate.count, 0);
    assert_int_equal(s.smtp.connect_timeout, 30);
    assert_int_equal(s.smtp.reply_timeout, 300);
    assert_int_equal(s.smtp.dot_timeout, 600);
    assert_int_equal(s.deliver.max_age, 3 * 86400);
    assert_int_equal(s.deliver.linger, 3600);
    assert_int_equal(s.deliver.lease, 900);
    assert_int_equal(s.deliver.in_doubt, IN_DOUBT_RESEND);
    assert_int_equal(s.deliver.domain_rate.count, 0);
    assert_string_equal(s.subscribe.listen, "127.0.0.1:8380");
    assert_string_equal(find_row(&s, "smtp.connections")->value, "4");
    assert_string_equal(find_row(&s, "smtp.connections")->origin, "default");
    assert_string_equal(find_row(&s, "site.name")->value, "");
    arena_free(&arena);
}

static const char whole[] =
    "# a comment with 'quotes and ${HOME}\n"
    "database = 'data/list.db'\n"
    "secret_file = \"/etc/keys/a\\\\b\\\"c\"   # another\n"
    "templates_dir = own\r\n"
    "site {\n"
    "  name = 'It\\'s \xE2\x80\x9Cout\xE2\x80\x9D ${HOME} # no comment'\n"
    "  url = https://www.example.org/\n"
    "  comparison_url = 'https://www.example.org/c/{slug}/'\n"
    "  postal_address = '1 Street, Town'\n"
    "  language = pt-BR direction = RTL\n"
    "}\n"
    "issue { weekday = 1 time = '7:05' timezone = Europe/Berlin min_items = 2 max_items = 3\n"
    "  approval = required deadline = 2d after_deadline = send\n"
    "  editors = { 'Ann@Example.org', \"bob@example.org\", } }\n"
    "mail { from = '\"News, The\" <news@example.org>' reply_to = ed@example.org\n"
    "  bounce_address = b@Bounce.example.org }\n"
    "smtp { url = smtp://relay.example.org:587/news.example.org username = u\n"
    "  password_file = pw tls = required connections = 8 pipeline_ahead = yes rate = 10000/h\n"
    "  connect_timeout = 1min reply_timeout = 90 dot_timeout = '600s' }\n"
    "deliver { max_age = 1w linger = 0 lease = 20min in_doubt = hold\n"
    "  domain_rate = { 'Example.COM=600/min', '*=1000/s', 'b\xC3\xBC.example=none' } }\n"
    "dkim { domain = example.org selector = v1.a_x key_file = k.pem }\n"
    "subscribe { listen = unix:run/sock url = 'https://news.example.org/s/'\n"
    "  trusted_proxy = '2001:db8::/32' }\n"
    "bounce { mailbox = maildir:bounces }\n";

static void a_file_sets_every_kind_of_value(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct settings s = load_good(&arena, whole);
    char joined[128];
    snprintf(joined, sizeof joined, "%s/data/list.db", folder);
    assert_string_equal(s.database, joined);
    assert_string_equal(s.secret_file, "/etc/keys/a\\b\"c");
    snprintf(joined, sizeof joined, "%s/own", folder);
    assert_string_equal(s.templates_dir, joined);
    assert_string_equal(s.site.name, "It's \xE2\x80\x9Cout\xE2\x80\x9D ${HOME} # no comment");
    assert_string_equal(s.site.url, "https://www.example.org");
    assert_string_equal(s.site.comparison_url, "https://www.example.org/c/{slug}/");
    assert_string_equal(s.site.language, "pt-BR");
    assert_string_equal(s.site.direction, "rtl");
    assert_int_equal(s.issue.weekday, 1);
    assert_int_equal(s.issue.time.hour * 60 + s.issue.time.minute, 7 * 60 + 5);
    assert_string_equal(s.issue.timezone, "Europe/Berlin");
    assert_int_equal(s.issue.approval, APPROVAL_REQUIRED);
    assert_int_equal(s.issue.deadline_hours, 48);
    assert_true(s.issue.send_past_deadline);
    assert_string_equal(s.issue.editors[0], "Ann@example.org");
    assert_string_equal(s.issue.editors[1], "bob@example.org");
    assert_null(s.issue.editors[2]);
    assert_string_equal(s.mail.from, "\"News, The\" <news@example.org>");
    assert_string_equal(s.mail.bounce_address, "b@bounce.example.org");
    assert_string_equal(s.mail.list_id, "newsletter.example.org");
    assert_string_equal(s.mail.message_id_domain, "example.org");
    assert_string_equal(s.smtp.url, "smtp://relay.example.org:587/news.example.org");
    assert_int_equal(s.smtp.tls, TLS_REQUIRED);
    assert_true(s.smtp.pipeline_ahead);
    assert_int_equal(s.smtp.rate.count, 10000);
    assert_int_equal(s.smtp.rate.seconds, 3600);
    assert_int_equal(s.smtp.connect_timeout, 60);
    assert_int_equal(s.smtp.reply_timeout, 90);
    assert_int_equal(s.deliver.max_age, 7 * 86400);
    assert_int_equal(s.deliver.linger, 0);
    assert_int_equal(s.deliver.in_doubt, IN_DOUBT_HOLD);
    assert_int_equal(s.deliver.domain_rate.count, 3);
    assert_string_equal(s.deliver.domain_rate.list[0].domain, "example.com");
    assert_int_equal(s.deliver.domain_rate.list[0].rate.count, 600);
    assert_int_equal(s.deliver.domain_rate.list[0].rate.seconds, 60);
    assert_string_equal(s.deliver.domain_rate.list[1].domain, "*");
    assert_string_equal(s.deliver.domain_rate.list[2].domain, "xn--b-eha.example");
    assert_int_equal(s.deliver.domain_rate.list[2].rate.count, 0);
    assert_string_equal(s.subscribe.url, "https://news.example.org/s");
    snprintf(joined, sizeof joined, "unix:%s/run/sock", folder);
    assert_string_equal(s.subscribe.listen, joined);
    snprintf(joined, sizeof joined, "maildir:%s/bounces", folder);
    assert_string_equal(s.bounce.mailbox, joined);
    arena_free(&arena);
}

static void rows_name_the_line_and_hide_secrets(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct settings s = load_good(&arena, whole);
    char origin[128];
    snprintf(origin, sizeof origin, "%s:2", path);
    assert_string_equal(find_row(&s, "database")->value, "data/list.db");
    assert_string_equal(find_row(&s, "database")->origin, origin);
    snprintf(origin, sizeof origin, "%s:18", path);
    assert_string_equal(find_row(&s, "smtp.rate")->origin, origin);
    assert_string_equal(find_row(&s, "smtp.password_file")->value, "(hidden)");
    assert_string_equal(find_row(&s, "bounce.password_file")->value, "");
    assert_string_equal(find_row(&s, "issue.editors")->value, "Ann@Example.org, bob@example.org");
    assert_string_equal(find_row(&s, "mail.list_id")->value, "newsletter.example.org");
    assert_string_equal(find_row(&s, "mail.list_id")->origin, "default");
    for (size_t i = 0; i < s.row_count; i++) {
        assert_true(strlen(s.rows[i].purpose) > 10);
    }
    arena_free(&arena);
}

static void words_of_set_win_over_the_file(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct settings s;
    struct failure why = {0};
    static const char *const words[] = {
        "smtp.connections=1",   "smtp.connections=9",
        "database=here.db",     "issue.editors=a@example.org, b@example.org",
        "smtp.username=",       "smtp.password_file=",
        "smtp.url=maildir:box", "site.name=A=B",
        "deliver.domain_rate=",
    };
    write_file(whole, strlen(whole));
    if (!settings_load(&arena, path, words, 9, &s, &why)) {
        fail_msg("%s", why.text);
    }
    assert_int_equal(s.smtp.connections, 9);
    assert_string_equal(s.database, "here.db");
    assert_string_equal(s.issue.editors[0], "a@example.org");
    assert_string_equal(s.issue.editors[1], "b@example.org");
    assert_null(s.issue.editors[2]);
    assert_null(s.smtp.username);
    assert_null(s.smtp.password_file);
    assert_string_equal(s.smtp.url, "maildir:box");
    assert_string_equal(s.site.name, "A=B");
    assert_int_equal(s.deliver.domain_rate.count, 0);
    assert_string_equal(find_row(&s, "smtp.connections")->origin, "--set");
    arena_free(&arena);
}

static const struct {
    const char *word, *reason;
} bad_words[] = {
    {"smtp.conections=1", "smtp.conections; did you mean smtp.connections?"},
    {"connections=1", "there is no setting connections; did you mean smtp.connections?"},
    {"smtp.walrus=1", "there is no setting smtp.walrus; `verdicts config show` lists"},
    {"smtp.=1", "there is no setting smtp."},
    {"=1", "there is no setting"},
    {"smtp.connections", "--set section.key=value"},
    {"smtp.connections=x", "--set smtp.connections: \"x\" is not a number from 1 to 100"},
    {"smtp.connections=", "--set smtp.connections: it is empty"},
    {"issue.editors=ann", "--set issue.editors: \"ann\": there is no @"},
};

static void a_wrong_word_of_set_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_words / sizeof bad_words[0]; i++) {
        struct arena arena = {0};
        struct settings s;
        struct failure why = {0};
        if (settings_load(&arena, NULL, &bad_words[i].word, 1, &s, &why)) {
            fail_msg("%s: was taken", bad_words[i].word);
        }
        if (strstr(why.text, bad_words[i].reason) == NULL) {
            fail_msg("%s: reason is: %s", bad_words[i].word, why.text);
        }
        arena_free(&arena);
    }
}

static bool load_with(struct arena *arena, const char *variable, const char *value,
                      struct settings *settings, struct failure *why)
{
    assert_int_equal(setenv(variable, value, 1), 0);
    bool good = settings_load(arena, path, NULL, 0, settings, why);
    assert_int_equal(unsetenv(variable), 0);
    return good;
}

static void a_variable_wins_over_the_file_and_set_over_both(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct settings s;
    struct failure why = {0};
    const char *word = "smtp.connections=9";
    write_file(whole, strlen(whole));
    assert_int_equal(setenv("VERDICTS_SMTP_CONNECTIONS", "7", 1), 0);
    assert_int_equal(setenv("VERDICTS_DATABASE", "here.db", 1), 0);
    assert_true(settings_load(&arena, path, &word, 1, &s, &why));
    assert_int_equal(s.smtp.connections, 9);
    assert_true(settings_load(&arena, path, NULL, 0, &s, &why));
    assert_int_equal(s.smtp.connections, 7);
    assert_string_equal(find_row(&s, "smtp.connections")->origin, "$VERDICTS_SMTP_CONNECTIONS");
    assert_string_equal(s.database, "here.db");
    assert_int_equal(unsetenv("VERDICTS_SMTP_CONNECTIONS"), 0);
    assert_int_equal(unsetenv("VERDICTS_DATABASE"), 0);
    assert_true(
        load_with(&arena, "VERDICTS_ISSUE_EDITORS", "a@example.org, b@example.org", &s, &why));
    assert_string_equal(s.issue.editors[1], "b@example.org");
    assert_true(load_with(&arena, "VERDICTS_SMTP_OAUTH_CLIENT_ID", "", &s, &why));
    arena_free(&arena);
}

static const struct {
    const char *variable, *value, *reason; /* NULL: taken, and nothing is set */
} variables[] = {
    {"VERDICTS_SMTP_PASSWORD", "x",
     "$VERDICTS_SMTP_PASSWORD: a secret stands in a file; name that in "
     "$VERDICTS_SMTP_PASSWORD_FILE"},
    {"VERDICTS_SMTP_CONECTIONS", "1",
     "there is no setting smtp.conections; did you mean smtp.connections?"},
    {"VERDICTS_SMTP_OAUTH_ID", "x", "there is no setting smtp.oauth.id"},
    {"VERDICTS_RELAY_MAIN_URL", "null:", "write relay 'main' { … } there"},
    {"VERDICTS_SMTP_CONNECTIONS", "x",
     "$VERDICTS_SMTP_CONNECTIONS: smtp.connections: \"x\" is not a number from 1 to 100"},
    {"VERDICTS_SMTP_PASWORD_FILE", "", NULL},
    {"VERDICTS_PORT", "tcp://192.0.2.1:80", NULL},
    {"VERDICTS_SMTP_SERVICE_HOST", "192.0.2.1", NULL},
    {"VERDICTS_SMTP_SERVICE_PORT", "25", NULL},
    {"VERDICTS_SMTP_SERVICE_PORT_SUBMISSION", "587", NULL},
    {"VERDICTS_SMTP_PORT", "tcp://192.0.2.1:25", NULL},
    {"VERDICTS_SMTP_PORT_25_TCP", "tcp://192.0.2.1:25", NULL},
    {"VERDICTS_SMTP_PORT_25_TCP_ADDR", "192.0.2.1", NULL},
    {"VERDICTS_RELAY_SERVICE_HOST", "192.0.2.1", NULL},
    {"VERDICTS_SMTP_PORT", "587", "there is no setting smtp.port"},
    {"VERDICTS_SMTP_PORTS_25", "x", "there is no setting smtp.ports_25"},
    {"VERDICTS_SMTP_SERVICE_PORTAL", "x", "there is no setting smtp.service_portal"},
    {"VERDICTS_SITE", "x", NULL},
    {"VERDICTS_DATABASES", "x", NULL},
    {"VERDICTS_", "x", NULL},
    {"verdicts_database", "x", NULL},
};

static void a_variable_of_a_section_that_names_no_setting_is_refused(void **state)
{
    (void)state;
    write_file("", 0);
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        struct arena arena = {0};
        struct settings s;
        struct failure why = {0};
        bool good = load_with(&arena, variables[i].variable, variables[i].value, &s, &why);
        if (good != (variables[i].reason == NULL)) {
            fail_msg("%s: %s", variables[i].variable, good ? "was taken" : why.text);
        }
        if (!good) {
            assert_int_equal(why.kind, FAILURE_CONFIG);
            assert_non_null(strstr(why.text, variables[i].reason));
        }
        for (size_t row = 0; good && row < s.row_count; row++) {
            assert_string_equal(s.rows[row].origin, "default");
        }
        arena_free(&arena);
    }
}

/* What a key is called in the environment. */
static void name_variable(const char *key, char out[100])
{
    snprintf(out, 100, "%s", key);
    for (char *c = out; *c != '\0'; c++) {
        *c = *c == '.' ? '_' : *c;
    }
}

static void no_two_settings_have_one_variable(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct settings_description one, other;
    char variable[100], second[100];
    for (size_t i = 0; settings_describe(&arena, i, &one); i++) {
        name_variable(one.key, variable);
        for (size_t j = 0; j < i && settings_describe(&arena, j, &other); j++) {
            name_variable(other.key, second);
            assert_string_not_equal(variable, second);
        }
    }
    arena_free(&arena);
}

static void a_secret_may_be_a_credential_of_systemd(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "smtp.password_file=credential:", "smtp.password_file=credential:../x",
        "smtp.password_file=credential:.hidden"};
    struct arena arena = {0};
    struct failure why = {0};
    struct settings s = load_good(&arena, "database = 'data/list.db'\n"
                                          "secret_file = 'credential:verdicts.key'\n"
                                          "smtp { username = u password_file = "
                                          "'credential:smtp.password' }\n"
                                          "templates_dir = 'credential:x'\n");
    assert_string_equal(s.secret_file, "credential:verdicts.key");
    assert_string_equal(s.smtp.password_file, "credential:smtp.password");
    assert_string_not_equal(s.templates_dir, "credential:x");
    assert_non_null(strstr(s.smtp.oauth.folder, "/data"));
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(settings_load(&arena, path, &wrong[i], 1, &s, &why));
        assert_non_null(strstr(why.text, "is not a path, or credential:NAME"));
    }
    arena_free(&arena);
}

/* `reason` follows the file's path. */
static const struct {
    const char *name, *text, *reason;
} bad_files[] = {
    {"unknown setting", "\n\nfoo = 1\n", ":3:1: there is no setting foo"},
    {"unknown setting in a section", "smtp {\n  speed = 1\n}",
     ":2:3: there is no setting smtp.speed"},
    {"misspelt", "smtp {\n  conections = 1\n}", "did you mean smtp.connections?"},
    {"in the wrong section", "mail { url = a }", "did you mean site.url?"},
    {"unknown section", "\nsmpt { url = a }", ":2:1: there is no section smpt; did you mean smtp?"},
    {"a key in quotes", "'smtp|url' = a", ":1: a setting's name is missing"},
    {"doubled key", "database = a\n\ndatabase = a\n",
     ":3:1: database is given a second time; the first is in line 1"},
    {"doubled key in a section", "smtp {\ntls = auto\ntls = none }",
     ":3:1: smtp.tls is given a second time; the first is in line 2"},
    {"doubled section", "smtp {\n}\nsite { }\nsmtp { }",
     ":4:1: the section smtp begins a second time; the first is in line 1"},
    {"appending", "issue { editors += 'a@example.org' }", ":1:17: '+' cannot stand here"},
    {"environment in double quotes", "\ndatabase = \"${HOME}/a\"", ":2:13: ${…} is not replaced"},
    {"environment without quotes", "database = ${HOME}", ":1:12: '$' cannot stand here"},
    {"no end of a text", "database = 'x", ":1:12: the text that begins here has no end"},
    {"no end of a double-quoted text", "\ndatabase = \"x\n\n", ":2:12: the text that begins"},
    {"a text over two lines", "database = 'x\ny'", ":1:12: the text that begins"},
    {"a strange backslash", "database = \"a\\x00b\"", ":1:14: a backslash"},
    {"a backslash at the end", "database = \"a\\", ":1:14: a backslash"},
    {"missing =", "database 'x'", ":1: a = is missing after database"},
    {"missing value", "smtp {\n url =\n}", ":2: url has no value; write url = 'smtp://"},
    {"a list where none is", "database = { a, b }",
     ":1:1: database takes one value, no list; write database = 'verdicts.db'"},
    {"no end of a section", "site {\n name = a\n", ":1: the section site has no } at its end"},
    {"no end of a list", "issue {\n editors = { 'a@example.org', ",
     ":2:12: the list that begins here"},
    {"no comma in a list", "issue { editors = { a@example.org\n b@example.org } }",
     ":2: a comma or } is missing"},
    {"closing nothing", "\n}\n", ":2:1: a } that closes nothing"},
    {"a section in a section", "site { mail { } }", ":1:8: there is no section site.mail"},
    {"a setting as section", "database { }",
     ":1:1: database is a setting and no section; write database ="},
    {"a section as setting", "site = 1", ":1:1: site is a section and no setting; write site {"},
    {"C++ comment", "// hello\n", ":1: a comment begins with #"},
    {"C comment", "/* hello */", ":1:2: '*' cannot stand here"},
    {"a semicolon", "database = a;", ":1:13: ';' cannot stand here"},
    {"a star", "database = *", ":1:12: '*' cannot stand here"},
    {"a function", "include('x')", ":1:8: '(' cannot stand here"},
    {"an unquoted letter beyond ASCII", "database = \xC3\xA9", "'\xC3\xA9' cannot stand here"},
    {"a control character", "database = 'a\x01'", ":1:14: a control character (0x01)"},
    {"invalid UTF-8", "\n# \xFF\n", ":2:3: this is not UTF-8"},
    {"a number", "issue {\n max_items = many }", ":2:2: issue.max_items: \"many\" is not a number"},
    {"a number out of range", "issue { max_items = 1001 }", "from 1 to 1000"},
    {"a negative number", "issue { max_items = -1 }", "from 1 to 1000"},
    {"a huge number", "issue { max_items = 99999999999999999999 }", "from 1 to 1000"},
    {"a duration", "deliver { linger = 3m }", "deliver.linger: \"3m\" is not a time as 90s"},
    {"a long duration", "deliver { max_age = 31d }", "31d is not between 0d and 30d"},
    {"a very long duration", "deliver { max_age = 999999999999999w }", "is not between 0d and 30d"},
    {"part of an hour", "issue { deadline = 90min }", "not a whole number of hours"},
    {"a rate", "smtp { rate = 10000 }", "smtp.rate: \"10000\" is not NUMBER/UNIT"},
    {"a rate of nothing", "smtp { rate = 0/h }", "is not NUMBER/UNIT"},
    {"a rate by the week", "smtp { rate = 1/w }", "is not NUMBER/UNIT"},
    {"a rate without a unit", "smtp { rate = 1/ }", "is not NUMBER/UNIT"},
    {"a choice", "issue { approval = maybe }", "\"maybe\" is not none or required"},
    {"a switch", "smtp { pipeline_ahead = maybe }", "\"maybe\" is not no or yes"},
    {"a time", "issue { time = '24:00' }", "\"24:00\" is not HH:MM"},
    {"a time with seconds", "issue { time = '09:00:00' }", "is not HH:MM"},
    {"a short time", "issue { time = '9:5' }", "is not HH:MM"},
    {"a weekday", "issue { weekday = someday }", "\"someday\" is not monday to sunday"},
    {"weekday 8", "issue { weekday = 8 }", "\"8\" is not monday"},
    {"a zone", "issue { timezone = Mars/Olympus }", "is not a time zone"},
    {"a zone outside", "issue { timezone = ../etc/passwd }", "is not a time zone"},
    {"a language", "site { language = 'e n' }", "is not a language tag"},
    {"a URL", "site { url = www.example.org }", "is not a URL"},
    {"a URL of another kind", "site { url = ftp://www.example.org }", "is not a URL with https"},
    {"a URL with a password", "smtp { url = smtp://u:p@relay.example.org }",
     "no user or password can stand in a URL"},
    {"a URL with a blank", "site { url = 'https://www.example.org/a b' }", "blanks, quotes"},
    {"a URL with markup", "site { url = 'https://www.example.org/\"><x' }", "blanks, quotes"},
    {"no slug", "site { comparison_url = https://www.example.org/ }", "{slug} must occur in it"},
    {"two slugs", "site { comparison_url = 'https://e.example.org/{slug}/{slug}' }",
     "{slug} must occur in it once"},
    {"signup over http", "subscribe { url = http://news.example.org }", "it has to be https"},
    {"a relay", "smtp { url = relay.example.org }", "is not smtp://HOST"},
    {"a relay by http", "smtp { url = http://relay.example.org }", "is not smtp://HOST"},
    {"a relay's port", "smtp { url = smtp://relay.example.org:70000 }", "\"70000\" is not a port"},
    {"a relay without host", "smtp { url = smtp://:25 }", "has no valid host"},
    {"maildir without folder", "smtp { url = maildir: }", "is not maildir: and a folder"},
    {"our own name", "smtp { url = 'smtp://relay.example.org/a_b' }", "our own host name"},
    {"a mailbox's host alone", "bounce { mailbox = imap.example.org }",
     "is not imaps://HOST[:PORT]/FOLDER, imap://… or maildir:DIR"},
    {"a mailbox without folder", "bounce { mailbox = imaps://mail.example.org }",
     "is not imaps://"},
    {"listening", "subscribe { listen = localhost }", "is not ADDRESS:PORT"},
    {"a proxy", "subscribe { trusted_proxy = proxy.example.org }", "is not an IP address"},
    {"one of two", "subscribe { trusted_proxy = { 192.0.2.1, proxy } }", "\"proxy\" is not an IP"},
    {"a network", "subscribe { trusted_proxy = 10.0.0.0/33 }", "is not an IP address"},
    {"a sender", "mail { from = 'Ann' }", "mail.from: there is no @"},
    {"a sender with a line end in it", "mail { from = 'Ann <ann@example.org' }", "write it as"},
    {"bounces beyond ASCII", "mail { bounce_address = '\xC3\xA9@example.org' }",
     "is not an address with at most 23 ASCII"},
    {"long bounces", "mail { bounce_address = abcdefghijklmnopqrstuvwx@example.org }",
     "at most 23"},
    {"a domain", "mail { list_id = weekly }", "is not a domain"},
    {"an editor", "issue { editors = { 'ann@example.org', 'bob' } }", "\"bob\": there is no @"},
    {"a domain's rate", "deliver { domain_rate = { 'example.com' } }", "is not DOMAIN=RATE"},
    {"a postal address with a line end that is none", "site { postal_address = 'A\\\\nB' }",
     "write it in one line, parts after commas"},
    {"a domain's rate of nothing", "deliver { domain_rate = { 'example.com=0' } }",
     "for no limit write example.com=none"},
    {"a domain's rate twice", "deliver { domain_rate = { 'a.example=1/s', 'A.example=2/s' } }",
     "a.example is given twice"},
    {"a selector", "dkim { selector = '-a' }", "is not a DNS label"},
    {"text with a line end", "site { name = \"a\\\\n\" }", NULL},
    {"an empty value", "issue { time = '' }", ":1:9: issue.time: it is empty"},
    {"a C1 control in a text", "site { name = 'a\xC2\x85' }", "a control character (U+0085)"},
    {"a character that no feed may hold", "site { name = 'a\xEF\xBF\xBF' }", "U+FFFF stands in it"},
    {"another one", "site { name = '\xEF\xBF\xBE' }", "U+FFFE stands in it"},
    {"a line separator in a text", "site { name = 'a\xE2\x80\xA8' }", "(U+2028)"},
    {"a short lease", "deliver {\n lease = 10min }",
     ":2:2: deliver.lease: deliver.lease has to be"},
    {"a long wait", "smtp {\n dot_timeout = 15min }", ":2:2: smtp.dot_timeout: deliver.lease has"},
    {"more at least than at most", "issue { min_items = 5\n max_items = 4 }", "no issue could"},
    {"OAuth and a password", "smtp {\n username = u\n password_file = p\n oauth { command = x } }",
     ":3:2: smtp.password_file: a password_file and oauth exclude"},
    {"OAuth without an account", "bounce { oauth {\n command = x } }",
     ":2:2: bounce.oauth.command: oauth also needs a username"},
    {"two sources of tokens",
     "smtp { oauth { command = x\n token_url = 'https://x.example.org' } }",
     "smtp.oauth.command: a token comes from a command or"},
    {"a command and a client", "smtp { oauth {\n client_id = x\n command = x } }",
     "a token comes from a command or"},
    {"a command by a relative path", "smtp { oauth { command = bin/x } }",
     "smtp.oauth.command: name the program by an absolute path"},
    {"a scope of no server", "smtp { oauth {\n scope = x } }",
     ":2:2: smtp.oauth.scope: a token also needs oauth.token_url"},
    {"a token server without a client", "smtp { oauth {\n token_url = 'https://x.example.org' } }",
     ":2:2: smtp.oauth.token_url: a token_url also needs oauth.client_id"},
    {"a token server without a secret",
     "smtp { oauth { token_url = 'https://x.example.org'\n client_id = x } }",
     "oauth.refresh_token_file, oauth.client_secret_file or both"},
    {"a token server in clear", "smtp { oauth { token_url = 'http://x.example.org' } }",
     "smtp.oauth.token_url: "},
    {"a token in clear",
     "smtp { tls = none\n url = smtp://x.example.org\n username = u\n oauth { command = x } }",
     "with tls = none the password"},
    {"a mechanism of tokens without OAuth", "smtp {\n auth = XOAUTH2 }",
     ":2:2: smtp.auth: XOAUTH2 and OAUTHBEARER need the section oauth"},
    {"a mechanism of passwords with OAuth",
     "smtp { username = u\n auth = PLAIN\n oauth { command = x } }",
     ":2:2: smtp.auth: oauth logs in by XOAUTH2 or OAUTHBEARER"},
    {"no mechanism", "smtp { auth = KERBEROS }", "is not PLAIN, LOGIN, CRAM-MD5,"},
    {"a username alone", "smtp {\n username = u }", ":2:2: smtp.username: a username and a"},
    {"a password alone", "bounce {\n password_file = u }",
     ":2:2: bounce.password_file: a username"},
    {"smtps without TLS", "smtp { url = smtps://r.example.org\n tls = none }",
     ":2:2: smtp.tls: tls"},
    {"a password in clear",
     "smtp { url = smtp://r.example.org tls = none username = u password_file = p }", "in clear"},
    {"half a key", "dkim { selector = a }", "go together"},
    {"a key without domain", "dkim { selector = a key_file = k }", "also needs dkim.domain"},
    {"a domain without key", "dkim { domain = a.example }", "also needs dkim.selector"},
    {"half a second key", "dkim { ed25519_selector = a }", "go together"},
    {"an algorithm without key",
     "dkim { domain = a.example selector = a key_file = k algorithms = { rsa, ed25519 } }",
     "dkim.algorithms: ed25519 also needs dkim.ed25519_selector"},
    {"a field that has to be signed", "dkim { unsigned = { Date, From } }",
     ":1:8: dkim.unsigned: \"From\" is not one of Date, Feedback-ID, List-Id"},
    {"an unknown algorithm", "dkim { algorithms = { rsa-sha1 } }",
     "\"rsa-sha1\" is not one of rsa or ed25519"},
};

static bool is_named(const char *text, const char *reason, struct failure *why)
{
    struct arena arena = {0};
    struct settings s;
    bool good = load_text(&arena, text, &s, why);
    bool right = reason == NULL ? good
                                : !good && why->kind == FAILURE_CONFIG &&
                                      strncmp(why->text, path, strlen(path)) == 0 &&
                                      strstr(why->text + strlen(path), reason) != NULL;
    arena_free(&arena);
    return right;
}

static void every_mistake_is_named_by_file_line_and_reason(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof bad_files / sizeof bad_files[0]; i++) {
        struct failure why = {0};
        if (!is_named(bad_files[i].text, bad_files[i].reason, &why)) {
            print_error("%s: \"%s\"\n", bad_files[i].name, why.text);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static const char *const good_files[] = {
    "",
    "\xEF\xBB\xBF",
    "# only a comment",
    "\xEF\xBB\xBF"
    "database = a\n",
    "database=a secret_file=b",
    "site{name='x'}",
    "site {\r\n\tname = 'x'\r\n}\r\n",
    "issue { editors = {} }",
    "issue # when\n{ # a\n editors # who\n = # two\n { # 'none'\n 'ann@example.org' # Ann\n"
    ", # and\n bob@example.org # }\n, # no more\n } # {\n } # end",
    "site { name = '# no comment' } # \"",
    "issue { editors = ann@example.org }",
    "issue { weekday = Wed } ",
    "issue { weekday = SUNDAY }",
    "smtp { url = null: }",
    "smtp { url = 'smtp://[::1]:2525/' tls = none username = u password_file = p }",
    "smtp { url = smtp://localhost tls = none username = u password_file = p }",
    "smtp { rate = 0 }",
    "subscribe { url = http://127.0.0.1:8380 }",
    "subscribe { listen = '[::1]:80' trusted_proxy = 192.0.2.0/24 }",
    "subscribe { trusted_proxy = { 192.0.2.1, '2001:db8::/32' } }",
    "templates_dir = ''",
    "mail { from = ann@example.org }",
};

static void unusual_but_right_files_are_taken(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good_files / sizeof good_files[0]; i++) {
        struct arena arena = {0};
        load_good(&arena, good_files[i]);
        arena_free(&arena);
    }
}

static void a_nul_byte_is_refused(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct settings s;
    struct failure why = {0};
    write_file("database = a\n\0site { }", 23);
    assert_false(settings_load(&arena, path, NULL, 0, &s, &why));
    assert_non_null(strstr(why.text, ":2:1: a control character (0x00)"));
    arena_free(&arena);
}

static void a_file_that_is_not_there_is_a_fault_of_the_settings(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct settings s;
    struct failure why = {0};
    assert_false(settings_load(&arena, "/tmp/verdicts-not-there.conf", NULL, 0, &s, &why));
    assert_int_equal(why.kind, FAILURE_CONFIG);
    assert_non_null(strstr(why.text, "/tmp/verdicts-not-there.conf"));
    assert_false(settings_load(&arena, "/tmp", NULL, 0, &s, &why));
    assert_int_equal(why.kind, FAILURE_CONFIG);
    arena_free(&arena);
}

static void what_a_verb_needs_is_named_with_a_line_to_copy(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct settings s = load_good(&arena, "site { name = 'x' url = https://e.example.org }");
    struct failure why = {0};
    assert_false(settings_require_site(&s, &why));
    assert_int_equal(why.kind, FAILURE_CONFIG);
    assert_non_null(strstr(why.text, "site.comparison_url is missing; write comparison_url = "
                                     "'https://www.example.org/compare/{slug}' with a value of "
                                     "your own in the section site, which begins in line 1"));
    assert_false(settings_require_mail(&s, &why));
    assert_non_null(strstr(why.text, "mail.from is missing; write mail { from = "));
    assert_false(settings_require_relay(&s, &why));
    assert_non_null(strstr(why.text, "smtp.url is missing"));
    arena_free(&arena);
}

static void the_sample_file_is_complete_and_says_what_the_defaults_are(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct buf sample;
    buf_init(&sample, 1 << 20);
    settings_sample(&sample);
    assert_true(buf_ok(&sample));
    assert_non_null(strstr(sample.data, "    # week. (default)\n    #max_items = 12"));
    assert_non_null(
        strstr(sample.data, "with. (example; not set by default)\n    #username = 'news"));
    assert_non_null(strstr(sample.data, "# default: none)\n    #rate = '10000/h'"));
    struct settings s = load_good(&arena, sample.data);
    struct failure why = {0};
    assert_true(settings_require_site(&s, &why));
    assert_true(settings_require_mail(&s, &why));
    assert_true(settings_require_relay(&s, &why));
    for (size_t i = 0; i < s.row_count; i++) {
        char line[100];
        const char *dot = strrchr(s.rows[i].key, '.');
        snprintf(line, sizeof line, "%s = ", dot != NULL ? dot + 1 : s.rows[i].key);
        if (strstr(sample.data, line) == NULL) {
            fail_msg("the sample lacks %s", s.rows[i].key);
        }
    }
    /* A commented line shows the default where there is one, so opening it changes nothing. Those
     * of a section oauth exclude each other and a password, and have no defaults. */
    for (char *at = sample.data; (at = strstr(at, "    oauth {\n")) != NULL;) {
        for (char *end = strstr(at, "\n    }\n"); at < end; at++) {
            at[1] = *at == '#' ? ' ' : at[1];
        }
    }
    const char *named = strstr(sample.data, "\n#relay 'main' {\n");
    const char *named_end = strstr(named, "\n#}\n") + 3; /* it excludes the section smtp */
    for (char *at = sample.data; (at = strchr(at, '#')) != NULL; at++) {
        if (at[1] != ' ' && at[1] != '\n' && (at < named || at > named_end)) {
            *at = ' ';
        }
    }
    struct settings opened = load_good(&arena, sample.data);
    for (size_t i = 0; i < s.row_count; i++) {
        if (strcmp(s.rows[i].origin, "default") == 0 && s.rows[i].value[0] != '\0' &&
            strcmp(s.rows[i].key, "issue.deadline") != 0 &&
            strcmp(s.rows[i].key, "smtp.rate") != 0) {
            assert_string_equal(opened.rows[i].value, s.rows[i].value);
        }
    }
    buf_free(&sample);
    arena_free(&arena);
}

static void the_table_can_be_walked(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct settings_description d;
    struct settings s;
    struct failure why = {0};
    assert_true(settings_load(&arena, NULL, NULL, 0, &s, &why));
    size_t count = 0;
    for (size_t i = 0; settings_describe(&arena, i, &d); i++) {
        assert_true(d.form != NULL && d.form[0] != '\0');
        assert_true(d.purpose[strlen(d.purpose) - 1] == '.');
        if (strncmp(d.key, "relay.NAME.", 11) != 0) { /* it has rows where one is named */
            assert_string_equal(d.key, s.rows[count].key);
            assert_string_equal(d.purpose, s.rows[count].purpose);
            count++;
        }
    }
    assert_int_equal(count, s.row_count);
    arena_free(&arena);
}

/* The text in the sections that the key names: "smtp { oauth { TEXT } }". */
static const char *put_in_sections(struct arena *arena, const char *key, const char *text)
{
    const char *before = "", *behind = "";
    if (strncmp(key, "relay.NAME.", 11) == 0) {
        before = "relay NAME { ";
        behind = " }";
        key += 11;
    }
    for (const char *dot; (dot = strchr(key, '.')) != NULL; key = dot + 1) {
        before = arena_format(arena, "%s%.*s { ", before, (int)(dot - key), key);
        behind = arena_format(arena, "%s }", behind);
    }
    return arena_format(arena, "%s%s%s", before, text, behind);
}

static const char *name_of(const struct settings_description *d)
{
    const char *dot = strrchr(d->key, '.');
    return dot != NULL ? dot + 1 : d->key;
}

/* A file with the setting in lines 2 and 4. */
static const char *write_twice(struct arena *arena, const struct settings_description *d)
{
    const char *name = name_of(d);
    return put_in_sections(
        arena, d->key,
        arena_format(arena, "#\n%s = %s\n\n%s = %s\n", name, d->sample, name, d->sample));
}

static void every_setting_is_refused_when_given_twice_or_with_a_line_end(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct settings_description d;
    for (size_t i = 0; settings_describe(&arena, i, &d); i++) {
        struct settings s;
        struct failure why = {0};
        char reason[200];
        const char *text = write_twice(&arena, &d);
        snprintf(reason, sizeof reason, "%s:4:1: %s is given a second time; the first is in line 2",
                 path, d.key);
        assert_false(load_text(&arena, text, &s, &why));
        assert_string_equal(why.text, reason);
        const char *words[] = {arena_format(&arena, "%s=a\r\nBcc: b@example.org", d.key),
                               "relay.NAME.url=smtp://relay.example.org"};
        bool needs_url = strncmp(d.key, "relay.NAME.", 11) == 0 && strcmp(d.key + 11, "url") != 0;
        assert_false(settings_load(&arena, NULL, words, needs_url ? 2 : 1, &s, &why));
        snprintf(reason, sizeof reason, "--set %s: a control character (U+000D)", d.key);
        assert_memory_equal(why.text, reason, strlen(reason));
    }
    arena_free(&arena);
}

static const char two_relays[] =
    "relay main {\n url = 'smtps://relay.example.org' username = u password_file = p\n"
    " rate = 100/min weight = 3\n}\n"
    "relay spare {\n url = smtp://127.0.0.1:25 domains = { Example.COM, 'b\xC3\xBC"
    "cher.example' }\n}\n"
    "relay last { url = smtp://localhost backup = yes }\n";

static void named_relays_take_the_place_of_the_section_smtp(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct settings s = load_good(&arena, "smtp { }\n");
    assert_int_equal(settings_relay_count(&s), 1);
    assert_ptr_equal(settings_relay(&s, 0), &s.smtp);
    s = load_good(&arena, two_relays);
    assert_int_equal(settings_relay_count(&s), 3);
    const struct settings_relay *main_relay = settings_relay(&s, 0);
    char key[SETTINGS_RELAY_KEY];
    assert_string_equal(settings_relay_key(main_relay, "url", key), "relay.main.url");
    assert_string_equal(settings_relay_key(&s.smtp, "url", key), "smtp.url");
    assert_int_equal(main_relay->weight, 3);
    assert_int_equal(main_relay->rate.count, 100);
    assert_int_equal(main_relay->connections, 4);
    assert_null(main_relay->domains[0]);
    assert_string_equal(settings_relay(&s, 1)->domains[0], "example.com");
    assert_string_equal(settings_relay(&s, 1)->domains[1], "xn--bcher-kva.example");
    assert_true(settings_relay(&s, 2)->backup);
    arena_free(&arena);
}

static void a_rehearsal_by_set_stands_for_every_relay(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct settings s;
    struct failure why = {0};
    const char *word = "smtp.url=null:";
    write_file(two_relays, strlen(two_relays));
    assert_true(settings_load(&arena, path, &word, 1, &s, &why));
    assert_int_equal(settings_relay_count(&s), 1);
    assert_true(settings_rehearses(&s));
    word = "smtp.url=smtp://localhost";
    assert_false(settings_load(&arena, path, &word, 1, &s, &why));
    assert_memory_equal(why.text, "--set: smtp.url: ", 17);
    arena_free(&arena);
}

#define URL " url = smtp://localhost "

/* `reason` follows the path of the file. */
static const struct {
    const char *name, *text, *reason;
} bad_relays[] = {
    {"the section smtp too", "smtp { connections = 2 }\nrelay a {" URL "}",
     ":1:8: smtp.connections: the section smtp is for one relay alone, and relay 'a' is named"},
    {"no url", "\nrelay a { weight = 2 }", ":2: relay.a.url is missing; write url = "},
    {"a warm-up that shrinks", "relay a {" URL "warmup { start = 300/d\nuntil = 200/d } }",
     ":2:1: relay.a.warmup.until: a warm-up grows from start to until"},
    {"a warm-up by the hour", "relay a {" URL "warmup {\nstart = 300/h\nuntil = 2000/d } }",
     ":2:1: relay.a.warmup.start: a warm-up counts in days"},
    {"a warm-up without an end", "relay a {" URL "warmup {\nstart = 300/d } }",
     ":2:1: relay.a.warmup.start: start and until of a warm-up go together"},
    {"a factor that shrinks", "relay a {" URL "warmup { start = 3/d\nuntil = 9/d\nfactor = 0.5 } }",
     ":3:1: relay.a.warmup.factor: \"0.5\" is not a number from 1.01 to 10, with at most two "
     "decimals"},
    {"a factor of three decimals",
     "relay a {" URL "warmup { start = 3/d\nuntil = 9/d\nfactor = 1.005 } }",
     ":3:1: relay.a.warmup.factor: \"1.005\" is not a number from 1.01 to 10"},
    {"a factor that is too large",
     "relay a {" URL "warmup { start = 3/d\nuntil = 9/d\nfactor = 10.01 } }",
     ":3:1: relay.a.warmup.factor: \"10.01\" is not a number from 1.01 to 10"},
    {"no weight", "relay a {" URL "\n weight = 0 }\nrelay b {" URL "weight = 0 }",
     ":2:2: relay.a.weight: every relay has weight 0"},
    {"backups alone", "relay a {" URL "backup = yes }\nrelay b {" URL "weight = 0 }",
     ":1:34: relay.a.backup: every relay is a backup or has weight 0"},
    {"domains everywhere",
     "relay a {" URL "domains = { a.example } }\nrelay b {" URL "domains = { b.example } }",
     ":1:34: relay.a.domains: every relay that takes mail names domains"},
    {"domains and a backup",
     "relay a {" URL "domains = { a.example } }\nrelay b {" URL "backup = yes }",
     ":1:34: relay.a.domains: every relay that takes mail names domains"},
    {"a domain without a relay",
     "relay a {" URL "}\nrelay b {" URL
     "weight = 0\n domains = { a.example, b.example } }\nrelay c {" URL "domains = { a.example } }",
     ":3:2: relay.b.domains: mail to b.example would have no relay"},
    {"a rehearsal among others", "relay a {" URL "}\nrelay b { url = null: }",
     ":2:11: relay.b.url: maildir: and null: are for rehearsals and stand alone"},
    {"half a login", "relay a {" URL "\n username = u }",
     ":2:2: relay.a.username: a username and a password_file go together"},
    {"TLS twice", "relay a { url = smtps://localhost\n tls = none }",
     ":2:2: relay.a.tls: tls = none contradicts smtps://"},
    {"a short lease", "relay a {" URL "\n dot_timeout = 1h }",
     ":2:2: relay.a.dot_timeout: deliver.lease has to be longer than relay.a.dot_timeout"},
};

static void relays_that_cannot_be_are_refused_in_their_line(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof bad_relays / sizeof *bad_relays; i++) {
        struct arena arena = {0};
        struct settings s;
        struct failure why = {0};
        bool good = load_text(&arena, bad_relays[i].text, &s, &why);
        if (good || strncmp(why.text, path, strlen(path)) != 0 ||
            strncmp(why.text + strlen(path), bad_relays[i].reason, strlen(bad_relays[i].reason)) !=
                0) {
            print_error("%s: \"%s\"\n", bad_relays[i].name, why.text);
            wrong++;
        }
        arena_free(&arena);
    }
    assert_int_equal(wrong, 0);
}

static void words_of_a_list_are_kept_once_in_the_order_of_the_table(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct settings s;
    struct failure why = {0};
    assert_true(load_text(&arena, "dkim { unsigned = { 'message-id', Date, DATE } }", &s, &why));
    assert_string_equal(s.dkim.unsigned_fields, "Date:Message-ID");
    assert_null(s.dkim.algorithms);
    assert_true(load_text(&arena, "dkim { algorithms = {} unsigned = {} }", &s, &why));
    assert_null(s.dkim.unsigned_fields);
    assert_null(s.dkim.algorithms);
    arena_free(&arena);
}

static void every_sample_value_is_a_right_one(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct settings_description d;
    /* Those that only go with others. */
    static const char *const pairs[] = {"smtp.username",
                                        "smtp.password_file",
                                        "bounce.username",
                                        "relay.NAME.username",
                                        "relay.NAME.password_file",
                                        "dkim.selector",
                                        "bounce.password_file",
                                        "dkim.key_file",
                                        "dkim.domain",
                                        "dkim.ed25519_selector",
                                        "dkim.ed25519_key_file",
                                        "bounce.feedback_from"};
    for (size_t i = 0; settings_describe(&arena, i, &d); i++) {
        bool alone = true;
        for (size_t j = 0; j < sizeof pairs / sizeof pairs[0]; j++) {
            alone = alone && strcmp(pairs[j], d.key) != 0;
        }
        alone = alone && strstr(d.key, ".oauth.") == NULL;
        alone = alone && strstr(d.key, ".warmup.start") == NULL;
        alone = alone && strstr(d.key, ".warmup.until") == NULL;
        bool named = strncmp(d.key, "relay.NAME.", 11) == 0;
        const char *needed = named && strcmp(name_of(&d), "url") != 0 ? "url = smtp://h " : "";
        const char *text =
            put_in_sections(&arena, d.key, arena_format(&arena, "%s = %s", name_of(&d), d.sample));
        if (named) {
            text = arena_format(&arena, "relay a { url = smtp://h }\nrelay NAME { %s%s", needed,
                                text + strlen("relay NAME { "));
        }
        struct settings s;
        struct failure why = {0};
        if (load_text(&arena, text, &s, &why) != alone) {
            fail_msg("%s: %s", text, why.text);
        }
    }
    arena_free(&arena);
}

static void the_file_is_looked_for_in_the_documented_places(void **state)
{
    (void)state;
    struct arena arena = {0};
    char *old = getcwd(NULL, 0);
    unsetenv("VERDICTS_CONFIG");
    setenv("XDG_CONFIG_HOME", folder, 1);
    assert_int_equal(chdir(folder), 0);
    assert_string_equal(settings_find(&arena, "given"), "given");
    const char *found = settings_find(&arena, NULL);
    assert_true(found == NULL || strcmp(found, "/etc/verdicts/verdicts.conf") == 0);
    char below[80];
    snprintf(below, sizeof below, "%s/verdicts/verdicts.conf", folder);
    write_file("", 0);
    assert_int_equal(mkdir("verdicts", 0700), 0);
    assert_int_equal(rename(path, below), 0);
    assert_string_equal(settings_find(&arena, NULL), below);
    assert_non_null(strstr(settings_places(&arena), "./verdicts.conf, "));
    assert_non_null(strstr(settings_places(&arena), below));
    assert_int_equal(rename(below, "verdicts.conf"), 0);
    assert_int_equal(rmdir("verdicts"), 0);
    assert_string_equal(settings_find(&arena, NULL), "verdicts.conf");
    assert_int_equal(unlink("verdicts.conf"), 0);
    setenv("VERDICTS_CONFIG", "/tmp/named.conf", 1);
    assert_string_equal(settings_find(&arena, NULL), "/tmp/named.conf");
    assert_string_equal(settings_find(&arena, "given"), "given");
    unsetenv("VERDICTS_CONFIG");
    assert_int_equal(chdir(old), 0);
    free(old);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_file_the_defaults_hold),
        cmocka_unit_test(a_file_sets_every_kind_of_value),
        cmocka_unit_test(rows_name_the_line_and_hide_secrets),
        cmocka_unit_test(words_of_set_win_over_the_file),
        cmocka_unit_test(a_wrong_word_of_set_is_named),
        cmocka_unit_test(a_variable_wins_over_the_file_and_set_over_both),
        cmocka_unit_test(a_variable_of_a_section_that_names_no_setting_is_refused),
        cmocka_unit_test(no_two_settings_have_one_variable),
        cmocka_unit_test(a_secret_may_be_a_credential_of_systemd),
        cmocka_unit_test(every_mistake_is_named_by_file_line_and_reason),
        cmocka_unit_test(unusual_but_right_files_are_taken),
        cmocka_unit_test(a_nul_byte_is_refused),
        cmocka_unit_test(a_file_that_is_not_there_is_a_fault_of_the_settings),
        cmocka_unit_test(what_a_verb_needs_is_named_with_a_line_to_copy),
        cmocka_unit_test(the_sample_file_is_complete_and_says_what_the_defaults_are),
        cmocka_unit_test(the_table_can_be_walked),
        cmocka_unit_test(every_setting_is_refused_when_given_twice_or_with_a_line_end),
        cmocka_unit_test(named_relays_take_the_place_of_the_section_smtp),
        cmocka_unit_test(a_rehearsal_by_set_stands_for_every_relay),
        cmocka_unit_test(relays_that_cannot_be_are_refused_in_their_line),
        cmocka_unit_test(words_of_a_list_are_kept_once_in_the_order_of_the_table),
        cmocka_unit_test(every_sample_value_is_a_right_one),
        cmocka_unit_test(the_file_is_looked_for_in_the_documented_places),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
