/*
 * The settings that shape a message. They are frozen with the issue; continuing or repeating the
 * sending uses them instead of the settings file.
 */
#ifndef ISSUE_SENDER_H
#define ISSUE_SENDER_H

#include "settings/settings.h"
#include "store/store.h"

struct sender {
    const char *from_name; /* "" if none */
    const char *from_address;
    const char *reply_to; /* NULL: none */
    const char *list_name;
    const char *list_id;
    const char *bounce_address;
    const char *message_id_domain;
    const char *message_id_mark; /* tells newsletters of one domain apart; NULL: frozen by a
                                    program without it */
    const char *subscribe_url;
    const char *leave_by_mail; /* "no": such mail is not read, so no mailto is offered; NULL: yes */
    const char *archive_url;   /* of the list of past issues; NULL: not named */
    const char *content_language; /* NULL: not named */
    const char *feedback_sender;  /* the sender in Feedback-ID; NULL: "verdicts" */
    const char *boundary;
    const char *dkim_domain; /* NULL: not signed */
    const char *dkim_selector;
    const char *dkim_ed25519_selector;
    const char
        *dkim_key; /* SHA-256 of the public key, hex; NULL: not used, or sending has not begun */
    const char *dkim_ed25519_key;
    const char
        *dkim_unsigned; /* fields that are not signed, as in struct dkim_settings; NULL: none */
    const char *dkim_algorithms; /* which keys sign, as there; NULL: all that are set */
};

/* Made from the settings in force and the id of the newsletter in the store; `week` makes the
 * boundary. Strings are in the arena. */
bool sender_from_settings(struct store *store, struct arena *arena, const struct settings *settings,
                          const char *week, struct sender *sender, struct failure *why) MUST_CHECK;

/* The Message-ID of a subscriber's copy, without brackets: always the same for that copy, and
 * different from any other newsletter's, because receivers drop the second of two mails that share
 * one. */
const char *sender_message_id(struct arena *arena, const struct sender *sender, const char *week,
                              const char *subscriber);

/* "WEEK:LIST-ID:issue:SENDER": the groups by which a receiver counts complaints, from the smallest
 * to the whole newsletter. The last part tells newsletters apart and stays the same while the list
 * id does: 5 to 15 characters, as Gmail requires. */
const char *sender_feedback_id(struct arena *arena, const struct sender *sender, const char *week);

/* Whether List-Unsubscribe may name a mailto beside its link. */
bool sender_reads_mail(const struct sender *sender);

/* The stored form (JSON) and back. */
const char *sender_to_json(struct arena *arena, const struct sender *sender);
bool sender_from_json(struct arena *arena, const char *json, struct sender *sender,
                      struct failure *why) MUST_CHECK;

#endif
