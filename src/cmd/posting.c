#include "cmd/posting.h"

#include "base/clock.h"
#include "cmd/holding.h"
#include "deliver/senders.h"
#include "issue/mailer.h"
#include "store/scrub.h"

static bool deliver_mails(struct program *program, const struct settings *settings,
                          const struct token_keys *keys, struct deliver_result *result,
                          struct failure *why)
{
    struct mailer *mailer = NULL;
    const struct dkim_signer *signer;
    if (!program_signer(program, &signer, why) ||
        !mailer_open(program->store, settings, keys, &mailer, why)) {
        return false;
    }
    mailer_sign_with(mailer, signer);
    const struct deliver_job job = {
        .database = settings->database,
        .settings = settings,
        .compose = mailer_compose,
        .context = mailer,
        .answers = program->answers,
        .dialer = program->dialer,
        .stop = &program->stop,
    };
    bool good = deliver_run(&job, result, why);
    mailer_close(mailer);
    return good;
}

/* Who was erased is told so by the last mail, and not kept for longer than it takes. */
static bool forget_erased(struct program *program, const struct settings *settings,
                          struct failure *why)
{
    int64_t now = clock_now();
    bool scrubbed; /* or the mailer tries again */
    return outgoing_forget_erased(program->store, now - settings->deliver.max_age, now, why) &&
           scrub_try(program->store, &scrubbed, why);
}

bool posting_send(struct program *program, const struct settings *settings,
                  const struct token_keys *keys, struct deliver_result *result, struct failure *why)
{
    const struct delivery_queue queue = {0};
    struct senders senders;
    struct failure line = {0};
    if (!holding_refuse(program, NULL, &line)) {
        *result = (struct deliver_result){.halted = true, .relay_why = line};
        *why = line;
        return line.kind == FAILURE_TRY_AGAIN;
    }
    bool good = senders_join(&senders, settings->database, why) &&
                senders_recover(&senders, program->store, queue, why) &&
                deliver_mails(program, settings, keys, result, why) &&
                forget_erased(program, settings, why);
    senders_leave(&senders);
    return good;
}
