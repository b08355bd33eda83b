#include "doctor/checks.h"

#include <string.h>

#include "bounce/mailbox.h"
#include "doctor/checkup.h"
#include "doctor/finding.h"
#include "doctor/webcheck.h"
#include "smtp/probe.h"
#include "smtp/relay.h"

static const char *describe_relay(struct arena *arena, const struct probe *probe)
{
    static const char *const security[] = {
        [RELAY_PLAIN] = "no TLS", [RELAY_STARTTLS] = "STARTTLS", [RELAY_IMPLICIT] = "TLS"};
    const struct relay_offer *offer = &probe->offer;
    const char *size = offer->size_max > 0 ? arena_format(arena, ", messages up to %.1f MB",
                                                          (double)offer->size_max / 1e6)
                                           : "";
    bool login = probe->relay.username != NULL;
    return arena_format(arena, "%s answers: %s%s%s%s%s%s%s%s%s", probe->relay.label,
                        security[probe->relay.tls], probe->trace.tls[0] != '\0' ? " with " : "",
                        probe->trace.tls, login ? ", takes our login" : "",
                        login && probe->trace.login[0] != '\0' ? " by AUTH " : "",
                        login ? probe->trace.login : "",
                        offer->pipelining ? ", PIPELINING" : ", no PIPELINING: sends slower",
                        offer->smtputf8 ? ", SMTPUTF8" : "", size);
}

/* RFC 5321 2.3.5 requires a name that can be resolved. */
static void check_ehlo(struct doctor *doctor, const struct probe *probe)
{
    const char *name = probe->trace.ehlo;
    char key[SETTINGS_RELAY_KEY];
    if (name[0] != '\0' && strchr(name, '.') == NULL) {
        finding_warning(doctor, "ehlo",
                        "we greet the relay as \"%s\", a name without a dot, which many refuse; "
                        "write this machine's full name behind its address: %s = "
                        "'smtp://HOST:PORT/NAME.example.org'",
                        name, settings_relay_key(probe->relay.settings, "url", key));
    }
}

static void check_sender(struct doctor *doctor, const struct probe *probe)
{
    const char *key = checkup_sender(doctor->settings);
    if (key != NULL && !probe->offer.smtputf8) {
        finding_warning(
            doctor, "sender",
            "%s is not ASCII before its @, and %s offers no SMTPUTF8: no message can leave", key,
            probe->relay.label);
    }
}

static void check_relay(struct doctor *doctor, const struct settings_relay *named)
{
    struct failure why = {0};
    struct probe probe;
    if (!probe_relay(doctor->arena, named, &probe, &why)) {
        finding_fault(doctor, "relay", &why);
    } else if (probe.relay.kind != RELAY_SMTP) {
        finding_warning(doctor, "relay", "%s is for rehearsals: no mail leaves", probe.relay.label);
    } else {
        finding_fine(doctor, "relay", "%s", describe_relay(doctor->arena, &probe));
        check_ehlo(doctor, &probe);
        check_sender(doctor, &probe);
    }
}

void doctor_check_relays(struct doctor *doctor)
{
    const struct settings *settings = doctor->settings;
    for (size_t i = 0; i < settings_relay_count(settings); i++) {
        check_relay(doctor, settings_relay(settings, i));
    }
}

void doctor_check_mailbox(struct doctor *doctor)
{
    const char *name = doctor->settings->bounce.mailbox;
    struct mailbox *mailbox = NULL;
    struct failure why = {0};
    int64_t waiting, in_cur;
    if (name == NULL || name[0] == '\0') {
        return;
    }
    bool good = mailbox_open(doctor->settings, &mailbox, &why) &&
                mailbox_count(mailbox, &waiting, &in_cur, &why);
    good = mailbox_close(mailbox, good ? &why : &(struct failure){0}) && good;
    if (!good) {
        finding_fault(doctor, "mailbox", &why);
        return;
    }
    const char *seen =
        in_cur == 0
            ? ""
            : arena_format(doctor->arena, ", and %lld in cur, of which `bounces` reads what is new",
                           (long long)in_cur);
    finding_fine(doctor, "mailbox", "%lld waiting in %s%s", (long long)waiting, name, seen);
}

/* Not for an address that is still an example, about which the check of the settings warns. */
void doctor_check_web(struct doctor *doctor)
{
    const char *url = doctor->settings->subscribe.url;
    struct failure why = {0};
    struct webcheck check;
    if (url == NULL || checkup_is_example(url)) {
        return;
    }
    if (!relay_init(&why) || !webcheck_run(doctor->arena, url, &check, &why)) {
        finding_fault(doctor, "web", &why);
        return;
    }
    finding_fine(doctor, "web", "%s", check.fine);
    if (check.warning != NULL) {
        finding_warning(doctor, "web", "%s", check.warning);
    }
}
