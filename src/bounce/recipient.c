#include "bounce/recipient.h"

#include "base/fold.h"
#include "bounce/command.h"
#include "bounce/status.h"
#include "bounce/words.h"

enum { WORDS_READ = 4096 };

/* The more specific of the Status field and the code in the words. */
static struct bounce_status choose_status(const struct bounce_status *field,
                                          const struct bounce_status *said)
{
    if (field->class == 0 || said->class == 0) {
        return field->class == 0 ? *said : *field;
    }
    bool mailbox = said->subject == 1 || said->subject == 2;
    bool field_mailbox = field->subject == 1 || field->subject == 2;
    bool vague = status_generic(field) || field->subject == 5 || field->subject == 4;
    bool expired = field->subject == 4 && field->detail == 7;
    if (vague && !expired && (!status_generic(said) || (mailbox && !field_mailbox))) {
        return *said;
    }
    return *field;
}

/* Reasons that outweigh any code. */
static bool excuses(enum bounce_reason reason)
{
    switch (reason) {
    case REASON_SENDER:
    case REASON_AUTHENTICATION:
    case REASON_BLOCKED:
    case REASON_GREYLISTED:
    case REASON_TOO_FAST:
    case REASON_RELAYING:
    case REASON_MAILBOX_FULL:
    case REASON_LOOP:
    case REASON_SPAM:
    case REASON_VIRUS:
    case REASON_SUSPENDED:
    case REASON_TOO_BIG:
        return true;
    default:
        return false;
    }
}

static bool dead(enum bounce_reason reason)
{
    return reason >= REASON_USER_UNKNOWN && reason <= REASON_NO_MAIL;
}

/* `sure`: the words say so explicitly. */
static enum bounce_reason choose_reason(enum bounce_reason said, bool sure,
                                        enum bounce_reason coded, bool generic)
{
    if (coded == REASON_SENDER && dead(said)) {
        return coded; /* "5.1.7 No such domain" is about the sender's domain */
    }
    if (excuses(said) || dead(said) || sure) {
        return said;
    }
    if (coded == REASON_HOST_UNKNOWN && (said == REASON_NETWORK || said == REASON_EXPIRED)) {
        return said;
    }
    if (said == REASON_NONE || (coded != REASON_NONE && !generic)) {
        return coded;
    }
    return said;
}

/* The reason when a command that names only the sender was refused. */
static enum bounce_reason refused_sender(enum refusal_command command, int code,
                                         const struct bounce_status *status, const char *folded,
                                         enum bounce_reason said)
{
    char enhanced[BOUNCE_STATUS_TEXT];
    bounce_status_format(status, enhanced);
    const struct refusal_question question = {
        .command = command, .code = code, .enhanced = enhanced, .words = folded};
    const struct refusal refusal = refusal_read(&question);
    enum bounce_reason reason = excuses(said) ? said : status_refusal(&refusal);
    return dead(reason) || reason == REASON_NONE ? REASON_SENDER : reason;
}

void recipient_classify(struct arena *arena, const char *words, size_t len,
                        enum refusal_command command, const struct bounce_status *field,
                        struct bounce_recipient *recipient)
{
    struct status_codes said;
    len = len > WORDS_READ ? WORDS_READ : len;
    status_scan(words, len, &said);
    struct bounce_status status = choose_status(field, &said.status);
    const char *folded = fold_text(arena, words, len, WORDS_READ);
    enum bounce_reason by_words = words_reason(folded);
    enum bounce_reason by_code = status_reason(&status);
    if (by_code == REASON_NONE) {
        by_code = status_code_reason(said.code);
    }
    bool ruled = by_words == REASON_POLICY && words_say(MEANING_RULE, folded);
    bool generic = status_generic(&status) || status.subject == 5;
    enum bounce_reason reason = choose_reason(by_words, ruled, by_code, generic);
    if (command == REFUSAL_REPORT) {
        command = words_command(folded);
    }
    if (command == REFUSAL_REPORT) {
        command = command_in_transcript(words, len, "");
    }
    if (command_is_senders(command)) {
        reason = refused_sender(command, said.code, &status, folded, by_words);
    }
    /* Some reporters write "4.0.0" without a reply for anything they gave up on. */
    bool vague = status.subject == 0 && status.detail == 0;
    bool permanent = said.code != 0 ? said.code >= 500 : status.class != 4 || vague;
    recipient->reason = reason == REASON_NONE ? REASON_UNDETERMINED : reason;
    recipient->class = status_class(recipient->reason, permanent);
    recipient->code = said.code;
    recipient->status = status;
}
