/*
 * Runs deliver alone, for tests of the sending half: a database with an issue that is being sent,
 * a message that is made of nothing but the row.
 *
 *   deliver_driver make DB                 readers' addresses on standard input, a line each
 *   deliver_driver run DB URL [KEY=VALUE…] sends; prints one JSON object
 *   deliver_driver rows DB                 a line for each row, fields parted by tabs
 *
 * Exit codes as the program's: 0 all done, 75 something is left, else a failure's.
 */
#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "deliver/deliver.h"
#include "deliver/progress.h"
#include "deliver/senders.h"
#include "store/issue.h"
#include "store/subscriber.h"

static volatile int stop;

static void on_signal(int number)
{
    (void)number;
    stop = 1;
}

static int complain(const struct failure *why)
{
    fprintf(stderr, "driver: %s\n", why->text);
    return why->kind == FAILURE_CONFIG ? 78 : 70;
}

static bool add_reader(struct store *store, const char *address, struct failure *why)
{
    char key[1024], domain[1024];
    snprintf(key, sizeof key, "%s", address);
    const char *at = strrchr(address, '@');
    snprintf(domain, sizeof domain, "%s", at != NULL ? at + 1 : "");
    struct subscriber reader = {.address = address,
                                .address_key = key,
                                .domain = domain,
                                .name = "Reader",
                                .status = SUBSCRIBER_CONFIRMED,
                                .topics = "",
                                .created_at = 1700000000,
                                .confirmed_at = 1700000000};
    struct consent consent = {
        .kind = "added", .wording = "test", .form = "command", .origin = "", .at = 1700000000};
    return subscriber_insert(store, &reader, &consent, why);
}

static bool add_readers(struct store *store, struct failure *why)
{
    char line[1024];
    bool good = store_begin(store, why);
    while (good && fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        good = add_reader(store, line, why);
    }
    return good && store_commit(store, why);
}

static bool start_issue(struct store *store, struct failure *why)
{
    struct issue issue = {.iso_week = "2026-W47",
                          .window_start = 1000,
                          .window_end = 2000,
                          .subject = "Subject",
                          .preheader = "Preheader",
                          .date = 1700000000,
                          .built_at = 1700000000};
    struct issue_variant variant = {.topics = "",
                                    .body = "x",
                                    .html = "x",
                                    .text = "x",
                                    .body_len = 1,
                                    .html_len = 1,
                                    .text_len = 1};
    bool changed, started;
    int64_t readers;
    return issue_save_draft(store, &issue, NULL, 0, &variant, 1, why) &&
           issue_approve(store, issue.id, "{}", 1700000000, 1700000000, &changed, why) &&
           issue_start(store, issue.id, "issue.{subscriber}@list.example.org", 1700000000, &started,
                       &readers, why);
}

static int make(const char *path)
{
    struct failure why = {0};
    struct store *store = NULL;
    bool good = store_open(path, STORE_CREATE, &store, &why) && add_readers(store, &why) &&
                start_issue(store, &why);
    store_close(store);
    return good ? 0 : complain(&why);
}

/* Texts of the ledger hold no control characters: tabs part the fields. */
static bool print_row(void *context, const struct delivery *row, struct failure *why)
{
    (void)context, (void)why;
    printf("%lld\t%s\t%s\t%lld\t%lld\t%lld\t%d\t%lld\t%lld\t%s\t%s\t%s\n", (long long)row->id,
           row->address, delivery_state_name(row->state), (long long)row->code,
           (long long)row->attempts, (long long)row->doubted, row->dot_noted,
           (long long)row->next_at, (long long)row->first_at,
           row->enhanced != NULL ? row->enhanced : "", row->relay,
           row->reply != NULL ? row->reply : "");
    return true;
}

static int rows(const char *path)
{
    struct failure why = {0};
    struct store *store = NULL;
    struct delivery_queue queue = {.issue_id = 1};
    bool good = store_open(path, STORE_READ_ONLY, &store, &why) &&
                delivery_each(store, queue, NULL, print_row, NULL, &why);
    store_close(store);
    return good ? 0 : complain(&why);
}

/* What shapes the messages. */
struct shape {
    int64_t size;   /* bytes, about */
    int64_t broken; /* the row whose message cannot be written; 0: none */
};

/* The same for the same row. */
static bool compose(void *context, const struct delivery *row, struct smtp_message *message,
                    struct failure *why)
{
    const struct shape *shape = context;
    if (row->id == shape->broken) {
        return fail(why, FAILURE_DATA, "this message cannot be written");
    }
    snprintf(message->envelope_sender, sizeof message->envelope_sender,
             "bounces+%lld@list.example.org", (long long)row->id);
    buf_addf(&message->bytes, "From: list@list.example.org\r\nTo: %s\r\nSubject: Copy %lld\r\n",
             row->address, (long long)row->id);
    buf_addf(&message->bytes, "Message-ID: <%s>\r\n\r\n", row->message_id);
    while ((int64_t)message->bytes.len < shape->size) {
        buf_addf(&message->bytes,
                 "%s: a line of the text for reader %lld, forty and more bytes.\r\n",
                 row->message_id, (long long)row->id);
    }
    return true;
}

struct run {
    struct settings settings;
    struct deliver_job job;
    struct shape shape;
    bool alone;
};

static void print_progress(void *context, const struct deliver_progress *progress)
{
    struct buf line;
    (void)context;
    buf_init(&line, 1000);
    progress_line(progress, 200, &line);
    fprintf(stderr, "progress: %s\n", line.data);
    buf_free(&line);
}

static struct settings_rate read_rate(const char *text)
{
    struct settings_rate rate = {.count = atoll(text), .seconds = 1};
    const char *slash = strchr(text, '/');
    rate.seconds = slash != NULL ? atoll(slash + 1) : 1;
    return rate;
}

static bool set_number(struct run *run, const char *key, const char *value)
{
    struct {
        const char *key;
        int64_t *number;
    } numbers[] = {
        {"connections", &run->settings.smtp.connections},
        {"messages_per_connection", &run->settings.smtp.messages_per_connection},
        {"connect_timeout", &run->settings.smtp.connect_timeout},
        {"reply_timeout", &run->settings.smtp.reply_timeout},
        {"dot_timeout", &run->settings.smtp.dot_timeout},
        {"lease", &run->settings.deliver.lease},
        {"linger", &run->settings.deliver.linger},
        {"max_age", &run->settings.deliver.max_age},
        {"limit", &run->job.limit},
        {"size", &run->shape.size},
        {"broken", &run->shape.broken},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (strcmp(key, numbers[i].key) == 0) {
            *numbers[i].number = atoll(value);
            return true;
        }
    }
    return false;
}

static void set(struct run *run, const char *key, const char *value)
{
    static struct settings_domain_rate domains[8];
    if (set_number(run, key, value)) {
        return;
    }
    if (strcmp(key, "rate") == 0) {
        run->settings.smtp.rate = read_rate(value);
    } else if (strncmp(key, "domain:", 7) == 0) {
        size_t at = run->settings.deliver.domain_rate.count++;
        domains[at] = (struct settings_domain_rate){key + 7, read_rate(value)};
        run->settings.deliver.domain_rate.list = domains;
    } else if (strcmp(key, "in_doubt") == 0) {
        run->settings.deliver.in_doubt =
            strcmp(value, "hold") == 0 ? IN_DOUBT_HOLD : IN_DOUBT_RESEND;
    } else if (strcmp(key, "tls") == 0) {
        run->settings.smtp.tls = strcmp(value, "none") == 0       ? TLS_NONE
                                 : strcmp(value, "required") == 0 ? TLS_REQUIRED
                                                                  : TLS_AUTO;
    } else if (strcmp(key, "ca_file") == 0) {
        run->settings.smtp.ca_file = value;
    } else if (strcmp(key, "username") == 0) {
        run->settings.smtp.username = value;
    } else if (strcmp(key, "password_file") == 0) {
        run->settings.smtp.password_file = value;
    } else if (strcmp(key, "auth") == 0) {
        run->settings.smtp.auth = value;
    } else if (strcmp(key, "ahead") == 0) {
        run->settings.smtp.pipeline_ahead = true;
    } else if (strcmp(key, "alone") == 0) {
        run->alone = true;
    } else if (strcmp(key, "progress") == 0) {
        run->job.progress = true;
        run->job.watch = print_progress;
    } else if (strcmp(key, "now") == 0) {
        clock_set_now(atoll(value));
    } else if (strcmp(key, "log") == 0) {
        log_open(strcmp(value, "debug") == 0 ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO, LOG_FORMAT_LOGFMT,
                 2);
    } else {
        fprintf(stderr, "driver: no key %s\n", key);
        exit(64);
    }
}

static bool recover(struct run *run, struct failure *why)
{
    struct store *store = NULL;
    struct senders senders = {.fd = -1, .alone = run->alone};
    bool good = store_open(run->job.database, STORE_DURABLE, &store, why) &&
                senders_recover(&senders, store, run->job.queue, why);
    store_close(store);
    return good;
}

static void read_words(struct run *run, int count, char **words)
{
    for (int i = 0; i < count; i++) {
        char *equals = strchr(words[i], '=');
        if (equals == NULL) {
            fprintf(stderr, "driver: not KEY=VALUE: %s\n", words[i]);
            exit(64);
        }
        *equals = '\0';
        set(run, words[i], equals + 1);
    }
}

static int report(const struct deliver_result *result)
{
    int64_t left = result->counts[DELIVERY_QUEUED] + result->counts[DELIVERY_SENDING] +
                   result->counts[DELIVERY_DEFERRED] + result->counts[DELIVERY_IN_DOUBT];
    printf("{");
    for (int state = 0; state < DELIVERY_STATES; state++) {
        printf("\"%s\":%lld,", delivery_state_name(state), (long long)result->counts[state]);
    }
    printf("\"attempted\":%lld,\"stopped\":%s,\"relay_away\":%s}\n", (long long)result->attempted,
           result->stopped ? "true" : "false", result->relay_away ? "true" : "false");
    if (result->relay_why.kind != FAILURE_NONE) {
        fprintf(stderr, "operator: %s\n", result->relay_why.text);
    }
    return left > 0 ? 75 : 0;
}

static int run_deliver(const char *path, const char *url, int count, char **words)
{
    struct failure why = {0};
    struct deliver_result result;
    static struct run run;
    run = (struct run){
        .settings = {.database = path,
                     .smtp = {.url = url,
                              .connections = 4,
                              .messages_per_connection = 100,
                              .connect_timeout = 10,
                              .reply_timeout = 10,
                              .dot_timeout = 10},
                     /* Never at rest: most readers of a test hear something bad. */
                     .deliver = {.max_age = 3 * 86400,
                                 .lease = 900,
                                 .rest_domains = 1000,
                                 .rest_percent = 101,
                                 .rest_refused_percent = 101}},
        .shape = {.size = 2000},
    };
    run.job = (struct deliver_job){.database = path,
                                   .settings = &run.settings,
                                   .queue = {.issue_id = 1},
                                   .compose = compose,
                                   .context = &run.shape,
                                   .linger = true,
                                   .stop = &stop};
    read_words(&run, count, words);
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    if (!recover(&run, &why) || !deliver_run(&run.job, &result, &why)) {
        return complain(&why);
    }
    return report(&result);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "make") == 0) {
        return make(argv[2]);
    }
    if (argc == 3 && strcmp(argv[1], "rows") == 0) {
        return rows(argv[2]);
    }
    if (argc >= 4 && strcmp(argv[1], "run") == 0) {
        return run_deliver(argv[2], argv[3], argc - 4, argv + 4);
    }
    fprintf(stderr,
            "usage: deliver_driver make|rows DB, deliver_driver run DB URL [KEY=VALUE...]\n");
    return 64;
}
