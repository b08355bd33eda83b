#include "smtp/refusal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "smtp/refusal_rows.h"
#include "smtp/reply.h"

#include <cmocka.h>

#define HELO REFUSAL_HELO
#define MAIL REFUSAL_MAIL
#define RCPT REFUSAL_RCPT
#define DATA REFUSAL_DATA
#define TEXT REFUSAL_TEXT

#define GMAIL   "smtp-relay.gmail.com:587"
#define OUTLOOK "smtp.office365.com:587"
#define SES     "email-smtp.eu-west-1.amazonaws.com:587"
#define OTHER   "smtp.example.org:587"

/* What servers say, and what it means: R the reader is refused; L the reader is owed still. */
#define R true
#define L false
static const struct row {
    const char *name;
    enum refusal_command command;
    const char *reply;
    const char *host;
    enum refusal_fault fault;
    bool settles;
    enum refusal_reason reason;
} rows[] = {
    /* The account. */
    {"Gmail, daily limit", TEXT, "550 5.4.5 Daily user sending limit exceeded.", GMAIL,
     REFUSAL_OURS, L, REFUSAL_QUOTA},
    {"Gmail, daily limit, two lines", TEXT,
     "550-5.4.5 Daily user sending quota exceeded.\r\n550 5.4.5 https://support.google.com/a/"
     "answer/166852 o65sm25351206pga.71 - gsmtp",
     GMAIL, REFUSAL_OURS, L, REFUSAL_QUOTA},
    {"daily limit at RCPT", RCPT, "550 5.4.5 Daily user sending limit exceeded", OTHER,
     REFUSAL_OURS, L, REFUSAL_QUOTA},
    {"Gmail's code without its words", RCPT, "550 5.4.5 see the help pages", GMAIL, REFUSAL_OURS, L,
     REFUSAL_QUOTA},
    {"the same code of another: congestion", RCPT, "451 4.4.5 mail system congestion", OTHER,
     REFUSAL_OURS, L, REFUSAL_SYSTEM},
    {"Exchange Online, daily recipients", RCPT,
     "550 5.1.90 Your message can't be sent because you've reached your daily limit for message "
     "recipients",
     OUTLOOK, REFUSAL_OURS, L, REFUSAL_QUOTA},
    {"5.1.90 alone", RCPT, "550 5.1.90 no", OTHER, REFUSAL_OURS, L, REFUSAL_QUOTA},
    {"Exchange Online, submission quota", TEXT,
     "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed to process "
     "message due to a permanent exception",
     OUTLOOK, REFUSAL_OURS, L, REFUSAL_QUOTA},
    {"Exchange Online, tenant over its limit", TEXT,
     "550 5.7.705 Access denied, tenant has exceeded threshold", OUTLOOK, REFUSAL_OURS, L,
     REFUSAL_ACCOUNT},
    {"Exchange Online, bad outbound sender", MAIL, "550 5.1.8 Access denied, bad outbound sender",
     OUTLOOK, REFUSAL_OURS, L, REFUSAL_ACCOUNT},
    {"SES, daily quota", MAIL, "454 Throttling failure: Daily message quota exceeded.", SES,
     REFUSAL_OURS, L, REFUSAL_QUOTA},
    {"SES, rate", TEXT, "454 Throttling failure: Maximum sending rate exceeded.", SES, REFUSAL_OURS,
     L, REFUSAL_QUOTA},
    {"SES, paused", TEXT,
     "554 Sending paused for this account. For more information, please check "
     "the inbox of the email address",
     SES, REFUSAL_OURS, L, REFUSAL_ACCOUNT},
    {"SES, not verified", TEXT,
     "554 Message rejected: Email address is not verified. The following identities failed the "
     "check in region EU-WEST-1: news@example.org",
     SES, REFUSAL_OURS, L, REFUSAL_UNVERIFIED},
    {"SES, not verified, at RCPT", RCPT, "550 Email address is not verified", OTHER, REFUSAL_OURS,
     L, REFUSAL_UNVERIFIED},
    {"SES, two signatures", TEXT, "554 Transaction failed: Duplicate header 'DKIM-Signature'.", SES,
     REFUSAL_CONTENT, L, REFUSAL_SIGNATURE},
    {"SES, bad header", TEXT, "554 Transaction failed: Missing final '@domain'", SES,
     REFUSAL_UNKNOWN, L, REFUSAL_UNDETERMINED},
    {"cPanel, an hour's mails", RCPT,
     "550 Domain example.org has exceeded the max emails per hour (500/500 (100%)) allowed. "
     "Message "
     "discarded.",
     OTHER, REFUSAL_OURS, L, REFUSAL_QUOTA},
    {"cPanel, defers", RCPT,
     "550 Domain example.org has exceeded the max defers and failures per hour (5/5 (100%)) "
     "allowed. Message discarded.",
     OTHER, REFUSAL_OURS, L, REFUSAL_QUOTA},
    {"postfwd, an hour", RCPT, "550 5.7.1 Number messages per hour exceeded", OTHER, REFUSAL_OURS,
     L, REFUSAL_QUOTA},
    {"a hoster, a day", DATA, "554 5.7.1 <DATA>: Data command rejected: only 10 messages per day",
     OTHER, REFUSAL_OURS, L, REFUSAL_QUOTA},
    {"a hoster's credits", TEXT, "550 Maximum credits exceeded", OTHER, REFUSAL_OURS, L,
     REFUSAL_QUOTA},
    {"an outbound limit", RCPT, "554 5.7.1 outbound mail limit reached for this user", OTHER,
     REFUSAL_OURS, L, REFUSAL_QUOTA},
    {"a plan", TEXT, "550 5.7.0 Your plan limit is used up, upgrade your plan", OTHER, REFUSAL_OURS,
     L, REFUSAL_QUOTA},
    {"account disabled, with a policy code", RCPT, "554 5.7.1 Account disabled", OTHER,
     REFUSAL_OURS, L, REFUSAL_ACCOUNT},
    {"account disabled, at MAIL", MAIL, "550 account disabled", OTHER, REFUSAL_OURS, L,
     REFUSAL_ACCOUNT},
    {"account disabled, of nobody for sure", RCPT, "550 account disabled", OTHER, REFUSAL_UNKNOWN,
     L, REFUSAL_UNDETERMINED},
    {"your account", RCPT, "550 5.2.1 Your account has been disabled for sending", OTHER,
     REFUSAL_OURS, L, REFUSAL_ACCOUNT},
    {"Mailgun, sending disabled", TEXT,
     "550 5.7.1 Domain example.org is not allowed to send: sending is disabled for this domain",
     OTHER, REFUSAL_OURS, L, REFUSAL_ACCOUNT},
    {"Brevo, not activated", MAIL,
     "502 5.7.0 Your SMTP account is not yet activated. Please contact us", OTHER, REFUSAL_OURS, L,
     REFUSAL_ACCOUNT},
    {"Yandex, spam from the account", TEXT, "554 5.7.1 Your account is blocked for sending", OTHER,
     REFUSAL_OURS, L, REFUSAL_ACCOUNT},
    /* The login. */
    {"no login given", MAIL, "530 5.7.0 Authentication Required", GMAIL, REFUSAL_OURS, L,
     REFUSAL_LOGIN},
    {"no login given, Exchange", MAIL,
     "530 5.7.57 Client not authenticated to send mail. Error: 535 5.7.139", OUTLOOK, REFUSAL_OURS,
     L, REFUSAL_LOGIN},
    {"a login refused", HELO, "535 5.7.8 Username and Password not accepted.", GMAIL, REFUSAL_OURS,
     L, REFUSAL_LOGIN},
    {"passwords end", HELO,
     "550 5.7.30 Basic authentication is not supported for Client Submission.", OUTLOOK,
     REFUSAL_OURS, L, REFUSAL_LOGIN},
    {"5.7.30 of Microsoft", RCPT, "550 5.7.30 refused", OUTLOOK, REFUSAL_OURS, L, REFUSAL_LOGIN},
    {"5.7.30 of Gmail", TEXT, "550 5.7.30 This mail has been refused", GMAIL, REFUSAL_RECEIVER, L,
     REFUSAL_AUTHENTICATION},
    {"TLS wanted", MAIL, "530 5.7.0 Must issue a STARTTLS command first", OTHER, REFUSAL_OURS, L,
     REFUSAL_LOGIN},
    {"a login wanted at RCPT", RCPT, "530 authenticate first", OTHER, REFUSAL_OURS, L,
     REFUSAL_LOGIN},
    {"a login wanted, 550", RCPT, "550 5.7.1 Authentication required for relay", OTHER,
     REFUSAL_OURS, L, REFUSAL_LOGIN},
    /* The sender. */
    {"Postfix, sender rejected", RCPT,
     "550 5.1.0 <bounces@example.org>: Sender address rejected: User unknown in virtual mailbox "
     "table",
     OTHER, REFUSAL_OURS, L, REFUSAL_SENDER},
    {"Postfix, sender's domain", RCPT,
     "450 4.1.8 <bounces@example.org>: Sender address rejected: Domain not found", OTHER,
     REFUSAL_OURS, L, REFUSAL_SENDER},
    {"Postfix, not owned", RCPT,
     "553 5.7.1 <bounces@example.org>: Sender address rejected: not owned by user news", OTHER,
     REFUSAL_OURS, L, REFUSAL_SENDER},
    {"Exim, callout", RCPT, "550 Sender verify failed", OTHER, REFUSAL_OURS, L, REFUSAL_SENDER},
    {"Exim, callout, long", RCPT,
     "550-Verification failed for <bounces@example.org>\r\n550-The mail server could not deliver "
     "mail\r\n550 Sender verify failed",
     OTHER, REFUSAL_OURS, L, REFUSAL_SENDER},
    {"MAIL FROM, no such domain", MAIL, "553 5.1.7 No such domain", OTHER, REFUSAL_OURS, L,
     REFUSAL_SENDER},
    {"MAIL FROM, 5.1.1", MAIL, "550 5.1.1 user unknown", OTHER, REFUSAL_OURS, L, REFUSAL_SENDER},
    {"MAIL FROM, does not exist", MAIL, "553 sender does not exist", OTHER, REFUSAL_OURS, L,
     REFUSAL_SENDER},
    {"MAIL FROM, no words", MAIL, "550 no", OTHER, REFUSAL_OURS, L, REFUSAL_SENDER},
    {"MAIL FROM, for now", MAIL, "450 4.1.8 no", OTHER, REFUSAL_OURS, L, REFUSAL_SENDER},
    {"From: domain", TEXT, "550 5.7.1 From: domain is invalid", OTHER, REFUSAL_OURS, L,
     REFUSAL_SENDER},
    {"the From header", TEXT, "550 5.6.0 From header does not match the login", OTHER, REFUSAL_OURS,
     L, REFUSAL_SENDER},
    {"bad sender told at RCPT", RCPT, "550 5.1.8 bad sender", OTHER, REFUSAL_OURS, L,
     REFUSAL_SENDER},
    {"Exchange, send as", TEXT,
     "554 5.2.252 SendAsDenied; news@example.org not allowed to send as board@example.org", OUTLOOK,
     REFUSAL_OURS, L, REFUSAL_SENDER},
    {"SendGrid, identity", TEXT,
     "550 The from address does not match a verified Sender Identity. Mail cannot be sent until "
     "this "
     "error is resolved.",
     OTHER, REFUSAL_OURS, L, REFUSAL_UNVERIFIED},
    {"Postmark, signature", TEXT, "550 Sender signature not defined", OTHER, REFUSAL_OURS, L,
     REFUSAL_UNVERIFIED},
    {"my name at HELO", HELO, "550 5.7.1 <relay>: Helo command rejected: Host not found", OTHER,
     REFUSAL_OURS, L, REFUSAL_PROTOCOL},
    /* Relaying. */
    {"Postfix, relaying", RCPT, "554 5.7.1 <one@example.org>: Relay access denied", OTHER,
     REFUSAL_OURS, L, REFUSAL_RELAYING},
    {"Exim, relaying", RCPT, "550 relay not permitted", OTHER, REFUSAL_OURS, L, REFUSAL_RELAYING},
    {"qmail, relaying", RCPT,
     "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", OTHER, REFUSAL_OURS,
     L, REFUSAL_RELAYING},
    {"Exchange, relaying", RCPT,
     "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain", OTHER, REFUSAL_OURS, L,
     REFUSAL_RELAYING},
    {"sendmail, relaying", RCPT, "550 5.7.1 <one@example.net>... Relaying denied", OTHER,
     REFUSAL_OURS, L, REFUSAL_RELAYING},
    {"Google Workspace relay", MAIL,
     "550-5.7.1 Invalid credentials for relay [192.0.2.1]. The IP address you've\r\n550 5.7.1 "
     "registered doesn't match the domain",
     GMAIL, REFUSAL_OURS, L, REFUSAL_SENDER},
    {"hop count", RCPT, "554 5.4.14 Hop count exceeded - possible mail loop", OUTLOOK, REFUSAL_OURS,
     L, REFUSAL_LOOP},
    {"loop", TEXT, "554 5.4.6 Too many hops", OTHER, REFUSAL_OURS, L, REFUSAL_LOOP},
    /* The relay's own trouble. */
    {"the server leaves", RCPT, "421 bye", OTHER, REFUSAL_OURS, L, REFUSAL_SYSTEM},
    {"a full disk", MAIL, "452 4.3.1 Insufficient system storage", OTHER, REFUSAL_OURS, L,
     REFUSAL_SYSTEM},
    {"a full disk at RCPT", RCPT, "452 4.3.1 Insufficient system storage", OTHER, REFUSAL_OURS, L,
     REFUSAL_SYSTEM},
    {"a full disk for good", RCPT, "550 5.3.1 mail system full", OTHER, REFUSAL_OURS, L,
     REFUSAL_SYSTEM},
    {"a policy daemon is away", RCPT,
     "451 4.3.5 <one@example.org>: Recipient address rejected: Server configuration problem", OTHER,
     REFUSAL_OURS, L, REFUSAL_SYSTEM},
    {"a lookup failed", RCPT, "451 4.3.0 <one@example.org>: Temporary lookup failure", OTHER,
     REFUSAL_OURS, L, REFUSAL_SYSTEM},
    {"the queue is full", TEXT, "451 4.3.0 Error: queue file write error", OTHER, REFUSAL_OURS, L,
     REFUSAL_SYSTEM},
    {"shutting down", RCPT, "554 5.3.2 shutting down", OTHER, REFUSAL_OURS, L, REFUSAL_SYSTEM},
    {"a smarthost's smarthost is away", TEXT, "451 4.4.1 Connection timed out", OTHER, REFUSAL_OURS,
     L, REFUSAL_NETWORK},
    {"bad sequence", RCPT, "503 sender already specified", OTHER, REFUSAL_OURS, L,
     REFUSAL_PROTOCOL},
    {"protocol", DATA, "503 5.5.1 bad sequence", OTHER, REFUSAL_OURS, L, REFUSAL_PROTOCOL},
    {"too many recipients", RCPT, "452 4.5.3 Too many recipients", OTHER, REFUSAL_OURS, L,
     REFUSAL_PROTOCOL},
    {"a command that is not known", RCPT, "500 unrecognized", OTHER, REFUSAL_OURS, L,
     REFUSAL_PROTOCOL},
    /* Policies of receivers. */
    {"Gmail, unauthenticated", TEXT,
     "550-5.7.26 This mail has been blocked because the sender is unauthenticated.\r\n550 5.7.26 "
     "Gmail requires all senders to authenticate with either SPF or DKIM.",
     GMAIL, REFUSAL_RECEIVER, L, REFUSAL_BLOCKED},
    {"Gmail, SPF", TEXT, "550 5.7.27 refused", GMAIL, REFUSAL_RECEIVER, L, REFUSAL_AUTHENTICATION},
    {"Gmail, PTR", TEXT,
     "550 5.7.25 the IP address sending this message does not have a PTR record", GMAIL,
     REFUSAL_RECEIVER, L, REFUSAL_AUTHENTICATION},
    {"Gmail, rate", TEXT, "421 4.7.28 Gmail has detected an unusual rate of email", GMAIL,
     REFUSAL_RECEIVER, L, REFUSAL_TOO_FAST},
    {"Gmail, DMARC", TEXT, "550 5.7.40 refused", GMAIL, REFUSAL_RECEIVER, L,
     REFUSAL_AUTHENTICATION},
    {"Gmail, SPF for now", TEXT, "421 4.7.23 try again", GMAIL, REFUSAL_RECEIVER, L,
     REFUSAL_AUTHENTICATION},
    {"Outlook.com, authentication", TEXT,
     "550 5.7.515 Access denied, sending domain example.org does not meet the required "
     "authentication level",
     OTHER, REFUSAL_RECEIVER, L, REFUSAL_AUTHENTICATION},
    {"Outlook.com, block list", MAIL,
     "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your "
     "Internet "
     "service provider since part of their network is on our block list (S3140).",
     OTHER, REFUSAL_RECEIVER, L, REFUSAL_BLOCKED},
    {"Outlook.com, banned", TEXT, "550 5.7.606 Access denied, banned sending IP [192.0.2.1]", OTHER,
     REFUSAL_RECEIVER, L, REFUSAL_BLOCKED},
    {"Spamhaus", RCPT,
     "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org", OTHER,
     REFUSAL_RECEIVER, L, REFUSAL_BLOCKED},
    {"Yahoo, complaints", MAIL,
     "421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or "
     "user complaints",
     OTHER, REFUSAL_RECEIVER, L, REFUSAL_BLOCKED},
    {"Postfix, client", RCPT, "554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied",
     OTHER, REFUSAL_RECEIVER, L, REFUSAL_BLOCKED},
    {"reverse name", RCPT,
     "450 4.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.1]", OTHER,
     REFUSAL_RECEIVER, L, REFUSAL_BLOCKED},
    {"DMARC by words", TEXT, "550 rejected by the DMARC policy of example.org", OTHER,
     REFUSAL_RECEIVER, L, REFUSAL_AUTHENTICATION},
    {"greylisted", RCPT,
     "450 4.2.0 <one@example.org>: Recipient address rejected: Greylisted, see a page", OTHER,
     REFUSAL_RECEIVER, L, REFUSAL_GREYLISTED},
    {"greylisted, 4.7.1", RCPT, "451 4.7.1 Greylisting in action, please come back later", OTHER,
     REFUSAL_RECEIVER, L, REFUSAL_GREYLISTED},
    {"too fast", RCPT, "450 4.7.1 Error: too many messages from 192.0.2.1", OTHER, REFUSAL_RECEIVER,
     L, REFUSAL_TOO_FAST},
    {"a policy", RCPT, "550 5.7.1 refused", OTHER, REFUSAL_RECEIVER, L, REFUSAL_POLICY},
    {"a policy for now", RCPT, "450 4.7.0 no", OTHER, REFUSAL_RECEIVER, L, REFUSAL_POLICY},
    {"a policy without code", RCPT, "550 administrative prohibition", OTHER, REFUSAL_RECEIVER, L,
     REFUSAL_POLICY},
    {"a policy about the group", RCPT,
     "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required", OUTLOOK,
     REFUSAL_OURS, L, REFUSAL_LOGIN},
    /* The message. */
    {"spam", TEXT, "554 5.7.1 Message identified as spam", OTHER, REFUSAL_CONTENT, L, REFUSAL_SPAM},
    {"spam, early", TEXT, "550 5.7.1 spam", OTHER, REFUSAL_CONTENT, L, REFUSAL_SPAM},
    {"spam, rspamd", TEXT, "554 5.7.1 Spam message rejected", OTHER, REFUSAL_CONTENT, L,
     REFUSAL_SPAM},
    {"Gmail, unsolicited", TEXT,
     "550-5.7.1 [192.0.2.1 18] Gmail has detected that this message is likely\r\n550 5.7.1 "
     "unsolicited mail.",
     GMAIL, REFUSAL_CONTENT, L, REFUSAL_SPAM},
    {"a virus", TEXT, "550 5.7.1 virus Eicar-Test-Signature found", OTHER, REFUSAL_CONTENT, L,
     REFUSAL_VIRUS},
    {"too big", TEXT, "552 5.3.4 Message size exceeds fixed limit", OTHER, REFUSAL_CONTENT, L,
     REFUSAL_TOO_BIG},
    {"too big at MAIL", MAIL, "552 5.3.4 Message size exceeds fixed limit", OTHER, REFUSAL_CONTENT,
     L, REFUSAL_TOO_BIG},
    {"too big without enhanced code", TEXT, "552 too big", OTHER, REFUSAL_CONTENT, L,
     REFUSAL_TOO_BIG},
    {"content", TEXT, "554 5.6.0 bad content", OTHER, REFUSAL_CONTENT, L, REFUSAL_BODY},
    {"bare LF", TEXT, "550 5.6.11 bare <LF> not allowed", OTHER, REFUSAL_CONTENT, L, REFUSAL_BODY},
    {"Gmail, form", TEXT,
     "550-5.7.1 Messages missing a valid Message-ID header\r\n550 5.7.1 are "
     "not accepted; RFC 5322",
     GMAIL, REFUSAL_CONTENT, L, REFUSAL_BODY},
    /* The mailbox, for now. */
    {"full", RCPT, "552 5.2.2 over quota", OTHER, REFUSAL_MAILBOX, L, REFUSAL_MAILBOX_FULL},
    {"full, 4xx", RCPT, "452 4.2.2 over quota", OTHER, REFUSAL_MAILBOX, L, REFUSAL_MAILBOX_FULL},
    {"full, Gmail", RCPT,
     "452-4.2.2 The recipient's inbox is out of storage space. Please direct the\r\n452 4.2.2 "
     "recipient to a help page",
     GMAIL, REFUSAL_MAILBOX, L, REFUSAL_MAILBOX_FULL},
    {"full, Dovecot", TEXT, "552 5.2.2 <one@example.org> Quota exceeded (mailbox for user is full)",
     OTHER, REFUSAL_MAILBOX, L, REFUSAL_MAILBOX_FULL},
    {"full, without enhanced code", RCPT, "552 no", OTHER, REFUSAL_MAILBOX, L,
     REFUSAL_MAILBOX_FULL},
    {"full, maildrop", RCPT, "550 maildir has overdrawn his diskspace quota", OTHER,
     REFUSAL_MAILBOX, L, REFUSAL_MAILBOX_FULL},
    {"too much for the reader", RCPT,
     "450 4.2.1 The user you are trying to contact is receiving mail too quickly", GMAIL,
     REFUSAL_MAILBOX, L, REFUSAL_SUSPENDED},
    {"too much for the reader, for good", RCPT,
     "550 5.2.1 The user you are trying to contact is receiving mail at a rate that prevents "
     "additional messages",
     GMAIL, REFUSAL_MAILBOX, L, REFUSAL_SUSPENDED},
    {"off for a while", RCPT, "450 4.2.1 mailbox temporarily disabled", OTHER, REFUSAL_MAILBOX, L,
     REFUSAL_SUSPENDED},
    {"off for a while, 5xx", RCPT, "550 mailbox is temporarily unavailable", OTHER, REFUSAL_MAILBOX,
     L, REFUSAL_SUSPENDED},
    {"too big for the mailbox", TEXT, "552 5.2.3 message exceeds maximum", OTHER, REFUSAL_MAILBOX,
     L, REFUSAL_MAILBOX_LIMIT},
    /* The recipient. */
    {"Postfix", RCPT,
     "550 5.1.1 <one@example.org>: Recipient address rejected: User unknown in local recipient "
     "table",
     OTHER, REFUSAL_RECIPIENT, R, REFUSAL_USER_UNKNOWN},
    {"a name like spam", RCPT, "550 5.1.1 <spam-quota@example.org>: user unknown", OTHER,
     REFUSAL_RECIPIENT, R, REFUSAL_USER_UNKNOWN},
    {"Gmail", RCPT,
     "550-5.1.1 The email account that you tried to reach does not exist. Please try\r\n550-5.1.1 "
     "double-checking the recipient's email address for typos or\r\n550 5.1.1 unnecessary spaces.",
     GMAIL, REFUSAL_RECIPIENT, R, REFUSAL_USER_UNKNOWN},
    {"Gmail, disabled", RCPT, "550 5.2.1 The email account that you tried to reach is disabled.",
     GMAIL, REFUSAL_RECIPIENT, R, REFUSAL_DISABLED},
    {"Exchange Online", RCPT,
     "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
     OUTLOOK, REFUSAL_RECIPIENT, R, REFUSAL_NO_MAIL},
    {"Exchange Online, directory", RCPT,
     "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", OUTLOOK,
     REFUSAL_RECIPIENT, R, REFUSAL_USER_UNKNOWN},
    {"Outlook.com", RCPT, "550 5.5.0 Requested action not taken: mailbox unavailable", OTHER,
     REFUSAL_RECIPIENT, R, REFUSAL_UNAVAILABLE},
    {"RFC 5321's own words", RCPT, "550 Requested action not taken: mailbox unavailable", OTHER,
     REFUSAL_RECIPIENT, R, REFUSAL_UNAVAILABLE},
    {"Yahoo", TEXT, "554 delivery error: dd This user doesn't have a yahoo.com account", OTHER,
     REFUSAL_RECIPIENT, R, REFUSAL_USER_UNKNOWN},
    {"Yahoo, disabled", TEXT,
     "554 30 Sorry, your message cannot be delivered. This mailbox is disabled (554.30).", OTHER,
     REFUSAL_RECIPIENT, R, REFUSAL_DISABLED},
    {"free.fr", RCPT, "550 5.2.1 This mailbox has been blocked due to inactivity", OTHER,
     REFUSAL_RECIPIENT, R, REFUSAL_DISABLED},
    {"Exim, unrouteable", RCPT, "550 Unrouteable address", OTHER, REFUSAL_RECIPIENT, R,
     REFUSAL_HOST_UNKNOWN},
    {"Exim, no such person", RCPT, "550 No Such User Here", OTHER, REFUSAL_RECIPIENT, R,
     REFUSAL_USER_UNKNOWN},
    {"qmail", RCPT, "553 sorry, no mailbox here by that name. (#5.7.17)", OTHER, REFUSAL_RECIPIENT,
     R, REFUSAL_USER_UNKNOWN},
    {"Barracuda", RCPT, "550 permanent failure for one or more recipients (x:550 5.1.1 cuda_nsu)",
     OTHER, REFUSAL_RECIPIENT, R, REFUSAL_USER_UNKNOWN},
    {"Domino", RCPT, "550 one is not listed in Domino Directory", OTHER, REFUSAL_RECIPIENT, R,
     REFUSAL_USER_UNKNOWN},
    {"bad domain", RCPT, "550 5.1.2 no such domain", OTHER, REFUSAL_RECIPIENT, R,
     REFUSAL_HOST_UNKNOWN},
    {"Postfix, no domain", RCPT,
     "550 5.4.4 <one@example.org>: Recipient address rejected: Domain not found", OTHER,
     REFUSAL_RECIPIENT, R, REFUSAL_HOST_UNKNOWN},
    {"bad syntax", RCPT, "501 5.1.3 bad address", OTHER, REFUSAL_RECIPIENT, R,
     REFUSAL_USER_UNKNOWN},
    {"bad syntax without enhanced code", RCPT, "501 bad address", OTHER, REFUSAL_RECIPIENT, R,
     REFUSAL_USER_UNKNOWN},
    {"moved", RCPT, "551 5.1.6 moved", OTHER, REFUSAL_RECIPIENT, R, REFUSAL_MOVED},
    {"not local", RCPT, "551 user not local", OTHER, REFUSAL_RECIPIENT, R, REFUSAL_USER_UNKNOWN},
    {"null MX", RCPT, "556 5.1.10 null MX", OTHER, REFUSAL_RECIPIENT, R, REFUSAL_NO_MAIL},
    {"null MX by words", RCPT, "550 the domain does not accept mail (nullMX)", OTHER,
     REFUSAL_RECIPIENT, R, REFUSAL_NO_MAIL},
    {"told at the dot", TEXT, "550 5.1.1 no such user", OTHER, REFUSAL_RECIPIENT, R,
     REFUSAL_USER_UNKNOWN},
    {"Postmark, inactive", RCPT, "550 inactive recipient", OTHER, REFUSAL_RECIPIENT, R,
     REFUSAL_DISABLED},
    {"user unknown, 4xx", RCPT, "450 4.1.1 <one@example.org>: unverified address: lookup failed",
     OTHER, REFUSAL_UNKNOWN, L, REFUSAL_UNDETERMINED},
    /* Of nobody for sure. */
    {"no words", RCPT, "550 no", OTHER, REFUSAL_UNKNOWN, L, REFUSAL_UNDETERMINED},
    {"who?", RCPT, "550 who?", OTHER, REFUSAL_UNKNOWN, L, REFUSAL_UNDETERMINED},
    {"transaction failed", TEXT, "554 Transaction failed", OTHER, REFUSAL_UNKNOWN, L,
     REFUSAL_UNDETERMINED},
    {"553 without more", RCPT, "553 not allowed", OTHER, REFUSAL_UNKNOWN, L, REFUSAL_UNDETERMINED},
    {"smtp-sink's hard error", RCPT, "500 5.3.0 Error: command failed", OTHER, REFUSAL_UNKNOWN, L,
     REFUSAL_UNDETERMINED},
    {"5.1.0 alone", RCPT, "550 5.1.0 Address rejected", OTHER, REFUSAL_UNKNOWN, L,
     REFUSAL_UNDETERMINED},
    {"5.0.0 alone", TEXT, "554 5.0.0 rejected", OTHER, REFUSAL_UNKNOWN, L, REFUSAL_UNDETERMINED},
    {"try later", RCPT, "451 try later", OTHER, REFUSAL_UNKNOWN, L, REFUSAL_UNDETERMINED},
    {"another language", RCPT, "550 почтовый ящик", OTHER, REFUSAL_UNKNOWN, L,
     REFUSAL_UNDETERMINED},
};

static struct refusal ask(const struct row *row)
{
    char line[1200];
    struct reply_parser parser;
    snprintf(line, sizeof line, "%s\r\n", row->reply);
    reply_start(&parser);
    reply_feed(&parser, line, strlen(line));
    assert_true(parser.complete);
    const struct refusal_question question = {row->command, parser.reply.code,
                                              parser.reply.enhanced, parser.reply.text, row->host};
    return refusal_read(&question);
}

static void each_sentence_speaks_of_whom_it_speaks(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct refusal refusal = ask(&rows[i]);
        if (refusal.fault != rows[i].fault || refusal.settles != rows[i].settles ||
            refusal.reason != rows[i].reason) {
            print_message("%s: %s, reason %d, settles %d, by \"%s\"\n", rows[i].name,
                          refusal_fault_name(refusal.fault), (int)refusal.reason, refusal.settles,
                          refusal.source);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
    assert_true(sizeof rows / sizeof *rows >= 120);
}

static void what_answers_the_sender_settles_no_reader(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct row row = rows[i];
        row.command = i % 2 == 0 ? REFUSAL_MAIL : REFUSAL_HELO;
        struct refusal refusal = ask(&row);
        if (refusal.settles || refusal.fault == REFUSAL_RECIPIENT ||
            refusal.fault == REFUSAL_MAILBOX) {
            fail_msg("%s: %s by \"%s\"", row.name, refusal_fault_name(refusal.fault),
                     refusal.source);
        }
    }
}

/* What is said of us is told with what to do about it. */
static void whatever_is_ours_to_mend_has_a_remedy(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct refusal refusal = ask(&rows[i]);
        bool ours = refusal.fault == REFUSAL_OURS || refusal.fault == REFUSAL_CONTENT;
        if (ours && refusal.remedy == NULL) {
            fail_msg("%s has no remedy", rows[i].name);
        }
        /* Of several relays the sections are called otherwise, and smtp is refused. */
        if (refusal.remedy != NULL && strstr(refusal.remedy, "smtp.") != NULL) {
            fail_msg("%s names a setting of one relay: %s", rows[i].name, refusal.remedy);
        }
    }
}

static void every_fault_has_a_name_that_finds_it(void **state)
{
    (void)state;
    for (int i = 0; i < REFUSAL_FAULTS; i++) {
        enum refusal_fault found;
        assert_true(refusal_fault_find(refusal_fault_name((enum refusal_fault)i), &found));
        assert_int_equal(found, i);
    }
    enum refusal_fault fault;
    assert_false(refusal_fault_find("nobody's", &fault));
}

/* --- the table itself --- */

static enum refusal_command first_command(const struct refusal_row *row)
{
    for (int command = REFUSAL_REPORT; command <= REFUSAL_TEXT; command++) {
        if ((row->commands & 1U << command) != 0) {
            return (enum refusal_command)command;
        }
    }
    fail_msg("a row for no command");
    return REFUSAL_REPORT;
}

/* A question that has what the row asks for, and nothing else; `words` of `len` bytes. */
static struct refusal ask_row(const struct refusal_row *row, const char *words, size_t len)
{
    char text[200], host[100] = "", enhanced[16] = "";
    size_t used = 0;
    for (size_t i = 0; i < len && used + 8 < sizeof text; i++) {
        used += (size_t)snprintf(text + used, sizeof text - used, words[i] == '*' ? "it" : "%c",
                                 words[i]);
    }
    text[used] = '\0';
    if (row->host != NULL) {
        snprintf(host, sizeof host, "mx.%.*s", (int)strcspn(row->host, "|"), row->host);
    }
    if (row->enhanced != NULL && row->enhanced[0] != '-') {
        bool subject = row->enhanced[strlen(row->enhanced) - 1] == '.';
        snprintf(enhanced, sizeof enhanced, "%s%s", row->enhanced, subject ? "99" : "");
        enhanced[0] = row->enhanced[0] == 'x' ? '5' : row->enhanced[0];
    }
    const struct refusal_question question = {first_command(row), row->low, enhanced, text, host};
    return refusal_read(&question);
}

/* A phrase that an earlier row with another meaning has already would never be asked for. */
static void every_row_can_decide(void **state)
{
    (void)state;
    int shadowed = 0;
    for (const struct refusal_row *row = refusal_rows; row->source[0] != '\0'; row++) {
        const char *words = row->words == NULL ? "" : row->words;
        do {
            size_t len = strcspn(words, "|");
            struct refusal refusal = ask_row(row, words, len);
            if (refusal.reason != row->reason) {
                print_message("\"%.*s\" of \"%s\" is read as reason %d by \"%s\"\n", (int)len,
                              words, row->source, (int)refusal.reason, refusal.source);
                shadowed++;
            }
            words += len + (words[len] == '|');
        } while (*words != '\0');
    }
    assert_int_equal(shadowed, 0);
}

static void what_stands_behind_a_star_is_near(void **state)
{
    (void)state;
    static const char text[] =
        "mailbox 0123456789x 0123456789x 0123456789x 0123456789x 0123456789x "
        "0123456789x 0123456789x does it exist? it does not, not found";
    struct refusal_question question = {REFUSAL_RCPT, 550, "", "mailbox of one not found", NULL};
    assert_int_equal(refusal_read(&question).reason, REFUSAL_USER_UNKNOWN);
    question.words = text;
    assert_int_equal(refusal_read(&question).reason, REFUSAL_UNDETERMINED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_sentence_speaks_of_whom_it_speaks),
        cmocka_unit_test(what_answers_the_sender_settles_no_reader),
        cmocka_unit_test(whatever_is_ours_to_mend_has_a_remedy),
        cmocka_unit_test(every_fault_has_a_name_that_finds_it),
        cmocka_unit_test(every_row_can_decide),
        cmocka_unit_test(what_stands_behind_a_star_is_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
