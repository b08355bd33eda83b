/*
 * The rows, in the order in which they are tried: words that certainly mean us, which servers put
 * behind any code; words and codes that certainly mean the recipient or the mailbox; codes for
 * policies, for the relay and for the message. The sources are the standards, IANA's registry of
 * enhanced codes (RFC 5248), and what providers document or were observed to send.
 */
#include "smtp/refusal_rows.h"

#define ANY    REFUSAL_AT_ANY
#define REPLY  REFUSAL_AT_REPLY
#define REPORT REFUSAL_AT_REPORT
#define READER REFUSAL_AT_READER
#define SENDER REFUSAL_AT_SENDER
#define TO     REFUSAL_AT_RCPT
#define TEXT   REFUSAL_AT_TEXT
/* The commands whose reply can be about a recipient. */
#define MEANS (READER | REPORT)

#define GOOGLE    "google.com|gmail.com|googlemail.com"
#define MICROSOFT "outlook.com|office365.com|hotmail.com|office365.us|partner.outlook.cn"

const struct refusal_row refusal_rows[] = {
    /* --- suspended because nobody logged in, in words that otherwise refuse a sender --- */
    {READER, 500, 599, NULL,
     "due to inactivity|for inactivity|because of inactivity|by inactivity|pour inactivit", NULL,
     REFUSAL_DISABLED, "free.fr: mailbox blocked due to inactivity", NULL},

    /* --- our account with the relay: such words are never about a reader --- */
    {ANY, 0, 0, NULL,
     "user sending limit|user sending quota|daily sending quota|daily sending limit|sending "
     "quota exceeded|sending limit exceeded|exceeded * sending limit|reached * sending limit|"
     "exceeded * sending quota|sending limits exceeded",
     NULL, REFUSAL_QUOTA, "Gmail: daily user sending limit; Zoho, OVH, hosters alike", NULL},
    {ANY, 0, 0, NULL,
     "submissionquotaexceeded|message quota exceeded|maximum sending rate|"
     "message submission rate|throttling failure",
     NULL, REFUSAL_QUOTA, "SES: throttling failure; Exchange Online: submission quota", NULL},
    {ANY, 0, 0, NULL,
     "exceeded the max emails per|exceeded the max defers|max emails per hour|max defers and "
     "failures|messages per hour exceeded|recipients per hour exceeded|messages per day|"
     "emails per day|emails per hour|recipients per day|hourly limit|monthly limit|daily limit",
     NULL, REFUSAL_QUOTA, "cPanel, postfwd, hosters: so many an hour or a day", NULL},
    {ANY, 0, 0, NULL,
     "maximum credits|not enough credits|out of credits|credits exceeded|plan limit|free plan|"
     "upgrade your plan|upgrade your account|sender * has exceeded|"
     "sender rate limit|sender exceeded|exceeded the allowed number of outgoing|"
     "too many outgoing|outbound * limit|outgoing * limit|policy rejection on outbound",
     NULL, REFUSAL_QUOTA, "SendGrid: maximum credits; Brevo, Mailgun: limits of a plan", NULL},
    {REPLY, 0, 0, NULL,
     "message rate|sending rate|rate limit|ratelimit|too many messages|too many "
     "emails|rate exceeded|rate-limit|throttl",
     NULL, REFUSAL_TOO_FAST, "pace, of the relay or of who is behind it", NULL},
    {ANY, 0, 0, NULL,
     "sending paused|sending is paused|sending has been paused|account is paused|account paused|"
     "sending suspended|sending has been suspended|sending is suspended|sending privileges|"
     "sending has been disabled|sending is disabled|sending disabled|your account|"
     "sender account|smtp account|this account is not allowed to send|"
     "account is not yet activated|account not activated|not activated for sending|"
     "sending domain * disabled|domain * not allowed to send|authenticated user|"
     "restricted from sending|blocked from sending|is not permitted to send mail",
     NULL, REFUSAL_ACCOUNT, "SES: sending paused; Mailgun, Brevo, Exchange: account blocked", NULL},
    {REPLY, 0, 0, "x.7.",
     "account disabled|account is disabled|account * suspended|account "
     "suspended|account locked|account * locked|account blocked",
     NULL, REFUSAL_ACCOUNT, "with a code of policy: the account that sends", NULL},
    {SENDER, 0, 0, NULL,
     "account disabled|account is disabled|account * suspended|account "
     "suspended|account locked|account blocked|account expired",
     NULL, REFUSAL_ACCOUNT, "said to the sender: the account that sends", NULL},
    {REPLY, 0, 0, "5.1.90", NULL, NULL, REFUSAL_QUOTA, "Exchange Online: daily limit of recipients",
     NULL},
    {REPLY, 0, 0, "5.1.92", NULL, NULL, REFUSAL_QUOTA, "Exchange Online: sending limit", NULL},
    {REPLY, 0, 0, "5.7.705", NULL, NULL, REFUSAL_ACCOUNT, "Exchange Online: tenant over its limit",
     NULL},
    {REPLY, 0, 0, "5.7.750", NULL, NULL, REFUSAL_ACCOUNT,
     "Exchange Online: unregistered domain is blocked from sending", NULL},
    {REPLY, 0, 0, "5.1.8", NULL, MICROSOFT, REFUSAL_ACCOUNT,
     "Exchange Online: bad outbound sender, the account is taken for a spammer's", NULL},
    {ANY, 0, 0, NULL, "bad outbound sender", NULL, REFUSAL_ACCOUNT,
     "Exchange Online: bad outbound sender", NULL},
    {REPLY, 0, 0, "x.4.5", NULL, GOOGLE, REFUSAL_QUOTA, "Gmail: daily limit of messages", NULL},
    {REPLY, 0, 0, "5.7.30", NULL, MICROSOFT, REFUSAL_LOGIN,
     "Exchange Online: basic authentication is not supported",
     "the provider takes no password any more; it wants OAuth"},
    {ANY, 0, 0, NULL, "basic authentication is not supported|basic authentication is disabled",
     NULL, REFUSAL_LOGIN, "Exchange Online",
     "the provider takes no password any more; it wants OAuth"},
    {ANY, 0, 0, NULL, "smtpclientauthentication is disabled|smtp auth is disabled", NULL,
     REFUSAL_LOGIN, "Exchange Online: 5.7.139, 5.7.57",
     "switch on authenticated SMTP for this mailbox, or use OAuth"},
    {REPLY, 0, 0, NULL,
     "authentication required|authenticate first|must authenticate|must be authenticated|"
     "authentication failed|authentication unsuccessful|invalid login|login denied|"
     "not authenticated|not logged in|please log in|username and password not accepted|"
     "authentication credentials invalid|client was not authenticated",
     NULL, REFUSAL_LOGIN, "RFC 4954 6", NULL},
    {REPLY, 530, 530, NULL, "starttls", NULL, REFUSAL_LOGIN, "RFC 3207 4",
     "the relay wants TLS first; do not set its tls to none"},
    {REPLY, 530, 530, NULL, NULL, NULL, REFUSAL_LOGIN, "RFC 4954 6: authentication required", NULL},
    {REPLY, 534, 535, NULL, NULL, NULL, REFUSAL_LOGIN, "RFC 4954 6: credentials refused", NULL},
    {REPLY, 538, 538, NULL, NULL, NULL, REFUSAL_LOGIN, "RFC 4954 6: encryption required", NULL},
    {REPLY, 0, 0, "5.7.8", NULL, NULL, REFUSAL_LOGIN, "RFC 4954 6: credentials invalid", NULL},
    {REPLY, 0, 0, "5.7.9", NULL, NULL, REFUSAL_LOGIN, "RFC 4954 6: mechanism too weak", NULL},
    {REPLY, 0, 0, "4.7.12", NULL, NULL, REFUSAL_LOGIN, "RFC 4954 6: password transition", NULL},

    /* --- our envelope sender or From --- */
    {ANY, 0, 0, NULL,
     "email address is not verified|email address not verified|domain is not verified|domain not "
     "verified|sender is not verified|sender not verified|identities failed the check|"
     "from address does not match a verified|verified sender identity|unverified sender|"
     "sender signature|sender identity|is not a verified",
     NULL, REFUSAL_UNVERIFIED, "SES, SendGrid, Postmark: a sender must be verified", NULL},
    {ANY, 0, 0, NULL,
     "sender address rejected|sender verify failed|sender verification|sender verify|verify "
     "sender|sender rejected|sender denied|sender is denied|sender not allowed|sender is not "
     "allowed|invalid sender|bad sender|sender invalid|sender unknown|unknown sender|"
     "sender does not exist|sender doesn't exist|sender address does not exist|sender domain|"
     "sender's domain|domain of sender|domain of the sender|unresolvable sender|sendasdenied|"
     "not allowed to send as|permission to send as|not owned by user|sender not authorized|"
     "sender is not authorized|sender not permitted|sender blocked|blocked sender|"
     "sender blacklisted|blacklisted sender|badmailfrom|return path|return-path|envelope sender|"
     "envelope from|from address|from domain|from: domain|from header|mail from:|mail from @|"
     "verification failed for|not authorized to send from|not allowed to send from|"
     "must match|cannot resolve your domain|can't verify your domain",
     NULL, REFUSAL_SENDER, "the envelope sender or From is not liked; Exim, Postfix, qmail", NULL},
    {MEANS, 0, 0, "5.1.7", NULL, NULL, REFUSAL_SENDER, "RFC 3463 3.2: bad sender's address syntax",
     NULL},
    {MEANS, 0, 0, "5.1.8", NULL, NULL, REFUSAL_SENDER, "RFC 3463 3.2: bad sender's system address",
     NULL},
    {READER, 0, 0, "4.1.7", NULL, NULL, REFUSAL_SENDER, "RFC 3463 3.2", NULL},
    {READER, 0, 0, "4.1.8", NULL, NULL, REFUSAL_SENDER, "RFC 3463 3.2: sender domain not found",
     NULL},
    {REPLY, 0, 0, NULL,
     "relaying denied|relay denied|relay access denied|relay not permitted|relaying disallowed|"
     "relaying not allowed|relaying is not allowed|relay not allowed|relaying is prohibited|"
     "relaying prohibited|relay prohibited|unable to relay|cannot relay|do not relay|not relay|"
     "no relay|not permitted to relay|not allowed to relay|relaying mail|relaying to|"
     "allowed rcpthosts|not configured to relay|unauthenticated * relay|relay operation|"
     "domain isn't in my list|domain is not hosted",
     NULL, REFUSAL_RELAYING, "the relay does not take us for its own; Postfix, Exim, qmail", NULL},
    {SENDER, 0, 0, NULL, "helo|ehlo", NULL, REFUSAL_PROTOCOL, "RFC 5321 4.1.1.1: our own name",
     "give the relay a full host name: url = smtp://HOST:PORT/OUR.NAME"},

    /* --- words that certainly mean the message --- */
    {ANY, 0, 0, NULL,
     "duplicate header 'dkim|duplicate header \"dkim|duplicate dkim|multiple dkim|"
     "two dkim|duplicate header: dkim|dkim-signature'.",
     NULL, REFUSAL_SIGNATURE, "SES: 554 Transaction failed: Duplicate header", NULL},
    {REPLY, 0, 0, NULL,
     "duplicate header|header * must appear|missing * header|header is missing|"
     "rfc 5322|rfc 2822|rfc5322|rfc2822|bare lf|bare <lf>|bare cr|line too long|"
     "malformed|invalid header|8-bit|message headers",
     NULL, REFUSAL_BODY, "the message's form; Gmail, SES, sendmail", NULL},

    /* --- reputation, authentication, pace: the receiver's rules for senders --- */
    {REPLY, 0, 0, NULL,
     "spamhaus|spamcop|barracudacentral|sorbs|dnsbl|uceprotect|senderscore|cloudmark|blocklist|"
     "block list|block-list|blacklist|black list|denylist|blocked using|is listed in|is "
     "listed at|is listed on|is listed by|currently listed|poor reputation|low reputation|bad "
     "reputation|reputation of|sender reputation|"
     "client host rejected|client host|your ip|from ip address|messages from|"
     "user complaints|banned sending ip|s3140|s3150|sc-001|dy-001|sending host|tss04|[ts01]|"
     "has been blocked|have been blocked|is blocked|are blocked",
     NULL, REFUSAL_BLOCKED, "reputation of the host or domain; Outlook.com, Yahoo, block lists",
     NULL},
    {REPLY, 0, 0, NULL,
     "unauthenticated|dmarc|dkim|spf check|spf fail|spf record|failed spf|spf)|spf=|spf:|either "
     "spf|"
     "sender policy framework|reverse dns|"
     "ptr record|reverse hostname|authentication level|authentication checks|"
     "email authentication|rdns|fcrdns|domainkeys",
     NULL, REFUSAL_AUTHENTICATION, "SPF, DKIM, DMARC, PTR; Gmail, Yahoo, Outlook.com", NULL},
    {REPLY, 0, 0, NULL, "greylist|graylist|grey-list|grey list|gray list", NULL, REFUSAL_GREYLISTED,
     "RFC 6647", NULL},
    {REPLY, 0, 0, NULL,
     "spam|unsolicited|bulk mail|bulk email|junk mail|phishing|suspicious content|"
     "content of this message|message content|content rejected|content filter|"
     "suspicious url|message contains",
     NULL, REFUSAL_SPAM, "the text is taken for spam", NULL},
    {REPLY, 0, 0, NULL, "virus|malware|infected|dangerous attachment", NULL, REFUSAL_VIRUS,
     "the text is taken for malware", NULL},

    /* --- the mailbox, temporarily --- */
    {MEANS, 0, 0, "x.2.1", "receiving mail at a rate|receiving mail too quickly|too quickly", NULL,
     REFUSAL_SUSPENDED, "Gmail: the reader receives too much", NULL},
    {READER, 0, 0, NULL,
     "mailbox full|mailbox is full|mailbox has exceeded|mailbox quota|mailbox size|mailbox over|"
     "over quota|overquota|over the quota|over its quota|over his quota|over their quota|quota "
     "exceeded|exceeded * quota|exceeds * quota|exceed * quota|out of quota|quota has been "
     "exceeded|overdrawn|inbox is full|inbox full|out of storage|exceeded storage|storage "
     "allocation|exceeded * storage|disk quota|full mailbox|account is full|"
     "insufficient quota|storage quota|storage limit",
     NULL, REFUSAL_MAILBOX_FULL, "no room; Gmail, Dovecot, Exim", NULL},
    {READER, 0, 0, NULL,
     "temporarily disabled|temporarily inactive|temporarily suspended|temporarily locked|"
     "temporarily closed|temporarily unavailable|temporarily not|currently suspended|"
     "currently not accepting|not currently accepting|currently unavailable|currently not "
     "available|"
     "is on vacation|mailbox is frozen|mailbox frozen|mailbox is locked|mailbox locked",
     NULL, REFUSAL_SUSPENDED, "off for a while, by its words", NULL},

    /* --- certainly the recipient --- */
    {MEANS, 0, 0, "5.1.1", NULL, NULL, REFUSAL_USER_UNKNOWN,
     "RFC 3463 3.2: bad destination mailbox address", NULL},
    {MEANS, 0, 0, "5.1.2", NULL, NULL, REFUSAL_HOST_UNKNOWN,
     "RFC 3463 3.2: bad destination system address", NULL},
    {MEANS, 0, 0, "5.1.3", NULL, NULL, REFUSAL_USER_UNKNOWN,
     "RFC 3463 3.2: bad destination address syntax", NULL},
    {MEANS, 0, 0, "5.1.6", NULL, NULL, REFUSAL_MOVED, "RFC 3463 3.2: moved, no forwarding address",
     NULL},
    {MEANS, 0, 0, "5.1.10", NULL, NULL, REFUSAL_NO_MAIL,
     "RFC 7505: null MX; Exchange Online: recipient not found", NULL},
    {MEANS, 0, 0, "5.2.1", NULL, NULL, REFUSAL_DISABLED, "RFC 3463 3.3: mailbox disabled", NULL},
    {MEANS, 0, 0, "5.4.4", NULL, NULL, REFUSAL_HOST_UNKNOWN, "RFC 3463 3.5: unable to route", NULL},
    {MEANS, 0, 0, "5.4.310", NULL, NULL, REFUSAL_HOST_UNKNOWN,
     "Exchange Online: DNS domain does not exist", NULL},
    {READER, 500, 599, "5.4.1", "recipient address rejected: access denied", NULL,
     REFUSAL_USER_UNKNOWN, "Exchange Online: directory based blocking", NULL},
    {READER, 500, 599, NULL,
     "user unknown|unknown user|user is unknown|user not found|user * not found|no such user|no "
     "such recipient|no such mailbox|no such address|no such person|no such account|no such local|"
     "nosuchuser|user does not exist|user doesn't exist|user * does not exist|user * doesn't "
     "exist|unknown recipient|recipient unknown|recipient not found|recipient does not exist|"
     "recipient doesn't exist|recipient * does not exist|recipientnotfound|recipnotfound|"
     "recipient no longer|recipient is no longer|unknown local|unknown in * recipient table|"
     "undeliverable address|cuda_nsu",
     NULL, REFUSAL_USER_UNKNOWN, "no such person, by the words; Postfix, Exim, Exchange", NULL},
    {READER, 500, 599, NULL,
     "mailbox not found|mailbox * not found|mailbox does not exist|mailbox doesn't exist|mailbox "
     "unknown|unknown mailbox|invalid mailbox|invalid recipient|mailbox name not allowed|mailbox "
     "syntax|no mailbox|not a valid mailbox|not a valid recipient|not a valid user|not our "
     "customer|address does not exist|address doesn't exist|address unknown|unknown address|"
     "address not found|account does not exist|account doesn't exist|account * does not exist|"
     "tried to reach does not exist|no account|nobody here by that name|no one here by that name|"
     "not known here|no longer valid|no longer exists|no longer in use|no longer works here|"
     "doesn't have a * account|does not have a * account|bad destination mailbox|"
     "user not local|not listed in|bad recipient|illegal recipient|adr_notexist",
     NULL, REFUSAL_USER_UNKNOWN, "no such mailbox, by the words; Yahoo, qmail, Domino", NULL},
    {READER, 500, 599, NULL,
     "mailbox disabled|mailbox is disabled|mailbox * disabled|mailbox inactive|mailbox is inactive|"
     "user disabled|user is disabled|user inactive|inactive user|inactive recipient|inactive "
     "mailbox|disabled recipient|recipient disabled|recipient is disabled|tried to reach is "
     "disabled|tried to reach is inactive|disabled or discontinued|mailbox closed|"
     "address has been disabled|address is inactive|"
     "account of the recipient * disabled|recipient * suppression list|on the suppression list",
     NULL, REFUSAL_DISABLED, "closed, by the words; Gmail, Yahoo, free.fr, Postmark", NULL},
    {READER, 500, 599, NULL,
     "null mx|nullmx|domain does not accept mail|domain doesn't accept mail|host does not accept "
     "mail",
     NULL, REFUSAL_NO_MAIL, "RFC 7505", NULL},
    {READER, 500, 599, NULL,
     "host or domain name not found|domain not found|domain * not found|no such domain|"
     "unknown domain|domain does not exist|domain doesn't exist|domain * does not exist|"
     "unrouteable|unroutable|host unknown|unknown host|no mx record|nxdomain|nonexistent domain|"
     "no mail server for|bad destination host",
     NULL, REFUSAL_HOST_UNKNOWN, "no such domain, by the words; Postfix, Exim", NULL},
    {READER, 550, 550, "-", "mailbox unavailable|mailbox not available|mailbox is unavailable",
     NULL, REFUSAL_UNAVAILABLE, "RFC 5321 4.2.3: mailbox not found, no access, or policy", NULL},
    {READER, 550, 550, "5.5.0", "mailbox unavailable", NULL, REFUSAL_UNAVAILABLE,
     "Outlook.com: no such mailbox", NULL},
    {TO, 551, 551, "-", NULL, NULL, REFUSAL_USER_UNKNOWN, "RFC 5321 4.2.3: user not local", NULL},
    {READER, 501, 501, "-", "recipient address|address syntax|bad address", NULL,
     REFUSAL_USER_UNKNOWN, "RFC 5321 4.2.3: syntax error in parameters", NULL},

    /* --- only in a report, where words or a server's code stand alone --- */
    {REPORT, 0, 0, "5.1.0", NULL, NULL, REFUSAL_USER_UNKNOWN,
     "RFC 3463 3.2: other address status, of the recipient", NULL},
    {REPORT, 551, 551, "-", NULL, NULL, REFUSAL_USER_UNKNOWN, "RFC 5321 4.2.3: user not local",
     NULL},
    {REPORT, 0, 0, "5.1.90", NULL, NULL, REFUSAL_QUOTA, "Exchange Online: sender's daily limit",
     NULL},
    {REPORT, 0, 0, "x.3.1", NULL, NULL, REFUSAL_MAILBOX_FULL, "RFC 3463 3.4: mail system full",
     NULL},
    {REPORT, 452, 452, "-", NULL, NULL, REFUSAL_MAILBOX_FULL, "RFC 5321 4.2.3: storage", NULL},
    {REPORT, 552, 552, "-", NULL, NULL, REFUSAL_MAILBOX_FULL, "RFC 5321 4.2.3: storage", NULL},
    {REPORT, 522, 522, "-", NULL, NULL, REFUSAL_MAILBOX_FULL, "what some write for 5.2.2", NULL},
    {REPORT, 421, 421, "-", NULL, NULL, REFUSAL_SYSTEM, "RFC 5321 4.2.3: not available", NULL},
    {REPORT, 451, 451, "-", NULL, NULL, REFUSAL_SYSTEM, "RFC 5321 4.2.3: local error", NULL},

    /* --- codes of the mailbox --- */
    {MEANS, 0, 0, "x.2.2", NULL, NULL, REFUSAL_MAILBOX_FULL, "RFC 3463 3.3: mailbox full", NULL},
    {MEANS, 0, 0, "x.2.3", NULL, NULL, REFUSAL_MAILBOX_LIMIT,
     "RFC 3463 3.3: length exceeds administrative limit", NULL},
    {MEANS, 0, 0, "4.2.1", NULL, NULL, REFUSAL_SUSPENDED, "RFC 3463 3.3: disabled, for a while",
     NULL},
    {TO, 552, 552, "-", NULL, NULL, REFUSAL_MAILBOX_FULL, "RFC 5321 4.2.3: storage, at RCPT", NULL},
    {TO, 452, 452, "4.5.3", NULL, NULL, REFUSAL_PROTOCOL, "RFC 3463 3.6: too many recipients",
     NULL},

    /* --- replies to MAIL, HELO and AUTH, which are only about us --- */
    {SENDER, 500, 500, "-", NULL, NULL, REFUSAL_PROTOCOL, "RFC 5321 4.2.3: not recognised", NULL},
    {SENDER, 502, 504, "-", NULL, NULL, REFUSAL_PROTOCOL, "RFC 5321 4.2.3: command or parameter",
     NULL},
    {SENDER, 555, 555, "-", NULL, NULL, REFUSAL_PROTOCOL, "RFC 5321 4.1.1.11: parameters", NULL},
    {SENDER, 400, 499, "4.3.", NULL, NULL, REFUSAL_SYSTEM, "RFC 3463 3.4: mail system status",
     NULL},
    {SENDER, 400, 499, "-", NULL, NULL, REFUSAL_SYSTEM, "RFC 5321 4.2.1: try again later", NULL},
    {SENDER, 552, 552, NULL, NULL, NULL, REFUSAL_TOO_BIG, "RFC 1870 6.1: the size that MAIL tells",
     NULL},
    {SENDER, 0, 0, "x.3.4", NULL, NULL, REFUSAL_TOO_BIG, "RFC 1870 6.1", NULL},
    {SENDER, 0, 0, NULL, NULL, NULL, REFUSAL_SENDER, "RFC 5321 3.3: MAIL names the sender alone",
     NULL},

    /* --- the relay --- */
    {READER, 421, 421, "-", NULL, NULL, REFUSAL_SYSTEM, "RFC 5321 3.8: the server leaves", NULL},
    {ANY, 0, 0, "5.1.9", NULL, NULL, REFUSAL_PROTOCOL,
     "RFC 5248: message relayed to non-compliant mailer", NULL},
    {ANY, 0, 0, "5.1.", NULL, NULL, REFUSAL_UNDETERMINED,
     "not registered or not sure; Exchange gives them to senders", NULL},
    {ANY, 0, 0, "x.2.4", NULL, NULL, REFUSAL_SYSTEM, "RFC 3463 3.3: list expansion problem", NULL},
    {READER, 0, 0, "x.3.1", NULL, NULL, REFUSAL_SYSTEM, "RFC 3463 3.4: mail system full", NULL},
    {ANY, 0, 0, "x.3.2", NULL, NULL, REFUSAL_SYSTEM, "RFC 3463 3.4: not accepting messages now",
     NULL},
    {ANY, 0, 0, "x.3.3", NULL, NULL, REFUSAL_PROTOCOL, "RFC 3463 3.4: features", NULL},
    {ANY, 0, 0, "x.3.5", NULL, NULL, REFUSAL_SYSTEM, "RFC 3463 3.4: incorrectly configured", NULL},
    {READER, 400, 499, "4.3.", NULL, NULL, REFUSAL_SYSTEM, "RFC 3463 3.4: mail system status",
     NULL},
    {ANY, 0, 0, "x.4.5", "user|quota|limit|daily|account", NULL, REFUSAL_QUOTA,
     "Gmail: daily limit, where the host is not known", NULL},
    {ANY, 0, 0, "x.4.1", NULL, NULL, REFUSAL_NETWORK, "RFC 3463 3.5: no answer from host", NULL},
    {ANY, 0, 0, "x.4.2", NULL, NULL, REFUSAL_NETWORK, "RFC 3463 3.5: bad connection", NULL},
    {ANY, 0, 0, "x.4.3", NULL, NULL, REFUSAL_NETWORK, "RFC 3463 3.5: directory server failure",
     NULL},
    {ANY, 0, 0, "4.4.4", NULL, NULL, REFUSAL_NETWORK, "RFC 3463 3.5: unable to route, for a while",
     NULL},
    {ANY, 0, 0, "x.4.5", NULL, NULL, REFUSAL_SYSTEM, "RFC 3463 3.5: congestion", NULL},
    {ANY, 0, 0, "x.4.6", NULL, NULL, REFUSAL_LOOP, "RFC 3463 3.5: routing loop", NULL},
    {ANY, 0, 0, "x.4.7", NULL, NULL, REFUSAL_EXPIRED, "RFC 3463 3.5: delivery time expired", NULL},
    {ANY, 0, 0, "x.4.14", NULL, NULL, REFUSAL_LOOP, "Exchange Online: hop count exceeded", NULL},
    {ANY, 0, 0, "x.4.300", NULL, NULL, REFUSAL_EXPIRED, "Exchange Online: message expired", NULL},
    {ANY, 0, 0, "x.4.316", NULL, NULL, REFUSAL_EXPIRED,
     "Exchange Online: message expired, connection refused", NULL},
    {ANY, 0, 0, "x.4.", NULL, NULL, REFUSAL_NETWORK, "RFC 3463 3.5: other network status", NULL},
    {READER, 500, 500, "-", NULL, NULL, REFUSAL_PROTOCOL, "RFC 5321 4.2.3: not recognised", NULL},
    {READER, 502, 504, "-", NULL, NULL, REFUSAL_PROTOCOL, "RFC 5321 4.2.3: command or parameter",
     NULL},
    {READER, 555, 555, "-", NULL, NULL, REFUSAL_PROTOCOL, "RFC 5321 4.1.1.11: parameters", NULL},
    {ANY, 0, 0, "x.5.", NULL, NULL, REFUSAL_PROTOCOL, "RFC 3463 3.6: protocol status", NULL},

    /* --- the message --- */
    {ANY, 0, 0, "x.3.4", NULL, NULL, REFUSAL_TOO_BIG, "RFC 3463 3.4: message too big for system",
     NULL},
    {TEXT, 552, 552, "-", NULL, NULL, REFUSAL_TOO_BIG, "RFC 5321 4.2.3: storage, of the text",
     NULL},
    {ANY, 0, 0, "x.6.", NULL, NULL, REFUSAL_BODY, "RFC 3463 3.7: content or media status", NULL},

    /* --- policies --- */
    {ANY, 0, 0, "x.7.20", NULL, NULL, REFUSAL_AUTHENTICATION, "RFC 7372: no passing DKIM signature",
     NULL},
    {ANY, 0, 0, "x.7.21", NULL, NULL, REFUSAL_AUTHENTICATION,
     "RFC 7372: no acceptable DKIM signature", NULL},
    {ANY, 0, 0, "x.7.22", NULL, NULL, REFUSAL_AUTHENTICATION, "RFC 7372: DKIM author mismatch",
     NULL},
    {ANY, 0, 0, "x.7.23", NULL, NULL, REFUSAL_AUTHENTICATION, "RFC 7372, Gmail: SPF failed", NULL},
    {ANY, 0, 0, "x.7.24", NULL, NULL, REFUSAL_AUTHENTICATION, "RFC 7372, Gmail: SPF error", NULL},
    {ANY, 0, 0, "x.7.25", NULL, NULL, REFUSAL_AUTHENTICATION, "RFC 7372, Gmail: reverse DNS",
     "give the sending address a PTR record whose name leads back to it"},
    {ANY, 0, 0, "x.7.26", NULL, NULL, REFUSAL_AUTHENTICATION,
     "RFC 7372: several checks failed; Gmail: unauthenticated", NULL},
    {ANY, 0, 0, "x.7.27", NULL, GOOGLE, REFUSAL_AUTHENTICATION, "Gmail: SPF did not pass", NULL},
    {ANY, 0, 0, "x.7.27", NULL, NULL, REFUSAL_AUTHENTICATION,
     "RFC 7505: sender has null MX; Gmail: SPF", NULL},
    {ANY, 0, 0, "x.7.28", NULL, NULL, REFUSAL_TOO_FAST, "IANA: mail flood; Gmail: rate", NULL},
    {ANY, 0, 0, "x.7.29", NULL, NULL, REFUSAL_AUTHENTICATION, "Gmail: TLS", NULL},
    {ANY, 0, 0, "x.7.30", NULL, NULL, REFUSAL_AUTHENTICATION, "IANA: REQUIRETLS; Gmail: DKIM",
     NULL},
    {ANY, 0, 0, "x.7.31", NULL, NULL, REFUSAL_AUTHENTICATION, "Gmail: DMARC alignment", NULL},
    {ANY, 0, 0, "x.7.32", NULL, NULL, REFUSAL_AUTHENTICATION, "Gmail: From is not aligned", NULL},
    {ANY, 0, 0, "x.7.40", NULL, NULL, REFUSAL_AUTHENTICATION, "Gmail: no DMARC record", NULL},
    {ANY, 0, 0, "x.7.515", NULL, NULL, REFUSAL_AUTHENTICATION,
     "Outlook.com: required authentication level", NULL},
    {ANY, 0, 0, "x.7.606", NULL, NULL, REFUSAL_BLOCKED, "Exchange Online: banned sending IP", NULL},
    {ANY, 0, 0, "x.7.", NULL, NULL, REFUSAL_POLICY, "RFC 3463 3.8: security or policy status",
     NULL},
    {READER, 0, 0, "-",
     "policy|administrative prohibition|administratively|access denied|not "
     "accepted here|security",
     NULL, REFUSAL_POLICY, "by the words, without a code", NULL},

    {ANY, 0, 0, NULL, NULL, NULL, REFUSAL_UNDETERMINED, "", NULL},
};
