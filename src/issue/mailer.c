#include "issue/mailer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/random.h"
#include "deliver/answers.h"
#include "deliver/senders.h"
#include "issue/copy_maker.h"
#include "issue/obstacle.h"
#include "issue/signing.h"
#include "mail/dkim.h"
#include "smtp/dialer.h"
#include "store/scrub.h"
#include "subscribers/mails.h"

enum { DATA_MAX = 1024 * 1024 };

struct mailer {
    struct store *store;
    const struct settings *settings;
    const struct token_keys *keys;
    volatile const int *stop;
    struct dkim_signer *signer; /* opened at the first sending; NULL: not yet, or mails are not
                                   signed */
    bool remembers;
    struct answers_book answers;
    struct dialer dialer;
    struct arena arena; /* for one message */
};

struct mailer *mailer_open(struct store *store, const struct settings *settings,
                           const struct token_keys *keys, volatile const int *stop)
{
    struct mailer *mailer = memory_resize(NULL, sizeof *mailer);
    *mailer = (struct mailer){.store = store, .settings = settings, .keys = keys, .stop = stop};
    return mailer;
}

void mailer_remember(struct mailer *mailer)
{
    mailer->remembers = true;
}

void mailer_drop_keys(struct mailer *mailer)
{
    dkim_close(mailer->signer);
    mailer->signer = NULL;
}

void mailer_close(struct mailer *mailer)
{
    if (mailer != NULL) {
        mailer_drop_keys(mailer);
        answers_free(&mailer->answers);
        dialer_free(&mailer->dialer);
        arena_free(&mailer->arena);
        free(mailer);
    }
}

static bool number_member(const struct value *object, const char *name, int64_t *number)
{
    const struct value *value = value_find(object, name);
    if (value == NULL || value->kind != VALUE_NUMBER) {
        return false;
    }
    *number = strtoll(value->text, NULL, 10);
    return true;
}

/* A draft has no frozen sender yet: uses the one it would have. */
static bool test_copy_maker(struct mailer *mailer, const struct issue *issue,
                            struct copy_maker **maker, struct failure *why)
{
    struct sender sender;
    bool draft = issue->sender == NULL;
    return (!draft || sender_from_settings(mailer->store, &mailer->arena, mailer->settings,
                                           issue->iso_week, &sender, why)) &&
           copy_maker_open(mailer->store, issue, draft ? &sender : NULL, mailer->keys, maker, why);
}

static const char *text_member(const struct value *object, const char *name, const char *absent)
{
    const struct value *value = value_find(object, name);
    return value != NULL && value->kind == VALUE_TEXT ? value->text : absent;
}

/* The reader whose copy it is: the addressee, or the reader it stands for. */
static struct delivery copy_reader(const struct value *data, const struct delivery *row)
{
    const struct value *reader = value_find(data, "reader");
    struct delivery copy = *row;
    copy.subscriber_id = 0;
    copy.address = text_member(reader, "address", row->address);
    copy.name = text_member(reader, "name", row->name);
    copy.topics = text_member(reader, "topics", row->topics);
    return copy;
}

/* Composes a test, or the copy that asks an editor for approval. */
static bool compose_copy(struct mailer *mailer, const struct value *data,
                         const struct delivery *row, struct smtp_message *message,
                         struct failure *why)
{
    int64_t issue_id;
    struct issue *issue;
    struct copy_maker *maker = NULL;
    struct delivery reader = copy_reader(data, row);
    if (!number_member(data, "issue_id", &issue_id)) {
        return fail(why, FAILURE_INTERNAL, "a test mail does not say of which issue");
    }
    bool good = issue_get(mailer->store, &mailer->arena, issue_id, &issue, why);
    if (good) {
        (void)number_member(data, "date", &issue->date); /* as shown; a draft may have another */
        /* Receivers distrust a Date in the future, which an issue has that is not due yet. */
        issue->date = issue->date < row->created_at ? issue->date : row->created_at;
        good = test_copy_maker(mailer, issue, &maker, why);
    }
    if (good) {
        copy_maker_mark_subject(maker,
                                strcmp(row->kind, "editors") == 0 ? "[Approve] " : "[Test] ");
        copy_maker_set_note(maker, text_member(data, "note", ""));
        good = copy_maker_compose(maker, &reader, message, why);
    }
    copy_maker_close(maker);
    return good;
}

/* Composes a mail to one person; the Message-ID of its row makes its boundary. */
static bool compose_mail(struct mailer *mailer, const struct delivery *row,
                         struct smtp_message *message, struct failure *why)
{
    struct sender sender;
    if (!sender_from_settings(mailer->store, &mailer->arena, mailer->settings, row->message_id,
                              &sender, why)) {
        return false;
    }
    const struct mails mails = {
        .store = mailer->store,
        .settings = mailer->settings,
        .keys = mailer->keys,
        .from_name = sender.from_name,
        .from_address = sender.from_address,
        .bounce_address = sender.bounce_address,
        .boundary = sender.boundary,
        .leave_by_mail = sender_reads_mail(&sender),
    };
    static_assert(sizeof message->envelope_sender == MAILS_ENVELOPE, "an envelope sender fits");
    return mails_compose(&mails, &mailer->arena, row, &message->bytes, message->envelope_sender,
                         why);
}

static bool compose_kind(struct mailer *mailer, const struct delivery *row,
                         struct smtp_message *message, struct failure *why)
{
    struct value *data;
    if (!json_read(&mailer->arena, "a mail's stored data", row->data, strlen(row->data), &data,
                   why)) {
        return false;
    }
    if (strcmp(row->kind, "test") == 0 || strcmp(row->kind, "editors") == 0) {
        return compose_copy(mailer, data, row, message, why);
    }
    if (mails_know(row->kind)) {
        return compose_mail(mailer, row, message, why);
    }
    return fail(why, FAILURE_INTERNAL, "there is no mail of the kind \"%.40s\"", row->kind);
}

/* The deliver_compose callback. */
static bool compose(void *context, const struct delivery *row, struct smtp_message *message,
                    struct failure *why)
{
    struct mailer *mailer = context;
    arena_reset(&mailer->arena);
    return compose_kind(mailer, row, message, why) &&
           (mailer->signer == NULL ||
            dkim_sign_message(mailer->signer, &message->bytes, row->created_at, why));
}

static bool deliver(struct mailer *mailer, struct deliver_result *result, struct failure *why)
{
    if (mailer->signer == NULL && !signing_open_settings(mailer->settings, &mailer->signer, why)) {
        return false;
    }
    const struct deliver_job job = {
        .database = mailer->settings->database,
        .settings = mailer->settings,
        .compose = compose,
        .context = mailer,
        .answers = mailer->remembers ? &mailer->answers : NULL,
        .dialer = mailer->remembers ? &mailer->dialer : NULL,
        .stop = mailer->stop,
    };
    return deliver_run(&job, result, why);
}

/* The last mail to an erased person says so; the address is kept no longer than that mail needs it.
 */
static bool forget_erased(const struct mailer *mailer, struct failure *why)
{
    int64_t now = clock_now();
    bool scrubbed; /* otherwise the mailer process tries again */
    return outgoing_forget_erased(mailer->store, now - mailer->settings->deliver.max_age, now,
                                  why) &&
           scrub_try(mailer->store, &scrubbed, why);
}

bool mailer_send(struct mailer *mailer, struct deliver_result *result, struct failure *why)
{
    const struct delivery_queue queue = {0};
    struct senders senders;
    struct failure line = {0};
    if (!obstacle_refuse(mailer->store, NULL, &line)) {
        *result = (struct deliver_result){.halted = true, .relay_why = line};
        *why = line;
        return line.kind == FAILURE_TRY_AGAIN;
    }
    bool good = senders_join(&senders, mailer->settings->database, why) &&
                senders_recover(&senders, mailer->store, queue, why) &&
                deliver(mailer, result, why) && forget_erased(mailer, why);
    senders_leave(&senders);
    return good;
}

/* Queues a row that sends a copy of an issue. */
static bool ask(struct store *store, const struct settings *settings, const char *kind,
                const char *address, struct arena *arena, const struct value *data, int64_t now,
                int64_t *id, struct failure *why)
{
    unsigned char chance[8];
    char hex[17];
    struct buf json;
    random_bytes(chance, sizeof chance);
    hash_to_hex(chance, sizeof chance, hex);
    buf_init(&json, DATA_MAX);
    json_write(&json, data, JSON_COMPACT);
    struct delivery mail = {
        .address = address,
        .domain = strrchr(address, '@') + 1,
        .name = "",
        .topics = "",
        .kind = kind,
        .data = json.data,
        .message_id =
            arena_format(arena, "verdicts.%s.%s@%s", kind, hex, settings->mail.message_id_domain),
        .created_at = now,
    };
    bool good = outgoing_insert(store, &mail, why);
    *id = mail.id;
    buf_free(&json);
    return good;
}

static struct value *copy_data(struct arena *arena, int64_t issue_id, const char *note)
{
    struct value *data = value_object(arena);
    value_set_int(arena, data, "issue_id", issue_id);
    if (note != NULL) {
        value_set_text(arena, data, "note", note);
    }
    return data;
}

bool mailer_ask_test(struct store *store, const struct settings *settings, const char *address,
                     int64_t issue_id, int64_t now, int64_t *id, struct failure *why)
{
    struct arena arena = {0};
    bool good = ask(store, settings, "test", address, &arena, copy_data(&arena, issue_id, NULL),
                    now, id, why);
    arena_free(&arena);
    return good;
}

bool mailer_ask_standing(struct store *store, const struct settings *settings, const char *address,
                         const struct issue *issue, const struct delivery *reader, const char *note,
                         int64_t now, int64_t *id, struct failure *why)
{
    struct arena arena = {0};
    struct value *data = copy_data(&arena, issue->id, note);
    value_set_int(&arena, data, "date", issue->date);
    struct value *person = value_set(&arena, data, "reader", value_object(&arena));
    value_set_text(&arena, person, "address", reader->address);
    value_set_text(&arena, person, "name", reader->name);
    value_set_text(&arena, person, "topics", reader->topics);
    bool good = ask(store, settings, "test", address, &arena, data, now, id, why);
    arena_free(&arena);
    return good;
}

bool mailer_ask_approval(struct store *store, const struct settings *settings, const char *address,
                         int64_t issue_id, const char *note, int64_t now, int64_t *id,
                         struct failure *why)
{
    struct arena arena = {0};
    bool good = ask(store, settings, "editors", address, &arena, copy_data(&arena, issue_id, note),
                    now, id, why);
    arena_free(&arena);
    return good;
}
