"""Says who has left in a table that another system exported.

A plain reading of what those systems tell the public about their exports, made without a look at the program's
own importer, so that the two agree for no other reason than that both are right. It knows four kinds of columns
and nothing of separators or encodings; the stricter of two columns or rows wins.
"""

import re

GONE, UNSURE, HERE = "gone", "unsure", "here"

ADDRESS = {"email", "emailaddress"}

# Columns that hold one word about the person.
WORD_COLUMNS = {
    "status",  # listmonk, MailerLite, MailPoet, Keila, AWeber, Flodesk; rapidmail "aktueller Anmeldestatus (status)"
    "emailstatus",  # Constant Contact's exported contacts: the column "Email Status"
    "subscriptionstatus",  # listmonk, of a subscription to one list
    "globalstatus", "liststatus",  # MailPoet: "Global Status" and "List Status" among the fields of an export
    "state",  # Kit's API and Campaign Monitor's subscriber details
    "type",  # Buttondown: SubscriberType
    "emailmarketingconsent",  # Klaviyo, Shopify: CustomerEmailMarketingState
}

# Words that say: no more mail to this address.
GONE_WORDS = {
    "unsubscribed",  # all of them
    "cleaned",  # Mailchimp: hard bounces, or many soft ones; Flodesk
    "bounced",  # Kit, Campaign Monitor, MailerLite, MailPoet
    "complained",  # Kit, Flodesk, The Newsletter Plugin
    "cancelled",  # Kit: those who unsubscribed
    "deleted",  # Campaign Monitor; Salesforce SubscriberStatus
    "blocklisted", "blacklisted",  # listmonk, now and before version 1
    "junk",  # MailerLite: marked as spam
    "spammy", "removed",  # Buttondown
    "unreachable",  # Keila
    "undeliverable", "opt out", "spam", "auto suppressed", "manually suppressed",  # Tarvent ContactStatus
    "spam complaint",  # InboxFirst
    "abgemeldet", "gebounct", "unerwünscht",  # rapidmail: left, bounced, marked as spam
}

# Words that leave it open: not confirmed yet, at rest, or stopped by somebody who is not the reader.
UNSURE_WORDS = {
    "unconfirmed", "inactive", "unactivated", "pending", "awaiting confirmation", "no permissions set",
    "pending confirm", "unbestätigt", "not confirmed",
    "disabled",  # listmonk; in Shopify's column "State" only that there is no account
    "archived", "held", "deactivated", "never subscribed", "not subscribed", "non-subscribed", "cold",
    "paused", "churning", "past due", "unpaid",  # Buttondown: of the paid subscription
}

# Columns in which a yes says that the person left.
YES_COLUMNS = {
    "unsubscribed",  # Resend's contacts; MailPoet
    "isunsubscribed",  # Constant Contact Lead Gen & CRM: 1 is for those who are not opted in
    "emaildisabled",  # Substack
    "blacklisted",  # phpList
    "emailblacklisted",  # Brevo
    "optout", "optedout", "donotmail",  # Constant Contact: "Do Not Mail"
    "portalunsubscribe", "portalspamreport", "portalbounce", "globalbounce",  # HubSpot: unsubscribes and bounces
    "unsubscribedfromallemail",  # HubSpot's contact property
    "bounced", "complained", "deleted", "suppressed",
}

# Columns in which a no says so.
NO_COLUMNS = {
    "subscribedtoemails",  # Ghost: false is unsubscribed from all newsletters
    "subscribed", "issubscribed",
    "acceptsemailmarketing", "acceptsmarketing",  # Shopify's customers
}

# Columns that are empty for whoever is there: a date, or a reason.
TOLD_COLUMNS = {
    "unsubtime", "unsubreason",  # Mailchimp, unsubscribed members
    "cleantime", "cleancampaigntitle",  # Mailchimp, cleaned members
    "unsubscribedat",  # MailerLite
    "unsubscriptiondate",  # Buttondown
    "deletedat",  # Ghost
    "optoutdate",  # MailUp, of unsubscribers: "OptOut_Date"
    "emailoptoutdate",  # Constant Contact
    "dateunsubscribed", "leftat", "bouncedat", "complainedat",
    "emailhardbouncereason",  # HubSpot's contact property
}

YES = {"true", "yes", "1", "y"}
NO = {"false", "no", "0", "n"}
# What databases write where there is no date.
NOTHING = {"", "null", "-", "n/a", "never", "0000-00-00", "0000-00-00 00:00:00"}


def bare(name: str) -> str:
    """A header without what systems and people vary in it: case, blanks, dashes."""
    return re.sub(r"[\W_]+", "", name).casefold()


def word(cell: str) -> str:
    return cell.strip().replace("_", " ").casefold()


def address_in(cell: str) -> str | None:
    found = re.search(r"[^\s<>,;:\"]+@[^\s<>,;:\"]+", cell)
    return found[0].casefold() if found else None


def sign(header: str, cell: str) -> str:
    """What one cell says of the person in its row."""
    column, said = bare(header), word(cell)
    if column in WORD_COLUMNS:
        return GONE if said in GONE_WORDS else UNSURE if said in UNSURE_WORDS else HERE
    if column in YES_COLUMNS:
        # HubSpot writes the reason into its columns of bounces.
        return HERE if said in NO | NOTHING else GONE
    if column in NO_COLUMNS:
        return GONE if said in NO else HERE
    if column in TOLD_COLUMNS:
        return HERE if said in NOTHING else GONE
    return HERE


def who_left(header: list[str], rows: list[list[str]]) -> dict[str, str]:
    """Each address of the table, in lower case, with GONE, UNSURE or HERE."""
    place = next(i for i, name in enumerate(header) if bare(name) in ADDRESS)
    strictness = [HERE, UNSURE, GONE]
    verdicts: dict[str, str] = {}
    for row in rows:
        address = address_in(row[place])
        if address:
            signs = [sign(name, cell) for name, cell in zip(header, row)] + [verdicts.get(address, HERE)]
            verdicts[address] = max(signs, key=strictness.index)
    return verdicts
