-- The database of one newsletter. This file is version 19, the whole schema for a new database;
-- migrations/NNNN-*.sql bring older ones here. Instants are UTC seconds. Texts are UTF-8.
-- Only store/ reads or writes these tables.
--
-- Lists of allowed words are chains of OR: SQLite builds a temporary tree for every IN of more than
-- two, which made each change of a delivery row ten times as dear.

-- A tool that is compared. Comparisons of different pages share it by its name, or by the slug that
-- the source gives it.
CREATE TABLE tool (
    id INTEGER PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    category TEXT NOT NULL,          -- "Developer Tools"; readers choose topics among these
    tagline TEXT NOT NULL,
    description TEXT NOT NULL,
    price TEXT NOT NULL,             -- "Free", "$20/mo"; '' where none
    price_note TEXT NOT NULL,        -- "Entry"; '' where none
    panel_ship INTEGER CHECK (panel_ship BETWEEN 0 AND 100),         -- percent; NULL: not known
    community_ship INTEGER CHECK (community_ship BETWEEN 0 AND 100), -- percent; NULL: no votes yet
    url TEXT,
    told_at INTEGER NOT NULL,        -- published_at of the comparison that told this; newer ones win
    own_slug INTEGER NOT NULL DEFAULT 0, -- 0: the slug is made here, an address and nothing more;
                                     -- 1: the source gives it, and it makes the tool; 2: from a
                                     -- database of version 2, where nobody knows
    name_key TEXT NOT NULL DEFAULT '', -- model_name_key(name)
    told_by INTEGER NOT NULL DEFAULT 0, -- that comparison; 0: not known
    panel_size INTEGER,              -- how many sit on its panel; NULL: not known
    community_votes INTEGER,         -- how many readers have voted; NULL: nobody or not known
    short_name TEXT                  -- what an issue calls it after its name; NULL: made of the name
) STRICT;
CREATE INDEX tool_name ON tool (name_key, own_slug);

-- Facts that another comparison told than the one that told the tool last, which left them out.
CREATE TABLE tool_word (
    tool_id INTEGER NOT NULL REFERENCES tool (id) ON DELETE CASCADE,
    fact INTEGER NOT NULL,           -- enum fact of base/model.h
    told_at INTEGER NOT NULL,        -- published_at of that comparison; 0: nobody told it yet
    told_by INTEGER NOT NULL,
    PRIMARY KEY (tool_id, fact)
) STRICT, WITHOUT ROWID;
CREATE INDEX tool_category ON tool (category); -- the topics on offer, a seek for each

-- What makes names of tools look alike (store/alike.h): hashes of their letters, of halves of them and
-- of the quotes. One of a former name leads to a tool that is looked at again.
CREATE TABLE tool_likeness (
    key INTEGER NOT NULL,
    tool_id INTEGER NOT NULL,        -- of tool; no foreign key, which would want an index
    PRIMARY KEY (key, tool_id)
) STRICT, WITHOUT ROWID;

-- Names that a tool had before it was renamed here: what comes in under one is that tool.
CREATE TABLE tool_alias (
    name_key TEXT PRIMARY KEY,
    name TEXT NOT NULL,              -- as it was last written
    tool_id INTEGER NOT NULL REFERENCES tool (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX tool_alias_tool ON tool_alias (tool_id);

-- What the reviewers say of a tool, in the order of the page.
CREATE TABLE review (
    tool_id INTEGER NOT NULL REFERENCES tool (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    reviewer TEXT,                   -- NULL where the source leaves it out, as the pages do
    verdict TEXT CHECK (verdict IN ('ship', 'skip')), -- NULL where the source leaves it out
    quote TEXT NOT NULL,
    PRIMARY KEY (tool_id, position)
) STRICT, WITHOUT ROWID;

-- A page that compares two tools.
CREATE TABLE comparison (
    id INTEGER PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    question TEXT NOT NULL,          -- the line under the title
    url TEXT,                        -- NULL: from the setting site.comparison_url
    left_tool INTEGER NOT NULL REFERENCES tool (id),
    right_tool INTEGER NOT NULL REFERENCES tool (id),
    published_at INTEGER NOT NULL,   -- in force; the source's, or an editor's, until it was told
    content_hash TEXT NOT NULL,      -- SHA-256 in hex over all content but published_at
    revision INTEGER NOT NULL DEFAULT 1, -- counts changes of content_hash
    updated_at INTEGER NOT NULL,
    held_at INTEGER,                 -- first time a thin week or max_items left it out: it no
                                     -- longer ages out; NULL: never
    source_date INTEGER,             -- published_at as the source said last; NULL: it never did
    editor_dated INTEGER NOT NULL DEFAULT 0, -- 1: published_at is an editor's, and stands until
                                     -- the source says another date than source_date
    withdrawn_at INTEGER,            -- NULL: not withdrawn
    withdrawn_by TEXT CHECK (        -- the source's member "withdrawn"; 'absent': a full import
        withdrawn_by = 'editor' OR   -- came without it
        withdrawn_by = 'source' OR withdrawn_by = 'absent'),
    left_out_at INTEGER,             -- an editor left it out of a draft: no issue takes it until it
                                     -- is put back; NULL: not so
    own_slug INTEGER NOT NULL DEFAULT 0, -- as in tool; 0: the pair of tools makes the comparison
    source_id INTEGER                -- import_source whose content stands; -1: one without a name;
                                     -- NULL: not known
) STRICT;
CREATE INDEX comparison_published ON comparison (published_at);
CREATE INDEX comparison_pair ON comparison (left_tool, right_tool, own_slug);
CREATE INDEX comparison_title ON comparison (title) WHERE own_slug = 2;
CREATE INDEX comparison_right ON comparison (right_tool);
CREATE INDEX comparison_url ON comparison (url) WHERE url IS NOT NULL;

-- Where comparisons come from: what `import` calls a source.
CREATE TABLE import_source (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE        -- of --source, or the real path
) STRICT;

-- What a source has brought: a full import without it withdraws it. What it says again in the same
-- words is nothing new, whatever another source has said since.
CREATE TABLE import_brought (
    source_id INTEGER NOT NULL REFERENCES import_source (id),
    comparison_id INTEGER NOT NULL REFERENCES comparison (id),
    said TEXT NOT NULL DEFAULT '',   -- a short hash of each field (store/said.h); '' not known,
                                     -- 'absent' after a full import without it
    outdone INTEGER NOT NULL DEFAULT 0, -- 1: another source has replaced something, and nobody has
                                     -- been told
    PRIMARY KEY (source_id, comparison_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX import_brought_comparison ON import_brought (comparison_id);

-- Slugs that a comparison had before: what comes in under one is that comparison.
CREATE TABLE comparison_alias (
    slug TEXT PRIMARY KEY,
    comparison_id INTEGER NOT NULL REFERENCES comparison (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX comparison_alias_comparison ON comparison_alias (comparison_id);

-- An issue of the newsletter. Its week makes it unique; number is what people call it by.
CREATE TABLE issue (
    id INTEGER PRIMARY KEY,          -- the number, so that a preview of an issue that is not yet
                                     -- stored carries the tokens that the sent one will
    iso_week TEXT NOT NULL UNIQUE,   -- "2026-W47"
    number INTEGER NOT NULL UNIQUE,
    window_start INTEGER NOT NULL,   -- half-open: window_start <= t < window_end
    window_end INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (
        state = 'draft' OR state = 'approved' OR state = 'sending' OR state = 'sent' OR
        state = 'cancelled'),
    subject TEXT NOT NULL,
    preheader TEXT NOT NULL,
    derivation TEXT NOT NULL DEFAULT '', -- JSON: what in the comparisons carries subject, preheader
                                     -- and headline; '' in an issue of an older program
    date INTEGER NOT NULL,           -- the Date header and DKIM's t=, fixed by the first build
    sender TEXT,                     -- JSON: every setting that shapes a message, frozen when the
                                     -- issue is approved; NULL in a draft
    built_at INTEGER NOT NULL,
    edited INTEGER NOT NULL DEFAULT 0, -- 1: an editor has reordered or left out items
    said TEXT NOT NULL DEFAULT '',   -- what the last run of `weekly` said of the sending, in short:
                                     -- it is not said again
    announced_at INTEGER,            -- when the editors were told that a draft waits
    told TEXT NOT NULL DEFAULT '' CHECK (
        told = '' OR told = 'waits' OR told = 'held' OR told = 'stale'), -- what weekly said of it
    approved_at INTEGER,
    started_at INTEGER,              -- delivery rows were made
    finished_at INTEGER,
    paused_at INTEGER,               -- an editor has paused it: nothing of it leaves; NULL: not so
    pause_told INTEGER NOT NULL DEFAULT 0, -- 1: weekly has told of that
    CHECK (window_start < window_end),
    CHECK (state = 'draft' OR sender IS NOT NULL)
) STRICT;

-- The comparisons of an issue. A comparison stands in one issue at most.
CREATE TABLE issue_item (
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    comparison_id INTEGER NOT NULL UNIQUE REFERENCES comparison (id),
    position INTEGER NOT NULL,       -- counts from 1
    story INTEGER NOT NULL,          -- counts from 1; items of one story stand together
    reason TEXT NOT NULL,            -- why it is in
    snapshot TEXT NOT NULL,          -- JSON of the comparison as it was rendered
    PRIMARY KEY (issue_id, position)
) STRICT, WITHOUT ROWID;

-- What of the tools that earlier issues told has changed since, as an issue tells it.
CREATE TABLE issue_move (
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,       -- from 1
    slug TEXT NOT NULL,              -- of the tool
    told_number INTEGER NOT NULL,    -- of the newest issue that told it before
    told_week TEXT NOT NULL,
    told_at INTEGER NOT NULL,        -- that issue's window_end
    was TEXT NOT NULL,               -- JSON of the tool, as that issue told it
    snapshot TEXT NOT NULL,          -- JSON of the tool, as this issue tells it
    PRIMARY KEY (issue_id, position)
) STRICT, WITHOUT ROWID;

-- What reviews expect by a date, as an issue puts it on record or asks whether it was right. On
-- record is what an approved or sent issue holds.
CREATE TABLE issue_prediction (
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,       -- from 1: what it asks about, then what it puts on record
    comparison_id INTEGER NOT NULL REFERENCES comparison (id),
    slug TEXT NOT NULL,              -- of the comparison, as the issue links to it
    url TEXT,                        -- its own address; NULL: none
    tool TEXT NOT NULL,              -- the name of what the review is about
    category TEXT NOT NULL,          -- of the tool
    reviewer TEXT,                   -- NULL: not known
    sentence TEXT NOT NULL,
    said_at INTEGER NOT NULL,        -- when the comparison was published
    due INTEGER NOT NULL,            -- the month, 12 for each year: January of the year 0 is 0
    told_number INTEGER NOT NULL DEFAULT 0, -- the issue that put it on record; 0: this one
    told_week TEXT NOT NULL DEFAULT '',     -- of that issue
    told_at INTEGER NOT NULL DEFAULT 0,     -- that issue's window_end
    PRIMARY KEY (issue_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX issue_prediction_sentence ON issue_prediction (sentence);

-- What an editor has written for an issue. It outlives each build of the draft, and only a draft's is
-- ever changed.
CREATE TABLE issue_word (
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 6), -- enum issue_word_kind
    about TEXT NOT NULL,             -- note of a story: id of one of its comparisons, in digits;
                                     -- quote: slug of the tool; '': the issue
    text TEXT NOT NULL,              -- note: Markdown; quote: the sentence of the review
    at INTEGER NOT NULL,             -- when it was written
    PRIMARY KEY (issue_id, kind, about)
) STRICT, WITHOUT ROWID;

-- The rendered issue for one choice of topics: residual programs (base/residual.h). Under the topics
-- '\n', which no choice has, lies what an approved issue is rendered from until it is begun.
CREATE TABLE issue_variant (
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    topics TEXT NOT NULL,            -- '' is everything; else categories joined by '\n', sorted
    body BLOB NOT NULL,              -- encoded MIME body with holes: what is sent
    html BLOB NOT NULL,              -- the HTML part before encoding: web archive, preview
    text BLOB NOT NULL,              -- the plaintext part before encoding
    html_sha256 TEXT NOT NULL,
    text_sha256 TEXT NOT NULL,
    subject TEXT NOT NULL DEFAULT '', -- of this copy; '': the issue's
    PRIMARY KEY (issue_id, topics)
) STRICT;

-- A run of `subscribers import` or `migrate`. Its people are eligible for nothing before its end.
CREATE TABLE import (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    verb TEXT NOT NULL,              -- "import", "migrate"
    fingerprint TEXT NOT NULL,       -- hash of the files and of what the command says of them
    started_at INTEGER NOT NULL,
    finished_at INTEGER,             -- NULL: running, or broken off
    undone_at INTEGER,               -- when its people were taken out again
    told INTEGER NOT NULL DEFAULT 0  -- 1: `weekly` has said that it has not ended
) STRICT;
CREATE INDEX import_unfinished ON import (id) WHERE finished_at IS NULL;

-- The files of an import, and what became of their rows so far: lines is the sum of what follows.
CREATE TABLE import_file (
    import_id INTEGER NOT NULL REFERENCES import (id),
    position INTEGER NOT NULL,       -- counts from 0
    name TEXT NOT NULL,
    lines INTEGER NOT NULL DEFAULT 0,
    added INTEGER NOT NULL DEFAULT 0,
    already INTEGER NOT NULL DEFAULT 0,
    left_before INTEGER NOT NULL DEFAULT 0,
    taken_off INTEGER NOT NULL DEFAULT 0,
    suppressed INTEGER NOT NULL DEFAULT 0,
    bad INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (import_id, position)
) STRICT, WITHOUT ROWID;

-- A person on the list. A forgotten person's row stays without name and address ('' and
-- 'forgotten:ID'), so that the ledger keeps its counts.
CREATE TABLE subscriber (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- an id is never used again: tokens carry it
                                     -- (a backup that is put back leaves a gap: store/epoch.h)
    address TEXT NOT NULL,           -- normal form of mail/address
    address_key TEXT NOT NULL UNIQUE,
    domain TEXT NOT NULL,            -- of the address, for pace and for the storm breaker
    name TEXT NOT NULL,              -- '' where not given
    status TEXT NOT NULL CHECK (
        status = 'pending' OR status = 'confirmed' OR status = 'left' OR status = 'bounced' OR
        status = 'complained' OR status = 'forgotten'),
    topics TEXT NOT NULL DEFAULT '', -- as in issue_variant
    created_at INTEGER NOT NULL,
    confirmed_at INTEGER,
    left_at INTEGER,                 -- when status became left, bounced or complained
    left_reason TEXT,
    paused_until INTEGER,            -- skipped by what is sent before then; NULL: not paused
    bounce_score REAL NOT NULL DEFAULT 0,
    hard_bounces INTEGER NOT NULL DEFAULT 0, -- on different days
    last_bounce_at INTEGER,
    import_id INTEGER REFERENCES import (id) -- brought or confirmed by it, and not heard from since
) STRICT;
CREATE INDEX subscriber_status ON subscriber (status, topics, id);
CREATE INDEX subscriber_domain ON subscriber (domain) WHERE status = 'confirmed';

-- The ledger of consent: what a person was told and did. Rows are only added.
CREATE TABLE consent (
    id INTEGER PRIMARY KEY,
    subscriber_id INTEGER NOT NULL REFERENCES subscriber (id),
    kind TEXT NOT NULL CHECK (
        kind = 'asked' OR kind = 'confirmed' OR kind = 'imported' OR kind = 'added' OR
        kind = 'changed' OR kind = 'left' OR kind = 'undone' OR kind = 'forgotten'),
    wording TEXT NOT NULL,           -- which text of consent, or what an import stated
    form TEXT NOT NULL,              -- where: "signup", "import FILE", "command", "one-click" …
    at INTEGER NOT NULL,
    origin TEXT NOT NULL,            -- truncated network address of the asker; '' for commands
    import_id INTEGER REFERENCES import (id) -- which import wrote it; NULL: none
) STRICT;
CREATE INDEX consent_subscriber ON consent (subscriber_id, at);
CREATE INDEX consent_at ON consent (at, kind); -- growth and churn of the last days

-- A new address that a person has asked for and has not yet confirmed from there.
CREATE TABLE address_change (
    subscriber_id INTEGER PRIMARY KEY REFERENCES subscriber (id),
    address TEXT NOT NULL,           -- normal form
    address_key TEXT NOT NULL,
    asked_at INTEGER NOT NULL
) STRICT;

-- Addresses that no import and no command but `subscribers allow` puts on the list, by keyed hash
-- only. Their owners lift 'complained' and 'erased' by confirming anew; nobody else, and no other
-- reason.
CREATE TABLE suppression (
    address_hash TEXT PRIMARY KEY,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The ledger of an issue: one row a reader, made when the issue starts sending. The row freezes
-- what makes the copy. The states are explained in deliver/outbox.h.
CREATE TABLE delivery (
    issue_id INTEGER NOT NULL REFERENCES issue (id),
    subscriber_id INTEGER NOT NULL REFERENCES subscriber (id),
    state TEXT NOT NULL CHECK (
        state = 'queued' OR state = 'sending' OR state = 'in_doubt' OR state = 'sent' OR
        state = 'deferred' OR state = 'refused' OR state = 'gave_up' OR state = 'skipped'),
    address TEXT NOT NULL,
    domain TEXT NOT NULL,
    name TEXT NOT NULL,
    topics TEXT NOT NULL,
    relay TEXT NOT NULL DEFAULT '',  -- where the last attempt went
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER NOT NULL,        -- due from then on, of queued and deferred rows
    away INTEGER NOT NULL DEFAULT 0, -- 1: deferred only because the relay was away
    first_at INTEGER,                -- first attempt: max_age counts from here
    lane TEXT,                       -- who holds the claim
    generation INTEGER NOT NULL DEFAULT 0, -- grows with each claim; notes name it
    boot_id TEXT,
    lease INTEGER,                   -- milliseconds of CLOCK_BOOTTIME until which the claim holds
    dot_noted INTEGER NOT NULL DEFAULT 0,
    doubted INTEGER NOT NULL DEFAULT 0, -- how often the row was in doubt: copies may exist
    code INTEGER,                    -- SMTP reply code
    enhanced TEXT,                   -- enhanced status code, "5.1.1"
    reply TEXT,                      -- last reply, or why it was skipped
    message_id TEXT NOT NULL,        -- without the angle brackets
    done_at INTEGER,                 -- when a final state was reached
    fault TEXT,                      -- whose the refusal in `reply` is (smtp/refusal.h):
                                     -- "recipient", "mailbox", "receiver", "ours", "content",
                                     -- "unknown"; NULL: no refusal, or an older program's
    rests INTEGER NOT NULL DEFAULT 0, -- attempts after which the relay was at rest; not in
                                     -- `attempts`
    PRIMARY KEY (issue_id, subscriber_id)
) STRICT, WITHOUT ROWID;
-- domain stands in it so that rows of a domain whose pace is used up are stepped over cheaply.
CREATE INDEX delivery_due ON delivery (issue_id, topics, next_at, subscriber_id, domain)
    WHERE state IN ('queued', 'deferred');
CREATE INDEX delivery_open ON delivery (issue_id, state, subscriber_id)
    WHERE state NOT IN ('queued', 'sent');
CREATE INDEX delivery_subscriber ON delivery (subscriber_id);

-- Single mails: confirmation, welcome, reminder, notice, address change, test, editors' mail. The
-- process that asks for one writes a row; the mailer process sends it by the same lanes and states.
CREATE TABLE outgoing (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,              -- names the template subscribers/mails/KIND.*
    subscriber_id INTEGER REFERENCES subscriber (id), -- NULL: not to a subscriber
    state TEXT NOT NULL CHECK (
        state = 'queued' OR state = 'sending' OR state = 'in_doubt' OR state = 'sent' OR
        state = 'deferred' OR state = 'refused' OR state = 'gave_up' OR state = 'skipped'),
    address TEXT NOT NULL,
    domain TEXT NOT NULL,
    name TEXT NOT NULL,
    data TEXT NOT NULL,              -- JSON: variables of the template
    relay TEXT NOT NULL DEFAULT '',
    attempts INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,     -- its Date header
    next_at INTEGER NOT NULL,
    away INTEGER NOT NULL DEFAULT 0,
    first_at INTEGER,
    lane TEXT,
    generation INTEGER NOT NULL DEFAULT 0,
    boot_id TEXT,
    lease INTEGER,
    dot_noted INTEGER NOT NULL DEFAULT 0,
    doubted INTEGER NOT NULL DEFAULT 0,
    code INTEGER,
    enhanced TEXT,
    reply TEXT,
    message_id TEXT NOT NULL,
    done_at INTEGER,
    fault TEXT,
    rests INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX outgoing_due ON outgoing (next_at, id) WHERE state IN ('queued', 'deferred');
CREATE INDEX outgoing_open ON outgoing (state, id) WHERE state IN ('sending', 'in_doubt');
CREATE INDEX outgoing_subscriber ON outgoing (subscriber_id, kind, created_at);

-- Relays at rest: they said one thing to everybody, and are asked by single probes until one is
-- taken (store/rest.h).
CREATE TABLE relay_rest (
    relay TEXT NOT NULL,             -- as in delivery.relay
    queue INTEGER NOT NULL,          -- -1: all mail; else the issue, 0 the single mails
    began_at INTEGER NOT NULL,
    since INTEGER NOT NULL,          -- rows have not yet grown younger by the time from here on
    until INTEGER NOT NULL,          -- the next probe
    probes INTEGER NOT NULL,         -- that found it unchanged
    answers INTEGER NOT NULL,        -- readers who were answered so
    sentence TEXT NOT NULL,          -- masked (smtp/sentence.h)
    reply TEXT NOT NULL,             -- as one reader was answered
    remedy TEXT,
    PRIMARY KEY (relay, queue)
) STRICT, WITHOUT ROWID;

-- Relays that cannot be reached, or refuse our login: a message that may have left by one waits for
-- it for an hour (store/absence.h).
CREATE TABLE relay_absence (
    relay TEXT PRIMARY KEY,          -- as in delivery.relay
    since INTEGER NOT NULL,
    why TEXT NOT NULL                -- the operator's line
) STRICT, WITHOUT ROWID;

-- What relays that warm up were given on each day (store/warmth.h).
CREATE TABLE relay_day (
    relay TEXT NOT NULL,             -- as in delivery.relay
    day INTEGER NOT NULL,            -- since 1970, UTC
    sent INTEGER NOT NULL,           -- messages of issues; 0: all came back, no sending day
    PRIMARY KEY (relay, day)
) STRICT, WITHOUT ROWID;

-- Token buckets of pace (relay and domains) and of the signup service's limits.
CREATE TABLE bucket (
    name TEXT PRIMARY KEY,           -- "relay", "relay=main:issues", "domain:example.org", "signup:net:192.0.2.0/24"
    tokens REAL NOT NULL,
    at INTEGER NOT NULL              -- milliseconds of clock_now() when `tokens` was right
) STRICT, WITHOUT ROWID;

-- What came back by mail, as judged.
CREATE TABLE bounce_event (
    id INTEGER PRIMARY KEY,
    message_hash TEXT NOT NULL UNIQUE, -- SHA-256 of the message: read twice, counted once
    subscriber_id INTEGER REFERENCES subscriber (id),
    issue_id INTEGER REFERENCES issue (id),
    class TEXT NOT NULL,
    domain TEXT NOT NULL,
    code INTEGER,
    enhanced TEXT,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    scored INTEGER NOT NULL DEFAULT 0, -- 0: not judged yet; 1: counted in the person's score;
                                     -- 2: judged, and not counted; 3: counted by a program that
                                     -- took what was said of us for the reader's: judged anew
    held INTEGER NOT NULL DEFAULT 0    -- 1: the storm breaker holds it back
) STRICT;
CREATE INDEX bounce_event_subscriber ON bounce_event (subscriber_id, at);
CREATE INDEX bounce_event_domain ON bounce_event (domain, at);
CREATE INDEX bounce_event_issue ON bounce_event (issue_id);
CREATE INDEX bounce_event_held ON bounce_event (domain) WHERE held = 1;
CREATE INDEX bounce_event_pending ON bounce_event (domain) WHERE scored = 0 AND held = 0;
CREATE INDEX bounce_event_review ON bounce_event (id) WHERE scored = 3;
CREATE INDEX bounce_event_unknown ON bounce_event (at) WHERE class = 'unknown';
CREATE INDEX bounce_event_at ON bounce_event (at);

-- One row per run of a verb that changed something, for `status`.
CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    verb TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,             -- NULL: still running, or died
    pid INTEGER NOT NULL,
    boot_id TEXT NOT NULL,
    exit_code INTEGER,
    summary TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX run_verb ON run (verb, started_at);

-- How far this database has sent; a file outside of its folder witnesses the same, so that a backup
-- that is put back, or a copy, is told from the database that sent last (deliver/guard.h). One
-- row, there from the beginning.
CREATE TABLE epoch (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    newsletter TEXT NOT NULL,        -- a random id: the file's name
    machine TEXT NOT NULL,           -- keyed hash of the machine's id that sent last; '' none yet
    inode INTEGER NOT NULL,          -- of this file when it sent last: a copy has another
    count INTEGER NOT NULL           -- grows with each claimed batch of an issue
) STRICT;
INSERT INTO epoch VALUES (1, lower(hex(randomblob(16))), '', 0, 0);

-- While a row stands here, and its end has not come, no issue is sent (store/hold.h).
CREATE TABLE hold (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    since INTEGER NOT NULL,
    until INTEGER,                   -- over from then on; NULL: until it is released
    everything INTEGER NOT NULL,     -- 1: single mails neither
    who TEXT NOT NULL,               -- the user who asked for it
    reason TEXT NOT NULL,            -- '' none was given
    told INTEGER NOT NULL DEFAULT 0  -- 1: weekly has told of it
) STRICT;
