-- The database of one newsletter. This file is version 2, the whole schema for a new database;
-- migrations/NNNN-*.sql bring older ones here. Instants are UTC seconds. Texts are UTF-8.
-- Only store/ reads or writes these tables.
--
-- Lists of allowed words are chains of OR: SQLite builds a temporary tree for every IN of more than
-- two, which made each change of a delivery row ten times as dear.

-- A tool that is compared. Comparisons of different pages share it by slug.
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
    told_at INTEGER NOT NULL         -- published_at of the comparison that told this; newer ones win
) STRICT;
CREATE INDEX tool_category ON tool (category); -- the topics on offer, a seek for each

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
    published_at INTEGER NOT NULL,   -- fixed by the first import
    content_hash TEXT NOT NULL,      -- SHA-256 in hex over all content but published_at
    revision INTEGER NOT NULL DEFAULT 1, -- counts changes of content_hash
    updated_at INTEGER NOT NULL,
    held_at INTEGER                  -- first time a thin week or max_items left it out: it no
                                     -- longer ages out; NULL: never
) STRICT;
CREATE INDEX comparison_published ON comparison (published_at);
CREATE INDEX comparison_left ON comparison (left_tool);
CREATE INDEX comparison_right ON comparison (right_tool);

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
    date INTEGER NOT NULL,           -- the Date header and DKIM's t=, fixed by the first build
    sender TEXT,                     -- JSON: every setting that shapes a message, frozen when the
                                     -- issue is approved; NULL in a draft
    built_at INTEGER NOT NULL,
    edited INTEGER NOT NULL DEFAULT 0, -- 1: an editor has reordered or left out items
    announced_at INTEGER,            -- when the editors were told that a draft waits
    approved_at INTEGER,
    started_at INTEGER,              -- delivery rows were made
    finished_at INTEGER,
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

-- Comparisons that an editor left out of a draft. They are free for a later issue.
CREATE TABLE issue_left_out (
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    comparison_id INTEGER NOT NULL REFERENCES comparison (id),
    PRIMARY KEY (issue_id, comparison_id)
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
    PRIMARY KEY (issue_id, topics)
) STRICT;

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
    last_bounce_at INTEGER
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
    origin TEXT NOT NULL             -- truncated network address of the asker; '' for commands
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

-- Addresses that must never be mailed again, by keyed hash only.
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
    done_at INTEGER
) STRICT;
CREATE INDEX outgoing_due ON outgoing (next_at, id) WHERE state IN ('queued', 'deferred');
CREATE INDEX outgoing_open ON outgoing (state, id) WHERE state IN ('sending', 'in_doubt');
CREATE INDEX outgoing_subscriber ON outgoing (subscriber_id, kind, created_at);

-- Token buckets of pace (relay and domains) and of the signup service's limits.
CREATE TABLE bucket (
    name TEXT PRIMARY KEY,           -- "relay", "domain:example.org", "signup:net:192.0.2.0/24"
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
                                     -- 2: judged, and not counted
    held INTEGER NOT NULL DEFAULT 0    -- 1: the storm breaker holds it back
) STRICT;
CREATE INDEX bounce_event_subscriber ON bounce_event (subscriber_id, at);
CREATE INDEX bounce_event_domain ON bounce_event (domain, at);
CREATE INDEX bounce_event_issue ON bounce_event (issue_id);
CREATE INDEX bounce_event_held ON bounce_event (domain) WHERE held = 1;
CREATE INDEX bounce_event_pending ON bounce_event (domain) WHERE scored = 0 AND held = 0;
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

-- Who holds a role ("weekly"): a second run stops with a word. The flock beside the database says
-- the same on one machine; the lease also says it to a machine that shares the disk.
CREATE TABLE lease (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,            -- "host:pid"
    boot_id TEXT NOT NULL,
    until INTEGER NOT NULL           -- milliseconds of CLOCK_BOOTTIME of that boot
) STRICT, WITHOUT ROWID;

-- How far this database has sent; a file outside of its folder witnesses the same, so that a backup
-- that is put back, or a copy, is told from the database that sent last (deliver/witness.h). One
-- row, there from the beginning.
CREATE TABLE epoch (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    newsletter TEXT NOT NULL,        -- a random id: the file's name
    machine TEXT NOT NULL,           -- keyed hash of the machine's id that sent last; '' none yet
    inode INTEGER NOT NULL,          -- of this file when it sent last: a copy has another
    count INTEGER NOT NULL           -- grows with each claimed batch of an issue
) STRICT;
INSERT INTO epoch VALUES (1, lower(hex(randomblob(16))), '', 0, 0);
